#!/usr/bin/env bats
# [limits]: the resource limits that the command runs under.

load common

setup() {
	begin
	need prlimit
}

# limits LINE...: policy.ini with these under [limits].
limits() {
	printf '%s\n' '[syscalls]' 'default = allow' '[limits]' "$@" >policy.ini
}

# has RESOURCE SOFT HARD: what the command sees under policy.ini.
has() {
	run -0 "$SCRUN" -c policy.ini prlimit --noheadings --raw \
		--output SOFT,HARD "--$1"
	is "$2 $3"
}

hard() {
	prlimit --noheadings --raw --output HARD "--$1"
}

soft() {
	prlimit --noheadings --raw --output SOFT "--$1"
}

@test "one number is both limits, SOFT:HARD are two, and each can stand alone" {
	limits 'nofile = 64'
	has nofile 64 64
	limits 'nofile = 64:100'
	has nofile 64 100
	limits 'nofile = 64:'
	has nofile 64 "$(hard nofile)"
	limits 'nofile = :16'
	has nofile 16 16
}

@test "K, M and G are for bytes; unlimited is a number, too" {
	limits 'fsize = 3K:2M' 'as = 4G' 'core = 0' 'cpu = 100:200'
	has fsize 3072 2097152
	has as 4294967296 4294967296
	has core 0 0
	has cpu 100 200
	[[ $(hard data) == unlimited ]] || skip "data is limited here"
	limits 'data = unlimited'
	has data unlimited unlimited
}

@test "every name of prlimit(1) is a key" {
	local name
	for name in as core cpu data fsize locks memlock msgqueue nice nofile \
		nproc rss rtprio rttime sigpending stack; do
		limits "$name = $(soft $name):"
		has $name "$(soft $name)" "$(hard $name)"
	done
}

@test "the limits hold: a file can be no larger, and no more opened" {
	limits 'fsize = 1K'
	run "$SCRUN" -c policy.ini sh -c 'seq 10000 >file'
	[[ $status -ne 0 && $(stat -c %s file) -le 1024 ]]
	need python3
	limits 'nofile = 32'
	run -0 "$SCRUN" -c policy.ini python3 -c 'import os
os.dup2(0, 31)'
	run -1 "$SCRUN" -c policy.ini python3 -c 'import os
os.dup2(0, 32)'
	says 'Bad file descriptor'
}

@test "a limit on the size of files that scrun is started with is not in its way" {
	printf '[policy]\ninclude = default\n[syscalls]\ndeny = sync\n' >policy.ini
	run -0 prlimit --fsize=0 "$SCRUN" -c policy.ini true
}

@test "an audit watches a command with few descriptors and little memory" {
	local mode
	limits 'nofile = 16' 'as = 64M' 'nproc = 1' 'fsize = 0'
	printf '[syscalls]\ndeny = mkdirat:EACCES mkdir:EACCES\n' >>policy.ini
	for mode in calls trace; do
		run -0 "$SCRUN" -c policy.ini --audit=$mode -o report \
			"$TRY" mkdirat -1 /no/x 0
		is EACCES
		grep -q '^scrun: denied mkdirat' report
	done
}

@test "an included policy's limit is replaced" {
	limits 'nofile = 64' 'core = 0'
	mv policy.ini base.ini
	printf '%s\n' '[policy]' 'include = base.ini' '[limits]' \
		'nofile = 32' >policy.ini
	has nofile 32 32
	has core 0 0
}

@test "--check says which limits are set" {
	limits 'nofile = 64:100' 'core = 0'
	run "$SCRUN" --check -c policy.ini
	says 'limits: core = 0, nofile = 64:100'
}

@test "125 and no command when a hard limit is in the way" {
	[[ $(hard nofile) != unlimited ]] || skip "nofile has no limit"
	limits "nofile = $(($(hard nofile) + 1))"
	refuses 125 "policy.ini:4: cannot set 'nofile' to" \
		-c policy.ini touch ran
	limits "nofile = $(($(hard nofile) + 1)):"
	refuses 125 "the hard limit is $(hard nofile), and to raise it takes" \
		-c policy.ini touch ran
}

@test "125 and each fault when values are wrong" {
	limits 'nofile = 64:10' 'core = x' 'as = 2T' 'cpu = 5K' 'stack = -1' \
		'data = 99999999999999999999' 'rss = 18446744073709551615K' \
		'fsize = :' 'locks =' 'nproc = 1:2:3' 'ofile = 3' \
		'rtprio = 1' 'rtprio = 2'
	refuses 125 "policy.ini:4: '64:10': the soft limit is above the hard" \
		-c policy.ini touch ran
	run -125 "$SCRUN" -c policy.ini true
	says "policy.ini:5: 'x' is no limit" "policy.ini:6: '2T'" \
		"policy.ini:7: '5K' is no limit; write a number, " \
		"policy.ini:8: '-1'" "policy.ini:9: '9999" \
		"policy.ini:10: '1844" "policy.ini:11: ':'" \
		"policy.ini:12: ''" "policy.ini:13: '1:2:3'" \
		"unknown key 'ofile' in [limits], did you mean 'nofile'?" \
		"policy.ini:16: 'rtprio' is '1' in line 15 already" \
		'12 faults'
}
