#!/usr/bin/env bats
# Storms: much at once, under every kind of audit. None hangs, none loses a
# count, nothing is left behind, and the auditor's memory stays small. What the
# programs count of themselves is what the report has to say. STORM=large is for
# `make storms`.

# shellcheck disable=SC2030,SC2031,SC2154 # run's variables

load common
load audit

STORMS=$SCRUN_BUILD/storms
MODES='denied calls trace'

# Seconds that a storm may take, or it is a hang.
PATIENCE=120
[[ ${STORM-} != large ]] || PATIENCE=1800

# What the auditor may take: in kB, and for each of the threads that are there.
MAX_PEAK=4096
MAX_PEAK_EACH=1

setup() {
	begin
	rules 'default = allow' 'deny = mkdir mkdirat'
	runner=()
	threads=0 # those that are there in the end
}

teardown() {
	exec 9>&-
	[[ -z ${service-} ]] || session | xargs -r kill -KILL 2>/dev/null || true
}

# size SMALL LARGE
size() {
	if [[ ${STORM-} == large ]]; then
		echo "$2"
	else
		echo "$1"
	fi
}

# The processes of the storm, dead ones with them: it has a session of its own.
session() {
	local directory stat
	for directory in /proc/[0-9]*; do
		read -r stat 2>/dev/null <"$directory/stat" || continue
		# state, parent, group, session
		[[ ! ${stat##*) } =~ ^.\ [0-9]+\ [0-9]+\ $service\  ]] ||
			echo "${directory#/proc/}"
	done
}

no_session() {
	[[ -z $(session) ]]
}

# unleash SCRUN-OPTION... COMMAND...: in the background, until it is done. What
# it prints is in the file out; it ends when the descriptor 9 is closed.
unleash() {
	local begin=$SECONDS text=
	rm -f out go
	: >report # whose owner stays
	mkfifo go
	exec 9<>go
	(exec setsid "${runner[@]}" "$SCRUN" -q "$@") \
		<go >out 2>err 3>&- 9>&- &
	service=$!
	until read -rd '' text <out || [[ $text == *done ]]; do
		if gone "$service" || ((SECONDS - begin >= PATIENCE)); then
			echo "no end of: $*"
			cat out err
			return 1
		fi
		sleep 0.1
	done
}

# peaks: the auditor took no more than it may.
peaks() {
	local peak most=$((MAX_PEAK + MAX_PEAK_EACH * threads))
	auditor=$(auditor)
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' \
		"/proc/$auditor/status")
	tell "the auditor took $peak kB"
	[[ $peak -le $most ]] || is_sanitized || {
		echo "the auditor took $peak kB, and may take $most"
		return 1
	}
}

# settles: it ends well, with its auditor, and leaves nothing behind.
settles() {
	local session=$service
	exec 9>&-
	ends 0 || { cat err; return 1; }
	service=$session
	eventually gone "$auditor"
	eventually no_session || { session | xargs ps -fp; return 1; }
	service=
	complete
}

# printed NAME: a number of the storm's own.
printed() {
	sed -n "s/^$1: //p" out
}

tell() {
	echo "# $BATS_TEST_DESCRIPTION: $*" >&3
}

# So many calls that were denied, by the report.
denied() {
	awk '/^[a-z]/ { is_policy = /^denied by policy/ }
		is_policy && /^ +[0-9]+  (mkdir|more)/ { n += $1 }
		END { print n + 0 }' report
}

# equal NAME REPORTED [OWN]: two numbers.
equal() {
	local own=${3-$(printed "$1")}
	[[ $2 -eq $own ]] || {
		echo "$1: the report says $2, and the program $own"
		cat out
		tail -n 40 report
		return 1
	}
}

processes() {
	sed -nE 's/^scrun: audit of .*: ([0-9]+) process(es)?, .*/\1/p' report
}

# agrees MODE: the report has the storm's own numbers.
agrees() {
	equal denied "$(denied)"
	[[ $1 != denied ]] || return 0
	equal processes "$(processes)"
	equal getppid "$(counted getppid)"
	[[ $1 != trace ]] ||
		equal getppid "$(grep -cE '^[0-9]+ getppid\(' report)"
}

# storm PROGRAM [ARGUMENT]...: under each kind of audit.
storm() {
	local mode
	for mode in $MODES; do
		unleash -c policy.ini --audit="$mode" -o "$PWD/report" \
			"$STORMS/$1" "${@:2}"
		tell "$mode: $(xargs <out)"
		peaks
		settles
		agrees "$mode"
	done
}

# learns PROGRAM [ARGUMENT]...: the storm can be learned, and then rages under
# what was learned.
learns() {
	unleash --audit --learn="$PWD/learned.ini" -o "$PWD/report" "$STORMS/$1" "${@:2}"
	tell "learned: $(xargs <out)"
	peaks
	settles
	agrees calls
	unleash -c learned.ini --audit=denied -o "$PWD/report" \
		"$STORMS/$1" "${@:2}"
	peaks
	settles
	# Of what libc uses to make threads, one call is only tried.
	run ! grep -E '^scrun: denied ([^c]|c[^l])' report
}

@test "processes" {
	local count
	count=$(size 200 10000)
	storm processes "$count"
	equal processes "$(processes)" $((count + 1))
	learns processes "$count"
}

@test "threads, all at once" {
	threads=500
	storm threads $threads
	learns threads $threads
}

@test "execs from many threads" {
	local rounds
	rounds=$(size 30 1000)
	storm execs "$rounds"
	[[ $(counted execve) -gt $rounds ]]
	learns execs "$rounds"
}

@test "signals of a timer, and their handlers" {
	storm timers "$(size 1000 100000)"
}

@test "stops and continuations" {
	storm stops "$(size 30 2000)"
}

@test "a fork bomb, under [limits]" {
	local user=$UID there
	if [[ $UID -eq 0 ]]; then # whom no limit holds
		OTHER=$((61000 + $$ % 4000)) # who has no other processes
		need_unprivileged
		user=$OTHER
		runner=(setpriv "--reuid=$OTHER" "--regid=$OTHER" --clear-groups)
	fi
	there=$(ps -L -U "$user" -o lwp= | wc -l)
	printf '%s\n' '[limits]' "nproc = $((there + 30))" >>policy.ini
	storm bomb "$(size 300 5000)"
	[[ $(printed refused) -gt 0 ]]
}

# What has been killed may have made one call more.
@test "processes that are killed in the midst of it" {
	local mode most
	for mode in $MODES; do
		unleash -c policy.ini --audit="$mode" -o "$PWD/report" \
			"$STORMS/kills" "$(size 40 2000)"
		tell "$mode: $(xargs <out)"
		peaks
		settles
		most=$(($(printed denied) + $(printed uncounted)))
		[[ $(denied) -ge $(printed denied) && $(denied) -le $most ]]
		[[ $mode != denied ]] || continue
		equal processes "$(processes)"
		most=$(($(printed getppid) + $(printed uncounted)))
		[[ $(counted getppid) -ge $(printed getppid) &&
			$(counted getppid) -le $most ]]
	done
}

@test "tracees that call ptrace and seccomp themselves" {
	local mode
	for mode in $MODES; do
		MODES=$mode storm meddlers "$(size 20 1000)"
		[[ $mode != denied ]] || continue
		equal ptrace "$(counted ptrace)"
		equal seccomp "$(counted seccomp)"
	done
}

@test "a command that is traced by strace" {
	need_strace
	for _ in $(seq "$(size 1 20)"); do
		unleash -c policy.ini --audit=denied -o "$PWD/report" strace \
			-f -o "$PWD/trace" "$STORMS/processes" 50
		tell "$(xargs <out)"
		peaks
		settles
		agrees denied
		equal denied 50
		equal getppid "$(grep -c ' getppid(' trace)"
		equal denied "$(grep -c ' mkdir.* EPERM ' trace)"
	done
}

@test "a command that is debugged by gdb" {
	need gdb
	gdb -batch -ex run -ex quit true 2>&1 | grep -q 'exited normally' ||
		skip "gdb debugs nothing here"
	for _ in $(seq "$(size 1 20)"); do
		unleash -c policy.ini --audit=denied -o "$PWD/report" \
			gdb -batch -ex 'set debuginfod enabled off' \
			-ex 'break storm_end' -ex run -ex 'print 6 * 7' \
			-ex continue --args "$STORMS/processes" 50
		tell "$(tail -n 4 out | xargs)"
		peaks
		settles
		equal denied 50
		agrees denied
		grep -qx '.*= 42' out
	done
}

@test "all of them at the same time" {
	local mode bare
	cat >all <<-EOF
		for name in processes threads execs timers stops meddlers; do
			"$STORMS/\$name" "\$@" >\$name.out </dev/null &
		done
		wait
		echo done
		read -r line
		:
	EOF
	run audit calls sh -c : # has calls of its own
	bare=$(counted getppid)
	for mode in $MODES; do
		unleash -c policy.ini --audit="$mode" -o "$PWD/report" sh all \
			"$(size 20 200)"
		peaks
		settles
		cat ./*.out >out
		sum() { printed "$1" | awk '{ n += $1 } END { print n }'; }
		tell "$mode: $(sum processes) processes, $(sum getppid) getppid, $(sum denied) denied"
		equal denied "$(denied)" "$(sum denied)"
		[[ $mode != denied ]] || continue
		equal processes "$(processes)" $(($(sum processes) + 1))
		equal getppid "$(counted getppid)" $(($(sum getppid) + bare))
	done
}
