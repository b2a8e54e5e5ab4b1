#!/usr/bin/env bats
# --dry-run: every step that would be taken, in order, and none is.

# shellcheck disable=SC2016 # text for inner shells

load common

# policy LINE...: policy.ini, which allows all calls.
policy() {
	printf '%s\n' '[syscalls]' 'default = allow' "$@" >policy.ini
}

# dry ARGUMENT...: the steps of a dry run go to the file steps. The words of
# `start` come before scrun.
start=()
dry() {
	run -0 --separate-stderr "${start[@]}" "$SCRUN" -c policy.ini \
		--dry-run "$@"
	echo "$output" >steps
}

# step NAME: its value; where there are more of them, each in a line.
step() {
	awk -v name="$1" '/^[^ ]/ { is_it = $1 == name; sub(/^[^ ]+/, "") }
		is_it { sub(/^ +/, ""); print }' steps
}

# names HEX: the capabilities of a set of /proc/PID/status, in one line.
names() {
	local set=$((16#$1)) value=0 name all=1 list=
	while read -r name _; do
		if ((set >> value & 1)); then
			list+=" $name"
		else
			all=0
		fi
		((++value))
	done < <("$SCRUN" --list=capabilities)
	((all)) && list=' all'
	echo "${list:- none}"
}

# The five sets that a dry run foretells are those that a command gets.
foretells_capabilities() {
	local set
	dry cat
	run -0 "${start[@]}" "$SCRUN" -c policy.ini cat /proc/self/status
	for set in permitted:CapPrm effective:CapEff inheritable:CapInh \
		ambient:CapAmb bounding:CapBnd; do
		if [[ " $(step "${set%:*}" | xargs)" != \
			"$(names "$(field "${set#*:}")")" ]]; then
			printf '%s: foretold %s, is %s\n' "$set" \
				"$(step "${set%:*}")" "$(field "${set#*:}")"
			return 1
		fi
	done
}

@test "each step is printed in the order of scrun(1)" {
	need_landlock 3
	exec 7</dev/null
	policy '[process]' 'umask = 027' 'chdir = /' 'nice = 5' \
		'oom_score_adj = 3' 'new_session = no' 'stdin = null' \
		"stdout = $PWD/out" "stderr = append:$PWD/err" \
		'close_fds = yes' 'keep_fds = 7 9' 'pdeathsig = SIGTERM' \
		'[limits]' 'core = 0' 'nofile = 64:128' '[environment]' \
		'clear = yes' 'set = A="one two"' 'set = PATH=/usr/bin:/bin' \
		'[paths]' 'read = / ?/nosuch' 'execute = /usr /bin /lib ?/lib64' \
		'[capabilities]' 'keep = ?cap_chown'
	dry --audit=trace -o report sh -c 'touch ran' '' 'a"b'
	[[ $(awk '/^[^ ]/ { print $1 }' steps | xargs) == "policy directory \
environment command arguments stdin stdout stderr audit limit limit umask nice \
oom_score_adj new_session close groups group user pdeathsig no_new_privs read \
write execute permitted effective inheritable ambient bounding filter execute" ]]
	[[ $(step policy) == policy.ini && $(step directory) == / &&
		$(step environment) == $'A=one two\nPATH=/usr/bin:/bin' &&
		$(step command) == /usr/bin/sh &&
		$(step arguments) == 'sh -c "touch ran" "" "a\"b"' &&
		$(step stdout) == "$PWD/out" && $(step stderr) == "append:$PWD/err" &&
		$(step audit) == 'trace to report' &&
		$(step limit) == $'core = 0:0\nnofile = 64:128' &&
		$(step umask) == 027 && $(step close) == 'all above 2 but 7 9' &&
		$(step user) == "$(id -u)" && $(step group) == "$(id -g)" &&
		$(step read) == / && $(step write) == nothing &&
		$(step pdeathsig) == SIGTERM ]]
	[[ $(step filter) =~ ^1\ program,\ [0-9]+\ instructions,\ verified$ ]]
	# And none of them has been taken.
	[[ ! -e out && ! -e err && ! -e report && ! -e ran ]]
}

@test "a policy that sets little shows little" {
	policy
	dry true
	[[ $(awk '/^[^ ]/ { print $1 }' steps | xargs) == "policy directory \
environment command arguments groups group user no_new_privs permitted effective \
inheritable ambient bounding filter execute" ]]
	[[ $(step environment) == unchanged && $(step directory) == "$PWD" ]]
}

@test "the capabilities foretold are those of the command" {
	policy
	foretells_capabilities
	policy '[capabilities]' 'keep = ?cap_chown ?cap_net_raw'
	foretells_capabilities
	policy '[capabilities]' 'drop = cap_chown cap_sys_admin'
	foretells_capabilities
}

@test "the capabilities foretold are those of another user, and of odd starts" {
	need_root
	policy '[capabilities]' 'keep = cap_chown' '[process]' 'user = www-data'
	foretells_capabilities
	policy '[capabilities]' 'drop = cap_chown' '[process]' 'user = www-data'
	foretells_capabilities
	# Inheritable and ambient ones that came in, and a smaller bounding set.
	start=(setpriv "--inh-caps=+chown,+kill" "--ambient-caps=+chown,+kill"
		--bounding-set=-net_raw)
	policy '[capabilities]' 'drop = cap_kill'
	foretells_capabilities
	policy '[capabilities]' 'drop = cap_kill' '[process]' 'user = www-data'
	foretells_capabilities
	# And one that scrun may not lower.
	start=(setpriv --bounding-set=-setpcap)
	policy
	foretells_capabilities
}

@test "ids, limits, umask, directory and environment are those of the command" {
	need_root
	policy '[process]' 'user = www-data' 'groups = adm 4242' 'umask = 22' \
		'chdir = /usr/../etc' '[limits]' 'nofile = :512' '[environment]' \
		'keep = PATH'
	dry sh
	run -0 "$SCRUN" -c policy.ini sh -c 'id -u; id -g; id -G; pwd -P
		/usr/bin/env | grep ^PATH; umask
		echo "nofile = $(ulimit -Sn):$(ulimit -Hn)"'
	is "$(step user)
$(step group)
$(step groups)
$(step directory)
$(step environment)
00$(step umask)
$(step limit)"
}

@test "the size of the filter is the one that --check knows, or an audit's" {
	printf '[policy]\ninclude = service\n' >policy.ini
	dry true
	local alone
	alone=$(step filter)
	run -0 "$SCRUN" --check -c policy.ini
	says "filter: $alone"
	dry --audit true
	[[ $(step filter) == '1 program, '* && $(step filter) != "$alone" ]]
}

@test "what would not start is an error of the same status" {
	policy '[process]' "stdout = $PWD/none/out"
	refuses 125 "policy.ini:4: cannot open '$PWD/none/out': No such file" \
		-c policy.ini --dry-run touch ran
	policy '[process]' "stdin = $PWD/in"
	refuses 125 "policy.ini:4: cannot open '$PWD/in': No such file" \
		-c policy.ini --dry-run touch ran
	policy '[limits]' 'nofile = 99999999'
	refuses 125 "policy.ini:4: cannot set 'nofile'" \
		-c policy.ini --dry-run touch ran
	policy
	refuses 127 'not found in PATH' -c policy.ini --dry-run nosuchcommand
	: >closed
	refuses 126 "'./closed': Permission denied" \
		-c policy.ini --dry-run ./closed
	refuses 125 'no command to run' -c policy.ini --dry-run
	refuses 125 '--check runs no command; leave out --dry-run' \
		--check --dry-run
}

@test "a file that is there is neither opened for writing nor emptied" {
	echo old >out
	touch -d 2001-01-01 out
	policy '[process]' "stdout = $PWD/out"
	dry true
	[[ $(<out) == old && $(date -r out +%Y) == 2001 ]]
	need_user
	chmod 400 out
	refuses 125 "policy.ini:4: cannot open '$PWD/out': Permission denied" \
		-c policy.ini --dry-run touch ran
}

@test "125 when the steps cannot be printed" {
	run -125 bash -c '"$SCRUN" --dry-run true >/dev/full'
	says 'cannot write the steps: No space left'
}

@test "what a terminal would obey is not printed raw" {
	policy
	dry true $'\e[31m\n'
	[[ $(step arguments) == 'true "\33[31m\n"' ]]
}
