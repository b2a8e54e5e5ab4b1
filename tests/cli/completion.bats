#!/usr/bin/env bats
# What bash offers after scrun and a Tab.

load common

# offers WORD...: the completions of the last word, in a bash of its own.
offers() {
	bash --norc -c '
		source "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE=$*
		COMP_POINT=${#COMP_LINE}
		function=$(complete -p scrun | sed -n "s/.*-F \([^ ]*\).*/\1/p")
		"$function" scrun "${*: -1}" "${*: -2:1}"
		printf "%s\n" "${COMPREPLY[@]}"
	' - "$BATS_TEST_DIRNAME/../../src/completion/scrun" "$@"
}

@test "completion offers options, lists, policies and commands" {
	run -0 offers scrun --ch
	says --check
	run -0 offers scrun -c str
	says strict
	run -0 offers scrun -c ./al
	says allow.ini
	run -0 offers scrun -c strict mkdi
	says mkdir
}

@test "completion of --compile offers policies after -c, and no command" {
	run -0 offers scrun --com
	is --compile
	run -0 offers scrun --compile -c ./al
	says allow.ini
	run -0 offers scrun --compile -c allow.ini mkdi
	is ''
	run -0 offers scrun --con
	is --config=
}

@test "completion of an audit's mode offers the three modes" {
	run -0 offers scrun --audit = ''
	says calls denied trace
	run -0 offers scrun --format = j
	says json
	run -0 offers scrun --audit mkdi
	says mkdir
}

@test "completion of --learn offers files" {
	run -0 offers scrun --le
	says --learn=
	run -0 offers scrun --learn = al
	says allow.ini
	run -0 offers scrun --learn=al
	says --learn=allow.ini
	run -0 offers scrun --learn = new.ini mkdi
	says mkdir
	run -0 offers scrun --li
	is --list=
}

@test "completion of a list's name offers the three lists" {
	run -0 offers scrun --list = ''
	says groups syscalls capabilities
}

@test "completion of a report's operands offers files" {
	: >denied.json
	run -0 offers scrun --report den
	is denied.json
	run -0 offers scrun --learn=new.ini --report den
	is denied.json
}

@test "completion of --explain offers system calls" {
	PATH=$SCRUN_BUILD:$PATH
	run -0 offers scrun --explain = opena
	is $'openat\nopenat2'
	run -0 offers scrun --threshold = d
	is danger
	run -0 offers scrun --check --threshold=w
	is --threshold=warning
	run -0 offers scrun --expl
	says --explain=
}

@test "completion offers the formats of a dump, and files to import" {
	run -0 offers scrun --dump = ''
	says ini oci systemd bpf pfc
	touch profile.json
	run -0 offers scrun --import = prof
	is profile.json
	run -0 offers scrun --lo
	is --lossy
	run -0 offers scrun --lossy mkdi
	says mkdir
}
