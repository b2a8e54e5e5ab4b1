#!/usr/bin/env bats
# --compile: programs that are kept beside the policy, and used only as long as
# they are its own.

load common

# A policy with conditions, and its programs.
keep() {
	rules 'default = allow' 'deny = @mkdir socket(domain == AF_INET)' "$@"
	"$SCRUN" --compile -c policy.ini
}

filter_line() {
	"$SCRUN" -q --dry-run -c policy.ini true | grep '^filter'
}

is_used() {
	[[ $(filter_line) == *', verified, compiled before' ]]
}

# Compiled anew, and as strict as ever.
is_not_used() {
	[[ $(filter_line) == *', verified' ]]
	tries EPERM mkdirat -100 new 0777
}

# put OFFSET BYTES: these, as printf has them, into policy.ini.bpf.
put() {
	printf '%b' "$2" |
		dd of=policy.ini.bpf bs=1 seek="$1" conv=notrunc status=none
}

@test "kept programs are used, and say what the policy says" {
	keep
	is_used
	tries EPERM mkdirat -100 new 0777
	tries EPERM socket 2 1 0
	run -0 "$SCRUN" -q -c policy.ini true
	is ''
	[ "$(stat -c %a policy.ini.bpf)" = 644 ]
}

@test "without --compile nothing is written" {
	rules 'default = allow' 'deny = @mkdir'
	run -0 "$SCRUN" -c policy.ini true
	[ "$(echo policy.ini*)" = policy.ini ]
	is_not_used
}

@test "kept programs let the command start where it may execute nothing" {
	keep 'deny = @exec'
	is_used
	run -0 "$SCRUN" -c policy.ini sh -c 'echo hello'
	is hello
	tries EPERM execve /bin/true 0 0
}

@test "several programs are kept, for several architectures" {
	[[ $(uname -m) == x86_64 ]] || skip 'the policy is for x86-64'
	keep 'architectures = native x86' 'deny = getpid:ENOENT' \
		'kill = lseek(fd == 1)' 'deny = lseek(fd == 2)'
	is_used
	tries EPERM mkdirat -100 new 0777
	tries EBADF lseek 77 0 0
}

@test "an audit uses kept programs, and tells as ever" {
	keep
	run -0 "$SCRUN" -q --audit=denied -c policy.ini \
		sh -c 'mkdir new 2>/dev/null || :'
	says 'mkdir("new", 0777): EPERM'
}

@test "what changes a rule makes kept programs stale; a comment does not" {
	keep
	echo '; nothing new' >>policy.ini
	is_used
	rules 'default = allow' 'deny = @mkdir socket(domain == AF_INET6)'
	is_not_used
	rules 'default = log' 'deny = @mkdir socket(domain == AF_INET)'
	is_not_used
	rules 'default = allow' 'deny = @mkdir:EACCES'
	[[ $(filter_line) == *', verified' ]]
	tries EACCES mkdirat -100 new 0777
}

@test "an included file is part of the policy" {
	cat >part.ini <<<$'[syscalls]\ndeny = getpid'

	rules 'default = allow' 'deny = @mkdir'
	{ printf '[policy]\ninclude = part.ini\n'; cat policy.ini; } >whole.ini
	mv whole.ini policy.ini
	"$SCRUN" --compile -c policy.ini
	is_used
	cat >part.ini <<<$'[syscalls]\ndeny = getpid getppid'
	is_not_used
	tries EPERM getppid
}

@test "another version, library or kernel: compiled anew" {
	local offset
	keep
	run -0 head -n 1 policy.ini.bpf
	says "$("$SCRUN" --version) libseccomp 2." "$(uname -r)"
	for offset in 6 30 60; do
		cp policy.ini.bpf whole
		put "$offset" "~"
		is_not_used
		mv whole policy.ini.bpf
		is_used
	done
}

@test "a byte that was changed is found, wherever it is" {
	local size offset
	keep
	size=$(stat -c %s policy.ini.bpf)
	cp policy.ini.bpf whole
	for ((offset = size - 1; offset > 260; offset -= size / 40)); do
		cp whole policy.ini.bpf
		cmp -s whole policy.ini.bpf
		put "$offset" U
		cmp -s whole policy.ini.bpf && continue
		tries EPERM mkdirat -100 new 0777
		tries EPERM socket 2 1 0
	done
}

@test "a program that allows more is refused, though it is whole" {
	local size
	keep
	size=$(stat -c %s policy.ini.bpf)
	# Both of the policy's answers are at the end: the last instruction but
	# one or the last returns an errno. Make all of them SECCOMP_RET_ALLOW.
	cp policy.ini.bpf whole
	put $((size - 4)) '\0000\0000\0377\0177'
	put $((size - 12)) '\0000\0000\0377\0177'
	run ! cmp -s whole policy.ini.bpf
	is_not_used
}

@test "a file that is cut, empty or longer is not used" {
	local length
	keep
	cp policy.ini.bpf whole
	for length in 0 1 255 256 300 -1 -8; do
		cp whole policy.ini.bpf
		((length >= 0)) || length=$(($(stat -c %s whole) + length))
		truncate -s "$length" policy.ini.bpf
		is_not_used
	done
	cp whole policy.ini.bpf
	echo >>policy.ini.bpf
	is_not_used
	cp whole policy.ini.bpf
	truncate -s 2M policy.ini.bpf
	is_not_used
}

@test "what others could have written is not used" {
	keep
	chmod g+w policy.ini.bpf
	is_not_used
	chmod 646 policy.ini.bpf
	is_not_used
	chmod 400 policy.ini.bpf
	is_used
	mv policy.ini.bpf elsewhere
	ln -s elsewhere policy.ini.bpf
	is_not_used
	rm policy.ini.bpf
	mkdir policy.ini.bpf
	is_not_used
	rmdir policy.ini.bpf
	mkfifo policy.ini.bpf
	is_not_used
}

@test "programs of another user are not used, root's are" {
	need_root
	keep
	chown "$OTHER" policy.ini.bpf
	is_not_used
	chown 0 policy.ini.bpf
	is_used
	open_directory
	run -0 as_other "$SCRUN" -q --dry-run -c policy.ini true
	says 'verified, compiled before'
}

@test "where nothing can be written, --compile says so and leaves nothing" {
	local as=()
	rules 'default = allow' 'deny = @mkdir'
	if ((EUID == 0)); then
		as=(as_other)
		open_directory
	else
		chmod 555 .
	fi
	run -125 "${as[@]}" "$SCRUN" --compile -c policy.ini
	chmod 755 .
	is "scrun: cannot write 'policy.ini.bpf': Permission denied"
	[ "$(echo policy.ini*)" = policy.ini ]
}

@test "--compile while others compile and start" {
	local i pids=()
	keep
	for i in 1 2 3 4 5 6; do
		"$SCRUN" --compile -c policy.ini & pids+=($!)
		"$SCRUN" -c policy.ini true & pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	is_used
	[ "$(echo policy.ini*)" = 'policy.ini policy.ini.bpf' ]
}

@test "a policy that is wrong or built in is not compiled" {
	rules 'default = allow' 'deny = nonsense'
	run -125 "$SCRUN" --compile -c policy.ini
	says "unknown system call 'nonsense'"
	[ ! -e policy.ini.bpf ]
	run -125 "$SCRUN" --compile -c service
	is "scrun: 'service' is built in, and compiled already"
	run -125 "$SCRUN" --compile -c policy.ini true
	is "scrun: --compile runs no command; leave out 'true'"
}

@test "no change of directory or root leads to another's programs" {
	keep
	mkdir other
	printf '[process]\nchdir = %s/other\n' "$PWD" >>policy.ini
	run -0 "$SCRUN" -q --dry-run -c policy.ini true
	says 'verified, compiled before'
	mv policy.ini.bpf other
	run -0 "$SCRUN" -q --dry-run -c policy.ini true
	[[ $output != *'compiled before'* ]]
}
