#!/usr/bin/env bats
# scrun --import: a seccomp profile as a policy.

load common

# profile TEXT...: profile.json of these members, each in a line of its own.
profile() {
	local before='{'
	for text; do
		printf '%s %s\n' "$before" "$text"
		before=,
	done >profile.json
	echo '}' >>profile.json
}

ALLOW='"defaultAction": "SCMP_ACT_ALLOW"'
DENY='"defaultAction": "SCMP_ACT_ERRNO"'

# entry NAMES ACTION [MORE]: one entry of the profile.
entry() {
	printf '{ "names": [ %s ], "action": "SCMP_ACT_%s"%s }' "$1" "$2" "${3-}"
}

# wrong TEXT...: profile.json is refused in these words, and leaves what was
# there before.
# shellcheck disable=SC2154 # `run` sets stderr
wrong() {
	local text
	echo before >out.ini
	run -125 --separate-stderr "$SCRUN" --import=profile.json -o out.ini
	[[ -z $output ]]
	[[ $(cat out.ini) == before ]]
	for text; do
		[[ $stderr == *"profile.json$text"* ]] && continue
		printf 'expected: profile.json%s\n   found: %s\n' "$text" "$stderr"
		return 1
	done
}

# compiles POLICY: and is verified, whatever else is to say of it.
compiles() {
	run "$SCRUN" --check -c "$1"
	says ', verified'
}

@test "what is imported holds for a command" {
	profile "$ALLOW" "\"syscalls\": [
		$(entry '"getppid"' ERRNO),
		$(entry '"add_key"' ERRNO ', "errnoRet": 30'),
		$(entry '"kill"' ERRNO ', "args": [
		{ "index": 1, "op": "SCMP_CMP_EQ", "value": 10 } ]') ]"
	run -0 --separate-stderr "$SCRUN" --import=profile.json
	[[ -z $stderr ]]
	echo "$output" >policy.ini
	tries EPERM getppid
	tries EROFS add_key
	tries EPERM kill 0 10
	tries ESRCH kill 2147483647 0
}

@test "the policy says what it was made from, and for whom" {
	profile "$DENY" '"comment": "for the\ntest"' "\"syscalls\": [
		$(entry '"read"' ALLOW ', "comment": "to read"') ]"
	run -0 "$SCRUN" --import=profile.json
	says '; Made by scrun --import from the seccomp profile profile.json' \
		cap_chown '; for the test' '; to read
allow = read'
	[[ $(grep -v '^;' <<<"$output") != *cap_* ]]
}

@test "an import reads standard input, and writes where -o says" {
	profile "$ALLOW"
	"$SCRUN" --import=- -o policy.ini <profile.json
	compiles policy.ini
	ln -s policy.ini link.ini
	"$SCRUN" --import=- -o link.ini <profile.json
	[[ -L link.ini ]]
	"$SCRUN" --import=profile.json -o /dev/null
}

@test "entries ask for the capabilities of Docker's containers, or of a policy" {
	profile "$DENY" "\"syscalls\": [
		$(entry '"chroot"' ALLOW ', "includes": { "caps": [ "CAP_SYS_CHROOT" ] }'),
		$(entry '"mount"' ALLOW ', "includes": { "caps": [ "CAP_SYS_ADMIN" ] }') ]"
	run -0 "$SCRUN" --import=profile.json
	says 'allow = chroot'
	printf '[capabilities]\nkeep = cap_sys_admin\n[syscalls]\ndefault = allow\n' >policy.ini
	run -0 "$SCRUN" --import=profile.json -c policy.ini
	says '; cap_sys_admin.' 'allow = mount'
	printf '[capabilities]\ndrop = cap_sys_chroot\n[syscalls]\ndefault = allow\n' >policy.ini
	run -0 "$SCRUN" --import=profile.json -c policy.ini
	says 'allow = mount'
	[[ $output != *'chroot mount'* ]]
}

@test "an action without a word is said, and lost only if that may be" {
	local action
	for action in KILL KILL_THREAD TRAP TRACE NOTIFY; do
		profile "$ALLOW" "\"syscalls\": [ $(entry '"getppid"' "$action") ]"
		rm -f out.ini
		run -1 --separate-stderr "$SCRUN" --import=profile.json -o out.ini
		[[ $stderr == *"profile.json:2: syscalls[0].action: SCMP_ACT_$action "* ]]
		[[ $stderr == *"--lossy writes what can"* && ! -e out.ini ]]
		run -0 --separate-stderr "$SCRUN" --import=profile.json --lossy -o policy.ini
		[[ $stderr == *"SCMP_ACT_$action"* ]]
		case $action in
		TR*E | NOTIFY) tries ENOSYS getppid ;;
		*) run -159 "$SCRUN" -q -c policy.ini "$TRY" getppid ;;
		esac
	done
	profile "$ALLOW" '"flags": [ "SECCOMP_FILTER_FLAG_LOG" ]'
	run -1 "$SCRUN" --import=profile.json
	says 'flags[0]: SECCOMP_FILTER_FLAG_LOG'
	profile "$ALLOW" '"flags": [ "SECCOMP_FILTER_FLAG_TSYNC" ]'
	run -0 "$SCRUN" --import=profile.json
	profile "$ALLOW" "\"syscalls\": [ $(entry '"getppid"' ERRNO ', "errnoRet": 999') ]"
	run -1 "$SCRUN" --import=profile.json
	says 'profile.json:2: syscalls[0].errnoRet: errno 999 has no name'
}

# ---- bad input ------------------------------------------------------------

@test "what is no JSON is refused, with the line" {
	printf '{ "defaultAction":\n "SCMP_ACT_ERRNO", "sysc' >profile.json
	wrong ':2: column '
	printf '[]' >profile.json
	wrong ':1: not a JSON object'
	: >profile.json
	wrong ':1: '
	rm profile.json
	wrong ': cannot open: No such file'
	mkdir profile.json
	wrong ': cannot read: Is a directory'
}

@test "faults in a profile are all found, each with its line" {
	profile "$DENY" '"defaultErrnoRet": "x"' '"syscals": []' "\"syscalls\": [
$(entry '"read"' ALOW),
$(entry '"read/"' ALLOW),
{ \"action\": \"SCMP_ACT_ALLOW\" },
{ \"names\": [ \"read\" ] },
$(entry '"read"' ALLOW ', "args": [ { "index": 6, "op": "SCMP_CMP_EQ", "value": 1 } ]'),
$(entry '"read"' ALLOW ', "args": [ { "index": 0, "op": "SCMP_CMP_EG", "value": 1 } ]'),
$(entry '"read"' ALLOW ', "args": [ { "index": 0, "op": "SCMP_CMP_EQ", "value": -1 } ]'),
$(entry '"read"' ALLOW ', "arg": []'),
$(entry '"read"' ALLOW ', "includes": { "arches": [ "x86_64" ] }'),
$(entry '"read"' ALLOW ', "includes": { "minKernel": "new" }'),
$(entry '"read"' ALLOW ', "name": "read"'),
7 ]"
	wrong ':1: unknown member "syscals"' \
		':2: defaultErrnoRet: not a number' \
		":5: syscalls[0].action: unknown action 'SCMP_ACT_ALOW', did you mean 'SCMP_ACT_ALLOW'?" \
		":6: syscalls[1].names[0]: 'read/' is not a system call's name" \
		':7: syscalls[2]: has no "names"' \
		':8: syscalls[3]: has no "action"' \
		':9: syscalls[4].args[0].index: not a number from 0 to 5' \
		":10: syscalls[5].args[0].op: unknown operator 'SCMP_CMP_EG', did you mean 'SCMP_CMP_EQ'?" \
		':11: syscalls[6].args[0].value: not a number' \
		':12: syscalls[7]: unknown member "arg"' \
		":13: syscalls[8].includes.arches[0]: unknown architecture 'x86_64'" \
		':14: syscalls[9].includes.minKernel: not a version' \
		':15: syscalls[10]: has both "name" and "names"' \
		':16: syscalls[11]: not an object'
	[[ $stderr == *"14 faults in 'profile.json'; nothing was written" ]]
}

@test "members of another type are refused, and capabilities in lower case" {
	profile "$DENY" '"defaultErrno": 5' '"flags": "SECCOMP_FILTER_FLAG_LOG"' \
		'"listenerPath": 1' '"listenerMetadata": []' '"comment": {}' "\"syscalls\": [
$(entry '"read"' ERRNO ', "errno": 5'),
$(entry '"read"' ALLOW ', "name": 5'),
$(entry '"read"' ALLOW ', "comment": 5'),
$(entry '"read"' ALLOW ', "errnoRet": "EPERM"'),
{ \"name\": \"read\", \"names\": \"write\", \"action\": \"SCMP_ACT_ALLOW\" },
$(entry '"read"' ALLOW ', "includes": { "caps": [ "cap_chown" ] }'),
$(entry '"read"' ALLOW ', "excludes": { "caps": [ "CAP_chown" ] }') ]"
	wrong ':2: defaultErrno: not a string' ':3: flags: not an array' \
		':4: listenerPath: not a string' \
		':5: listenerMetadata: not a string' ':6: comment: not a string' \
		':8: syscalls[0].errno: not a string' \
		':9: syscalls[1].name: not a string' \
		':10: syscalls[2].comment: not a string' \
		':11: syscalls[3].errnoRet: not a number' \
		':12: syscalls[4].names: not an array' \
		":13: syscalls[5].includes.caps[0]: 'cap_chown' is not a capability" \
		":14: syscalls[6].excludes.caps[0]: 'CAP_chown' is not a capability"
	[[ $stderr == *"12 faults in 'profile.json'; nothing was written" ]]
}

@test "a profile without a default action, or with an unknown one, is refused" {
	profile '"syscalls": []'
	wrong ':1: no "defaultAction"'
	profile '"defaultAction": "deny"'
	wrong ":1: defaultAction: unknown action 'deny'"
}

@test "entries that contradict each other are refused, with both lines" {
	profile "$DENY" "\"syscalls\": [
$(entry '"read", "getppid"' ALLOW),
$(entry '"getppid"' ERRNO ', "errnoRet": 38') ]"
	wrong ':4: syscalls[1]: deny getppid with ENOSYS, and syscalls[0] in line 3 allow'
	# What says the default's is no rule to a runtime, so the call is open.
	profile "$DENY" "\"syscalls\": [
$(entry '"getppid"' ALLOW),
$(entry '"getppid"' ERRNO) ]"
	wrong ':4: syscalls[1]: deny getppid with EPERM'
	profile "$ALLOW" "\"syscalls\": [
$(entry '"kill"' ERRNO ', "args": [ { "index": 1, "op": "SCMP_CMP_GT", "value": 5 } ]'),
$(entry '"kill"' KILL_PROCESS ', "args": [ { "index": 1, "op": "SCMP_CMP_EQ", "value": 9 } ]') ]"
	wrong ':4: syscalls[1]: kill kill'
	profile "$ALLOW" "\"syscalls\": [
$(entry '"kill"' ERRNO ', "args": [ { "index": 1, "op": "SCMP_CMP_LT", "value": 5 } ]'),
$(entry '"kill"' KILL_PROCESS ', "args": [ { "index": 1, "op": "SCMP_CMP_EQ", "value": 9 } ]') ]"
	run -0 "$SCRUN" --import=profile.json
}

@test "entries that contradict each other through socketcall are refused" {
	[[ $(uname -m) == x86_64 ]] || skip "x86 is another machine's"
	local x86='"architectures": [ "SCMP_ARCH_X86" ]'
	profile "$DENY" "$x86" "\"syscalls\": [
$(entry '"socket"' ERRNO ', "errnoRet": 22, "args": [ { "index": 0, "op": "SCMP_CMP_EQ", "value": 16 } ]'),
$(entry '"socket"' ALLOW ', "args": [ { "index": 0, "op": "SCMP_CMP_NE", "value": 16 } ]') ]"
	wrong ':5: syscalls[1]: 32-bit programs make socket through socketcall as well'
	profile "$DENY" "\"syscalls\": [
$(entry '"socket"' ERRNO ', "errnoRet": 22, "args": [ { "index": 0, "op": "SCMP_CMP_EQ", "value": 16 } ]'),
$(entry '"socket"' ALLOW ', "args": [ { "index": 0, "op": "SCMP_CMP_NE", "value": 16 } ]') ]"
	run -0 "$SCRUN" --import=profile.json
	says 'deny = socket(raw0 == 16):EINVAL' 'allow = socket(raw0 != 16)'
	profile "$DENY" "$x86" "\"syscalls\": [
$(entry '"connect"' ALLOW),
$(entry '"socketcall"' KILL_PROCESS ', "args": [ { "index": 0, "op": "SCMP_CMP_LT", "value": 5 } ]') ]"
	wrong ':4: syscalls[0]: 32-bit programs make connect through socketcall'
}

@test "an import with calls that x86 multiplexes compiles, and is verified" {
	[[ $(uname -m) == x86_64 ]] || skip "x86 is another machine's"
	profile "$DENY" '"architectures": [ "SCMP_ARCH_X86", "SCMP_ARCH_X32" ]' "\"syscalls\": [
		$(entry '"execve", "shmget", "connect"' ALLOW),
		$(entry '"socket"' ALLOW ', "args": [ { "index": 0, "op": "SCMP_CMP_LT", "value": 38 } ]') ]"
	"$SCRUN" --import=profile.json -o policy.ini
	compiles policy.ini
	says verified
}

@test "an entry that repeats the default is none, and no contradiction" {
	profile "$DENY" "\"syscalls\": [
$(entry '"kill"' ALLOW ', "args": [ { "index": 1, "op": "SCMP_CMP_EQ", "value": 9 } ]'),
$(entry '"kill"' ERRNO), $(entry '"read"' ERRNO) ]"
	run -0 "$SCRUN" --import=profile.json
	says 'allow = kill(raw1 == 9)'
	[[ $output != *deny* ]]
	profile "$DENY" "\"syscalls\": [
$(entry '"kill"' ALLOW),
$(entry '"kill"' ERRNO ', "args": [ { "index": 1, "op": "SCMP_CMP_EQ", "value": 9 } ]') ]"
	wrong ':4: syscalls[1]: deny kill with EPERM, and syscalls[0] in line 3 allow'
}

@test "an entry that becomes the same as the default is one all the same" {
	local more='"args": [ { "index": 1, "op": "SCMP_CMP_EQ", "value": 511 } ]'
	profile "$DENY" '"defaultErrnoRet": 38' "\"syscalls\": [
$(entry '"mkdir"' NOTIFY),
$(entry '"mkdir"' ALLOW ", $more") ]"
	run -125 "$SCRUN" --import=profile.json --lossy
	says 'profile.json:5: syscalls[1]: allow mkdir, and syscalls[0] in line 4 deny'
	profile '"defaultAction": "SCMP_ACT_KILL_PROCESS"' "\"syscalls\": [
$(entry '"mkdir"' TRAP),
$(entry '"mkdir"' ALLOW ", $more") ]"
	run -125 "$SCRUN" --import=profile.json --lossy
	says 'profile.json:4: syscalls[1]: allow mkdir, and syscalls[0] in line 3 kill'
	profile '"defaultAction": "SCMP_ACT_TRACE"' '"defaultErrnoRet": 1' "\"syscalls\": [
$(entry '"mkdir"' TRACE ', "errnoRet": 2'),
$(entry '"mkdir"' ALLOW ", $more") ]"
	run -125 "$SCRUN" --import=profile.json --lossy
	says 'profile.json:5: syscalls[1]: allow mkdir'
	profile '"defaultAction": "SCMP_ACT_KILL"' "\"syscalls\": [
$(entry '"mkdir"' KILL_THREAD),
$(entry '"mkdir"' ALLOW ", $more") ]"
	run -0 --separate-stderr "$SCRUN" --import=profile.json --lossy
	says 'allow = mkdir(raw1 == 511)'
}

@test "what Podman and old versions of Docker write is read" {
	profile '"defaultAction": "SCMP_ACT_ERRNO"' '"defaultErrnoRet": 38' \
		'"defaultErrno": "ENOSYS"' '"listenerPath": null' '"flags": []' \
		"\"syscalls\": [
		$(entry '"read"' ALLOW ', "args": [], "comment": "", "includes": {}, "excludes": {}'),
		$(entry '"mkdir"' ERRNO ', "errnoRet": 1, "errno": "EPERM"'),
		$(entry '"rmdir"' ERRNO ', "errno": "EROFS"'),
		{ \"name\": \"write\", \"action\": \"SCMP_ACT_ALLOW\", \"args\": null } ]"
	run -0 "$SCRUN" --import=profile.json
	says 'default = ENOSYS' 'allow = read' 'deny = mkdir rmdir:EROFS' 'allow = write'
}

@test "numbers above 2^53 keep all of their bits" {
	profile "$DENY" "\"syscalls\": [ $(entry '"lseek"' ALLOW \
		', "args": [ { "index": 1, "op": "SCMP_CMP_MASKED_EQ", "value": 18446744073709551615, "valueTwo": 9223372036854775809 } ]') ]"
	run -0 "$SCRUN" --import=profile.json
	says 'lseek(raw1 == 0x8000000000000001)'
	profile "$DENY" "\"syscalls\": [ $(entry '"lseek"' ALLOW \
		', "args": [ { "index": 1, "op": "SCMP_CMP_EQ", "value": 18446744073709551616 } ]') ]"
	wrong ':2: syscalls[0].args[0].value: not a number from 0 to 18446744073709551615'
	profile "$DENY" "\"syscalls\": [ $(entry '"lseek"' ALLOW \
		', "args": [ { "index": 1, "op": "SCMP_CMP_EQ", "value": 1.5 } ]') ]"
	wrong ':2: syscalls[0].args[0].value: not a number'
}

@test "a profile that is too large is refused, with the place" {
	local list
	list=$(yes '"read",' | head -n 20000)
	profile "$DENY" "\"syscalls\": [ $(entry "$list \"write\"" ALLOW) ]"
	wrong ':16386: syscalls[0].names[16384]: more than 16384 names'
	list=$(yes "$(entry '"read"' ALLOW)," | head -n 20000)
	profile "$DENY" "\"syscalls\": [
$list $(entry '"read"' ALLOW) ]"
	wrong ':10003: syscalls[10000]: more than 10000 entries'
	yes "$(entry '"read"' ALLOW)," | head -c 17000000 >profile.json
	wrong ': larger than 16 MiB'
}

full() {
	"$SCRUN" --import=profile.json >/dev/full
}

@test "a target that cannot be written is an error, and stays as it is" {
	profile "$ALLOW"
	mkdir -p closed
	echo before >closed/out.ini
	run -125 "$SCRUN" --import=profile.json -o nowhere/out.ini
	says "cannot write 'nowhere/out.ini': No such file or directory"
	run -125 "$SCRUN" --import=profile.json -o closed
	says "cannot write 'closed': Is a directory"
	run -125 full
	says 'cannot write to standard output: No space left on device'
	need_user
	chmod a-w closed/out.ini
	run -125 "$SCRUN" --import=profile.json -o closed/out.ini
	says "cannot write 'closed/out.ini': Permission denied"
	[[ $(cat closed/out.ini) == before ]]
	[[ $(ls closed) == out.ini ]]
}

@test "an import runs no command and is no other tool" {
	refuses 125 '--import runs no command' --import=x.json touch ran
	refuses 125 '--check and --import exclude each other' --check --import=x.json
	refuses 125 '--lossy is for --import and --dump' --lossy touch ran
}
