/* The capability for want of which the kernel refused a call. */

#include <limits.h>
#include <linux/bpf.h>
#include <linux/fs.h>
#include <linux/mempolicy.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "audit/refusal/privileges.h"
#include "audit/refusal/proc.h"
#include "refused.h"

TEST(the_tables_are_sorted_and_name_calls)
{
	static const char *const files[] = { "src/audit/refusal/privileges.c",
					     "src/audit/refusal/needs.c" };
	char line[256], name[64], before[64] = "";
	unsigned int n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		FILE *file = fopen(files[i], "r");

		skip_unless(file, "the sources are elsewhere");
		for (*before = '\0'; fgets(line, sizeof(line), file); n++) {
			if (sscanf(line, " { \"%63[^\"]", name) != 1 &&
			    sscanf(line, " ROWS_OF_SIGNAL(\"%63[^\"]", name) !=
				    1)
				continue;
			if (strcmp(before, name) > 0)
				print_error("# %s\n", name);
			assert_true(strcmp(before, name) <= 0);
			strcpy(before, name);
		}
		fclose(file);
	}
	assert_true(n > 200);
}

/* Each capability from a call of its own; none of these calls is made. */
static const struct {
	const char *name;
	uint64_t args[6];
	int errnum;
	const char *capability;
} needing[] = {
	{ "acct", { 0 }, EPERM, "cap_sys_pacct" },
	{ "adjtimex", { 0 }, EPERM, "cap_sys_time" },
	{ "bpf", { 5 }, EPERM, "cap_bpf" },
	{ "chown", { 0 }, EPERM, "cap_chown" },
	{ "chroot", { 0 }, EPERM, "cap_sys_chroot" },
	{ "clone", { CLONE_NEWNET | SIGCHLD }, EPERM, "cap_sys_admin" },
	{ "fcntl", { 0, F_SETLEASE }, EACCES, "cap_lease" },
	{ "finit_module", { 0 }, EPERM, "cap_sys_module" },
	{ "init_module", { 0 }, EPERM, "cap_sys_module" },
	{ "ioctl", { 0, TIOCSTI }, EPERM, "cap_sys_admin" },
	{ "ioctl", { 0, 0x8914 /* SIOCSIFFLAGS */ }, EPERM, "cap_net_admin" },
	{ "ioctl", { 0, 0x400454ca /* TUNSETIFF */ }, EPERM, "cap_net_admin" },
	{ "kexec_load", { 0 }, EPERM, "cap_sys_boot" },
	{ "kill", { 1, SIGTERM }, EPERM, "cap_kill" },
	{ "mknodat", { CWD, 0, S_IFCHR | 0600 }, EPERM, "cap_mknod" },
	{ "mlock", { 0 }, EPERM, "cap_ipc_lock" },
	{ "mount", { 0 }, EPERM, "cap_sys_admin" },
	{ "move_pages", { 1 }, EPERM, "cap_sys_ptrace" },
	{ "move_pages",
	  { 1, 0, 0, 0, 0, MPOL_MF_MOVE_ALL },
	  EPERM,
	  "cap_sys_nice" },
	{ "open_by_handle_at", { 0 }, EPERM, "cap_dac_read_search" },
	{ "perf_event_open", { 0 }, EACCES, "cap_perfmon" },
	{ "prctl", { PR_CAPBSET_DROP }, EPERM, "cap_setpcap" },
	{ "prlimit64", { 0 }, EPERM, "cap_sys_resource" },
	{ "process_madvise", { 0 }, EACCES, "cap_sys_ptrace" },
	{ "process_madvise", { 0 }, EPERM, "cap_sys_nice" },
	{ "ptrace", { PTRACE_ATTACH, 1 }, EPERM, "cap_sys_ptrace" },
	{ "reboot", { 0 }, EPERM, "cap_sys_boot" },
	{ "sched_setscheduler", { 0 }, EPERM, "cap_sys_nice" },
	{ "setgroups", { 0 }, EPERM, "cap_setgid" },
	{ "setpriority", { 0 }, EACCES, "cap_sys_nice" },
	{ "setresuid", { 0 }, EPERM, "cap_setuid" },
	{ "setsockopt", { 0, SOL_SOCKET, SO_MARK }, EPERM, "cap_net_admin" },
	{ "setsockopt",
	  { 0, SOL_SOCKET, SO_BINDTODEVICE },
	  EPERM,
	  "cap_net_raw" },
	{ "setsockopt",
	  { 0, IPPROTO_IPV6, IPV6_HOPOPTS },
	  EPERM,
	  "cap_net_raw" },
	{ "setsockopt",
	  { 0, IPPROTO_IPV6, IPV6_DSTOPTS },
	  EPERM,
	  "cap_net_raw" },
	{ "setsockopt",
	  { 0, IPPROTO_IPV6, IPV6_2292PKTOPTIONS },
	  EPERM,
	  "cap_net_raw" },
	{ "setsockopt",
	  { 0, IPPROTO_IPV6, IPV6_TRANSPARENT },
	  EPERM,
	  "cap_net_admin" },
	{ "settimeofday", { 0 }, EPERM, "cap_sys_time" },
	{ "shmctl", { 0, 11 /* SHM_LOCK */ }, EPERM, "cap_ipc_lock" },
	{ "shmget", { 0 }, EACCES, "cap_ipc_owner" },
	{ "socket",
	  { AF_INET, SOCK_RAW | SOCK_CLOEXEC },
	  EPERM,
	  "cap_net_raw" },
	{ "socket", { AF_PACKET, SOCK_DGRAM }, EPERM, "cap_net_raw" },
	{ "syslog", { 0 }, EPERM, "cap_syslog" },
	{ "timer_create", { 9 }, EPERM, "cap_wake_alarm" },
	{ "unshare", { CLONE_NEWNS }, EPERM, "cap_sys_admin" },
	{ "vhangup", { 0 }, EPERM, "cap_sys_tty_config" },
};

TEST(a_call_that_needs_a_capability_names_it)
{
	for (size_t i = 0; i < ARRAY_SIZE(needing); i++) {
		struct refusal refusal =
			made_up(AS_NOBODY, needing[i].errnum, needing[i].name,
				needing[i].args);
		char reason[64], allow[64];

		snprintf(reason, sizeof(reason), "needs %s",
			 needing[i].capability);
		snprintf(allow, sizeof(allow), "[capabilities] keep = %s",
			 needing[i].capability);
		if (strcmp(refusal.reason, reason))
			print_error("# %s\n", needing[i].name);
		assert_refusal(&refusal, reason, allow);
	}
}

TEST(a_call_that_no_capability_would_allow_names_none)
{
	static const struct {
		const char *name;
		uint64_t args[6];
		int errnum;
	} rows[] = {
		{ "unshare", { CLONE_NEWUSER | CLONE_NEWNS }, EPERM },
		{ "fcntl", { 0, F_SETFL }, EPERM },
		{ "mknodat", { CWD, 0, S_IFIFO | 0600 }, EPERM },
		{ "socket", { AF_NETLINK, SOCK_RAW }, EPERM },
		{ "setsockopt", { 0, IPPROTO_UDP, 1 }, EPERM },
		{ "setsockopt", { 0, SOL_SOCKET, SO_LOCK_FILTER }, EPERM },
		{ "setsockopt", { 0, SOL_SOCKET, SO_DETACH_FILTER }, EPERM },
		{ "setsockopt", { 0, SOL_SOCKET, SO_ATTACH_FILTER }, EPERM },
		{ "capset", { 0 }, EPERM },
		{ "setresuid", { 0 }, EACCES },
		{ "getpid", { 0 }, EPERM },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct refusal refusal = made_up(AS_NOBODY, rows[i].errnum,
						 rows[i].name, rows[i].args);

		assert_refusal(&refusal, "", "");
	}
}

TEST(a_signal_to_a_process_of_the_same_user_needs_no_capability)
{
	struct child child;
	struct result result;
	struct call call = call_of("getpid", ARGS(0));
	struct refusal refusal;

	child = child_start(AS_NOBODY, NULL, &call, &result);
	refusal = made_up(AS_NOBODY, EPERM, "kill",
			  ARGS((uint64_t)child.pid, SIGTERM));
	child_end(&child);
	assert_refusal(&refusal, "", "");
}

/* kernel/signal.c: only the kernel sends those. */
TEST(a_signal_that_only_the_kernel_sends_no_capability_allows)
{
	siginfo_t info = { .si_code = SI_USER };
	struct refusal refusal;

	refusal = made_up(AS_NOBODY, EPERM, "rt_sigqueueinfo",
			  ARGS(1, SIGTERM, POINTER(&info)));
	assert_refusal(&refusal, "", "");
	refusal = made_up(AS_NOBODY, EPERM, "rt_tgsigqueueinfo",
			  ARGS(1, 1, SIGTERM, POINTER(&info)));
	assert_refusal(&refusal, "", "");
	info.si_code = SI_TKILL;
	refusal = made_up(AS_NOBODY, EPERM, "pidfd_send_signal",
			  ARGS(UINT32_MAX, SIGTERM, POINTER(&info)));
	assert_refusal(&refusal, "", "");
	info.si_code = SI_QUEUE;
	refusal = made_up(AS_NOBODY, EPERM, "rt_sigqueueinfo",
			  ARGS(1, SIGTERM, POINTER(&info)));
	assert_refusal(&refusal, "needs cap_kill",
		       "[capabilities] keep = cap_kill");
}

TEST(the_flags_of_a_file_are_its_owner_s_but_for_some)
{
	char path[] = "/tmp/scrun-refusal-XXXXXX";
	int fd = mkstemp(path), flags = FS_IMMUTABLE_FL;
	uint64_t args[6] = { (uint64_t)fd, FS_IOC_SETFLAGS, POINTER(&flags) };
	struct refusal own, others = { 0 };

	assert_true(fd >= 0);
	own = made_up(AS_BARE_ROOT, EPERM, "ioctl", args);
	flags = FS_NODUMP_FL;
	if (geteuid() == 0)
		others = made_up(AS_NOBODY, EPERM, "ioctl", args);
	unlink(path);
	close(fd);
	assert_refusal(&own, "needs cap_linux_immutable",
		       "[capabilities] keep = cap_linux_immutable");
	ROOT_ONLY("only root can be somebody else");
	assert_refusal(&others, "needs cap_fowner",
		       "[capabilities] keep = cap_fowner");
}

TEST(a_large_queue_of_one_s_own_needs_cap_sys_resource)
{
	struct msqid_ds set = { .msg_qbytes = UINT32_MAX };
	int id = msgget(IPC_PRIVATE, 0600);
	uint64_t args[6] = { (uint64_t)id, IPC_SET, POINTER(&set) };
	struct refusal own, others = { 0 };

	skip_unless(id >= 0, "no message queues");
	own = made_up(AS_BARE_ROOT, EPERM, "msgctl", args);
	if (geteuid() == 0)
		others = made_up(AS_NOBODY, EPERM, "msgctl", args);
	msgctl(id, IPC_RMID, NULL);
	assert_refusal(&own, "needs cap_sys_resource",
		       "[capabilities] keep = cap_sys_resource");
	ROOT_ONLY("only root can be somebody else");
	assert_refusal(&others, "needs cap_sys_admin",
		       "[capabilities] keep = cap_sys_admin");
}

TEST(a_program_for_the_kernel_needs_what_its_type_does)
{
	static const struct {
		uint32_t type;
		int capability;
	} rows[] = {
		{ BPF_PROG_TYPE_KPROBE, CAP_PERFMON },
		{ BPF_PROG_TYPE_TRACING, CAP_PERFMON },
		{ BPF_PROG_TYPE_XDP, CAP_NET_ADMIN },
		{ BPF_PROG_TYPE_CGROUP_SOCK, CAP_NET_ADMIN },
		{ BPF_PROG_TYPE_EXT, CAP_NET_ADMIN },
		{ BPF_PROG_TYPE_SOCKET_FILTER, CAP_SYS_ADMIN },
	};
	struct credentials none = { 0 };
	struct credentials some = { .capabilities = 1ull << CAP_BPF };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct call call = call_of("bpf", ARGS(BPF_PROG_LOAD,
						       POINTER(&rows[i].type)));

		call.pid = getpid();
		assert_int_equal(privilege_missing(&call, "bpf", EPERM, &none),
				 CAP_BPF);
		assert_int_equal(privilege_missing(&call, "bpf", EPERM, &some),
				 rows[i].capability);
		call.args[0] = BPF_MAP_CREATE;
		assert_int_equal(privilege_missing(&call, "bpf", EPERM, &some),
				 CAP_SYS_ADMIN);
	}
}

TEST(who_has_the_capability_is_not_told_to_keep_it)
{
	struct refusal refusal;

	ROOT_ONLY("only root has one");
	refusal = made_up(AS_WE_ARE, EPERM, "setresuid", ARGS(0));
	assert_refusal(&refusal, "", "");
	refusal = made_up(AS_BARE_ROOT, EPERM, "setresuid", ARGS(0));
	assert_refusal(&refusal, "needs cap_setuid",
		       "[capabilities] keep = cap_setuid");
}

TEST(what_scrun_does_not_have_it_is_not_told_to_keep)
{
	struct refusal refusal =
		made_up(AS_NOBODY, EPERM, "setresuid", ARGS(0));

	refusal_limit(&refusal, 1ull << CAP_SETUID);
	assert_refusal(&refusal, "needs cap_setuid",
		       "[capabilities] keep = cap_setuid");
	refusal_limit(&refusal, ~(1ull << CAP_SETUID));
	assert_refusal(&refusal, "needs cap_setuid", "");
}

TEST(without_a_process_to_look_at_the_capability_is_named_all_the_same)
{
	struct call call = call_of("reboot", ARGS(0));
	struct refusal refusal;

	call.pid = INT_MAX;
	refusal_explain(&refusal, &no_rules, &call, EPERM);
	assert_refusal(&refusal, "needs cap_sys_boot",
		       "[capabilities] keep = cap_sys_boot");
	call = call_of("openat", ARGS(CWD, POINTER("/etc/shadow")));
	call.pid = INT_MAX;
	refusal_explain(&refusal, &no_rules, &call, EACCES);
	assert_refusal(&refusal, "", "");
}

TEST(a_low_port_needs_cap_net_bind_service)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(1) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint64_t args[6] = { (uint64_t)fd, POINTER(&address), sizeof(address) };
	struct refusal refusal;

	skip_unless(fd >= 0, "no internet sockets");
	skip_unless(sysctl_number("net/ipv4/ip_unprivileged_port_start", 0) > 1,
		    "every port is for everybody");
	REFUSED(AS_NOBODY, EACCES, "bind", args);
	assert_refusal(&refusal, "needs cap_net_bind_service",
		       "[capabilities] keep = cap_net_bind_service");

	/* Of a high one, Landlock can be the reason; nothing else is. */
	address.sin_port = htons(60000);
	refusal = made_up(AS_NOBODY, EACCES, "bind", args);
	assert_refusal(&refusal, "", "");
	args[1] = 1; /* not a pointer */
	refusal = made_up(AS_NOBODY, EACCES, "bind", args);
	assert_refusal(&refusal, "", "");
	close(fd);
}

TEST(who_is_traced_already_is_told_by_whom)
{
	struct call call = call_of("getpid", ARGS(0));
	struct refusal refusal;
	struct result result;
	struct child child = child_start(AS_NOBODY, NULL, &call, &result);
	char reason[100];

	call = call_of("ptrace", ARGS(PTRACE_TRACEME));
	call.pid = child.pid;
	assert_int_equal(ptrace(PTRACE_SEIZE, child.pid, 0, 0), 0);
	refusal_explain(&refusal, &no_rules, &call, EPERM);
	child_end(&child);
	snprintf(reason, sizeof(reason),
		 "process %d is traced already, by this audit", child.pid);
	assert_refusal(&refusal, reason, "");
}

/* A policy with a key that makes Landlock watch, and one with a scope. */
static const struct policy with_paths = { .paths_origin = { .file = "x" } };
static const struct policy with_scope = { .scopes[SCOPE_SIGNALS] = {
						  .file = "x" } };

TEST(under_rules_for_paths_no_capability_lets_anybody_mount)
{
	static const char *const names[] = { "mount", "move_mount",
					     "pivot_root", "umount2" };
	struct refusal refusal;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		refusal = made_up_under(&with_paths, AS_NOBODY, EPERM, names[i],
					ARGS(0));
		assert_refusal(&refusal,
			       "Landlock: [paths] lets nobody change mounts",
			       "");
	}
	refusal =
		made_up_under(&with_scope, AS_NOBODY, EPERM, "mount", ARGS(0));
	assert_refusal(&refusal, "needs cap_sys_admin",
		       "[capabilities] keep = cap_sys_admin");
}

TEST(under_landlock_no_capability_lets_anybody_trace_what_is_outside)
{
	static const char reason[] = "Landlock: only processes under the same "
				     "rules can be traced";
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	uint64_t us = (uint64_t)getpid();
	const struct {
		const char *name;
		uint64_t args[6];
	} rows[] = {
		{ "kcmp", { us, 0 } },
		{ "kcmp", { 0, us } },
		{ "migrate_pages", { us } },
		{ "pidfd_getfd", { (uint64_t)fd } },
		{ "process_vm_readv", { us } },
		{ "process_vm_writev", { us } },
		{ "ptrace", { PTRACE_ATTACH, us } },
		{ "ptrace", { PTRACE_SEIZE, us } },
	};

	struct refusal memory =
		made_up_under(&with_scope, AS_WE_ARE, EACCES, "process_madvise",
			      ARGS((uint64_t)fd));

	assert_refusal(&memory, reason, "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct refusal refusal =
			made_up_under(&with_scope, AS_WE_ARE, EPERM,
				      rows[i].name, rows[i].args);

		assert_refusal(&refusal, reason, "");
		refusal = made_up_under(&with_paths, AS_NOBODY, EPERM,
					rows[i].name, rows[i].args);
		assert_refusal(&refusal, reason, "");
	}
	close(fd);
}

/* What the audit traces is the command's, and has its rules. */
TEST(under_landlock_the_command_s_own_processes_need_the_capability)
{
	struct call call = call_of("getpid", ARGS(0));
	struct result result;
	struct child child = child_start(AS_NOBODY, NULL, &call, &result);
	uint64_t its = (uint64_t)child.pid;
	struct refusal refusals[3];

	assert_int_equal(ptrace(PTRACE_SEIZE, child.pid, 0, 0), 0);
	refusals[0] = made_up_under(&with_paths, AS_NOBODY, EPERM,
				    "process_vm_readv", ARGS(its));
	refusals[1] = made_up_under(&with_scope, AS_NOBODY, EPERM, "kill",
				    ARGS(its, SIGTERM));
	refusals[2] = made_up_under(&with_scope, AS_NOBODY, EPERM, "kill",
				    ARGS(1, SIGTERM));
	child_end(&child);
	assert_refusal(&refusals[0], "needs cap_sys_ptrace",
		       "[capabilities] keep = cap_sys_ptrace");
	assert_refusal(&refusals[1], "", "");
	assert_refusal(&refusals[2], "Landlock: it is in another scope", "");
}

TEST(a_signal_by_descriptor_goes_to_the_process_that_it_stands_for)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int init = (int)syscall(SYS_pidfd_open, 1, 0);
	struct refusal refusal;

	skip_unless(fd >= 0 && init >= 0, "no descriptors of processes");
	refusal = made_up(AS_BARE_ROOT, EPERM, "pidfd_send_signal",
			  ARGS((uint64_t)fd, SIGTERM));
	assert_refusal(&refusal, "", "");
	refusal = made_up(AS_NOBODY, EPERM, "pidfd_send_signal",
			  ARGS((uint64_t)init, SIGTERM));
	assert_refusal(&refusal, "needs cap_kill",
		       "[capabilities] keep = cap_kill");
	refusal =
		made_up_under(&with_scope, AS_NOBODY, EPERM,
			      "pidfd_send_signal", ARGS((uint64_t)fd, SIGTERM));
	assert_refusal(&refusal, "Landlock: it is in another scope", "");
	close(fd);
	close(init);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tables_are_sorted_and_name_calls),
		cmocka_unit_test(a_call_that_needs_a_capability_names_it),
		cmocka_unit_test(
			a_call_that_no_capability_would_allow_names_none),
		cmocka_unit_test(
			a_signal_to_a_process_of_the_same_user_needs_no_capability),
		cmocka_unit_test(
			a_signal_that_only_the_kernel_sends_no_capability_allows),
		cmocka_unit_test(
			the_flags_of_a_file_are_its_owner_s_but_for_some),
		cmocka_unit_test(
			a_large_queue_of_one_s_own_needs_cap_sys_resource),
		cmocka_unit_test(
			a_program_for_the_kernel_needs_what_its_type_does),
		cmocka_unit_test(who_has_the_capability_is_not_told_to_keep_it),
		cmocka_unit_test(
			what_scrun_does_not_have_it_is_not_told_to_keep),
		cmocka_unit_test(
			without_a_process_to_look_at_the_capability_is_named_all_the_same),
		cmocka_unit_test(a_low_port_needs_cap_net_bind_service),
		cmocka_unit_test(who_is_traced_already_is_told_by_whom),
		cmocka_unit_test(
			under_rules_for_paths_no_capability_lets_anybody_mount),
		cmocka_unit_test(
			under_landlock_no_capability_lets_anybody_trace_what_is_outside),
		cmocka_unit_test(
			under_landlock_the_command_s_own_processes_need_the_capability),
		cmocka_unit_test(
			a_signal_by_descriptor_goes_to_the_process_that_it_stands_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
