#!/usr/bin/env bats
# What an audit reports.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # text for inner shells; run's variables

load common
load audit

HOSTNAME_FILE=/etc/hostname

# json SCRIPT: python with the lines of the report as the list `lines`.
json() {
	need python3
	python3 -c 'import json, sys
lines = [json.loads(line) for line in open("report", "rb").read().decode("utf-8").splitlines()]
start, end = lines[0], lines[-1]
'"$1"
}

# no_control FILE: text of printable characters, all of it UTF-8.
no_control() {
	run -1 grep -nP '[\x00-\x08\x0b-\x1f\x7f]' "$1"
	iconv -f UTF-8 -t UTF-8 "$1" >/dev/null
}

# ---- where the report goes ------------------------------------------------

@test "--audit counts the calls, on standard error" {
	run -0 --separate-stderr "$SCRUN" -c allow.ini --audit "$TRY" getpid
	[[ $output =~ ^[0-9]+$ ]]
	printf '%s\n' "$stderr" >report
	complete
	reports '^ +calls +errors +denied  syscall$' \
		'^scrun: audit of .*try.*: 1 process, [0-9]'
	[[ $(counted getpid) -ge 2 && $(counted execve) -eq 1 ]]
}

@test "--audit is --audit=calls" {
	run -0 --separate-stderr "$SCRUN" -c allow.ini --audit \
		"$PROGRAMS/single"
	printf '%s\n' "$stderr" >report
	calls >bare
	policy=allow.ini run -0 audit calls "$PROGRAMS/single"
	diff bare <(calls)
	[[ -s bare ]]
}

@test "-o writes the report to a file, and standard error is the command's" {
	local mode
	for mode in denied calls trace; do
		run -0 --separate-stderr timeout 10 "$SCRUN" -c allow.ini \
			--audit=$mode -o report sh -c 'echo out; echo err >&2'
		[[ $output == out && $stderr == err ]]
		eventually complete # denied: perhaps after the command's end
	done
}

@test "a file that was there is replaced" {
	seq 100000 >report
	policy=allow.ini run -0 audit calls true
	complete
	run -1 grep -x 100 report
}

@test "a report that cannot be written does not harm the command" {
	[[ -c /dev/full ]] || skip "there is no /dev/full here"
	run -0 timeout 20 "$SCRUN" -c allow.ini --audit=trace -o /dev/full \
		echo text
	is text
}

@test "the table is sorted by calls" {
	policy=allow.ini run -0 audit calls "$PROGRAMS/single"
	sed -nE 's/^ +([0-9]+) +[0-9]+ +[0-9]+  [a-z_0-9:]+$/\1/p' report >rows
	[[ $(wc -l <rows) -gt 15 ]]
	sort -rnc rows
}

# ---- usage ----------------------------------------------------------------

@test "125 when the mode or the format is unknown" {
	refuses 125 --audit=bogus -c allow.ini --audit=bogus touch ran
	refuses 125 --audit= -c allow.ini --audit= touch ran
	refuses 125 --format=xml -c allow.ini --audit --format=xml touch ran
}

@test "125 when -o or --format has no --audit" {
	refuses 125 audit -c allow.ini -o report touch ran
	refuses 125 audit -c allow.ini --format=json touch ran
	[[ ! -e report ]]
}

@test "few descriptors are enough" {
	rules 'default = allow' 'deny = mkdirat'
	run -0 bash -c 'ulimit -n 16 && "$SCRUN" -q -c policy.ini --audit \
		-o report "$TRY" mkdirat -1 /no/x 0'
	is EPERM
	complete
}

@test "few descriptors are enough for many findings" {
	rules 'default = allow' 'deny = mkdir mkdirat' 'kill = keyctl'
	# shellcheck disable=SC2016 # for the inner shells
	local script='i=0
		while [ $i -lt 16 ]; do "$TRY" keyctl -1; i=$((i + 1)); done
		exec "$0" 50'
	run -0 bash -c 'ulimit -n 16 && exec "$SCRUN" -q -c policy.ini \
		--audit -o report sh -c "$0" "$1"' "$script" "$PROGRAMS/storm"
	complete
	reports '^ +16  keyctl'
	[[ $(grep -cE '^scrun: denied mkdir(at)?\(.*"/no/such/.*  storm\[[0-9]+\]  ' report) -eq 50 ]]
}

@test "125 when the report cannot be opened" {
	local mode
	mkdir directory
	for mode in denied calls trace; do
		refuses 125 "no/such/report" -c allow.ini --audit=$mode \
			-o no/such/report touch ran
		refuses 125 "'directory'" -c allow.ini --audit=$mode \
			-o directory touch ran
	done
}

@test "125 when the report may not be written" {
	need_user
	: >report
	chmod 444 report
	refuses 125 "'report'" -c allow.ini --audit -o report touch ran
}

@test "126 and 127 are as without an audit" {
	local mode
	echo '#!/bin/sh' >program
	for mode in denied calls trace; do
		refuses 127 'not found in PATH' -c allow.ini --audit=$mode \
			-o report no-such-command
		refuses 126 "'./program'" -c allow.ini --audit=$mode \
			-o report ./program
	done
}

# ---- denied by policy -----------------------------------------------------

@test "why cat says no more than that it cannot read: the case of old" {
	local mode
	rules 'default = allow' 'deny = @open'
	for mode in denied calls trace; do
		run -127 audit $mode cat "$HOSTNAME_FILE"
		eventually complete # 127 is the loader's; audit does not wait
		reports '^scrun: denied openat\(AT_FDCWD, "/etc/ld\.so\.cache", [^)]*\): EPERM  cat\[[0-9]+\]  (.*/)?policy\.ini:3 deny = @open$' \
			'^ +1  openat\("/etc/ld\.so\.cache"[^)]*\)  (.*/)?policy\.ini:3 deny = @open  to allow: '
	done
}

@test "a blocked open is named with path, process, policy file and line" {
	local mode pid
	need_static "$PROGRAMS/reader"
	rules '' 'default = allow' 'deny = @open'
	for mode in denied calls trace; do
		run -1 --separate-stderr timeout 10 sh -c 'echo $$; exec \
			"$SCRUN" -q -c policy.ini --audit="$1" -o report "$2"' \
			sh $mode "$PROGRAMS/reader"
		pid=$output
		reports "^scrun: denied openat\\(AT_FDCWD, \"$HOSTNAME_FILE\", O_RDONLY[^)]*\\): EPERM  reader\\[$pid\\]  (.*/)?policy\\.ini:4 deny = @open\$"
		[[ $stderr == *"Operation not permitted"* ]]
	done
}

@test "the line is that of the included policy which has the entry" {
	printf '%s\n' '[syscalls]' 'default = allow' '' 'deny = mkdirat' >inner.ini
	printf '%s\n' '[policy]' 'include = inner.ini' >policy.ini
	run -0 audit denied "$TRY" mkdirat -1 /no/x 0
	is EPERM
	reports '^scrun: denied mkdirat\(-1, "/no/x", 0+\): EPERM  try\[[0-9]+\]  (.*/)?inner\.ini:4 deny = mkdirat$'
}

@test "a denied call has the policy's errno" {
	local mode
	rules 'default = allow' 'deny = mkdirat:EROFS'
	for mode in denied calls trace; do
		run -0 audit $mode "$TRY" mkdirat -1 /no/x 0755
		is EROFS
		reports '^scrun: denied mkdirat\(-1, "/no/x", 0755\): EROFS '
	done
	rules 'default = ENOTTY' 'allow = @basic @file-read'
	run -0 audit calls "$TRY" mkdirat -1 /no/x 0755
	is ENOTTY
	reports '^scrun: denied mkdirat\(-1, "/no/x", 0755\): ENOTTY .*policy\.ini:2 default = ENOTTY$'
}

@test "what is denied does not happen" {
	local mode
	rules 'default = allow' 'deny = mkdir mkdirat'
	for mode in denied calls trace; do
		run -1 audit $mode mkdir made
		[[ ! -e made ]]
	done
}

@test "denying write silences the command, not the report" {
	local mode
	rules 'default = allow' 'deny = write'
	for mode in denied calls trace; do
		run audit $mode sh -c 'printf Hello'
		is ''
		reports '^scrun: denied write\(1(<[^>]*>)?, "Hello", 5\): EPERM  sh\['
	done
	[[ $(counted write) -ge 1 && $(counted write) -eq $(counted write DENIED) ]]
	run --separate-stderr timeout 10 "$SCRUN" -q -c policy.ini --audit \
		sh -c 'printf Hello'
	[[ $output == '' && $stderr == *'denied write('* ]]
}

@test "a denial that comes again is counted, not told again" {
	local mode
	rules 'default = allow' 'deny = mkdir mkdirat'
	for mode in denied calls; do
		run -0 audit $mode "$PROGRAMS/signal-denied" 300
		[[ $(grep -c '^scrun: denied mkdir' report) -eq 1 ]]
		reports '^ +300  mkdir(at)?\("/no/such/directory"\)  (.*/)?policy\.ini:3 deny = mkdir(at)?  to allow: '
	done
	grep -qx 'denied by policy' report
}

@test "denied calls are calls, and no errors" {
	rules 'default = allow' 'deny = mkdir mkdirat'
	run -0 audit calls "$PROGRAMS/storm" 50
	is 50
	run -0 calls
	[[ $output =~ mkdir(at)?" 50 0 50" ]]
}

@test "an interrupted call counts once" {
	local mode
	rules 'default = allow' 'deny = mkdir mkdirat'
	for mode in denied calls; do
		run -0 audit $mode "$PROGRAMS/signal-denied" 20000
		says 'calls: 20000' 'denied: 20000' 'interrupted: 0' \
			'signals: some'
		reports '^ +20000  mkdir'
	done
	[[ $(counted mkdir DENIED) -eq 20000 || $(counted mkdirat DENIED) -eq 20000 ]]
}

# The kernel lets it interrupt the call until the auditor has taken it up.
@test "a call that a signal made fail with EINTR does not count as denied" {
	rules 'default = allow' 'deny = mkdir mkdirat'
	run -0 audit denied "$PROGRAMS/signal-denied" 20000 plain
	local denied interrupted
	denied=$(field denied)
	interrupted=$(field interrupted)
	[[ $((denied + interrupted)) -eq 20000 && $denied -gt 15000 ]]
	reports "^ +$denied  mkdir"
}

@test "calls under another architecture's number are reported as such" {
	[[ $(uname -m) == x86_64 ]] || skip "x86-64 only"
	rules 'default = allow' 'deny = mkdir' 'architectures = native x86'
	"$SCRUN" -q -c policy.ini "$PROGRAMS/int80calls" ||
		skip "this kernel makes no 32-bit calls"
	run -0 audit calls "$PROGRAMS/int80calls"
	[[ $(counted x86:mkdir DENIED) -eq 3 ]]
	reports '^scrun: denied .*mkdir\(' '^ +3  .*mkdir\('
}

@test "denials with another errno, or by another entry, are lines of their own" {
	rules 'default = allow' 'deny = mkdirat(mode == 1):EROFS mkdirat(mode == 2):EACCES' \
		'deny = mkdirat(mode == 3):EROFS'
	run -0 audit denied sh -c 'for mode in 1 2 3 3 1 1; do
		"$TRY" mkdirat -1 /no/x $mode; done'
	is $'EROFS\nEACCES\nEROFS\nEROFS\nEROFS\nEROFS'
	reports '^ +3  mkdirat\("/no/x"\)  (.*/)?policy\.ini:3 deny = mkdirat\(mode == 1\):EROFS  to' \
		'^ +1  mkdirat\("/no/x"\)  (.*/)?policy\.ini:3 deny = mkdirat\(mode == 2\):EACCES  to' \
		'^ +2  mkdirat\("/no/x"\)  (.*/)?policy\.ini:4 deny = mkdirat\(mode == 3\):EROFS  to'
	[[ $(grep -c '^scrun: denied mkdirat' report) -eq 3 ]]
	# One entry, and one errno: the mode does not tell them apart.
	rules 'default = allow' 'deny = mkdirat'
	run -0 audit denied sh -c '"$TRY" mkdirat -1 /no/x 1; "$TRY" mkdirat -1 /no/x 2'
	reports '^ +2  mkdirat\("/no/x"\)  '
}

# Whether the kernel has x32 or not, the filter comes first.
@test "calls of x32 are counted and reported as such" {
	[[ $(uname -m) == x86_64 ]] || skip "x86-64 only"
	local mode x32_mkdirat=0x40000102 x32_getppid=0x4000006e
	rules 'default = allow' 'architectures = native x32' 'deny = mkdirat'
	for mode in calls trace; do
		run -0 audit $mode "$TRY" $x32_mkdirat -1 /no/x 0
		is EPERM
		calls | grep -x 'x32:mkdirat 1 0 1'
		[[ $(counted mkdirat) -eq 0 ]]
		reports '^scrun: denied mkdirat\(-1, "/no/x", 0+\): EPERM .*policy\.ini:4 deny = mkdirat$'
		run -0 audit $mode "$TRY" $x32_getppid
		[[ $(counted x32:getppid) -eq 1 && $(counted getppid) -eq 0 ]]
	done
}

# ---- killed, logged -------------------------------------------------------

@test "a call that kills is reported with its line" {
	local mode
	rules 'default = allow' 'kill = ptrace'
	for mode in calls trace; do
		run -159 audit $mode "$TRY" ptrace 16 999999999 0 0
		reports '^scrun: killed ptrace\(.*\): SIGSYS  try\[[0-9]+\]  (.*/)?policy\.ini:3 kill = ptrace$'
		complete
	done
}

@test "a kill is told where the program may not be read, too" {
	need_user
	local mode
	rules 'default = allow' 'kill = ptrace'
	cp "$TRY" closed
	chmod 111 closed
	for mode in calls trace; do
		run -159 audit $mode ./closed ptrace 16 999999999 0 0
		reports '^scrun: SIGSYS ended 1 process at a call that could not be read'
		complete
	done
}

@test "a call that libc only tries is told as such" {
	rules 'default = deny' 'allow = @basic @file-read'
	run -0 audit calls "$TRY" clone3 0 0
	reports '^ +1  clone3\(.*default = deny  tried only: programs do without  to allow: '
	run -0 audit calls "$TRY" mkdirat -1 /no/x 0
	run -1 grep 'tried only' report
	rules 'default = ENOSYS' 'allow = @basic @file-read'
	run -0 audit calls "$TRY" clone3 0 0
	run -1 grep 'tried only' report
}

@test "a killed call is a call, and counts as denied" {
	local mode
	rules 'default = allow' 'kill = keyctl'
	for mode in calls trace; do
		run -0 audit $mode sh -c '"$TRY" keyctl -1; "$TRY" keyctl -1; true'
		calls | grep -x 'keyctl 2 0 2'
		reports '^killed by policy$' '^ +2  keyctl\(.*\)  (.*/)?policy\.ini:3 kill = keyctl  to allow: '
		run -1 grep 'denied keyctl' report
	done
	run -159 audit calls --format=json "$TRY" keyctl -1
	json '
row = next(r for r in end["calls"] if r["syscall"] == "keyctl")
assert (row["calls"], row["errors"], row["denied"]) == (1, 0, 1), row
assert end["killed"][0]["count"] == 1 and not end["denied"], end'
}

@test "a call of an architecture that is not listed is told as that" {
	[[ $(uname -m) == x86_64 ]] || skip "x86-64 only"
	policy=allow.ini run -159 audit calls "$TRY" 0x40000027
	reports '^scrun: killed getpid\(\): SIGSYS .* the policy does not list x32$' \
		'^ +1  getpid .*to allow: \[syscalls\] architectures = native x32$'
}

@test "a call under log is made, counted and told" {
	local mode
	rules 'default = allow' 'log = getppid'
	for mode in calls trace; do
		run -0 audit $mode "$TRY" getppid
		reports '^scrun: logged getppid\(\) .* (.*/)?policy\.ini:3 log = getppid$' \
			'^logged by policy$'
		[[ $(counted getppid) -eq 1 ]]
	done
}

@test "so is one that is logged by default" {
	local mode
	rules 'default = log' 'allow = getpid'
	for mode in calls trace; do
		run -0 audit $mode "$TRY" getppid
		reports '^scrun: logged getppid\(\) .* (.*/)?policy\.ini:2 default = log$'
		run -1 grep 'logged getpid' report
	done
}

@test "one that kills by default is reported as well" {
	rules 'default = kill' 'allow = @basic @file-read'
	run -159 audit calls "$TRY" mkdirat -1 /no/x 0
	reports '^scrun: killed mkdirat\(-1, "/no/x", 0+\): SIGSYS  try\[[0-9]+\]  (.*/)?policy\.ini:2 default = kill$'
}

@test "a child that is killed does not end the audit" {
	rules 'default = allow' 'kill = mkdirat'
	run -0 audit calls sh -c '"$TRY" mkdirat -1 /no/x 0; "$TRY" getppid; true'
	reports '^scrun: killed mkdirat\('
	[[ $(counted getppid) -ge 1 ]]
	complete
}

# ---- refused by the kernel ------------------------------------------------

@test "a low port refused: the capability, and how to keep it" {
	local mode allow=
	need python3
	[[ $(</proc/sys/net/ipv4/ip_unprivileged_port_start) -gt 80 ]] ||
		skip "port 80 needs no capability here"
	[[ $(id -u) -ne 0 ]] ||
		allow='  to allow: \[capabilities\] keep = cap_net_bind_service'
	for mode in calls trace; do
		policy=allow.ini run -1 audit $mode python3 -c 'import socket
socket.socket().bind(("127.0.0.1", 80))'
		reports '^scrun: refused bind\([0-9]+<socket:\[[0-9]+\]>, 127\.0\.0\.1:80(, 16)?\): EACCES  python3[.0-9]*\[[0-9]+\]  needs cap_net_bind_service$' \
			'^refused by the kernel$' \
			"^ +1  bind\\(127\\.0\\.0\\.1:80\\) EACCES  needs cap_net_bind_service$allow\$"
	done
}

@test "what the kernel refuses an ordinary user" {
	need_unprivileged
	: >file
	run -1 unprivileged "$SCRUN" -c allow.ini --audit -o report \
		chown 1:1 file
	reports '^scrun: refused fchownat\(.*"file".*\): EPERM  chown\[[0-9]+\]  .*cap_chown' \
		'^ +1  fchownat\(.*needs cap_chown$' # nobody could keep it
	run -1 unprivileged "$SCRUN" -c allow.ini --audit -o report \
		sh -c 'kill -0 1'
	reports '^scrun: refused kill\(1, (0|NULL)\): EPERM  sh\[[0-9]+\]  .*cap_kill'
	[[ ! -r /etc/shadow || $(id -u) -eq 0 ]] || skip "/etc/shadow is open"
	run -1 unprivileged "$SCRUN" -c allow.ini --audit -o report \
		cat /etc/shadow
	reports '^scrun: refused openat\(AT_FDCWD, "/etc/shadow", O_RDONLY[^)]*\): EACCES  cat\[[0-9]+\]  .*/etc/shadow' \
		'^ +1  openat\("/etc/shadow"[^)]*\) EACCES '
}

@test "a refusal tells what the program's file would give it elsewhere" {
	need_root
	need setcap
	need_unprivileged
	local shown='secret: owner root, group root, mode 0600'
	secret() {
		run -1 unprivileged "$SCRUN" -c allow.ini --audit -o report \
			./own secret
		reports "^scrun: refused openat\\(.*$shown$1\$"
	}
	(umask 077; echo text >secret)
	cp /usr/bin/cat own
	secret ''
	chmod 4755 own
	secret '; own is set-user-ID, which no_new_privs ignores'
	chmod 2755 own
	secret '; own is set-group-ID, which no_new_privs ignores'
	chmod 755 own
	setcap cap_dac_override+ep own
	secret '; own has file capabilities, which no_new_privs ignores'
	# What it is not refused for want of rights, it is not told.
	printf '[syscalls]\ndefault = allow\n[paths]\nread = /usr /lib /lib64\n' \
		>policy.ini
	chmod 644 secret
	printf 'execute = /usr %s\n' "$(realpath own)" >>policy.ini
	run -1 unprivileged "$SCRUN" -c policy.ini --audit -o report ./own secret
	reports '^scrun: refused openat\(.*Landlock: [^;]*$'
}

@test "errors other than EPERM and EACCES are no refusals" {
	policy=allow.ini run audit calls cat no-such-file
	[[ $status -eq 1 ]]
	run -1 grep -E 'refused|denied by' report
}

@test "what the policy denies is not said to be the kernel's" {
	rules 'default = allow' 'deny = fchownat:EACCES chown:EACCES'
	: >file
	run -1 audit calls chown 1:1 file
	reports '^scrun: denied fchownat\('
	run -1 grep refused report
}

# ---- to allow -------------------------------------------------------------

# The policy in fixed.ini: policy.ini and what the report says is to be added.
fix() {
	local line
	line=$(sed -n 's/.*  to allow: //p' report | head -n 1)
	[[ $line =~ ^(\[[a-z]+\])\ (.*) ]] || {
		echo 'nothing is said to allow it'
		cat report
		return 1
	}
	printf '%s\n' '[policy]' 'include = policy.ini' "${BASH_REMATCH[1]}" \
		"${BASH_REMATCH[2]// and /$'\n'}" >fixed.ini
}

# fixes CALL [ARGUMENT]...: denied under policy.ini, it ends under fixed.ini as
# it does with no policy.
fixes() {
	local bare
	bare=$("$TRY" "$@")
	run -0 audit denied "$TRY" "$@"
	[[ $output != "$bare" ]]
	fix
	run -0 "$SCRUN" -q -c fixed.ini "$TRY" "$@"
	is "$bare" || {
		cat fixed.ini
		return 1
	}
}

@test "the line that is to allow a call really allows it" {
	rules 'default = allow' 'deny = mkdirat'
	fixes mkdirat -1 /no/x 0
	rules 'default = allow' 'deny = mkdirat:EROFS'
	fixes mkdirat -1 0 0
	rules 'default = allow' 'deny = @keyring'
	fixes add_key 0 0 0 0
	rules 'default = deny' 'allow = @basic @file-read'
	fixes mkdirat -1 /no/x 0
	rules 'default = EACCES' 'allow = @basic @file-read'
	fixes mkdirat -1 /no/x 0
}

@test "the line for a call that conditions deny allows it, too" {
	rules 'default = allow' 'deny = kill(sig == SIGUSR2)'
	fixes kill 999999999 12
	rules 'default = allow' 'deny = socket(domain == AF_INET)'
	fixes socket 2 99 0
	rules 'default = deny' 'allow = @basic @file-read socket(domain == AF_UNIX)'
	fixes socket 2 99 0
}

@test "the line for a call that conditions deny allows no other one" {
	rules 'default = allow' 'deny = socket(domain == AF_INET) socket(domain == AF_NETLINK)'
	fixes socket 2 99 0
	run -0 "$SCRUN" -q -c fixed.ini "$TRY" socket 16 99 0
	is EPERM
}

@test "the line for a call of an included policy allows it" {
	rules 'default = allow' 'deny = @keyring mkdirat'
	mv policy.ini inner.ini
	printf '%s\n' '[policy]' 'include = inner.ini' >policy.ini
	fixes mkdirat -1 /no/x 0
	fixes add_key 0 0 0 0
	printf '%s\n' '[policy]' 'include = default' >policy.ini
	fixes add_key 0 0 0 0
}

@test "the line for a call that others of its name are allowed is as narrow" {
	rules 'default = deny' 'allow = @basic @file-read' \
		'allow = prctl(option == PR_GET_NAME) socket(domain == AF_UNIX && type == SOCK_RAW)'
	fixes prctl 3 0 0 0 0 # PR_GET_DUMPABLE
	run -0 "$SCRUN" -q -c fixed.ini "$TRY" prctl 7 0 0 0 0 # PR_GET_KEEPCAPS
	is EPERM
	fixes socket 2 99 0
	run -0 "$SCRUN" -q -c fixed.ini "$TRY" socket 2 98 0
	is EPERM
	run -0 "$SCRUN" -q -c fixed.ini "$TRY" socket 10 99 0
	is EPERM
	# Of a call that is many calls, and that no entry allows.
	fixes ioctl -1 0x5401 0 # TCGETS
	run -0 "$SCRUN" -q -c fixed.ini "$TRY" ioctl -1 0x5412 0 # TIOCSTI
	is EPERM
}

@test "the line for a call that kills allows it, too" {
	local bare text
	bare=$("$TRY" mkdirat -1 /no/x 0)
	for text in $'default = allow\nkill = mkdirat' \
		$'default = allow\nkill = @mkdir' \
		$'default = allow\nkill = mkdirat(mode == 0)' \
		$'default = allow\nkill = mkdirat\ndeny = @mkdir:EROFS' \
		$'default = deny\nallow = @basic @file-read\nkill = @mkdir' \
		$'default = kill\nallow = @basic @file-read'; do
		rules "$text"
		run -159 audit calls "$TRY" mkdirat -1 /no/x 0
		fix
		run -0 "$SCRUN" -q -c fixed.ini "$TRY" mkdirat -1 /no/x 0
		is "$bare" || {
			cat fixed.ini
			return 1
		}
	done
}

@test "one line allows one call, and not the rest of its group" {
	rules 'default = allow' 'deny = @keyring'
	fixes add_key 0 0 0 0
	run -0 "$SCRUN" -q -c fixed.ini "$TRY" keyctl -1
	is EPERM
}

@test "the capability that is to allow a call really allows it" {
	need python3
	need_root
	[[ $(</proc/sys/net/ipv4/ip_unprivileged_port_start) -gt 80 ]] ||
		skip "port 80 needs no capability here"
	mv allow.ini policy.ini
	local bind='import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.123", 80))'
	python3 -c "$bind" || skip "port 80 cannot be bound here"
	run -1 audit calls python3 -c "$bind"
	fix
	run -0 "$SCRUN" -q -c fixed.ini python3 -c "$bind"
}

# ---- json -----------------------------------------------------------------

@test "every line of JSON is valid, and says what the text says" {
	rules 'default = allow' 'deny = mkdirat mkdir' 'kill = keyctl'
	run -0 audit calls --format=json sh -c \
		'"$TRY" mkdirat -1 /no/x 0755; "$TRY" keyctl -1; true'
	json '
assert start["event"] == "start", start
assert [l["event"] for l in lines].count("start") == 1
assert end["event"] == "end", end
denied = next(l for l in lines if l["event"] == "denied")
assert denied["syscall"] == "mkdirat", denied
assert "\"/no/x\"" in denied["call"], denied
assert denied["errno"] == "EPERM", denied
assert denied["comm"] == "try" and denied["pid"] > 1, denied
assert denied["file"].endswith("policy.ini"), denied
assert denied["line"] == 3, denied
assert denied["entry"] == "deny = mkdirat", denied
assert "mkdirat" in denied["allow"], denied
killed = next(l for l in lines if l["event"] == "killed")
assert killed["syscall"] == "keyctl" and killed["line"] == 4, killed
assert end["processes"] == 3, end
assert 0 < end["seconds"] < 60, end
row = next(r for r in end["calls"] if r["syscall"] == "mkdirat")
assert (row["calls"], row["errors"], row["denied"]) == (1, 0, 1), row
assert end["denied"][0]["count"] == 1, end
assert end["denied"][0]["syscall"] == "mkdirat", end
'
}

@test "the counts of JSON are those of the text" {
	policy=allow.ini run -0 audit calls "$PROGRAMS/single"
	calls >text
	policy=allow.ini run -0 audit calls --format=json "$PROGRAMS/single"
	json '
for r in end["calls"]:
    print(r["syscall"], r["calls"], r["errors"], r["denied"])' | sort >rows
	diff text rows
}

@test "a trace in JSON is valid, too" {
	rules 'default = allow' 'deny = mkdirat mkdir'
	run -0 audit trace --format=json "$TRY" mkdirat -1 /no/x 0755
	json '
assert start["event"] == "start" and end["event"] == "end"
assert any("mkdirat(" in l.get("call", "") for l in lines)
assert len(lines) > 5'
}

@test "denials in JSON without ptrace" {
	rules 'default = allow' 'deny = mkdirat mkdir'
	run -0 audit denied --format=json "$PROGRAMS/storm" 20
	json '
assert start["event"] == "start" and end["event"] == "end"
assert [l["event"] for l in lines].count("denied") == 20
assert sum(d["count"] for d in end["denied"]) == 20'
}

@test "JSON is ASCII, whatever the bytes of a path" {
	local path long
	rules 'default = allow' 'deny = mkdirat'
	long=$(printf '%0500d' 0)
	for path in $'/no/\xff\xfe' $'/no/\xc3\xa9' $'/no/\x01\n"\\' "/no/$long"; do
		run -0 audit trace --format=json "$TRY" mkdirat -1 "$path" 0
		is EPERM
		LC_ALL=C run -1 grep -n '[^ -~]' report
		json 'assert any(l["event"] == "denied" for l in lines)'
	done
}

@test "JSON names the policy, as it was named or as it is called" {
	rules 'default = allow'
	run -0 audit calls --format=json true
	json 'assert start["policy"] == "policy.ini", start'
	policy=./policy.ini run -0 audit calls --format=json true
	json 'assert start["policy"] == "./policy.ini", start'
	policy=default run -0 audit calls --format=json true
	json 'assert start["policy"] == "default", start'
}

# The members that scrun(1) has under "Audit files", as "event member"; those
# that a row at the end has as "row member", and of a call's counts "count
# member". The four kinds of findings are one here.
documented() {
	python3 - "$BATS_TEST_DIRNAME/../../src/man/scrun.1" <<'PYTHON' | sort -u
import re, sys
page = open(sys.argv[1]).read()
page = re.search(r"^\.Ss Audit files\n(.*?)^\.El", page, re.S | re.M).group(1)
names = lambda text: re.findall("[a-z]+", text)
counts = re.search(r"\(an array of\n\.Li (.*?) \) ,\n", page)
for name in names(counts.group(1)):
    print("count", name)
page = page.replace(counts.group(0), "")
rows = re.search(r"\(arrays of the above, with\n\.Li call\n.*?\n\.Li count \) ,\n", page, re.S)
print("row count")
page = page.replace(rows.group(0), "")
page = re.sub(r"^With\n\.Cm denied\n.*", "", page, flags=re.S | re.M)
for item in re.split(r"^\.It Li ", page, flags=re.M)[1:]:
    events, _, body = item.partition("\n")
    event = "finding" if "denied" in events else events
    print(event, "event")
    for line in re.findall(r"^\.Li (.*)", body, re.M):
        for name in names(line):
            print(event, name)
            if event == "finding" and name not in ("args", "brief", "pid", "comm"):
                print("row", name)
PYTHON
}

# The same of the report.
found() {
	json '
kinds = ("denied", "refused", "killed", "logged")
facts = ("facts", "seen", "unnamed", "needed", "file", "port") # learn-reports.bats
for line in lines:
    if line["event"] in facts:
        continue
    event = "finding" if line["event"] in kinds else line["event"]
    for name in line:
        print(event, name)
for row in end["calls"]:
    for name in row:
        print("count", name)
for kind in kinds:
    for row in end[kind]:
        for name in row:
            print("row", name)'
}

@test "the members of JSON are those of the manual page, all and no others" {
	need python3
	rules 'default = allow' 'deny = mkdirat' 'kill = keyctl' 'log = getppid'
	run audit trace --format=json --learn=new.ini sh -c '"$TRY" mkdirat -1 /no/x 0
		"$TRY" getppid; "$TRY" sethostname x 1; "$TRY" openat -100 /no/x 0
		"$TRY" keyctl -1; kill -USR1 $$'
	[[ $status -eq 138 ]] # 128 + SIGUSR1
	found | sort -u >wrote
	documented >promised
	[[ $(wc -l <promised) -gt 40 ]]
	diff promised wrote
}

# ---- the example ----------------------------------------------------------

@test "examples/hello.sh walks the whole way" {
	need cc
	run -0 sh "$BATS_TEST_DIRNAME/../../examples/hello.sh"
	says '== 2. A policy of just these' 'allow = write' \
		'== 3. It runs under that policy' 'Hello, world' \
		'(exit status 1)' '"Hello, world\n", 13): EPERM  hello[' \
		'silent.ini:2 default = deny' \
		'to allow: [syscalls] allow = write'
	# It speaks in its first and its third part only.
	[[ $(grep -cx 'Hello, world' <<<"$output") -eq 2 ]]
}

# ---- text from elsewhere --------------------------------------------------

@test "a path's bytes do not reach the terminal, nor break the report" {
	local mode path=$'/no/x\e[31m\xff\xc3\n\x7f\t"\\\xc2\x9b'
	rules 'default = allow' 'deny = mkdirat'
	for mode in denied calls trace; do
		run -0 audit $mode "$TRY" mkdirat -1 "$path" 0
		is EPERM
		no_control report
		run -0 grep -c '^scrun: denied mkdirat(-1, "/no/x\\33\[31m' report
		is 1
		run -0 audit $mode --format=json "$TRY" mkdirat -1 "$path" 0
		no_control report
		json 'assert any("/no/x" in l.get("call", "") for l in lines)'
	done
}

@test "neither do those of the command's name, or of its policy's" {
	local mode name=$'na\e]0;x\a\xff\nme'
	cp "$TRY" "$name"
	rules 'default = allow' 'deny = mkdirat'
	mv policy.ini $'pol\e\xff.ini'
	for mode in denied calls trace; do
		policy=$'pol\e\xff.ini' run -0 audit $mode "./$name" mkdirat -1 /no/x 0
		is EPERM
		no_control report
		policy=$'pol\e\xff.ini' run -0 audit $mode --format=json \
			"./$name" mkdirat -1 /no/x 0
		no_control report
		json 'assert start["event"] == "start" and end["event"] == "end"'
	done
}

@test "a path that cannot be read, or has no end, is no trouble" {
	local mode long
	long=$(printf '%05000d' 0)
	rules 'default = allow' 'deny = mkdirat'
	for mode in denied calls trace; do
		run -0 audit $mode "$TRY" mkdirat -1 0 0
		is EPERM
		reports '^scrun: denied mkdirat\(-1, NULL, '
		run -0 audit $mode "$TRY" mkdirat -1 0x10 0
		is EPERM
		reports '^scrun: denied mkdirat\(-1, 0x10, '
		run -0 audit $mode "$TRY" mkdirat -1 "/$long" 0
		is EPERM
		reports '^scrun: denied mkdirat\(-1, "/000'
		[[ $(awk '{ if (length > n) n = length } END { print n }' \
			report) -lt 2000 ]]
	done
}

# ---- colour ---------------------------------------------------------------

# on_terminal COMMAND: its output where there is a terminal.
on_terminal() {
	need script
	TERM=${terminal-xterm} script -qec "$1" /dev/null </dev/null
}

@test "colour is for terminals" {
	rules 'default = allow' 'deny = mkdirat'
	run on_terminal '"$SCRUN" -c policy.ini --audit "$TRY" mkdirat -1 /no/x 0'
	says 'denied' $'\e['
	run --separate-stderr "$SCRUN" -c policy.ini --audit "$TRY" mkdirat -1 /no/x 0
	[[ $stderr == *denied* && $stderr != *$'\e'* ]]
	on_terminal '"$SCRUN" -c policy.ini --audit -o report \
		"$TRY" mkdirat -1 /no/x 0'
	reports denied
	run -1 grep $'\e' report
}

@test "NO_COLOR turns it off" {
	rules 'default = allow' 'deny = mkdirat'
	NO_COLOR=1 run on_terminal \
		'"$SCRUN" -c policy.ini --audit "$TRY" mkdirat -1 /no/x 0'
	says 'denied'
	[[ $output != *$'\e['* ]]
	NO_COLOR='' run on_terminal \
		'"$SCRUN" -c policy.ini --audit "$TRY" mkdirat -1 /no/x 0'
	says $'\e[' # empty means nothing: no-color.org
}

@test "a terminal that is dumb has none" {
	rules 'default = allow' 'deny = mkdirat'
	terminal=dumb run on_terminal \
		'"$SCRUN" -c policy.ini --audit "$TRY" mkdirat -1 /no/x 0'
	says 'denied'
	[[ $output != *$'\e['* ]]
}

# ---- inside others --------------------------------------------------------

@test "an audit inside an audit says why it cannot be, in one line" {
	local outer inner
	for outer in denied calls trace; do
		for inner in denied calls trace; do
			rm -f ran
			policy=allow.ini run -125 --separate-stderr \
				audit $outer "$SCRUN" -c allow.ini \
				--audit=$inner -o inner touch ran
			[[ $output == '' && ! -e ran && $stderr == scrun:* ]]
			[[ ${#stderr_lines[@]} -eq 1 ]] || {
				echo "$inner in $outer: $stderr"
				return 1
			}
		done
	done
}

@test "an audit that cannot be says who is in the way" {
	local mode
	for mode in calls trace; do
		policy=allow.ini run -125 audit $mode "$SCRUN" -c allow.ini \
			--audit -o inner touch ran
		says 'scrun: cannot audit: this process is traced already, by scrun['
		policy=allow.ini run -125 audit $mode "$SCRUN" -c allow.ini \
			--audit=denied -o inner touch ran
		says 'scrun: cannot audit: this process is under another audit'
	done
	need_strace
	for mode in calls trace; do
		run -125 timeout 20 strace -o /dev/null "$SCRUN" -c allow.ini \
			--audit=$mode -o inner touch ran
		says 'scrun: cannot audit: this process is traced already, by strace['
	done
	[[ ! -e ran ]]
	run -0 timeout 20 strace -o /dev/null "$SCRUN" -c allow.ini \
		--audit=denied -o inner touch ran
	[[ -e ran ]]
}

@test "scrun without an audit runs inside an audit" {
	local mode
	rules 'default = allow' 'deny = mkdirat'
	for mode in denied calls; do
		policy=allow.ini run -0 audit $mode "$SCRUN" -q -c policy.ini \
			"$TRY" mkdirat -1 /no/x 0
		is EPERM
		complete
	done
}

@test "an audit runs under a filter that was there before" {
	local mode
	rules 'default = allow' 'deny = mkdirat'
	for mode in denied calls trace; do
		run -0 "$SCRUN" -q -c allow.ini timeout 10 "$SCRUN" -q \
			-c policy.ini --audit=$mode -o report \
			"$TRY" mkdirat -1 /no/x 0
		is EPERM
		eventually complete
		reports '^scrun: denied mkdirat\(' \
			'^scrun: not all was seen: there was another seccomp filter'
	done
}

@test "a filter of the command's own keeps its meaning, and the report tells" {
	local mode
	for mode in denied calls trace; do
		# SECCOMP_RET_TRACE, for which nobody is there
		policy=allow.ini run -0 audit $mode "$PROGRAMS/filters" 0x7ff00007
		is ENOSYS
		[[ ! -e made ]]
	done
	reports ' mkdirat\(.*"made", 0700\) += -1 ENOSYS'
	for mode in calls trace; do
		policy=allow.ini run -0 audit $mode "$PROGRAMS/filters" 0x7ff00000
		is ENOSYS
		[[ ! -e made && $(counted mkdirat ERRORS) -eq 1 ]]
		policy=allow.ini run -0 audit $mode "$PROGRAMS/filters" 0x0005000d
		is EACCES
		reports "^scrun: not all was seen: .*the command's own"
		policy=allow.ini run -0 audit $mode "$PROGRAMS/single"
		run -1 grep 'not all was seen' report
	done
}

# Docker's default profile, as a container without more capabilities has it.
docker_policy() {
	python3 -c 'import json, platform, sys
arch = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
caps = set("""CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID
    SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE""".split())
operators = {"SCMP_CMP_NE": "!=", "SCMP_CMP_LT": "<", "SCMP_CMP_LE": "<=",
    "SCMP_CMP_EQ": "==", "SCMP_CMP_GE": ">=", "SCMP_CMP_GT": ">"}

def applies(rule):
    includes, excludes = rule.get("includes", {}), rule.get("excludes", {})
    held = lambda names: {name[4:] for name in names} & caps
    return not (("arches" in includes and arch not in includes["arches"])
        or ("caps" in includes and not held(includes["caps"]))
        or arch in excludes.get("arches", [])
        or held(excludes.get("caps", [])))

def condition(arg):
    name, value = "arg%d" % arg["index"], arg["value"]
    if arg["op"] == "SCMP_CMP_MASKED_EQ":
        return "%s & %d == %d" % (name, value, arg.get("valueTwo", 0))
    return "%s %s %d" % (name, operators[arg["op"]], value)

profile = json.load(open(sys.argv[1]))
print("[capabilities]\nkeep =", " ".join("?cap_" + c.lower() for c in sorted(caps)))
print("[syscalls]\ndefault = EPERM")
for rule in filter(applies, profile["syscalls"]):
    conditions = " && ".join(map(condition, rule.get("args", [])))
    allows = rule["action"] == "SCMP_ACT_ALLOW"
    for name in rule["names"]:
        entry = "?" + name + ("(%s)" % conditions if conditions else "")
        if not allows:
            entry += ":ENOSYS" if rule["errnoRet"] == 38 else ""
        print("allow =" if allows else "deny =", entry)' "$1"
}

@test "an audit runs under Docker's default profile" {
	need python3
	local mode profile=$BATS_TEST_DIRNAME/../../../shared/data/docker-default.json
	[[ -r $profile ]] || skip "Docker's profile is not here"
	docker_policy "$profile" >docker.ini
	run -0 "$SCRUN" -q -c docker.ini -- cat "$HOSTNAME_FILE"
	run -0 "$SCRUN" -q -c docker.ini -- "$TRY" clone3 0 0
	is ENOSYS
	run -0 "$SCRUN" -q -c docker.ini -- "$TRY" mount 0 0 0 0 0
	is EPERM
	rules 'default = allow' 'deny = mkdirat'
	for mode in denied calls trace; do
		run -0 "$SCRUN" -q -c docker.ini -- "$SCRUN" -q -c policy.ini \
			--audit=$mode -o report cat "$HOSTNAME_FILE"
		is "$(<"$HOSTNAME_FILE")"
		eventually complete
		run -0 "$SCRUN" -q -c docker.ini -- "$SCRUN" -q -c policy.ini \
			--audit=$mode -o report "$TRY" mkdirat -1 /no/x 0
		is EPERM
		reports '^scrun: denied mkdirat\('
	done
	run -0 "$SCRUN" -q -c docker.ini -- "$SCRUN" --audit -o report \
		cat "$HOSTNAME_FILE"
	[[ $(counted execve) -eq 1 && $(counted read) -ge 1 ]]
}
