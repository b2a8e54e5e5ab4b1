#!/usr/bin/env bats
# --audit=trace: each call, as strace prints it.

# shellcheck disable=SC2016,SC2030,SC2031 # text for inner shells; run's variables

load common
load audit

export policy=allow.ini

@test "a line for each call, with arguments and result" {
	run -0 audit trace cat /etc/hostname
	is "$(</etc/hostname)"
	reports '^[0-9]+ openat\(AT_FDCWD, "/etc/hostname", O_RDONLY\) = [0-9]+$' \
		'^[0-9]+ read\([0-9]+(</etc/hostname>)?, .*\) = [0-9]+$' \
		'^[0-9]+ close\([0-9]+(</etc/hostname>)?\) = 0$' \
		'^[0-9]+ exit_group\(0\)'
	complete
}

@test "an error has its name and its text" {
	run -1 audit trace cat no-such-file
	reports '^[0-9]+ openat\(AT_FDCWD, "no-such-file", O_RDONLY\) = -1 ENOENT \(No such file or directory\)$'
	run -0 audit trace "$TRY" mkdirat -1 0 0755
	reports '^[0-9]+ mkdirat\(-1, NULL, 0755\) = -1 EFAULT \(Bad address\)$'
}

@test "a denied call is a line, and said to be denied" {
	policy=policy.ini
	rules 'default = allow' 'deny = mkdirat mkdir'
	run -0 audit trace "$TRY" mkdirat -1 /no/x 0755
	is EPERM
	reports '^[0-9]+ mkdirat\(-1, "/no/x", 0755\) = -1 EPERM \(Operation not permitted\)' \
		'^scrun: denied mkdirat\(-1, "/no/x", 0755\): EPERM '
	[[ $(grep -cE '^[0-9]+ mkdirat' report) -eq 1 ]]
}

@test "a call that kills is a line without a result" {
	policy=policy.ini
	rules 'default = allow' 'kill = keyctl'
	run -159 audit trace "$TRY" keyctl -1
	reports '^scrun: killed keyctl\('
	run -1 grep -E '^[0-9]+ keyctl\(.* = [0-9-]' report
	complete
}

@test "the lines begin with the pid of the caller" {
	run -0 timeout 20 sh -c 'echo $$; exec "$SCRUN" -c allow.ini \
		--audit=trace -o report sh -c "echo \$\$; (exit 3); true"'
	[[ ${#lines[@]} -eq 2 && ${lines[0]} == "${lines[1]}" ]]
	sed -nE 's/^([0-9]+) [a-z_0-9]+\(.*/\1/p' report | sort -u >pids
	[[ $(wc -l <pids) -eq 2 ]]
	grep -x "${lines[0]}" pids
}

# "name = result" of each call, in order, less addresses.
results() {
	sed -nE 's/^([0-9]+ +)?([a-z_0-9]+)\(.* = (-1 E[A-Z0-9]+|0x[0-9a-f]+|-?[0-9]+|\?).*/\2 = \3/p' "$1" |
		sed -E 's/= (0x[0-9a-f]+|[0-9]{9,})$/= address/' |
		grep -vE '^exit(_group)? |^(getpid|gettid|getppid|getpgid|umask|set_tid_address) '
}

@test "calls, order and results are those of strace" {
	need_strace
	local program
	for program in "$PROGRAMS/single" "cat /etc/hostname" "ls -l /usr"; do
		# shellcheck disable=SC2086 # words
		strace -o bare $program | cat >/dev/null
		# shellcheck disable=SC2086
		run -0 audit trace $program
		diff <(results bare) <(results report)
		[[ $(results report | wc -l) -gt 20 ]]
	done
}

@test "the errors of all calls are counted" {
	need_no_counters
	run -0 audit trace "$PROGRAMS/single"
	run -0 calls
	says 'kill 6 6 0' 'chdir 3 3 0' 'openat 10 7 0' 'mkdirat 2 2 0' \
		'getppid 17 0 0' 'dup3 1 1 0'
}

@test "no line is lost or torn where many write at once" {
	run -0 audit trace "$PROGRAMS/threads" 300
	is 'done'
	[[ $(grep -cE '^[0-9]+ getppid\(\) = [0-9]+$' report) -eq 2400 ]]
	run -1 grep -vE '^[0-9]+ ([a-z_0-9]+\(|---|\+\+\+)|^scrun: |^ +[0-9]+ |^ +calls|^(denied|refused|killed|logged) by' report
}

@test "a trace is the command's own: no call of the auditor" {
	run -0 audit trace "$PROGRAMS/single"
	run -1 grep -E '^[0-9]+ (ptrace|seccomp|process_vm_readv|wait4)\(' report
	[[ $(grep -cE '^[0-9]+ execve\(' report) -eq 1 ]]
}

@test "signals are lines, and each end is one" {
	local signal name
	run -138 audit trace sh -c '(exit 3); kill -USR1 $$'
	reports '^[0-9]+ --- SIGCHLD ---$' '^[0-9]+ --- SIGUSR1 ---$'
	run -0 sed -n 's/^[0-9]* +++ \(.*\) +++$/\1/p' report
	is $'exited with 3\nkilled by SIGUSR1'
	for signal in 9:KILL 11:SEGV 37:RT_3; do
		name=SIG${signal#*:}
		run "-$((128 + ${signal%:*}))" audit trace "$PROGRAMS/exits" \
			signal "${signal%:*}"
		eventually complete
		run -0 sed -n 's/^[0-9]* +++ \(.*\) +++$/\1/p' report
		is "killed by $name"
		[[ $name == SIGKILL ]] || reports "^[0-9]+ --- $name ---\$"
	done
	# All threads of a process, each for itself.
	run -0 audit trace "$PROGRAMS/threads" 10
	[[ $(grep -c '+++ exited with 0 +++$' report) -eq 9 ]]
}

@test "signals do not harm a trace" {
	run -0 audit trace "$PROGRAMS/signals"
	says 'handled: 10' 'plain: EINTR, handled: 1' \
		'restarted: read, handled: 1' 'stopped by: 19' \
		'slept to the end'
	reports '^[0-9]+ restart_syscall\(.*\) = 0$' \
		'^[0-9]+ rt_sigreturn\('
}

@test "paths have only printable characters" {
	run -0 audit trace "$TRY" mkdirat -1 $'/no/x\e[31m\n\xff' 0
	run -1 grep -nP '[\x00-\x08\x0b-\x1f\x7f-\xff]' <(grep " mkdirat(" report)
	reports '^[0-9]+ mkdirat\(-1, "/no/x\\33\[31m\\n\\377", '
}
