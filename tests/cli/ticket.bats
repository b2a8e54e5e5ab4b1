#!/usr/bin/env bats
# The exec ticket: under a policy that denies execve the command starts, and
# nothing else does.

load common

# Nothing can be executed under policy.ini but the command itself: RESULT is
# what the calls end with there.
executes_nothing() {
	tries "$1" execve 0 0 0
	tries "$1" execve /bin/true 0 0
	tries "$1" execveat -100 0 0 0 0
	tries "$1" execveat -100 /bin/true 0 0 0
}

# The same where the call is deadly.
dies_of_exec() {
	run -159 "$SCRUN" -c policy.ini "$TRY" execve 0 0 0
	is ''
	run -159 "$SCRUN" -c policy.ini "$TRY" execve /bin/true 0 0
	run -159 "$SCRUN" -c policy.ini "$TRY" execveat -100 0 0 0 0
}

@test "without the ticket's policy the calls end otherwise" {
	run -0 "$TRY" execve 0 0 0
	is EFAULT
	run -0 "$TRY" execveat -100 0 0 0 0
	is EFAULT
	rules 'default = allow'
	tries EFAULT execve 0 0 0
	tries EFAULT execveat -100 0 0 0 0
}

@test "deny = @exec: a shell runs builtins" {
	rules 'default = allow' 'deny = @exec'
	# shellcheck disable=SC2016
	run -0 "$SCRUN" -c policy.ini \
		sh -c 'cd / && for i in 1 2; do echo $i "$PWD"; done'
	is $'1 /\n2 /'
}

@test "deny = @exec: a shell cannot run /bin/ls" {
	rules 'default = allow' 'deny = @exec'
	run -126 "$SCRUN" -c policy.ini bash -c '/bin/ls; exit'
	says '/bin/ls: Operation not permitted'
	run -126 "$SCRUN" -c policy.ini sh -c /bin/ls
	says '/bin/ls'
	run -126 "$SCRUN" -c policy.ini sh -c 'exec /bin/ls'
}

@test "deny = @exec: neither can a child of it, or a subshell" {
	rules 'default = allow' 'deny = @exec'
	# shellcheck disable=SC2016
	run -0 "$SCRUN" -c policy.ini bash -c '
		(/bin/ls; echo $?) & wait
		echo $(/bin/ls 2>/dev/null; echo $?)'
	says 'Operation not permitted' $'126\n126'
}

@test "deny = @exec: not even the command itself, once more" {
	rules 'default = allow' 'deny = @exec'
	# shellcheck disable=SC2016
	run -126 "$SCRUN" -c policy.ini bash -c 'exec "$BASH" -c "echo again"'
	says 'Operation not permitted'
}

@test "deny = @exec under default = allow" {
	rules 'default = allow' 'deny = @exec'
	executes_nothing EPERM
}

@test "deny = @exec under default = deny" {
	rules 'default = deny' 'allow = @basic @file-read' 'deny = @exec'
	executes_nothing EPERM
}

@test "exec in no list under default = deny" {
	rules 'default = deny' 'allow = @basic @file-read'
	tries EPERM execve 0 0 0
	tries ENOSYS execveat -100 0 0 0 0 # of @probed
}

@test "deny = @exec under default = kill" {
	rules 'default = kill' 'allow = @basic @file-read' 'deny = @exec'
	executes_nothing EPERM
}

@test "exec in no list under default = kill" {
	rules 'default = kill' 'allow = @basic @file-read'
	dies_of_exec
}

@test "deny = @exec under default = log" {
	rules 'default = log' 'deny = @exec'
	executes_nothing EPERM
}

@test "exec in no list under an errno as default" {
	rules 'default = ENOSYS' 'allow = @basic @file-read'
	executes_nothing ENOSYS
}

@test "deny = @exec:ERRNO" {
	rules 'default = allow' 'deny = @exec:ENOENT'
	executes_nothing ENOENT
	rules 'default = ENOSYS' 'allow = @basic @file-read' \
		'deny = execve:EACCES execveat:EACCES'
	executes_nothing EACCES
}

@test "kill = @exec lets the command start and kills what it starts" {
	rules 'default = allow' 'kill = @exec'
	dies_of_exec
	run -0 "$SCRUN" -c policy.ini sh -c 'echo builtin; (/bin/ls); echo $?'
	says builtin 159
	rules 'default = deny' 'allow = @basic @file-read' 'kill = @exec'
	dies_of_exec
}

@test "a rule on execve together with rules that need a filter of their own" {
	rules 'default = deny' 'allow = @basic @file-read ioctl' \
		'deny = @exec ioctl(request == TIOCSTI)'
	executes_nothing EPERM
	tries EPERM ioctl -1 0x5412 0
	tries EBADF ioctl -1 0x5413 0
}

@test "a script starts, though it cannot start anything" {
	printf '#!/bin/sh\necho script\n/bin/ls\n' >program
	chmod +x program
	rules 'default = allow' 'deny = @exec'
	run -126 "$SCRUN" -c policy.ini ./program
	says script '/bin/ls'
}

@test "execve alone denied: execveat does what it does, and scrun warns" {
	rules 'default = allow' 'deny = execve'
	run -0 "$SCRUN" -c policy.ini "$TRY" execveat -100 0 0 0 0
	says "policy.ini:3: warning: 'execve' denies execve, but not execveat" \
		@exec EFAULT
}

# The three addresses of scrun's own execve; the second one that strace sees.
ticket_addresses() {
	strace -o trace -e trace=execve -e raw=execve \
		setarch "$(uname -m)" -R "$SCRUN" -q -c "$1" true
	sed -n 's/^execve(\(0x[^,]*\), \(0x[^,]*\), \(0x[^)]*\)).*/\1 \2 \3/p' \
		trace | tail -n 1
}

@test "the ticket's addresses are others in each run, without ASLR too" {
	local first second i
	need_strace
	setarch "$(uname -m)" -R true || skip "setarch -R is not allowed"
	# The same address space twice, as far as no ticket is needed.
	[[ $(ticket_addresses allow.ini) == "$(ticket_addresses allow.ini)" ]]
	rules 'default = allow' 'deny = @exec'
	read -ra first <<<"$(ticket_addresses policy.ini)"
	read -ra second <<<"$(ticket_addresses policy.ini)"
	[[ ${#first[@]} -eq 3 && ${#second[@]} -eq 3 ]]
	for i in 0 1 2; do
		[[ ${first[i]} != "${second[i]}" ]]
	done
}

@test "the ticket's three addresses lie far from each other" {
	local addresses i j distance
	need_strace
	setarch "$(uname -m)" -R true || skip "setarch -R is not allowed"
	rules 'default = allow' 'deny = @exec'
	read -ra addresses <<<"$(ticket_addresses policy.ini)"
	for i in 0 1 2; do
		for j in 0 1 2; do
			distance=$((addresses[i] - addresses[j]))
			[[ $i -eq $j || ${distance#-} -gt 65536 ]]
		done
	done
}

@test "nothing of the ticket is mapped in the command" {
	local address range
	need_strace
	rules 'default = allow' 'deny = @exec'
	strace -o trace -e trace=execve -e raw=execve \
		"$SCRUN" -q -c policy.ini cat /proc/self/maps >maps
	[[ -s maps ]]
	for address in $(grep -o '0x[0-9a-f]*' trace | tail -n 3); do
		while read -r range _; do
			[[ $((address)) -lt $((0x${range%-*})) ||
				$((address)) -ge $((0x${range#*-})) ]]
		done <maps
	done
}

@test "whoever maps the last ticket's addresses has no ticket" {
	need_strace
	need python3
	rules 'default = allow' 'deny = @exec'
	strace -o trace -e trace=execve -e raw=execve \
		"$SCRUN" -q -c policy.ini true
	cat >again.py <<-'END'
		import ctypes, os, re, sys
		libc = ctypes.CDLL(None, use_errno=True)
		libc.mmap.restype = ctypes.c_void_p
		text = open("trace").read().splitlines()
		calls = [c for c in text if c.startswith("execve(")]
		addresses = [int(a, 16) for a in re.findall("0x[0-9a-f]+", calls[-1])[:3]]
		for a in addresses:
		    page = libc.mmap(ctypes.c_void_p(a & ~4095), ctypes.c_size_t(8192),
		                     3, 0x100022, -1, ctypes.c_long(0))
		    assert page == a & ~4095, page
		ctypes.memmove(addresses[0], b"/bin/true\0", 10)
		libc.execve(*map(ctypes.c_void_p, addresses))
		print(os.strerror(ctypes.get_errno()))
	END
	run -0 "$SCRUN" -q -c policy.ini python3 again.py
	is 'Operation not permitted'
	run -0 python3 again.py
	is '' # without scrun it becomes /bin/true
}
