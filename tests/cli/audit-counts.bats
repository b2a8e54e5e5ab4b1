#!/usr/bin/env bats
# The audit's counts are those of strace -f -c: to the last call, over the
# names. Left out is what strace does not count: calls that do not return.

# shellcheck disable=SC2030,SC2031 # run's variables

load common
load audit

export policy=allow.ini

setup() {
	begin
	export HOME=$PWD TMPDIR=$PWD TZ=UTC PYTHONHASHSEED=0
	unset "${!GIT_@}" PYTHONPATH PYTHONHOME
}

# strace's table in the file table, as `calls` shows a report's: "syscall calls
# errors"; those of 32-bit programs come as x86:name.
strace_calls() {
	awk '
		/^System call usage summary for 32 bit/ { prefix = "x86:" }
		/^System call usage summary for 64 bit/ { prefix = "" }
		/^[a-z_0-9]+ +[0-9]+/ && $1 != "total" {
			print prefix $1, $2, $3 + 0
		}' table | sort
}

# only COLUMNS EXCEPT: these columns of a table, less calls that never return
# and those that match EXCEPT.
only() {
	cut -d ' ' -f "$1" | grep -vE "^(exit|exit_group${2:+|$2}) "
}

# same_counts [-x EXCEPT] COMMAND...: strace and scrun count the same calls, and
# a trace, which sees all results, the same errors. EXCEPT is for names of calls
# that are not the same in every run.
same_counts() {
	local except=
	if [[ $1 == -x ]]; then
		except=$2
		shift 2
	fi
	timeout -k 5 60 strace -f -c -U name,calls,errors -o table "$@" \
		</dev/null >bare.out 2>bare.err
	strace_calls >bare
	[[ $(wc -l <bare) -gt 5 ]]
	audit calls "$@" </dev/null >out 2>err
	diff <(only 1,2 "$except" <bare) <(calls | only 1,2 "$except")
	cmp bare.out out
	[[ $(counted exit_group) -ge 1 ]] # scrun sees it
	audit trace "$@" </dev/null >out 2>err
	diff <(only 1-3 "$except" <bare) <(calls | only 1-3 "$except")
	cmp bare.out out
}

@test "a fixed mix of calls, some of which fail" {
	need_no_counters
	need_strace
	same_counts "$PROGRAMS/single"
	policy=policy.ini
	rules 'default = deny' 'allow = @basic @file-read chdir fchmod mkdirat kill umask getpgid'
	same_counts "$PROGRAMS/single"
	# What the program itself says, so that not both are wrong.
	[[ $(counted getppid) -eq 17 && $(counted gettid) -eq 11 &&
		$(counted openat) -eq 10 && $(counted openat ERRORS) -eq 7 &&
		$(counted write) -eq 10 && $(counted kill ERRORS) -eq 6 ]]
}

@test "eight threads at once" {
	need_strace
	same_counts "$PROGRAMS/threads"
	[[ $(counted getppid) -eq 1600 && $(counted exit) -eq 8 ]]
}

@test "a tree of fifty processes" {
	need_strace
	same_counts "$PROGRAMS/forks"
	[[ $(counted getppid) -eq 150 && $(counted exit_group) -eq 50 ]]
	reports '^scrun: audit of .*: 50 processes, '
}

@test "children of processes that are killed while they fork" {
	local mode
	for mode in calls trace; do
		run -0 audit $mode "$PROGRAMS/fork-killed"
		reports "^scrun: audit of .*: $output processes, "
	done
}

@test "vfork and exec" {
	need_strace
	same_counts "$PROGRAMS/vforks"
	[[ $(counted getppid) -eq 50 && $(counted execve) -eq 12 ]]
	[[ $(counted vfork) -eq 11 || $(uname -m) != x86_64 ]]
	reports '^scrun: audit of .*: 12 processes, '
}

@test "exec by a thread that is not the leader" {
	need_strace
	same_counts "$PROGRAMS/thread-exec"
	[[ $(counted getppid) -eq 20 && $(counted execve) -eq 4 ]]
	reports '^scrun: audit of .*: 1 process, '
}

@test "handlers, interrupted and restarted calls, a sleep that is stopped" {
	need_strace
	timeout 60 strace -f -c -U name,calls -o table "$PROGRAMS/signals" >bare.out
	strace_calls >bare
	run -0 audit calls "$PROGRAMS/signals"
	diff <(only 1,2 'pread64|sched_yield' <bare) \
		<(calls | only 1,2 'pread64|sched_yield')
	is "$(<bare.out)"
	[[ $(counted restart_syscall) -eq 1 ]]
	# What the kernel keeps to itself (ERESTARTSYS) is no error.
	run -0 audit trace "$PROGRAMS/signals"
	is "$(<bare.out)"
	[[ $(counted rt_sigreturn ERRORS) -le 1 && $(counted wait4 ERRORS) -eq 0 ]]
}

@test "32-bit calls under their own names" {
	need_strace
	[[ $(uname -m) == x86_64 ]] || skip "x86-64 only"
	policy=policy.ini
	rules 'default = allow' 'architectures = native x86'
	"$SCRUN" -q -c policy.ini "$PROGRAMS/int80calls" ||
		skip "this kernel makes no 32-bit calls"
	same_counts "$PROGRAMS/int80calls"
	[[ $(counted x86:getpid) -eq 20 && $(counted x86:getppid) -eq 7 &&
		$(counted x86:mkdir ERRORS) -eq 3 && $(counted getppid) -eq 2 ]]
}

@test "ls, sort" {
	need_strace
	local i
	mkdir tree
	for i in {1..30}; do
		seq "$i" | tac >"tree/file $i"
	done
	same_counts ls -l tree
	same_counts sort -n 'tree/file 30'
}

@test "a shell with a pipe" {
	need_strace
	# How often a wait or a read is made depends on who is sooner.
	same_counts -x 'wait4|read|rt_sigreturn' \
		sh -c 'seq 1000 | tail -n 1; true; /bin/true; cat /dev/null'
}

@test "gcc -c" {
	need_strace
	need gcc
	echo 'int main(void) { return 0; }' >program.c
	gcc -c program.c # program.o is there in each run
	same_counts -x getrandom gcc -c program.c # of a name that is free
}

@test "git log" {
	need_strace
	need git
	git init -q .
	git -c user.name=a -c user.email=b commit -q --allow-empty -m first
	git -c user.name=a -c user.email=b commit -q --allow-empty -m second
	same_counts git --no-pager log
}

@test "python3 -c" {
	need_strace
	need python3
	need setarch
	# Where its memory lies decides how many tables it has for it.
	same_counts setarch -R python3 -c 'print(sum(range(10)))'
}

@test "two thousand threads, one after another and together" {
	need_strace
	policy=allow.ini run -0 audit calls "$PROGRAMS/loop" 10 2000
	[[ $(counted getppid) -eq 20000 ]]
	complete
}

@test "sixty threads that call all the time, to the last call" {
	policy=allow.ini run -0 audit calls "$PROGRAMS/loop" 500 60
	[[ $(counted getppid) -eq 30000 ]]
	complete
}

@test "without ptrace nothing is counted but denials" {
	policy=policy.ini
	rules 'default = allow' 'deny = mkdir mkdirat'
	run -0 audit denied "$PROGRAMS/storm" 30
	run -1 grep -E '  getppid$|^ +calls ' report
	[[ $(grep -c '^ *1  mkdir' report) -eq 30 ]]
}
