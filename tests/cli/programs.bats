#!/usr/bin/env bats
# Programs that people use do under a built-in policy what they do without.

# shellcheck disable=SC2016 # text for inner shells and for awk

load common

setup() {
	begin
	mkdir home
	export HOME=$PWD/home TMPDIR=$PWD TZ=UTC
	unset "${!GIT_@}" PYTHONPATH PYTHONHOME
}

teardown() {
	stop_server || true
}

# same COMMAND...: output and status under the default policy are as without.
same() {
	local bare bare_status
	run timeout 60 "$@"
	bare=$output
	bare_status=$status
	run timeout 60 "$SCRUN" "$@"
	[[ $output == "$bare" && $status -eq $bare_status ]] && return 0
	printf 'without scrun: %s\n%s\n   with scrun: %s\n%s\n' \
		"$bare_status" "$bare" "$status" "$output"
	return 1
}

# ---- default --------------------------------------------------------------

@test "default: ls, sort, tar, grep, sed, awk, find" {
	local i
	mkdir tree
	for i in {1..30}; do
		echo "line $((i * 7919 % 31))" >"tree/file $i"
	done
	ln -s 'file 1' tree/link
	mkfifo tree/fifo
	same ls -la tree
	[[ ${#lines[@]} -gt 30 ]]
	same sh -c 'cat tree/file* | sort -n -k2 --parallel=2'
	[[ ${#lines[@]} -eq 30 ]]
	same sh -c 'tar -cf - tree | tar -tvf -'
	[[ ${#lines[@]} -eq 33 ]]
	run -0 "$SCRUN" sh -c 'tar -czf tree.tar.gz tree && mkdir out &&
		tar -xzpf tree.tar.gz -C out'
	run -0 diff -r --exclude=fifo tree out/tree
	same grep -rc line tree
	same find tree -name 'file*' -newermt 2000-01-01 -printf '%p %s\n'
	same awk '{ sum += $2 } END { print sum }' tree/file*
	same ls no-such-file
	[[ $status -eq 2 ]]
}

@test "default: bash, with pipes, subshells, traps and background jobs" {
	cat >script <<-'END'
		set -o pipefail
		trap 'echo trapped' USR1
		kill -USR1 $$
		seq 100 | (while read -r n; do echo $((n * n)); done) | tail -n 1
		sleep 0 & wait $! && echo waited
		(exit 3); echo $?
		cat <<<here <(echo there)
		sh -c 'kill -TERM $$'; echo $?
		coproc cat; echo through >&"${COPROC[1]}"
		read -r line <&"${COPROC[0]}"; echo "$line"
		umask; ulimit -n >/dev/null && echo limits
		mkdir a && cd a && touch b && mv b c && ln c d && rm c && ls -l d | cut -c1-10
		exec >file; echo written; exec >&2; cat file
	END
	same bash -c 'rm -rf a; bash script'
	[[ $status -eq 0 ]]
	says trapped 10000 waited written through 143
}

@test "default: python3, with threads, processes, sqlite and sockets" {
	need python3
	python3 -c 'import multiprocessing; multiprocessing.Lock()' ||
		skip "no shared memory here"
	cat >program.py <<-'END'
		import asyncio, concurrent.futures, hashlib, multiprocessing, os
		import socket, sqlite3, ssl, subprocess, sys, tempfile, threading

		def square(n):
		    return n * n

		async def pipe():
		    process = await asyncio.create_subprocess_exec(
		        "cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		    return (await process.communicate(b"asyncio"))[0]

		if __name__ == "__main__":
		    with concurrent.futures.ThreadPoolExecutor(8) as pool:
		        print(sum(pool.map(square, range(1000))))
		    with multiprocessing.Pool(2) as pool:
		        print(sum(pool.map(square, range(100))))
		    print(subprocess.run(["echo", "subprocess"], check=True,
		                         capture_output=True).stdout)
		    print(asyncio.run(pipe()))
		    with tempfile.TemporaryDirectory() as directory:
		        base = sqlite3.connect(os.path.join(directory, "base"))
		        base.execute("create table t (n integer)")
		        base.executemany("insert into t values (?)",
		                         [(i,) for i in range(100)])
		        base.commit()
		        print(base.execute("select sum(n) from t").fetchone())
		        base.close()
		    a, b = socket.socketpair()
		    a.sendall(b"socket")
		    print(b.recv(100), hashlib.sha256(b"x").hexdigest())
		    print(socket.getaddrinfo("127.0.0.1", 80)[0][4])
		    sys.exit(7)
	END
	same python3 program.py
	[[ $status -eq 7 ]]
	says 332833500 328350 "b'subprocess" "b'asyncio'" '(4950,)' "b'socket'"
}

@test "default: git makes, commits to, clones and reads a repository" {
	need git
	cat >script <<-'END'
		set -e
		export GIT_AUTHOR_DATE='2001-02-03T04:05:06Z'
		export GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
		git config --global user.name Name
		git config --global user.email name@example.org
		git config --global init.defaultBranch main
		git init -q repository
		cd repository
		seq 1000 >file
		git add file
		git commit -q -m first
		sed -i s/500/changed/ file
		git commit -q -a -m second
		git repack -q -a -d
		git clone -q --no-local . ../clone
		cd ../clone
		git log --stat
		git fsck --strict
		git diff HEAD~
		git status
	END
	same sh -c 'rm -rf home repository clone; mkdir home; sh script 2>&1'
	[[ $status -eq 0 ]]
	says second '+changed' 'nothing to commit'
}

@test "default: gcc compiles, links and runs a program" {
	need gcc
	cat >hello.c <<-'END'
		#include <stdio.h>
		#include <math.h>
		int main(int argc, char **argv)
		{
			printf("hello %s %.3f\n", argv[argc - 1], sqrt(argc));
			return 5;
		}
	END
	same sh -c 'gcc -O2 -Wall -pipe -o hello hello.c -lm && ./hello world'
	[[ $status -eq 5 ]]
	says 'hello world 1.414'
	same sh -c 'gcc -c hello.c -o hello.o && ar rcs libhello.a hello.o &&
		gcc -g -o hello libhello.a -lm && ./hello again'
	[[ $status -eq 5 ]]
	same gcc -c no-such.c
	[[ $status -eq 1 ]]
}

@test "default: make runs jobs in parallel" {
	need make
	printf 'all: a b c\na b c:\n\t@echo $@ >$@.out; cat $@.out\n' >Makefile
	same make -s -j1
	says a b c
	run -0 "$SCRUN" make -s -j3
}

@test "default: perl" {
	need perl
	same perl -e 'use POSIX; my $pid = fork(); exit 3 if !$pid;
		waitpid($pid, 0); print $? >> 8, "\n"; print `echo shell`;
		opendir(D, "."); print join(" ", sort readdir(D)), "\n"'
	says 3 shell home
}

@test "default: curl reads a file" {
	need curl
	seq 10000 >file
	same curl -sS "file://$PWD/file"
	[[ ${#lines[@]} -eq 10000 ]]
	same curl -sS "file://$PWD/no-such"
	[[ $status -eq 37 ]]
}

# serve [SCRUN...]: a web server, on a port of 127.0.0.1 that was free; its
# address is in $address.
serve() {
	local port
	mkdir -p served
	seq 10000 >served/file
	cat >server.py <<-'END'
		import functools, http.server, os, sys
		handler = functools.partial(http.server.SimpleHTTPRequestHandler,
		                            directory="served")
		server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
		print(server.server_address[1], flush=True)
		server.serve_forever()
	END
	mkfifo port
	# A server that fails closes the FIFO: the read ends either way.
	"$@" python3 server.py >port 2>log 3>&- &
	server=$!
	read -r port <"$PWD/port"
	rm port
	address=http://127.0.0.1:$port
}

# Its status is the server's.
stop_server() {
	local pid=${server-}
	unset server
	[[ -n $pid ]] || return 0
	kill "$pid" && wait "$pid"
}

@test "default: curl talks to a web server" {
	need curl python3
	serve
	same curl -sS -m 20 --noproxy '*' "$address/file"
	[[ ${#lines[@]} -eq 10000 ]]
	same curl -sS -m 20 --noproxy '*' -o /dev/null -w '%{http_code}' \
		"$address/no-such"
	is 404
}

@test "default and service: a web server serves" {
	local policy
	need curl python3
	for policy in default service; do
		serve "$SCRUN" -c $policy
		run -0 curl -sS -m 20 --noproxy '*' "$address/file" "$address/file"
		[[ ${#lines[@]} -eq 20000 ]]
		stop_server || [[ $? -eq 143 ]]
	done
}

@test "a server's pid is the one that was started, and signals reach it" {
	local status=0
	need python3
	serve "$SCRUN"
	run -0 tr '\0' ' ' <"/proc/$server/cmdline"
	is 'python3 server.py '
	stop_server || status=$?
	[[ $status -eq 143 ]]
}

# ---- strict ---------------------------------------------------------------

@test "strict: a small static program" {
	need gcc
	printf '#include <stdio.h>\nint main(void) { puts("hello"); return 5; }\n' \
		>hello.c
	gcc -static -o hello hello.c 2>/dev/null || skip "no static libc here"
	run -5 "$SCRUN" -c strict ./hello
	is hello
}

@test "strict: small dynamic programs" {
	seq 10 >file
	run -0 "$SCRUN" -c strict cat file
	[[ ${#lines[@]} -eq 10 ]]
	run -0 "$SCRUN" -c strict sort -rn file
	[[ ${lines[0]} == 10 ]]
	run -0 "$SCRUN" -c strict sh -c 'echo shell $((6 * 7))'
	is 'shell 42'
	run -0 "$SCRUN" -c strict ls -l file
	run -0 "$SCRUN" -c strict "$TRY" getpid
	[[ $output =~ ^[0-9]+$ ]]
}

@test "strict: no file is written, no process started, no network used" {
	run ! "$SCRUN" -c strict touch ran
	run ! "$SCRUN" -c strict sh -c 'echo text >ran'
	run ! "$SCRUN" -c strict sh -c 'ls; echo $?'
	run -0 "$SCRUN" -c strict "$TRY" socket 2 1 0
	is EPERM
	run -0 "$SCRUN" -c strict "$TRY" execve 0 0 0
	is EPERM
	[[ ! -e ran ]]
}
