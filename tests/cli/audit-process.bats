#!/usr/bin/env bats
# An audit is invisible to the command and to its parent; and what the auditor
# itself may and can do.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # text for inner shells; run's variables

load common
load audit

export PROGRAMS policy=allow.ini

teardown() {
	local pid
	for pid in ${service-} ${daemon-}; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	[[ -z ${terminal-} ]] || tmux -L "$terminal" kill-server || true
}

# watched MODE COMMAND...: becomes the command, with no process in between.
watched() {
	exec "$SCRUN" -q -c "$policy" --audit="$1" -o "$PWD/report" "${@:2}"
}

# start MODE COMMAND...: in the background, until it has printed "ready".
start() {
	[[ -z ${auditor-} ]] || eventually gone "$auditor"
	: >out
	(watched "$@") >out 2>err 3>&- &
	service=$!
	eventually ready
	auditor=$(auditor)
}

no_auditor() {
	! auditor
}

# ---- exit status ----------------------------------------------------------

@test "every exit status is the command's" {
	local status got
	for status in {0..8} {9..255..9} {120..130} 254 255; do
		got=0
		(watched calls "$PROGRAMS/exits" status "$status") || got=$?
		[[ $got -eq $status ]] || { echo "$status: $got"; return 1; }
	done
	for status in 0 1 42 125 126 127 128 255; do
		run "-$status" watched denied "$PROGRAMS/exits" status "$status"
		run "-$status" watched trace "$PROGRAMS/exits" status "$status"
	done
}

@test "every signal that kills the command is what it dies of" {
	local signal mode bare got
	for signal in {1..18} {23..64}; do
		bare=0
		("$PROGRAMS/exits" signal "$signal") || bare=$?
		for mode in denied calls trace; do
			got=0
			(watched $mode "$PROGRAMS/exits" signal "$signal") ||
				got=$?
			[[ $got -eq $bare ]] || {
				echo "$mode: signal $signal: $got, not $bare"
				return 1
			}
		done
	done
}

@test "a parent that asks is told of the signal" {
	need perl
	local mode
	for mode in denied calls trace; do
		run -0 perl -e 'system(@ARGV); print $? & 127, " ", $? >> 8' \
			"$SCRUN" -c allow.ini --audit=$mode -o report \
			sh -c 'kill -TERM $$'
		is '15 0'
	done
}

# ---- the process ----------------------------------------------------------

@test "the command has the pid and the parent that scrun was started with" {
	local mode
	for mode in denied calls trace; do
		run -0 sh -c 'echo $$ $PPID
			exec "$SCRUN" -c allow.ini --audit=$0 -o report \
				sh -c "echo \$\$ \$PPID"' $mode
		[[ ${#lines[@]} -eq 2 && ${lines[0]} == "${lines[1]}" ]]
	done
}

@test "the command has no child that it did not make" {
	need python3
	local mode
	for mode in denied calls trace; do
		run -0 watched $mode python3 -c 'import os
try:
    print(os.wait())
except ChildProcessError:
    print("none")'
		is none
	done
}

# A report of `state`, less what differs from process to process.
inherited() {
	exec sed -E '/^(Pid|Seccomp_filters):/d' "$1"
}

# same_state [STARTER...]: what the command inherits is the same with an audit
# as without.
same_state() {
	local mode bare
	"$@" "$SCRUN" -q -c allow.ini "$STATE" -o state
	bare=$(inherited state)
	for mode in denied calls trace; do
		"$@" "$SCRUN" -q -c allow.ini --audit=$mode \
			-o report "$STATE" -o state
		[[ $(inherited state) == "$bare" ]] || {
			echo "in: $mode"
			diff <(echo "$bare") <(inherited state)
			return 1
		}
	done
}

@test "the command inherits what it does without an audit" {
	same_state
	same_state 9<allow.ini 77<allow.ini
	same_state env --ignore-signal=CHLD,PIPE,INT,TERM --block-signal=ALRM
	same_state env --ignore-signal --block-signal
	same_state "$PROGRAMS/given" pending
	same_state "$PROGRAMS/given" alarm
}

@test "SIGCHLD ignored or blocked is so for the command, and no harm to the audit" {
	local mode how bare
	# shellcheck disable=SC2016 # for the inner shell
	local script='"$PROGRAMS/exits" status 3; echo $?
		"$PROGRAMS/exits" status 0 | cat; (exit 4) & wait $!; echo $?
		grep -E "^Sig(Ign|Blk|Pnd)|^ShdPnd" /proc/self/status'
	for how in ignore block default; do
		bare=$(env --$how-signal=CHLD "$SCRUN" -q -c allow.ini \
			sh -c "$script")
		for mode in denied calls trace; do
			run -0 env --$how-signal=CHLD "$SCRUN" -q -c allow.ini \
				--audit=$mode -o report sh -c "$script"
			is "$bare"
			eventually complete
			[[ $mode == denied ]] ||
				reports '^scrun: audit of .*: 6 processes, '
		done
	done
}

@test "standard descriptors that were closed are closed in the command" {
	local fds
	for fds in 0 1 2 '0 1' '0 1 2'; do
		same_state without "$fds"
		run -1 grep -E "^fd [${fds// /}]:" state
	done
}

@test "no tracer is seen without ptrace" {
	run -0 watched denied grep TracerPid /proc/self/status
	is $'TracerPid:\t0'
}

@test "what the command makes is followed when the command has gone" {
	local mode
	for mode in calls trace; do
		rm -f go finished report
		# A daemon: a double fork, and a session of its own.
		run -0 watched $mode sh -c '(setsid sh -c "
			echo \$\$ >pid
			while ! [ -e go ]; do sleep 0.05; done
			$TRY getpriority 0 0; : >finished" \
				>/dev/null 2>&1 3>&- &)'
		eventually test -s pid
		daemon=$(<pid)
		run -1 grep '^scrun: audit of' report
		: >go
		eventually test -e finished
		eventually complete
		[[ $(counted getpriority) -eq 1 && $(counted setsid) -eq 1 ]]
		daemon=
	done
}

@test "denials of a daemon are reported, too" {
	policy=policy.ini
	rules 'default = allow' 'deny = mkdirat'
	run -0 watched denied sh -c '(setsid sh -c "sleep 0.3
		$TRY mkdirat -1 /no/later 0 >result; : >finished" \
		>/dev/null 2>&1 3>&- &)'
	eventually test -e finished
	[[ $(<result) == EPERM ]]
	reports '^scrun: denied mkdirat\(-1, "/no/later", '
}

@test "the report is complete when the command has ended" {
	local mode
	for mode in calls trace; do
		for _ in {1..20}; do
			: >report
			(watched $mode sh -c '(exit 3); true')
			complete
		done
	done
}

@test "the report is complete when the command was process 1" {
	unshare -pf --mount-proc true 2>/dev/null ||
		skip "no process namespace can be made here"
	local mode
	for mode in calls trace; do
		rm -f report
		run -5 timeout 20 unshare -pf --mount-proc "$SCRUN" -q \
			-c allow.ini --audit=$mode -o report \
			sh -c 'sleep 100 & exit 5'
		complete
	done
}

# How a command comes to be one that adopts orphans.
as_process_1() {
	timeout 20 unshare -pf --mount-proc "$@"
}

as_subreaper() {
	timeout 20 python3 -c 'import ctypes, os, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
}

@test "a command that waits for all its children does not find the auditor" {
	need python3
	local mode start
	local starts=(as_subreaper)
	unshare -pf --mount-proc true 2>/dev/null && starts+=(as_process_1)
	for mode in denied calls trace; do
		for start in "${starts[@]}"; do
			: >report
			run -0 "$start" "$SCRUN" -q -c allow.ini \
				--audit=$mode -o report python3 -c 'import os
if os.fork() == 0: os._exit(0)
os.wait()
try:
    print("found", os.wait())
except ChildProcessError:
    print("alone")'
			[[ $output == alone ]]
			[[ $mode == denied ]] || complete
		done
	done
}

@test "a signal handler's return is not refused by the kernel" {
	rules 'default = allow' 'deny = mkdir mkdirat'
	policy=policy.ini run -0 audit trace "$PROGRAMS/signal-denied" 3000
	run -1 grep refused report
}

@test "a command that sets O_NONBLOCK loses no line of the report" {
	need python3
	rules 'default = allow' 'deny = mkdir mkdirat'
	"$SCRUN" -q -c policy.ini --audit python3 -c 'import fcntl, os
flags = fcntl.fcntl(2, fcntl.F_GETFL)
fcntl.fcntl(2, fcntl.F_SETFL, flags | os.O_NONBLOCK)
for i in range(900):
    try:
        os.mkdir("/no/such/%d" % i + "x" * 100)
    except OSError:
        pass' 2>&1 >/dev/null | (sleep 0.5; cat >report)
	[[ $(grep -c '^scrun: denied mkdir' report) -eq 900 ]]
	complete
}

@test "an audit needs no /dev/null" {
	need_root
	need_static "$SCRUN"
	need_static "$TRY"
	local mode
	mkdir root
	cp "$SCRUN" "$TRY" allow.ini root
	for mode in calls trace denied; do
		run -0 chroot root /scrun -c allow.ini --audit=$mode -o /report \
			/try getpid
		eventually grep -q '^scrun: audit of /try' root/report
	done
}

@test "a start that an outer filter refuses does not hang" {
	local mode
	rules 'default = allow' 'deny = @exec'
	mv policy.ini outer.ini
	rules 'default = allow' 'deny = write writev'
	for mode in denied calls trace; do
		run -126 timeout 10 "$SCRUN" -q -c outer.ini "$SCRUN" -q \
			-c policy.ini --audit=$mode -o report touch ran
		[[ ! -e ran ]]
	done
}

@test "126 for a damaged program, and no report of what did not run" {
	local mode format
	head -c 300 "$TRY" >damaged
	chmod +x damaged
	for mode in denied calls trace; do
		for format in text json; do
			run -126 --separate-stderr watched $mode \
				--format=$format ./damaged
			[[ $output == '' && $stderr == \
				"scrun: './damaged': Exec format error" ]]
			eventually no_auditor
			run -1 grep -E '^scrun: |"event":"(end|denied)"' \
				report
		done
	done
	run -126 watched denied ./damaged
	eventually no_auditor
	[[ ! -s report ]]
}

@test "125 when the auditor cannot lock itself in, or ends before it watches" {
	local mode denied
	for mode in denied calls trace; do
		for denied in 'deny = capset' 'kill = ptrace'; do
			[[ $mode != denied || $denied != kill* ]] || continue
			rules 'default = allow' "$denied"
			for _ in {1..10}; do
				run -125 timeout 10 "$SCRUN" -q -c policy.ini \
					"$SCRUN" -q -c allow.ini --audit=$mode \
					-o report touch ran
				says 'scrun: the auditor '
				[[ ! -e ran ]]
			done
		done
	done
}

@test "a narrow rule of the policy's does not let a child escape" {
	local mode
	rules 'default = allow' 'deny = clone(flags == CLONE_UNTRACED)'
	for mode in calls trace; do
		policy=policy.ini run audit $mode "$PROGRAMS/untraced" clone
		reports '^scrun: denied clone\(.*CLONE_UNTRACED.* <audit>:0 '
	done
	rules 'default = deny' 'allow = @default @basic @file-system @process' \
		'allow = !clone clone(flags & CLONE_UNTRACED == CLONE_UNTRACED)'
	policy=policy.ini run audit calls "$PROGRAMS/untraced" clone
	reports '^scrun: denied clone\(.*CLONE_UNTRACED.* <audit>:0 '
}

@test "the report is complete also when the command was killed" {
	local signal
	for signal in 9 15 11; do
		: >report
		run "-$((128 + signal))" watched calls "$PROGRAMS/exits" \
			signal "$signal"
		eventually complete
	done
}

@test "the report is complete also when many threads were killed at once" {
	for _ in {1..5}; do
		: >report
		run -137 timeout -s KILL 0.3 "$SCRUN" -q -c allow.ini --audit \
			-o report "$PROGRAMS/loop" 1000000000 40
		eventually complete
	done
}

@test "a child that asks not to be traced does not escape" {
	local mode call
	for mode in calls trace; do
		for call in clone clone3; do
			run -0 audit $mode "$PROGRAMS/untraced" $call
			complete
			[[ $output == 'the child got 5 answers' ]] || {
				[[ $output =~ ^E[A-Z]+$ ]]
				continue
			}
			[[ $(counted getppid) -eq 5 ]]
			[[ $call == clone ]] || reports \
				'^scrun: CLONE_UNTRACED was taken out of 1 clone3$'
		done
	done
	run -0 audit denied "$PROGRAMS/untraced" clone
	is 'the child got 5 answers'
}

# ---- pipes ----------------------------------------------------------------

@test "a reader of the command's output sees its end" {
	local mode
	for mode in denied calls trace; do
		run -0 timeout 10 bash -c '"$SCRUN" -q -c allow.ini \
			--audit=$0 -o report echo text | cat' $mode
		is text
		run -0 timeout 10 bash -c '"$SCRUN" -q -c allow.ini \
			--audit=$0 echo text 2>&1 | cat' $mode
		says text
	done
}

@test "a reader of the report that has gone does not harm the command" {
	local mode
	for mode in calls trace; do
		rm -f ran
		run -0 timeout 10 bash -c '"$SCRUN" -q -c allow.ini --audit=$0 \
			sh -c "sleep 0.1; : >ran; $PROGRAMS/loop 1000 >/dev/null" \
			2>&1 | true; exit ${PIPESTATUS[0]}' $mode
		[[ -e ran ]]
	done
}

@test "a pipe that the command has closed is closed" {
	local mode
	for mode in denied calls trace; do
		rm -f ended
		# The reader ends before the command does.
		run -0 timeout 20 bash -c '"$SCRUN" -q -c allow.ini \
			--audit=$0 -o report sh -c "exec >&-
				for i in 1 2 3 4 5 6 7 8 9 10; do
					[ -e ended ] && exit 0; sleep 0.2
				done; exit 1" | { cat; : >ended; }
			exit ${PIPESTATUS[0]}' $mode
	done
}

@test "a writer to the command sees that nobody reads any more" {
	local mode
	for mode in denied calls trace; do
		rm -f ended
		run -0 timeout 20 bash -c '{ yes; : >ended; } |
			"$SCRUN" -q -c allow.ini --audit=$0 -o report \
			sh -c "exec <&-
				for i in 1 2 3 4 5 6 7 8 9 10; do
					[ -e ended ] && exit 0; sleep 0.2
				done; exit 1"' $mode
	done
}

# ---- the auditor ----------------------------------------------------------

# Its 0 to 2 are the root directory; nothing else of it is in the file out.
holds_none_of_the_command() {
	local target targets
	targets=$(readlink "/proc/$auditor/fd/"*) || return 1
	for target in $targets; do
		[[ $target == / || $(<out) != *": $target"* ]] || return 1
	done
}

@test "the auditor holds no descriptor of the command" {
	need_root # others may not look at its descriptors
	local mode
	for mode in denied calls trace; do
		mkfifo fifo-$mode
		: >policy.ini
		start $mode "$PROGRAMS/hold" 9<allow.ini 10<>fifo-$mode \
			200<policy.ini
		[[ -n $auditor ]]
		# Without ptrace it may leave the command's later than this.
		eventually holds_none_of_the_command
		kill "$service"
		ends 143
	done
}

@test "the auditor has a session of its own, and next to no power" {
	local mode caps parent stat
	for mode in denied calls trace; do
		start $mode "$PROGRAMS/hold"
		# pid comm state parent group session tty
		read -ra stat <"/proc/$auditor/stat"
		[[ ${stat[5]} -eq $auditor && ${stat[6]} -eq 0 ]]
		parent=${stat[3]}
		[[ $parent -ne $service && $parent -ne $$ ]]
		output=$(<"/proc/$auditor/status")
		[[ $(field NoNewPrivs) -eq 1 && $(field Seccomp) -eq 2 ]]
		for caps in CapEff CapPrm CapInh CapAmb; do
			# 19 is CAP_SYS_PTRACE.
			[[ $((0x$(field $caps) & ~(1 << 19))) -eq 0 ]]
		done
		output=$(<"/proc/$service/status")
		case $mode in
		denied) [[ $(field TracerPid) -eq 0 ]] ;;
		*) [[ $(field TracerPid) -eq $auditor ]] ;;
		esac
		kill "$service"
		ends 143
	done
}

@test "the auditor keeps no directory busy" {
	need_root # others may not look
	local mode
	for mode in denied calls trace; do
		start $mode "$PROGRAMS/hold"
		[[ $(readlink "/proc/$auditor/cwd") == / ]]
		[[ $(readlink "/proc/$service/cwd") == "$PWD" ]]
		kill "$service"
		ends 143
	done
}

@test "nobody but root can look into an ordinary user's auditor" {
	need_unprivileged
	local mode command
	for mode in denied calls trace; do
		: >out
		(unprivileged "$SCRUN" -q -c allow.ini --audit=$mode \
			-o "$PWD/report" "$PROGRAMS/hold") >out 2>err 3>&- &
		service=$!
		eventually ready
		auditor=$(auditor)
		command=$(sed -n 's/^pid: //p' out)
		run -0 unprivileged readlink "/proc/$command/exe"
		run ! unprivileged readlink "/proc/$auditor/exe"
		kill "$command"
		ends 143
		eventually gone "$auditor"
	done
}

@test "signals that end services do not end the auditor" {
	local mode signal
	for mode in denied calls trace; do
		start $mode "$PROGRAMS/hold" calm
		for signal in TERM INT HUP QUIT TSTP PIPE USR1 ALRM; do
			kill -$signal "$auditor" || true # may have no right to
		done
		sleep 0.1
		kill -0 "$auditor" && kill -0 "$service"
		kill -TERM "$service"
		ends 0
		eventually complete
	done
}

@test "the auditor ends with the command" {
	local mode
	for mode in denied calls trace; do
		start $mode "$PROGRAMS/hold"
		kill "$service"
		ends 143
		eventually gone "$auditor"
		complete
	done
}

@test "a command that lost the auditor that traced it ends" {
	local mode
	for mode in calls trace; do
		start $mode "$PROGRAMS/hold"
		kill -KILL "$auditor"
		ends 137
	done
}

@test "an auditor that crashes says so" {
	local mode signal
	for mode in denied calls trace; do
		for signal in SEGV ABRT; do
			start "$mode" "$PROGRAMS/hold"
			kill -$signal "$auditor"
			eventually gone "$auditor"
			if [[ $mode == denied ]]; then
				kill "$service"
				ends 143
			else
				ends 137
			fi
			run -0 tail -n 1 report
			is 'scrun: the auditor crashed; this report is not complete'
		done
	done
}

@test "so does one that writes JSON, and one that learns" {
	watched() {
		exec "$SCRUN" --audit --format=json -o "$PWD/report" "${@:2}"
	}
	start json "$PROGRAMS/hold"
	kill -BUS "$auditor"
	ends 137
	run -0 tail -n 1 report
	is '{"event":"failure","text":"the auditor crashed; this report is not complete"}'

	watched() {
		exec "$SCRUN" --learn "$PWD/report" "${@:2}"
	}
	rm report
	start learn "$PROGRAMS/hold"
	kill -BUS "$auditor"
	ends 137
	run -0 cat err
	is 'scrun: the auditor crashed; nothing is learned'
	[[ ! -e report ]]
}

@test "without ptrace it goes on, and what was denied fails still" {
	policy=policy.ini
	rules 'default = allow' 'deny = mkdirat'
	start denied sh -c 'echo ready
		until [ -e go ]; do sleep 0.05; done
		"$TRY" mkdirat -1 /no/x 0 >result; "$TRY" getppid >>result; exit 5'
	kill -KILL "$auditor"
	eventually gone "$auditor"
	: >go
	ends 5
	run -0 head -n 1 result
	is ENOSYS
	[[ $(wc -l <result) -eq 2 ]]
}

@test "125 when the auditor cannot attach, and the command does not run" {
	local mode
	rules 'default = allow' 'deny = ptrace'
	for mode in calls trace; do
		rm -f ran
		run -125 --separate-stderr timeout 10 "$SCRUN" -q \
			-c policy.ini "$SCRUN" -c allow.ini --audit=$mode \
			-o report touch ran
		[[ $output == '' && ! -e ran && $stderr == \
			'scrun: cannot audit: a filter that scrun was started under seems to deny ptrace'* ]]
	done
	rules 'default = allow' 'deny = seccomp'
	for mode in denied calls trace; do
		run -125 timeout 10 "$SCRUN" -q -c policy.ini "$SCRUN" \
			-c allow.ini --audit=$mode -o report touch ran
		[[ ! -e ran ]]
	done
}

# ---- floods ---------------------------------------------------------------

# The most memory that the auditor took, in kB.
peak() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$auditor/status"
}

holds() {
	[[ $(<out) == *$'\npid: '* ]]
}

# flood MODE SCRIPT FEW MANY: the script of sh, with $1 = FEW and then MANY. The
# auditor needs little memory, and hardly more for the many.
flood() {
	local few many
	[[ -p go ]] || mkfifo go
	start "$1" sh -c "set $3; $2
		echo ready
		read -r line <go
		set $4; $2
		exec \"\$PROGRAMS/hold\""
	few=$(peak)
	echo >go
	eventually holds
	many=$(peak)
	[[ $many -lt 4096 && $((many - few)) -lt 512 ]] || is_sanitized || {
		echo "$1: $few kB, and then $many"
		return 1
	}
	kill "$service"
	ends 143
	eventually complete
}

@test "thirty thousand denials are a bounded report and little memory" {
	local mode
	policy=policy.ini
	rules 'default = allow' 'deny = mkdir mkdirat'
	for mode in denied calls; do
		flood $mode '"$PROGRAMS/storm" $1' 5000 25000
		[[ $(head -n 3 out) == $'5000\nready\n25000' ]]
		[[ $(wc -l <report) -lt 2500 ]]
		[[ $(awk '/^ +[0-9]+  (mkdir|more)/ { n += $1 } END { print n }' \
			report) -eq 30000 ]]
	done
}

@test "a long trace needs little memory" {
	flood trace '"$PROGRAMS/loop" "${1}000"; "$PROGRAMS/storm" "${1}000"' 1 6
}

@test "a thousand processes need little memory, too" {
	flood calls '"$SCRUN_BUILD/storms/processes" $1 </dev/null' 200 800
	reports ': 1003 processes, '
}

# ---- job control ----------------------------------------------------------

@test "a parent sees the command stop and go on" {
	need python3
	local mode
	for mode in denied calls trace; do
		run -0 timeout 20 python3 -c 'import os, signal, sys
read, write = os.pipe()
pid = os.fork()
if pid == 0:
    os.dup2(read, 0)
    os.execv(sys.argv[1], sys.argv[1:])
os.waitpid  # the child stops itself
wait = lambda flags: os.waitpid(pid, flags)[1]
status = wait(os.WUNTRACED)
print("stopped", os.WIFSTOPPED(status) and os.WSTOPSIG(status))
state = ""
while state.upper() != "T":  # it says so before it is
    state = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0]
print("state", state.upper())
os.kill(pid, signal.SIGCONT)
print("continued", os.WIFCONTINUED(wait(os.WCONTINUED)))
os.write(write, b"\n")  # only now it may end
status = wait(0)
print("status", os.WEXITSTATUS(status))' \
			"$SCRUN" -q -c allow.ini --audit=$mode -o report \
			sh -c 'kill -STOP $$; read -r line; exit 9'
		is $'stopped 19\nstate T\ncontinued True\nstatus 9'
	done
}

# A terminal with a shell in it, whose prompt is "prompt>".
need_terminal() {
	need tmux
	export TMUX_TMPDIR=$BATS_TEST_TMPDIR
	unset TMUX
	terminal=scrun$$-$BATS_TEST_NUMBER
	# The shell that starts the session is not the user's own, which may be
	# one that ends at once.
	env -u PROMPT_COMMAND PS1='prompt>' TERM=screen SHELL=/bin/sh tmux -L "$terminal" \
		-f /dev/null new-session -d -x 100 -y 50 \
		"env HISTFILE= PS1='prompt>' bash --norc --noprofile -i" 3>&- ||
		skip "tmux makes no session here"
	eventually shows 'prompt>'
}

keys() {
	tmux -L "$terminal" send-keys "$@"
}

# shows TEXT...: each stands on the terminal.
shows() {
	local text screen
	screen=$(tmux -L "$terminal" capture-pane -p)
	for text; do
		[[ $screen == *"$text"* ]] && continue
		printf 'expected: %s\n   found: %s\n' "$text" "$screen"
		return 1
	done
}

# types MODE COMMAND: on the terminal, with an audit or with none. On what was
# there before it nothing is said to be from this command.
types() {
	local options="--audit=$1 -o $PWD/report"
	[[ $1 != none ]] || options=
	keys clear Enter
	eventually shows_no status
	keys "\$SCRUN -q -c $PWD/allow.ini $options $2" Enter
	eventually shows started
}

shows_no() {
	! shows "$1"
}

# says_status STATUS: the shell says that it was the command's.
says_status() {
	keys 'echo status=$?' Enter
	eventually shows "status=$1"
}

@test "^C ends the command, or runs its trap, as without an audit" {
	local mode
	need_terminal
	for mode in none denied calls trace; do
		types $mode "sh -c 'echo sta''rted; exec sleep 50'"
		keys C-c
		says_status 130
		types $mode "sh -c 'trap \"echo cau\"\"ght; exit 7\" INT; echo sta''rted; while :; do sleep 0.1; done'"
		keys C-c
		eventually shows caught
		says_status 7
		[[ $mode == none ]] || eventually complete
	done
}

@test "^Z stops the command, and fg goes on with it" {
	local mode
	need_terminal
	for mode in none denied calls trace; do
		types $mode "sh -c 'echo sta''rted; read line; echo got=\$line; exit 6'"
		keys C-z
		eventually shows Stopped
		keys fg Enter
		sleep 0.2
		keys word Enter
		eventually shows got=word
		says_status 6
		[[ $mode == none ]] || eventually complete
	done
}
