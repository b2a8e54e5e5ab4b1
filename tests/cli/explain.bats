#!/usr/bin/env bats
# --explain: what a policy does to a call, and why.

# shellcheck disable=SC2154 # `run` sets stderr

load common

# explains CALL LINE...: these are the first lines said of it, on stdout.
explains() {
	local call=$1 wanted
	shift
	run -0 --separate-stderr "$SCRUN" --explain="$call" -c policy.ini
	wanted=$(printf '%s\n' "$@")
	[[ $output == "$wanted"* && -z $stderr ]] && return 0
	printf 'expected: %s\n   found: %s\n  stderr: %s\n' \
		"$wanted" "$output" "$stderr"
	return 1
}

@test "--explain says what happens, and which line decides" {
	rules 'default = deny' 'allow = getpid' 'log = getppid' \
		'deny = mkdirat:EROFS' 'kill = ptrace'
	explains getpid 'getpid is allowed' '  policy.ini:3 allow = getpid'
	explains getppid 'getppid is allowed and logged' \
		'  policy.ini:4 log = getppid'
	explains mkdirat 'mkdirat is denied with EROFS' \
		'  policy.ini:5 deny = mkdirat:EROFS'
	explains ptrace 'ptrace ends the process by SIGSYS' \
		'  policy.ini:6 kill = ptrace'
	explains getuid 'getuid is denied with EPERM' \
		'  policy.ini:2 default = deny'
}

@test "--explain shows how a group comes to have the call" {
	rules 'default = deny' 'allow = @mine' '[groups]' '@mine = @file-read'
	explains openat 'openat is allowed' '  policy.ini:3 allow = @mine' \
		'  @mine -> @file-read -> openat'
	explains clone3 'clone3 is denied with ENOSYS' \
		'  policy.ini:2 default = deny' '  @probed -> clone3: '
}

@test "--explain shows what depends on arguments" {
	rules 'default = deny' 'allow = socket(domain == AF_UNIX) @mine' \
		'deny = socket(type == SOCK_RAW):EACCES' \
		'[groups]' '@mine = socket(domain == AF_INET)'
	explains socket 'socket depends on its arguments:' \
'  type == SOCK_RAW                    denied with EACCES  policy.ini:4 deny' \
'  domain == AF_UNIX                   allowed             policy.ini:3 allow' \
'  domain == AF_INET                   allowed             policy.ini:3 allow = @mine' \
'  all other arguments                 denied with EPERM   policy.ini:2 default = deny'
	explains 'socket(domain == AF_UNIX && type == SOCK_STREAM)' \
		'socket(domain == AF_UNIX && type == SOCK_STREAM) is allowed' \
		'  policy.ini:3 allow = socket(domain == AF_UNIX)'
	explains 'socket(domain == AF_UNIX)' \
		'socket(domain == AF_UNIX) depends on its other arguments:'
	explains 'socket(type & 0xff == SOCK_RAW && domain == AF_INET6)' \
		'socket(type & 0xff == SOCK_RAW && domain == AF_INET6) depends'
}

@test "--explain writes a negative value as one" {
	rules 'default = deny' 'allow = kill(pid > -1)'
	explains kill 'kill depends on its arguments:' '  pid > -1  '
}

@test "--explain names the entries that a stricter one overrides" {
	rules 'default = deny' 'allow = ptrace' 'deny = ptrace'
	explains ptrace 'ptrace is denied with EPERM' \
		'  policy.ini:4 deny = ptrace' \
		'  overrides policy.ini:3 allow = ptrace'
}

@test "--explain names what does the same and stays open" {
	rules 'default = deny' 'allow = @open io_uring_setup' 'deny = openat'
	explains openat 'openat is denied with EPERM'
	says "other calls; all of them are '@open':" \
		'      openat2             allowed             policy.ini:3 allow = @open' \
		'through io_uring, without the call' \
		'      io_uring_setup      allowed             policy.ini:3 allow'
	[[ $output != *'      openat  '* ]]
	rules 'default = allow' 'deny = @open @io-uring' '[groups]' \
		'@io-uring = io_uring_setup'
	explains openat 'openat is denied with EPERM'
	[[ $output != *'the same can'* ]]
	explains read 'read is allowed'
	[[ $output != *'the same can'* ]]
}

@test "--explain tells of other architectures" {
	[[ $(uname -m) == x86_64 ]] || skip "the architectures are x86-64's"
	rules 'default = deny' 'allow = read socket(domain == AF_UNIX)' \
		'allow = stat64'  'architectures = native x86'
	explains read 'read is allowed'
	says '  on x86: the same' "  on x32 and all others: killed; "
	explains socket 'socket depends'
	says '  on x86: denied with EPERM (a filter cannot see its arguments' \
		'      policy.ini:2 default = deny'
	explains stat64 'stat64 does not exist on x86_64' '  on x86: allowed'
	explains arch_prctl 'arch_prctl is denied'
	rules 'default = allow'
	explains read 'read is allowed'
	says '  on x86, x32 and all others: killed; '
}

@test "--explain of one architecture's call tells of no other one" {
	[[ $(uname -m) == x86_64 ]] || skip "the architectures are x86-64's"
	rules 'default = deny' 'allow = read' 'architectures = native x86'
	explains x86:read 'x86:read is allowed' '  policy.ini:3 allow = read'
	[[ ${#lines[@]} -eq 2 ]]
	explains x86:kill 'x86:kill is denied with EPERM' '  policy.ini:2 default = deny'
	[[ ${#lines[@]} -eq 2 ]]
	explains x86:socket \
		'x86:socket is denied with EPERM (a filter cannot see its arg'
	explains x86_64:read 'x86_64:read is allowed'
	[[ $output != *' on '* ]]
	explains x86_64:stat64 'stat64 does not exist on x86_64'
	[[ ${#lines[@]} -eq 1 ]]
	explains x32:read 'x32:read ends the process by SIGSYS' \
		'  on x32 and all others: killed; '
}

@test "--explain tells where an architecture has no such arguments" {
	[[ $(uname -m) == x86_64 ]] || skip "the architectures are x86-64's"
	rules 'default = allow' 'architectures = native x86'
	explains 'read(count > 0xfffffffe && count != 0xffffffff)' 'read(count'
	says '  on x86: no arguments meet the conditions'
}

@test "--explain of what is no call is an error" {
	refuses 125 "unknown system call 'opneat', did you mean 'openat'?" \
		--explain=opneat
	refuses 125 "'@open' is not a system call; write" --explain=@open
	refuses 125 'conditions are joined by &&' \
		--explain='socket(domain == AF_INET, type == SOCK_RAW)'
	refuses 125 "did you mean 'domain'?" --explain='socket(domian == 1)'
	refuses 125 'no arguments meet the conditions' \
		--explain='socket(domain == 1 && domain == 2)'
	refuses 125 "no policy 'no-such'" --explain=read -c no-such
	refuses 125 "requires an argument" --explain
}

@test "--explain runs no command, and is one tool of several" {
	refuses 125 "--explain runs no command; leave out 'touch'" \
		--explain=read touch ran
	refuses 125 '--explain runs no command; leave out --audit' \
		--explain=read --audit
	refuses 125 '--explain and --list exclude each other' \
		--explain=read --list=groups
	refuses 125 '--check and --explain exclude each other' \
		--check --explain=read
}

@test "--explain of socketcall says what socketcall is asked for" {
	[[ $(uname -m) == x86_64 ]] || skip "x86-64 only"
	printf '%s\n' '[syscalls]' 'default = allow' \
		'architectures = native x86' 'deny = socket(domain == AF_INET)' \
		>policy.ini
	run -0 "$SCRUN" --explain=socketcall -c policy.ini
	says '      arg0 == 1                           denied with EPERM'
	[[ $output != *domain* ]]
}

@test "--explain needs its output" {
	[[ -c /dev/full ]] || skip "there is no /dev/full here"
	# shellcheck disable=SC2016 # for the inner shell
	run -125 --separate-stderr sh -c '"$SCRUN" --explain=read >/dev/full'
	[[ -n $stderr ]]
}

# holds CALL CONDITIONS ARGUMENT...: what --explain says is what happens.
holds() {
	local call=$1 conditions=$2 said result
	shift 2
	said=$("$SCRUN" --explain="$call${conditions:+($conditions)}" \
		-c policy.ini | head -n 1)
	result=$("$SCRUN" -q -c policy.ini "$TRY" "$call" "$@")
	case $said in
	*" is denied with $result" | *' is allowed') ;;
	*) echo "$said; but try $call $* gave $result"; return 1 ;;
	esac
	[[ $said != *' is allowed' || ! $result =~ ^(EPERM|EROFS|ENOSYS|EACCES)$ ]]
}

@test "what --explain says is what the kernel does" {
	rules 'default = allow' \
		'deny = lseek(whence == 7) mkdirat:EACCES @fork:ENOSYS' \
		'       lseek(fd < 0 && offset >= 1 && whence == 3):EROFS' \
		'       lseek(fd < 0 && offset & 6 == 4 && whence == 2):EACCES' \
		'       ioctl(request == TIOCSTI)' \
		'allow = mkdirat'
	holds getpid ''
	holds mkdirat '' -1 0
	holds clone3 '' 0 0
	holds lseek 'whence == 7' 0 0 7
	holds lseek 'fd == -1 && offset == 0 && whence == 3' -1 0 3
	holds lseek 'fd == -2 && offset == 1 && whence == 3' -2 1 3
	holds lseek 'fd == -2 && offset == 1 && whence == 2' -2 1 2
	holds lseek 'fd == -1 && offset == 13 && whence == 2' -1 13 2
	holds lseek 'fd == -1 && offset == 10 && whence == 2' -1 10 2
	holds ioctl 'request == TIOCSTI' -1 0x5412 0
	holds ioctl 'request == TCGETS' -1 0x5401 0
}
