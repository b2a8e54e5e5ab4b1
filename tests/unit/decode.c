/* The arguments of calls as a person reads them. */

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/futex.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>

#include "calls.h"

TEST(a_path_is_quoted_and_relative_to_a_named_directory)
{
	assert_text(NATIVE("mkdir", P("/srv/x"), 0755),
		    "mkdir(\"/srv/x\", 0755)");
	assert_text(NATIVE("unlinkat", (uint64_t)AT_FDCWD, P("x"),
			   AT_REMOVEDIR),
		    "unlinkat(AT_FDCWD, \"x\", AT_REMOVEDIR)");
	/* The kernel takes an int of it. */
	assert_text(NATIVE("unlinkat", (uint32_t)AT_FDCWD, P("x"), 0),
		    "unlinkat(AT_FDCWD, \"x\", 0)");
	assert_text(NATIVE("symlink", P("to"), P("from")),
		    "symlink(\"to\", \"from\")");
	assert_text(NATIVE("chown", P("/"), 1000, UINT32_MAX),
		    "chown(\"/\", 1000, -1)");
	assert_text(NATIVE("mknod", P("d"), S_IFCHR | 0600, makedev(5, 1)),
		    "mknod(\"d\", S_IFCHR|0600, makedev(5, 1))");
	assert_text(NATIVE("access", P("/"), R_OK | X_OK),
		    "access(\"/\", R_OK|X_OK)");
	assert_text(NATIVE("access", P("/"), F_OK), "access(\"/\", F_OK)");
}

TEST(an_option_to_get_is_another_than_the_same_number_to_set)
{
	assert_text(NATIVE("setsockopt", 9999, IPPROTO_IP, 64, 0, 0),
		    "setsockopt(9999, SOL_IP, IPT_SO_SET_REPLACE, NULL, 0)");
	assert_text(NATIVE("getsockopt", 9999, IPPROTO_IP, 64),
		    "getsockopt(9999, SOL_IP, IPT_SO_GET_INFO, NULL, NULL)");
	assert_text(NATIVE("getsockopt", 9999, SOL_SOCKET, SO_GET_FILTER),
		    "getsockopt(9999, SOL_SOCKET, SO_GET_FILTER, NULL, NULL)");
	assert_text(NATIVE("getsockopt", 9999, SOL_SOCKET, SO_ERROR),
		    "getsockopt(9999, SOL_SOCKET, SO_ERROR, NULL, NULL)");
}

TEST(flags_of_shared_memory_are_its_own)
{
	assert_text(NATIVE("shmget", 1, 4096, 04600),
		    "shmget(1, 4096, 0600|SHM_HUGETLB)");
	assert_text(NATIVE("msgrcv", 1, 0, 8, 0, 04000),
		    "msgrcv(1, NULL, 8, 0, IPC_NOWAIT)");
}

TEST(all_bits_are_no_flags)
{
	assert_text(NATIVE("personality", UINT32_MAX),
		    "personality(0xffffffff)");
	assert_text(NATIVE("personality", PER_LINUX32 | ADDR_NO_RANDOMIZE),
		    "personality(PER_LINUX32|ADDR_NO_RANDOMIZE)");
}

TEST(offsets_have_a_sign)
{
	assert_text(NATIVE("fallocate", 9999, 0, UINT64_MAX, UINT64_MAX),
		    "fallocate(9999, 0, -1, -1)");
	assert_text(NATIVE("fadvise64", 9999, UINT64_MAX, 4096, 0),
		    "fadvise64(9999, -1, 4096, POSIX_FADV_NORMAL)");
}

TEST(the_mode_of_open_is_shown_only_where_a_file_may_be_made)
{
	assert_text(NATIVE("openat", (uint64_t)AT_FDCWD, P("/etc/hostname"),
			   O_RDONLY | O_CLOEXEC, 0123),
		    "openat(AT_FDCWD, \"/etc/hostname\", O_RDONLY|O_CLOEXEC)");
	assert_text(NATIVE("open", P("f"), O_WRONLY | O_CREAT | O_TRUNC, 0644),
		    "open(\"f\", O_WRONLY|O_CREAT|O_TRUNC, 0644)");
	assert_text(NATIVE("open", P("d"), O_RDWR | O_TMPFILE, 0600),
		    "open(\"d\", O_RDWR|O_TMPFILE, 0600)");
	assert_text(NATIVE("open", P("d"), O_DIRECTORY, 0600),
		    "open(\"d\", O_RDONLY|O_DIRECTORY)");
	assert_text(NATIVE("open", P("d"), 3 | 1 << 30, 0),
		    "open(\"d\", 3|0x40000000)");
	assert_text(NATIVE("open", P("d"), UINT64_MAX << 32, 0),
		    "open(\"d\", O_RDONLY)");
}

TEST(the_flags_of_openat2_and_clone3_come_from_their_structs)
{
	struct open_how how = { .flags = O_CREAT,
				.mode = 0640,
				.resolve = RESOLVE_BENEATH };
	uint64_t args[11] = { CLONE_VM | CLONE_NEWUSER, 0, 0, 0, SIGCHLD };
	char pointer[64];

	assert_text(NATIVE("openat2", (uint64_t)AT_FDCWD, P("f"), P(&how),
			   sizeof(how)),
		    "openat2(AT_FDCWD, \"f\", {flags=O_RDONLY|O_CREAT, "
		    "mode=0640, resolve=RESOLVE_BENEATH}, 24)");
	assert_text(NATIVE("openat2", (uint64_t)AT_FDCWD, P("f"), NOWHERE,
			   UINT64_MAX),
		    "openat2(AT_FDCWD, \"f\", 0x10, 18446744073709551615)");
	assert_text(NATIVE("clone3", P(args), sizeof(args)),
		    "clone3({flags=CLONE_VM|CLONE_NEWUSER, "
		    "exit_signal=SIGCHLD}, 88)");
	snprintf(pointer, sizeof(pointer), "clone3(0x%lx, 0)",
		 (unsigned long)P(args));
	assert_text(NATIVE("clone3", P(args), 0), pointer);
}

TEST(a_descriptor_says_where_it_leads)
{
	int fds[2], null = open("/dev/null", O_RDONLY);
	char wanted[128];
	struct stat info;

	snprintf(wanted, sizeof(wanted), "close(%d</dev/null>)", null);
	assert_text(NATIVE("close", (uint64_t)null), wanted);
	close(null);
	assert_text(NATIVE("close", 9999), "close(9999)");
	assert_text(NATIVE("close", UINT32_MAX), "close(-1)");
	assert_text(NATIVE("close", (uint64_t)AT_FDCWD), "close(-100)");

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(fstat(fds[0], &info), 0);
	snprintf(wanted, sizeof(wanted), "close(%d<socket:[%lu]>)", fds[0],
		 (unsigned long)info.st_ino);
	assert_text(NATIVE("close", (uint64_t)fds[0]), wanted);
	close(fds[0]);
	close(fds[1]);
}

TEST(a_buffer_is_shown_in_part_and_says_so)
{
	static const char text[] = "0123456789012345678901234567890123456789";

	assert_text(NATIVE("write", 9999, P("Hello\n"), 6),
		    "write(9999, \"Hello\\n\", 6)");
	assert_text(NATIVE("write", 9999, P(text), 40),
		    "write(9999, \"01234567890123456789012345678901\"…, 40)");
	assert_text(NATIVE("write", 9999, P("a\0b"), 3),
		    "write(9999, \"a\\0b\", 3)");
	assert_text(NATIVE("write", 9999, P(text), 0), "write(9999, \"\", 0)");
	assert_text(NATIVE("write", 9999, 0, 5), "write(9999, NULL, 5)");
	assert_text(NATIVE("write", 9999, NOWHERE, 5), "write(9999, 0x10, 5)");
}

TEST(what_a_call_reads_is_shown_once_it_has_returned)
{
	char text[] = "Hello, world";
	int pair[2] = { 3, 4 };
	char wanted[128];
	struct call call = NATIVE("read", 9999, P(text), 100);

	snprintf(wanted, sizeof(wanted), "read(9999, 0x%lx, 100)",
		 (unsigned long)P(text));
	assert_text(call, wanted);
	assert_result(call, -1, wanted);
	assert_result(call, 5, "read(9999, \"Hello\", 100)");
	assert_result(call, 0, "read(9999, \"\", 100)");
	assert_result(NATIVE("readlink", P("/x"), P(text), 5), 500,
		      "readlink(\"/x\", \"Hello\", 5)");
	assert_result(NATIVE("getxattr", P("/x"), P("user.a"), P(text), 0), 7,
		      "getxattr(\"/x\", \"user.a\", \"\", 0)");
	assert_result(NATIVE("getcwd", P(text), 13), 13,
		      "getcwd(\"Hello, world\", 13)");
	assert_result(NATIVE("pipe2", P(pair), O_CLOEXEC), 0,
		      "pipe2([3, 4], O_CLOEXEC)");
	assert_result(NATIVE("read", 9999, NOWHERE, UINT64_MAX), INT64_MAX,
		      "read(9999, 0x10, 18446744073709551615)");
	assert_false(call_has_output(&(struct call){ .arch = SCMP_ARCH_X86_64,
						     .nr = 1 /* write */ }));
}

TEST(an_internet_address_is_written_as_people_do)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(80),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(443),
				    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct msghdr message = { .msg_name = &in, .msg_namelen = sizeof(in) };
	socklen_t length = sizeof(in);
	char wanted[128];

	assert_connect(&in, sizeof(in), "127.0.0.1:80");
	assert_connect(&in6, sizeof(in6), "[::1]:443");
	in6.sin6_scope_id = 2;
	assert_connect(&in6, sizeof(in6), "[::1%2]:443");
	assert_connect(&in, 8, "{AF_INET}");
	assert_text(NATIVE("sendmsg", 9999, P(&message), MSG_NOSIGNAL),
		    "sendmsg(9999, {name=127.0.0.1:80}, MSG_NOSIGNAL)");
	snprintf(wanted, sizeof(wanted),
		 "getsockname(9999, 127.0.0.1:80, 0x%lx)",
		 (unsigned long)P(&length));
	assert_result(NATIVE("getsockname", 9999, P(&in), P(&length)), 0,
		      wanted);
}

TEST(a_unix_address_is_a_path_or_a_name)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX,
				  .sun_path = "/run/x.sock" };
	size_t start = offsetof(struct sockaddr_un, sun_path);

	assert_connect(&un, sizeof(un), "\"/run/x.sock\"");
	assert_path(NATIVE("connect", 9999, P(&un), sizeof(un)), 0,
		    "/run/x.sock");
	assert_connect(&un, start + 4, "\"/run\"");
	assert_connect(&un, start, "@");
	memset(un.sun_path, 'x', sizeof(un.sun_path));
	un.sun_path[0] = '/';
	un.sun_path[1] = '\33';
	assert_connect(&un, start + 5, "\"/\\33xxx\"");
	un.sun_path[0] = '\0';
	assert_connect(&un, start + 5, "@\"\\33xxx\"");
	assert_path(NATIVE("connect", 9999, P(&un), start + 5), 0, NULL);
}

TEST(a_socket_is_told_by_its_domain_type_and_protocol)
{
	assert_text(NATIVE("socket", AF_INET, SOCK_STREAM | SOCK_CLOEXEC,
			   IPPROTO_TCP),
		    "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP)");
	assert_text(NATIVE("socket", AF_NETLINK, SOCK_RAW, 0),
		    "socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)");
	assert_text(NATIVE("socket", AF_UNIX, SOCK_DGRAM, 0),
		    "socket(AF_UNIX, SOCK_DGRAM, 0)");
	assert_text(NATIVE("socket", UINT32_MAX, 15, 7), "socket(-1, 15, 7)");
	assert_text(NATIVE("setsockopt", 9999, SOL_SOCKET, SO_MARK, P("abcd"),
			   4),
		    "setsockopt(9999, SOL_SOCKET, SO_MARK, \"abcd\", 4)");
	assert_text(NATIVE("setsockopt", 9999, IPPROTO_TCP, TCP_NODELAY, 0,
			   UINT32_MAX),
		    "setsockopt(9999, SOL_TCP, TCP_NODELAY, NULL, -1)");
	assert_brief(NATIVE("socket", AF_INET, SOCK_RAW, IPPROTO_ICMP),
		     "socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)");
}

TEST(a_command_is_shown_with_its_first_words)
{
	const char *argv[] = { "sh", "-c",
			       "echo a very long command line indeed", NULL };
	const char *many[20];
	char *end = border();
	const char **cut = (const char **)end - 2;

	assert_text(NATIVE("execve", P("/bin/sh"), P(argv), 0),
		    "execve(\"/bin/sh\", [\"sh\", \"-c\", \"echo a very "
		    "long command line in\"…], NULL)");
	assert_brief(NATIVE("execve", P("/bin/sh"), P(argv), 0),
		     "execve(\"/bin/sh\")");
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = "a";
	assert_text(NATIVE("execve", P("/x"), P(many), 0),
		    "execve(\"/x\", [\"a\", \"a\", \"a\", \"a\", \"a\", "
		    "\"a\", \"a\", \"a\", …], NULL)");
	many[1] = (const char *)NOWHERE;
	many[2] = NULL;
	assert_text(NATIVE("execve", P("/x"), P(many), 0),
		    "execve(\"/x\", [\"a\", 0x10], NULL)");
	cut[0] = cut[1] = "b";
	assert_text(NATIVE("execve", P("/x"), P(cut), 0),
		    "execve(\"/x\", [\"b\", \"b\"], NULL)");
	assert_text(NATIVE("execve", 0, NOWHERE, 0),
		    "execve(NULL, 0x10, NULL)");
}

TEST(processes_and_signals_are_shown_by_name)
{
	assert_text(NATIVE("kill", UINT32_MAX, SIGTERM), "kill(-1, SIGTERM)");
	assert_text(NATIVE("tgkill", 5, 6, 64), "tgkill(5, 6, 64)");
	assert_text(NATIVE("clone", CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0),
		    "clone(SIGCHLD|CLONE_NEWUSER, NULL, NULL, NULL, NULL)");
	assert_text(NATIVE("clone", CLONE_VM, 0, 0, 0, 0),
		    "clone(CLONE_VM, NULL, NULL, NULL, NULL)");
	assert_text(NATIVE("unshare", CLONE_NEWNS | CLONE_NEWNET),
		    "unshare(CLONE_NEWNS|CLONE_NEWNET)");
	assert_text(NATIVE("ptrace", PTRACE_ATTACH, 77, 0, 0),
		    "ptrace(PTRACE_ATTACH, 77, 0, 0)");
	assert_text(NATIVE("setuid", 0), "setuid(0)");
	assert_text(NATIVE("setresuid", UINT64_MAX, 1, UINT32_MAX),
		    "setresuid(-1, 1, -1)");
	assert_text(NATIVE("setpriority", PRIO_PROCESS, 0, (uint32_t)-5),
		    "setpriority(PRIO_PROCESS, 0, -5)");
	assert_text(NATIVE("getpid", 1, 2, 3), "getpid()");
}

TEST(requests_are_shown_by_name)
{
	assert_text(NATIVE("ioctl", 9999, TIOCSTI, 0),
		    "ioctl(9999, TIOCSTI, 0)");
	assert_text(NATIVE("ioctl", 9999, TIOCSTI | 1ull << 32, 0),
		    "ioctl(9999, TIOCSTI, 0)");
	assert_text(NATIVE("ioctl", 9999, 0xdeadbeef, NOWHERE),
		    "ioctl(9999, 0xdeadbeef, 16)");
	assert_brief(NATIVE("ioctl", 9999, TIOCGWINSZ, 0), "ioctl(TIOCGWINSZ)");
	assert_text(NATIVE("fcntl", 9999, F_SETFL, O_NONBLOCK | O_APPEND),
		    "fcntl(9999, F_SETFL, O_RDONLY|O_APPEND|O_NONBLOCK)");
	assert_text(NATIVE("fcntl", 9999, F_GETFL, 77), "fcntl(9999, F_GETFL)");
	assert_text(NATIVE("fcntl", 9999, F_DUPFD_CLOEXEC, 10),
		    "fcntl(9999, F_DUPFD_CLOEXEC, 10)");
	assert_text(NATIVE("prctl", PR_SET_NAME, P("a\nb")),
		    "prctl(PR_SET_NAME, \"a\\nb\")");
	assert_text(NATIVE("prctl", PR_CAPBSET_DROP, 21),
		    "prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN)");
	assert_text(NATIVE("prctl", 9999, 1, 2, 3, 4),
		    "prctl(9999, 1, 2, 3, 4)");
	assert_text(NATIVE("bpf", BPF_PROG_LOAD, 0, 120),
		    "bpf(BPF_PROG_LOAD, NULL, 120)");
	assert_text(NATIVE("keyctl", KEYCTL_READ, (uint32_t)-3, 0, 0, 0),
		    "keyctl(KEYCTL_READ, -3, 0, 0, 0)");
	assert_text(NATIVE("request_key", P("user"), P("x"), 0, (uint32_t)-2),
		    "request_key(\"user\", \"x\", NULL, "
		    "KEY_SPEC_PROCESS_KEYRING)");
	assert_text(NATIVE("reboot", 0xfee1dead, 0x28121969, 0x1234567, 0),
		    "reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, "
		    "LINUX_REBOOT_CMD_RESTART, NULL)");
}

TEST(memory_mounts_limits_and_times_are_shown_by_name)
{
	struct rlimit limit = { .rlim_cur = 5, .rlim_max = RLIM_INFINITY };
	struct timespec time = { .tv_sec = 1, .tv_nsec = 5 };

	assert_text(NATIVE("mmap", 0, 4096, PROT_READ | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS, UINT32_MAX, 0),
		    "mmap(NULL, 4096, PROT_READ|PROT_EXEC, "
		    "MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)");
	assert_brief(NATIVE("mprotect", 4096, 4096, PROT_NONE),
		     "mprotect(PROT_NONE)");
	assert_text(NATIVE("mount", P("proc"), P("/proc"), P("proc"),
			   MS_NOSUID | MS_NOEXEC, 0),
		    "mount(\"proc\", \"/proc\", \"proc\", "
		    "MS_NOSUID|MS_NOEXEC, NULL)");
	assert_text(NATIVE("setrlimit", RLIMIT_NOFILE, P(&limit)),
		    "setrlimit(RLIMIT_NOFILE, {cur=5, max=RLIM_INFINITY})");
	assert_text(NATIVE("nanosleep", P(&time), 0),
		    "nanosleep({sec=1, nsec=5}, NULL)");
	assert_text(NATIVE("futex", 4096, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0),
		    "futex(0x1000, FUTEX_WAKE|FUTEX_PRIVATE_FLAG, 1, 0, "
		    "NULL, 0)");
	assert_text(NATIVE("lseek", 9999, UINT64_MAX, SEEK_END),
		    "lseek(9999, -1, SEEK_END)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_option_to_get_is_another_than_the_same_number_to_set),
		cmocka_unit_test(flags_of_shared_memory_are_its_own),
		cmocka_unit_test(all_bits_are_no_flags),
		cmocka_unit_test(offsets_have_a_sign),
		cmocka_unit_test(
			a_path_is_quoted_and_relative_to_a_named_directory),
		cmocka_unit_test(
			the_mode_of_open_is_shown_only_where_a_file_may_be_made),
		cmocka_unit_test(
			the_flags_of_openat2_and_clone3_come_from_their_structs),
		cmocka_unit_test(a_descriptor_says_where_it_leads),
		cmocka_unit_test(a_buffer_is_shown_in_part_and_says_so),
		cmocka_unit_test(
			what_a_call_reads_is_shown_once_it_has_returned),
		cmocka_unit_test(an_internet_address_is_written_as_people_do),
		cmocka_unit_test(a_unix_address_is_a_path_or_a_name),
		cmocka_unit_test(
			a_socket_is_told_by_its_domain_type_and_protocol),
		cmocka_unit_test(a_command_is_shown_with_its_first_words),
		cmocka_unit_test(processes_and_signals_are_shown_by_name),
		cmocka_unit_test(requests_are_shown_by_name),
		cmocka_unit_test(
			memory_mounts_limits_and_times_are_shown_by_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
