/* What is too much for a filter, and what is not. */

#include <sys/wait.h>

#include "enforce/filter.h"
#include "fixture.h"

#define DENY  "[syscalls]\ndefault = deny\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

static void assert_impossible(const char *text, const char *wanted)
{
	struct policy *policy = policy_of(text);
	struct reading reading;
	struct filter filter;

	faults_init(&reading.faults);
	reading.policy = NULL;
	assert_false(filter_make(&filter, policy, NULL, &reading.faults));
	assert_int_equal(filter.n, 0);
	policy_free(policy);
	if (!has_faults(&reading, wanted))
		print_faults(&reading.faults);
	assert_true(has_faults(&reading, wanted));
	reading_free(&reading);
}

TEST(a_policy_too_complex_is_a_fault_that_names_the_line)
{
	assert_impossible(
		ALLOW "deny = ptrace\n\n  kexec_load(entry != 5 && "
		      "nr_segments != 0x500000003 && flags != 7)\n",
		"5:'kexec_load(entry*too complex*fewer of < > and !=");
	assert_impossible(ALLOW "deny = nfsservctl(arg0 != 1 && arg1 != 1 && "
				"arg2 != 1 && arg3 != 1 && arg4 != 1)\n",
			  "3:'nfsservctl(arg0*too complex");
}

TEST(too_many_errnos_for_one_call_are_a_fault_that_names_one_of_them)
{
	assert_impossible(ALLOW "deny = ptrace\ndeny = "
				"kexec_load(entry == 1):EIO "
				"kexec_load(entry == 2):ENXIO "
				"kexec_load(entry == 3):E2BIG "
				"kexec_load(entry == 4):EBADF "
				"kexec_load(entry == 5):EAGAIN "
				"kexec_load(entry == 6):ENOMEM "
				"kexec_load(entry == 7):EACCES "
				"kexec_load(entry == 8):EFAULT "
				"kexec_load(entry == 9):EBUSY\n",
			  "4:'kexec_load(entry == *too many");
}

TEST(a_filter_too_large_for_the_kernel_is_a_fault)
{
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	fputs(DENY "allow =\n", to);
	for (unsigned int i = 0; i < 200; i++)
		fprintf(to,
			"  nfsservctl(arg0 == %u && arg1 == %u && arg2 == %u &&"
			" arg3 == %u && arg4 == %u && arg5 == %u)\n",
			i, i, i, i, i, i);
	fclose(to);
	assert_impossible(text, "0:too large for the kernel*at most 4096");
	free(text);
}

/* The exit status of a process that does nothing else: 125 is the limit. */
static int status_of_compiling(const char *text)
{
	struct policy *policy = policy_of(text);
	struct filter filter;
	struct faults faults;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		faults_init(&faults);
		_exit(filter_make(&filter, policy, NULL, &faults) ? 0 : 1);
	}
	policy_free(policy);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Where what libseccomp makes of it has more than the kernel takes. */
TEST(the_limit_is_that_of_the_filter_once_it_is_condensed)
{
	assert_int_equal(status_of_compiling(
				 ALLOW "architectures = native x86\n"
				       "deny = kill(sig != 0 && pid > 1)\n"),
			 0);
	assert_int_equal(status_of_compiling(
				 ALLOW
				 "deny = setpriority(which != PRIO_PROCESS && "
				 "who != 0 && prio < 0)\n"),
			 0);
}

TEST(hundreds_of_values_for_one_argument_are_no_matter)
{
	static const char *const actions[] = { "allow", "deny", "kill" };
	uint64_t seed = 0x5eed1001;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		size_t size;
		char *text;
		FILE *to = open_memstream(&text, &size);

		fprintf(to, "[syscalls]\ndefault = %s\n%s =\n",
			i == 0 ? "deny" : "allow", actions[i]);
		for (unsigned int j = 0; j < 300; j++)
			fprintf(to, "  ioctl(request == 0x%x)\n",
				(uint32_t)random_next(&seed));
		fclose(to);
		assert_int_equal(status_of_compiling(text), 0);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_policy_too_complex_is_a_fault_that_names_the_line),
		cmocka_unit_test(
			too_many_errnos_for_one_call_are_a_fault_that_names_one_of_them),
		cmocka_unit_test(a_filter_too_large_for_the_kernel_is_a_fault),
		cmocka_unit_test(
			the_limit_is_that_of_the_filter_once_it_is_condensed),
		cmocka_unit_test(
			hundreds_of_values_for_one_argument_are_no_matter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
