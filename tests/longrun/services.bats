#!/usr/bin/env bats
# nginx and redis under an audit and full load for MINUTES: no request is lost,
# the report says exactly what was provoked, and the auditor's memory is flat.
# What is provoked are renames, which a policy of the test denies: nginx is
# asked to MOVE a file, and redis to SAVE its data. `make longrun` runs all
# tests of this file at once.

# shellcheck disable=SC2030,SC2031,SC2154 # variables of common and services

load ../cli/common
load ../cli/services
load ../cli/audit

: "${MINUTES:=10}"

# The most that a sample may be above the first minute's highest, in kB: what
# reading a few more pages of the program itself takes.
SLACK=128

ROUND=5	# seconds of load between two samples
AT_ONCE=20 # renames that are provoked in a round

denying_renames() {
	printf '%s\n' '[policy]' "include = $1.ini" '[syscalls]' \
		'deny = rename renameat renameat2' >policy.ini
}

resident() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$auditor/status"
}

# load_rounds: load and provoke, again and again, until the time is over.
load_rounds() {
	local begin now rss
	auditor=$(auditor)
	begin=$SECONDS
	provoked=0 served=0 first=0 highest=0 rss=0
	while now=$((SECONDS - begin)) && [[ $now -lt $((MINUTES * 60)) ]]; do
		load_once
		provoke
		provoked=$((provoked + AT_ONCE))
		rss=$(resident)
		echo "# $BATS_TEST_DESCRIPTION: $now s: auditor $rss kB, $served requests, $provoked denied" >&3
		[[ $now -ge 60 || $rss -le $first ]] || first=$rss
		[[ $rss -le $highest ]] || highest=$rss
	done
	[[ $provoked -gt 0 && $first -gt 0 ]]
	[[ $highest -le $((first + SLACK)) ]] || {
		echo "the auditor grew from $first kB to $highest kB"
		return 1
	}
}

# stop SIGNAL: the service ends by it, and well, and the report is complete.
stop() {
	kill "-$1" "$service"
	for _ in {1..60}; do
		eventually gone "$service" && break
	done
	wait "$service"
	service=
	eventually complete
}

# denied_exactly NAME: so many renames as were provoked, told once.
denied_exactly() {
	local sum
	sum=$(awk '/^ +[0-9]+  (rename|more)/ { n += $1 } END { print n }' report)
	[[ $sum -eq $provoked ]] || {
		echo "$provoked renames were provoked, and $sum reported"
		cat report
		return 1
	}
	reports "^scrun: denied rename\(.*\): EPERM  $1\[[0-9]+\]  (.*/)?policy\.ini:4 deny = "
}

# ---- nginx ----------------------------------------------------------------

start_loaded_nginx() {
	need nginx wrk curl python3 pgrep
	nginx_conf
	sed -i -e "s#access_log .*#access_log off;#" \
		-e "s#root .*#&\n location = /status { stub_status; }\n dav_methods MOVE;#" \
		nginx.conf
	denying_renames nginx
	start_nginx policy.ini -q --audit="$1" -o "$PWD/report"
	eventually fetch
}

load_nginx() {
	wrk -t 1 -c 16 --timeout 30s -d ${ROUND}s \
		"http://127.0.0.1:$port/index.html" >load
	! grep -E 'Socket errors|Non-2xx' load || return 1
	served=$((served + $(sed -n 's/ requests in .*//p' load)))
}

provoke_nginx() {
	local answers
	answers=$(curl -s --max-time 60 -o /dev/null -w '%{http_code}\n' \
		-X MOVE -H "Destination: http://127.0.0.1:$port/moved.html" \
		"http://127.0.0.1:$port/index.html?[1-$AT_ONCE]" | sort | uniq -c)
	[[ $(xargs <<<"$answers") == "$AT_ONCE 500" ]] || {
		echo "$answers"
		return 1
	}
}

# How many requests nginx itself has counted, this one with them.
nginx_count() {
	curl -sf --max-time 60 "http://127.0.0.1:$port/status" |
		awk 'NR == 3 { print $3 }'
}

# How many files an nginx opens that is started and stopped.
openings_idle() {
	start_loaded_nginx calls
	stop QUIT
	counted openat
}

nginx_lasts() {
	load_once() { load_nginx; }
	provoke() { provoke_nginx; }
	start_loaded_nginx "$1"
	load_rounds
	requests=$(nginx_count)
	echo "# $BATS_TEST_DESCRIPTION: $requests requests counted by nginx" >&3
	# wrk leaves some of a round behind.
	[[ $((requests - served - provoked)) -ge 0 ]]
	stop QUIT
	run ! grep -iE 'emerg|alert|exited on signal' error.log start.log
	denied_exactly nginx
}

@test "nginx, denied" {
	nginx_lasts denied
}

@test "nginx, calls" {
	local idle files
	idle=$(openings_idle)
	nginx_lasts calls
	# Each request for a file opens it, once; to be moved it is not opened.
	# The last request is for the count. When idle, one was fetched.
	files=$((requests - provoked - 1))
	echo "# $BATS_TEST_DESCRIPTION: $(counted openat) opened, $idle of them when idle; $files asked for" >&3
	[[ $(counted openat) -eq $((files - 1 + idle)) ]]
}

# ---- redis ----------------------------------------------------------------

start_loaded_redis() {
	need redis-server redis-cli redis-benchmark python3
	example redis
	denying_renames redis
	"$SCRUN" -q -c policy.ini --audit="$1" -o "$PWD/report" redis-server \
		--port "$port" --bind 127.0.0.1 --dir "$PWD" --save '' \
		>redis.log 2>&1 3>&- &
	service=$!
	eventually answers
}

load_redis() {
	local begin=$SECONDS
	while [[ $((SECONDS - begin)) -lt $ROUND ]]; do
		redis-benchmark -p "$port" -n 2000 -c 16 -q -t set,get \
			>benchmark 2>&1
		run ! grep -iE 'error|refused|closed' benchmark
		served=$((served + 4000))
	done
}

provoke_redis() {
	run -0 redis -r "$AT_ONCE" save
	[[ $(grep -c '^ERR' <<<"$output") -eq $AT_ONCE ]]
}

# redis_count COMMAND: how many redis itself has served.
redis_count() {
	redis info commandstats | sed -n "s/^cmdstat_$1:calls=\([0-9]*\),.*/\1/p"
}

redis_lasts() {
	load_once() { load_redis; }
	provoke() { provoke_redis; }
	start_loaded_redis "$1"
	load_rounds
	[[ $(($(redis_count get) + $(redis_count set))) -eq $served ]]
	[[ $(redis_count save) -eq $provoked ]]
	commands=$(redis info stats |
		sed -n 's/^total_commands_processed:\([0-9]*\).*/\1/p')
	echo "# $BATS_TEST_DESCRIPTION: $commands commands counted by redis" >&3
	stop TERM
	denied_exactly redis-server
}

@test "redis, denied" {
	redis_lasts denied
}

@test "redis, calls" {
	redis_lasts calls
	# Each command is read, and answered, by calls of its own.
	echo "# $BATS_TEST_DESCRIPTION: read: $(counted read), written: $(counted write)" >&3
	[[ $(counted read) -ge $commands && $(counted write) -ge $commands ]]
}
