#!/usr/bin/env bats
# scrun's own options, and what it prints where it runs no command.

# shellcheck disable=SC2154,SC2016 # `run` sets stderr; text for inner shells

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
	for option in -c --config= --check --dry-run --explain= --list= --report -q --quiet -V --version \
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
		'default = deny' 'keep ?cap_net_bind_service' verified
}

@test "--check of a policy with a warning: 1, the summary and the warning" {
	rules 'default = allow' '' 'deny = open'
	run -1 --separate-stderr "$SCRUN" --check -c policy.ini
	says 'policy.ini: 1 warning' 'default = allow'
	[[ $stderr == "policy.ini:4: warning: 'open' denies open, but not "*"'@open'"* ]]
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
	rules 'default = allow' '[capabilities]' 'keep = cap_chown'
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

# silent RULE...: no warning.
silent() {
	rules "$@"
	run -0 --separate-stderr "$SCRUN" --check -c policy.ini
	[[ -z $stderr ]]
}

# warns LINE FAMILY RULE...: one warning, of that line, for that family.
warns() {
	local line=$1 family=$2
	shift 2
	rules "$@"
	run -1 --separate-stderr "$SCRUN" --check -c policy.ini
	[[ $stderr == "policy.ini:$line: warning: "*"'$family'"* ]] || {
		echo "$stderr"
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
