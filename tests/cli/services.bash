# Loaded by the files that run real services on 127.0.0.1, after common.

# shellcheck shell=bash

EXAMPLES=$BATS_TEST_DIRNAME/../../examples
export EXAMPLES

teardown() {
	# One that has left its parent may not be known yet.
	if [[ -s $BATS_TEST_TMPDIR/nginx.pid ]]; then
		service=$(<"$BATS_TEST_TMPDIR/nginx.pid")
	fi
	if [[ -n ${service-} ]]; then
		kill -STOP "$service" 2>/dev/null || true # starts no more
		pkill -KILL -P "$service" || true
		kill -KILL "$service" 2>/dev/null || true
		wait "$service" 2>/dev/null || true
	fi
}

# A port that nobody listens on at the moment.
free_port() {
	python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# example NAME: its policy as NAME.ini, for a port and files of this test; the
# user stays where root can become it, and gets the directory. What needs more
# than the kernel has is left out.
example() {
	local user drop=none
	port=$(free_port)
	user=$(sed -n 's/^user *= *//p' "$EXAMPLES/$1.ini")
	if [[ $(id -u) -eq 0 ]]; then
		chown "$user" .
		open_directory
		user=
	fi
	has_landlock 4 || drop='paths|network'
	awk -v drop="$drop" '/^\[/ { dropped = $0 ~ drop } !dropped' \
		"$EXAMPLES/$1.ini" | sed -E \
		-e "s#/(srv/www|run/$1|var/(lib|log)/$1)( |\$)#$PWD #g" \
		-e "s#^chdir *=.*#chdir = $PWD#" -e "s#^bind *=.*#bind = $port#" \
		-e "${user:+/^user /d}" -e 's/= cap_/= ?cap_/' >"$1.ini"
}

# The service ends, and not well.
fails() {
	eventually gone "$service"
	! wait "$service"
}

nginx_conf() {
	mkdir -p www
	seq 1000 >www/index.html
	example nginx
	cat >nginx.conf <<-EOF
		worker_processes 2;
		error_log $PWD/error.log;
		pid $PWD/nginx.pid;
		events { worker_connections 128; }
		http {
			access_log $PWD/access.log;
			client_body_temp_path $PWD/body;
			proxy_temp_path $PWD/proxy;
			fastcgi_temp_path $PWD/fastcgi;
			uwsgi_temp_path $PWD/uwsgi;
			scgi_temp_path $PWD/scgi;
			sendfile on;
			server {
				listen 127.0.0.1:$port;
				root $PWD/www;
			}
		}
	EOF
}

# start_nginx POLICY [OPTION]...: with these options of scrun.
start_nginx() {
	"$SCRUN" -c "$@" nginx -e "$PWD/error.log" -c "$PWD/nginx.conf" \
		-g 'daemon off;' 2>start.log 3>&- &
	service=$!
}

fetch() {
	curl -sf --max-time 5 "http://127.0.0.1:$port/"
}

workers() {
	pgrep -P "$service" | sort
}

# start_redis POLICY [OPTION]...
start_redis() {
	: "${port:=$(free_port)}"
	"$SCRUN" -c "$@" redis-server --port "$port" --bind 127.0.0.1 \
		--dir "$PWD" --appendonly yes >redis.log 2>&1 3>&- &
	service=$!
}

redis() {
	redis-cli -p "$port" "$@"
}

answers() {
	[[ $(redis ping) == PONG ]]
}
