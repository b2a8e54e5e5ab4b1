#!/usr/bin/env bats
# scrun --learn on real programs: learned on one workload, held to it on another
# of the same kind, and stopped at what is something else.

# shellcheck disable=SC2030,SC2031,SC2154 # variables of common and services

load common
load services

# learn FILE COMMAND...
learn() {
	local file=$1
	shift
	timeout -k 5 60 "$SCRUN" -q --learn="$file" "$@"
}

# obeys FILE COMMAND...: and all works.
obeys() {
	local file=$1
	shift
	run -0 timeout -k 5 60 "$SCRUN" -c "$file" "$@"
}

# The python that is no script which looks for one.
need_python() {
	need python3
	python=$(python3 -c 'import sys; print(sys.executable)')
}

# A server of the files in www, on $port.
serve() {
	need_python
	port=$(free_port)
	mkdir -p www
	seq 100 >www/small
	seq 300000 >www/large
	(cd www && exec "$python" -m http.server "$port" --bind 127.0.0.1 \
		>/dev/null 2>&1 3>&-) &
	service=$!
	eventually curl -sf "http://127.0.0.1:$port/small"
}

@test "curl fetches another file, and nothing from another port" {
	need curl
	serve
	learn curl.ini curl -sf -o out "http://127.0.0.1:$port/small"
	cmp out www/small
	obeys curl.ini curl -sf -o other "http://127.0.0.1:$port/large"
	cmp other www/large
	need_landlock 4
	run -7 "$SCRUN" -c curl.ini curl -sf "http://127.0.0.1:$((port + 1))/"
	run ! "$SCRUN" -c curl.ini curl -sf file:///etc/group
	[[ $output != *root* ]]
}

@test "git commits other files, and starts no shell" {
	need git
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a
	export GIT_COMMITTER_EMAIL=a@b
	git init -q work
	cd work
	echo one >first
	git add first
	learn ../git.ini git commit -q -m one
	echo two >>first
	mkdir sub
	echo three >sub/second
	git add .
	obeys ../git.ini git commit -q -m two
	[[ $(git log --oneline | wc -l) -eq 2 ]]
	run ! "$SCRUN" -c ../git.ini git -c alias.x='!echo shell' x
	[[ $output != *$'\n'shell* && $output != shell* ]]
}

@test "python3 works on other data, and spawns and connects nothing" {
	need_python
	cat >sum.py <<-'EOF'
		import json, sys
		values = json.load(open(sys.argv[1]))
		json.dump({"sum": sum(values)}, open(sys.argv[2], "w"))
	EOF
	echo '[1, 2]' >one.json
	"$python" -c 'print(list(range(100000)))' >two.json
	mkdir out
	learn python.ini "$python" sum.py one.json out/one
	obeys python.ini "$python" sum.py one.json out/again
	grep -q 3 out/again
	for code in 'os.system("echo shell") and sys.exit(1)' \
		'os.execv("/bin/echo", ["echo", "shell"])' \
		'socket.socket(socket.AF_INET)' \
		'socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)'; do
		echo "import os, sys, socket; $code" >sum.py
		run ! "$SCRUN" -c python.ini "$python" sum.py
		[[ $output != shell* ]]
	done
}

@test "sqlite3 makes other tables, and runs no shell" {
	need sqlite3
	learn sqlite.ini sqlite3 a.db \
		'create table t(x); insert into t values(1),(2); select sum(x) from t;'
	obeys sqlite.ini sqlite3 b.db 'create table u(y, z);
		with recursive n(i) as (select 1 union all select i + 1 from n where i < 500)
		insert into u select i, hex(randomblob(20)) from n;
		create index i on u(z); select count(*) from u; vacuum;'
	is 500
	run "$SCRUN" -c sqlite.ini sqlite3 a.db '.shell echo shell >shell'
	[[ ! -e shell ]]
	run ! "$SCRUN" -c sqlite.ini sqlite3 /var/tmp/scrun-test.db 'create table t(x);'
	[[ ! -e /var/tmp/scrun-test.db ]]
}

@test "gcc compiles another program, and reaches no network" {
	need gcc
	export TMPDIR=$PWD/tmp
	mkdir tmp
	echo 'int main(void) { return 0; }' >a.c
	printf '%s\n' '#include <stdio.h>' '#include <stdlib.h>' \
		'int main(int argc, char **argv)' \
		'{ return printf("%d\n", atoi(argv[argc - 1]) * 2) < 0; }' >b.c
	learn gcc.ini gcc -O1 -o a a.c
	obeys gcc.ini gcc -O2 -Wall -g -o b b.c
	[[ $(./b 21) -eq 42 ]]
	run -1 grep -F socket gcc.ini
	need_landlock 3
	run ! "$SCRUN" -c gcc.ini gcc -wrapper env,sh -o c b.c
}

nginx_run() {
	"$SCRUN" "$@" nginx -e "$PWD/error.log" -c "$PWD/nginx.conf" \
		-g 'daemon off;' 2>start.log 3>&- &
	service=$!
	eventually fetch
}

@test "nginx serves other files and reloads, and runs nothing else" {
	need nginx curl python3 pgrep
	nginx_conf
	seq 7 >www/other.html
	# The directory is that of the example's user, and no place for root's.
	mkdir policies
	nginx_run --learn=policies/nginx.ini
	kill -HUP "$service"
	sleep 0.5
	eventually fetch
	kill -QUIT "$service"
	wait "$service"
	nginx_run -c policies/nginx.ini
	[[ $(curl -sf "http://127.0.0.1:$port/other.html") == "$(seq 7)" ]]
	[[ $(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/none") -eq 404 ]]
	run -0 curl -s --max-time 60 -o /dev/null -w '%{http_code}\n' \
		"http://127.0.0.1:$port/?[1-200]"
	[[ $(sort <<<"$output" | uniq -c | xargs) == "200 200" ]]
	old=$(workers)
	kill -HUP "$service"
	new_workers() { [[ $(workers) != *"${old%%$'\n'*}"* ]]; }
	eventually new_workers
	eventually fetch
	kill -QUIT "$service"
	wait "$service"
	service=
	run ! grep -iE 'not permitted|denied|emerg|alert|exited on signal' \
		error.log start.log
	run ! "$SCRUN" -c policies/nginx.ini sh -c 'echo shell'
	[[ $output != *$'\n'shell* && $output != shell* ]]
}

redis_run() {
	"$SCRUN" "$@" redis-server --port "$port" --bind 127.0.0.1 \
		--dir "$PWD" --appendonly yes >redis.log 2>redis.err 3>&- &
	service=$!
	eventually answers
}

@test "redis serves other commands and saves, under what it was learned with" {
	need redis-server redis-cli redis-benchmark python3
	port=$(free_port)
	redis_run --learn=redis.ini
	redis set key value
	redis bgsave
	saved() { redis info persistence | grep -q 'rdb_bgsave_in_progress:0' && test -e dump.rdb; }
	eventually saved
	redis shutdown || true
	wait "$service"
	rm -f dump.rdb
	redis_run -c redis.ini
	run -0 redis get key
	is value
	run -0 timeout 60 redis-benchmark -p "$port" -n 1000 -q -t set,get,lpush,zadd
	run -0 redis config set maxmemory 100mb
	redis bgsave
	eventually saved
	redis shutdown || true
	wait "$service"
	service=
	run ! grep -iE 'not permitted|denied' redis.log redis.err
}

# The directory of the newest PostgreSQL.
need_postgres() {
	local directory
	postgres=
	for directory in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
		[[ -x $directory/initdb ]] && postgres=$directory
	done
	[[ -n $postgres ]] || skip "there is no PostgreSQL here"
}

# It does not run for root: what is put before its commands.
owner() {
	as_owner=()
	[[ $(id -u) -ne 0 ]] ||
		as_owner=(setpriv "--reuid=$OTHER" "--regid=$OTHER" --clear-groups)
}

psql_ask() {
	"${as_owner[@]}" "$postgres/psql" -h "$PWD/db" -U me -d postgres -XAtqc "$1"
}

# postgres_run OPTION...
postgres_run() {
	"${as_owner[@]}" "$SCRUN" "$@" "$postgres/postgres" -D "$PWD/db/data" \
		-c listen_addresses= -c unix_socket_directories="$PWD/db" \
		>db.log 2>&1 3>&- &
	service=$!
	eventually psql_ask 'select 1'
}

postgres_stop() {
	"${as_owner[@]}" timeout 30 "$postgres/pg_ctl" -D "$PWD/db/data" -m fast -w stop
	wait "$service"
	service=
}

@test "postgres answers other queries, under what it was learned with" {
	need_postgres
	need setpriv pgrep
	owner
	mkdir db learned
	if [[ $(id -u) -eq 0 ]]; then
		open_directory
		chown "$OTHER" db learned
	fi
	"${as_owner[@]}" "$postgres/initdb" -D "$PWD/db/data" -U me -A trust >init.log 2>&1 ||
		skip "initdb does not run here"
	postgres_run --learn="$PWD/learned/pg.ini"
	psql_ask 'create table t(x int); insert into t select generate_series(1, 1000)'
	psql_ask 'create index on t(x); analyze t; create table gone as select 1'
	psql_ask 'drop table gone'
	psql_ask 'vacuum t'
	psql_ask checkpoint
	postgres_stop
	postgres_run -c "$PWD/learned/pg.ini"
	psql_ask 'create table u as select x, md5(x::text) as m from t'
	[[ $(psql_ask 'select count(distinct m) from u') -eq 1000 ]]
	psql_ask 'create index on u(m); analyze u; drop table t'
	psql_ask 'vacuum u'
	psql_ask checkpoint
	# A shell is what it was not seen to start.
	run ! psql_ask "copy u to program 'cat >$PWD/db/leaked'"
	[[ ! -e db/leaked ]]
	postgres_stop
	run ! grep -iE 'not permitted' db.log
}
