# Loaded by the files that look at supervised services, after machine.

# shellcheck shell=bash disable=SC2154 # `run` sets some

denied='--audit=denied -o /tmp/denied'

# audited EXAMPLE: with --audit=denied.
audited() {
	inside sed -i "s|^audit=.*|audit='$denied'|" "/examples/$1"
	run -0 inside grep -c "^audit='$denied'" "/examples/$1"
}

# denied_only [CALL]: of what the policy of an audited service denied so far,
# there is no other call; but for clone3, which libc only tries.
denied_only() {
	run inside sh -c 'grep -h "^scrun: denied" /tmp/denied 2>/dev/null'
	run grep -vE "^scrun: denied (clone3\\(.*: ENOSYS ${1+|$1\\(})" <<<"$output"
	is ''
}

# nothing_denied [CALL]: the same, of one that has ended.
nothing_denied() {
	inside grep -q '^scrun: audit of' /tmp/denied && denied_only "$@"
}

# is_service PID PROGRAM USER [CAPABILITIES]: the process is the program itself,
# under a filter, with these capabilities in each set.
is_service() {
	run -0 inside readlink "/proc/$1/exe"
	is "$2"
	run -0 inside cat "/proc/$1/status"
	[[ $(field Seccomp) == 2 && $(field NoNewPrivs) == 1 ]]
	local set id
	id=$(id -u "$3")
	[[ $(field Uid) == "$id"$'\t'"$id"$'\t'"$id"$'\t'"$id" ]]
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		[[ $(field $set) == "${4-0000000000000000}" ]]
	done
}

gone_inside() {
	! inside kill -0 "$1"
}

need_redis_conf() {
	inside test -e /etc/redis/redis.conf || skip "there is no /etc/redis/redis.conf here"
}
