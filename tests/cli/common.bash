# Loaded by every file here. SCRUN_BUILD is the directory of the build.

bats_require_minimum_version 1.5.0

: "${SCRUN_BUILD:?the absolute path of the build directory}"
SCRUN=$SCRUN_BUILD/scrun
PROGRAMS=$SCRUN_BUILD/programs
TRY=$PROGRAMS/try
STATE=$PROGRAMS/state
export SCRUN TRY STATE

# The system's own programs, the same for root and for a user; and those of
# bats, which looks for them here.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin:$BATS_LIBEXEC
export LC_ALL=C

# "nobody" of every Linux, for what needs another user than root.
OTHER=65534

# Every test begins in a directory of its own.
setup() {
	begin
}

begin() {
	# Before each command bats notes all functions that are running, which
	# takes a third of a millisecond; here just the line of the test. (In one
	# line: LINENO counts those of the trap, too.)
	# shellcheck disable=SC2016,SC2064 # for the trap to expand
	local here='BATS_DEBUG_LAST_STACK_TRACE=("$LINENO $FUNCNAME $BATS_TEST_SOURCE")'
	trap '[[ ${FUNCNAME-} != "$BATS_TEST_NAME" ]] || '"$here" DEBUG
	umask 022
	ulimit -c 0 # many tests end in SIGSYS
	cd "$BATS_TEST_TMPDIR" || return 1
	printf '[syscalls]\ndefault = allow\n' >allow.ini
}

# rules LINE...: a policy of these lines under [syscalls], in policy.ini.
rules() {
	printf '%s\n' '[syscalls]' "$@" >policy.ini
}

# The parts of `run` that start its command. It has made a subshell, which is
# process enough for a program: neither a function nor a builtin, of which hash
# knows nothing.
bats_merge_stdout_and_stderr() {
	becomes "$@" 2>&1
}

bats_redirect_stderr_into_file() {
	# shellcheck disable=SC2154 # the caller's
	becomes "$@" 2>>"$bats_run_separate_stderr_file"
}

becomes() {
	if [[ $1 == */* ]] || { hash "$1" && hash -t "$1"; } >/dev/null 2>&1; then
		exec "$@"
	fi
	"$@"
}

# Whether the output of the last `run` has every TEXT.
says() {
	local text
	for text; do
		[[ $output == *"$text"* ]] && continue
		printf 'expected: %s\n   found: %s\n' "$text" "$output"
		return 1
	done
}

# Whether the output of the last `run` is TEXT and nothing else.
is() {
	[[ $output == "$1" ]] && return 0
	printf 'expected: %s\n   found: %s\n' "$1" "$output"
	return 1
}

# tries RESULT CALL [ARGUMENT]...: the call ends so under policy.ini.
tries() {
	local expected=$1
	shift
	run -0 "$SCRUN" -q -c policy.ini "$TRY" "$@"
	is "$expected" || { echo "   in: try $*"; return 1; }
}

# without FDS COMMAND...: runs it with these descriptors closed.
without() {
	local fds=$1 fd
	shift
	(
		for fd in $fds; do
			exec {fd}>&-
		done
		exec "$@"
	)
}

# The value of a line of `state`, or of /proc/PID/status, in the last output.
# By the shell alone: it is asked for often.
field() {
	local line=$'\n'"$1:[[:space:]]*"$'([^\n]*)'
	[[ $'\n'$output =~ $line ]] || return 0
	echo "${BASH_REMATCH[1]}"
}

# eventually COMMAND...: until it succeeds, for at most half a minute. It waits
# in the shell, and not long at first: most of what is waited for is near.
eventually() {
	local pause=1 end=$((SECONDS + 30)) never=$BATS_RUN_TMPDIR/never
	[[ -p $never ]] || mkfifo "$never"
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS >= end)); then
			echo "in vain: $*"
			return 1
		fi
		read -rt "0.0$pause" _ <>"$never" || true
		pause=$((pause < 8 ? 2 * pause : 8))
	done
}

# Whether all threads of a process have ended. Its parent may be slow to know:
# init, or this shell, which now and then loses a SIGCHLD before a `read -t`.
gone() {
	local stat='' fields
	read -r stat 2>/dev/null <"/proc/$1/stat" || true
	read -ra fields <<<"${stat##*)}"
	[[ $stat == '' || ${fields[0]} == Z && ${fields[17]} -le 1 ]]
}

need() {
	local program
	for program; do
		command -v "$program" >/dev/null ||
			skip "there is no $program here"
	done
}

need_root() {
	[[ $(id -u) -eq 0 ]] || skip "needs root"
}

need_user() {
	[[ $(id -u) -ne 0 ]] || skip "needs an ordinary user"
}

# A program that no loader opens files for.
need_static() {
	need readelf
	[[ $(readelf -lW "$1") != *INTERP* ]] ||
		skip "this build is not static"
}

# What a sanitizer does of its own accord is not scrun's doing: nor the memory
# that it takes.
is_sanitized() {
	grep -qE '__[at]san_init' "$SCRUN"
}

need_no_sanitizer() {
	! is_sanitized || skip "this is a sanitizer's build"
}

# A program that counts its lines (tests/coverage) makes calls to write them.
need_no_counters() {
	! grep -q __gcov_exit "$SCRUN" || skip "this build counts its lines"
}

# strace may be there and not allowed: in a container, say.
need_strace() {
	need strace
	strace -o /dev/null true 2>/dev/null || skip "strace cannot trace here"
}

# Runs a command as an ordinary user that root becomes.
as_other() {
	setpriv --reuid="$OTHER" --regid="$OTHER" --clear-groups "$@"
}

# Lets the ordinary user reach this test's directory, which bats made for
# nobody but the user who runs it.
open_directory() {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"/.. "$BATS_TEST_TMPDIR"
}

# refuses STATUS TEXT ARGUMENT...: scrun ends so, says TEXT on stderr and
# nothing on stdout, and its command, `touch ran`, did not run.
# shellcheck disable=SC2154 # `run` sets stderr
refuses() {
	local expected=$1 text=$2
	shift 2
	rm -f ran
	run "-$expected" --separate-stderr timeout 10 "$SCRUN" "$@"
	if [[ -n $output || $stderr != *"$text"* || -e ran ]]; then
		printf 'expected: %s\n  stderr: %s\n  stdout: %s\n' \
			"$text" "$stderr" "$output"
		[[ ! -e ran ]] || echo 'and the command ran'
		return 1
	fi
}

# has_landlock ABI: the kernel's is at least that (landlock(7)).
has_landlock() {
	local abi
	abi=$("$TRY" 444 0 0 1)
	[[ $abi =~ ^[0-9]+$ && $abi -ge $1 ]]
}

need_landlock() {
	has_landlock "$1" || skip "this needs Landlock ABI $1 of the kernel"
}
