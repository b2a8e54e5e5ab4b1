#!/usr/bin/env bats
# scrun --learn --report: audit files of many runs become a policy.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # inner shells; `run` sets some

load common
load audit
load learn

setup() {
	begin
	# As --learn has it.
	printf '%s\n' '[capabilities]' 'drop =' '[syscalls]' 'default = allow' \
		'architectures = native x86 x32 arm' >open.ini
}

# record FILE COMMAND...: an audit of it, with all that it may do.
record() {
	local file=$1 ended=0
	shift
	timeout -k 5 60 "$SCRUN" -q -c "${policy:-open.ini}" --audit \
		--format=json -o "$file" "$@" || ended=$?
	eventually grep -q '"event":"end"' "$file"
	return "$ended"
}

# take FILE AUDIT...: what is told goes to the file told.
take() {
	local file=$1
	shift
	timeout -k 5 60 "$SCRUN" --learn="$file" --report "$@" 2>told
}

# made LINE...: an audit file that says this, and may be a lie.
made() {
	{
		echo '{"event":"start","command":"x"}'
		echo '{"event":"facts","architecture":"'"$(uname -m)"'","command":"x","system":"y","root":false,"tcp":false,"cut":[],"unread":0}'
		[[ $# -eq 0 ]] || printf '%s\n' "$@"
		echo '{"event":"end","calls":[],"lost":0}'
	} >made
}

seen() {
	echo '{"event":"seen","syscall":"'"$1"'","entry":"'"$2"'","startup":1,"running":0,"whole":false,"example":"'"${3:-x}"'"}'
}

file() {
	echo '{"event":"file","path":"'"$1"'","kind":"'"${2:-file}"'","uses":["'"${3:-read}"'"]}'
}

# ---- what is learned ------------------------------------------------------

work='cat data/1 "data/a b" >/dev/null; cat late 2>/dev/null; mkdir d
	: </proc/self/stat; rmdir d; ls / >/dev/null; sleep 0.01'

@test "learned live and from an audit, it is the same policy" {
	mkdir data home
	touch data/1 'data/a b'
	export HOME=$PWD/home
	run -0 learn live.ini sh -c "$work"
	run -0 record a.json sh -c "$work"
	run -0 take new.ini a.json
	diff live.ini new.ini
	grep -qE '^scrun: new.ini: learned: [0-9]+ lines$' told
}

@test "so it is of sockets, threads, ports, flags and commands" {
	need python3
	python=$(python3 -c 'import sys; print(sys.executable)')
	code='import fcntl, socket, threading
s = socket.socket(); s.setsockopt(1, 2, 1); s.bind(("127.0.0.1", 0))
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
try: socket.socket().connect(("127.0.0.1", 9))
except OSError: pass
fcntl.fcntl(0, fcntl.F_GETFD)
for i in range(3000, 3100):
	try: fcntl.ioctl(0, i)
	except OSError: pass
t = threading.Thread(target=int); t.start(); t.join()
sum(range(5000000)) # its last calls are made after join has returned'
	run -0 learn live.ini "$python" -c "$code"
	run -0 record a.json "$python" -c "$code"
	run -0 take new.ini a.json
	# How often a thread waits is chance.
	diff <(sed 's/ *;.*: futex.*//' live.ini) <(sed 's/ *;.*: futex.*//' new.ini)
	has new.ini 'socket(domain == AF_INET && type & 0xf == SOCK_STREAM)' \
		'setsockopt(level == SOL_SOCKET)' 'mmap(prot & PROT_EXEC == 0)' ioctl
	run -0 take again.ini a.json
	cmp new.ini again.ini
}

@test "calls of another architecture, and some without a name, are the same" {
	local program=("$TRY" 599)
	"$PROGRAMS/int80" 2>/dev/null && program=("$PROGRAMS/int80")
	run -0 learn live.ini "${program[@]}"
	run -0 record a.json "${program[@]}"
	run -0 take new.ini a.json
	diff live.ini new.ini
}

@test "so are the capabilities" {
	need_root
	: >f
	run -0 learn live.ini sh -c 'chown 1:1 f; chmod 600 f; cat f'
	rm f
	: >f
	run -0 record a.json sh -c 'chown 1:1 f; chmod 600 f; cat f'
	run -0 take new.ini a.json
	diff live.ini new.ini
	has new.ini cap_chown cap_fowner cap_dac_read_search
}

@test "many audits are one policy, and the command is held to it" {
	need_landlock 3
	mkdir data
	for i in 1 2 3; do echo $i >data/$i; done
	run -0 record a.json cat data/1
	run -0 record b.json cat data/2
	run -0 take new.ini a.json b.json
	obeys new.ini cat data/1 data/2
	is $'1\n2'
	run -1 "$SCRUN" -c new.ini cat data/3
	says 'Permission denied'
	has new.ini "$(realpath data/1)" "$(realpath data/2)"
	grep -qx '; learned: command cat data/1' new.ini
	grep -qx '; learned: command cat data/2' new.ini
	[[ $(grep -c '^; learned: program ' new.ini) -eq 1 ]]
	# Of one file, or one after the other.
	cat a.json b.json >both
	run -0 take both.ini both
	cmp new.ini both.ini
	run -0 take step.ini a.json
	run -0 take step.ini b.json
	obeys step.ini cat data/1 data/2
	cp step.ini once.ini
	run -0 take step.ini a.json b.json
	cmp step.ini once.ini
	grep -qx 'scrun: step.ini: nothing to add' told
	only allow.ini open.ini data a.json b.json both both.ini new.ini \
		step.ini once.ini told
}

@test "a trace has it, too, and an audit beside --learn all of it" {
	printf '%s\n' '[policy]' 'include = strict' >old.ini
	run -0 learn live.ini "$TRY" getppid
	run -0 "$SCRUN" -q --learn=old.ini --audit=trace --format=json \
		-o a.json "$TRY" getppid
	run -0 take new.ini a.json
	diff live.ini new.ini
}

@test "an audit for people, and one of denials, look at no file for it" {
	run -0 "$SCRUN" --audit=denied --format=json -o a.json "$TRY" getpid
	eventually grep -q '"event":"end"' a.json
	run ! grep -E '"(facts|seen|file)"' a.json
}

# ---- denials, and a file that is there ------------------------------------

@test "what a policy denied is not learned, and it is said" {
	rules 'default = allow' 'deny = @mkdir'
	policy=policy.ini run -0 record a.json "$TRY" mkdirat -1 /no/x 0
	is EPERM
	run -0 take new.ini a.json
	lacks new.ini mkdir mkdirat
	grep -qx 'scrun: new.ini: not learned: 1 call that a policy denied; --report without --learn shows them' told
}

@test "a policy that is there keeps its text and its denials" {
	printf '%s\n' '; mine' '[policy]' 'include = strict' '[syscalls]' \
		'deny = @mkdir ; never' >old.ini
	cp old.ini before.ini
	run -0 record a.json sh -c 'mkdir d; rmdir d'
	run -0 take old.ini a.json
	cmp <(head -c "$(stat -c %s before.ini)" old.ini) before.ini
	has old.ini rmdir
	lacks old.ini read write mmap
	grep -qE 'not added: mkdir\("d"\): .*/old.ini:5 deny = @mkdir$' told
	run -1 "$SCRUN" -q -c old.ini sh -c 'mkdir d'
}

@test "what a policy has narrowed by other arguments is not widened" {
	printf '%s\n' '[syscalls]' 'default = deny' \
		'allow = openat(flags & O_ACCMODE == O_RDONLY)' \
		'deny = mprotect(prot & PROT_EXEC == PROT_EXEC)' >old.ini
	made "$(seen openat openat 'openat(\"x\")')" \
		"$(seen mprotect 'mprotect(prot & PROT_EXEC == 0)')" \
		"$(seen mprotect 'mprotect(prot & 7 == 5)' 'mprotect(5)')" \
		"$(seen getpid getpid)"
	run -0 take old.ini made
	grep -qE 'not added: openat\("x"\): .*/old.ini:3 allow = openat\(flags' told
	grep -qE 'not added: mprotect\(5\): .*/old.ini:4 deny = mprotect\(prot' told
	[[ $(grep -c openat old.ini) -eq 1 ]]
	has old.ini getpid 'mprotect(prot & PROT_EXEC == 0)'
}

@test "a capability that one machine lacked is tolerated" {
	local n='{"event":"needed","capability":"cap_chown","used":true,"example":"chown"'
	made "$n,\"held\":true}"
	run -0 take one.ini made
	has one.ini cap_chown
	made "$n,\"held\":true}" "$n,\"held\":false}"
	run -0 take two.ini made
	has two.ini '\?cap_chown'
}

@test "builds of several machines are all known" {
	cp "$(type -P true)" program
	run -0 record a.json ./program
	cp "$(type -P false)" program
	run -1 record b.json ./program
	run -0 take new.ini a.json b.json
	[[ $(grep -c "^; learned: program $PWD/program " new.ini) -eq 2 ]]
	run -1 --separate-stderr "$SCRUN" -c new.ini ./program
	[[ -z $stderr ]]
	cp "$(type -P true)" program
	run -0 --separate-stderr "$SCRUN" -c new.ini ./program
	[[ -z $stderr ]]
	cp "$(type -P cat)" program
	run -0 --separate-stderr "$SCRUN" -c new.ini ./program </dev/null
	[[ $stderr == *'was learned of another build of '* ]]
}

# ---- faults ---------------------------------------------------------------

# bad TEXT LINE...: refused with this text, and the policy stays as it was.
bad() {
	local text=$1
	shift
	[[ $# -eq 0 ]] || made "$@"
	printf '[syscalls]\ndefault = deny\n' >old.ini
	cp old.ini before.ini
	run -125 --separate-stderr "$SCRUN" --learn=old.ini --report made
	cmp old.ini before.ini || return 1
	[[ -z $output && $stderr == *"$text"* ]] && return
	printf 'expected: %s\n   found: %s\n' "$text" "$stderr"
	return 1
}

@test "125 for an audit that has nothing to learn from" {
	run -0 "$SCRUN" --audit=denied --format=json -o made "$TRY" getpid
	eventually grep -q '"event":"end"' made
	bad 'made:1: this audit has nothing to learn from: it was made with --audit=denied, or'
	record whole "$TRY" getpid
	grep -v '"event":"end"' whole >made
	bad 'made:1: this audit has no end, and so nothing to learn from'
	cat made whole >both
	mv both made
	bad 'made:1: this audit has no end'
	head -c -20 whole >made
	bad ':1: this audit has no end, and so nothing to learn from'
	: >made
	bad "'made' is empty"
	only allow.ini open.ini old.ini before.ini made whole
	run -125 "$SCRUN" --learn=new.ini --report whole nosuch
	says "cannot read 'nosuch'"
	[[ ! -e new.ini ]]
}

@test "125 for facts that no audit writes, with file and line" {
	local long
	printf -v long '%0100d' 0
	bad "made:3: 'syscall' is no text" '{"event":"seen","startup":1,"running":1,"whole":false,"example":"x"}'
	bad "made:3: 'startup' is no number" '{"event":"seen","syscall":"getpid","startup":-1,"running":0,"whole":false,"example":"x"}'
	bad "made:3: 'entry' is none for this call" "$(seen getpid getppid)"
	bad "made:3: 'entry' is none for this call" "$(seen getpid @default)"
	bad "made:3: 'entry' is none for this call" "$(seen ioctl 'ioctl(request != 5)')"
	bad "made:3: 'entry' is none for this call" "$(seen ioctl 'ioctl(request == 5')"
	bad "made:3: 'entry' is none for this call" "$(seen ioctl 'ioctl(fd == 5)\n[x]')" ||
		bad "made:3: 'entry' has characters" "$(seen ioctl 'ioctl(fd == 5)\n[x]')"
	bad "made:3: 'example' has characters" "$(seen getpid getpid 'x\ndefault = allow')"
	bad "made:3: 'example' is longer" "$(seen getpid getpid "$long")"
	bad "made:3: 'path' is not absolute" "$(file a/b)"
	bad "made:3: 'path' is not absolute" "$(file /a/../etc)"
	bad "made:3: 'path' is not absolute" "$(file /a/.)"
	bad "made:3: 'path' is not absolute" "$(file /a//b)"
	bad "made:3: 'path' is not absolute" "$(file /a/)"
	bad "made:3: 'path' is empty" "$(file '')"
	bad "made:3: 'path' has characters" "$(file '/a\u001b')"
	bad "made:3: 'kind' can be" "$(file /a socket)"
	bad "made:3: 'uses' can have" "$(file /a file all)"
	bad "made:3: 'port' is no number" '{"event":"port","use":"bind","port":65536}'
	bad "made:3: 'use' can be" '{"event":"port","use":"x","port":1}'
	bad "made:3: 'held' is neither true nor false" \
		'{"event":"needed","capability":"cap_chown","example":"x","held":1}'
	bad "made:3: a second 'facts' of one audit" "$(made; sed -n 2p made)"
	bad "made:3: no line of an audit" 'x'
	sed -i 2d made
	bad "made:2: no line of an audit"
	printf '%s\n' '{"event":"start"}' "$(seen getpid getpid)" >made
	bad "made:2: 'seen' before any 'facts'"
	made
	sed -i 's/"architecture":"[^"]*"/"architecture":"vax"/' made
	bad "made:2: this audit was made on vax and here is $(uname -m)"
}

@test "names that this machine does not know are left out with a word" {
	made "$(seen newcall newcall)" "$(seen getpid getpid)" \
		'{"event":"needed","capability":"cap_new","used":true,"held":true,"example":"x"}'
	run -0 take new.ini made
	grep -qx "scrun: made:3: 'newcall' is not known here, and is not learned" told
	grep -qx "scrun: made:5: 'cap_new' is not known here, and is not learned" told
	has new.ini getpid
	lacks new.ini newcall cap_new
}

@test "no text of an audit becomes anything else in the policy" {
	need_landlock 3
	made "$(seen getpid getpid '; [x] default = allow ; @all')" \
		"$(file '/srv/x;y')" "$(file '/srv/z/[paths]')" \
		"$(file '/srv/w/a = b')" "$(file /)" "$(file /etc directory write)" \
		"$(file /home missing)" "$(file /var file write)" \
		"$(file '/srv/v/q)' made write)"
	sed -i '2s/"command":"x"/"command":"; [syscalls] allow = @all"/' made
	run -0 take new.ini made
	[[ $(grep -c '^default' new.ini) -eq 1 && $(grep -c '^\[' new.ini) -eq 3 ]]
	lacks new.ini @all '/srv/x' '/( |$)' '/etc( |$)' '/var( |$)' '/home( |$)'
	has new.ini '\?/srv/w' '\?/srv/v'
	grep -qF ' ?/srv/z/[paths]' new.ini
	grep -q 'not added, as too wide: \[paths\] read = /srv' told
	run -0 "$SCRUN" --check -c new.ini
}

@test "counts and numbers of facts do not matter" {
	need python3
	made "$(seen getpid getpid | sed 's/:1,/:9223372036854775807,/')"
	cat made made >both
	run -0 take new.ini both
	has new.ini getpid
	python3 - >made <<-'EOF'
	import json, platform
	print(json.dumps({"event": "start", "command": "x"}))
	print(json.dumps({"event": "facts", "architecture": platform.machine(),
	    "command": "x", "system": "y", "root": False, "tcp": False, "cut": [], "unread": 0}))
	for i in range(60000):
	    print(json.dumps({"event": "file", "path": "/srv/%d/x" % i,
	        "kind": "file", "uses": ["read"]}))
	EOF
	bad 'made:50002: more facts than any audit writes'
	head -n 20000 made >some
	echo '{"event":"end","calls":[],"lost":2}' >>some
	run -0 take many.ini some
	grep -q 'many.ini: too many files were used' told
	grep -q 'many.ini: not learned: what 2 parts of the audits that could not be written had$' told
}

@test "125 where the policy cannot be written, and it stays as it was" {
	made "$(seen getpid getpid)"
	printf '[syscalls]\ndefault = deny\n' >old.ini
	cp old.ini before.ini
	for file in old.ini new.ini; do
		run -125 bash -c 'ulimit -f 0; exec "$SCRUN" --learn='$file' --report made 2>&1 | cat
			exit "${PIPESTATUS[0]}"'
		says "scrun: $file: not written: File too large"
	done
	cmp old.ini before.ini
	only allow.ini open.ini made old.ini before.ini
	run -125 "$SCRUN" --learn=no/such/file --report made
	says "cannot learn into 'no/such/file'"
	run -125 "$SCRUN" --learn=new.ini --report
	says 'no audit files'
	run -125 "$SCRUN" --learn=new.ini --report -o x made
	says '--learn --report writes no report; leave out -o'
	run -125 "$SCRUN" --learn=new.ini --report --audit made
	says 'leave out --audit'
	only allow.ini open.ini made old.ini before.ini
}
