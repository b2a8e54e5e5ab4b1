#!/usr/bin/env bats
# How scrun becomes the command, and when it does not.

# shellcheck disable=SC2030,SC2031 # each test changes PATH for itself

load common

# A report of `state`, less what a policy or another process changes.
inherited() {
	sed -E '/^(Pid|Cap...|NoNewPrivs|Seccomp[a-z_]*):/d' "$1"
}

# same_state [STARTER...]: what STARTER makes its command inherit is the same
# under scrun as without. The reports stay in the files bare and report.
same_state() {
	"$@" "$STATE" -o report
	mv report bare
	"$@" "$SCRUN" -c allow.ini "$STATE" -o report
	diff <(inherited bare) <(inherited report)
}

# script FILE LINE...
script() {
	printf '%s\n' "${@:2}" >"$1"
	chmod +x "$1"
}

# ---- the process ----------------------------------------------------------

@test "the command has the pid and the parent that scrun was started with" {
	# shellcheck disable=SC2016 # it is for the shells below
	run -0 sh -c 'echo $$ $PPID
		exec "$SCRUN" -c allow.ini sh -c "echo \$\$ \$PPID"'
	[[ ${#lines[@]} -eq 2 && ${lines[0]} == "${lines[1]}" ]]
}

@test "scrun makes no process, and one exec" {
	need_strace
	rules 'default = allow' 'deny = getppid'
	strace -f -o trace -e trace=%process "$SCRUN" -c policy.ini true
	run -0 grep -c ' execve(' trace
	is 2 # strace's, and scrun's
	run -1 grep -E ' (fork|vfork|clone|clone3)\(' trace
}

@test "the command inherits what it does without scrun" {
	same_state
}

@test "the command's exit status is scrun's" {
	local status
	for status in 0 1 2 42 124 125 126 127 128 200 255; do
		run "-$status" "$SCRUN" -c allow.ini sh -c "exit $status"
		is ''
	done
}

@test "a signal that kills the command is what scrun died of" {
	local signal
	# By `command` it is a child of run's subshell: if that died of SIGINT,
	# the shell would take it for its own.
	for signal in 1 2 3 9 11 13 15; do
		run "-$((128 + signal))" command "$SCRUN" -c allow.ini \
			sh -c "kill -$signal \$\$"
	done
}

@test "the command's status is a signal's to a parent that asks, too" {
	need perl
	# shellcheck disable=SC2016 # it is perl
	run -0 perl -e 'system(@ARGV); print $? & 127, " ", $? >> 8' \
		"$SCRUN" -c allow.ini sh -c 'kill -TERM $$'
	is '15 0'
}

# ---- what is inherited ----------------------------------------------------

@test "an open descriptor stays, and none of scrun's is left" {
	same_state 9<allow.ini 77<allow.ini
	grep -Fx "fd 9: $PWD/allow.ini" report
	grep -Fx "fd 77: $PWD/allow.ini" report
}

@test "standard descriptors that were closed are closed in the command" {
	local fds
	for fds in 0 1 2 '0 1' '0 2' '1 2' '0 1 2'; do
		same_state without "$fds"
		run -1 grep -E "^fd [${fds// /}]:" report
	done
}

@test "no policy is read from a standard input that is closed" {
	rm -f ran
	run -125 without 0 "$SCRUN" -c /dev/stdin touch ran
	[[ ! -e ran ]]
}

@test "a failure with closed standard descriptors is still a failure" {
	local fds
	rules 'default = nonsense'
	cp policy.ini before.ini
	for fds in 0 1 2 '0 1' '0 2' '1 2' '0 1 2'; do
		run -125 without "$fds" "$SCRUN" -c policy.ini touch ran
		[[ ! -e ran ]]
		cmp before.ini policy.ini
	done
}

@test "nothing that scrun opens takes a standard descriptor's number" {
	need_strace
	rules 'default = allow' 'deny = getppid'
	# shellcheck disable=SC2016
	strace -o trace -e trace=openat,memfd_create sh -c \
		'exec "$SCRUN" -c policy.ini true 0<&- 1>&- 2>&-'
	grep policy.ini trace
	run -1 grep -E '(policy\.ini|memfd_create).* = [012]$' trace
}

# The signals of a line of the last report, as a number.
signals() {
	echo $((0x$(output=$(<report) field "$1")))
}

@test "ignored and blocked signals come in as they were" {
	same_state env --ignore-signal=CHLD,PIPE,INT,ALRM
	[[ $(($(signals SigIgn) & 0x13002)) -eq $((0x13002)) ]]
	same_state env --block-signal=ALRM,USR1
	[[ $(($(signals SigBlk) & 0x2200)) -eq $((0x2200)) ]]
}

@test "all signals ignored, or blocked, come in as they were" {
	same_state env --ignore-signal
	[[ $(($(signals SigIgn) >> 62 & 1)) -eq 1 ]]
	same_state env --block-signal
	[[ $(($(signals SigBlk) >> 62 & 1)) -eq 1 ]]
	same_state env --ignore-signal --block-signal
}

@test "signals are as they were also after a filter was compiled" {
	rules 'default = allow' 'deny = getppid' 'deny = kill(sig == SIGUSR2)'
	mv policy.ini allow.ini
	same_state env --block-signal=ALRM,USR1 --ignore-signal=CHLD,PIPE
	same_state env --ignore-signal=ALRM
	same_state env --ignore-signal
	same_state env --block-signal
}

@test "an alarm that is set goes on" {
	same_state "$PROGRAMS/given" alarm
	grep -x 'itimer real: set' report
}

@test "signals that wait, blocked, are for the command" {
	rules 'default = allow' 'deny = getppid'
	mv policy.ini allow.ini
	same_state "$PROGRAMS/given" pending
	# SIGUSR1, SIGALRM, SIGCHLD, and the real-time signals' ends.
	[[ $(($(signals SigPnd) | $(signals ShdPnd))) -eq \
		$((0x12200 | 1 << 33 | 1 << 63)) ]]
}

@test "umask, limits, priority, parent-death signal and personality stay" {
	need setpriv prlimit setarch
	umask 027
	same_state nice -n 19
	grep -x $'Umask:\t0027' report
	grep -x 'nice: 19' report
	same_state prlimit --nofile=100:200 --cpu=1000 --core=0
	grep -E '^Max open files +100 +200 ' report
	same_state setpriv --pdeathsig TERM
	grep -x 'pdeathsig: 15' report
	same_state setarch "$(uname -m)" -R
	grep -x "personality: $((0x40000))" report
}

@test "arguments and argv[0] are passed on as they are" {
	export PATH=$PROGRAMS:$PATH
	run -0 "$SCRUN" -c allow.ini state -c '' 'a b' --help $'new\nline' --
	says 'argv[0]: state' 'argv[1]: -c' $'argv[2]: \n' 'argv[3]: a b' \
		'argv[4]: --help' $'argv[5]: new\nline' 'argv[6]: --'
	run -0 "$SCRUN" -c allow.ini "$STATE"
	says "argv[0]: $STATE"
}

@test "the environment is passed on as it is" {
	# shellcheck disable=SC2016
	local before=(env -i A=1 B= 'C=x y' D=$'new\nline' PATH=/usr/bin:/bin)
	local bare
	bare=$("${before[@]}" env)
	run -0 "${before[@]}" "$SCRUN" -c allow.ini env
	is "$bare"
	rules 'default = allow' 'deny = @exec' # the ticket copies it
	run -0 "${before[@]}" "$SCRUN" -c policy.ini env
	is "$bare"
	run -0 env -i "$SCRUN" -c policy.ini /usr/bin/env
	is ''
}

@test "twenty thousand arguments are passed on" {
	local arguments
	mapfile -t arguments < <(seq 20000)
	rules 'default = allow' 'deny = @exec'
	# shellcheck disable=SC2016
	run -0 "$SCRUN" -c policy.ini sh -c 'echo $# $1 ${20000}' sh \
		"${arguments[@]}"
	is '20000 1 20000'
}

# ---- what scrun takes away ------------------------------------------------

@test "no_new_privs is set whatever the policy is" {
	local policy
	printf '[syscalls]\ndefault = allow\n[capabilities]\ndrop =\n' >drop.ini
	rules 'default = deny' 'allow = @basic @file-read'
	for policy in allow.ini drop.ini policy.ini default strict service; do
		run -0 "$SCRUN" -c $policy grep NoNewPrivs /proc/self/status
		is $'NoNewPrivs:\t1'
	done
}

@test "a filter is loaded even when the policy allows everything" {
	run -0 "$SCRUN" -c allow.ini "$STATE"
	[[ $(field Seccomp) -eq 2 ]]
}

@test "a set-user-ID program gives no power" {
	need_root
	need setpriv
	open_directory
	cp "$STATE" state
	chmod u+s state
	run -0 as_other ./state
	[[ $(field Uid) == "$OTHER"$'\t'0$'\t'0$'\t'0 ]] ||
		skip "no set-user-ID on this file system"
	run -0 as_other "$SCRUN" -c allow.ini ./state
	[[ $(field Uid) == "$OTHER"$'\t'"$OTHER"$'\t'"$OTHER"$'\t'"$OTHER" ]]
	[[ $(field CapEff) =~ ^0+$ && $(field AT_SECURE) -eq 0 ]]
}

@test "a program with file capabilities gives no power" {
	need_root
	need setpriv setcap
	open_directory
	cp "$STATE" state
	setcap cap_net_raw+ep state || skip "no file capabilities here"
	run -0 as_other ./state
	[[ ! $(field CapEff) =~ ^0+$ ]] || skip "no file capabilities here"
	run -0 as_other "$SCRUN" -c allow.ini ./state
	[[ $(field CapEff) =~ ^0+$ && $(field CapPrm) =~ ^0+$ ]]
}

@test "126 and why, where the kernel would not give file capabilities" {
	need_root
	need setcap
	cp "$STATE" state
	setcap cap_net_raw+ep state || skip "no file capabilities here"
	run -126 "$SCRUN" -c allow.ini ./state
	says "'./state' has cap_net_raw as a file capability" \
		"write 'keep = cap_net_raw'"
	printf '[capabilities]\nkeep = cap_net_raw\n' >>allow.ini
	run -0 "$SCRUN" -c allow.ini ./state
	setcap cap_net_raw+p state # not effective: less is given, and no word
	printf '[syscalls]\ndefault = allow\n' >allow.ini
	run -0 "$SCRUN" -c allow.ini ./state
	[[ $(field CapPrm) =~ ^0+$ ]]
}

@test "scrun refuses to run set-user-ID or set-group-ID" {
	local bits
	need_root
	need setpriv
	open_directory
	mkdir -m 777 public
	for bits in u+s g+s; do
		cp "$STATE" state
		cp "$SCRUN" scrun
		chmod $bits state scrun
		run -0 as_other ./state
		[[ $(field AT_SECURE) -eq 1 ]] ||
			skip "no set-user-ID on this file system"
		run -125 as_other ./scrun -c allow.ini touch public/ran
		says 'refusing to run set-user-ID'
		run -125 as_other ./scrun --version
		says 'refusing to run set-user-ID'
		[[ ! -e public/ran ]]
	done
}

@test "scrun refuses to run set-user-ID to less than the caller" {
	need_root
	open_directory
	cp "$SCRUN" "$STATE" .
	chown "$OTHER" scrun state
	chmod u+s scrun state
	run -0 ./state
	[[ $(field AT_SECURE) -eq 1 ]] ||
		skip "no set-user-ID on this file system"
	run -125 ./scrun -c allow.ini touch ran
	says 'refusing to run set-user-ID'
	[[ ! -e ran ]]
}

@test "scrun refuses to run with file capabilities" {
	need_root
	need setpriv setcap
	open_directory
	mkdir -m 777 public
	cp "$STATE" "$SCRUN" .
	setcap cap_net_raw+ep state || skip "no file capabilities here"
	setcap cap_net_raw+ep scrun
	run -0 as_other ./state
	[[ $(field AT_SECURE) -eq 1 ]] || skip "no file capabilities here"
	run -125 as_other ./scrun -c allow.ini touch public/ran
	says 'refusing to run set-user-ID' 'file capabilities'
	[[ ! -e public/ran ]]
}

# ---- the command line -----------------------------------------------------

@test "options end at the first word that is none" {
	echo text >-c
	run -0 "$SCRUN" -c allow.ini ls -c -- -c
	is -c
	run -0 "$SCRUN" -c allow.ini echo -q --check --version -h
	is '-q --check --version -h'
}

@test "-- ends the options and is dropped" {
	run -0 "$SCRUN" -c allow.ini -- echo -- -c
	is '-- -c'
	run -0 "$SCRUN" -- echo a
	is a
	refuses 127 "'-q'" -c allow.ini -- -q touch ran
}

@test "a value may stand in the option's own word or in the next" {
	local form
	for form in '-c policy.ini' -cpolicy.ini '--config policy.ini' \
		--config=policy.ini '-q -c policy.ini' '-qc policy.ini'; do
		rules 'default = allow' 'deny = getppid'
		# shellcheck disable=SC2086 # two words of it
		run -0 "$SCRUN" $form "$TRY" getppid
		is EPERM
	done
}

@test "without -c the policy is the built-in default" {
	run -0 "$SCRUN" "$STATE"
	[[ $(field Seccomp) -eq 2 && $(field CapEff) =~ ^0+$ ]]
	run -0 "$SCRUN" "$TRY" ptrace 0x4206 999999999 0 0 # PTRACE_SEIZE
	is EPERM
}

# ---- 125, 126, 127 --------------------------------------------------------

@test "125 when there is no command" {
	refuses 125 'no command to run'
	refuses 125 'no command to run' -c allow.ini
	refuses 125 'no command to run' -c allow.ini --
}

@test "125 when an option is unknown or has no value" {
	refuses 125 "unrecognized option '--nonsense'" --nonsense touch ran
	refuses 125 "invalid option -- 'x'" -x touch ran
	refuses 125 "requires an argument -- 'c'" -c
	refuses 125 "'--config' requires an argument" --config
	refuses 125 "doesn't allow an argument" --quiet=yes touch ran
}

@test "125 when the policy cannot be read" {
	refuses 125 "cannot open './no-such.ini'" -c ./no-such.ini touch ran
	refuses 125 "no policy 'no-such'" -c no-such touch ran
	refuses 125 "no policy's name" -c '' touch ran
}

@test "125 when the policy may not be read" {
	need_user
	chmod 000 allow.ini
	refuses 125 "cannot open 'allow.ini': Permission denied" \
		-c allow.ini touch ran
}

@test "127 when there is no such command" {
	refuses 127 "'no-such-command': not found in PATH" \
		-c allow.ini no-such-command
	refuses 127 "'./no-such': No such file" -c allow.ini ./no-such
	refuses 127 "'allow.ini/x': Not a directory" -c allow.ini allow.ini/x
}

@test "127 when the command's name is empty" {
	refuses 127 'name is empty' -c allow.ini ''
}

@test "126 when the command is not executable" {
	script program '#!/bin/sh' 'touch ran'
	chmod -x program
	refuses 126 "'./program': Permission denied" -c allow.ini ./program
	PATH=$PWD:$PATH refuses 126 "'program' in PATH: Permission denied" \
		-c allow.ini program
}

@test "126 when a text that sh could run is not executable" {
	script program 'touch ran'
	chmod -x program
	refuses 126 "'./program': Permission denied" -c allow.ini ./program
}

@test "126 when the command is a directory" {
	mkdir directory
	refuses 126 "'./directory': Is a directory" -c allow.ini ./directory
	PATH=$PWD:$PATH refuses 126 "'directory' in PATH" -c allow.ini directory
}

@test "126 when the command is a device or a FIFO" {
	mkfifo -m 755 fifo
	refuses 126 "'./fifo'" -c allow.ini ./fifo
	refuses 126 "'/dev/null'" -c allow.ini /dev/null
}

@test "127 when a script's interpreter is missing" {
	script program '#!/no/such/interpreter' 'touch ran'
	refuses 127 "'./program' needs '/no/such/interpreter'" \
		-c allow.ini ./program
}

@test "126 when a script's interpreter is not executable" {
	script program "#!$PWD/allow.ini" 'touch ran'
	refuses 126 "'./program' needs '$PWD/allow.ini': Permission denied" \
		-c allow.ini ./program
}

@test "127 when an ELF file's loader is missing" {
	need gcc
	echo 'int main(void) { return 0; }' >program.c
	gcc -Wl,--dynamic-linker=/no/such/loader -o program program.c
	refuses 127 "'./program' needs '/no/such/loader'" -c allow.ini ./program
}

@test "126 when the file is damaged" {
	printf '\177ELF and no more' >program
	chmod +x program
	refuses 126 "'./program': Exec format error" -c allow.ini ./program
	head -c 200 "$TRY" >program
	refuses 126 "'./program': Exec format error" -c allow.ini ./program
}

@test "126 and 127 come with a message whatever the policy denies" {
	rules 'default = kill'
	mkdir directory
	refuses 127 'not found in PATH' -c policy.ini no-such-command
	refuses 127 "'./no-such': No such file" -c policy.ini ./no-such
	refuses 126 "'./directory': Is a directory" -c policy.ini ./directory
	script program '#!/no/such/interpreter' 'touch ran'
	refuses 127 "needs '/no/such/interpreter'" -c policy.ini ./program
}

# ---- which file runs ------------------------------------------------------

@test "the command is looked up in PATH as execvp does" {
	local search bare
	mkdir first second
	script first/program '#!/bin/sh' 'echo first'
	script second/program '#!/bin/sh' 'echo second'
	mkdir first/other
	script second/other '#!/bin/sh' 'echo second'
	for search in first:second second:first no-such:second \
		/dev/null:second :first:; do
		run -0 env "PATH=$search" /usr/bin/env program
		bare=$output
		run -0 env "PATH=$search" "$SCRUN" -c allow.ini program
		is "$bare"
	done
	mkdir -m 0 closed # to a user, EACCES: not the same as not found
	for search in '' no-such closed closed:no-such; do
		bare=0
		env "PATH=$search" /usr/bin/env no-such-program || bare=$?
		run "-$bare" env "PATH=$search" "$SCRUN" -c allow.ini \
			no-such-program
		says "'no-such-program'" PATH
	done
	chmod -x first/program
	run -0 env PATH=first:second "$SCRUN" -c allow.ini program
	is second
	run -0 env PATH=first:second "$SCRUN" -c allow.ini other
	is second
	cp second/program program
	run -0 env PATH=first::second "$SCRUN" -c allow.ini program
	is second
	run -0 env -u PATH "$SCRUN" -c allow.ini echo default
	is default
}

@test "a name with a slash is not looked up in PATH" {
	mkdir -p bin/sub sub
	script bin/sub/program '#!/bin/sh' 'touch ran'
	PATH=$PWD/bin:$PATH refuses 127 "'sub/program'" -c allow.ini sub/program
}

@test "a text file without #! is run by sh, as execvp does" {
	# shellcheck disable=SC2016
	script program 'echo "$0" "$#" "$1"'
	run -0 env ./program 'a b' c
	local bare=$output
	run -0 "$SCRUN" -c allow.ini ./program 'a b' c
	is "$bare"
	PATH=$PWD:$PATH run -0 env program
	bare=$output
	PATH=$PWD:$PATH run -0 "$SCRUN" -c allow.ini program
	is "$bare"
}

@test "an empty file is run by sh, as execvp does" {
	: >program
	chmod +x program
	run -0 env ./program
	run -0 "$SCRUN" -c allow.ini ./program
	is ''
}

@test "a script gets its interpreter's argument" {
	script program '#!/bin/sh -e' 'false' 'touch ran'
	run -1 "$SCRUN" -c allow.ini ./program
	[[ ! -e ran ]]
	script program '#! /usr/bin/env -S echo -n' 'ignored'
	run -0 "$SCRUN" -c allow.ini ./program b
	is './program b'
}

@test "interpreters may be scripts as deep as the kernel allows" {
	local i last=/bin/sh bare
	for i in 1 2 3 4 5 6 7; do
		script program$i "#!$last" 'true'
		last=$PWD/program$i
	done
	for i in 1 2 3 4 5 6 7; do
		run env ./program$i
		bare=$status
		run "$SCRUN" -c allow.ini ./program$i
		[[ $status -eq $bare ]] || {
			echo "depth $i: $status with scrun, $bare without"
			return 1
		}
	done
}

@test "a program that may be run but not read runs" {
	need_user
	cp "$TRY" program
	chmod 111 program
	run -0 "$SCRUN" -c allow.ini ./program getpid
	rules 'default = allow' 'deny = @exec'
	run -0 "$SCRUN" -c policy.ini ./program getpid
}

# ---- fail closed ----------------------------------------------------------

@test "a command that may not write starts and cannot write" {
	rules 'default = allow' 'deny = @write'
	run "$SCRUN" -c policy.ini sh -c 'touch ran; echo text'
	is ''
	[[ -e ran && $status -ne 0 ]]
}

@test "a command that is killed when it writes dies of SIGSYS" {
	rules 'default = allow' 'kill = write'
	run -159 "$SCRUN" -c policy.ini sh -c 'touch ran; echo text'
	[[ -e ran ]]
}

@test "a command that may not exit starts and does not end well" {
	local action
	for action in deny kill; do
		rules 'default = allow' "$action = exit_group exit"
		run "$SCRUN" -c policy.ini sh -c 'echo started'
		says started
		[[ $status -gt 128 ]]
	done
}

@test "a policy that allows nothing lets nothing run, and does not hang" {
	rules 'default = kill'
	run -159 timeout 10 "$SCRUN" -c policy.ini touch ran
	rules 'default = deny'
	run timeout 10 "$SCRUN" -c policy.ini touch ran
	[[ $status -ne 0 && $status -ne 124 && ! -e ran ]]
}

@test "a failing exec is a failure even where it cannot be told" {
	printf '\177ELF and no more' >program
	chmod +x program
	rules 'default = allow' 'deny = @write'
	run -126 "$SCRUN" -c policy.ini ./program
	rules 'default = allow' 'deny = @write exit_group exit'
	run "$SCRUN" -c policy.ini ./program
	[[ $status -ne 0 ]]
	rules 'default = kill'
	run -159 "$SCRUN" -c policy.ini ./program
}

# The calls of scrun, up to its execve, as "name occurrence": each kind of call
# the first and the last time, where capabilities are asked for one by one.
calls_of_start() {
	awk '
		/^execve\(/ && ++execs == 2 { exit }
		execs == 0 { next }
		{
			name = kind = $0
			sub(/\(.*/, "", name)
			sub(/^[0-9]+ +/, "", name)
			times[name]++
			gsub(/ = .*|CAP_[A-Z_]+|0x[0-9a-f]+/, "", kind)
			if (name != "prctl") {
				print name, times[name]
				next
			}
			if (!(kind in first))
				first[kind] = times[name]
			last[kind] = times[name]
		}
		END {
			for (kind in first) {
				print "prctl", first[kind]
				print "prctl", last[kind]
			}
		}' "$1" | sort -u
}

# What has to be right when the command runs at all.
guarded() {
	grep -E '^(Cap...|NoNewPrivs|Seccomp[a-z_]*|Sig...|fd [0-9]+):' report
}

@test "however little memory there is, the command is guarded or not run" {
	local wanted size failures=0
	"$SCRUN" -c allow.ini "$STATE" -o report </dev/null >/dev/null 2>&1
	wanted=$(guarded)
	for size in {500..5000..250}; do
		rm -f report
		(
			ulimit -v "$size"
			exec "$SCRUN" -c allow.ini "$STATE" -o report
		) </dev/null >/dev/null 2>&1 || failures=$((failures + 1))
		[[ ! -e report || $(guarded) == "$wanted" ]]
	done
	[[ $failures -gt 0 ]]
}

@test "whichever call of the set-up fails, the command is guarded or not run" {
	need_strace
	need_no_sanitizer # its calls fail, too
	local wanted name count held trials=0 failures=0
	rules 'default = allow' 'deny = @exec ioctl(request == TIOCSTI)'
	held=$("$SCRUN" --list=capabilities | awk '/held/ { print $1; exit }')
	printf '[capabilities]\nkeep = %s\n' "$held" >>policy.ini
	strace -o trace "$SCRUN" -c policy.ini "$STATE" -o report \
		</dev/null >/dev/null 2>&1
	wanted=$(guarded)
	calls_of_start trace >calls
	while read -r name count; do
		rm -f report
		status=0
		(
			exec timeout 10 strace -o injected \
				-e "inject=$name:error=EPERM:when=$count" \
				"$SCRUN" -c policy.ini "$STATE" -o report
		) </dev/null >/dev/null 2>&1 || status=$?
		trials=$((trials + 1))
		if [[ ! -e report ]]; then
			[[ $status -gt 0 && $status -ne 124 ]]
		elif [[ $(guarded) != "$wanted" ]]; then
			grep INJECTED injected
			diff <(echo "$wanted") <(guarded) || true
			failures=$((failures + 1))
		fi
	done <calls
	[[ $failures -eq 0 && $trials -gt 50 ]]
}

# MADV_POPULATE_WRITE is of Linux 5.14.
@test "a kernel that gives no memory ahead starts the command all the same" {
	need_strace
	need_no_sanitizer # it asks for its own memory, too
	strace -qq -o calls -e trace=madvise -e inject=madvise:error=EINVAL \
		"$SCRUN" -q -c service true
	[[ $(grep -c INJECTED calls) -ge 2 ]]
}

@test "a static program asks for its own memory before anything else" {
	need_strace
	need_static "$SCRUN"
	need_no_sanitizer
	[[ $(uname -m) == x86_64 ]] || skip "an entry point of x86-64 alone"
	strace -qq -o calls "$SCRUN" -q -c service true
	[[ $(sed -n 2p calls) == madvise\(*', MADV_POPULATE_READ) = '* ]]
	# Its data, libc's variables and the stack.
	[[ $(sed -n 3,5p calls | grep -c '^madvise(.*, MADV_POPULATE_WRITE) = ') -eq 3 ]]
}
