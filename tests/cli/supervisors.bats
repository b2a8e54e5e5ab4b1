#!/usr/bin/env bats
# The examples as they are, with the real supervisors: each test is a machine
# of its own (machine.bash), in which the commands are done that the example
# begins with.

# shellcheck disable=SC2154,SC2317 # `run` sets some, `eventually` calls some

load common
load machine
load supervised

fetch() {
	inside curl -sf --max-time 5 "http://127.0.0.1:$1/"
}

site() {
	inside install -d /srv/www
	inside sh -c 'seq 1000 >/srv/www/index.html'
}

# sysv: nginx.

nginx_pid() {
	inside cat /run/scrun-nginx.pid
}

nginx_workers() {
	inside pgrep -P "$(nginx_pid)" | sort
}

sysv_nginx() {
	need nginx start-stop-daemon curl pgrep
	site
	follow sysv/nginx
	[[ $(fetch 80) == "$(seq 1000)" ]]
	run -0 inside /etc/init.d/scrun-nginx status
	local service worker old
	service=$(nginx_pid)
	is_service "$service" /usr/sbin/nginx www-data 0000000000000400
	[[ $(inside cat /run/nginx/nginx.pid) == "$service" ]]
	for worker in $(nginx_workers); do
		is_service "$worker" /usr/sbin/nginx www-data 0000000000000400
	done

	# Starting again changes nothing.
	inside /etc/init.d/scrun-nginx start
	[[ $(nginx_pid) == "$service" ]]

	old=$(nginx_workers)
	new_workers() { [[ -n $(nginx_workers) && $(nginx_workers) != *"${old%%$'\n'*}"* ]]; }
	inside /etc/init.d/scrun-nginx reload
	eventually new_workers
	[[ $(nginx_pid) == "$service" ]]
	old=$(nginx_workers)
	inside scrun -c nginx nginx -c /etc/nginx/scrun.conf -s reload
	eventually new_workers
	fetch 80 >/dev/null

	denied_only
	inside kill -KILL "$service"
	eventually gone_inside "$service"
	run -1 inside /etc/init.d/scrun-nginx status
	inside /etc/init.d/scrun-nginx start
	[[ $(nginx_pid) != "$service" ]]
	fetch 80 >/dev/null
	inside /etc/init.d/scrun-nginx restart
	fetch 80 >/dev/null

	service=$(nginx_pid)
	inside /etc/init.d/scrun-nginx stop
	gone_inside "$service"
	run -3 inside /etc/init.d/scrun-nginx status
	run ! fetch 80
	run ! inside grep -iE 'not permitted|emerg|alert' /var/log/nginx/error.log
}

@test "sysv: nginx starts, reloads, restarts after SIGKILL and stops" {
	sysv_nginx
}

@test "sysv: nginx, the same with an audit" {
	audited sysv/nginx
	sysv_nginx
	eventually nothing_denied
}

@test "sysv: nginx reads only its site, and writes only logs and run directory" {
	need nginx start-stop-daemon curl
	site
	inside sh -c 'echo secret >/srv/other; chmod 644 /srv/other'
	inside ln -s ../other /srv/www/other
	inside ln -s /etc/hostname /srv/www/hostname
	inside sed -i -e 's|root /srv/www;|&\n		client_max_body_size 9m;\
		location /put/ { dav_methods PUT; }|' /examples/nginx.conf
	inside install -d -o www-data /srv/www/put
	follow sysv/nginx
	fetch 80 >/dev/null
	local page
	for page in other hostname; do
		run -0 inside curl -s -o /dev/null -w '%{http_code}' \
			"http://127.0.0.1/$page"
		is 403
	done
	run -0 inside curl -s -o /dev/null -w '%{http_code}' -T /etc/hostname \
		http://127.0.0.1/put/file
	is 500
	run -0 inside grep -c '/srv/www/put/file.* failed (13: Permission denied)' \
		/var/log/nginx/error.log
	run -0 inside ls /srv/www/put
	is ''
}

@test "sysv: a fault in policy or configuration is told by start" {
	need nginx start-stop-daemon
	site
	follow sysv/nginx
	inside /etc/init.d/scrun-nginx stop
	inside sed -i 's/^keep = cap/kepe = cap/' /etc/scrun/nginx.ini
	run -125 inside /etc/init.d/scrun-nginx start
	says 'nginx.ini:' kepe
	inside install -m 644 /examples/nginx.ini /etc/scrun/nginx.ini
	inside sh -c 'echo nonsense >>/etc/nginx/scrun.conf'
	run -1 inside /etc/init.d/scrun-nginx start
	says '/etc/nginx/scrun.conf:'
	run -3 inside /etc/init.d/scrun-nginx status
}

# OpenRC: memcached.

memcached_pid() {
	inside pgrep -x memcached
}

# It says its pid to whom asks.
memcached_says() {
	inside python3 -c 'import socket
s = socket.create_connection(("127.0.0.1", 11211), 5)
s.sendall(b"set key 0 0 5\r\nvalue\r\nget key\r\nstats\r\nquit\r\n")
data = b""
while chunk := s.recv(65536):
    data += chunk
assert b"VALUE key 0 5\r\nvalue\r\n" in data
print(data.split(b"STAT pid ")[1].split()[0].decode())'
}

openrc_memcached() {
	need memcached openrc-run supervise-daemon python3 pgrep
	# As if OpenRC had booted.
	inside mkdir -p /run/openrc/{starting,started,stopping,inactive} \
		/run/openrc/{wasinactive,failed,hotplugged,exclusive} \
		/run/openrc/{options,daemons,scheduled,tmp}
	inside touch /run/openrc/softlevel
	follow openrc/memcached
	eventually memcached_says
	local service supervisor
	service=$(memcached_says)
	is_service "$service" /usr/bin/memcached memcache
	run -0 inside rc-service scrun-memcached status
	says started
	supervisor=$(inside cat /run/scrun-memcached.pid)
	run -0 inside cat "/proc/$service/status"
	[[ $(field PPid) == "$supervisor" ]]

	inside rc-service scrun-memcached reload
	sleep 0.3
	[[ $(memcached_says) == "$service" ]]

	denied_only
	inside kill -KILL "$service"
	another() { [[ -n $(memcached_says) && $(memcached_says) != "$service" ]]; }
	eventually another
	service=$(memcached_says)
	is_service "$service" /usr/bin/memcached memcache

	inside rc-service scrun-memcached stop
	eventually gone_inside "$service"
	run -3 inside rc-service scrun-memcached status
	run ! memcached_says
}

@test "OpenRC: memcached starts, reloads, restarts after SIGKILL and stops" {
	openrc_memcached
}

@test "OpenRC: memcached, the same with an audit" {
	audited openrc/memcached
	openrc_memcached
	eventually nothing_denied
}

# runit: python's web server.

runit_http_server() {
	need runsvdir runsv sv svlogd curl
	[[ -x /usr/bin/python3 ]] || skip "there is no /usr/bin/python3 here"
	site
	inside mkdir -p /etc/service /etc/sv
	inside runsvdir -P /etc/service >runsvdir.log 2>&1 &
	follow runit/http-server/run
	eventually fetch 8080
	[[ $(fetch 8080) == "$(seq 1000)" ]]
	local service python
	python=$(realpath /usr/bin/python3)
	service=$(inside cat /etc/service/http-server/supervise/pid)
	is_service "$service" "$python" www-data
	inside ln -s /etc/hostname /srv/www/hostname
	run -0 inside curl -s -o /dev/null -w '%{http_code}' \
		http://127.0.0.1:8080/hostname
	is 404
	run -0 inside sv status /etc/service/http-server
	says "run: /etc/service/http-server: (pid $service)" 'run: log:'
	logged() { inside grep -q 'GET / HTTP' /var/log/http-server/current; }
	eventually logged
	is_service "$(inside cat /etc/service/http-server/log/supervise/pid)" \
		/usr/bin/svlogd daemon

	restarted() {
		[[ $(inside cat /etc/service/http-server/supervise/pid) != "$service" ]] &&
			fetch 8080
	}
	denied_only connect
	inside kill -KILL "$service"
	eventually restarted
	service=$(inside cat /etc/service/http-server/supervise/pid)
	is_service "$service" "$python" www-data
	inside sv hup /etc/service/http-server
	eventually restarted
	service=$(inside cat /etc/service/http-server/supervise/pid)

	inside sv -w 60 stop /etc/service/http-server
	gone_inside "$service"
	run -0 inside sv status /etc/service/http-server
	says 'down: /etc/service/http-server'
	run ! fetch 8080
	inside sv -w 60 start /etc/service/http-server
	eventually fetch 8080
	# runsvdir begins what its directory has anew, as soon as runsv has ended.
	inside rm /etc/service/http-server
	inside sv -w 60 exit /etc/sv/http-server
}

@test "runit: python's web server starts, restarts after SIGKILL and stops" {
	runit_http_server
}

@test "runit: python's web server, the same with an audit" {
	audited runit/http-server/run
	runit_http_server
	# The C library connects datagrams to itself to sort addresses.
	eventually nothing_denied connect
}

# s6: postgresql.

need_postgresql() {
	compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null ||
		skip "there is no postgresql here"
	[[ $(compgen -G '/usr/lib/postgresql/*/bin/postgres' | wc -l) -eq 1 ]] ||
		skip "there is more than one postgresql here"
	postgres=$(compgen -G '/usr/lib/postgresql/*/bin/postgres')
}

as_postgres() {
	inside setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
}

sql() {
	as_postgres psql -h /run/postgresql -AXt -c "$1" postgres
}

s6_postgresql() {
	need s6-svscan s6-supervise s6-notifyoncheck s6-svstat psql
	need_postgresql
	inside mkdir -p /run/service
	inside s6-svscan /run/service >svscan.log 2>&1 &
	until inside test -e /run/service/.s6-svscan/control; do sleep 0.1; done
	follow s6/postgresql/run
	# Ready means that it answers.
	[[ $(sql 'select 1') == 1 ]]
	local service
	service=$(inside s6-svstat -o pid /run/service/postgresql)
	is_service "$service" "$postgres" postgres
	[[ $(inside s6-svstat -o up,ready /run/service/postgresql) == 'true true' ]]
	[[ $(inside head -n 1 /var/lib/postgresql/scrun/postmaster.pid) == "$service" ]]
	logged() { inside grep -q 'ready to accept' /var/log/scrun-postgresql/current; }
	eventually logged

	[[ $(sql 'show work_mem') == 4MB ]]
	inside sh -c "echo work_mem = 5MB >>/var/lib/postgresql/scrun/postgresql.conf"
	inside s6-svc -h /run/service/postgresql
	reloaded() { [[ $(sql 'show work_mem') == 5MB ]]; }
	eventually reloaded
	[[ $(inside s6-svstat -o pid /run/service/postgresql) == "$service" ]]

	# It works, and reaches nothing else, whoever asks.
	if [[ -x ${postgres%/*}/pgbench ]]; then
		as_postgres "${postgres%/*}/pgbench" -h /run/postgresql -q -i postgres
		run -0 as_postgres "${postgres%/*}/pgbench" -h /run/postgresql \
			-c 4 -j 2 -t 100 postgres
		says 'actually processed: 400/400' 'failed transactions: 0'
	fi
	run -1 sql "copy (select 1) to program 'touch /tmp/made'"
	says 'could not execute command'
	run -1 sql "copy (select 1) to '/tmp/made'"
	says 'Permission denied'
	run -1 sql "select pg_read_file('/etc/hostname')"
	says 'Permission denied'
	run ! inside test -e /tmp/made
	[[ $(sql "copy (select 1) to '/var/lib/postgresql/made'") == 'COPY 1' ]]

	denied_only execve
	inside kill -KILL "$service"
	restarted() {
		local pid
		pid=$(inside s6-svstat -o pid /run/service/postgresql)
		[[ $pid -gt 0 && $pid -ne $service ]]
	}
	eventually restarted
	inside s6-svwait -U -t 20000 /run/service/postgresql
	[[ $(sql 'select 1') == 1 ]]
	service=$(inside s6-svstat -o pid /run/service/postgresql)
	is_service "$service" "$postgres" postgres

	inside s6-svc -wD -d -T 20000 /run/service/postgresql
	gone_inside "$service"
	[[ $(inside s6-svstat -o up,ready /run/service/postgresql) == 'false false' ]]
	inside s6-svscanctl -t /run/service
}

@test "s6: postgresql is ready, reloads, restarts after SIGKILL and stops" {
	s6_postgresql
}

@test "s6: postgresql, the same with an audit" {
	audited s6/postgresql/run
	s6_postgresql
	eventually nothing_denied
}

@test "s6: a service that writes to its own descriptor is ready" {
	need s6-supervise s6-svwait
	local audit
	for audit in '' "$denied"; do
		rm -rf service
		mkdir -p service
		echo 3 >service/notification-fd
		printf '%s\n' '[policy]' 'include = service' '[process]' \
			'close_fds = yes' 'keep_fds = 3' 'user = daemon' >notify.ini
		printf '%s\n' '#!/bin/sh' "exec scrun $audit -c /notify.ini \\" \
			" sh -c 'sleep 1; echo >&3; exec 3>&-; exec sleep 100'" >service/run
		chmod 755 service/run
		tar -c service notify.ini | inside tar -x --no-same-owner -C /
		inside s6-supervise /service >supervise.log 2>&1 &
		until inside s6-svok /service; do sleep 0.1; done
		run ! inside s6-svwait -U -t 300 /service
		inside s6-svwait -U -t 10000 /service
		[[ $(inside s6-svstat -o up,ready /service) == 'true true' ]]
		inside s6-svc -wD -d -x -T 10000 /service
	done
}

# systemd: redis.

systemd_line() {
	inside sed -n 's/^ExecStart=//p' /examples/systemd/redis.service
}

systemd_redis() {
	need redis-server redis-cli python3
	need_redis_conf
	inside install -D -m 644 /examples/redis.ini /etc/scrun/redis.ini
	inside python3 - "$1 --enable-protected-configs yes" <"$BATS_TEST_DIRNAME/as-systemd" >notified 2>notify.log &
	notified() { [[ -s notified ]]; }
	eventually notified || { cat notify.log; return 1; }
	local service
	service=$(<notified)
	is_service "$service" "$(realpath /usr/bin/redis-server)" redis
	[[ $(inside redis-cli ping) == PONG ]]
	[[ $(inside redis-cli set key kept) == OK ]]
	[[ $(inside redis-cli save) == OK ]]
	inside test -s /var/lib/redis/dump.rdb
	# Another directory is of no use, though it belongs to the user.
	inside install -d -o redis /srv/redis
	inside redis-cli config set dir /srv/redis
	run inside redis-cli save
	says ERR
	run -0 inside ls /srv/redis
	is ''
	inside redis-cli config set dir /var/lib/redis
	inside kill -TERM "$service"
	ended() { grep -qx 'exit 0' notified; }
	eventually ended
}

@test "systemd: redis tells that it is ready" {
	systemd_redis "$(systemd_line)"
}

@test "systemd: redis, the same with an audit" {
	local line
	line=$(systemd_line)
	systemd_redis "${line/ -c / $denied -c }"
	eventually nothing_denied
}

@test "systemd: the unit is right" {
	need systemd-analyze redis-server
	# All of its commands but the one that needs systemd.
	inside install -m 644 /examples/systemd/redis.service \
		/etc/systemd/system/scrun-redis.service
	run -0 inside systemd-analyze verify --man=no scrun-redis.service
	run ! grep scrun-redis <<<"$output"
}

# Docker: redis. Without Docker, its words and its capabilities.

# docker_words INSTRUCTION: those of its JSON array, quoted for the shell.
docker_words() {
	inside sed -n "s/^$1 //p" /examples/docker/Dockerfile |
		python3 -c 'import json, shlex, sys
print(shlex.join(json.load(sys.stdin)))'
}

docker_redis() {
	need redis-server redis-cli python3 pgrep
	local words capabilities
	words="$(docker_words ENTRYPOINT) $(docker_words CMD)"
	words=${words/ -c / $1 -c }
	capabilities=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid
	capabilities+=,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod
	capabilities+=,+audit_write,+setfcap
	inside install -D -m 644 /examples/redis.ini /etc/scrun/redis.ini
	inside unshare --pid --fork --mount-proc \
		setpriv --bounding-set="$capabilities" sh -c "exec $words" \
		>redis.log 2>&1 &
	local container=$! service
	answers() { [[ $(inside redis-cli ping) == PONG ]]; }
	eventually answers
	service=$(inside pgrep -x redis-server)
	is_service "$service" "$(realpath /usr/bin/redis-server)" redis
	[[ $(field NSpid) == *$'\t1' ]]
	[[ $(inside redis-cli set key kept) == OK ]]
	[[ $(inside redis-cli save) == OK ]]
	inside kill -TERM "$service" # docker stop
	wait "$container"
	run ! grep -i 'not permitted' redis.log
}

@test "Docker: redis is process 1, and stops by SIGTERM" {
	docker_redis ''
}

@test "Docker: redis, the same with an audit" {
	docker_redis "$denied"
}

# cron: a backup of redis.

@test "cron: redis is saved" {
	need cron redis-server redis-cli
	need_redis_conf
	inside sh -c "cd /; exec $(sed -n 's/^; scrun/scrun/p' "$EXAMPLES/redis.ini")" \
		>redis.log 2>&1 &
	answers() { [[ $(inside redis-cli ping) == PONG ]]; }
	eventually answers
	follow cron/redis-backup
	# At once instead of at night.
	inside sed -i 's/^15 3 \* \* \*/@reboot/' /etc/cron.d/redis-backup
	inside cron -f >cron.log 2>&1 &
	saved() { inside grep -q '^scrun: audit of redis-cli' /var/log/redis-backup.denied; }
	eventually saved
	[[ $(inside head -c 5 /var/backups/redis/dump.rdb) == REDIS ]]
	[[ $(inside stat -c '%U %a' /var/backups/redis/dump.rdb) == 'redis 600' ]]
	run ! inside grep '^scrun: denied' /var/log/redis-backup.denied
}

# first_line POLICY: the command that it begins with.
first_line() {
	sed -n '1s/^; //p' "$EXAMPLES/$1.ini"
}

@test "each policy's first line is the service, under a supervisor of choice" {
	need runsv nginx redis-server memcached
	need_postgresql
	need_redis_conf
	site
	inside install -m 644 /examples/nginx.conf /etc/nginx/scrun.conf
	inside install -d -o www-data /run/nginx
	inside install -d -o postgres -m 2775 /run/postgresql
	inside sh -c "cd / && $(first_line initdb)" >initdb.log 2>&1
	local name program user capabilities
	while read -r name user program capabilities; do
		mkdir -p "sv/$name"
		printf '%s\n' '#!/bin/sh' 'exec 2>&1' 'cd /' \
			"exec $(first_line "$name")" >"sv/$name/run"
		chmod 755 "sv/$name/run"
		tar -c sv | inside tar -x --no-same-owner -C /
		inside runsv "/sv/$name" >"$name.log" 2>&1 </dev/null &
		runs() {
			[[ $(inside readlink "/proc/$(inside cat "/sv/$name/supervise/pid")/exe") == "$program" ]]
		}
		eventually runs || { cat "$name.log"; return 1; }
		sleep 1
		is_service "$(inside cat "/sv/$name/supervise/pid")" "$program" \
			"$user" "${capabilities:-0000000000000000}"
		inside sv -w 60 exit "/sv/$name"
	done <<-END
		nginx www-data /usr/sbin/nginx 0000000000000400
		redis redis $(realpath /usr/bin/redis-server)
		memcached memcache /usr/bin/memcached
		http-server www-data $(realpath /usr/bin/python3)
		postgresql postgres $postgres
	END
}
