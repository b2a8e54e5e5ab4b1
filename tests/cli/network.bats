#!/usr/bin/env bats
# [network]: the ports and scopes that Landlock holds the command to.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # text for inner shells; run's variables

load common
load audit

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

@test "bind and connect: MPTCP and other stream protocols are refused" {
	need_landlock 4
	local key
	for key in bind connect; do
		network "$key = 80"
		run -0 "$SCRUN" -c policy.ini "$TRY" socket 2 1 262
		is EPROTONOSUPPORT
		run -0 "$SCRUN" -c policy.ini "$TRY" socket 10 1 0x100000106
		is EPROTONOSUPPORT
		run -0 "$SCRUN" -c policy.ini "$TRY" socket 2 5 0
		is EPROTONOSUPPORT
		run -0 "$SCRUN" -c policy.ini "$TRY" io_uring_setup 1 0
		is ENOSYS
	done
	network 'scope = signals'
	need_landlock 6
	[[ $("$TRY" socket 2 1 262) =~ ^[0-9]+$ ]] || skip "there is no MPTCP here"
	run -0 "$SCRUN" -c policy.ini "$TRY" socket 2 1 262
	[[ $output =~ ^[0-9]+$ ]]
}

@test "connect: no way to send reaches a port that is not listed" {
	need_landlock 4
	need python3
	python3 -c 'import socket, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], file=open("port", "w"))
time.sleep(30)' 3>&- &
	local pid=$!
	eventually test -s port
	network 'connect ='
	tcp "to = ('127.0.0.1', $(<port))
result(lambda: tcp(AF_INET).sendto(b'x', MSG_FASTOPEN, to))
result(lambda: tcp(AF_INET).sendmsg([b'x'], [], MSG_FASTOPEN, to))
result(lambda: tcp(AF_INET).sendto(b'x', MSG_NOSIGNAL, to))
def later():
    s = tcp(AF_INET)
    s.setsockopt(IPPROTO_TCP, 30, 1) # TCP_FASTOPEN_CONNECT
    s.connect(to)
result(later)
result(lambda: tcp(AF_INET).connect(to))"
	kill "$pid"
	is $'ENOTSUP\nENOTSUP\nEPIPE\nEACCES\nEACCES'
}

@test "UDP is not covered, and the entries of the manual close all but TCP" {
	need_landlock 4
	network 'connect ='
	tcp 'result(lambda: socket(AF_INET, SOCK_DGRAM).connect(("127.0.0.1", 9)))'
	is ok
	cat >>policy.ini <<-'END'
		[syscalls]
		deny = socket(domain == AF_INET && type & 0xf != SOCK_STREAM)
		       socket(domain == AF_INET6 && type & 0xf != SOCK_STREAM)
		       socket(domain != AF_INET && domain != AF_INET6 && domain != AF_UNIX)
	END
	tcp 'for kind in (AF_INET, SOCK_DGRAM), (AF_INET6, SOCK_RAW), \
        (AF_NETLINK, SOCK_RAW), (AF_UNIX, SOCK_DGRAM), (AF_INET, SOCK_STREAM):
    result(lambda: socket(*kind))'
	is $'EPERM\nEPERM\nEPERM\nok\nok'
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
	run "$SCRUN" --check -c policy.ini
	says '  network: bind = 80 443, connect = none, scope = abstract-sockets signals'
	network 'scope = signals'
	run "$SCRUN" --check -c policy.ini
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
	reports 'bind\(.*EACCES .*Landlock: no \[network\] rule for it'
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
	reports 'Landlock: no \[network\] rule for it'
}

@test "audit: signals and abstract sockets of another scope are told" {
	need_landlock 6
	network 'scope = signals abstract-sockets'
	run audit calls python3 -c 'import os; os.kill(os.getppid(), 0)'
	[[ $status -ne 0 ]]
	reports 'kill\(.*EPERM .*Landlock: it is in another scope'
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
	reports 'connect\(.*EPERM .*Landlock: it is in another scope'
}

@test "audit: what the line of [network] denies names it, and offers no entry" {
	need_landlock 4
	network 'connect = 80 443'
	run audit calls "$TRY" socket 2 1 262
	is EPROTONOSUPPORT
	reports '^scrun: denied socket\(AF_INET, SOCK_STREAM, IPPROTO_MPTCP\): EPROTONOSUPPORT .* policy.ini:4 connect = 80 443$'
	[[ -z $(suggested) ]]
	run audit denied "$TRY" io_uring_setup 1 0
	reports 'denied io_uring_setup\(.*ENOSYS .* policy.ini:4 connect = 80 443$'
}
