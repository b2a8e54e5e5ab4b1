#!/usr/bin/env bats
# [environment]: the variables that the command has.

load common

# environment LINE...: policy.ini with these under [environment].
environment() {
	printf '%s\n' '[syscalls]' 'default = allow' '[environment]' "$@" \
		>policy.ini
}

# has VARIABLE...: under policy.ini the command has these and no others, of
# A=1 B=2 LC_TIME=C LC_ALL=C.
has() {
	run -0 env -i A=1 B=2 LC_TIME=C LC_ALL=C "$SCRUN" -q -c policy.ini \
		/usr/bin/env
	[[ $(sort <<<"$output") == "$(printf '%s\n' "$@" | sort)" ]] || {
		printf 'found: %s\n' "$output"
		return 1
	}
}

@test "without the section, the environment is as it was" {
	printf '[syscalls]\ndefault = allow\n' >policy.ini
	has A=1 B=2 LC_TIME=C LC_ALL=C
}

@test "clear leaves none, keep only those that it names" {
	environment 'clear = yes'
	run -0 env -i A=1 "$SCRUN" -c policy.ini /usr/bin/env
	is ''
	environment 'clear = yes' 'keep = A'
	has A=1
	environment 'keep = A LC_*'
	has A=1 LC_TIME=C LC_ALL=C
	environment 'clear = no'
	has A=1 B=2 LC_TIME=C LC_ALL=C
}

@test "a keep that has no name left clears all" {
	environment 'keep ='
	run -0 env -i A=1 "$SCRUN" -c policy.ini /usr/bin/env
	is ''
	environment 'keep = A'
	mv policy.ini base.ini
	printf '%s\n' '[policy]' 'include = base.ini' '[environment]' \
		'keep = !A' >policy.ini
	run -0 env -i A=1 B=2 "$SCRUN" -c policy.ini /usr/bin/env
	is ''
	"$SCRUN" --dump=ini -c policy.ini >dumped.ini
	run -0 env -i A=1 B=2 "$SCRUN" -c dumped.ini /usr/bin/env
	is ''
}

@test "a name is matched whole, however long it is" {
	local name
	name=LC_$(printf 'x%.0s' {1..5000})
	environment 'unset = LC_*'
	run -0 env -i A=1 "$name=1" "$SCRUN" -c policy.ini /usr/bin/env
	is A=1
	environment 'keep = LC_*'
	run -0 env -i A=1 "$name=1" "$SCRUN" -c policy.ini /usr/bin/env
	is "$name=1"
}

@test "unset takes out, by name or by pattern" {
	environment 'unset = A NO_SUCH'
	has B=2 LC_TIME=C LC_ALL=C
	environment 'unset = LC_*'
	has A=1 B=2
	environment 'keep = A LC_*' 'unset = LC_ALL'
	has A=1 LC_TIME=C
}

@test "a name is no beginning of another one" {
	environment 'keep = LC'
	run -0 env -i LC_ALL=C "$SCRUN" -c policy.ini /usr/bin/env
	is ''
}

@test "set adds and replaces, quotes hold blanks" {
	environment 'clear = yes' 'set = A=x C=' 'set = D="a b" E="q\"\\"c' \
		'set = F=a=b'
	has A=x C= 'D=a b' 'E=q"\c' F=a=b
	environment 'set = B=3' 'unset = B'
	has A=1 B=3 LC_TIME=C LC_ALL=C
}

@test "the last assignment of a variable counts" {
	environment 'clear = yes' 'set = A=1 A=2' 'set = A=3'
	has A=3
}

@test "an included policy's lists add up, and '!' takes out" {
	environment 'keep = A B' 'set = C=1'
	mv policy.ini base.ini
	printf '%s\n' '[policy]' 'include = base.ini' '[environment]' \
		'keep = !B LC_ALL' 'set = C=2' >policy.ini
	has A=1 LC_ALL=C C=2
}

@test "the command is looked for in the new PATH" {
	mkdir bin
	printf '#!/bin/sh\necho found\n' >bin/program
	chmod +x bin/program
	environment "set = PATH=$PWD/bin"
	run -0 "$SCRUN" -c policy.ini program
	is found
	environment 'clear = yes'
	run -0 env -i PATH=/nowhere "$SCRUN" -c policy.ini true
	PATH=$PWD/bin:$PATH run -127 "$SCRUN" -c policy.ini program
}

@test "a policy that denies execve gives the environment, too" {
	environment 'clear = yes' 'set = A=5'
	printf '[syscalls]\ndeny = @exec\n' >>policy.ini
	has A=5
}

@test "the command under audit has the same environment" {
	environment 'clear = yes' 'set = A=5'
	run -0 env -i B=2 "$SCRUN" -c policy.ini --audit -o report /usr/bin/env
	is A=5
}

@test "125 and each fault when a line is wrong" {
	environment 'clear = maybe' 'keep = A=1' 'set = A' 'set = =1' \
		'set = A="x' 'unset = !' 'kep = A' 'clear = no' 'clear = yes'
	refuses 125 "policy.ini:4: 'clear' is yes or no, not 'maybe'" \
		-c policy.ini touch ran
	run -125 "$SCRUN" -c policy.ini true
	says "policy.ini:5: 'A=1' is no variable's name" \
		"policy.ini:6: 'A' sets no variable; write NAME=VALUE" \
		"policy.ini:7: '=1' sets no variable" \
		'policy.ini:8: a quote is not closed in this line: a blank and' \
		"policy.ini:9: '!' is no variable's name" \
		"unknown key 'kep' in [environment], did you mean 'keep'?" \
		"policy.ini:12: 'clear' is 'no' in line 11 already" '8 faults'
}
