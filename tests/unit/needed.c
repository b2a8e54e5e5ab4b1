/* Which capability a call needs, told before it is made. */

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "audit/learn/needed.h"
#include "calls.h"

/* A user who has all capabilities, and is nobody else. */
static struct credentials user(void)
{
	return (struct credentials){
		.process = getpid(),
		.uid = 4321,
		.euid = 4321,
		.suid = 4321,
		.fsuid = 4321,
		.gid = 5432,
		.fsgid = 5432,
		.capabilities = ~0ull,
	};
}

static void assert_needs(struct call call, int capability)
{
	struct credentials caller = user();
	int needed = capability_needed(&call, &caller);

	if (needed != capability)
		print_error("# %s\n", call_name(call.arch, call.nr));
	assert_int_equal(needed, capability);
}

#define NEEDS(capability, name, ...) \
	assert_needs(NATIVE(name, __VA_ARGS__), capability)

TEST(what_is_root_s_alone_needs_its_capability)
{
	NEEDS(CAP_SYS_ADMIN, "mount", 0);
	NEEDS(CAP_SYS_CHROOT, "chroot", NOWHERE);
	NEEDS(CAP_NET_RAW, "socket", AF_PACKET, SOCK_RAW);
	NEEDS(CAP_NET_RAW, "socket", AF_INET, SOCK_RAW);
	NEEDS(CAP_SYS_ADMIN, "unshare", CLONE_NEWNS);
	NEEDS(CAP_SETGID, "setgroups", 0);
	NEEDS(CAP_SETPCAP, "prctl", PR_CAPBSET_DROP);
	NEEDS(CAP_SYS_TIME, "clock_settime", 0);
}

TEST(what_everybody_may_needs_none)
{
	NEEDS(-1, "getpid", 0);
	NEEDS(-1, "socket", AF_INET, SOCK_STREAM);
	NEEDS(-1, "unshare", CLONE_NEWUSER | CLONE_NEWNS);
	NEEDS(-1, "setsockopt", 3, IPPROTO_TCP, TCP_NODELAY);
	NEEDS(-1, "setsockopt", 3, SOL_SOCKET, SO_REUSEADDR);
	NEEDS(-1, "seccomp", 1);
	NEEDS(-1, "sched_setaffinity", 0);
	NEEDS(-1, "prctl", PR_SET_NAME);
	NEEDS(-1, "fcntl", 3, F_SETPIPE_SZ, 4096);
	NEEDS(-1, "ioctl", 3, SIOCGIFADDR);
	NEEDS(-1, "ptrace", PTRACE_TRACEME);
	NEEDS(-1, "shmget", 0);
}

TEST(options_of_the_administrator_need_it)
{
	NEEDS(CAP_NET_ADMIN, "setsockopt", 3, SOL_SOCKET, SO_MARK);
	NEEDS(CAP_NET_ADMIN, "setsockopt", 3, IPPROTO_IP, IP_TRANSPARENT);
	NEEDS(CAP_NET_ADMIN, "ioctl", 3, SIOCSIFADDR);
	NEEDS(CAP_SYS_RESOURCE, "fcntl", 3, F_SETPIPE_SZ, 1ull << 31);
}

TEST(to_become_somebody_else_needs_it)
{
	NEEDS(-1, "setuid", 4321);
	NEEDS(CAP_SETUID, "setuid", 0);
	NEEDS(-1, "setresuid", (uint32_t)-1, 4321, (uint32_t)-1);
	NEEDS(CAP_SETUID, "setresuid", (uint32_t)-1, 0, (uint32_t)-1);
	NEEDS(CAP_SETUID, "setreuid", 0, 4321);
	NEEDS(-1, "setgid", 5432);
	NEEDS(CAP_SETGID, "setgid", 0);
	NEEDS(CAP_SETGID, "setresgid", 5432, 5432, 1);
}

TEST(priorities_below_zero_need_it)
{
	NEEDS(-1, "setpriority", 0, 0, 5);
	NEEDS(CAP_SYS_NICE, "setpriority", 0, 0, (uint32_t)-5);
	NEEDS(-1, "sched_setscheduler", 0, SCHED_BATCH);
	NEEDS(CAP_SYS_NICE, "sched_setscheduler", 0, SCHED_FIFO);
}

TEST(only_a_higher_hard_limit_needs_it)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	NEEDS(-1, "prlimit64", 0, RLIMIT_NOFILE, 0, P(&limit));
	NEEDS(-1, "prlimit64", 0, RLIMIT_NOFILE, P(&limit), 0);
	limit.rlim_cur = 0;
	limit.rlim_max--;
	NEEDS(-1, "setrlimit", RLIMIT_NOFILE, P(&limit));
	limit.rlim_max += 2;
	NEEDS(CAP_SYS_RESOURCE, "setrlimit", RLIMIT_NOFILE, P(&limit));
	NEEDS(CAP_SYS_RESOURCE, "prlimit64", 0, RLIMIT_NOFILE, P(&limit), 0);
}

TEST(only_another_user_s_process_needs_it)
{
	if (getuid() == 4321)
		skip();
	NEEDS(CAP_KILL, "kill", (uint32_t)getpid(), 0);
	NEEDS(-1, "kill", 0, 0);
	NEEDS(-1, "kill", (uint32_t)-getpgrp(), 0);
}

TEST(low_ports_need_it)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(1) };

	if (sysctl_number("net/ipv4/ip_unprivileged_port_start", 1024) < 2)
		skip();
	NEEDS(CAP_NET_BIND_SERVICE, "bind", 3, P(&address), sizeof(address));
	address.sin_port = htons(60000);
	NEEDS(-1, "bind", 3, P(&address), sizeof(address));
	address.sin_port = 0;
	NEEDS(-1, "bind", 3, P(&address), sizeof(address));
}

TEST(another_user_s_files_need_it)
{
	char path[] = "/tmp/scrun-needed-XXXXXX";
	int fd = mkstemp(path);
	struct credentials caller = user();
	struct call call;

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0600), 0);
	NEEDS(CAP_DAC_READ_SEARCH, "openat", (uint32_t)AT_FDCWD, P(path),
	      O_RDONLY);
	NEEDS(CAP_DAC_OVERRIDE, "openat", (uint32_t)AT_FDCWD, P(path), O_RDWR);
	NEEDS(CAP_FOWNER, "chmod", P(path), 0644);
	NEEDS(CAP_CHOWN, "chown", P(path), 4321, 5432);
	/* The owner needs none, but to give it away. */
	caller.fsuid = caller.euid = getuid();
	call = NATIVE("openat", (uint32_t)AT_FDCWD, P(path), O_RDWR);
	assert_int_equal(capability_needed(&call, &caller), -1);
	call = NATIVE("chmod", P(path), 0644);
	assert_int_equal(capability_needed(&call, &caller), -1);
	call = NATIVE("chown", P(path), (uint32_t)-1, 5432);
	assert_int_equal(capability_needed(&call, &caller), -1);
	call = NATIVE("chown", P(path), 1, (uint32_t)-1);
	assert_int_equal(capability_needed(&call, &caller), CAP_CHOWN);
	call = NATIVE("chown", P(path), (uint32_t)-1, 1);
	assert_int_equal(capability_needed(&call, &caller), CAP_CHOWN);
	/* The other one is used where this one is not there. */
	caller = user();
	caller.capabilities = 1ull << CAP_DAC_OVERRIDE;
	call = NATIVE("openat", (uint32_t)AT_FDCWD, P(path), O_RDONLY);
	assert_int_equal(capability_needed(&call, &caller), CAP_DAC_OVERRIDE);
	/* One without any does without. */
	caller.capabilities = 0;
	assert_int_equal(capability_needed(&call, &caller), -1);
	close(fd);
	unlink(path);
}

/* The link is one user's, and what it leads to another's. */
TEST(a_link_s_owner_is_its_own)
{
	struct credentials caller = user();
	char path[64];
	struct call call;

	snprintf(path, sizeof(path), "/tmp/scrun-needed-%d", (int)getpid());
	assert_int_equal(symlink("/etc/passwd", path), 0);
	if (getuid() == 0)
		assert_int_equal(lchown(path, 4321, 5432), 0);
	caller.fsuid = caller.euid = 0;
	call = NATIVE("fchownat", (uint32_t)AT_FDCWD, P(path), 0, (uint32_t)-1);
	assert_int_equal(capability_needed(&call, &caller), -1);
	call.args[4] = AT_SYMLINK_NOFOLLOW;
	assert_int_equal(capability_needed(&call, &caller), CAP_CHOWN);
	call = NATIVE("lchown", P(path), 0, (uint32_t)-1);
	assert_int_equal(capability_needed(&call, &caller), CAP_CHOWN);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_root_s_alone_needs_its_capability),
		cmocka_unit_test(what_everybody_may_needs_none),
		cmocka_unit_test(options_of_the_administrator_need_it),
		cmocka_unit_test(to_become_somebody_else_needs_it),
		cmocka_unit_test(priorities_below_zero_need_it),
		cmocka_unit_test(only_a_higher_hard_limit_needs_it),
		cmocka_unit_test(only_another_user_s_process_needs_it),
		cmocka_unit_test(low_ports_need_it),
		cmocka_unit_test(another_user_s_files_need_it),
		cmocka_unit_test(a_link_s_owner_is_its_own),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
