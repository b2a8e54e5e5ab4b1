#!/usr/bin/env bats
# Programs that try to get out (tests/escape), and what must come of it.

# shellcheck disable=SC2030,SC2031,SC2034,SC2317 # for escape.bash

load common
load audit
load escape

teardown_file() {
	local line
	line=$(tally)
	echo "# $line" >&3
	[[ -z ${ESCAPE_TALLY-} ]] || echo "$line" >"$ESCAPE_TALLY"
}

# ---- system calls ---------------------------------------------------------

@test "another number for a denied call is no way out" {
	printf '[policy]\ninclude = default\n[syscalls]\ndeny = time\n' >policy.ini
	holds policy.ini numbers
}

@test "no other number is a way out of strict and service, either" {
	modes=plain
	holds strict numbers number-by-name number-high-bit number-top-bit \
		number-all-high-bits number-x32 number-x32-high-bit number-int80
	holds service numbers number-by-name number-high-bit number-top-bit \
		number-all-high-bits number-x32 number-x32-high-bit number-int80
}

@test "no new user namespaces" {
	holds default namespaces
	modes=plain
	holds service namespaces
}

@test "what only attacks use: terminals, rings, faults, keys" {
	holds default kernel
	modes=plain
	holds service kernel
}

@test "the filter is no looser after what the command does to itself" {
	holds default seccomp
	modes=plain
	holds service seccomp
	# Not even to root with all capabilities, who could else read the filter.
	printf '[syscalls]\ndefault = allow\ndeny = @exec\n[capabilities]\ndrop =\n' \
		>keeping.ini
	holds keeping.ini seccomp seccomp-read-filter
}

# ---- privileges -----------------------------------------------------------

# Programs that would run with more: of root for others, of others for root.
furnish_programs() {
	local user=$1 owner=0
	[[ $(id -u) -eq 0 ]] || return 0
	[[ $user != root ]] || owner=$OTHER
	mkdir -p programs
	cp "$ESCAPE/privileges" programs/setuid
	cp "$ESCAPE/privileges" programs/setgid
	cp "$ESCAPE/privileges" programs/filecap
	chown "$owner:$owner" programs/setuid programs/setgid
	chmod 4755 programs/setuid
	chmod 2755 programs/setgid
	export SETUID=$PWD/programs/setuid SETGID=$PWD/programs/setgid
	! setcap cap_net_raw=ep programs/filecap 2>/dev/null ||
		export FILECAP=$PWD/programs/filecap
}

@test "no program gives back what was taken" {
	furnish() { furnish_programs "$1"; }
	holds default privileges
	modes=plain
	holds service privileges
}

# ---- executing ------------------------------------------------------------

@test "deny = @exec: nothing is executed, whatever is guessed" {
	printf '[policy]\ninclude = default\n[syscalls]\ndeny = @exec\n' \
		>noexec.ini
	holds noexec.ini exec
	modes=plain
	printf '[syscalls]\ndefault = allow\nkill = @exec\n' >killed.ini
	holds killed.ini exec
}

# ---- paths ----------------------------------------------------------------

# paths LINE...: the policy for these files, and more that it has: `open` to
# write, `readable` to read, and `closed`.
paths() {
	fixture=(open/ closed/ closed/secret readable/ readable/file given)
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' \
		'read = /etc /proc' "read = $PWD/arena/readable" \
		"write = $PWD/arena/open /dev/null" \
		"execute = /usr ?/lib ?/lib64 $ESCAPE" "$@" >paths.ini
}

# An ordinary user's namespace is one where it is root.
surround_with() {
	around=(unshare "${@:2}")
	[[ $1 == root ]] || around=(unshare --user --map-root-user "${@:2}")
}

# need_namespace OPTION...: unshare(1) can make one of this kind; not in a chroot.
need_namespace() {
	need unshare
	unshare "$@" true 2>/dev/null ||
		unshare --user --map-root-user "$@" true 2>/dev/null ||
		skip "no namespace can be made here: unshare $*"
}

# own USER POLICY: whoever is root in a namespace of the user's owns the policy.
own() {
	case $1 in
	root) chown 0 "$2" ;;
	other) chown "$OTHER" "$2" ;;
	esac
}

@test "[paths] holds links, renames, .., /proc and descriptors" {
	need_landlock 3
	paths
	holds paths.ini paths path-direct path-dotdot path-dotdot-of-directory \
		path-symlink path-symlink-to-directory path-hard-link \
		path-hard-link-of-descriptor path-rename path-rename-directory \
		path-rename-exchange path-proc-root path-proc-cwd \
		path-reopen-descriptor path-inherited-directory \
		path-enter-inherited-directory path-openat2-in-root path-mmap \
		path-truncate path-make path-write-readable \
		path-execute-written path-kernel-settings path-own-text
}

@test "[paths] holds mounts and handles, whatever capabilities there are" {
	need_landlock 3
	need_namespace --mount
	furnish() {
		own "$1" paths.ini
		surround_with "$1" --mount
	}
	paths '[capabilities]' 'drop ='
	within=(OWN_MOUNTS=yes)
	without+=(OWN_MOUNTS=yes)
	holds paths.ini paths path-bind-mount path-mount-by-descriptor \
		path-chroot path-by-handle path-proc-root
}

@test "a file without a name is executed, whatever [paths] says" {
	need_landlock 3
	paths
	modes=plain
	lets_out paths.ini paths path-execute-memfd
}

@test "without [paths], root's files are root's, and memory can be written" {
	modes=plain
	lets_out default paths path-kernel-settings path-own-text
}

# ---- descriptors ----------------------------------------------------------

@test "no descriptor is left open, and none that was given is more than it was" {
	need_landlock 3
	fixture=(given)
	holds default descriptors descriptor-left-open
	printf '[syscalls]\ndefault = allow\n[paths]\nread = /\nexecute = /\n' \
		>readable.ini
	holds readable.ini descriptors descriptor-left-open descriptor-reopen
	printf '[policy]\ninclude = default\n[process]\nclose_fds = yes\n' \
		>closing.ini
	holds closing.ini descriptors descriptor-left-open descriptor-given
}

# ---- other processes ------------------------------------------------------

# A victim of each user: an array of pids.
start_victims() {
	local user
	declare -gA victims
	for user in $users; do
		rm -f victim
		as "$user" "$ESCAPE/victim" >victim 3>&- &
		eventually test -s victim
		victims[$user]=$(<victim)
	done
	# The attempt is told of its user's.
	furnish() {
		within=(VICTIM="${victims[$1]}")
		without=(CONTROL=yes VICTIM="${victims[$1]}")
	}
}

teardown() {
	local pid
	for pid in "${victims[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
}

@test "other processes' memory and descriptors: what a filter can deny" {
	start_victims
	holds default others other-ptrace-attach other-ptrace-seize \
		other-process-vm-writev other-process-vm-readv other-pidfd-getfd
	modes=plain
	holds service others other-ptrace-attach other-ptrace-seize \
		other-process-vm-writev other-process-vm-readv other-pidfd-getfd
}

@test "[paths] and [network] hold what a filter cannot" {
	need_landlock 6
	start_victims
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read = /' \
		'execute = /' '[network]' 'scope = abstract-sockets signals' \
		>scope.ini
	holds scope.ini others other-ptrace-attach other-ptrace-seize \
		other-process-vm-writev other-process-vm-readv \
		other-pidfd-getfd other-proc-mem other-proc-mem-of-thread \
		other-proc-root other-proc-cwd other-proc-fd \
		other-proc-environ other-signal other-signal-by-descriptor \
		other-abstract-socket
}

@test "without them, a user's processes are within reach of each other" {
	start_victims
	modes=plain
	lets_out default others other-signal other-abstract-socket other-limits
	[[ $users != *root* ]] || users=other
	lets_out default others other-proc-mem other-proc-root other-proc-fd \
		other-proc-environ
}

@test "root without capabilities reaches nobody who has some" {
	need_root
	start_victims
	users=root
	holds allow.ini others other-ptrace-attach other-ptrace-seize \
		other-process-vm-writev other-process-vm-readv \
		other-pidfd-getfd other-proc-mem other-proc-mem-of-thread \
		other-proc-root other-proc-cwd other-proc-fd
}

# ---- the auditor ----------------------------------------------------------

@test "nobody gets into the auditor, nor at its listener" {
	start_victims
	furnish() { without=(CONTROL=yes VICTIM="${victims[$1]}"); }
	modes='denied calls trace'
	holds allow.ini others other-ptrace-attach other-ptrace-seize \
		other-process-vm-writev other-process-vm-readv \
		other-pidfd-getfd other-proc-mem other-proc-mem-of-thread \
		other-proc-root other-proc-cwd other-proc-fd \
		other-proc-environ
}

@test "into the auditor leads cap_sys_ptrace" {
	need_root
	start_victims
	furnish() { without=(CONTROL=yes VICTIM="${victims[$1]}"); }
	users=root
	modes=denied
	printf '[syscalls]\ndefault = allow\n[capabilities]\nkeep = cap_sys_ptrace\n' \
		>keeping.ini
	lets_out keeping.ini others other-process-vm-writev other-proc-mem \
		other-pidfd-getfd
}

# The auditor is tried in all that it does.
deny_mkdir() {
	modes='plain denied calls trace'
	rules 'default = allow' 'deny = @mkdir'
}

# No auditor is left, and none is stopped.
inspect_end() {
	[[ $2 == plain ]] || eventually no_auditor
}

no_auditor() {
	! pgrep -f "$PWD/report"
}

@test "whatever is done to the auditor, what is denied is not allowed" {
	deny_mkdir
	deaths='159 137' # with the auditor the command ends
	inspect() { inspect_end "$@"; }
	holds policy.ini auditor auditor-killed auditor-signalled \
		auditor-starved auditor-out-of-time auditor-not-dumpable \
		auditor-other-tracer auditor-path-of-nothing auditor-untraced
}

@test "a stopped auditor delays the command, and allows nothing" {
	local waker
	deny_mkdir
	while sleep 0.2; do
		pkill -CONT -f "$PWD/report" || true
	done 3>&- &
	waker=$!
	inspect() { inspect_end "$@"; }
	holds policy.ini auditor auditor-stopped || status=$?
	kill "$waker"
	return "$status"
}

# In a namespace of processes, whose first one is a shell.
surround_processes() {
	surround_with "$1" --pid --fork --mount-proc sh -c '"$@"; exit $?' sh
}

@test "kill(-1), the auditor among them, allows nothing" {
	need_namespace --pid --fork --mount-proc
	deny_mkdir
	deaths='159 137'
	within=(OWN_PROCESSES=yes)
	without+=(OWN_PROCESSES=yes)
	furnish() {
		own "$1" policy.ini
		surround_processes "$1"
	}
	holds policy.ini auditor auditor-kill-all
}

# The report has every one of the CALLS that raced, whatever their path was,
# and says of each that the policy denied it.
inspect_race() {
	local calls=2001 counted
	[[ $2 != plain ]] || return 0
	eventually complete || return 1
	counted=$(awk '/^denied by policy$/ { is_table = 1; next }
		/^[^ ]/ { is_table = 0 }
		is_table && /^ +[0-9]+  / { n += $1 } END { print n + 0 }' report)
	[[ $counted -eq $calls ]] || {
		echo "$3 in $2: $counted denied, not $calls"
		return 1
	}
	! grep -P '[\x00-\x08\x0b-\x1f\x7f]' report &&
		! grep '^scrun: denied' report | grep -v 'policy.ini:3 deny = @mkdir'
}

@test "racing threads change no verdict and no count" {
	deny_mkdir
	inspect() { inspect_race "$@"; }
	holds policy.ini auditor auditor-raced auditor-raced-by-unmapping
}

@test "signals and deaths while a call waits allow nothing" {
	deny_mkdir
	inspect() { inspect_end "$@" && { [[ $2 == plain ]] || complete; }; }
	holds policy.ini auditor auditor-interrupted auditor-killed-callers
}

# The command and its auditor are gone after a while, though neither would end
# before the other.
inspect_stalled() {
	eventually no_auditor || eventually no_auditor ||
		eventually no_auditor
}

@test "a path that nobody can read stalls the command, and allows nothing" {
	deny_mkdir
	printf '[capabilities]\ndrop =\n' >>policy.ini # userfaultfd may take one
	modes='denied calls'
	patience=2
	deaths=124 # by the driver's hand
	inspect() { inspect_stalled; }
	holds policy.ini auditor auditor-stalled
}
