#!/usr/bin/env bats
# --report: audit files summed up.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # inner shells; `run` sets some

load common
load audit

setup() {
	begin
	printf '%s\n' '[syscalls]' 'default = allow' 'deny = mkdir mkdirat' \
		'log = getpgid' 'kill = keyctl' >policy.ini
}

# record FILE MODE COMMAND...: an audit file of a run.
record() {
	local file=$1 mode=$2
	shift 2
	"$SCRUN" -q -c policy.ini --audit="$mode" --format=json -o "$file" \
		"$@" >/dev/null 2>&1 || true
	eventually grep -q '"event":"end"' "$file"
}

# sums FILE...: the report on them goes to the file report.
sums() {
	"$SCRUN" --report "$@" >report
}

without_time() {
	sed -E '1s/, [0-9.]+ s$//'
}

@test "the sums of one audit are its own report" {
	audit calls "$PROGRAMS/single" >/dev/null
	mv report text
	record json calls "$PROGRAMS/single"
	run sums json
	diff <(grep -v '^scrun: [dl]' text | without_time) \
		<(without_time <report)
}

@test "two audits add up, and equal denials become one line" {
	record one calls "$TRY" mkdirat -1 /no/x 0
	record two calls "$TRY" mkdirat -1 /no/x 0
	record three calls "$TRY" mkdirat -1 /no/y 0
	run -1 sums one two three
	reports '^scrun: audit of .*/try mkdirat -1 /no/x 0 and others, 3 audits: 3 processes, ' \
		'^ +2  mkdirat\("/no/x"\)  (.*/)?policy\.ini:3 deny = mkdirat  to allow: ' \
		'^ +1  mkdirat\("/no/y"\)'
	[[ $(counted mkdirat) -eq 3 && $(counted mkdirat DENIED) -eq 3 &&
		$(counted execve) -eq 3 ]]
	cat one two >both
	run -1 sums both
	reports '/try mkdirat -1 /no/x 0, 2 audits: 2 processes, '
	[[ $(counted mkdirat DENIED) -eq 2 ]]
}

@test "the status is 1 if the policy denied or killed anything, else 0" {
	record clean calls "$TRY" getpid
	record refused calls "$TRY" chroot /
	record logged calls "$TRY" 121 0
	record denied denied "$TRY" mkdirat -1 /no/x 0
	record killed calls "$TRY" keyctl -1
	run -0 sums clean logged
	reports 'logged by policy'
	run -0 "$SCRUN" --report clean refused
	run -1 sums denied
	[[ ! $(<report) =~ process && $(<report) != *' calls '* ]]
	run -1 sums clean denied
	run -1 sums killed
	reports '^killed by policy$' '^ +1  keyctl'
}

@test "an audit that was cut off counts with what it told" {
	record whole calls "$TRY" mkdirat -1 /no/x 0
	grep -v '"event":"end"' whole >"cut"
	run -1 "$SCRUN" --report cut
	says 'cut:1: this audit has no end; what it told is counted once' \
		'  1  mkdirat("/no/x")  '
	cat cut whole >both
	run -1 "$SCRUN" --report both
	says 'both:1: this audit has no end' '2 audits' '  2  mkdirat("/no/x")  '
	# An older one has the whole call.
	sed -i 's/"brief":"[^,]*",//' cut
	run -1 "$SCRUN" --report cut
	says '  1  mkdirat(-1, "/no/x", 0'
	# As does one whose auditor could not go on, or had no memory left.
	{ cat cut; echo '{"event":"failure","text":"x"}'; } >failed
	run -1 "$SCRUN" --report failed
	says 'failed:1: this audit has no end' 'this report is not complete: 1 part of it'
	{ cat cut; echo '{"event":"end","lost":1}'; cat whole; } >bare
	run -1 "$SCRUN" --report bare
	says 'bare:1: this audit has no end' '2 audits' 'not complete: 1 part of it'
	# Half a line is what there was room for, at the end or before it.
	run -1 "$SCRUN" --report <(head -c -20 whole)
	says ': half a line, which tells nothing' ': this audit has no end' \
		'  1  mkdirat("/no/x")'
	{ head -n 1 whole; echo '{"event":"deni'; tail -n +2 whole; } >room
	run -1 "$SCRUN" --report room
	says 'room:2: half a line' '  1  mkdirat("/no/x")'
}

@test "the report can be JSON, and go to a file" {
	need python3
	record one calls "$TRY" mkdirat -1 /no/x 0
	run -1 "$SCRUN" --report --format=json -o out one one
	is ''
	python3 - <<-'EOF'
	import json
	end = json.load(open("out"))
	row = next(r for r in end["calls"] if r["syscall"] == "mkdirat")
	assert end["event"] == "end" and row["denied"] == 2, end
	assert end["denied"][0]["count"] == 2
	EOF
}

@test "calls of other architectures keep their names" {
	cat >made <<-'EOF'
	{"event":"start","version":"0","mode":"calls","command":"x","policy":"p","pid":1,"time":0}
	{"event":"end","seconds":1,"processes":1,"untraced":2,"unread":1,"calls":[{"syscall":"x86:mkdir","calls":3,"errors":1,"denied":1},{"syscall":"x32:getpid","calls":2,"errors":0,"denied":0},{"syscall":"unknown","calls":4,"errors":0,"denied":0},{"syscall":"newcall","calls":5,"errors":0,"denied":0}],"denied":[],"refused":[],"killed":[],"logged":[],"more":0,"partial":true,"lost":3}
	EOF
	run -1 --separate-stderr "$SCRUN" --report made
	[[ $stderr == *"made:2: 'newcall' is not known here; counted as unknown"* ]]
	says '        3        1        1  x86:mkdir' \
		'        2        0        0  x32:getpid' \
		'        9        0        0  unknown' 'not all was seen' \
		'CLONE_UNTRACED was taken out of 2' 'not complete' 'SIGSYS ended 1 process'
}

# bad TEXT LINE...: the lines are refused, with this text.
bad() {
	local text=$1
	shift
	printf '%s\n' "$@" >made
	run -125 --separate-stderr "$SCRUN" --report made
	[[ -z $output && $stderr == *"$text"* ]] && return
	printf 'expected: %s\n   found: %s\n' "$text" "$stderr"
	return 1
}

@test "125 for what no audit has written" {
	local start='{"event":"start","command":"x"}'
	local end='"event":"end","seconds":1,"more":0'
	local none='"refused":[],"killed":[],"logged":[]'
	: >made
	run -125 "$SCRUN" --report made
	says "'made' is empty"
	run -125 "$SCRUN" --report nosuch
	says "cannot read 'nosuch': No such file"
	run -125 "$SCRUN" --report .
	says "cannot read '.': Is a directory"
	bad 'made:1: no line of an audit: ' 'scrun: audit of x: 1 process'
	bad 'made:1: no line of an audit: no object' '[1]'
	bad "made:1: 'event' is no text" '{}'
	bad "made:1: 'denied' before any 'start'" '{"event":"denied"}'
	bad "made:1: 'command' is no text" '{"event":"start","command":7}'
	bad "made:1: no line of an audit: duplicate object key" \
		'{"event":"start","event":"end"}'
	bad "made:1: 'command' has characters that no audit writes" \
		'{"event":"start","command":"\u001b[31m"}'
	bad "made:1: 'command' has characters" \
		'{"event":"start","command":"\u00e4"}'
	bad "made:2: 'seconds' is no number" "$start" '{"event":"end"}'
	bad "made:2: 'denied' is no list" "$start" "{$end,$none}"
	bad "made:2: 'call' is no text" "$start" "{$end,\"denied\":[{\"count\":1}],$none}"
	bad "made:2: 'count' is no number" "$start" \
		"{$end,\"denied\":[{\"call\":\"x\",\"syscall\":\"read\",\"count\":-1}],$none}"
	bad "made:2: unknown errno 'EWHAT'" "$start" \
		"{$end,\"denied\":[{\"call\":\"x\",\"syscall\":\"read\",\"count\":1,\"errno\":\"EWHAT\"}],$none}"
	bad "made:2: 'entry' is not 'KEY = TEXT'" "$start" \
		"{$end,\"denied\":[{\"call\":\"x\",\"syscall\":\"read\",\"count\":1,\"entry\":\"x\"}],$none}"
	bad "made:2: more calls denied than made" "$start" \
		"{$end,\"processes\":1,\"untraced\":0,\"unread\":0,\"calls\":[{\"syscall\":\"read\",\"calls\":1,\"denied\":2,\"errors\":0}],\"denied\":[],$none}"
}

@test "125 where the report cannot be written, or the options make no sense" {
	record one calls "$TRY" getpid
	run -125 bash -c '"$SCRUN" --report one >/dev/full'
	says 'cannot write the report: No space left'
	run -125 "$SCRUN" --report
	says 'no audit files; name them after --report'
	run -125 "$SCRUN" --report --check one
	says '--check and --report exclude each other'
	run -125 "$SCRUN" --report --audit one
	says '--report runs no command; leave out --audit'
}

@test "a thousand denials of a file are told apart, and more are counted" {
	need python3
	python3 - >made <<-'EOF'
	import json
	rows = [{"call": "mkdir(\"%d\")" % i, "syscall": "mkdir", "count": 2,
	         "errno": "EPERM", "file": "p.ini", "line": i,
	         "entry": "deny = mkdir"} for i in range(20000)]
	print(json.dumps({"event": "start", "command": "x"}))
	print(json.dumps({"event": "end", "seconds": 1, "more": 0, "denied": rows,
	                  "refused": [], "killed": [], "logged": []}))
	EOF
	run -1 sums made
	[[ $(grep -c '^ *2  mkdir' report) -eq 1000 ]]
	reports '^ +38000  more, of other kinds$'
}
