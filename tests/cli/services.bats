#!/usr/bin/env bats
# Real services under the example policies, on 127.0.0.1.

# shellcheck disable=SC2030,SC2031 # each test has a service of its own

load common
load services

@test "nginx serves thousands of requests under examples/nginx.ini" {
	need nginx curl python3
	nginx_conf
	start_nginx nginx.ini
	eventually fetch
	[[ $(<nginx.pid) -eq $service ]] # the service's own pid
	run -0 sed -n '/^Seccomp:/p;/^NoNewPrivs:/p' "/proc/$service/status"
	is $'NoNewPrivs:\t1\nSeccomp:\t2'
	run -0 curl -s --max-time 60 -o '/dev/null' -w '%{http_code}\n' \
		"http://127.0.0.1:$port/?[1-3000]"
	[[ $(sort <<<"$output" | uniq -c | xargs) == "3000 200" ]]
	[[ $(fetch) == "$(seq 1000)" ]]
}

@test "nginx reloads, reopens its log and stops by its own signals" {
	need nginx curl python3 pgrep
	nginx_conf
	start_nginx nginx.ini
	eventually fetch
	old=$(workers)
	kill -HUP "$service"
	new_workers() { [[ $(workers) != *"${old%%$'\n'*}"* ]]; }
	eventually new_workers
	eventually fetch
	mv access.log old.log
	kill -USR1 "$service"
	eventually test -e access.log
	kill -QUIT "$service"
	eventually gone "$service"
	wait "$service"
	run ! grep -iE 'not permitted|emerg|alert' error.log start.log
}

@test "nginx keeps no capability but those of its policy" {
	need nginx curl python3
	need_root
	nginx_conf
	start_nginx nginx.ini
	eventually fetch
	run -0 cat "/proc/$service/status"
	[[ $(field CapEff) == 0000000000000400 ]] # net_bind_service
	[[ $(field CapBnd) == 0000000000000400 ]]
}

@test "nginx without listen fails, and says so" {
	need nginx python3
	nginx_conf
	printf '%s\n' '[policy]' 'include = nginx.ini' \
		'[syscalls]' 'deny = listen' >policy.ini
	start_nginx policy.ini
	fails
	run -0 cat start.log error.log
	says 'listen() to' 'Operation not permitted'
}

@test "nginx cannot execute another program" {
	need nginx curl python3
	nginx_conf
	# Only a master that has left its parent takes the signal.
	"$SCRUN" -c nginx.ini nginx -e "$PWD/error.log" \
		-c "$PWD/nginx.conf" 2>start.log 3>&-
	eventually fetch
	service=$(<nginx.pid)
	kill -USR2 "$service" # upgrade the binary: fork and execve
	refused() { grep -q 'execve() failed.*Operation not permitted' error.log; }
	eventually refused
	eventually fetch
}

@test "redis serves thousands of requests under examples/redis.ini" {
	need redis-server redis-cli redis-benchmark python3
	example redis
	start_redis redis.ini
	eventually answers
	run -0 redis-benchmark -p "$port" -n 3000 -q -t set,get,lpush,mset
	says 'SET:' 'GET:' 'LPUSH:' 'MSET'
	run -0 redis set key value
	run -0 redis get key
	is value
	run -0 sed -n 's/^CapEff:\t*//p' "/proc/$service/status"
	is 0000000000000000
}

@test "redis saves, rewrites, and reads its data again after a restart" {
	need redis-server redis-cli python3
	example redis
	start_redis redis.ini
	eventually answers
	redis set key kept
	redis bgsave
	saved() { redis info persistence | grep -q 'rdb_bgsave_in_progress:0' && test -e dump.rdb; }
	eventually saved
	redis bgrewriteaof
	rewritten() { redis info persistence | grep -q 'aof_rewrite_in_progress:0'; }
	eventually rewritten
	kill -TERM "$service"
	eventually gone "$service"
	wait "$service"
	run ! grep -i 'not permitted' redis.log
	start_redis redis.ini
	eventually answers
	run -0 redis get key
	is kept
}

@test "redis without bind fails, and says so" {
	need redis-server python3
	example redis
	printf '%s\n' '[policy]' 'include = redis.ini' \
		'[syscalls]' 'deny = bind' >policy.ini
	start_redis policy.ini
	fails
	run -0 cat redis.log
	says 'Operation not permitted'
}

@test "python's web server and redis run under the built-in service" {
	need redis-server redis-cli python3 curl
	start_redis service
	eventually answers
	kill -TERM "$service"
	wait "$service"
	port=$(free_port)
	echo hello >index.html
	"$SCRUN" -c service python3 -m http.server "$port" \
		--bind 127.0.0.1 >/dev/null 2>&1 3>&- &
	service=$!
	eventually fetch
	[[ $(fetch) == hello ]]
}
