/* The tables of arguments and constants. */

#include <ctype.h>

#include "fixture.h"
#include "policy/arguments.h"
#include "policy/constants.h"

#define MAX_NAME 48

/* The text of the table of arguments, whose names nothing else tells. */
__asm__(".pushsection .rodata\n"
	"arguments_text:\n"
	".incbin \"src/policy/arguments.c\"\n"
	".byte 0\n"
	".popsection\n");
extern const char arguments_text[];

/* The call named at or after *AT, which moves on; false at the end. */
static bool next_call(const char **at, char name[MAX_NAME])
{
	static const char start[] = "\tCALL(";

	*at = strstr(*at, start);
	if (!*at)
		return false;
	*at += strlen(start);
	snprintf(name, MAX_NAME, "%.*s", (int)strcspn(*at, ",)"), *at);
	return true;
}

TEST(the_table_of_arguments_is_sorted_and_each_call_is_found)
{
	char name[MAX_NAME], before[MAX_NAME] = "";
	const char *at = arguments_text;
	unsigned int n = 0;

	for (; next_call(&at, name); n++) {
		if (strcmp(before, name) >= 0 || !arguments_of(name))
			print_error("# %s\n", name);
		assert_true(strcmp(before, name) < 0);
		assert_non_null(arguments_of(name));
		/* Some are younger than libseccomp 2.5.4. */
		if (syscall_number(SCMP_ARCH_X86_64, name) == SYSCALL_UNKNOWN)
			print_message("# libseccomp does not know %s\n", name);
		strcpy(before, name);
	}
	assert_null(arguments_of("nonsense"));
	assert_true(n > 300);
	print_message("# %u calls\n", n);
}

static bool is_identifier(const char *text)
{
	for (; *text; text++) {
		if (!islower(*text) && !isdigit(*text) && *text != '_')
			return false;
	}
	return true;
}

static void assert_arguments(const char *call)
{
	const struct argument *arguments = arguments_of(call);
	bool numbered =
		strcmp(call, "prctl") == 0 || strcmp(call, "keyctl") == 0;
	bool is_over = false;

	for (unsigned int i = 0; i < 6; i++) {
		const struct argument *argument = &arguments[i];

		is_over |= !argument->name[0];
		assert_int_equal(!argument->name[0], is_over);
		if (is_over)
			continue;
		assert_true(strlen(argument->name) < sizeof(argument->name));
		assert_true(is_identifier(argument->name));
		/* "arg3" would stand for two arguments. */
		assert_true(numbered || strncmp(argument->name, "arg", 3) ||
			    !isdigit(argument->name[3]));
		assert_true(argument->bits == 0 || argument->bits == 16 ||
			    argument->bits == 32 || argument->bits == 64);
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(argument->name,
						arguments[j].name);
	}
}

TEST(arguments_have_different_names_and_a_width)
{
	const char *at = arguments_text;
	char name[MAX_NAME];

	while (next_call(&at, name))
		assert_arguments(name);
}

/* From SYSCALL_DEFINE in the kernel's sources: what a wrong width lets pass. */
TEST(the_arguments_that_policies_test_most_have_the_kernels_width)
{
	static const struct {
		const char *call, *argument;
		unsigned int index, bits;
		bool is_signed;
	} rows[] = {
		{ "ioctl", "request", 1, 32, false },
		{ "socket", "domain", 0, 32, true },
		{ "socket", "type", 1, 32, true },
		{ "clone", "flags", 0, 32, false },
		{ "unshare", "flags", 0, 64, false },
		{ "personality", "persona", 0, 32, false },
		{ "openat", "flags", 2, 32, true },
		{ "openat", "mode", 3, 16, false },
		{ "mmap", "prot", 2, 64, false },
		{ "mprotect", "prot", 2, 64, false },
		{ "ptrace", "request", 0, 64, true },
		{ "kill", "pid", 0, 32, true },
		{ "kill", "sig", 1, 32, true },
		{ "prctl", "option", 0, 32, true },
		{ "fcntl", "cmd", 1, 32, false },
		{ "fcntl", "arg", 2, 0, false },
		{ "setsockopt", "optname", 2, 32, true },
		{ "lseek", "offset", 1, 64, true },
		{ "setpriority", "prio", 2, 32, true },
		{ "fchmod", "mode", 1, 16, false },
		{ "prlimit64", "resource", 1, 32, false },
		{ "setuid", "uid", 0, 32, false },
		{ "read", "count", 2, 64, false },
		{ "tgkill", "sig", 2, 32, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct argument *argument =
			&arguments_of(rows[i].call)[rows[i].index];

		if (argument->bits != rows[i].bits)
			print_error("# %s\n", rows[i].call);
		assert_string_equal(argument->name, rows[i].argument);
		assert_int_equal(argument->bits, rows[i].bits);
		assert_int_equal(argument->is_signed, rows[i].is_signed);
	}
}

TEST(the_table_of_constants_is_sorted_and_each_is_found)
{
	const char *name;
	uint64_t value = 5;
	size_t n = 0;

	for (; (name = constant_name(n)); n++) {
		assert_true(strlen(name) < 48); /* else it has no end */
		assert_true(n == 0 || strcmp(constant_name(n - 1), name) < 0);
		assert_true(constant_value(name, &value));
	}
	value = 5;
	assert_false(constant_value("NONSENSE", &value));
	assert_int_equal(value, 5);
	print_message("# %zu constants\n", n);
}

TEST(constants_have_the_headers_values)
{
	static const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "AF_UNIX", 1 },
		{ "AF_VSOCK", 40 },
		{ "AT_FDCWD", (uint64_t)-100 },
		{ "CLONE_NEWUSER", 0x10000000 },
		{ "O_ACCMODE", 3 },
		{ "O_CREAT", 0100 },
		{ "PROT_EXEC", 4 },
		{ "SIGKILL", 9 },
		{ "SOCK_RAW", 3 },
		{ "TIOCGPTN", 0x80045430 },
		{ "TIOCGWINSZ", 0x5413 },
		{ "TIOCLINUX", 0x541c },
		{ "TIOCSTI", 0x5412 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t value;

		assert_true(constant_value(rows[i].name, &value));
		assert_int_equal(value, rows[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_table_of_arguments_is_sorted_and_each_call_is_found),
		cmocka_unit_test(arguments_have_different_names_and_a_width),
		cmocka_unit_test(
			the_arguments_that_policies_test_most_have_the_kernels_width),
		cmocka_unit_test(
			the_table_of_constants_is_sorted_and_each_is_found),
		cmocka_unit_test(constants_have_the_headers_values),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
