#!/usr/bin/env bats
# [paths] and [network]: what Landlock holds the command to.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # text for inner shells; run's variables

load common
load audit

setup() {
	begin
	mkdir data work other
	echo secret >secret
	echo text >data/file
	PROGRAM_PATHS="execute = /usr ?/lib ?/lib64 ?/bin ?/sbin $PROGRAMS"
}

# paths LINE...: policy.ini with these under [paths], and with the programs of
# the system, in line 4.
paths() {
	need_landlock 3
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' \
		"$PROGRAM_PATHS" "$@" >policy.ini
}

# can SCRIPT / cannot SCRIPT: under policy.ini, in a shell.
can() {
	run -0 "$SCRUN" -c policy.ini sh -ec "$1"
}

cannot() {
	run "$SCRUN" -c policy.ini sh -ec "$1"
	[[ $status -ne 0 ]] || { echo "this worked: $1"; return 1; }
	says "${2:-Permission denied}"
}

# ---- [paths] --------------------------------------------------------------

@test "what read names can be read, and nothing else" {
	paths "read = $PWD/data"
	can 'cat data/file; ls data'
	is $'text\nfile'
	cannot 'cat secret'
	cannot 'ls .'
	cannot 'ls /'
}

@test "read alone does not let write, truncate, create or remove" {
	paths "read = $PWD/data"
	cannot 'echo x >>data/file'
	cannot 'echo x >data/file'
	cannot 'truncate -s 0 data/file'
	cannot 'echo x >data/new'
	cannot 'rm -f data/file'
	cannot 'mkdir data/new'
	cannot 'mv data/file data/other'
	cannot 'ln -s x data/link'
	cannot 'mkfifo data/fifo'
	[[ $(cat data/file) == text && $(ls data) == file ]]
}

@test "write lets read, create, change, truncate, rename, link and remove" {
	paths "write = $PWD/work"
	can 'cd work; echo text >a; cat a; echo more >>a; truncate -s 3 a
		mkdir d; mv a d/b; ln d/b c; ln -s c l; mkfifo f; ls; rm f l c
		rm d/b; rmdir d'
	says text
	[[ -z $(ls work) ]]
	cannot 'echo x >other/a'
	cannot 'cat secret'
}

@test "a file can be named: it can be written, and its directory is not open" {
	paths "write = $PWD/data/file"
	can 'cat data/file; echo new >data/file'
	cannot 'ls data'
	cannot 'rm -f data/file'
	cannot 'echo x >data/other'
	[[ $(cat data/file) == new ]]
}

@test "a rename goes where no more is allowed than where it came from" {
	paths "write = $PWD/work $PWD/other"
	can 'echo x >work/a; mv work/a other/a; mv other/a work/b'
	cannot 'mv work/b b'
	cannot 'ln data/file work/file' 'ross-device link'
	paths "write = $PWD/work $PWD/other" "execute = $PWD/other"
	need python3
	cannot 'python3 -c "import os; os.rename(\"work/b\", \"other/b\")"' \
		'Errno 18'
	can 'cp work/b other/b; mv other/b work/c'
}

@test "execute lets execute and read; read lets not execute" {
	cp /bin/echo data/program
	cp /bin/echo work/program
	paths "read = $PWD/data" "execute = $PWD/work"
	can 'work/program ran; cmp work/program data/program'
	is ran
	cannot 'data/program ran'
	cannot 'echo x >>work/program'
	refuses 126 "'data/program': no [paths] rule allows to execute it" \
		-c policy.ini data/program
}

@test "126 and a message when the loader may not be executed" {
	need_landlock 3
	need readelf
	[[ $(readelf -lW "$(command -v touch)") == *INTERP* ]] ||
		skip "programs are static here"
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read = /' \
		"write = $PWD" "execute = $(command -v touch)" >policy.ini
	refuses 126 "' needs '" -c policy.ini touch ran
	says ''
	[[ $stderr == *"no [paths] rule allows to execute it; write 'execute = /"* ]]
}

@test "126 and a message when a script's interpreter may not be executed" {
	need_landlock 3
	printf '#!%s\n' "$(command -v sh)" >work/script
	chmod +x work/script
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read = /' \
		"execute = $PWD/work" >policy.ini
	refuses 126 "'work/script' needs '" -c policy.ini work/script
	printf '%s\n' "$PROGRAM_PATHS" >>policy.ini
	run -0 "$SCRUN" -c policy.ini work/script
}

@test "126 when an empty key is all there is" {
	need_landlock 3
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read =' \
		>policy.ini
	refuses 126 'no [paths] rule allows to execute it' \
		-c policy.ini touch ran
}

@test "links, .. and other names of a directory do not lead out" {
	ln -s "$PWD/secret" data/link
	ln -s "$PWD" data/up
	ln secret data/hard
	paths "read = $PWD/data"
	cannot 'cat data/link'
	cannot 'cat data/up/secret'
	cannot 'cat data/../secret'
	cannot 'cd data; cat ../secret'
	cannot 'cat /proc/self/root/etc/hostname'
	# A hard link in the directory is a file of the directory.
	can 'cat data/hard'
	is secret
}

@test "a rule holds for what a link in the policy leads to" {
	ln -s data link
	paths "read = $PWD/link"
	can 'cat data/file link/file'
	is $'text\ntext'
}

@test "descriptors that are open stay open" {
	paths "read = $PWD/data"
	run -0 "$SCRUN" -c policy.ini cat <secret
	is secret
	"$SCRUN" -c policy.ini echo out >new
	[[ $(cat new) == out ]]
}

@test "children are held to the rules, and cannot undo them" {
	paths "read = $PWD/data"
	cannot 'sh -c "sh -c \"cat secret\""'
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read = /' \
		'write = /' 'execute = /' >data/all.ini
	PROGRAM_PATHS+=" $SCRUN"
	paths "read = $PWD/data"
	cannot "'$SCRUN' -c data/all.ini cat secret"
}

@test "no_new_privs is set, with rules and without" {
	paths 'read = /proc'
	run -0 "$SCRUN" -c policy.ini cat /proc/self/status
	[[ $(field NoNewPrivs) == 1 ]]
}

@test "no descriptor is left open" {
	paths 'read = /proc'
	run -0 "$SCRUN" -c policy.ini sh -c 'ls -l /proc/self/fd'
	[[ $output != *landlock* && $output != *"$PROGRAMS"* ]]
}

@test "keys of included policies add up, and '!' takes out" {
	paths "read = $PWD/data//"
	mv policy.ini base.ini
	printf '%s\n' '[policy]' 'include = base.ini' '[paths]' \
		"read = $PWD/secret" >policy.ini
	can 'cat secret data/file'
	printf '%s\n' "read = !$PWD/data" >>policy.ini
	can 'cat secret'
	cannot 'cat data/file'
	# It is taken out of this key's list and of no other's.
	printf '%s\n' "read = !/usr" >>policy.ini
	can 'cat secret'
}

@test "a path that is missing is an error, unless it has a '?'" {
	paths "read = $PWD/none"
	refuses 125 "policy.ini:5: no such file or directory '$PWD/none'; create it, or write '?$PWD/none'" \
		-c policy.ini touch ran
	paths "read = ?$PWD/none ?$PWD/secret/x $PWD/data"
	can 'cat data/file'
	paths "read = $PWD/none !$PWD/none"
	can 'true'
}

@test "all faults of [paths] are found in one run" {
	paths 'read = usr ./x' 'write = ?~/x' 'raed = /usr'
	refuses 125 "policy.ini:5: 'usr' is no absolute path; write it from" \
		-c policy.ini touch ran
	run -125 "$SCRUN" -c policy.ini true
	says "policy.ini:5: './x'" "policy.ini:6: '?~/x'" \
		"policy.ini:7: unknown key 'raed' in [paths], did you mean 'read'?" \
		'4 faults'
	paths 'read = /none' 'write = /none/x'
	run -125 "$SCRUN" -c policy.ini true
	says policy.ini:5: policy.ini:6:
}

@test "--check says which paths" {
	paths 'read = /etc' 'read = ?/none' 'write = /dev/null'
	run -0 "$SCRUN" --check -c policy.ini
	says '  paths: read = /etc ?/none, write = /dev/null, execute = /usr'
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read =' \
		>policy.ini
	run -0 "$SCRUN" --check -c policy.ini
	says '  paths: none'
}

# ---- [network] ------------------------------------------------------------

# network LINE...: policy.ini with these under [network].
network() {
	need python3
	printf '%s\n' '[syscalls]' 'default = allow' '[network]' "$@" \
		>policy.ini
}

# TCP SCRIPT: python under policy.ini; `bind(port)` and `connect(port)` say
# what happens, on 127.0.0.1 or, with the family as second argument, ::1.
tcp() {
	cat >tcp.py <<-'END'
		import errno, os, signal, socket, sys
		from socket import *
		has_ipv6 = os.path.exists("/proc/net/if_inet6")
		open_sockets = []
		def result(function):
		    try:
		        function()
		        print("ok")
		    except OSError as error:
		        print(errno.errorcode[error.errno])
		def tcp(family):
		    open_sockets.append(socket(family, SOCK_STREAM))
		    open_sockets[-1].setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
		    return open_sockets[-1]
		def host(family):
		    return "127.0.0.1" if family == AF_INET else "::1"
		def bind(port, family=AF_INET):
		    result(lambda: tcp(family).bind((host(family), port)))
		def connect(port, family=AF_INET):
		    result(lambda: tcp(family).connect((host(family), port)))
	END
	printf '%s\n' "$1" >>tcp.py
	run -0 "$SCRUN" -c policy.ini python3 tcp.py
}

# Two ports that nobody listens on, above those for root.
free_ports() {
	need python3
	read -r port other_port < <(python3 -c 'from socket import *
a, b = socket(), socket()
a.bind(("127.0.0.1", 0)); b.bind(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')
}

@test "bind: other TCP ports are refused, of every family, and 0 too" {
	need_landlock 4
	free_ports
	network "bind = $port"
	tcp "bind($port); bind($other_port); bind(0); connect($other_port)"
	is $'ok\nEACCES\nEACCES\nECONNREFUSED'
	network "bind = 0"
	tcp "bind($port); bind(0)"
	is $'EACCES\nok'
	network "bind = $port"
	tcp "if has_ipv6: bind($other_port, AF_INET6)
else: print('EACCES')"
	is EACCES
}

@test "connect: other TCP ports are refused, and all if it is empty" {
	need_landlock 4
	free_ports
	network "connect = $port"
	tcp "connect($port); connect($other_port); bind($other_port)"
	is $'ECONNREFUSED\nEACCES\nok'
	network 'connect ='
	tcp "connect($port); connect($other_port); bind($port)"
	is $'EACCES\nEACCES\nok'
}

@test "ports add up, and '!' takes one out" {
	need_landlock 4
	free_ports
	network "connect = $port"
	mv policy.ini base.ini
	printf '%s\n' '[policy]' 'include = base.ini' '[network]' \
		"connect = $other_port" >policy.ini
	tcp "connect($port); connect($other_port); connect(1)"
	is $'ECONNREFUSED\nECONNREFUSED\nEACCES'
	echo "connect = !$port" >>policy.ini
	tcp "connect($port); connect($other_port)"
	is $'EACCES\nECONNREFUSED'
}

@test "rules of [paths] and [network] hold together" {
	need_landlock 4
	free_ports
	network 'connect ='
	printf '%s\n' '[paths]' "read = / !/" "read = $PWD" 'execute = /' \
		>>policy.ini
	tcp "connect($port); result(lambda: open('new', 'w'))"
	is $'EACCES\nEACCES'
}

@test "scope: signals reach nobody outside, and the own processes" {
	need_landlock 6
	network 'scope = signals'
	tcp 'result(lambda: os.kill(os.getppid(), 0))
child = os.fork() or signal.pause()
result(lambda: os.kill(child, signal.SIGKILL))'
	is $'EPERM\nok'
	network 'scope = signals !signals'
	tcp 'result(lambda: os.kill(os.getppid(), 0))'
	is ok
}

@test "scope: an abstract socket of another process is not reached" {
	need_landlock 6
	network 'scope = abstract-sockets'
	local name=scrun-$BATS_TEST_NUMBER-$$-$RANDOM pid
	python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind("\0" + sys.argv[1])
s.listen()
open("ready", "w").close()
time.sleep(30)' "$name" 3>&- &
	pid=$!
	eventually test -e ready
	tcp "result(lambda: socket(AF_UNIX).connect('\\0$name'))
own = socket(AF_UNIX); own.bind('\\0$name-own'); own.listen()
result(lambda: socket(AF_UNIX).connect('\\0$name-own'))"
	kill "$pid"
	is $'EPERM\nok'
}

@test "all faults of [network] are found in one run" {
	network 'bind = http 65536 -1 80.0 0x50' 'connect = ?80 99999999999' \
		'scope = signal' 'listen = 80'
	refuses 125 "policy.ini:4: 'http' is no port; write a number from 0 to 65535" \
		-c policy.ini touch ran
	run -125 "$SCRUN" -c policy.ini true
	says "'65536' is no port" "'-1' is no port" "'80.0' is" "'0x50' is" \
		"policy.ini:5: '?80' is no port" "'99999999999' is no port" \
		"policy.ini:6: unknown scope 'signal', did you mean 'signals'?" \
		"policy.ini:7: unknown key 'listen' in [network]" '9 faults'
}

@test "--check says which ports and scopes" {
	network 'bind = 80 443' 'connect =' 'scope = signals abstract-sockets'
	run -0 "$SCRUN" --check -c policy.ini
	says '  network: bind = 80 443, connect = none, scope = abstract-sockets signals'
	network 'scope = signals'
	run -0 "$SCRUN" --check -c policy.ini
	says '  network: scope = signals'
}

# ---- what the kernel cannot do --------------------------------------------

@test "125 where the kernel has no Landlock, and nothing runs" {
	# A filter around scrun stands for such a kernel.
	printf '%s\n' '[syscalls]' 'default = allow' \
		'deny = ?landlock_create_ruleset:ENOSYS' >none.ini
	local section
	for section in '[paths]|read = /' '[network]|connect =' \
		'[network]|scope = signals'; do
		printf '%s\n' '[syscalls]' 'default = allow' "${section%|*}" \
			"${section#*|}" >policy.ini
		run -125 "$SCRUN" -c none.ini "$SCRUN" -c policy.ini touch ran
		says 'policy.ini:4: ' ' needs Landlock (Linux ' \
			'Function not implemented'
		[[ ! -e ran ]]
	done
	sed -i 's/ENOSYS/EOPNOTSUPP/' none.ini
	run -125 "$SCRUN" -c none.ini "$SCRUN" -c policy.ini touch ran
	says 'which is off in this kernel'
	# Without such rules no Landlock is needed.
	run -0 "$SCRUN" -c none.ini "$SCRUN" -c allow.ini true
}

# ---- what an audit says ---------------------------------------------------

# suggested: the lines that the report offers, each as its section and its key.
suggested() {
	sed -nE 's/.*to allow: (\[[a-z]+\]) (.*)$/\1\n\2/p' report
}

# allows_after SCRIPT LINE...: refused under policy.ini, where the report offers
# these lines; with them it works.
allows_after() {
	local script=$1
	shift
	run audit calls sh -ec "$script"
	[[ $status -ne 0 ]]
	diff <(suggested | grep -v '^\[') <(printf '%s\n' "$@") || {
		cat report
		return 1
	}
	suggested >>policy.ini
	run -0 audit calls sh -ec "$script"
	[[ -z $(suggested) ]]
}

@test "audit: the line that it offers is the one that is missing" {
	mkdir work/d
	cp /bin/echo data/program
	paths 'read = /etc'
	allows_after 'cat /proc/self/comm' 'read = /proc'
	allows_after 'cat data/file' "read = $PWD/data/file"
	allows_after 'ls data' "read = $PWD/data"
	allows_after 'echo x >>data/file' "write = $PWD/data/file"
	allows_after 'echo x >work/d/new' "write = $PWD/work/d"
	allows_after 'rm -f work/../other/../work/d/new; mkdir work/e' \
		"write = $PWD/work"
	allows_after 'data/program ran' "execute = $PWD/data/program"
	allows_after 'mv data/file data/moved' "write = $PWD/data"
	# Of two directories that are missing, the first is told.
	paths "write = $PWD/data" "read = /etc /proc"
	allows_after 'mv data/moved other/file' "write = $PWD/other"
}

@test "audit: a rename that Landlock stops is told, another EXDEV is not" {
	need python3
	echo x >work/a
	paths "write = $PWD/work $PWD/other" "execute = $PWD/other" 'read = /etc'
	allows_after 'python3 -c "import os; os.rename(\"work/a\", \"other/a\")"' \
		"execute = $PWD/work"
	paths "write = $PWD/work" "read = $PWD/data /etc"
	allows_after 'ln data/file work/file' "write = $PWD/data"
	[[ $(stat -c %d /dev/shm 2>/dev/null) != "$(stat -c %d .)" ]] ||
		skip "/dev/shm is no file system of its own"
	paths 'read = /' "write = /dev/shm $PWD/work"
	run audit calls python3 -c 'import os
os.rename("work/file", "/dev/shm/scrun-landlock-test")'
	[[ $status -ne 0 ]]
	run -1 grep EXDEV report
}

@test "audit: permissions come before rules, and are named as such" {
	paths "read = $PWD/data /etc"
	chmod 0 data/file
	# Root is no owner here, and has no capability.
	[[ $(id -u) -ne 0 ]] || chown "$OTHER" data/file
	run audit calls cat data/file
	[[ $status -ne 0 ]]
	reports 'data/file: owner .*, mode 0000'
	[[ $(<report) != *'[paths] rule'* ]]
}

@test "audit: a path that no list can have is not offered" {
	echo x >'data/a b'
	paths 'read = /etc'
	run audit calls cat 'data/a b'
	[[ $status -ne 0 ]]
	reports 'no \[paths\] rule for it'
	[[ -z $(suggested) ]]
}

@test "audit: ports that no rule names are told with the line to add" {
	need_landlock 4
	free_ports
	network "bind = $other_port" 'connect ='
	run -0 audit calls python3 -c "from socket import *
for call in lambda: socket().bind(('127.0.0.1', $port)), \
		lambda: socket().connect(('127.0.0.1', $port)):
    try:
        call()
    except PermissionError:
        pass
    except OSError as error:
        print('no', error)"
	diff <(suggested) <(printf '%s\n' '[network]' "bind = $port" \
		'[network]' "connect = $port")
	reports 'bind\(.*EACCES .*no \[network\] rule for it'
	suggested >>policy.ini
	tcp "bind($port); connect($port)"
	is $'ok\nECONNREFUSED'
}

@test "audit: a low port of UDP is not Landlock's" {
	need_landlock 4
	need_user
	[[ $(</proc/sys/net/ipv4/ip_unprivileged_port_start) -gt 99 ]] ||
		skip "every port is for everybody"
	network 'bind = 8080'
	run audit calls python3 -c 'from socket import *
socket(AF_INET, SOCK_DGRAM).bind(("127.0.0.1", 99))'
	[[ $status -ne 0 ]]
	reports 'needs cap_net_bind_service'
	run audit calls python3 -c 'from socket import *
socket(AF_INET, SOCK_STREAM).bind(("127.0.0.1", 99))'
	reports 'no \[network\] rule for it'
}

@test "audit: signals and abstract sockets of another scope are told" {
	need_landlock 6
	network 'scope = signals abstract-sockets'
	run audit calls python3 -c 'import os; os.kill(os.getppid(), 0)'
	[[ $status -ne 0 ]]
	reports 'kill\(.*EPERM .*another scope'
	[[ -z $(suggested) ]]
	python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind("\0scrun-" + sys.argv[1])
s.listen()
open("ready", "w").close()
time.sleep(30)' $$ 3>&- &
	eventually test -e ready
	run audit calls python3 -c "from socket import *
socket(AF_UNIX).connect('\\0scrun-$$')"
	kill %1
	[[ $status -ne 0 ]]
	reports 'connect\(.*EPERM .*another scope'
}

@test "audit: a mount is refused by rules for paths" {
	need_root
	paths 'read = /'
	printf '[capabilities]\nkeep = ?cap_sys_admin\n' >>policy.ini
	[[ $("$SCRUN" --list=capabilities) =~ cap_sys_admin\ +held ]] ||
		skip "no mounts here"
	run audit calls umount -l /proc
	[[ $status -ne 0 ]]
	reports 'EPERM .*lets nobody change mounts'
}

@test "audit --audit=denied and trace run under the rules as well" {
	local mode
	paths "read = $PWD/data"
	for mode in denied trace; do
		run -0 audit $mode sh -c 'cat data/file; cat secret || true'
		says text 'Permission denied'
	done
}
