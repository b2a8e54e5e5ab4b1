# Loaded by the files about --audit, after common: how to read a report.

# shellcheck shell=bash

# audit MODE COMMAND...: under policy.ini; the report goes to the file report.
# The status is the command's; a hanging audit is 124.
audit() {
	local mode=$1 ended=0
	shift
	timeout -k 5 60 "$SCRUN" -q -c "${policy:-policy.ini}" --audit="$mode" \
		-o "$PWD/report" "$@" || ended=$?
	# Without ptrace, the end of the report may come after the command's.
	if [[ $mode == denied && $ended != 12[4-7] ]]; then
		eventually grep -qE '^scrun: audit of |"event":"end"' report ||
			return 1
	fi
	return "$ended"
}

# table [SYSCALL COLUMN]: the table of the report, as lines of "syscall calls
# errors denied", or a number of it.
table() {
	awk -v name="${1-}" -v column="${2-}" '
		/^ *calls +errors +denied +syscall$/ { is_table = 1; next }
		is_table && NF == 4 && /^ +[0-9]+ +[0-9]+ +[0-9]+  / {
			if (name == "")
				print $4, $1, $2, $3
			if (name == $4) {
				print $column
				is_found = 1
			}
			next
		}
		{ is_table = 0 }
		END { if (name != "" && !is_found) print 0 }' report
}

# It by name.
calls() {
	table | sort
}

# counted SYSCALL [CALLS|ERRORS|DENIED]: a number of the report's table.
counted() {
	case ${2:-CALLS} in
	CALLS) table "$1" 1 ;;
	ERRORS) table "$1" 2 ;;
	DENIED) table "$1" 3 ;;
	esac
}

# reports PATTERN...: each matches a line of the report.
reports() {
	local pattern
	for pattern; do
		grep -qE -e "$pattern" report && continue
		printf 'expected: %s\n   found:\n' "$pattern"
		cat report
		return 1
	done
}

# A report with its last part, and nothing after that.
complete() {
	local text='' some=$'[^\n]*'
	IFS= read -rd '' text <report || true
	[[ $'\n'$text =~ $'\nscrun: audit of '${some}': '${some}[0-9]\.[0-9]{3}' s'$'\n' &&
		$text == *$'\n' ]] || { echo "incomplete: $text"; return 1; }
}

# The auditor whose report is the file report here. (Not of another test, which
# may be running at the same time.)
auditor() {
	local directory comm words
	for directory in /proc/[0-9]*; do
		read -r comm 2>/dev/null <"$directory/comm" || continue
		[[ $comm == scrun ]] || continue
		mapfile -td '' words 2>/dev/null <"$directory/cmdline" || continue
		[[ " ${words[*]} " == *" $PWD/report "* ]] || continue
		echo "${directory#/proc/}"
		return 0
	done
	return 1
}

# ready: the command has printed that it is.
ready() {
	[[ -s out && $'\n'$(<out)$'\n' == *$'\nready\n'* ]]
}

# unprivileged COMMAND...: as an ordinary user, whom root becomes.
unprivileged() {
	if [[ $(id -u) -eq 0 ]]; then
		as_other "$@"
	else
		"$@"
	fi
}

# The same user can write the report.
need_unprivileged() {
	[[ $(id -u) -ne 0 ]] && return
	need setpriv
	open_directory
	: >report
	chown "$OTHER" report
}

# suggested: the lines that the report offers, each as its section and its key.
suggested() {
	sed -nE 's/.*to allow: (\[[a-z]+\]) (.*)$/\1\n\2/p' report
}

# ends STATUS: the process $service ends, with this status.
ends() {
	local status=0
	eventually gone "$service"
	wait "$service" || status=$?
	service=
	[[ $status -eq $1 ]] || {
		echo "the service ended with $status"
		return 1
	}
}

# ---- A report that nobody reads yet ---------------------------------------

# Whatever writes to the report waits, from its first line on.
clog() {
	rm -f report
	mkfifo report
	exec 9<>report
	dd if=/dev/zero of=report bs=4096 oflag=nonblock 2>/dev/null || true
}

# Reads it to its end, into a file of the same name.
unclog() {
	mv report clogged
	exec 8<clogged 9>&-
	timeout 60 tr -d '\0' <&8 >report
	exec 8<&-
}

# state_of PID: a letter, as proc(5) has it.
state_of() {
	sed 's/.*) \(.\) .*/\1/' "/proc/$1/stat"
}
