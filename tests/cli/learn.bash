# Loaded by the files about --learn, after common.

# shellcheck shell=bash disable=SC2154 # run sets some

# learn FILE COMMAND...: as it is; what is told goes to the file told.
learn() {
	local file=$1
	shift
	timeout -k 5 60 "$SCRUN" -q --learn="$file" "$@" 2>told
}

# obeys FILE COMMAND...: under what was learned.
obeys() {
	local file=$1
	shift
	run -0 timeout -k 5 60 "$SCRUN" -c "$file" "$@"
}

# has FILE TEXT...: each begins an entry there.
has() {
	local file=$1 text
	shift
	for text; do
		grep -qE "^([a-z]+ =)? +${text//[()|&]/\\&}( |\$)" "$file" && continue
		printf 'expected: %s\n   found:\n' "$text"
		cat "$file"
		return 1
	done
}

lacks() {
	local file=$1 text
	shift
	for text; do
		run ! grep -E "^([a-z]+ =)? +\??${text//[()|&]/\\&}" "$file"
	done
}

# Nothing but FILE... is here, not even hidden.
only() {
	local file
	for file in .[!.]* *; do
		[[ ! -e $file || $file == separate-stderr-* || # run's own
			" $* " == *" $file "* ]] && continue
		ls -la
		return 1
	done
}
