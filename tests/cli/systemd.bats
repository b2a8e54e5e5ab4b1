#!/usr/bin/env bats
# examples/systemd under the real systemd, which is process 1 of a machine of
# its own.

# shellcheck disable=SC2154,SC2317 # `run` sets some, `eventually` calls some

load common
load machine
load supervised

setup() {
	[[ -x /lib/systemd/systemd ]] || skip "there is no systemd here"
	need systemctl redis-server redis-cli
	machine sh -ec '
		mkdir -p /run/systemd/system
		printf "[Unit]\nDefaultDependencies=no\n" \
			>/run/systemd/system/nothing.target
		exec env -i container=scrun /lib/systemd/systemd \
			--system --unit=nothing.target'
	booted() { inside systemctl list-units; }
	eventually booted || { cat machine.log; return 1; }
	need_redis_conf
}

main_pid() {
	inside systemctl show --value -p MainPID scrun-redis
}

systemd_redis() {
	follow systemd/redis.service
	# Ready means that it answers.
	[[ $(inside redis-cli ping) == PONG ]]
	local service
	service=$(main_pid)
	is_service "$service" "$(realpath /usr/bin/redis-server)" redis
	run -0 inside systemctl show -p ActiveState,StatusText scrun-redis
	says ActiveState=active 'StatusText=Ready to accept connections'
	run -0 inside systemctl status scrun-redis

	denied_only
	inside kill -KILL "$service"
	restarted() {
		[[ $(main_pid) -ne 0 && $(main_pid) -ne $service &&
			$(inside systemctl is-active scrun-redis) == active ]]
	}
	eventually restarted
	service=$(main_pid)
	[[ $(inside redis-cli ping) == PONG ]]
	is_service "$service" "$(realpath /usr/bin/redis-server)" redis

	inside systemctl stop scrun-redis
	gone_inside "$service"
	run -3 inside systemctl status scrun-redis
	run -0 inside systemctl show -p ActiveState,Result scrun-redis
	says ActiveState=inactive Result=success
}

@test "redis is ready, restarts after SIGKILL and stops" {
	systemd_redis
}

@test "redis, the same with an audit" {
	inside sed -i "/^ExecStart=/s| -c | $denied -c |" \
		/examples/systemd/redis.service
	systemd_redis
	eventually nothing_denied
}
