#!/usr/bin/env bats
# scrun's own options, and what it prints where it runs no command.

# shellcheck disable=SC2154,SC2016,SC2030,SC2031 # `run` sets stderr; text for inner shells

load common

# complains STATUS WORDS ARGUMENT...: scrun ends so, nothing on stdout, and
# these words on stderr.
complains() {
	local expected=$1 words=$2
	shift 2
	run "-$expected" --separate-stderr "$SCRUN" "$@"
	[[ -z $output && $stderr == *"$words"* ]] && return 0
	printf 'expected: %s\n  stderr: %s\n  stdout: %s\n' \
		"$words" "$stderr" "$output"
	return 1
}

# ---- --help and --version -------------------------------------------------

@test "-h and --help show the usage and every option, on stdout" {
	local option
	run -0 --separate-stderr "$SCRUN" --help
	[[ ${lines[0]} == 'Usage: scrun '* && -z $stderr ]]
	for option in -c --config= --check --threshold= --dry-run --explain= --list= --report -q --quiet -V --version \
		-h --help 125 126 127; do
		says "$option"
	done
	local long=$output
	run -0 "$SCRUN" -h
	is "$long"
}

@test "no line of the help is longer than 80 columns" {
	run -0 "$SCRUN" --help
	run -1 grep -E '.{81}' <<<"$output"
}

@test "-V and --version print the version, on stdout" {
	run -0 --separate-stderr "$SCRUN" --version
	[[ $output =~ ^scrun\ [0-9]+\.[0-9]+\.[0-9]+$ && -z $stderr ]]
	local long=$output
	run -0 "$SCRUN" -V
	is "$long"
}

# ---- --list ---------------------------------------------------------------

@test "--list=groups lists systemd's groups, the families and scrun's own" {
	local group
	run -0 --separate-stderr "$SCRUN" --list=groups
	[[ -z $stderr ]]
	for group in @system-service @file-system @mount @privileged @network-io \
		@default @basic-io @process @known @open @exec @fork @rename \
		@kill @probed @basic @file-read @network-client; do
		[[ $'\n'$output == *$'\n'"$group ="* ]] || {
			echo "no $group"
			return 1
		}
	done
	says '@open = open openat openat2 creat open_by_handle_at'
	says '@exec = execve execveat'
}

@test "every group that is listed can be used" {
	local groups
	groups=$("$SCRUN" --list=groups | grep -o '^@[a-z0-9-]*')
	rules 'default = deny' "allow = ${groups//$'\n'/ }"
	run -0 "$SCRUN" -c policy.ini true
}

@test "--list=syscalls lists numbers, names and arguments" {
	run -0 --separate-stderr "$SCRUN" --list=syscalls
	[[ -z $stderr && ${#lines[@]} -gt 250 ]]
	says 'ioctl(fd, request' 'socket(domain, type, protocol)' \
		'openat(dirfd, pathname, flags, mode)'
	if [[ $(uname -m) == x86_64 ]]; then
		run -0 grep -Ex ' *59 +execve.*' <<<"$output"
	fi
}

@test "--list=capabilities lists all that the kernel knows, and who has them" {
	local last effective name number=0
	need capsh
	last=$(cat /proc/sys/kernel/cap_last_cap)
	run -0 "$SCRUN" --list=capabilities
	[[ ${#lines[@]} -eq $((last + 1)) ]]
	effective=$(awk '/^CapPrm/ { print $2 }' /proc/self/status)
	for name in "${lines[@]}"; do
		if ((0x$effective >> number & 1)); then
			[[ $name =~ ^cap_[a-z_]+\ +held$ ]]
		else
			[[ $name =~ ^cap_[a-z_]+\ +-$ ]]
		fi
		number=$((number + 1))
	done
	# In the kernel's order: capsh decodes each one alone.
	for ((number = 0; number <= last; number++)); do
		name=${lines[number]%% *}
		[[ $(capsh --decode="$(printf %x $((1 << number)))") == *="$name" ]]
	done
}

@test "--list of something else is an error" {
	complains 125 '--list=nonsense: can list groups, syscalls or' \
		--list=nonsense
	complains 125 '--list=: can list' --list=
	complains 125 "'--list' requires an argument" --list
}

# ---- --check --------------------------------------------------------------

@test "--check of a clean policy: 0 and a summary" {
	rules 'default = deny' 'allow = @basic @file-read' \
		'allow = ioctl(request == TCGETS)' \
		'[capabilities]' 'keep = ?cap_net_bind_service'
	run -0 --separate-stderr "$SCRUN" --check -c policy.ini
	[[ -z $stderr ]]
	says 'policy.ini: 0 warnings' 'system calls: ' '1 depending on arguments' \
		'default = deny' 'keep ?cap_net_bind_service, 1 of ' verified
	says '  dangerous: 0 of '
}

@test "--check of a policy with a warning: 1, the summary and the warning" {
	rules 'default = deny' '' 'allow = @open' 'deny = openat'
	run -1 --separate-stderr "$SCRUN" --check -c policy.ini
	says 'policy.ini: 1 warning' 'default = deny'
	[[ $stderr == "policy.ini:5: warning: 'openat' denies openat, but not "*"'@open' denies the whole family [equivalent-open]" ]]
}

@test "--check prints and exits by the findings from --threshold on" {
	local checks="--check -c policy.ini"
	rules 'default = deny' 'allow = ptrace unshare mprotect'
	# shellcheck disable=SC2086 # words
	{
		run -1 --separate-stderr "$SCRUN" $checks
		says 'policy.ini: 1 danger, 1 warning, 1 info; --threshold=info shows 1 more'
		[[ ${#stderr_lines[@]} -eq 2 && $stderr == *': danger: '*': warning: '* ]]
		local default=$stderr
		run -1 --separate-stderr "$SCRUN" $checks --threshold=warning
		[[ $stderr == "$default" ]]
		run -1 --separate-stderr "$SCRUN" $checks --threshold=danger
		says 'policy.ini: 1 danger, 1 warning, 1 info; --threshold=info shows 2 more'
		[[ ${#stderr_lines[@]} -eq 1 && $stderr == *'[other-processes]' ]]
		run -1 --separate-stderr "$SCRUN" $checks --threshold=info
		[[ ${#stderr_lines[@]} -eq 3 && $output != *more* ]]
		rules 'default = deny' 'allow = mprotect unshare'
		run -0 --separate-stderr "$SCRUN" $checks --threshold=danger
		[[ -z $stderr ]]
		rules 'default = deny' 'allow = mprotect'
		run -0 --separate-stderr "$SCRUN" $checks
		[[ -z $stderr ]]
	}
}

@test "--threshold is a severity, and for --check alone" {
	complains 125 '--threshold=error: can be info, warning or danger' \
		--check --threshold=error
	complains 125 '--threshold is for --check; add --check' \
		--threshold=info true
	complains 125 '--threshold is for --check; add --check' \
		--threshold=info --list=groups
}

@test "--check counts the dangerous calls and names those that are open" {
	rules 'default = deny' 'allow = bpf ptrace(request == 0) read'
	run "$SCRUN" --check -c policy.ini
	says ' allowed, 1 depending on arguments: ptrace bpf' '  dangerous: 1 of '
	# Conditions that make no difference are none.
	rules 'default = deny' 'allow = bpf ptrace(request == 0) ptrace'
	run "$SCRUN" --check -c policy.ini
	says ' 2 of ' ' allowed, 0 depending on arguments: ptrace bpf'
	rules 'default = deny' 'allow = bpf' \
		'deny = ptrace(request == 0):EACCES @debug'
	run "$SCRUN" --check -c policy.ini
	says ' 1 of ' ' allowed, 0 depending on arguments: bpf'
	rules 'default = allow' '[capabilities]' 'drop = cap_chown'
	run "$SCRUN" --check -c policy.ini
	[[ $output =~ '  dangerous: '([0-9]+)' of '([0-9]+)' allowed, 0 ' ]]
	[[ ${BASH_REMATCH[1]} -eq ${BASH_REMATCH[2]} ]]
	[[ $output =~ 'drop cap_chown, '([0-9]+)' of '([0-9]+) ]]
	[[ $((BASH_REMATCH[1] + 1)) -eq ${BASH_REMATCH[2]} ]]
}

@test "the policies of examples/ have no warnings" {
	local policy
	cp -r "$BATS_TEST_DIRNAME/../../examples" .
	chmod -R go-w examples
	for policy in examples/*.ini; do
		run -0 --separate-stderr "$SCRUN" --check -c "$policy"
		[[ -z $stderr ]] || { echo "$policy: $stderr"; return 1; }
	done
}

@test "--check of a policy with faults: 125 and no summary" {
	rules 'default = allow' 'deny = opneat'
	complains 125 "policy.ini:3: unknown system call 'opneat'" \
		--check -c policy.ini
	complains 125 "no policy 'no-such'" --check -c no-such
	complains 125 "is a directory" --check -c "$PWD"
}

@test "--check checks without the capabilities that a run would need" {
	need_user
	rules 'default = deny' '[capabilities]' 'keep = cap_chown'
	run -0 "$SCRUN" --check -c policy.ini
	says 'keep cap_chown'
}

@test "--check without -c checks the default policy" {
	run -0 "$SCRUN" --check
	says 'default: 0 warnings'
}

@test "built-in policies have no warnings" {
	local name
	for name in default strict service; do
		run -0 --separate-stderr "$SCRUN" --check -c $name
		[[ -z $stderr ]]
		says "$name: 0 warnings"
		run -0 --separate-stderr "$SCRUN" -c $name true
		[[ -z $stderr ]]
	done
}

@test "the tools run no command" {
	complains 125 "leave out 'touch'" --check -c allow.ini touch ran
	complains 125 "leave out 'touch'" --list=groups touch ran
	complains 125 "leave out '-x'" --check -c allow.ini -- -x
	complains 125 'exclude each other' --check --list=groups
	[[ ! -e ran ]]
}

# ---- warnings -------------------------------------------------------------

@test "denying one call of a family warns on a run, on stderr, and runs" {
	rules 'default = allow' 'deny = open'
	run -0 --separate-stderr "$SCRUN" -c policy.ini echo text
	is text
	[[ $stderr == "policy.ini:3: warning: 'open'"*openat*"'@open'"* ]]
	[[ ${#stderr_lines[@]} -eq 1 ]]
}

@test "-q silences warnings, not errors" {
	local quiet
	rules 'default = allow' 'deny = open'
	for quiet in -q --quiet; do
		run -0 --separate-stderr "$SCRUN" $quiet -c policy.ini true
		[[ -z $stderr ]]
	done
	rules 'default = allow' 'deny = opneat'
	complains 125 "policy.ini:3: unknown system call" -q -c policy.ini true
	complains 127 'not found in PATH' -q -c allow.ini no-such-command
}

@test "what a policy leaves open is not told before a command runs" {
	rules 'default = allow' 'deny = mkdir mkdirat'
	run -1 "$SCRUN" --check -c policy.ini
	run -0 --separate-stderr "$SCRUN" -c policy.ini true
	[[ -z $stderr ]]
	rules 'default = allow' 'deny = !ptrace'
	run -0 --separate-stderr "$SCRUN" -c policy.ini true
	[[ $stderr == "policy.ini:3: warning: "*"[removes-nothing]" ]]
	[[ ${#stderr_lines[@]} -eq 1 ]]
}

# families RULE...: the warnings of families.
families() {
	rules "$@"
	"$SCRUN" --check -c policy.ini 2>&1 | grep -F '[equivalent-open]'
}

# silent RULE...: no warning of a family.
silent() {
	run -1 families "$@"
	[[ -z $output ]]
}

# warns LINE FAMILY RULE...: one warning, of that line, for that family.
warns() {
	local line=$1 family=$2
	shift 2
	run -0 families "$@"
	[[ ${#lines[@]} -eq 1 ]]
	[[ $output == "policy.ini:$line: warning: "*"'$family'"* ]] || {
		echo "$output"
		return 1
	}
}

@test "denying a family as a whole warns of nothing" {
	silent 'default = allow' 'deny = @open'
	silent 'default = allow' 'deny = open openat openat2 creat' \
		'  open_by_handle_at'
	silent 'default = allow' 'deny = open:ENOENT @open'
	silent 'default = allow' 'deny = openat' 'kill = @open'
	silent 'default = allow' 'deny = @file-system @open'
	silent 'default = allow' 'deny = ptrace'
}

@test "denying a part of a family warns, also by kill, group and include" {
	[[ $(uname -m) == x86_64 ]] || skip "the old calls are x86-64's"
	warns 3 @open 'default = allow' 'deny = open'
	warns 3 @exec 'default = allow' 'deny = execve'
	warns 3 @fork 'default = allow' 'deny = fork vfork'
	warns 3 @kill 'default = allow' 'kill = kill'
	warns 3 @rename 'default = allow' 'deny = rename renameat'
	warns 3 @open 'default = allow' 'deny = @mine' '[groups]' '@mine = open'
	warns 3 @open 'default = log' 'deny = open'
}

@test "an allow list that leaves calls out warns of nothing" {
	silent 'default = deny' 'allow = @basic openat'
	silent 'default = kill' 'allow = @basic openat'
}

@test "an allow list with a call denied beside its equivalents warns" {
	[[ $(uname -m) == x86_64 ]] || skip "the old calls are x86-64's"
	warns 4 @open 'default = deny' 'allow = @basic @open' 'deny = open'
}

# ---- output that cannot be written ----------------------------------------

@test "a full standard output is an error" {
	local option
	[[ -c /dev/full ]] || skip "there is no /dev/full here"
	for option in --list=groups --list=syscalls --list=capabilities \
		--help --version --check; do
		run -125 --separate-stderr sh -c '"$SCRUN" "$1" >/dev/full' \
			sh $option
		[[ -n $stderr ]] || {
			echo "$option says nothing"
			return 1
		}
	done
}

@test "a closed standard output is an error" {
	local option
	for option in --list=groups --list=syscalls --list=capabilities \
		--help --version --check; do
		run sh -c '"$SCRUN" "$1" >&-' sh $option
		[[ $status -eq 125 ]] || {
			echo "$option: $status"
			return 1
		}
	done
}

@test "a closed standard error hides a message, not a failure" {
	run -125 sh -c '"$SCRUN" --nonsense 2>&-'
	run -125 sh -c '"$SCRUN" -c no-such true 2>&-'
	run -0 sh -c '"$SCRUN" -c allow.ini true 2>&-'
}
