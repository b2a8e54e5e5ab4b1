/* What is known of a call besides its arguments: its name, its path. */

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <time.h>

#include "audit/decode/flags.h"
#include "audit/decode/roles.h"
#include "calls.h"
#include "policy/arguments.h"

TEST(a_call_has_the_name_that_libseccomp_gives_it_or_its_number)
{
	uint32_t x32 = (uint32_t)seccomp_syscall_resolve_name_arch(
		SCMP_ARCH_X32, "execve");

	assert_string_equal(call_name(SCMP_ARCH_X86_64, 257), "openat");
	assert_string_equal(call_name(SCMP_ARCH_X86, 295), "openat");
	assert_string_equal(call_name(SCMP_ARCH_X86_64, x32), "execve");
	assert_string_equal(call_name(SCMP_ARCH_X86_64, 639), "syscall_0x27f");
	assert_string_equal(call_name(SCMP_ARCH_X86_64, UINT32_MAX),
			    "syscall_0xffffffff");
	assert_ptr_equal(call_name(SCMP_ARCH_X86_64, 5000),
			 call_name(SCMP_ARCH_X86_64, 5000));
	assert_string_equal(call_name(0x1234, 1), "syscall_0x1");
	/* However many a caller makes up. */
	for (uint32_t nr = 100000; nr < 101000; nr++)
		assert_non_null(call_name(SCMP_ARCH_X86_64, nr));
	assert_string_equal(call_name(SCMP_ARCH_X86_64, 200000),
			    "syscall_unknown");
	assert_string_equal(call_name(SCMP_ARCH_X86_64, 257), "openat");
}

static bool can_be_refused(struct call call)
{
	return call_can_be_refused(&call);
}

TEST(only_calls_that_the_kernel_can_refuse_are_worth_a_second_stop)
{
	static const char *const refused[] = {
		"openat",	    "read", "write", "munmap", "kill", "ptrace",
		"sched_getaffinity"
	};
	static const char *const never[] = { "getpid",	     "close",
					     "brk",	     "ppoll",
					     "wait4",	     "exit_group",
					     "rt_sigaction", "getcwd" };

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_true(can_be_refused(NATIVE(refused[i], 0)));
	for (size_t i = 0; i < ARRAY_SIZE(never); i++) {
		assert_false(can_be_refused(NATIVE(never[i], 0)));
		assert_false(can_be_refused(NATIVE(never[i], 0)));
	}
	assert_false(can_be_refused(I386("getuid32", 0)));
	assert_true(can_be_refused(I386("socketcall", 0)));
	assert_true(call_can_be_refused(&(struct call){ .nr = UINT32_MAX }));
}

TEST(some_calls_can_be_refused_by_their_arguments)
{
	assert_false(can_be_refused(NATIVE("futex", 0, FUTEX_WAKE_PRIVATE)));
	assert_false(can_be_refused(
		NATIVE("futex", 0, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME)));
	assert_true(can_be_refused(NATIVE("futex", 0, FUTEX_LOCK_PI_PRIVATE)));
	assert_true(can_be_refused(NATIVE("futex", 0, FUTEX_UNLOCK_PI)));
	assert_false(
		can_be_refused(NATIVE("clock_nanosleep", CLOCK_MONOTONIC, 0)));
	assert_true(can_be_refused(
		NATIVE("clock_nanosleep", CLOCK_BOOTTIME_ALARM, 0)));
	assert_false(can_be_refused(NATIVE("lseek", 0, 0, SEEK_CUR)));
	assert_true(can_be_refused(NATIVE("lseek", 0, 0, SEEK_DATA)));
}

TEST(the_path_of_a_call_is_absolute)
{
	char cwd[2048], wanted[2100];
	int fd = open("/usr", O_RDONLY | O_DIRECTORY);
	uint64_t here = (uint64_t)AT_FDCWD, usr = (uint64_t)fd;

	assert_non_null(getcwd(cwd, sizeof(cwd)));
	snprintf(wanted, sizeof(wanted), "%s/a", cwd);
	assert_path(NATIVE("mkdir", P("a"), 0), 0, wanted);
	assert_path(NATIVE("mkdir", P("/a\n"), 0), 0, "/a\n");
	assert_path(NATIVE("mkdirat", here, P("a"), 0), 0, wanted);
	assert_path(NATIVE("mkdirat", usr, P("a"), 0), 0, "/usr/a");
	assert_path(NATIVE("mkdirat", usr, P("/a"), 0), 0, "/a");
	assert_path(NATIVE("mkdirat", 9999, P("a"), 0), 0, NULL);
	assert_path(NATIVE("renameat", usr, P("a"), usr, P("b")), 1, "/usr/b");
	assert_path(NATIVE("renameat", usr, P("a"), usr, P("b")), 2, NULL);
	assert_path(NATIVE("rename", P("/a"), P("/b")), 0, "/a");
	assert_path(NATIVE("rename", P("/a"), P("/b")), 1, "/b");
	assert_path(NATIVE("symlink", P("to"), P("/from")), 0, "/from");
	assert_path(NATIVE("execve", P("/bin/sh"), 0, 0), 0, "/bin/sh");
	assert_path(NATIVE("mount", P("none"), P("/mnt"), 0, 0, 0), 0, "/mnt");
	assert_path(NATIVE("chdir", P("")), 0, NULL);
	assert_path(NATIVE("getpid", 0), 0, NULL);
	assert_path(NATIVE("chdir", NOWHERE), 0, NULL);
	close(fd);
}

TEST(an_empty_path_stands_for_the_descriptor)
{
	int fd = open("/usr", O_RDONLY | O_DIRECTORY), fds[2];
	uint64_t usr = (uint64_t)fd;

	assert_path(NATIVE("fchownat", usr, P(""), 0, 0, AT_EMPTY_PATH), 0,
		    "/usr");
	assert_path(NATIVE("execveat", usr, P(""), 0, 0, AT_EMPTY_PATH), 0,
		    "/usr");
	assert_path(NATIVE("utimensat", usr, 0, 0, 0), 0, "/usr");
	assert_path(NATIVE("fchdir", usr), 0, "/usr");
	assert_path(NATIVE("ftruncate", 9999, 0), 0, NULL);
	close(fd);
	assert_int_equal(pipe(fds), 0);
	assert_path(NATIVE("fchmod", (uint64_t)fds[0], 0), 0, NULL);
	close(fds[0]);
	close(fds[1]);
}

TEST(the_table_of_roles_is_sorted_and_has_calls_only)
{
	for (size_t i = 0; i < n_roles_table; i++) {
		const char *name = roles_table[i].name;

		if (!arguments_of(name) &&
		    seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
			fail_msg("no call %s", name);
		assert_true(strlen(name) < sizeof(roles_table[i].name));
		if (i && strcmp(roles_table[i - 1].name, name) >= 0)
			fail_msg("%s is not in order", name);
	}
}

static bool speaks_of_another(enum role_kind kind)
{
	switch (kind) {
	case ROLE_OPEN_MODE:
	case ROLE_PROTOCOL:
	case ROLE_SOCKOPT:
	case ROLE_GETSOCKOPT:
	case ROLE_FCNTL:
	case ROLE_PRCTL:
	case ROLE_PATH_AT:
	case ROLE_BUFFER:
	case ROLE_SOCKADDR:
	case ROLE_OPEN_HOW:
	case ROLE_CLONE_ARGS:
	case ROLE_BUFFER_OUT:
	case ROLE_SOCKADDR_OUT:
		return true;
	default:
		return false;
	}
}

static void assert_roles(const struct roles_row *roles)
{
	const struct argument *arguments = arguments_of(roles->name);

	for (unsigned int i = 0; i < 6; i++) {
		const struct role *role = &roles->args[i];

		/* As many as the table of arguments has. */
		if (arguments &&
		    !arguments[i].name[0] != (role->kind == ROLE_NONE))
			fail_msg("%s: argument %u", roles->name, i);
		if (role->kind == ROLE_PATH_AT &&
		    roles->args[role->of].kind != ROLE_DIRFD)
			fail_msg("%s: path %u", roles->name, i);
		if (speaks_of_another(role->kind) &&
		    (role->of > 5 || role->of == i ||
		     roles->args[role->of].kind == ROLE_NONE))
			fail_msg("%s: argument %u's other", roles->name, i);
		if (role->kind == ROLE_FLAGS)
			assert_true(role->of < N_FLAGS);
	}
}

TEST(the_roles_of_a_call_are_as_many_as_its_arguments)
{
	for (size_t i = 0; i < n_roles_table; i++)
		assert_roles(&roles_table[i]);
}

TEST(no_flag_hides_behind_another_of_its_set)
{
	for (unsigned int set = 0; set < N_FLAGS; set++) {
		const struct flags *flags = &flags_table[set];

		assert_non_null(flags->flags);
		for (const struct flag *flag = flags->flags; flag->name[0];
		     flag++) {
			char text[128];
			struct text to;

			assert_true(strlen(flag->name) < sizeof(flag->name));
			text_init(&to, text, sizeof(text));
			flags_print(&to, set, flag->value);
			if ((flag->name[0] >= '0' && flag->name[0] <= '9') ||
			    !says(text, flag->name))
				fail_msg("%s is %s", flag->name, text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_call_has_the_name_that_libseccomp_gives_it_or_its_number),
		cmocka_unit_test(
			only_calls_that_the_kernel_can_refuse_are_worth_a_second_stop),
		cmocka_unit_test(some_calls_can_be_refused_by_their_arguments),
		cmocka_unit_test(the_path_of_a_call_is_absolute),
		cmocka_unit_test(an_empty_path_stands_for_the_descriptor),
		cmocka_unit_test(
			the_table_of_roles_is_sorted_and_has_calls_only),
		cmocka_unit_test(
			the_roles_of_a_call_are_as_many_as_its_arguments),
		cmocka_unit_test(no_flag_hides_behind_another_of_its_set),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
