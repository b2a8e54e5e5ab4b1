#!/usr/bin/env bats
# The examples as they are, with the real supervisors: each test is a machine
# of its own (machine.bash), in which the commands are done that the example
# begins with.

# shellcheck disable=SC2154,SC2317 # `run` sets some, `eventually` calls some

load common
load machine

denied='--audit=denied -o /tmp/denied'

# audited EXAMPLE: with --audit=denied.
audited() {
	inside sed -i "s|^audit=.*|audit='$denied'|" "/examples/$1"
	run -0 inside grep -c "^audit='$denied'" "/examples/$1"
}

# nothing_denied [BUT]: the auditor was there, and this alone was denied; but
# for clone3, which libc only tries.
nothing_denied() {
	inside grep -q '^scrun: audit of' /tmp/denied
	run inside grep '^scrun: denied' /tmp/denied
	run grep -vE "^scrun: denied (clone3\\(.*: ENOSYS ${1+|$1})" <<<"$output"
	is ''
}

# is_service PID PROGRAM USER [CAPABILITIES]: the process is the program itself,
# under a filter, with these capabilities in each set.
is_service() {
	run -0 inside readlink "/proc/$1/exe"
	is "$2"
	run -0 inside cat "/proc/$1/status"
	[[ $(field Seccomp) == 2 && $(field NoNewPrivs) == 1 ]]
	local set id
	id=$(id -u "$3")
	[[ $(field Uid) == "$id"$'\t'"$id"$'\t'"$id"$'\t'"$id" ]]
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		[[ $(field $set) == "${4-0000000000000000}" ]]
	done
}

fetch() {
	inside curl -sf --max-time 5 "http://127.0.0.1:$1/"
}

site() {
	inside install -d /srv/www
	inside sh -c 'seq 1000 >/srv/www/index.html'
}

gone_inside() {
	! inside kill -0 "$1"
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
	fetch 80

	inside kill -KILL "$service"
	eventually gone_inside "$service"
	run -1 inside /etc/init.d/scrun-nginx status
	inside /etc/init.d/scrun-nginx start
	[[ $(nginx_pid) != "$service" ]]
	fetch 80
	inside /etc/init.d/scrun-nginx restart
	fetch 80

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
