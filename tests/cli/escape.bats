#!/usr/bin/env bats
# Programs that try to get out (tests/escape), and what must come of it.

# shellcheck disable=SC2030,SC2031,SC2034 # for escape.bash

load common
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
	setcap cap_net_raw=ep programs/filecap 2>/dev/null &&
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
