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
around=() # what starts the attempt, or scrun: with namespaces, perhaps
fixture=() # what is in its directory; a name with a slash is a directory

setup() {
	begin
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

# furnish USER: what a test prepares for a user's attempts: variables, `around`,
# programs.
furnish() {
	:
}

# begin_attempts USER: starts tests/escape/driver.c, which makes them.
begin_attempts() {
	local options=(-t "$patience")
	[[ $1 != other ]] || options+=(-u "$OTHER")
	coproc driver {
		exec "$ESCAPE/driver" "${options[@]}" "${fixture[@]}" 3>&-
	}
	driver_pid=$!
}

end_attempts() {
	local input=${driver[1]}
	exec {input}>&-
	wait "$driver_pid"
}

# attempt WORD...: a line for the driver. Sets status and output.
attempt() {
	local IFS=$'\t'
	echo "$*" >&"${driver[1]}"
	{
		IFS= read -r -d '' output && read -r -d '' status
	} <&"${driver[0]}" || status='the driver ended'
	output=${output%$'\n'}
}

# note OUTCOME NAME HOW: for the tally; HOW says who, and under what.
note() {
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$BATS_FILE_TMPDIR/outcomes"
}

# Whether the attempt is one: it gets out where there is no sandbox.
gets_out_without() {
	local user=$1 program=$2 name=$3
	attempt "${without[@]}" "${around[@]}" "$ESCAPE/$program" "$name"
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

# under POLICY MODE PROGRAM NAME: the attempt, made in the sandbox.
under() {
	local policy=$1 mode=$2 program=$3 name=$4
	local options=(-q -c "$policy") audited=()
	[[ $mode == plain ]] || options+=(--audit="$mode" -o "$PWD/report")
	[[ $mode == plain ]] || audited=(AUDITED=yes REPORT="$PWD/report")
	attempt "${within[@]}" "${audited[@]}" "${around[@]}" \
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
		furnish "$user"
		begin_attempts "$user"
		for name in "${names[@]}"; do
			gets_out_without "$user" "$program" "$name" || continue
			for mode in $modes; do
				under "$policy" "$mode" "$program" "$name"
				judge "$expected" "$name" "$user, $mode, ${policy##*/}"
				inspect "$user" "$mode" "$name" ||
					failures=$((failures + 1))
			done
		done
		end_attempts || failures=$((failures + 1))
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
