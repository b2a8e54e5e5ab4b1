# Loaded by escape.bats, after common: attempts to get out, each first without
# scrun, where it has to succeed, and then under a policy, with and without an
# audit, by root and by an ordinary user.

# shellcheck shell=bash

ESCAPE=$SCRUN_BUILD/escape

# How the attempts of a test are started; a test may narrow or widen it.
modes='plain denied calls' # and trace, where the auditor counts
deaths=159 # by the sandbox's hand: SIGSYS
within=() # variables of the attempt, in the sandbox
without=(CONTROL=yes) # and where there is none
patience=40 # seconds that an attempt may take
may_stall=  # and that it takes them is no fault

setup() {
	begin
	need timeout
	open_directory
	users=self
	# tests/run has root's only: the other's follow, under his own name.
	[[ $(id -u) -ne 0 ]] || users=${ESCAPE_USERS:-root other}
	if [[ $users == *other* ]] && ! as_other test -x "$SCRUN"; then
		echo "# escape: without an ordinary user, who cannot reach $SCRUN" >&3
		users=root
	fi
}

# as USER COMMAND...
as() {
	local user=$1
	shift
	case $user in
	other) as_other "$@" ;;
	*) "$@" ;;
	esac
}

# A directory for one attempt, which it may leave as it likes. A test can have
# more in it, by a function of its own.
arena() {
	rm -rf arena
	mkdir arena
	furnish "$1"
	[[ $1 != other ]] || chown -R "$OTHER:$OTHER" arena
}

furnish() {
	:
}

# Sets `around`: what starts the attempt, or scrun, for this user: with
# namespaces of its own, perhaps.
surround() {
	around=()
}

# What bats has open is none of an attempt's business.
close_others() {
	local fd
	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		[[ $fd -le 2 ]] || exec {fd}>&-
	done
}

# attempt USER COMMAND...: in the arena, where it is given two descriptors, if
# there is something to give. Sets status and output.
attempt() {
	local user=$1 begin=$SECONDS
	shift
	surround "$user"
	status=0
	output=$(
		cd arena || exit
		close_others
		[[ ! -e closed ]] || exec 8<closed
		[[ ! -e given ]] || exec 9<given
		as "$user" timeout -k 2 "$patience" "${around[@]}" "$@" 2>&1
	) || status=$?
	[[ -n $may_stall || $((SECONDS - begin)) -lt $patience ]] ||
		status="$status, too late"
}

# note OUTCOME NAME HOW: for the tally; HOW says who, and under what.
note() {
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$BATS_FILE_TMPDIR/outcomes"
}

# Whether the attempt is one: it gets out where there is no sandbox.
gets_out_without() {
	local user=$1 program=$2 name=$3
	arena "$user"
	attempt "$user" env "${without[@]}" "$ESCAPE/$program" "$name"
	case $status in
	1) return 0 ;;
	0) output="skipped: $name (it does not get out here anyway)" ;;
	77) ;;
	*)
		note broken "$name" "$user without scrun"
		printf '%s as %s, without scrun: %s: %s\n' \
			"$name" "$user" "$status" "$output"
		failures=$((failures + 1))
		return 1
		;;
	esac
	note skipped "$name" "$user"
	echo "# $output, as $user" >&3
	return 1
}

# under POLICY USER MODE PROGRAM NAME: the attempt, made in the sandbox.
under() {
	local policy=$1 user=$2 mode=$3 program=$4 name=$5
	local options=(-q -c "$policy") audited=()
	arena "$user"
	rm -f report
	: >report
	[[ $user != other ]] || chown "$OTHER" report
	[[ $mode == plain ]] || options+=(--audit="$mode" -o "$PWD/report")
	[[ $mode == plain ]] || audited=(AUDITED=yes REPORT="$PWD/report")
	attempt "$user" env "${within[@]}" "${audited[@]}" \
		"$SCRUN" "${options[@]}" "$ESCAPE/$program" "$name"
}

# A test can look at what is left, too: the report, say.
inspect() {
	:
}

# Notes what came of it, where EXPECTED (held, or "by design") should have.
judge() {
	local expected=$1 name=$2 how=$3 outcome=broken
	if [[ $status -eq 0 && $output == *"held: $name"* ]] ||
		[[ " $deaths " == *" $status "* ]]; then
		outcome=held
	elif [[ $status -eq 1 && $output == *"ESCAPED: $name"* ]]; then
		outcome=ESCAPED
	fi
	[[ $outcome == ESCAPED && $expected == 'by design' ]] &&
		outcome='by design'
	note "$outcome" "$name" "$how"
	[[ $outcome == "$expected" ]] && return
	printf '%s as %s: %s, not %s: status %s: %.400s\n' \
		"$name" "$how" "$outcome" "$expected" "$status" "$output"
	failures=$((failures + 1))
}

# expect OUTCOME POLICY PROGRAM [NAME...]: all attempts of the program, or these.
expect() {
	local expected=$1 policy=$2 program=$3 user mode name names
	shift 3
	names=("$@")
	[[ $# -gt 0 ]] || mapfile -t names < <("$ESCAPE/$program")
	[[ $policy != *.ini || $policy == /* ]] || policy=$PWD/$policy
	failures=0
	for user in $users; do
		for name in "${names[@]}"; do
			gets_out_without "$user" "$program" "$name" || continue
			for mode in $modes; do
				under "$policy" "$user" "$mode" "$program" "$name"
				judge "$expected" "$name" "$user, $mode, ${policy##*/}"
				inspect "$user" "$mode" "$name" ||
					failures=$((failures + 1))
			done
		done
	done
	[[ $failures -eq 0 ]]
}

holds() {
	expect held "$@"
}

# What a policy does not hold, as NOTES of scrun(1) says.
lets_out() {
	expect 'by design' "$@"
}

count() {
	grep -c "^$1	" "$BATS_FILE_TMPDIR/outcomes"
}

# The sum of all, as one line; tests/run prints it at the end.
tally() {
	local who=root
	[[ -e $BATS_FILE_TMPDIR/outcomes ]] || return 0
	[[ $(id -u) -ne 0 ]] && who='an ordinary user'
	printf 'escapes tried by %s: %d held, %d ESCAPED, %d by design, %d broken, %d skipped\n' \
		"$who" "$(count held)" "$(count ESCAPED)" \
		"$(count 'by design')" "$(count broken)" "$(count skipped)"
}
