#!/usr/bin/env bats
# Calls of scrun's own that fail, or are only said to succeed: the command does
# not run with less than its policy.

load common

setup() {
	begin
	need_strace
	printf '%s\n' '[syscalls]' 'default = allow' 'deny = @mount' >policy.ini
}

# spoiled TEXT INJECTION...: scrun ends with 125 and this TEXT, where strace
# spoils its calls so (strace(1), Tampering).
spoiled() {
	local text=$1 options=()
	shift
	local injection
	for injection; do
		options+=(-e "inject=$injection")
	done
	rm -f ran
	run -125 --separate-stderr timeout 20 strace -qq -o strace.out \
		"${options[@]}" "$SCRUN" -q -c policy.ini touch ran
	# shellcheck disable=SC2154 # `run` sets stderr
	if [[ $stderr != *"$text"* || -e ran ]]; then
		printf 'expected: %s\n  stderr: %s\n' "$text" "$stderr"
		return 1
	fi
}

@test "a filter that is only said to be loaded is found out" {
	# The last two: whether there is a kernel that says no, and the filter.
	strace -qq -o calls -e trace=seccomp "$SCRUN" -q -c policy.ini true
	local last
	last=$(wc -l <calls)
	spoiled 'cannot load the filter: Function not implemented' \
		"seccomp:retval=0:when=$((last - 1))+"
	spoiled 'cannot load the filter: Invalid argument' \
		"seccomp:error=EINVAL:when=$last"
	spoiled 'cannot load the filter: Cannot allocate memory' \
		"seccomp:error=ENOMEM:when=$last"
}

@test "no_new_privs that is only said to be set is found out" {
	# The calls of prctl, from the last one on that is not a capability's.
	strace -qq -o calls -e trace=prctl "$SCRUN" -q -c policy.ini true
	local at
	at=$(grep -n PR_SET_NO_NEW_PRIVS calls | cut -d: -f1)
	spoiled 'no_new_privs was set and is not there' \
		"prctl:retval=0:when=$at"
	spoiled 'no_new_privs: Operation not permitted' \
		"prctl:error=EPERM:when=$at"
}

@test "Landlock's rules that are only said to hold are found out" {
	need_landlock 3
	printf '%s\n' '[paths]' 'read = /' 'write = /' 'execute = /' >>policy.ini
	spoiled "cannot set Landlock's rules: something only says" \
		landlock_restrict_self:retval=0
	spoiled "cannot set Landlock's rules: Operation not permitted" \
		landlock_restrict_self:error=EPERM
}

@test "limits, umask and priority that are only said to be set are found out" {
	local at
	printf '%s\n' '[limits]' 'nofile = 64' >>policy.ini
	strace -qq -o calls -e trace=prlimit64 "$SCRUN" -q -c policy.ini true
	at=$(grep -n 'RLIMIT_NOFILE, {' calls | cut -d: -f1)
	spoiled "the limit 'nofile' was set and is not there" \
		"prlimit64:retval=0:when=$at"
	spoiled "cannot set the limit 'nofile': Operation not permitted" \
		"prlimit64:error=EPERM:when=$at"
	printf '%s\n' '[syscalls]' 'default = allow' '[process]' \
		'umask = 077' >policy.ini
	(umask 022; spoiled 'policy.ini:4: cannot set umask to 077' umask:retval=022)
	printf '%s\n' '[syscalls]' 'default = allow' '[process]' \
		'nice = 19' >policy.ini
	[[ $(nice) == 19 ]] ||
		spoiled 'policy.ini:4: cannot set nice to 19' setpriority:retval=0
}

@test "groups that cannot be read to the end are no groups" {
	need_root
	printf '%s\n' '[process]' 'user = www-data' >>policy.ini
	local error
	for error in EMFILE EIO EACCES; do
		run -125 strace -qq -o strace.out -P /etc/group \
			-e inject=openat:error=$error "$SCRUN" -q -c policy.ini \
			touch ran
		says "cannot open '/etc/group'"
		[[ ! -e ran ]]
	done
	run -125 strace -qq -o strace.out -P /etc/group \
		-e inject=read:error=EIO "$SCRUN" -q -c policy.ini touch ran
	says "cannot read '/etc/group': Input/output error"
	run -125 strace -qq -o strace.out -P /etc/passwd \
		-e inject=read:error=EIO "$SCRUN" -q -c policy.ini touch ran
	says "cannot read '/etc/passwd': Input/output error"
	[[ ! -e ran ]]
}

@test "ids and groups that are only said to be set are found out" {
	need_root
	printf '%s\n' '[process]' 'user = www-data' 'groups = adm' >>policy.ini
	spoiled 'the kernel did not set the ids' setgroups:retval=0
	spoiled 'the kernel did not set the ids' setuid:retval=0
	spoiled 'the kernel did not set the ids' setgid:retval=0
}
