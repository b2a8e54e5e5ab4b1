/* What an auditor says that has no standard error: none of its ends is silent.
 */
#include <err.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "fixture.h"

#include "audit/last_words.h"
#include "audit/report.h"
#include "status.h"

static const struct report_format *const formats[] = {
	&report_text,
	&report_none,
	&report_json,
};

/* What is in the report of a process that did ACT and ended with 125. */
static const char *words_of(const struct report_format *format,
			    void (*act)(void))
{
	static char text[400];
	struct report report = {
		.fd = memfd_create("report", MFD_CLOEXEC),
		.format = format,
	};
	int status;
	ssize_t n;
	pid_t pid;

	assert_true(report.fd >= 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(STDERR_FILENO);
		last_words_to(&report);
		messages_tell();
		if (crash_tell() == 0)
			act();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STATUS_FAILED);
	n = pread(report.fd, text, sizeof(text) - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	close(report.fd);
	return text;
}

static void give_up(void)
{
	errno = ENOSPC;
	err(STATUS_FAILED, "%s", "no \"more\"\n");
}

TEST(what_err_says_is_in_the_report)
{
	for (int i = 0; i < 2; i++)
		assert_string_equal(words_of(formats[i], give_up),
				    "scrun: no \"more\"\\x0a: No space left on "
				    "device\n");
	assert_string_equal(words_of(&report_json, give_up),
			    "{\"event\":\"failure\",\"text\":\"no \\\"more\\\""
			    "\\\\x0a: No space left on device\"}\n");
}

static void run_out(void)
{
	exhausted();
}

TEST(so_is_that_there_is_no_memory)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		assert_string_equal(words_of(formats[i], run_out),
				    formats[i]->exhausted);
}

static void crash(void)
{
	raise(SIGSEGV);
}

TEST(and_a_crash)
{
	static void (*const crashes[])(void) = { abort, crash };

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(crashes); j++) {
			assert_string_equal(words_of(formats[i], crashes[j]),
					    formats[i]->crashed);
			assert_non_null(strstr(formats[i]->crashed, "crashed"));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_err_says_is_in_the_report),
		cmocka_unit_test(so_is_that_there_is_no_memory),
		cmocka_unit_test(and_a_crash),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
