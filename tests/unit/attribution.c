/* The line that would allow a call, and that it does. */

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>

#include "audit/attribution.h"
#include "audit/untraced.h"
#include "calls.h"

static void suggest(const struct policy *policy, const struct call *call,
		    char *line, size_t size)
{
	struct verdict verdict =
		verdict_of(policy, call->arch, call->nr, call->args);
	struct decoded decoded;

	call_decode(&decoded, call);
	attribution_allow(policy, call, &verdict, &decoded, line, size);
}

/* TEXT and the lines of "[syscalls] deny = !mkdir and allow = mkdir". */
static void add_lines(char *buffer, size_t size, const char *text,
		      const char *suggested)
{
	static const char section[] = "[syscalls] ", and[] = " and ";
	const char *second = strstr(suggested, and);
	int length;

	assert_true(strncmp(suggested, section, strlen(section)) == 0);
	suggested += strlen(section);
	length = second ? (int)(second - suggested) : (int)strlen(suggested);
	snprintf(buffer, size, "%s\n[syscalls]\n%.*s\n%s\n", text, length,
		 suggested, second ? second + strlen(and) : "");
}

static enum action action_on(const struct policy *policy,
			     const struct call *call)
{
	return verdict_of(policy, call->arch, call->nr, call->args).action;
}

/* That CALL is allowed under TEXT with the SUGGESTED lines, and OTHER is not.
 */
static bool is_solved(const char *text, const char *suggested,
		      const struct call *call, const struct call *other)
{
	char changed[2048];
	struct policy *policy;
	bool is_allowed, is_denied;

	add_lines(changed, sizeof(changed), text, suggested);
	policy = policy_of(changed);
	is_allowed = action_on(policy, call) <= ACTION_LOG;
	is_denied = action_on(policy, other) >= ACTION_DENY;
	policy_free(policy);
	if (!is_allowed)
		print_error("# does not allow it: %s\n# in: %s\n", suggested,
			    text);
	if (!is_denied)
		print_error("# allows more: %s\n# in: %s\n", suggested, text);
	return is_allowed && is_denied;
}

/*
 * CALL is denied by the policy TEXT; the line WANTED is suggested, allows it,
 * and leaves OTHER denied.
 */
static void assert_suggested(const char *text, struct call call,
			     struct call other, const char *wanted)
{
	struct policy *policy = policy_of(text);
	char line[640];
	bool is_denied = action_on(policy, &call) >= ACTION_DENY;

	suggest(policy, &call, line, sizeof(line));
	policy_free(policy);
	assert_true(is_denied);
	if (wanted)
		assert_string_equal(line, wanted);
	assert_true(is_solved(text, line, &call, &other));
}

#define DENY "[syscalls]\ndefault = deny\n"
#define OPEN "[syscalls]\ndefault = allow\n"

TEST(what_no_entry_names_is_allowed_by_its_name)
{
	struct call mkdir = NATIVE("mkdir", P("/srv/x"), 0755);
	struct call rmdir = NATIVE("rmdir", P("/srv/x"));

	assert_suggested(DENY "allow = read", mkdir, rmdir,
			 "[syscalls] allow = mkdir");
	assert_suggested("[syscalls]\ndefault = EACCES", mkdir, rmdir,
			 "[syscalls] allow = mkdir");
	assert_suggested("[syscalls]\ndefault = kill", mkdir, rmdir,
			 "[syscalls] allow = mkdir");
	assert_suggested("[policy]\ninclude = <strict>", mkdir, rmdir,
			 "[syscalls] allow = mkdir");
	/* One of @probed, which the default denies with another errno. */
	assert_suggested(DENY, NATIVE("clone3", 0), NATIVE("openat2", 0),
			 "[syscalls] allow = clone3");
	assert_suggested(DENY, NATIVE("execve", NOWHERE, 0, 0),
			 NATIVE("execveat", 0), "[syscalls] allow = execve");
	/* Entries of other keys do not narrow it. */
	assert_suggested(DENY "deny = mkdir(mode == 0)", mkdir,
			 NATIVE("mkdir", 0, 0), "[syscalls] allow = mkdir");
}

TEST(what_is_allowed_on_conditions_is_suggested_on_conditions)
{
	assert_suggested(DENY "allow = socket(domain == AF_UNIX)",
			 NATIVE("socket", AF_INET, SOCK_STREAM, 0),
			 NATIVE("socket", AF_INET6, SOCK_STREAM, 0),
			 "[syscalls] allow = socket(domain == AF_INET)");
	assert_suggested(DENY "log = kill(sig == 0)",
			 NATIVE("kill", 5, SIGTERM), NATIVE("kill", 5, SIGKILL),
			 "[syscalls] allow = kill(sig == SIGTERM)");
	assert_suggested(DENY "allow = mmap(prot == PROT_READ)",
			 NATIVE("mmap", 0, 4096, PROT_EXEC),
			 NATIVE("mmap", 0, 4096, PROT_WRITE),
			 "[syscalls] allow = mmap(prot == PROT_EXEC)");
	assert_suggested(
		DENY "allow = socket(domain == AF_UNIX && type == SOCK_RAW)",
		NATIVE("socket", AF_INET, SOCK_STREAM, 0),
		NATIVE("socket", AF_INET, SOCK_DGRAM, 0),
		"[syscalls] allow = socket(domain == AF_INET && "
		"type == SOCK_STREAM)");
	/* The conditions of several entries, in the order of arguments. */
	assert_suggested(
		DENY "allow = fcntl(cmd == F_GETFD) fcntl(fd == 9999)",
		NATIVE("fcntl", 9998, F_SETFD), NATIVE("fcntl", 9998, F_SETFL),
		"[syscalls] allow = fcntl(fd == 0x270e && cmd == F_SETFD)");
	assert_suggested("[policy]\ninclude = <service>",
			 NATIVE("socket", AF_PACKET, SOCK_RAW, 0),
			 NATIVE("socket", AF_ALG, SOCK_RAW, 0),
			 "[syscalls] allow = socket(domain == AF_PACKET)");
}

TEST(a_value_without_a_name_is_suggested_as_a_number)
{
	assert_suggested(DENY "allow = socket(domain == AF_UNIX)",
			 NATIVE("socket", 99, 1, 0), NATIVE("socket", 98, 1, 0),
			 "[syscalls] allow = socket(domain == 0x63)");
	assert_suggested(DENY "allow = ioctl(request == FIONBIO)",
			 NATIVE("ioctl", 0, 0xdeadbeef, 0),
			 NATIVE("ioctl", 0, 0xdeadbeee, 0),
			 "[syscalls] allow = ioctl(request == 0xdeadbeef)");
	assert_suggested(DENY "allow = socket(type & 0xf == SOCK_STREAM)",
			 NATIVE("socket", AF_INET, SOCK_DGRAM | SOCK_CLOEXEC),
			 NATIVE("socket", AF_INET, SOCK_RAW | SOCK_CLOEXEC),
			 "[syscalls] allow = socket(type == 0x80002)");
	assert_suggested(DENY "allow = chmod(mode == 0644)",
			 NATIVE("chmod", P("/x"), 0755),
			 NATIVE("chmod", P("/x"), 04755),
			 "[syscalls] allow = chmod(mode == 0x1ed)");
	assert_suggested(DENY "allow = setpriority(prio == 0)",
			 NATIVE("setpriority", 0, 0, (uint64_t)-5),
			 NATIVE("setpriority", 0, 0, (uint64_t)-6),
			 "[syscalls] allow = setpriority(prio == 0xfffffffb)");
	assert_suggested(DENY "allow = lseek(offset == 0)",
			 NATIVE("lseek", 0, UINT64_MAX, 0),
			 NATIVE("lseek", 0, 1, 0),
			 "[syscalls] allow = lseek(offset == "
			 "0xffffffffffffffff)");
	assert_suggested(DENY "allow = prctl(option == 38 && arg2 == 1)",
			 NATIVE("prctl", PR_SET_DUMPABLE, 2),
			 NATIVE("prctl", PR_SET_DUMPABLE, 3),
			 "[syscalls] allow = prctl(option == PR_SET_DUMPABLE "
			 "&& arg2 == 0x2)");
}

TEST(bits_that_the_kernel_drops_are_not_suggested)
{
	const uint64_t high = UINT64_MAX << 32;

	assert_suggested(DENY "allow = socket(domain == AF_UNIX)",
			 NATIVE("socket", high | AF_INET, SOCK_STREAM, 0),
			 NATIVE("socket", AF_INET6, SOCK_STREAM, 0),
			 "[syscalls] allow = socket(domain == AF_INET)");
	assert_suggested(DENY "allow = ioctl(request == FIONBIO)",
			 NATIVE("ioctl", 0, high | 0xdeadbeef, 0),
			 NATIVE("ioctl", 0, high, 0),
			 "[syscalls] allow = ioctl(request == 0xdeadbeef)");
	assert_suggested(DENY "allow = chmod(mode == 0644)",
			 NATIVE("chmod", P("/x"), high | 0xf0000 | 0755),
			 NATIVE("chmod", P("/x"), 04755),
			 "[syscalls] allow = chmod(mode == 0x1ed)");
	assert_suggested(DENY "allow = openat(dirfd == 0)",
			 NATIVE("openat", (uint32_t)AT_FDCWD, P("x"), 0),
			 NATIVE("openat", 9999, P("x"), 0),
			 "[syscalls] allow = openat(dirfd == AT_FDCWD)");
}

TEST(many_calls_in_one_are_suggested_one_by_one)
{
	assert_suggested(DENY, NATIVE("ioctl", 0, TIOCGWINSZ, NOWHERE),
			 NATIVE("ioctl", 0, TIOCSTI, NOWHERE),
			 "[syscalls] allow = ioctl(request == TIOCGWINSZ)");
	assert_suggested(DENY, NATIVE("prctl", PR_SET_NAME, P("x")),
			 NATIVE("prctl", PR_SET_DUMPABLE, 0),
			 "[syscalls] allow = prctl(option == PR_SET_NAME)");
	assert_suggested(DENY, NATIVE("socket", AF_INET, SOCK_STREAM, 0),
			 NATIVE("socket", AF_UNIX, SOCK_STREAM, 0),
			 "[syscalls] allow = socket(domain == AF_INET)");
	assert_suggested(DENY, NATIVE("socketpair", AF_UNIX, SOCK_STREAM, 0, 0),
			 NATIVE("socketpair", AF_TIPC, SOCK_STREAM, 0, 0),
			 "[syscalls] allow = socketpair(domain == AF_UNIX)");
	assert_suggested(DENY, NATIVE("ptrace", PTRACE_ATTACH, 77, 0, 0),
			 NATIVE("ptrace", PTRACE_TRACEME, 0, 0, 0),
			 "[syscalls] allow = ptrace(request == PTRACE_ATTACH)");
	assert_suggested(DENY, NATIVE("personality", ADDR_NO_RANDOMIZE),
			 NATIVE("personality", PER_LINUX32),
			 "[syscalls] allow = personality(persona == 0x40000)");
	assert_suggested(DENY, NATIVE("personality", UINT32_MAX),
			 NATIVE("personality", PER_LINUX32), NULL);
}

TEST(what_an_entry_denies_is_taken_out_of_its_key)
{
	struct call mount = NATIVE("mount", 0, 0, 0, 0, 0);
	struct call umount = NATIVE("umount2", 0, 0);

	assert_suggested(OPEN "deny = mount umount2", mount, umount,
			 "[syscalls] deny = !mount");
	assert_suggested(OPEN "deny = @mount:EACCES", mount, umount,
			 "[syscalls] deny = !mount");
	assert_suggested(OPEN "deny = @mount mount:ENOENT", mount, umount,
			 "[syscalls] deny = !mount");
	assert_suggested("[groups]\n@mine = @mount\n" OPEN "deny = @mine",
			 mount, umount, "[syscalls] deny = !mount");
	assert_suggested("[policy]\ninclude = <default>", mount,
			 NATIVE("pivot_root", 0), "[syscalls] deny = !mount");
}

TEST(an_entry_with_conditions_is_taken_out_by_its_own_words)
{
	struct call inet_raw = NATIVE("socket", AF_INET, SOCK_RAW, 0);
	struct call netlink = NATIVE("socket", AF_NETLINK, SOCK_RAW, 0);
	struct call inet6 = NATIVE("socket", AF_INET6, SOCK_STREAM, 0);
	char text[1024] = OPEN "deny = mount";

	assert_suggested(OPEN "deny = socket(domain == AF_INET) "
			      "?socket(domain == AF_INET6 && type != 7):EACCES "
			      "socket(domain == AF_NETLINK)",
			 inet6, netlink,
			 "[syscalls] deny = "
			 "!?socket(domain == AF_INET6 && type != 7)");
	/* Two that hold at once, and a third that does not. */
	assert_suggested(OPEN "deny = socket(domain == AF_INET) "
			      "socket(type == SOCK_RAW) "
			      "socket(domain == AF_INET6)",
			 inet_raw, inet6,
			 "[syscalls] deny = !socket(domain == AF_INET) "
			 "!socket(type == SOCK_RAW)");
	/* One without conditions, and a group, know no difference. */
	assert_suggested(OPEN "deny = socket(domain == AF_INET) socket mount",
			 inet_raw, NATIVE("mount", 0),
			 "[syscalls] deny = !socket");
	assert_suggested(OPEN "deny = socket(domain == AF_INET) @network-io",
			 inet_raw, NATIVE("bind", 0),
			 "[syscalls] deny = !socket");
	/* More than a line should have. */
	for (int i = 0; i < 20; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 " socket(type != %d)", 100 + i);
	assert_suggested(text, inet_raw, NATIVE("mount", 0),
			 "[syscalls] deny = !socket");
}

TEST(what_an_entry_kills_is_taken_out_of_its_key)
{
	struct call mount = NATIVE("mount", 0, 0, 0, 0, 0);
	struct call umount = NATIVE("umount2", 0, 0);

	assert_suggested(OPEN "kill = @mount", mount, umount,
			 "[syscalls] kill = !mount");
	assert_suggested(DENY "allow = mount\nkill = @mount", mount, umount,
			 "[syscalls] kill = !mount");
	assert_suggested(DENY "kill = @mount", mount, umount,
			 "[syscalls] kill = !mount and allow = mount");
	assert_suggested("[syscalls]\ndefault = kill\ndeny = mount", mount,
			 umount, "[syscalls] deny = !mount and allow = mount");
}

TEST(what_the_default_denies_as_well_is_allowed_besides)
{
	struct call mkdir = NATIVE("mkdir", P("/x"), 0755);
	struct call raw = NATIVE("socket", AF_PACKET, SOCK_RAW, 0);

	assert_suggested(DENY "deny = mkdir:EACCES", mkdir, NATIVE("rmdir", 0),
			 "[syscalls] deny = !mkdir and allow = mkdir");
	assert_suggested(DENY "allow = @file-write\ndeny = mkdir rmdir", mkdir,
			 NATIVE("rmdir", 0), "[syscalls] deny = !mkdir");
	assert_suggested(DENY "deny = socket(type == SOCK_RAW)", raw,
			 NATIVE("socket", AF_INET, SOCK_RAW, 0),
			 "[syscalls] deny = !socket(type == SOCK_RAW) and "
			 "allow = socket(domain == AF_PACKET)");
	/* An entry that would allow it on a condition that does not hold. */
	assert_suggested(
		DENY "deny = @network-io\nallow = socket(domain == AF_UNIX)",
		raw, NATIVE("socket", AF_INET, SOCK_RAW, 0),
		"[syscalls] deny = !socket and "
		"allow = socket(domain == AF_PACKET)");
	/* One whose condition does hold, then. */
	assert_suggested(DENY "deny = socket(type == SOCK_RAW)\n"
			      "log = socket(domain == AF_PACKET)",
			 raw, NATIVE("socket", AF_INET, SOCK_RAW, 0),
			 "[syscalls] deny = !socket(type == SOCK_RAW)");
	assert_suggested(DENY "deny = clone3", NATIVE("clone3", 0),
			 NATIVE("openat2", 0),
			 "[syscalls] deny = !clone3 and allow = clone3");
}

static void assert_no_suggestion(const struct policy *policy, uint32_t arch,
				 uint32_t nr, uint64_t first)
{
	struct call call = {
		.pid = getpid(), .arch = arch, .nr = nr, .args = { first }
	};
	char line[640] = "something";

	assert_true(action_on(policy, &call) >= ACTION_DENY);
	suggest(policy, &call, line, sizeof(line));
	assert_string_equal(line, "");
}

TEST(the_audits_own_denial_has_no_line_that_would_allow_it)
{
	struct policy *policy = policy_of(OPEN "deny = mount");
	uint32_t native = seccomp_arch_native();

	untraced_deny(policy);
	assert_no_suggestion(policy, native, number_of(native, "clone"),
			     CLONE_UNTRACED);
	policy_free(policy);
}

TEST(a_call_that_has_no_name_has_no_line_that_would_allow_it)
{
	struct policy *policy = policy_of(DENY "architectures = native x86");
	uint32_t native = seccomp_arch_native();

	assert_no_suggestion(policy, native, N_SYSCALLS - 1, 0);
	assert_no_suggestion(policy, native, N_SYSCALLS, 0);
	assert_no_suggestion(policy, native, UINT32_MAX, 0);
	assert_no_suggestion(policy, SCMP_ARCH_X86, N_SYSCALLS - 1, 0);
	policy_free(policy);
}

TEST(an_architecture_that_is_not_listed_has_no_line_for_its_calls)
{
	struct policy *policy = policy_of(OPEN);

	assert_no_suggestion(policy, SCMP_ARCH_X86,
			     number_of(SCMP_ARCH_X86, "getpid"), 0);
	assert_no_suggestion(policy, SCMP_ARCH_S390X, 20, 0);
	assert_no_suggestion(policy, 0xdead, 1, 0);
	policy_free(policy);
}

#define WITH_X86 "architectures = native x86\n"

TEST(a_call_of_another_architecture_is_allowed_by_its_name)
{
	struct call mkdir = I386("mkdir", 0, 0);

	assert_suggested(DENY WITH_X86, mkdir, I386("rmdir", 0),
			 "[syscalls] allow = mkdir");
	assert_suggested(DENY WITH_X86, I386("stat64", 0), mkdir,
			 "[syscalls] allow = stat64");
	assert_suggested(OPEN WITH_X86 "deny = mkdir rmdir", mkdir,
			 I386("rmdir", 0), "[syscalls] deny = !mkdir");
	assert_suggested(DENY WITH_X86 "deny = mkdir", mkdir, I386("rmdir", 0),
			 "[syscalls] deny = !mkdir and allow = mkdir");
	assert_suggested(DENY WITH_X86, I386("ioctl", 0, TIOCGWINSZ),
			 I386("ioctl", 0, TIOCSTI),
			 "[syscalls] allow = ioctl(request == TIOCGWINSZ)");
	assert_suggested(DENY WITH_X86, I386("ptrace", PTRACE_ATTACH),
			 I386("ptrace", PTRACE_TRACEME),
			 "[syscalls] allow = ptrace(request == PTRACE_ATTACH)");
	/* There no filter can see the id that x86's setuid asks for. */
	assert_suggested(DENY WITH_X86 "allow = setuid(uid == 0)",
			 I386("setuid", 5), mkdir, "[syscalls] allow = setuid");
}

TEST(a_socket_of_x86_is_allowed_by_a_line_that_works_there)
{
	assert_suggested(DENY WITH_X86, I386("socketcall", 1 /* socket */),
			 I386("mkdir", 0, 0), NULL);
	assert_suggested(DENY WITH_X86, I386("socket", AF_INET, SOCK_STREAM),
			 I386("mkdir", 0, 0), NULL);
}

TEST(a_denied_socketcall_is_allowed_by_the_call_that_it_stands_for)
{
	assert_suggested(OPEN WITH_X86 "deny = socket mkdir",
			 I386("socketcall", 1 /* socket */),
			 I386("mkdir", 0, 0), NULL);
}

/* The call NAME as x32 makes it: by the architecture x86-64 and bit 30. */
static struct call x32_call(const char *name, uint64_t first)
{
	return (struct call){
		.pid = getpid(),
		.arch = SCMP_ARCH_X86_64,
		.nr = number_of(SCMP_ARCH_X32, name),
		.args = { first },
	};
}

static void skip_unless_x86_64(void)
{
	if (seccomp_arch_native() != SCMP_ARCH_X86_64) {
		print_message("# skip: only x86-64 has x32\n");
		skip();
	}
}

#define WITH_X32 "architectures = native x32\n"

TEST(a_call_of_x32_is_allowed_by_its_name)
{
	struct call mkdir;

	skip_unless_x86_64();
	mkdir = x32_call("mkdir", 0);
	assert_suggested(DENY WITH_X32, mkdir, x32_call("rmdir", 0),
			 "[syscalls] allow = mkdir");
	assert_suggested(OPEN WITH_X32 "deny = mkdir rmdir", mkdir,
			 x32_call("rmdir", 0), "[syscalls] deny = !mkdir");
	assert_suggested(DENY WITH_X32 "deny = mkdir", mkdir,
			 x32_call("rmdir", 0),
			 "[syscalls] deny = !mkdir and allow = mkdir");
}

TEST(the_entries_that_allow_a_call_of_x32_are_looked_at)
{
	skip_unless_x86_64();
	assert_suggested(DENY WITH_X32 "allow = @file-write\n"
				       "deny = mkdir rmdir",
			 x32_call("mkdir", 0), x32_call("rmdir", 0),
			 "[syscalls] deny = !mkdir");
}

TEST(a_call_of_x32_is_allowed_by_conditions_that_hold_there)
{
	skip_unless_x86_64();
	assert_suggested(DENY WITH_X32, x32_call("ptrace", PTRACE_ATTACH),
			 x32_call("mkdir", 0), NULL);
}

TEST(what_two_keys_deny_is_taken_out_of_both)
{
	struct call mount = NATIVE("mount", 0, 0, 0, 0, 0);

	assert_suggested(OPEN "deny = @mount\nkill = mount umount2", mount,
			 NATIVE("umount2", 0, 0), NULL);
}

TEST(an_argument_of_unknown_width_is_suggested_as_a_whole)
{
	assert_suggested(DENY "allow = ioctl(request == FIONBIO && argp == 0)",
			 NATIVE("ioctl", 0, TIOCGWINSZ, 0x7ffc12345678),
			 NATIVE("ioctl", 0, TIOCSTI, 0x7ffc12345678), NULL);
}

TEST(the_audit_denies_its_own_in_a_policy_without_entries)
{
	struct policy *policy = policy_of(OPEN);
	uint32_t native = seccomp_arch_native();

	untraced_deny(policy);
	assert_no_suggestion(policy, native, number_of(native, "clone"),
			     CLONE_UNTRACED);
	policy_free(policy);
}

TEST(an_argument_without_a_name_is_left_out)
{
	assert_suggested(DENY "allow = socket(arg4 == 1)",
			 NATIVE("socket", AF_INET, SOCK_RAW, 0, 0, 2),
			 NATIVE("mkdir", 0), "[syscalls] allow = socket");
	assert_suggested(DENY "allow = socket(domain == AF_UNIX && arg4 == 1)",
			 NATIVE("socket", AF_INET, SOCK_RAW, 0, 0, 2),
			 NATIVE("socket", AF_INET6, SOCK_RAW, 0, 0, 2),
			 "[syscalls] allow = socket(domain == AF_INET)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_no_entry_names_is_allowed_by_its_name),
		cmocka_unit_test(
			what_is_allowed_on_conditions_is_suggested_on_conditions),
		cmocka_unit_test(
			a_value_without_a_name_is_suggested_as_a_number),
		cmocka_unit_test(bits_that_the_kernel_drops_are_not_suggested),
		cmocka_unit_test(many_calls_in_one_are_suggested_one_by_one),
		cmocka_unit_test(what_an_entry_denies_is_taken_out_of_its_key),
		cmocka_unit_test(
			an_entry_with_conditions_is_taken_out_by_its_own_words),
		cmocka_unit_test(what_an_entry_kills_is_taken_out_of_its_key),
		cmocka_unit_test(
			what_the_default_denies_as_well_is_allowed_besides),
		cmocka_unit_test(
			the_audits_own_denial_has_no_line_that_would_allow_it),
		cmocka_unit_test(
			a_call_that_has_no_name_has_no_line_that_would_allow_it),
		cmocka_unit_test(
			an_architecture_that_is_not_listed_has_no_line_for_its_calls),
		cmocka_unit_test(
			a_call_of_another_architecture_is_allowed_by_its_name),
		cmocka_unit_test(
			a_socket_of_x86_is_allowed_by_a_line_that_works_there),
		cmocka_unit_test(
			a_denied_socketcall_is_allowed_by_the_call_that_it_stands_for),
		cmocka_unit_test(a_call_of_x32_is_allowed_by_its_name),
		cmocka_unit_test(
			the_entries_that_allow_a_call_of_x32_are_looked_at),
		cmocka_unit_test(
			a_call_of_x32_is_allowed_by_conditions_that_hold_there),
		cmocka_unit_test(what_two_keys_deny_is_taken_out_of_both),
		cmocka_unit_test(
			an_argument_of_unknown_width_is_suggested_as_a_whole),
		cmocka_unit_test(an_argument_without_a_name_is_left_out),
		cmocka_unit_test(
			the_audit_denies_its_own_in_a_policy_without_entries),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
