#!/usr/bin/env bats
# Real services, on 127.0.0.1, with an audit.

# shellcheck disable=SC2030,SC2031,SC2154 # variables of common and services

load common
load services
load audit

# nginx_serves MODE: under load it loses no request, and reloads and stops by
# its own signals.
nginx_serves() {
	need nginx curl python3 pgrep
	nginx_conf
	start_nginx nginx.ini --audit="$1" -o "$PWD/report"
	eventually fetch
	[[ $(<nginx.pid) -eq $service ]] # the service's own pid
	run -0 curl -s --max-time 60 -o /dev/null -w '%{http_code}\n' \
		"http://127.0.0.1:$port/?[1-500]"
	[[ $(sort <<<"$output" | uniq -c | xargs) == "500 200" ]]
	if command -v wrk >/dev/null; then
		run -0 wrk -t 1 -c 8 -d 1s "http://127.0.0.1:$port/"
		[[ $output == *'requests in'* ]]
		run ! grep -E 'Socket errors|Non-2xx' <<<"$output"
	fi
	old=$(workers)
	kill -HUP "$service"
	new_workers() { [[ $(workers) != *"${old%%$'\n'*}"* ]]; }
	eventually new_workers
	eventually fetch
	[[ $(fetch) == "$(seq 1000)" ]]
	kill -QUIT "$service"
	eventually gone "$service"
	wait "$service"
	run ! grep -iE 'not permitted|emerg|alert|exited on signal' \
		error.log start.log
	eventually complete
}

@test "nginx, without ptrace" {
	nginx_serves denied
}

@test "nginx, each call counted" {
	nginx_serves calls
	# Each request is accepted, or comes over a connection that was.
	[[ $(counted accept4) -ge 1 && $(counted sendfile) -ge 500 ]]
	[[ $(counted openat) -ge 500 ]]
}

@test "nginx, each call printed" {
	nginx_serves trace
	[[ $(grep -cE '^[0-9]+ sendfile\(' report) -eq $(counted sendfile) ]]
	[[ $(counted sendfile) -ge 500 ]]
}

@test "nginx without listen says why, with the line" {
	need nginx python3
	nginx_conf
	printf '%s\n' '[policy]' 'include = nginx.ini' \
		'[syscalls]' 'deny = listen' >policy.ini
	local mode
	for mode in denied calls; do
		start_nginx policy.ini --audit=$mode -o "$PWD/report"
		fails
		reports '^scrun: denied listen\(.*\): EPERM  nginx\[[0-9]+\]  (.*/)?policy\.ini:4 deny = listen$'
	done
}

# redis_serves MODE
redis_serves() {
	need redis-server redis-cli redis-benchmark python3
	example redis
	start_redis redis.ini --audit="$1" -o "$PWD/report"
	eventually answers
	[[ $(redis info server | sed -n 's/^process_id:\([0-9]*\).*/\1/p') -eq $service ]]
	run -0 timeout 60 redis-benchmark -p "$port" -n 1500 -q -t set,get,lpush
	says 'SET:' 'GET:' 'LPUSH:'
	run -0 redis set key kept
	is OK
	redis bgsave
	saved() { redis info persistence | grep -q 'rdb_bgsave_in_progress:0' && test -e dump.rdb; }
	eventually saved
	run -0 redis get key
	is kept
	kill -TERM "$service"
	eventually gone "$service"
	wait "$service"
	run ! grep -i 'not permitted' redis.log
	eventually complete
}

@test "redis, without ptrace" {
	redis_serves denied
}

@test "redis, each call counted" {
	redis_serves calls
	[[ $(counted read) -ge 4500 && $(counted write) -ge 3000 ]]
	# The child that saves is one of the processes.
	reports '^scrun: audit of .*: [2-9] processes, '
}

@test "redis, each call printed" {
	redis_serves trace
	[[ $(grep -cE '^[0-9]+ read\(' report) -eq $(counted read) ]]
}

@test "redis without bind says why, with the line" {
	need redis-server python3
	example redis
	printf '%s\n' '[policy]' 'include = redis.ini' \
		'[syscalls]' 'deny = bind' >policy.ini
	start_redis policy.ini --audit=denied -o "$PWD/report"
	fails
	reports '^scrun: denied bind\([0-9]+(<[^>]*>)?, 127\.0\.0\.1:[0-9]+(, 16)?\): EPERM  redis-server\[[0-9]+\]  (.*/)?policy\.ini:4 deny = bind$'
}
