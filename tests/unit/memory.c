/* Reading the memory of another, and writing it where a person will look. */

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "audit/memory.h"
#include "audit/printable.h"
#include "calls.h"

static void assert_printable(const char *bytes, size_t length, size_t size,
			     const char *wanted)
{
	char text[256];

	memset(text, '#', sizeof(text));
	assert_int_equal(printable(text, size, bytes, length), strlen(wanted));
	assert_string_equal(text, wanted);
	assert_int_equal(text[size], '#');
}

TEST(bytes_that_a_terminal_would_obey_are_written_as_in_C)
{
	static const char bytes[] = "a\n\t\"\\\33[31m\0001\xff\xc3\xa4\x7f\r";

	assert_printable(
		bytes, sizeof(bytes) - 1, 200,
		"a\\n\\t\\\"\\\\\\33[31m\\0001\\377\\303\\244\\177\\r");
	assert_printable("\0", 1, 200, "\\0");
	assert_printable("\33"
			 "7",
			 2, 200, "\\0337");
	assert_printable("", 0, 1, "");
}

TEST(a_printable_text_is_cut_before_its_size_and_says_so)
{
	assert_printable("abcdefgh", 8, 9, "abcdefgh");
	assert_printable("abcdefgh", 8, 8, "abcd…");
	assert_printable("abc\33"
			 "5fgh",
			 8, 8, "abc…");
	assert_printable("abc\33"
			 "5fgh",
			 8, 7, "abc…");
	assert_printable("abcdefgh", 8, 4, "…");
	assert_printable("abcdefgh", 8, 3, "");
	assert_printable("abcdefgh", 8, 1, "");
	assert_int_equal(printable(NULL, 0, "a", 1), 0);
}

TEST(memory_is_read_up_to_the_first_page_that_is_not_there)
{
	char buffer[64], *end = border();
	pid_t pid = getpid();

	assert_int_equal(memory_read(pid, P(end - 5), buffer, 64), 5);
	assert_int_equal(memory_read(pid, P(end), buffer, 64), -1);
	assert_int_equal(memory_read(pid, NOWHERE, buffer, 64), -1);
	assert_int_equal(memory_read(pid, UINT64_MAX - 3, buffer, 64), -1);
	assert_int_equal(memory_read(pid, UINT64_MAX, buffer, 64), -1);
	assert_int_equal(memory_read(pid, P(end - 5), buffer, 0), -1);
	assert_int_equal(memory_read(-1, P(end - 5), buffer, 5), -1);
}

TEST(a_string_in_memory_has_an_end_or_is_none)
{
	char buffer[600], *end = border();
	pid_t pid = getpid();

	end[-1] = '\0';
	assert_int_equal(memory_read_string(pid, P(end - 5), buffer, 600), 4);
	assert_string_equal(buffer, "xxxx");
	assert_int_equal(memory_read_string(pid, P(end - 500), buffer, 600),
			 499);
	assert_int_equal(memory_read_string(pid, P(end - 5), buffer, 4), 4);
	assert_int_equal(memory_read_string(pid, P(end - 5), buffer, 5), 4);
	end[-1] = 'x';
	assert_int_equal(memory_read_string(pid, P(end - 5), buffer, 600), -1);
	assert_int_equal(memory_read_string(pid, P(end - 5), buffer, 5), 5);
	assert_int_equal(memory_read_string(pid, UINT64_MAX, buffer, 5), -1);
}

/* Of a tracee that waits, and with process_vm_readv(2) out of the way. */
static int read_by_ptrace(const char *end)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	char buffer[64];
	pid_t tracee = fork();
	bool is_right;

	if (tracee == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(tracee, NULL, 0) != tracee ||
	    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
			     SCMP_SYS(process_vm_readv), 0) ||
	    seccomp_load(filter))
		return 2;
	is_right = memory_read(tracee, P(end - 13), buffer, 64) == 13 &&
		   memcmp(buffer, end - 13, 13) == 0 &&
		   memory_read(tracee, P(end - 13), buffer, 3) == 3 &&
		   memory_read(tracee, P(end), buffer, 1) == -1 &&
		   memory_read(getpid(), P(end - 13), buffer, 1) == -1;
	kill(tracee, SIGKILL);
	return is_right ? 0 : 1;
}

TEST(memory_of_a_tracee_is_read_by_ptrace_where_there_is_no_other_way)
{
	char *end = border();
	pid_t tracer;
	int status;

	memcpy(end - 13, "0123456789abc", 13);
	tracer = fork();
	if (tracer == 0)
		_exit(read_by_ptrace(end));
	assert_int_equal(waitpid(tracer, &status, 0), tracer);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
		print_message("# no tracee here\n");
		skip();
	}
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			bytes_that_a_terminal_would_obey_are_written_as_in_C),
		cmocka_unit_test(
			a_printable_text_is_cut_before_its_size_and_says_so),
		cmocka_unit_test(
			memory_is_read_up_to_the_first_page_that_is_not_there),
		cmocka_unit_test(a_string_in_memory_has_an_end_or_is_none),
		cmocka_unit_test(
			memory_of_a_tracee_is_read_by_ptrace_where_there_is_no_other_way),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
