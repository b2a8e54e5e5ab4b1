#!/usr/bin/env bats
# The five sets of capabilities that the command has.

# shellcheck disable=SC2016 # text for inner shells

load common

# keeps WORDS, drops WORDS: policy.ini with that key.
keeps() {
	printf '[syscalls]\ndefault = allow\n[capabilities]\nkeep = %s\n' \
		"$*" >policy.ini
}

drops() {
	printf '[syscalls]\ndefault = allow\n[capabilities]\ndrop = %s\n' \
		"$*" >policy.ini
}

# The names of all capabilities that the kernel knows, in their order, and of
# those that whoever runs the test holds.
all_capabilities() {
	"$SCRUN" --list=capabilities | cut -d' ' -f1
}

held_capabilities() {
	"$SCRUN" --list=capabilities | awk '$2 == "held" { print $1 }'
}

# The set of these names, as /proc/PID/status shows it.
set_of() {
	local name number set=0
	[[ -v all ]] || mapfile -t all < <(all_capabilities)
	for name; do
		for number in "${!all[@]}"; do
			[[ ${all[number]} != "$name" ]] || set=$((set | 1 << number))
		done
	done
	printf '%016x' "$set"
}

# The sets of the last `state`: "inheritable permitted effective bounding
# ambient".
sets() {
	local output=${1-$output} name line values=()
	for name in CapInh CapPrm CapEff CapBnd CapAmb; do
		line="$name:[[:space:]]*([0-9a-f]*)"
		[[ $output =~ $line ]] && values+=("${BASH_REMATCH[1]}")
	done
	echo "${values[*]}"
}

# Whether all five sets of the last `state` are SET, the bounding one BOUNDING
# if that is given.
all_are() {
	local expected="$1 $1 $1 ${2:-$1} $1"
	[[ $(sets) == "$expected" ]] && return 0
	printf 'expected: %s\n   found: %s\n' "$expected" "$(sets)"
	return 1
}

NONE=0000000000000000

# What remains of the bounding set where nothing is to be kept: nothing, or all
# of it for want of CAP_SETPCAP.
rest_of_bounding() {
	if held_capabilities | grep -qx cap_setpcap; then
		echo $NONE
	else
		field CapBnd <<<"$output"
	fi
}

need_held() {
	local name
	for name; do
		held_capabilities | grep -qx "$name" ||
			skip "needs $name"
	done
}

# ---- none -----------------------------------------------------------------

@test "nothing is kept unless the policy says so" {
	local bounding
	run -0 "$STATE"
	bounding=$(rest_of_bounding)
	run -0 "$SCRUN" -c allow.ini "$STATE"
	all_are $NONE "$bounding"
	keeps ''
	run -0 "$SCRUN" -c policy.ini "$STATE"
	all_are $NONE "$bounding"
	run -0 "$SCRUN" "$STATE"
	all_are $NONE "$bounding"
}

@test "what the command executes has no more" {
	need_root
	run -0 "$SCRUN" -c allow.ini sh -c 'true; sh -c "true; $STATE"'
	[[ $(field Uid) == $'0\t0\t0\t0' ]]
	all_are $NONE
}

@test "a set-user-ID program run by root without capabilities has none" {
	need_root
	cp "$STATE" state
	chmod u+s state
	run -0 "$SCRUN" -c allow.ini ./state
	all_are $NONE
}

@test "root without capabilities cannot do what they are for" {
	need_root
	need_held cap_chown cap_dac_override cap_dac_read_search cap_setuid
	touch file
	mkdir closed
	chown "$OTHER" closed
	chmod 700 closed
	chown "$OTHER" file
	run -0 cat file
	run -0 ls closed
	run -0 chown 0 file
	run -0 setpriv --reuid="$OTHER" --clear-groups true
	chown "$OTHER" file
	chmod 600 file
	run -1 "$SCRUN" -c allow.ini chown 0 file
	says 'Operation not permitted'
	run -1 "$SCRUN" -c allow.ini cat file
	says 'Permission denied'
	run -2 "$SCRUN" -c allow.ini ls closed
	says 'Permission denied'
	run ! "$SCRUN" -c allow.ini setpriv --reuid="$OTHER" --clear-groups true
}

# ---- keep -----------------------------------------------------------------

@test "keep: each capability alone is all that is left, in all five sets" {
	local name names
	need_held cap_setpcap
	mapfile -t names < <(held_capabilities)
	mapfile -t all < <(all_capabilities)
	for name in "${names[@]}"; do
		keeps "$name"
		run -0 "$SCRUN" -c policy.ini "$STATE"
		all_are "$(set_of "$name")"
	done
}

@test "keep: all that are held" {
	local names
	need_held cap_setpcap
	mapfile -t names < <(held_capabilities)
	keeps "${names[@]}"
	run -0 "$SCRUN" -c policy.ini "$STATE"
	all_are "$(set_of "${names[@]}")"
}

@test "keep: what is kept works" {
	need_held cap_chown cap_setpcap
	touch file
	keeps cap_chown
	run -0 "$SCRUN" -c policy.ini chown "$OTHER" file
	[[ $(stat -c %u file) -eq $OTHER ]]
}

@test "keep: what scrun lacks is an error with its line" {
	local starter=()
	if [[ $(id -u) -eq 0 ]]; then
		need setpriv
		starter=(setpriv --bounding-set=-chown)
	fi
	printf '[capabilities]\n\nkeep = \n   cap_chown\n' >policy.ini
	printf '[syscalls]\ndefault = allow\n' >>policy.ini
	run -125 "${starter[@]}" "$SCRUN" -c policy.ini touch ran
	says 'policy.ini:4: cannot keep cap_chown' "'?cap_chown'" 'not run'
	[[ ! -e ran ]]
}

@test "keep: ? tolerates what scrun lacks" {
	local starter=() bounding
	if [[ $(id -u) -eq 0 ]]; then
		need setpriv
		starter=(setpriv --bounding-set=-chown)
	fi
	keeps '?cap_chown'
	run -0 "${starter[@]}" "$STATE"
	bounding=$(rest_of_bounding)
	run -0 "${starter[@]}" "$SCRUN" -c policy.ini "$STATE"
	all_are $NONE "$bounding"
}

@test "keep: ? keeps what scrun has, and tolerates unknown ones" {
	need_held cap_chown cap_setpcap
	keeps '?cap_chown' '?cap_nonsense'
	run -0 "$SCRUN" -c policy.ini "$STATE"
	all_are "$(set_of cap_chown)"
}

@test "keep: several lines add up, ! takes out" {
	need_held cap_chown cap_kill cap_setuid cap_setpcap
	printf '[syscalls]\ndefault = allow\n[capabilities]\n' >policy.ini
	printf 'keep = cap_chown\n  cap_kill\nkeep = cap_setuid !cap_kill\n' \
		>>policy.ini
	run -0 "$SCRUN" -c policy.ini "$STATE"
	all_are "$(set_of cap_chown cap_setuid)"
	keeps cap_chown cap_kill
	mv policy.ini included.ini
	printf '[policy]\ninclude = included.ini\n[capabilities]\n' >policy.ini
	printf 'keep = cap_setuid !cap_chown\n' >>policy.ini
	run -0 "$SCRUN" -c policy.ini "$STATE"
	all_are "$(set_of cap_kill cap_setuid)"
}

@test "keep: a name may be in capitals, a number is none" {
	need_held cap_chown cap_setpcap
	keeps CAP_CHOWN
	run -0 "$SCRUN" -c policy.ini "$STATE"
	all_are "$(set_of cap_chown)"
	keeps 0
	refuses 125 "policy.ini:4: unknown capability '0'" \
		-c policy.ini touch ran
	keeps all
	refuses 125 "policy.ini:4: unknown capability 'all'" \
		-c policy.ini touch ran
}

# ---- drop -----------------------------------------------------------------

@test "drop: an empty list leaves all sets as they are" {
	local before
	run -0 "$STATE"
	before=$(sets)
	drops ''
	run -0 "$SCRUN" -c policy.ini "$STATE"
	[[ $(sets) == "$before" ]]
}

@test "drop: each capability alone is all that is gone" {
	local name names before without
	need_held cap_setpcap
	mapfile -t names < <(held_capabilities)
	run -0 "$STATE"
	before=$(field CapPrm)
	[[ $(field CapBnd) == "$before" ]] || skip "the bounding set is larger"
	mapfile -t all < <(all_capabilities)
	for name in "${names[@]}"; do
		drops "$name"
		run -0 "$SCRUN" -c policy.ini "$STATE"
		without=$(printf '%016x' \
			$((0x$before & ~0x$(set_of "$name"))))
		[[ $(sets) == "$NONE $without $without $without $NONE" ]]
	done
}

@test "drop: all that exist" {
	local names
	mapfile -t names < <(all_capabilities)
	run -0 "$STATE"
	local bounding
	bounding=$(rest_of_bounding)
	drops "${names[@]}"
	run -0 "$SCRUN" -c policy.ini "$STATE"
	all_are $NONE "$bounding"
}

@test "drop: what scrun lacks is no error" {
	need setpriv
	local starter=()
	[[ $(id -u) -ne 0 ]] || starter=(setpriv --bounding-set=-chown)
	drops cap_chown
	run -0 "${starter[@]}" "$SCRUN" -c policy.ini true
}

@test "drop: a dropped capability does not come back by exec" {
	need_held cap_chown cap_setpcap
	drops cap_chown
	touch file
	run -1 "$SCRUN" -c policy.ini sh -c "chown $OTHER file"
	says 'Operation not permitted'
}

# ---- users and ambient capabilities ---------------------------------------

# An ordinary user with two ambient capabilities, as an init system gives them.
as_other_with_two() {
	setpriv --reuid="$OTHER" --regid="$OTHER" --clear-groups \
		--inh-caps=-all,+net_bind_service,+net_raw \
		--ambient-caps=-all,+net_bind_service,+net_raw "$@"
}

need_two() {
	need_root
	need setpriv
	need_held cap_net_bind_service cap_net_raw cap_setpcap cap_setuid
	open_directory
	as_other test -x "$SCRUN" || skip "another user cannot reach the build"
}

@test "a user keeps an ambient capability, and loses the others" {
	local bounding
	need_two
	run -0 as_other_with_two "$STATE"
	bounding=$(field CapBnd)
	all_are "$(set_of cap_net_bind_service cap_net_raw)" "$bounding"
	keeps cap_net_bind_service
	run -0 as_other_with_two "$SCRUN" -c policy.ini "$STATE"
	[[ $(field Uid) == "$OTHER"$'\t'* ]]
	all_are "$(set_of cap_net_bind_service)" "$bounding"
	run -0 as_other_with_two "$SCRUN" -c policy.ini sh -c '"$STATE"; true'
	all_are "$(set_of cap_net_bind_service)" "$bounding"
}

@test "a user's ambient capabilities are gone where none is kept" {
	local bounding
	need_two
	run -0 as_other_with_two "$STATE"
	bounding=$(field CapBnd)
	run -0 as_other_with_two "$SCRUN" -c allow.ini "$STATE"
	all_are $NONE "$bounding"
}

@test "a user's ambient capability can be dropped, the other stays" {
	local bounding
	need_two
	run -0 as_other_with_two "$STATE"
	bounding=$(field CapBnd)
	drops cap_net_raw
	run -0 as_other_with_two "$SCRUN" -c policy.ini "$STATE"
	all_are "$(set_of cap_net_bind_service)" "$bounding"
}

@test "a user without capabilities runs as before, but for no_new_privs" {
	local before
	need_user
	run -0 "$STATE"
	before=$(sets)
	run -0 "$SCRUN" -c allow.ini "$STATE"
	[[ $(sets) == "$before" ]]
	drops cap_chown
	run -0 "$SCRUN" -c policy.ini "$STATE"
	[[ $(sets) == "$before" ]]
}

# ---- the bounding set -----------------------------------------------------

@test "without CAP_SETPCAP the bounding set stays, the others do not" {
	need_root
	need setpriv
	need_held cap_setpcap cap_chown
	local bounding
	run -0 setpriv --bounding-set=-setpcap "$STATE"
	bounding=$(field CapBnd)
	[[ $bounding != "$NONE" ]]
	run -0 setpriv --bounding-set=-setpcap "$SCRUN" -c allow.ini "$STATE"
	all_are $NONE "$bounding"
	keeps cap_chown
	run -0 setpriv --bounding-set=-setpcap "$SCRUN" -c policy.ini "$STATE"
	all_are "$(set_of cap_chown)" "$bounding"
	# Nor does an exec bring anything back.
	run -0 setpriv --bounding-set=-setpcap "$SCRUN" -c allow.ini \
		sh -c '"$STATE"; true'
	all_are $NONE "$bounding"
}

@test "a bounding set that cannot be read is a failure" {
	local option
	need_held cap_setpcap cap_chown
	for option in PR_CAPBSET_READ PR_CAPBSET_DROP; do
		drops ''
		sed -i "s/^default.*/&\ndeny = prctl(option == $option)/" policy.ini
		rm -f report
		run "$SCRUN" -c policy.ini "$SCRUN" -c allow.ini "$STATE" \
			-o report
		[[ ! -e report ]] || {
			echo "with $option denied: $(sets "$(<report)")"
			return 1
		}
		[[ $status -eq 125 ]]
	done
}

@test "a kernel that refuses to set capabilities is a failure" {
	need_held cap_setpcap cap_chown
	drops ''
	sed -i 's/^default.*/&\ndeny = capset/' policy.ini
	run -125 "$SCRUN" -c policy.ini "$SCRUN" -c allow.ini touch ran
	says 'cannot set the capabilities'
	[[ ! -e ran ]]
	keeps cap_chown
	mv policy.ini inner.ini
	drops ''
	sed -i 's/^default.*/&\ndeny = prctl(option == PR_CAP_AMBIENT)/' \
		policy.ini
	run -125 "$SCRUN" -c policy.ini "$SCRUN" -c inner.ini touch ran
	[[ ! -e ran ]]
}
