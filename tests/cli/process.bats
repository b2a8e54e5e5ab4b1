#!/usr/bin/env bats
# [process]: user, directory, streams and the like of the command.

# shellcheck disable=SC2016 # text for inner shells

load common

# process LINE...: policy.ini with these under [process].
process() {
	printf '%s\n' '[syscalls]' 'default = allow' '[process]' "$@" \
		>policy.ini
}

# says_under TEXT COMMAND...: what the command prints under policy.ini.
says_under() {
	local expected=$1
	shift
	run -0 "$SCRUN" -c policy.ini "$@"
	is "$expected"
}

# ---- user, group, groups --------------------------------------------------

@test "user gives the ids of the user, and its groups" {
	need_root
	process 'user = www-data'
	says_under "$(id www-data)" id
	says_under '33 33 33 33' sh -c 'sed -n "s/^Uid:[[:space:]]*//p" \
		/proc/self/status | xargs'
	process 'user = 33'
	says_under "$(id www-data)" id
}

@test "group and groups replace what the user has" {
	need_root
	process 'user = www-data' 'group = daemon'
	run -0 "$SCRUN" -c policy.ini id -g
	is 1
	process 'user = www-data' 'groups = adm 4242' 'group = 7'
	says_under '7 4 4242' id -G
	process 'group = 7'
	says_under '0 7' sh -c 'echo $(id -u) $(id -G)'
	process 'user = www-data' 'groups ='
	says_under '33' sh -c 'id -G'
	"$SCRUN" --dump=ini -c policy.ini >dumped.ini
	grep -qx 'groups =' dumped.ini
}

@test "to stay oneself takes no capability" {
	need_root
	need setpriv
	as_other test -x "$SCRUN" || skip "another user cannot reach the build"
	open_directory
	process "user = $OTHER" "group = $OTHER"
	run -0 setpriv --reuid="$OTHER" --regid="$OTHER" --clear-groups \
		"$SCRUN" -c policy.ini id -u
	is "$OTHER"
	run -0 setpriv --reuid="$OTHER" --regid="$OTHER" --groups="$OTHER" \
		"$SCRUN" -c policy.ini "$SCRUN" -c policy.ini id -G
	is "$OTHER"
	run -125 setpriv --reuid="$OTHER" --regid="$OTHER" --groups=4 \
		"$SCRUN" -c policy.ini true
	says "cannot become '$OTHER': it takes"
}

@test "a user by number needs no entry if a group is given" {
	need_root
	process 'user = 4242' 'group = 4243'
	says_under '4242 4243' sh -c 'echo $(id -u) $(id -G)'
	process 'user = 4242'
	refuses 125 'policy.ini:4: user 4242 is not in /etc/passwd, so its' \
		-c policy.ini touch ran
}

@test "capabilities are kept across the change of the user" {
	need_root
	process 'user = www-data'
	printf '%s\n' '[capabilities]' 'keep = cap_net_bind_service' \
		>>policy.ini
	run -0 "$SCRUN" -c policy.ini cat /proc/self/status
	local set
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		[[ $(field $set) == 0000000000000400 ]]
	done
	process 'user = www-data'
	run -0 "$SCRUN" -c policy.ini cat /proc/self/status
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		[[ $(field $set) == 0000000000000000 ]]
	done
}

@test "what makes libc load or write files is taken from another user" {
	need_root
	process 'user = www-data'
	run -0 env -i LD_BIND_NOW= LD_PRELOAD= TMPDIR=/x TZDIR=/x KEPT=1 \
		"$SCRUN" -c policy.ini /usr/bin/env
	is KEPT=1
	printf '%s\n' '[environment]' 'set = TMPDIR=/mine' >>policy.ini
	run -0 env TMPDIR=/x "$SCRUN" -c policy.ini env
	says TMPDIR=/mine
}

@test "a command of another user is audited" {
	need_root
	as_other test -x "$TRY" || skip "another user cannot reach the build"
	local mode
	process 'user = www-data'
	printf '[syscalls]\ndeny = mkdirat mkdir\n' >>policy.ini
	for mode in calls trace denied; do
		run -0 "$SCRUN" -q -c policy.ini --audit=$mode -o report \
			"$TRY" mkdirat -1 /no/x 0
		is EPERM
		eventually grep -q '^scrun: denied mkdirat(-1, "/no/x"' report
	done
	run ! "$SCRUN" -q -c policy.ini --audit -o report cat /etc/shadow
	grep -q '^scrun: refused .*/etc/shadow: owner root' report
}

@test "125 when there is no such user or group" {
	process 'user = nosuchuser' 'group = nosuchgroup' 'groups = nosuchtoo'
	refuses 125 "policy.ini:5: no group 'nosuchgroup' in /etc/group" \
		-c policy.ini touch ran
	process 'user = nosuchuser'
	refuses 125 "policy.ini:4: no user 'nosuchuser' in /etc/passwd" \
		-c policy.ini touch ran
	process 'groups = nosuchtoo'
	refuses 125 "policy.ini:4: no group 'nosuchtoo' in /etc/group" \
		-c policy.ini touch ran
}

@test "125 when an ordinary user is to become another" {
	need_user
	process 'user = root'
	refuses 125 "policy.ini:4: cannot become 'root': it takes cap_setuid" \
		-c policy.ini touch ran
}

# ---- root -----------------------------------------------------------------

# jail FILE...: a directory with these static programs.
jail() {
	need_root
	need_static "$TRY"
	mkdir -p jail/bin jail/srv
	cp "$@" jail/bin
}

@test "root is where the command and all paths of the policy are looked for" {
	jail "$TRY"
	process "root = $PWD/jail" 'chdir = /srv' 'user = www-data' \
		'stdout = /srv/out'
	echo '[environment]' >>policy.ini
	echo 'set = PATH=/bin' >>policy.ini
	run -0 "$SCRUN" -c policy.ini try faccessat -100 /bin/try 1
	[[ $(<jail/srv/out) == 0 ]]
	run -0 "$SCRUN" -c policy.ini ../bin/try faccessat -100 /etc/passwd 0
	[[ $(<jail/srv/out) == ENOENT ]]
	run -0 "$SCRUN" -c policy.ini try getuid
	[[ $(<jail/srv/out) == 33 ]]
	run -127 "$SCRUN" -c policy.ini cat
	process "root = $PWD/jail"
	says_under 0 /bin/try faccessat -100 srv 0
}

@test "the command cannot leave its root, and is audited in it" {
	jail "$TRY"
	local mode
	process "root = $PWD/jail"
	says_under EPERM /bin/try chroot /
	printf '[syscalls]\ndeny = mkdirat mkdir\n' >>policy.ini
	for mode in calls trace denied; do
		run -0 "$SCRUN" -q -c policy.ini --audit=$mode -o "$PWD/report" \
			/bin/try mkdirat -1 /no/x 0
		is EPERM
		eventually grep -q '^scrun: denied mkdirat(-1, "/no/x"' report
	done
}

@test "125 when there is no such root, or it may not be entered" {
	process 'root = /nosuch'
	refuses 125 "policy.ini:4: cannot enter '/nosuch': No such file" \
		-c policy.ini touch ran
	need_user
	process 'root = /'
	refuses 125 "policy.ini:4: cannot enter '/': it takes cap_sys_chroot" \
		-c policy.ini touch ran
}

# ---- directory, umask, priority -------------------------------------------

@test "chdir is where the command runs, and is looked for" {
	mkdir here
	printf '#!/bin/sh\npwd\n' >here/program
	chmod +x here/program
	process "chdir = $PWD/here"
	says_under "$PWD/here" pwd
	says_under "$PWD/here" ./program
}

@test "umask, nice and oom_score_adj are set" {
	process 'umask = 027' 'nice = 19' 'oom_score_adj = 321'
	says_under '0027 19 321' sh -c \
		'echo $(umask) $(nice) $(cat /proc/self/oom_score_adj)'
	process 'oom_score_adj = 0400' # decimal, to the kernel as well
	says_under 400 cat /proc/self/oom_score_adj
}

@test "125 when a priority may not be had" {
	need_user
	process 'nice = -5'
	refuses 125 'policy.ini:4: cannot set nice to -5' \
		-c policy.ini touch ran
}

# ---- streams, descriptors, session ----------------------------------------

@test "stdin, stdout and stderr are files" {
	echo input >in
	echo old >log
	process "stdin = $PWD/in" "stdout = $PWD/out" "stderr = append:$PWD/log"
	says_under '' sh -c 'cat; echo error >&2'
	[[ $(<out) == input && $(<log) == $'old\nerror' ]]
	says_under '' sh -c 'echo again'
	[[ $(<out) == again ]]
	process 'stdin = null' 'stdout = null' 'stderr = null'
	says_under '' sh -c 'cat; echo lost; echo lost >&2'
}

@test "stdout and stderr of one file do not write over each other" {
	process "stdout = $PWD/log" "stderr = $PWD/log"
	says_under '' sh -c 'echo output; echo error >&2; echo more'
	[[ $(<log) == $'output\nerror\nmore' ]]
}

@test "umask is that of the streams' files, and not of the report" {
	umask 022
	process 'umask = 077' "stdout = $PWD/out"
	run -0 "$SCRUN" -q -c policy.ini --audit -o report echo x
	[[ $(stat -c %a out report | xargs) == '600 644' ]]
}

@test "what goes wrong is said on scrun's own standard error" {
	process 'stderr = null' "stdout = $PWD/out"
	printf '#!%s/nosuch\n' "$PWD" >script
	chmod +x script
	run -127 "$SCRUN" -c policy.ini ./script
	says "'./script' needs '$PWD/nosuch': No such file"
}

@test "no file is made when something else is wrong" {
	process "stdout = $PWD/out" 'chdir = /nosuch'
	refuses 125 "policy.ini:5: cannot enter '/nosuch': No such file" \
		-c policy.ini touch ran
	[[ ! -e out ]]
	process "stdout = $PWD/out"
	refuses 127 'not found in PATH' -c policy.ini nosuchcommand
	printf '%s\n' '[limits]' 'nofile = 999999999999' >>policy.ini
	refuses 125 "policy.ini:6: cannot set 'nofile'" -c policy.ini touch ran
	[[ ! -e out ]]
}

@test "close_fds closes all above 2 but those to keep" {
	exec 7</dev/null 8</dev/null
	process 'close_fds = yes' 'keep_fds = 8'
	run -0 "$SCRUN" -c policy.ini sh -c 'ls /proc/self/fd | xargs'
	is '0 1 2 3 8' # ls reads the directory by 3
	printf '[syscalls]\ndeny = mkdirat mkdir\n' >>policy.ini
	run -0 "$SCRUN" -q -c policy.ini --audit -o report \
		sh -c 'ls /proc/self/fd | xargs'
	is '0 1 2 3 8'
	grep -q '^scrun: audit of ' report
}

@test "keep_fds keeps what scrun was given, and nothing of its own" {
	local script='for fd in 3 4 5 6 7 8 9; do
		{ echo x >&$fd; } 2>/dev/null && echo "$fd is open"; done; true'
	process 'close_fds = yes' 'keep_fds = 3 4 5 6 7 8 9' "stdin = $PWD/in" \
		"stdout = $PWD/out"
	: >in
	run -0 "$SCRUN" -q -c policy.ini -o report --audit=denied \
		--format=json bash -c "$script" 3>&- 4>&-
	[[ ! -s out ]]
	run -0 "$SCRUN" -q -c policy.ini --learn=new.ini bash -c "$script" \
		3>&- 4>&-
	[[ ! -s out ]]
	grep -q '^\[syscalls\]$' new.ini
	run -0 "$SCRUN" -q -c policy.ini bash -c "$script" \
		3>&- 4>&- 5>/dev/null 6>&- 7>&- 8>&- 9>&-
	[[ $(<out) == '5 is open' ]]
}

@test "new_session makes one, or says why it cannot" {
	need setsid
	process 'new_session = yes'
	says_under yes sh -c '[ "$(cut -d" " -f6 /proc/$$/stat)" = $$ ] && echo yes'
	run -0 setsid -w "$SCRUN" -c policy.ini true
	need perl
	run -125 perl -e 'setpgrp; exec @ARGV' "$SCRUN" -c policy.ini touch ran
	says 'policy.ini:4: no new session: scrun leads a process group'
	[[ ! -e ran ]]
}

@test "pdeathsig ends the command with its parent" {
	process 'pdeathsig = SIGTERM'
	"$BASH" -c '"$SCRUN" -c policy.ini sleep 100 3>&- & echo $! >pid
		sleep 0.3; kill -KILL $$' 3>&- || true
	eventually gone "$(<pid)"
}

@test "pdeathsig is sent where the parent has ended during the start" {
	local pid
	mkfifo fifo
	process 'pdeathsig = SIGTERM' "stdin = $PWD/fifo"
	# It waits for who writes to the file.
	"$BASH" -c '"$SCRUN" -c policy.ini sleep 100 3>&- & echo $! >pid
		sleep 0.3' 3>&-
	pid=$(<pid)
	exec 9>fifo
	eventually gone "$pid"
}

# ---- faults ---------------------------------------------------------------

@test "125 and each fault when values are wrong" {
	process 'chdir = srv' 'umask = 999' 'nice = 20' 'oom_score_adj = x' \
		'new_session = maybe' 'stdin = in' 'stdout = append:log' \
		'pdeathsig = SIGNOT' 'close_fds =' 'keep_fds = 2 9' 'user =' \
		'usr = x' 'umask = 022' 'umask = 027' 'root = jail' 'dumpable = no' \
		'groups = adm = 7 a=b [x'
	refuses 125 "policy.ini:4: 'chdir' is a directory, beginning with '/'" \
		-c policy.ini touch ran
	run -125 "$SCRUN" -c policy.ini true
	says "policy.ini:5: 'umask' is octal" "policy.ini:6: 'nice' is a number" \
		"policy.ini:7: 'oom_score_adj' is" "policy.ini:8: 'new_session'" \
		"policy.ini:9: 'stdin' is null, or" "policy.ini:10: 'stdout' is" \
		"policy.ini:11: 'pdeathsig' is a signal" "policy.ini:12: 'close_fds'" \
		"policy.ini:13: 'keep_fds' are numbers above 2, not '2'" \
		"policy.ini:14: 'user' is" "did you mean 'user'?" \
		"policy.ini:17: 'umask' is '022' in line 16 already" \
		"policy.ini:18: 'root' is a directory, beginning with '/'" \
		"policy.ini:19: 'dumpable' cannot be set for a command: execve(2)" \
		"policy.ini:20: 'groups' are groups' names or numbers, not '='" \
		"policy.ini:20: 'groups' are groups' names or numbers, not 'a=b'" \
		"policy.ini:20: '[x': no word of 'groups' begins with '['" \
		'18 faults'
}
