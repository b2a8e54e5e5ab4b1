#!/usr/bin/env bats
# The filter at work in the kernel. The calls are harmless: a descriptor of -1,
# a null pointer, a type that does not exist. Where one is let through, it ends
# with another errno than a denied one.

# shellcheck disable=SC2016,SC2030,SC2031 # text for inner shells; run's variables

load common

TIOCSTI=0x5412
HIGH=0x100000000 # the lowest bit that no int has

# dies CALL [ARGUMENT]...: the call is deadly under policy.ini.
dies() {
	run -159 "$SCRUN" -q -c policy.ini "$TRY" "$@"
	is ''
}

# succeeds CALL [ARGUMENT]...: its result is a number.
succeeds() {
	run -0 "$SCRUN" -q -c policy.ini "$TRY" "$@"
	[[ $output =~ ^-?[0-9]+$ ]]
}

# ./static is a `try` that needs no loader, which opens files itself.
need_static_try() {
	need gcc
	gcc -static -D_GNU_SOURCE -o static \
		"$BATS_TEST_DIRNAME/../programs/try.c" 2>/dev/null ||
		skip "no static libc here"
}

need_x86_64() {
	[[ $(uname -m) == x86_64 ]] || skip "x86-64 only"
}

# ---- actions --------------------------------------------------------------

@test "allow, deny, errno, log and kill do what they say" {
	rules 'default = allow' 'deny = getppid personality:ENOTTY' \
		'log = getpriority' 'kill = lseek'
	succeeds getpid
	succeeds getpriority 0 0
	tries EPERM getppid
	tries ENOTTY personality -1
	dies lseek -1 0 0
}

@test "a killed command's status is that of SIGSYS" {
	rules 'default = allow' 'kill = personality'
	run -0 sh -c '"$SCRUN" -c policy.ini "$TRY" personality -1; echo $?'
	says 159
}

@test "kill ends the process, not the thread" {
	need python3
	rules 'default = allow' 'kill = personality'
	run -159 timeout 20 "$SCRUN" -c policy.ini python3 -c '
import ctypes, threading
thread = threading.Thread(target=lambda: ctypes.CDLL(None).personality(-1))
thread.start()
thread.join()
print("still here")'
	is ''
}

@test "default = deny" {
	rules 'default = deny' 'allow = @basic @file-read'
	succeeds getpid
	tries EPERM personality -1
	tries EPERM 999
}

@test "default = kill" {
	rules 'default = kill' 'allow = @basic @file-read' 'deny = personality'
	succeeds getpid
	tries EPERM personality -1
	dies getpriority 0 0
	dies 999
}

@test "default = log" {
	rules 'default = log' 'deny = getppid'
	succeeds getpid
	tries EPERM getppid
}

@test "default = ERRNO" {
	rules 'default = EACCES' 'allow = @basic @file-read'
	succeeds getpid
	tries EACCES personality -1
	tries EACCES clone3 0 0
	tries EACCES 999
}

@test "children and what they execute are under the filter" {
	rules 'default = allow' 'deny = getppid'
	run -0 "$SCRUN" -c policy.ini \
		sh -c '(sh -c "\"\$TRY\" getppid"); env "$TRY" getppid'
	is $'EPERM\nEPERM'
}

@test "a nested scrun can only take away" {
	rules 'default = allow' 'deny = getppid'
	mv policy.ini outer.ini
	rules 'default = allow' 'deny = personality' 'allow = getppid'
	run -0 "$SCRUN" -c outer.ini "$SCRUN" -c policy.ini "$TRY" getppid
	is EPERM
	run -0 "$SCRUN" -c outer.ini "$SCRUN" -c policy.ini \
		"$TRY" personality -1
	is EPERM
}

# ---- which entry wins -----------------------------------------------------

@test "the strictest entry wins, whatever the order" {
	rules 'default = allow' 'kill = getppid' 'deny = getppid getpriority' \
		'log = getppid getpriority' 'allow = getppid getpriority'
	dies getppid
	tries EPERM getpriority 0 0
	rules 'allow = getppid getpriority' 'log = getppid getpriority' \
		'deny = getppid getpriority' 'kill = getppid' 'default = deny' \
		'allow = @basic @file-read'
	dies getppid
	tries EPERM getpriority 0 0
}

@test "a call's own errno wins over its group's" {
	rules 'default = allow' 'deny = getppid:ENOTTY @mine:EACCES' \
		'[groups]' '@mine = getppid getpriority'
	tries ENOTTY getppid
	tries EACCES getpriority 0 0
	rules 'default = allow' 'deny = @mine:EACCES getppid:ENOTTY' \
		'[groups]' '@mine = getppid getpriority'
	tries ENOTTY getppid
	tries EACCES getpriority 0 0
}

@test "an entry without condition covers those with one" {
	rules 'default = deny' 'allow = @basic @file-read' \
		'allow = ioctl(request == 1) ioctl'
	tries EBADF ioctl -1 2
}

@test "what libc probes for gets ENOSYS where only the default denies it" {
	rules 'default = deny' 'allow = @basic @file-read !openat2 !statx'
	tries ENOSYS clone3 0 0
	tries ENOSYS openat2 -1 0 0 0
	tries ENOSYS statx -1 0 0 0 0
	tries ENOSYS execveat -1 0 0 0 0
	tries EPERM clone 0
	rules 'default = deny' 'allow = @basic @file-read clone3'
	tries EINVAL clone3 0 0
	rules 'default = deny' 'allow = @basic @file-read' 'deny = clone3'
	tries EPERM clone3 0 0
	rules 'default = allow' 'deny = clone3'
	tries EPERM clone3 0 0
	rules 'default = allow' 'deny = clone3:ENOSYS'
	tries ENOSYS clone3 0 0
}

@test "deny = open leaves openat open, deny = @open does not" {
	local call
	need_x86_64
	rules 'default = allow' 'deny = open'
	tries EPERM open /dev/null 0
	succeeds openat -100 /dev/null 0
	rules 'default = allow' 'deny = @open @exec'
	run -127 "$SCRUN" -c policy.ini true # its loader opens libc
	rules 'default = allow' 'deny = @open:EROFS'
	need_static_try
	for call in 'open /dev/null 0' 'openat -100 /dev/null 0' \
		'openat2 -100 /dev/null 0 0' 'creat x 0' \
		'open_by_handle_at -1 0 0'; do
		# shellcheck disable=SC2086 # words
		run -0 "$SCRUN" -c policy.ini ./static $call
		is EROFS
	done
}

# ---- conditions -----------------------------------------------------------

@test "== and !=, with names and numbers" {
	rules 'default = allow' 'deny = ioctl(request == TIOCSTI)' \
		'deny = ioctl(request == 0x1234)' \
		'deny = getpriority(which != PRIO_PROCESS)'
	tries EPERM ioctl -1 $TIOCSTI
	tries EPERM ioctl -1 0x1234
	tries EBADF ioctl -1 0x5413
	succeeds getpriority 0 0
	tries EPERM getpriority 1 0
	tries EPERM getpriority 2 0
}

@test "< <= > >=, signed and unsigned as the kernel's parameter is" {
	rules 'default = allow' 'deny = lseek(offset < 0):ENOENT' \
		'deny = setpriority(prio >= 5):ENOTTY' \
		'deny = socket(domain > 100):EXDEV' \
		'deny = getpriority(who <= 7):ENODEV'
	tries ENOENT lseek -1 -5 0
	tries ENOENT lseek -1 0x8000000000000000 0
	tries EBADF lseek -1 0 0
	tries EBADF lseek -1 0x80000000 0
	tries ENOTTY setpriority 99 0 5
	tries EINVAL setpriority 99 0 4
	tries EINVAL setpriority 99 0 -1
	tries ENOTTY setpriority 99 0 0x7fffffff
	tries EXDEV socket 101 99 0
	tries EINVAL socket 100 99 0
	tries ENODEV getpriority 99 7
	tries ENODEV getpriority 99 -1
	tries EINVAL getpriority 99 8
}

@test "masks" {
	rules 'default = allow' \
		'deny = mprotect(prot & PROT_EXEC == PROT_EXEC)' \
		'deny = socket(type & 0xf == SOCK_RAW)'
	tries EPERM mprotect 1 0 4
	tries EPERM mprotect 1 0 7
	tries EINVAL mprotect 1 0 3
	tries EPERM socket 1 0x80003 999
	tries EPROTONOSUPPORT socket 1 0x80001 999
	rules 'default = deny' 'allow = @basic @file-read !mprotect' \
		'allow = mprotect(prot & PROT_EXEC == 0)'
	tries EPERM mprotect 1 0 4
	tries EINVAL mprotect 1 0 3
}

@test "conditions joined by && must all hold, entries are alternatives" {
	rules 'default = allow' \
		'deny = socket(domain == AF_INET && type & 0xf == SOCK_STREAM)' \
		'  socket(domain == AF_INET6 && protocol == 999)'
	tries EPERM socket 2 1 999
	tries EINVAL socket 2 99 999
	tries EPROTONOSUPPORT socket 1 1 999
	tries EPERM socket 10 99 999
	tries EINVAL socket 10 99 998
}

@test "arguments by number, and pointers by 64 bits" {
	rules 'default = allow' 'deny = ioctl(arg1 == 7) mprotect(addr == 0x100000001)'
	tries EPERM ioctl -1 7
	tries EBADF ioctl -1 8
	tries EPERM mprotect 0x100000001 0 0
	tries EINVAL mprotect 1 0 0
	tries EINVAL mprotect 0x200000001 0 0
}

@test "a negative constant is one of as many bits as the parameter has" {
	local dirfd
	rules 'default = allow' 'deny = openat(dirfd == AT_FDCWD):EXDEV' \
		'deny = kill(pid == -1)'
	need_static_try
	for dirfd in -100 0xffffff9c 0x1ffffff9c; do
		run -0 "$SCRUN" -c policy.ini ./static openat $dirfd /dev/null 0
		is EXDEV
	done
	run -0 "$SCRUN" -c policy.ini ./static kill 0xffffffff 0
	is EPERM
	run -0 "$SCRUN" -c policy.ini ./static kill -1 0
	is EPERM
}

@test "ranges that libseccomp compiles wrongly come out right" {
	# Constants of 64 bits whose high words differ.
	rules 'default = allow' 'deny = lseek(offset < 0x100000005)' \
		'  lseek(offset > 0x200000009 && offset <= 0x30000000b)'
	tries EPERM lseek -1 -1 0
	tries EPERM lseek -1 5 0
	tries EPERM lseek -1 0x100000004 0
	tries EBADF lseek -1 0x100000005 0
	tries EBADF lseek -1 0x200000004 0
	tries EBADF lseek -1 0x200000009 0
	tries EPERM lseek -1 0x20000000a 0
	tries EPERM lseek -1 0x300000000 0
	tries EPERM lseek -1 0x30000000b 0
	tries EBADF lseek -1 0x30000000c 0
	tries EBADF lseek -1 0x400000000 0
	rules 'default = deny' 'allow = @basic @file-read !lseek' \
		'allow = lseek(offset >= 0x100000005 && offset != 0x100000007)' \
		'  lseek(offset == 0)'
	tries EPERM lseek -1 -1 0
	tries EBADF lseek -1 0 0
	tries EPERM lseek -1 0x100000004 0
	tries EBADF lseek -1 0x100000005 0
	tries EPERM lseek -1 0x100000007 0
	tries EBADF lseek -1 0x200000007 0
}

@test "a condition that never holds denies nothing, or is refused by its line" {
	local condition
	for condition in 'domain == 1 && domain == 2' 'type > 0x7fffffff' \
		'domain < 5 && domain > 9' 'type & 3 == 1 && type & 1 == 0' \
		'protocol != 0 && protocol == 0'; do
		rules 'default = allow' "deny = socket($condition)"
		run "$SCRUN" -q -c policy.ini "$TRY" socket 1 99 0
		if [[ $status -eq 125 ]]; then
			says 'policy.ini:3: '
		else
			is EINVAL
		fi
	done
	rules 'default = allow' 'deny = ioctl(request < 0)'
	run "$SCRUN" -q -c policy.ini "$TRY" ioctl -1 -1
	if [[ $status -eq 125 ]]; then
		says 'policy.ini:3: '
	else
		is EBADF
	fi
}

@test "a condition that always holds denies all" {
	rules 'default = allow' 'deny = socket(domain >= 0) socket(domain < 0)' \
		'  ioctl(request >= 0) lseek(offset <= 0x7fffffffffffffff)'
	tries EPERM socket 1 99 0
	tries EPERM socket -1 99 0
	tries EPERM ioctl -1 -1
	tries EPERM lseek -1 -1 0
	tries EPERM lseek -1 0x7fffffffffffffff 0
}

@test "conditions too many to compile are refused in time" {
	local i calls=()
	for i in {1..60}; do
		calls+=("mmap(addr > $((i * 0x100000007)) && length < $((i * 3)) && prot != $i && fd >= $((i * 5)) && offset <= $((i * 0x300000001)))")
	done
	rules 'default = allow' "$(printf 'deny = %s\n' "${calls[@]}")"
	refuses 125 policy.ini -c policy.ini touch ran
	# Few, but more than a second's work for libseccomp.
	rules 'default = ENOENT' 'allow = @basic @file-read !lseek !mprotect' \
		'  mprotect(prot > 0)' \
		'  mprotect(len != 0x100000005 && addr & 240 != 16 && addr & 240 != 0)'
	run timeout 60 "$SCRUN" -c policy.ini "$TRY" mprotect 1 0 0
	[[ $status -eq 125 ]] || is ENOENT
}

# ---- the upper half of a 32-bit argument (CVE-2019-7303, CVE-2019-10063) --

@test "without a policy the kernel ignores the upper half" {
	run -0 "$TRY" socket 1 99 0
	is EINVAL
	run -0 "$TRY" socket $((HIGH + 1)) 1 999
	is EPROTONOSUPPORT
}

@test "deny = ioctl(request == TIOCSTI) stops it with any upper half" {
	local high
	rules 'default = allow' 'deny = ioctl(request == TIOCSTI)'
	for high in 0 $HIGH 0x200000000 0x8000000000000000 \
		0xffffffff00000000 0x7fffffff00000000; do
		tries EPERM ioctl -1 $((high | TIOCSTI))
		tries EBADF ioctl -1 $((high | 0x5413))
	done
}

@test "allow = ioctl, deny = ioctl(request == TIOCSTI) stops it, too" {
	local high
	rules 'default = deny' 'allow = @basic @file-read ioctl' \
		'deny = ioctl(request == TIOCSTI)'
	for high in 0 $HIGH 0x8000000000000000 0xffffffff00000000; do
		tries EPERM ioctl -1 $((high | TIOCSTI))
		tries EBADF ioctl -1 $((high | 0x5413))
	done
}

@test "an allowed ioctl is none with another lower half" {
	rules 'default = deny' 'allow = @basic @file-read' \
		'allow = ioctl(request == TCGETS) ioctl(request != TIOCSTI && fd == 9)'
	tries EBADF ioctl -1 0x5401
	tries EPERM ioctl -1 $TIOCSTI
	tries EPERM ioctl -1 $((HIGH | TIOCSTI))
	tries EPERM ioctl 9 $TIOCSTI
	tries EPERM ioctl 9 $((HIGH | TIOCSTI))
	tries EBADF ioctl $((HIGH + 9)) 0x5413 9<&-
}

@test "socket families: a denied one stays denied with an upper half" {
	rules 'default = allow' 'deny = socket(domain == AF_VSOCK)'
	tries EPERM socket 40 99 0
	tries EPERM socket $((HIGH + 40)) 99 0
	tries EPERM socket $((0xffffffff00000000 | 40)) 99 0
	tries EINVAL socket 1 99 0
}

@test "socket families: an allow list by != lets none through" {
	rules 'default = deny' 'allow = @basic @file-read' \
		'allow = socket(domain != AF_VSOCK)'
	tries EPERM socket 40 99 0
	tries EPERM socket $((HIGH + 40)) 99 0
	tries EPERM socket $((0xffffffff00000000 | 40)) 99 0
	tries EINVAL socket 1 99 0
	tries EINVAL socket $((HIGH + 1)) 99 0
}

@test "socket families: Docker's list, all below and above AF_VSOCK" {
	rules 'default = deny' 'allow = @basic @file-read' \
		'allow = socket(domain < AF_VSOCK) socket(domain > AF_VSOCK)'
	tries EPERM socket 40 99 0
	tries EPERM socket $((HIGH + 40)) 99 0
	tries EINVAL socket 39 99 0
	tries EINVAL socket 41 99 0
	tries EINVAL socket $((HIGH + 39)) 99 0
}

@test "socket families: an allow list by == lets no other through" {
	rules 'default = deny' 'allow = @basic @file-read' \
		'allow = socket(domain == AF_UNIX) socket(domain == AF_INET)'
	tries EINVAL socket 1 99 0
	tries EINVAL socket $((HIGH + 1)) 99 0
	tries EPERM socket 40 99 0
	tries EPERM socket $((HIGH + 40)) 99 0
	tries EPERM socket 0 99 0
	tries EPERM socket $HIGH 99 0
}

@test "clone and unshare: a flag counts whatever the upper half is" {
	rules 'default = allow' \
		'deny = clone(flags & CLONE_NEWUSER == CLONE_NEWUSER):ENOTTY' \
		'deny = unshare(flags & CLONE_NEWUSER == CLONE_NEWUSER):ENOTTY'
	# Together with CLONE_FS, or an unknown flag, the kernel refuses both.
	run -0 "$TRY" clone 0x10000200
	is EINVAL
	tries ENOTTY clone 0x10000200
	tries ENOTTY clone $((HIGH + 0x10000200))
	tries ENOTTY unshare 0x10000001
	tries ENOTTY unshare $((HIGH + 0x10000001))
	tries EINVAL unshare 1
}

# ---- other ways into the kernel -------------------------------------------

@test "an x32 number kills" {
	need_x86_64
	rules 'default = allow'
	dies $((0x40000000 + 39))
	dies $((0x40000000 + 520)) # x32's own execve
	dies 0x40000000
	rules 'default = deny' 'allow = @known'
	dies $((0x40000000 + 39))
}

@test "an x32 number is let through where x32 is listed" {
	need_x86_64
	rules 'default = allow' 'architectures = native x32' 'deny = getppid'
	# ENOSYS is the kernel's, where it has no x32.
	run -0 "$TRY" $((0x40000000 + 39))
	local bare=$output
	if [[ $bare == ENOSYS ]]; then
		tries ENOSYS $((0x40000000 + 39))
	else
		succeeds $((0x40000000 + 39))
	fi
	tries EPERM $((0x40000000 + 110))
}

need_int80() {
	need_x86_64
	run "$PROGRAMS/int80"
	[[ $status -eq 0 && $output =~ ^[0-9]+$ ]] ||
		skip "the kernel runs no 32-bit calls"
}

@test "int 0x80 kills" {
	need_int80
	rules 'default = allow'
	run -159 "$SCRUN" -c policy.ini "$PROGRAMS/int80"
	run -159 "$SCRUN" "$PROGRAMS/int80"
	rules 'default = deny' 'allow = @known'
	run -159 "$SCRUN" -c policy.ini "$PROGRAMS/int80"
}

@test "int 0x80 is a call like others where x86 is listed" {
	need_int80
	rules 'default = allow' 'architectures = native x86'
	run -0 "$SCRUN" -c policy.ini "$PROGRAMS/int80"
	[[ $output =~ ^[0-9]+$ ]]
	rules 'default = allow' 'architectures = native x86' 'deny = getppid'
	run -0 "$SCRUN" -c policy.ini "$PROGRAMS/int80"
	is EPERM
	rules 'default = deny' 'architectures = x86 native' \
		'allow = @basic @file-read' 'allow = !getppid'
	run -0 "$SCRUN" -c policy.ini "$PROGRAMS/int80"
	is EPERM
	rules 'default = allow' 'architectures = native x86' 'kill = getppid'
	run -159 "$SCRUN" -c policy.ini "$PROGRAMS/int80"
}

# ---- filters --------------------------------------------------------------

filters() {
	run -0 "$SCRUN" -q -c policy.ini "$STATE"
	field Seccomp_filters
}

many='deny = acct:ENOENT swapon:ESRCH swapoff:EINTR reboot:EIO sethostname:ENXIO
	setdomainname:E2BIG init_module:ENOEXEC delete_module:EBADF
	quotactl:ECHILD pivot_root:EAGAIN chroot:ENOMEM mount:EACCES
	umount2:EFAULT kexec_load:ENOTBLK syslog:EBUSY'

@test "one filter for all that a policy says" {
	run -0 "$STATE"
	local before
	before=$(field Seccomp_filters)
	[[ -n $before ]] || skip "the kernel does not count filters"
	rules 'default = allow' 'deny = @mount ioctl(request == TIOCSTI)'
	[[ $(filters) -eq $((before + 1)) ]]
	rules 'default = deny' 'allow = @known' 'deny = ioctl(request == TIOCSTI)' \
		"$many"
	[[ $(filters) -eq $((before + 1)) ]]
}

@test "different answers for one call, where seccomp and prctl are denied" {
	rules 'default = deny' 'allow = @basic @file-read ioctl' \
		'deny = ioctl(request == TIOCSTI) seccomp prctl' "$many"
	tries EPERM ioctl -1 $TIOCSTI
	tries EBADF ioctl -1 0x5413
	tries EPERM seccomp 0 0 0
	rules 'default = allow' 'kill = seccomp prctl' "$many" \
		'log = ioctl(request == 1)' 'deny = ioctl(request == TIOCSTI)' \
		'  ioctl(request == TIOCLINUX):ENOTTY'
	tries EPERM ioctl -1 $TIOCSTI
	tries ENOTTY ioctl -1 0x541c
	tries EBADF ioctl -1 1
	dies seccomp 0 0 0
}

@test "the filter stays when the command loads one that allows all" {
	rules 'default = allow' 'deny = getppid'
	printf '[syscalls]\ndefault = allow\n' >inner.ini
	run -0 "$SCRUN" -c policy.ini "$SCRUN" -c inner.ini "$TRY" getppid
	is EPERM
}

# ---- programs with threads ------------------------------------------------

PYTHON_THREADS='
import threading
results = []
threads = [threading.Thread(target=results.append, args=(i,))
           for i in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sum(results))'

@test "python3 starts threads under an allow list without clone3" {
	need python3
	rules 'default = deny' 'allow = @basic @file-read @thread !clone3' \
		'  ioctl(request == TCGETS) ioctl(request == FIOCLEX)' \
		'  ioctl(request == TIOCGWINSZ)'
	run -0 timeout 20 "$SCRUN" -c policy.ini python3 -c "$PYTHON_THREADS"
	is 190
	tries ENOSYS clone3 0 0
}

@test "python3 starts threads under the built-in policies" {
	local policy
	need python3
	for policy in strict service default; do
		run -0 timeout 20 "$SCRUN" -c $policy \
			python3 -c "$PYTHON_THREADS"
		is 190
	done
}

# ---- the built-in default -------------------------------------------------

# What the issue names, and its relatives, each with harmless arguments.
NEVER_NEEDED='
mount 1 1 1 0 0
umount2 1 0xffff
pivot_root 1 1
chroot 1
fsopen 1 0xffff
open_tree -1 1 0xffff
move_mount -1 1 -1 1 0xffff
mount_setattr -1 1 0xffff 0 0
setns -1 0
ptrace 16 999999999 0 0
ptrace 0x4206 999999999 0 0
process_vm_readv 999999999 1 1 1 1 0xffff
process_vm_writev 999999999 1 1 1 1 0xffff
pidfd_getfd -1 -1 0xffff
bpf 0xffff 0 0
keyctl 0xffff 0 0 0 0
add_key 1 1 1 1 0
request_key 1 1 1 0
io_uring_setup 0 0
io_uring_enter -1 0 0 0 0 0
io_uring_register -1 0 0 0
unshare 0x10000000
unshare 0x10000001
unshare 0x110000000
clone 0x10000200
clone 0x110000200
clone3 0 0
ioctl -1 0x5412
ioctl -1 0x100005412
kexec_load 0 0 0 0xffff
kexec_file_load -1 -1 0 0 0xffff
init_module 0 0 0
finit_module -1 0 0xffff
delete_module 0 0
settimeofday 1 0
clock_settime 0 1
reboot 1 1 1 0
swapon 1 0
swapoff 1
acct 1
quotactl 0xffff 0 0 0'

# is_denied POLICY: all of NEVER_NEEDED end in EPERM or ENOSYS there.
is_denied() {
	local call failures=0
	while read -r call; do
		[[ -n $call ]] || continue
		# shellcheck disable=SC2086 # words
		run -0 "$SCRUN" -q -c "$1" "$TRY" $call
		[[ $output == EPERM || $output == ENOSYS ]] && continue
		echo "$call: $output"
		failures=$((failures + 1))
	done <<<"$NEVER_NEEDED"
	return "$failures"
}

@test "the default policy denies what no ordinary program needs" {
	is_denied default
}

@test "it is the filter that denies it, not the lack of capabilities" {
	need_root
	local held
	held=$("$SCRUN" --list=capabilities | awk '/held/ { print $1 }')
	printf '[policy]\ninclude = default\n[capabilities]\nkeep = %s\n' \
		"${held//$'\n'/ }" >policy.ini
	run -0 "$SCRUN" -c policy.ini "$STATE"
	[[ ! $(field CapEff) =~ ^0+$ ]]
	is_denied policy.ini
	# What comes back without the filter, where root has the capability.
	run -0 "$TRY" settimeofday 1 0
	[[ $output != EPERM ]] || skip "this root has no capabilities"
	run -0 "$TRY" clone 0x10000200
	is EINVAL
}

@test "strict denies it as well, and service all but others' memory" {
	is_denied strict
	NEVER_NEEDED=$(grep -v ^process_vm <<<"$NEVER_NEEDED")
	is_denied service
}

@test "the default policy lets a debugger trace a program of its own" {
	need_strace
	run -0 "$SCRUN" strace -o trace -e trace=execve true
	[[ -s trace ]]
}
