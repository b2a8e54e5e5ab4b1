# Loaded by the files that try the examples as they are, in their own places and
# with their own ports, after common.

# shellcheck shell=bash disable=SC2119,SC2120,SC2317 # arguments and calls are elsewhere

EXAMPLES=$(realpath "$BATS_TEST_DIRNAME/../../examples")

setup() {
	machine
}

# machine [COMMAND]...: one for this test, which needs root; see tests/cli/machine.
# A command gets a tree of control groups of its own.
machine() {
	local group=()
	begin
	need_root
	need_landlock 4 # for the examples' ports
	need unshare nsenter ip setpriv pgrep
	if [[ $# -gt 0 ]]; then
		groups=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
		[[ -n $groups ]] || skip "no control groups here"
		groups+=/scrun-test.$$
		mkdir "$groups" 2>/dev/null || { groups=; skip "no control groups here"; }
		group=(--cgroup)
	fi
	(
		[[ -z ${groups-} ]] || echo "$BASHPID" >"$groups/cgroup.procs"
		exec unshare --mount --net --pid --ipc --uts --fork --kill-child \
			"${group[@]}" bash "$BATS_TEST_DIRNAME/machine" \
			"$PWD" "$SCRUN" "$EXAMPLES" "$@"
	) >machine.log 2>&1 3>&- &
	machine=$!
	begun() { [[ -s ready ]] || gone "$machine"; }
	eventually begun
	[[ -s ready ]] || skip "no namespaces here: $(tail -n 1 machine.log)"
	first=$(pgrep -P "$machine")
}

# With the first process of a machine all others end.
teardown() {
	if [[ -n ${machine-} ]]; then
		kill -KILL "${first:-$machine}" 2>/dev/null || true
		wait "$machine" 2>/dev/null || true
	fi
	if [[ -n ${groups-} ]]; then
		no_groups() {
			find "$groups" -depth -type d -exec rmdir {} +
			[[ ! -e $groups ]]
		}
		eventually no_groups
	fi
}

# inside COMMAND...: in the machine, as at boot.
inside() {
	nsenter --target "$first" --mount --net --pid --ipc --uts \
		env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		LC_ALL=C "$@" 3>&-
}

# The commands that an example begins with, indented in its first comment, done
# as they stand.
follow() {
	sed -n -e '1,/^[^#;]/s/^[#;]     *//p' "$EXAMPLES/$1" >commands
	[[ -s commands ]]
	inside sh -eux -c "cd /; $(<commands)" >commands.log 2>&1 ||
		{ cat commands.log; return 1; }
}
