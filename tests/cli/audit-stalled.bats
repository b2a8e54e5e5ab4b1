#!/usr/bin/env bats
# What waits for what: where nobody reads the report, where the auditor is
# stopped, and where many threads want it at once.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # text for inner shells; run's variables

load common
load audit

export PROGRAMS

teardown() {
	[[ -z ${auditor-} ]] || kill -CONT "$auditor" 2>/dev/null || true
	[[ -z ${service-} ]] || kill -KILL "$service" 2>/dev/null || true
	exec 9>&-
}

# begin_service MODE COMMAND...: becomes a command in the background, without
# the descriptors of bats and of clog.
begin_service() {
	: >out
	(exec "$SCRUN" -q -c policy.ini --audit="$1" -o "$PWD/report" "${@:2}") \
		>out 2>err 3>&- 9>&- &
	service=$!
}

# The service stands in a stop of ptrace(2) that the auditor does not look at,
# since it waits for something else: over and over again.
held() {
	auditor=$(auditor)
	for _ in {1..20}; do
		[[ $(state_of "$service")$(state_of "$auditor") == tS ]] ||
			return 1
		sleep 0.01
	done
}

# In a call that only the auditor's answer ends, or SIGKILL, whatever other
# signal is there.
waits_for_answer() {
	kill -USR1 "$service"
	sleep 0.02
	[[ $(state_of "$service") == D ]]
}

# Killed, it waits for nobody but its tracer and its parent.
has_been_killed() {
	[[ $(state_of "$service") == ?([XZt]) ]] # or it is gone
}

# Before Linux 5.19 a signal interrupts such a call.
need_killable_wait() {
	local major minor
	IFS=.- read -r major minor _ <<<"$(uname -r)"
	[[ $major -gt 5 || ($major -eq 5 && $minor -ge 19) ]] ||
		skip "needs Linux 5.19"
}

@test "the last process is held until the report is written" {
	rules 'default = allow'
	clog
	begin_service calls "$PROGRAMS/exits" status 7
	eventually held
	unclog
	complete
	ends 7
}

@test "so is one that a thread beside the leader has executed" {
	rules 'default = allow'
	clog
	begin_service calls "$PROGRAMS/thread-exec"
	eventually held
	unclog
	complete
	ends 0
}

@test "an auditor that crashes does not wait for the reader of its last words" {
	rules 'default = allow'
	clog
	begin_service calls "$PROGRAMS/exits" status 7
	eventually held
	kill -SEGV "$auditor"
	ends 7
}

@test "a denied call that the auditor knows of waits for it with its signals" {
	local mode
	need_killable_wait
	rules 'default = allow' 'deny = mkdir mkdirat'
	for mode in denied calls; do
		clog
		begin_service $mode "$PROGRAMS/handled"
		eventually ready
		eventually waits_for_answer
		unclog
		ends 0
		[[ $(tail -n 1 out) == EPERM ]]
		complete
		reports '^ +1  mkdir(at)?\("/no/such/directory"\)'
	done
}

@test "one whose caller was killed before the answer does not count" {
	local mode
	need_killable_wait
	rules 'default = allow' 'deny = mkdir mkdirat'
	for mode in denied calls; do
		clog
		begin_service $mode "$PROGRAMS/handled"
		eventually ready
		eventually waits_for_answer
		kill -KILL "$service"
		eventually has_been_killed
		unclog
		ends 137
		complete
		reports '^scrun: denied mkdir(at)?\("/no/such/directory", 0755\): '
		run -1 grep -E '^ +[0-9]+  mkdir|  mkdir(at)?$' report
	done
}

interrupted() {
	kill -USR1 "$service"
	sleep 0.02
	[[ $(tail -n 1 out) == EINTR ]]
}

@test "one that a signal interrupts sooner fails with EINTR, and does not count" {
	rules 'default = allow' 'deny = mkdir mkdirat'
	begin_service denied sh -c 'echo started
		until [ -e go ]; do sleep 0.05; done
		exec "$PROGRAMS/handled" plain'
	eventually grep -qx started out
	auditor=$(auditor)
	kill -STOP "$auditor"
	: >go
	eventually ready
	eventually interrupted
	kill -CONT "$auditor"
	ends 0
	eventually complete
	run -1 grep mkdir report
	reports '^nothing was denied$'
}

# stopped_in_fork: the auditor, stopped, has heard neither of a fork nor of the
# child, which stand both.
stopped_in_fork() {
	local is_forking n_known n_begun child
	kill -STOP "$auditor"
	eventually stands "$auditor" T
	read -r forker is_forking n_known n_begun _ < <(od -An -t d4 -w20 place)
	child=$(pgrep -P "$forker") && [[ $is_forking -eq 1 ]] &&
		stands "$forker" t && stands "$child" t &&
		[[ $n_begun -eq $n_known ]] && return
	kill -CONT "$auditor"
	return 1
}

stands() {
	[[ $(state_of "$1") == "$2" ]]
}

@test "the child of one that is killed in its fork counts as a process" {
	need pgrep od
	local mode forker
	rules 'default = allow'
	for mode in calls trace; do
		rm -f place
		begin_service $mode "$PROGRAMS/fork-held" place
		eventually test -s place
		auditor=$(auditor)
		for _ in {1..20}; do
			eventually stopped_in_fork && break
		done
		kill -KILL "$forker"
		printf '\1' | dd of=place bs=1 seek=16 conv=notrunc status=none
		kill -CONT "$auditor"
		ends 0
		eventually complete
		reports "^scrun: audit of .*: $(<out) processes, "
	done
}

@test "eighty busy threads leave their turn to the one that was there first" {
	rules 'default = allow'
	run -0 audit calls "$PROGRAMS/busy" 80 200
	# A share of each call of its own, and of the sleep before it.
	[[ $output -lt 800 ]] || {
		echo "they called $output times for each call of its own"
		return 1
	}
}
