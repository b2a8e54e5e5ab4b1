#!/usr/bin/env bats
# scrun --learn: what a run does becomes a policy.

# shellcheck disable=SC2016,SC2154 # text for inner shells; run's variables

load common
load audit
load learn

# ---- what is learned ------------------------------------------------------

@test "--learn writes a policy that allows what the command does" {
	run -0 learn new.ini "$TRY" getpid
	grep -q '^default = deny$' new.ini
	has new.ini getpid write exit_group
	obeys new.ini "$TRY" getpid
	[[ $output =~ ^[0-9]+$ ]]
	# Nothing else: chroot was not seen.
	obeys new.ini "$TRY" chroot 0
	is EPERM
	run -0 "$SCRUN" --check -c new.ini
	says '0 warnings'
}

@test "the command's status, output and standard error are its own" {
	run -7 --separate-stderr "$SCRUN" --learn=new.ini sh -c \
		'echo out; echo err >&2; exit 7'
	[[ $output == out && ${stderr_lines[0]} == err ]]
	[[ ${stderr_lines[1]} =~ ^'scrun: new.ini: learned: '[0-9]+' lines'$ ]]
	run -143 "$SCRUN" --learn=killed.ini sh -c 'kill -TERM $$'
	has killed.ini kill
}

@test "each line says when, how often and what for" {
	learn new.ini sh -c ': </etc/hostname; sleep 0.01'
	grep -qE '^(allow =|) +openat +; (startup|running), (once|twice or more|[0-9]+\+ times): openat\("/[^"]+", O_RDONLY(\|O_CLOEXEC)?\)$' new.ini
	# It waits, and then ends.
	grep -qE 'exit_group +; running, ' new.ini
	grep -qE 'arch_prctl.* ; startup, |rt_sigaction +; startup, ' new.ini
	grep -q '^; files$' new.ini
}

@test "the command's own execve needs no entry, and others do" {
	learn one.ini "$TRY" getpid
	lacks one.ini execve
	learn two.ini sh -c '"$TRY" getpid; true'
	has two.ini execve
}

@test "calls that are many in one are narrowed to what was seen" {
	need python3
	python=$(python3 -c 'import sys; print(sys.executable)')
	learn new.ini "$python" -c 'import socket, fcntl, threading
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).setsockopt(1, 2, 1)
fcntl.fcntl(0, fcntl.F_GETFD)
t = threading.Thread(target=print); t.start(); t.join()'
	has new.ini 'socket(domain == AF_INET && type & 0xf == SOCK_DGRAM)' \
		'setsockopt(level == SOL_SOCKET)' 'fcntl(cmd == F_GETFD)' \
		'mmap(prot & PROT_EXEC == 0)'
	grep -qE 'clone\(flags == [A-Z_|]*CLONE_THREAD' new.ini
	lacks new.ini clone3 'socket( |$)' 'mmap( |$)' 'ioctl( |$)'
	obeys new.ini "$python" -c 'import socket, fcntl, threading
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).setsockopt(1, 2, 1)
t = threading.Thread(target=print); t.start(); t.join()
for domain, type in ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_UNIX, socket.SOCK_DGRAM)):
	try: socket.socket(domain, type); print("no")
	except PermissionError: print("denied")
try: fcntl.fcntl(0, fcntl.F_GETFL); print("no")
except PermissionError: print("denied")'
	run -1 grep no <<<"$output"
	[[ $(obeys new.ini true; grep -c denied <<<"$output") -ge 0 ]]
}

@test "a program that was learned without a shell starts none" {
	need python3
	python=$(python3 -c 'import sys; print(sys.executable)')
	learn new.ini "$python" -c 'print("hello")'
	obeys new.ini "$python" -c 'print("other words")'
	is 'other words'
	run -1 "$SCRUN" -c new.ini "$python" -c 'import os
os.execv("/bin/sh", ["sh", "-c", "echo shell"])'
	says PermissionError
	run -1 "$SCRUN" -c new.ini "$python" -c 'import subprocess
subprocess.run(["true"])'
	says PermissionError
}

@test "too many values of one argument are not told apart" {
	need python3
	python=$(python3 -c 'import sys; print(sys.executable)')
	learn new.ini "$python" -c 'import fcntl
for i in range(3000, 3100):
	try: fcntl.fcntl(0, i)
	except OSError: pass'
	has new.ini fcntl
	grep -q 'with too many values' new.ini
	lacks new.ini 'fcntl\(cmd'
}

@test "calls of another architecture are allowed with it" {
	"$PROGRAMS/int80" 2>/dev/null || skip "no 32-bit calls here"
	learn new.ini "$PROGRAMS/int80"
	has new.ini native x86
	run -0 "$SCRUN" -c new.ini "$PROGRAMS/int80"
	# A policy that lists none has the native one.
	printf '%s\n' '[syscalls]' 'default = deny' 'allow = @basic' >old.ini
	run -0 learn old.ini "$PROGRAMS/int80"
	has old.ini native x86
	run -0 "$SCRUN" -c old.ini "$PROGRAMS/int80"
	cp old.ini once.ini
	run -0 learn old.ini "$PROGRAMS/int80"
	cmp old.ini once.ini
}

@test "a call without a name is said, and not allowed" {
	run -0 learn new.ini "$TRY" 599
	grep -q '^; Call 599 of ' new.ini
	grep -q '^scrun: new.ini: not added: call 599 of ' told
	obeys new.ini "$TRY" 599
	is EPERM
}

@test "learned twice, it is the same file" {
	local i
	for i in 1 2 3; do
		# The shell waits for cat while cat runs, and what comes before a
		# wait is startup: once it has waited for true, all is running.
		learn $i.ini sh -c '/bin/true
			cat </etc/hostname >/dev/null; mkdir d; rmdir d'
	done
	sed '/^; learned: /d' 1.ini >one
	diff one <(sed '/^; learned: /d' 2.ini)
	diff one <(sed '/^; learned: /d' 3.ini)
}

# ---- with -c --------------------------------------------------------------

@test "under -c what is denied stays denied, and is not learned" {
	rules 'default = allow' 'deny = @mkdir'
	run -1 --separate-stderr "$SCRUN" -c policy.ini --learn=new.ini \
		sh -c 'mkdir d; status=$?; echo >e; exit $status'
	[[ ! -e d && -e e ]]
	lacks new.ini mkdir mkdirat
	has new.ini openat
}

@test "--learn with --audit reports as well" {
	run -0 "$SCRUN" --audit -o report --learn=new.ini "$TRY" getpid
	reports '^scrun: audit of ' '^scrun: new.ini: learned: [0-9]+ lines$'
	run -0 "$SCRUN" --audit=trace --format=json -o report --learn=2.ini "$TRY" getpid
	grep -q '^{"event":"learned","text":"2.ini: learned: ' report
	[[ $(tail -n 1 report) == '{"event":"end",'* ]]
}

# ---- capabilities ---------------------------------------------------------

@test "the capabilities that were needed are kept, and no others" {
	need_root
	need setpriv chown
	: >f
	learn new.ini sh -c 'chown 1:1 f; chmod 600 f; cat f;
		setpriv --reuid=1 --clear-groups true; ulimit -c 0; kill -0 $$'
	has new.ini cap_chown cap_fowner cap_setuid cap_setgid cap_dac_read_search
	[[ $(grep -cE '^(keep =)? +\??cap_' new.ini) -eq 5 ]]
	rm -f f
	: >f
	obeys new.ini sh -c 'chown 1:1 f && chmod 600 f && cat f &&
		setpriv --reuid=1 --clear-groups true'
	learn none.ini sh -c 'cat /etc/hostname; setpriv --reuid=0 true' >/dev/null
	grep -q '^; None was needed.$' none.ini
}

@test "a low port takes a capability, and a high one does not" {
	need_root
	need python3
	python=$(python3 -c 'import sys; print(sys.executable)')
	[[ $(</proc/sys/net/ipv4/ip_unprivileged_port_start) -eq 1024 ]] ||
		skip "low ports are everybody's here"
	learn low.ini "$python" -c 'import socket
s = socket.socket(); s.setsockopt(6, 1, 1); s.bind(("127.0.0.1", 1023))'
	has low.ini cap_net_bind_service
	[[ $(grep -cE '^(keep =)? +\??cap_' low.ini) -eq 1 ]]
	learn high.ini "$python" -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0))'
	grep -q '^; None was needed.$' high.ini
}

@test "a capability that a call was refused for is kept where it is there" {
	need_root
	need_unprivileged
	chown "$OTHER" .
	run -0 --separate-stderr as_other "$SCRUN" --learn=new.ini "$TRY" chroot /
	is EPERM
	has new.ini '\?cap_sys_chroot'
	grep -qE 'cap_sys_chroot +; refused: chroot\("/"\)$' new.ini
	chown 0 . new.ini
	obeys new.ini "$TRY" chroot /
	is 0
}

@test "under -c that keeps none, the refused ones are learned" {
	need_root
	run -0 --separate-stderr "$SCRUN" -c allow.ini --learn=new.ini "$TRY" chroot /
	is EPERM
	has new.ini cap_sys_chroot
}

@test "a pipe that is opened by a link of /proc takes no capability and no path" {
	need_landlock 3
	learn new.ini bash -c 'echo text >/dev/stdout' | cat
	lacks new.ini cap_ /proc/self
	obeys new.ini bash -c 'echo text >/dev/stdout'
	is text
}

# ---- paths and ports ------------------------------------------------------

@test "the files that were used are allowed, and no others" {
	need_landlock 3
	mkdir data
	echo one >data/one
	echo two >data/two
	run -0 learn new.ini cat data/one
	has new.ini "$(realpath data/one)" /usr "$(realpath "$(command -v cat)")"
	grep -qE '^ +/usr +; widened: a directory of the system$' new.ini
	obeys new.ini cat data/one
	is one
	run -1 "$SCRUN" -c new.ini cat data/two
	says 'Permission denied'
	run -1 "$SCRUN" -c new.ini cat /etc/passwd
	run -126 "$SCRUN" -c new.ini head data/one
}

@test "three files of a directory are the directory, and it is said" {
	need_landlock 3
	mkdir data
	touch data/{1,2,3,4}
	run -0 learn new.ini cat data/1 data/2 data/3
	grep -qE "$(realpath data) +; widened: several files of it\$" new.ini
	obeys new.ini cat data/4
}

@test "where names are made, the directory can be written" {
	need_landlock 3
	mkdir data other
	run -0 learn new.ini sh -c 'echo text >data/new; mv data/new data/newer'
	grep -qE "^write = .*" new.ini
	has new.ini "$(realpath data)"
	obeys new.ini sh -c 'echo text >data/new; mv data/new data/more'
	run ! "$SCRUN" -c new.ini sh -c 'echo text >other/new'
}

@test "what the run makes itself and runs can be made anew, and run" {
	need_landlock 3
	code='rm -rf made; mkdir -p made/bin; cp /usr/bin/echo made/bin/echo
		made/bin/echo "a program"
		printf "#!/bin/sh\necho a script\n" >made/script
		chmod +x made/script; made/script'
	run -0 learn new.ini sh -c "$code"
	grep -qE "$(realpath .) +; programs were made in it, and run\$" new.ini
	rm -r made
	obeys new.ini sh -c "$code"
	is $'a program\na script'
	# What was there is nothing but itself.
	mkdir own
	cp /usr/bin/echo own/echo
	run -0 learn own.ini sh -c 'own/echo text; echo text >own/log'
	has own.ini "$(realpath own)/echo"
	cp /usr/bin/echo own/other
	run -126 "$SCRUN" -c own.ini sh -c 'own/echo text; exec own/other text'
	says text 'own/other: Permission denied'
}

@test "a root directory that the run has made is learned in, too" {
	need_root
	need_static "$SCRUN"
	run -0 learn new.ini sh -c 'mkdir new; cp "$SCRUN" new/program
		chroot new /program --version'
	says scrun
	has new.ini chroot
}

@test "a home and the root are no rule, and it is said" {
	need_landlock 3
	mkdir home
	HOME=$(realpath home) run -0 learn new.ini sh -c \
		'echo >home/file; ls / >/dev/null; ls home >/dev/null'
	grep -qE "^; Not allowed, as too wide: write = $(realpath home) " new.ini
	grep -qE '^; Not allowed, as too wide: read = / ' new.ini
	grep -q '^scrun: new.ini: not added, as too wide: \[paths\] read = /: ' told
	lacks new.ini "$(realpath home)( |\$)" '/( |$)'
}

@test "a missing file is tolerated, and can come into being" {
	need_landlock 3
	run ! learn new.ini cat data/late
	run ! learn new.ini cat late
	has new.ini "\\?$(realpath late)"
	cp new.ini once.ini
	run ! learn new.ini cat late
	cmp new.ini once.ini
	echo text >late
	obeys new.ini cat late
	is text
}

@test "what the run has removed is tolerated, so that the policy starts" {
	need_landlock 3
	HOME=$PWD run -0 learn new.ini sh -c 'mkdir t; echo text >t/f; rm -r t'
	has new.ini "\\?$PWD/t"
	cp new.ini once.ini
	HOME=$PWD run -0 learn new.ini sh -c 'mkdir t; echo text >t/f; rm -r t'
	cmp new.ini once.ini
	obeys new.ini sh -c true
}

@test "a device that is controlled by ioctl can be, if the run has opened it" {
	need_landlock 5
	need python3
	python=$(python3 -c 'import sys; print(sys.executable)')
	code='import fcntl, os
fd = int(os.environ.get("FD") or os.open("/dev/urandom", os.O_RDONLY))
fcntl.ioctl(fd, 0x80045200, bytes(4)) # RNDGETENTCNT'
	run -0 learn new.ini "$python" -c "$code"
	has new.ini /dev/urandom
	grep -q '^write = /dev/urandom' new.ini
	obeys new.ini "$python" -c "$code"
	sed 's/^write = .*urandom.*/read = \/dev\/urandom/' new.ini >old.ini
	run -0 learn old.ini "$python" -c "$code"
	grep -q '^write = /dev/urandom' old.ini
	FD=0 learn open.ini "$python" -c "$code" </dev/urandom
	lacks open.ini /dev/urandom
}

@test "a policy without [paths] gets none, and one that has them what it lacks" {
	need_landlock 3
	: >f
	printf '%s\n' '[syscalls]' 'default = allow' >none.ini
	cp none.ini before.ini
	run -0 learn none.ini cat f
	run ! grep paths none.ini
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read = /usr' \
		'execute = /usr' >some.ini
	run -0 learn some.ini cat f
	has some.ini "$(realpath f)"
	run ! grep -E '^ +/usr' some.ini
	cp some.ini once.ini
	run -0 learn some.ini cat f
	cmp some.ini once.ini
	# What it has of a directory of the system is enough.
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' \
		"read = $(realpath /lib)/ /etc $PWD" \
		"execute = $(realpath "$(type -P cat)")" >few.ini
	run -0 learn few.ini cat f
	run ! grep -E '^(read =)? +/usr( |$)' few.ini
}

@test "no name of a file makes a policy of something else" {
	need_landlock 3
	local name n=0
	for name in 'a=b' 'k = v' '#c' '[syscalls]' '; x' '"q"' '!neg' '?q' \
		$'esc\033\x7f' $'line\ndefault = allow' ü 'a(b'; do
		mkdir d$((++n))
		echo text >"d$n/$name"
		cp "$(type -P cat)" "d$n/x$name"
		run -0 learn new.ini "d$n/x$name" "d$n/$name"
		obeys new.ini "d$n/x$name" "d$n/$name"
		is text
	done
	[[ $(grep -c '^default' new.ini) -eq 1 ]]
	run -0 "$SCRUN" --check -c new.ini
	says '0 warnings'
}

@test "the ports that were used are allowed, and no others" {
	need_landlock 4
	need curl python3
	python=$(python3 -c 'import sys; print(sys.executable)')
	code='import socket, sys
for port in sys.argv[1:]:
	s = socket.socket()
	try: s.connect(("127.0.0.1", int(port)))
	except OSError as e: print(e.strerror)'
	run -0 learn new.ini "$python" -c "$code" 9
	is 'Connection refused'
	grep -qx 'connect = 9' new.ini
	grep -qx 'bind =' new.ini
	obeys new.ini "$python" -c "$code" 9 10
	is $'Connection refused\nPermission denied'
	run -0 learn udp.ini "$python" -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(("127.0.0.1", 9))'
	run ! grep -F '[network]' udp.ini
	run -0 learn many.ini "$python" -c "$code" {9..30}
	run ! grep '^connect' many.ini
	grep -q 'connect: more than 16 ports$' told
}

@test "where Landlock cannot do it, files and ports are comments, and it is said" {
	local errno reason
	for errno in ENOSYS EOPNOTSUPP EPERM; do
		reason='the kernel has no Landlock that can do it'
		[[ $errno != EPERM ]] ||
			reason='Landlock cannot be asked: Operation not permitted'
		rm -f svc.ini
		rules 'default = allow' "deny = landlock_create_ruleset:$errno"
		run -0 --separate-stderr "$SCRUN" -q -c policy.ini "$SCRUN" \
			--learn=svc.ini bash -c '! : </dev/tcp/127.0.0.1/9'
		[[ $stderr == *"scrun: svc.ini: not added: [paths]: $reason"* ]]
		[[ $stderr == *"scrun: svc.ini: not added: [network]: $reason"* ]]
		run -0 grep -A 1 -Fx "; Without rules for them: $reason." svc.ini
		[[ $output == *'; [paths] would have been:'*'; [network] would have been:' ]]
		grep -qx '; connect = 9' svc.ini
		run -1 grep -x '\[paths\]\|\[network\]' svc.ini
		"$SCRUN" -c svc.ini bash -c '! : </dev/tcp/127.0.0.1/9'
	done
}

@test "where the command changes mounts, files are comments, and it is said" {
	need_root
	need_landlock 3
	need unshare
	run -0 learn new.ini unshare -m true
	grep -q 'not added: \[paths\]: the command changed mounts$' told
	grep -qx '; Without rules for them: the command changed mounts.' new.ini
	run ! grep -x '\[paths\]' new.ini
	obeys new.ini unshare -m true
	printf '%s\n' '[capabilities]' 'drop =' '[syscalls]' \
		'default = allow' >open.ini
	run -0 "$SCRUN" --audit --format=json -o run.json -c open.ini unshare -m true
	run -0 "$SCRUN" --learn=report.ini --report run.json
	says 'not added: [paths]: the command changed mounts'
	# Rules that are there stay.
	learn old.ini sh -c true
	run -0 learn old.ini unshare -m true
	grep -q 'the command changed mounts, which \[paths\] forbids$' told
}

@test "MPTCP and fast open, which rules for ports forbid, leave them out" {
	need_landlock 4
	need python3
	python=$(python3 -c 'import sys; print(sys.executable)')
	code='import errno, socket, sys
fast = sys.argv[1] == "fast"
try:
	s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0 if fast else 262)
except OSError as e: print(e.strerror); sys.exit()
s.setblocking(False)
try: s.sendto(b"x", 0x20000000, ("127.0.0.1", 9)) if fast else s.bind(("127.0.0.1", 0))
except OSError as e: print(e.strerror); sys.exit()
print("used")'
	run -0 "$python" -c "$code" fast
	fast=$output
	run -0 "$python" -c "$code" mptcp
	[[ $output == used ]] || skip "no MPTCP here: $output"
	run -0 learn mptcp.ini "$python" -c "$code" mptcp
	grep -qx '; bind: MPTCP or the like was used, so none is refused' mptcp.ini
	grep -q 'not added: \[network\] connect: MPTCP or the like was used$' told
	run ! grep -E '^(bind|connect)' mptcp.ini
	obeys mptcp.ini "$python" -c "$code" mptcp
	is used
	[[ $fast == 'Operation now in progress' || $fast == used ]] ||
		skip "no fast open here: $fast"
	run -0 learn fast.ini "$python" -c "$code" fast
	grep -qx 'bind =' fast.ini
	grep -qx '; connect: TCP fast open was used, so none is refused' fast.ini
	obeys fast.ini "$python" -c "$code" fast
	is "$fast"
}

@test "a port that the kernel chose is not what the next run is held to" {
	need_landlock 4
	need python3
	python=$(python3 -c 'import sys; print(sys.executable)')
	code='import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
socket.socket().connect(s.getsockname()); print("connected")'
	run -0 learn new.ini "$python" -c "$code"
	grep -qE '^; connect: the kernel chose port [0-9]+, so none is refused$' \
		new.ini
	grep -qE 'not added: \[network\] connect: the kernel chose port [0-9]+$' told
	run ! grep '^connect' new.ini
	obeys new.ini "$python" -c "$code"
	is connected
	# Of a list that is there, it is said, and the others are added.
	sed 's/^; connect: .*/connect = 9/' new.ini >old.ini
	run -0 learn old.ini "$python" -c "$code"'
try: socket.socket().connect(("127.0.0.1", 10))
except OSError: pass'
	grep -qE 'not added: \[network\] connect = [0-9]+: a port that the kernel chose$' \
		told
	[[ $(grep '^connect' old.ini | tr -s ' ') == $'connect = 9\nconnect = 10' ]]
	# Nobody asked for a port here: this one is the other side's own.
	run -0 learn client.ini "$python" -c 'import socket
try: socket.socket().connect(("127.0.0.1", 50051))
except OSError: pass'
	grep -qx 'connect = 50051' client.ini
}

# ---- provenance -----------------------------------------------------------

@test "the policy says where it comes from" {
	run -0 learn new.ini true 'a
b'
	grep -qFx '; learned: command true a\nb' new.ini
	grep -qE '^; learned: system Linux [^ ]+ [^ ]+, libseccomp [0-9.]+' new.ini
	grep -qE "^; learned: program $(realpath "$(type -P true)") (build-id [0-9a-f]+|size [0-9]+)\$" new.ini
}

@test "a start with another build of the program warns, once" {
	cp "$(type -P true)" program
	run -0 learn new.ini ./program
	cp new.ini before.ini
	run -0 --separate-stderr "$SCRUN" -c new.ini ./program
	[[ -z $stderr ]]
	cp "$(type -P false)" program
	run -1 --separate-stderr "$SCRUN" -c new.ini ./program
	[[ ${#stderr_lines[@]} -eq 1 ]]
	[[ $stderr == "scrun: warning: 'new.ini' was learned of another build of $(realpath program), "* ]]
	run -1 --separate-stderr "$SCRUN" -q -c new.ini ./program
	[[ -z $stderr ]]
	# Learned again, it is known; all else stays.
	run -1 learn new.ini ./program
	run -1 --separate-stderr "$SCRUN" -c new.ini ./program
	[[ -z $stderr ]]
	cmp <(head -c "$(stat -c %s before.ini)" new.ini) before.ini
	rm program
	run --separate-stderr "$SCRUN" -c new.ini true
	[[ $stderr != *warning* ]]
}

@test "another libc is warned of, too" {
	need_landlock 3
	cp /lib/*-linux-gnu/libc.so.6 . 2>/dev/null || skip "no libc.so.6 here"
	# The program may load none, or not this one.
	LD_LIBRARY_PATH=$PWD run -0 learn new.ini true
	grep -q "^; learned: libc $(realpath libc.so.6) " new.ini || skip "it was not loaded"
	printf x >libc.so.6
	# And was the one that [paths] allows.
	run -127 --separate-stderr "$SCRUN" -c new.ini true
	[[ $stderr == *"another build of $(realpath libc.so.6)"* ]]
}

# ---- a file that is there -------------------------------------------------

merge_ini() {
	cat >merge.ini <<-'EOF'
		; mine
		[policy]
		include = strict

		[syscalls]
		deny = @mkdir ; never
	EOF
	cp merge.ini before.ini
}

@test "a policy that is there keeps its text, and gets the rest" {
	merge_ini
	run -0 learn merge.ini sh -c 'mkdir d; rmdir d; echo >f'
	cmp <(head -c "$(stat -c %s before.ini)" merge.ini) before.ini
	has merge.ini rmdir
	# What it allows is not said again.
	lacks merge.ini read write mmap
	# As narrow as the policy has it.
	grep -qF 'openat(flags & 0x243 == O_WRONLY|O_CREAT|O_TRUNC)' merge.ini
	grep -qF 'scrun: merge.ini: added: allow = rmdir' told
	grep -qE 'not added: mkdir\("d"\): .*/merge.ini:6 deny = @mkdir$' told
	cp merge.ini once.ini
	run -0 learn merge.ini sh -c 'mkdir d; rmdir d; echo >f'
	cmp merge.ini once.ini
	grep -qx 'scrun: merge.ini: nothing to add' told
	# The denial still holds.
	run -1 "$SCRUN" -q -c merge.ini sh -c 'mkdir d'
}

@test "an empty file is one to be written" {
	: >new.ini
	run -0 learn new.ini "$TRY" getpid
	has new.ini getpid
}

@test "a last line without an end is ended" {
	printf '[syscalls]\ndefault = deny' >new.ini
	run -0 learn new.ini "$TRY" getpid
	has new.ini getpid
	obeys new.ini "$TRY" getpid
}

@test "with drop in the policy, no keep is added" {
	need_root
	printf '%s\n' '[capabilities]' 'drop = cap_chown' '[syscalls]' \
		'default = allow' >new.ini
	cp new.ini before.ini
	: >f
	run -0 learn new.ini chown 1 f
	cmp new.ini before.ini
	grep -qE 'not added: keep = cap_chown: .*new.ini:2 drop = cap_chown$' told
}

@test "keep gets what it lacks" {
	need_root
	printf '%s\n' '[capabilities]' 'keep = cap_chown' '[syscalls]' \
		'default = allow' >new.ini
	: >f
	run -0 learn new.ini sh -c 'chown 1 f; chmod 600 f'
	has new.ini cap_fowner
	[[ $(grep -c cap_chown new.ini) -eq 1 ]]
}

# ---- faults ---------------------------------------------------------------

@test "125 when the file cannot be learned into, and it stays as it was" {
	refuses 125 "cannot learn into 'no/such/file'" --learn=no/such/file touch ran
	refuses 125 "cannot learn into '$PWD': it is not a regular file" \
		--learn="$PWD" touch ran
	printf '[syscalls]\ndefault = denny\n' >bad.ini
	cp bad.ini before.ini
	refuses 125 "bad.ini:2: 'default' is" --learn=bad.ini touch ran
	cmp bad.ini before.ini
	ln -s nowhere link.ini
	refuses 125 "cannot learn into 'link.ini'" --learn=link.ini touch ran
	refuses 125 "no file's name" --learn= touch ran
	only allow.ini bad.ini before.ini link.ini
}

@test "125 when the file or its directory may not be written" {
	need_user
	mkdir closed
	cp allow.ini closed/old.ini
	chmod 444 closed/old.ini
	refuses 125 "cannot learn into 'closed/old.ini'" --learn=closed/old.ini touch ran
	chmod 555 closed
	refuses 125 "cannot learn into 'closed/new.ini'" --learn=closed/new.ini touch ran
	chmod 755 closed
}

@test "125 when the directory is another user's" {
	need_root
	mkdir theirs
	chown "$OTHER" theirs
	refuses 125 "its directory is another user's" --learn=theirs/new.ini touch ran
	chmod 775 theirs
	run -0 learn theirs/new.ini true
}

@test "--learn does not go with what runs nothing or sees little" {
	refuses 125 'leave out' --learn=new.ini --check touch ran
	refuses 125 'leave out' --learn=new.ini --dry-run touch ran
	refuses 125 'every call' --learn=new.ini --audit=denied touch ran
	refuses 125 'add --audit' --learn=new.ini -o report touch ran
	only allow.ini
}

@test "nothing is left where the command did not run" {
	run -127 "$SCRUN" --learn=new.ini no-such-command
	only allow.ini
	printf '\177ELFdamaged' >damaged
	chmod +x damaged
	run -126 "$SCRUN" --learn=new.ini ./damaged
	only allow.ini damaged
}

@test "a full disk leaves the file as it was" {
	merge_ini
	for file in merge.ini new.ini; do
		run -0 bash -c 'ulimit -f 0; exec "$SCRUN" --learn='$file' \
			sh -c "rmdir d; :" 2>&1 | cat'
		says "scrun: $file: not written: File too large"
	done
	cmp merge.ini before.ini
	only allow.ini merge.ini before.ini
}

@test "what somebody else writes meanwhile is not lost" {
	merge_ini
	run -0 learn merge.ini sh -c 'echo "; more" >>merge.ini; rmdir d; :'
	grep -qx 'scrun: merge.ini: not written: it was changed meanwhile' told
	[[ $(tail -n 1 merge.ini) == '; more' ]]
	run -0 learn new.ini sh -c 'echo "; other" >new.ini'
	[[ $(<new.ini) == '; other' ]]
	only allow.ini merge.ini before.ini new.ini told d
}

@test "what would be no policy is not written, with what it includes" {
	echo '[syscalls]' >base.ini
	printf '%s\n' '[policy]' 'include = base.ini' '[syscalls]' \
		'default = deny' >merge.ini
	cp merge.ini before.ini
	run -0 learn merge.ini "$TRY" getpid
	has merge.ini getpid
	cp before.ini merge.ini
	run -0 learn merge.ini sh -c 'echo "no = key" >>base.ini'
	grep -q '^scrun: merge.ini: not written: it would be no policy: .*base.ini:2: ' told
	cmp merge.ini before.ini
	only allow.ini base.ini merge.ini before.ini told
}

@test "mode and link stay, and another name of the file is another file" {
	merge_ini
	chmod 640 merge.ini
	ln -s merge.ini link.ini
	ln merge.ini second.ini
	run -0 learn link.ini sh -c 'rmdir d; :'
	[[ -L link.ini && $(stat -c %a merge.ini) == 640 ]]
	has merge.ini rmdir
	cmp second.ini before.ini
}

@test "SIGINT and SIGTERM end the command, and the policy is written" {
	local signal ended
	env --default-signal=INT true 2>/dev/null ||
		skip "this env cannot restore SIGINT, which bash has ignored here"
	for signal in INT TERM; do
		env --default-signal=INT setsid "$SCRUN" --learn=$signal.ini \
			sleep 20 >/dev/null 2>told 3>&- &
		sleep 0.5
		# As from a terminal: to all of its group; the auditor is not in it.
		kill -$signal -- -$!
		ended=0
		wait $! || ended=$?
		[[ $ended -eq $((128 + $(kill -l $signal))) ]]
		grep -q '^scrun: .*: learned: ' told
		has $signal.ini clock_nanosleep exit_group
		run -0 "$SCRUN" --check -c $signal.ini
	done
}

@test "a service that becomes a daemon is learned to its end" {
	"$SCRUN" --learn=new.ini sh -c 'sh -c "sleep 0.5; mkdir late" & exit 0' \
		3>&- 2>told
	eventually test -s new.ini
	has new.ini mkdir || has new.ini mkdirat
}

@test "few descriptors are enough" {
	run -0 bash -c 'ulimit -n 18 && exec "$SCRUN" --learn=new.ini "$TRY" getpid'
	has new.ini getpid
}

@test "examples/learn.sh walks the whole way" {
	need sort
	need_landlock 3
	run -0 sh "$BATS_TEST_DIRNAME/../../examples/learn.sh"
	says 'allow = ' '; None was needed.' '== 3. Another file' \
		'/etc/passwd: Permission denied' 'sort.ini: nothing to add'
	[[ $output != *root:x:* ]]
}
