#!/usr/bin/env bats
# Text from elsewhere never reaches a terminal but as text: names of files and
# programs, arguments, environment, what is in policies, profiles and reports.

# shellcheck disable=SC2034,SC2154 # audit's policy; run's variables

load common
load audit

# Escape sequences, a line of its own, DEL, C1 controls in UTF-8 and without,
# bytes that are no UTF-8, and a change of the direction of writing.
evil=$'\e[31m\nforged\r\a\x7f\xc2\x9b2J\x9b2J\xff\xe2\x80\xaeend'

# The same, as far as a line of a policy may have it.
line=$'\x7f\xc2\x9b2J\x9b2J\xff\xe2\x80\xaeforged'

# plain FILE...: printable, and no line of somebody else's; "…" is scrun's own.
plain() {
	local file
	for file; do
		[[ -s $file ]] && perl -0777 -ne 's/\xe2\x80\xa6//g;
			exit(/[^\x20-\x7e\n]|^forged/m ? 1 : 0)' "$file" && continue
		printf '%s is not plain:\n' "$file"
		cat -v "$file"
		return 1
	done
}

# tells STATUS ARGUMENT...: scrun ends so, and says it in plain words.
tells() {
	local expected=$1 status=0
	shift
	PATH=${path-$PATH} "$SCRUN" "$@" >out 2>err </dev/null || status=$?
	cat out err >both
	[[ $status -eq $expected ]] || {
		printf 'status %d of: %q\n' "$status" "$*"
		cat -v both
		return 1
	}
	plain both
}

# shows STATUS ARGUMENT...: and the hostile text is among them.
shows() {
	tells "$@"
	grep -q forged both || {
		printf 'nothing of it in: '
		cat both
		return 1
	}
}

# on_terminal ARGUMENT...: what scrun writes to one, in the file both.
on_terminal() {
	need script
	NO_COLOR=1 script -qec "$(printf '%q ' "$SCRUN" "$@")" /dev/null \
		</dev/null | sed 's/\r$//; s/\t/ /g' >both
	plain both
	grep -q forged both
}

@test "a command's name is told in plain words" {
	shows 127 "$evil"
	shows 127 "./$evil"
	mkdir "$evil"
	shows 126 "./$evil"
	shows 126 "./$evil/."
	touch "$evil/$evil"
	shows 126 "./$evil/$evil"
	printf '#!/no/%s\n' forged$'\e\x9b' >script
	chmod +x script
	shows 127 ./script
	path=$PWD/$evil shows 126 "$evil"
}

@test "an option, and its argument, is told in plain words" {
	local option
	for option in --list --format --threshold --audit --dump; do
		tells 125 -c allow.ini "$option=$evil" true
	done
	shows 125 "--format=$evil" --audit true
	shows 125 "--audit=$evil" true
	shows 125 "--list=$evil"
	shows 125 -c allow.ini "--dump=$evil"
	shows 125 -c allow.ini --check "--threshold=$evil"
	shows 125 "--$evil"
	shows 125 "--quiet=$evil" true
	shows 125 --list=groups "$evil"
	"$SCRUN" -$'\e' 2>err || true
	run ! grep $'\e' err
	(exec -a "$evil" "$SCRUN" --nonsense) 2>err || true
	plain err
}

@test "a policy's name is told in plain words" {
	shows 125 -c "$evil" true
	shows 125 -c "./$evil" true
	mkdir "$evil"
	shows 125 -c "./$evil" true
	printf '[syscalls]\ndefault = nonsense\n' >"$evil.ini"
	shows 125 -c "$evil.ini" true
	cp allow.ini "$evil.ini"
	shows 1 -c "$evil.ini" --check
	shows 0 -c "$evil.ini" --explain=mkdir
	shows 0 -c "$evil.ini" --dry-run true
	printf '[syscalls]\ndefault = allow\ndeny = open\n' >"$evil.ini"
	shows 0 -c "$evil.ini" true
}

@test "a policy's text is told in plain words" {
	local text
	for text in "[$line]" "$line" "$line = x" "[syscalls] $line" \
		$'[forged\e]' $'forged = \e' "include = $line" \
		$'[policy]\ninclude = '"$line" \
		$'[policy]\ninclude = ./'"$line.ini" \
		$'[capabilities]\nkeep = '"$line" \
		$'[groups]\n@forged = '"$line" \
		$'[process]\nuser = '"$line" $'[process]\numask = '"$line" \
		$'[process]\nstdin = '"$line" $'[process]\nsession = '"$line" \
		$'[process]\nroot = '"$line" $'[process]\nchdir = '"$line" \
		$'[environment]\nclear = '"$line" \
		$'[environment]\nset = '"$line" $'[environment]\nkeep = ='"$line" \
		$'[limits]\ncore = '"$line" $'[limits]\n'"$line = 1" \
		$'[paths]\nread = '"$line" $'[network]\nbind = '"$line" \
		$'[network]\nscope = '"$line"; do
		printf '%s\n[syscalls]\ndefault = allow\n' "$text" >policy.ini
		tells 125 -c policy.ini true
		"$SCRUN" -c policy.ini --check >both 2>&1 || true
		plain both
	done
	for text in "$line" "@$line" "read($line == 1)" "read(fd == $line)" \
		"read(fd $line 1)" "read(fd == 1 $line)" "read:$line" \
		"$line:read"; do
		rules 'default = allow' "deny = $text"
		tells 125 -c policy.ini true
		tells 125 -c allow.ini "--explain=$text"
	done
	rules "default = $line"
	tells 125 -c policy.ini true
	rules 'default = allow' "architectures = $line"
	tells 125 -c policy.ini true
}

@test "values of a policy are shown in plain words" {
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' \
		"read = / ?/srv/$line" 'execute = /' '[environment]' \
		"set = A=$line" "keep = $line" "unset = ?$line" '[process]' \
		"chdir = /no/$line" >policy.ini
	shows 1 -c policy.ini --check --threshold=info
	shows 125 -c policy.ini true
	sed -i '/^chdir/d' policy.ini
	shows 0 -c policy.ini --dry-run true
	on_terminal -c policy.ini --dump=ini
	on_terminal -c policy.ini --dump=systemd --lossy
	# A file has them as they are.
	"$SCRUN" -c policy.ini --dump=ini >flat.ini
	grep -qaF "?/srv/$line" flat.ini
}

@test "arguments and environment are shown in plain words" {
	EVIL=$evil shows 0 -c allow.ini --dry-run true "$evil" "x$evil"
	printf '[syscalls]\ndefault = allow\n[environment]\nunset = X\n' >policy.ini
	EVIL=$evil shows 0 -c policy.ini --dry-run true
	cp "$TRY" "./$evil"
	shows 0 -c allow.ini --dry-run "./$evil"
}

@test "a profile is told in plain words" {
	local json='{"defaultAction":"SCMP_ACT_ALLOW"' text member
	text='forged\u001b\u007f\u009b\u202e\n\u0080'
	shows 125 "--import=$evil"
	shows 125 "--import=./$evil/x"
	printf '%s' "{ $evil" >p.json
	tells 125 --import=p.json
	printf '{"a": %s' "$line" >p.json
	tells 125 --import=p.json
	printf '{"a": "%s"' "$line" >p.json
	tells 125 --import=p.json
	while read -r member; do
		printf '%s' "$json,$member}" >p.json
		"$SCRUN" --import=p.json >out 2>err || true
		cat out err >both
		plain both
	done <<-JSON
		"$text":1
		"defaultErrno":"$text"
		"architectures":["$text"]
		"flags":["$text"]
		"listenerPath":"$text"
		"syscalls":[{"names":["$text"],"action":"SCMP_ACT_ERRNO"}]
		"syscalls":[{"names":["read"],"action":"$text"}]
		"syscalls":[{"names":["read"],"action":"SCMP_ACT_ERRNO","$text":1}]
		"syscalls":[{"names":["read"],"action":"SCMP_ACT_ERRNO","errno":"$text"}]
		"syscalls":[{"names":["read"],"action":"SCMP_ACT_ERRNO","includes":{"caps":["$text"]}}]
		"syscalls":[{"names":["read"],"action":"SCMP_ACT_ERRNO","includes":{"minKernel":"$text"}}]
		"syscalls":[{"names":["read"],"action":"SCMP_ACT_ERRNO","args":[{"index":0,"value":1,"op":"$text"}]}]
	JSON
	printf '%s' "$json,\"syscalls\":[{\"names\":[\"read\"]," \
		"\"action\":\"SCMP_ACT_ERRNO\",\"comment\":\"$text\"}]}" >p.json
	on_terminal --import=p.json
}

@test "what is no report is told in plain words" {
	local start='{"event":"start","command":"x"}' text
	shows 125 --report "$evil"
	touch "$evil"
	shows 125 --report "$evil"
	printf '%s\n' "$evil" >report
	tells 125 --report report
	printf '{"a": %s' "$line" >report
	tells 125 --report report
	printf '{"%s": 1, "%s": 1}' forged$'\xc2\x9b' forged$'\xc2\x9b' >report
	tells 125 --report report
	printf '%s\n' "$start" >"$evil"
	shows 0 --report "$evil"
	# Not cut within a sign.
	printf '{"event":"start","command":"x%s"}\n' \
		"$(printf '\xe2\x80\xa6%.0s' {1..100})" >report
	tells 0 --report report
	text='forged\u001b\u007f\u009b\u202e\n'
	printf '{"event":"%s"}\n' "$text" >report
	"$SCRUN" --report report >out 2>both || true
	plain both
	printf '%s\n' "$start" "{\"event\":\"denied\",\"errno\":\"forged$line\"}" \
		>report
	"$SCRUN" --report report >out 2>both || true
	plain both
}

@test "an audit tells paths, arguments and names in plain words" {
	local mode
	rules 'default = allow' 'deny = mkdir mkdirat'
	cp policy.ini "$evil.ini"
	cp "$TRY" "./$evil"
	policy=$evil.ini
	for mode in denied calls trace; do
		audit $mode "./$evil" mkdirat -1 "/no/$evil" 0 || true
		plain report
		"$SCRUN" -q -c "$evil.ini" --audit=$mode --format=json \
			-o report "./$evil" mkdirat -1 "/no/$evil" 0 || true
		eventually grep -q '"event":"end"' report
		plain report
	done
	on_terminal -q -c "$evil.ini" --audit "./$evil" mkdirat -1 "/no/$evil" 0
	shows 125 --audit -o "no/$evil" true
}

@test "what the kernel refuses is explained in plain words" {
	need_user
	mkdir -p "$evil/in"
	touch "$evil/file"
	chmod 0 "$evil/file" "$evil/in"
	policy=allow.ini
	audit calls "$TRY" openat -100 "$evil/file" 0 || true
	plain report
	audit calls "$TRY" openat -100 "$evil/in/x" 0 || true
	plain report
	chmod 700 "$evil/in"
}

@test "what [paths] refuses is explained in plain words" {
	need_landlock 1
	mkdir "$evil"
	touch "$evil/file"
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' \
		"execute = / ?/srv/$line" >policy.ini
	audit calls cat "$evil/file" || true
	plain report
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read = /' \
		>policy.ini
	cp "$TRY" "$evil/file"
	shows 126 -q -c policy.ini "./$evil/file"
}

@test "what is learned, and where, is told in plain words" {
	cp "$TRY" "./$evil"
	run "$SCRUN" "--learn=$evil.ini" "./$evil" mkdirat -100 "x$evil" 448
	printf '%s\n' "$output" >both
	plain both
	# The file's own bytes go to a terminal, too, where somebody reads it.
	plain "$evil.ini"
	"$SCRUN" "--learn=$evil.ini" "./$evil" getpid 2>both >/dev/null || true
	plain both "$evil.ini"
	echo >>"./$evil"
	"$SCRUN" -c "$evil.ini" "./$evil" getpid >out 2>&1 || true
	plain out
	# A name that a line may have.
	cp "$TRY" ./$'forged\xc2\x9b2J'
	"$SCRUN" --learn=new.ini ./$'forged\xc2\x9b2J' getpid >out 2>&1
	plain out new.ini
	shows 125 "--learn=no/$evil" true
	mkdir "dir$evil"
	shows 125 "--learn=dir$evil" true
	printf 'x%s\n' "$line" >"$evil.ini"
	shows 125 "--learn=$evil.ini" true
}
