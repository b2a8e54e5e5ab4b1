/* Sets of rules that libseccomp, left to itself, compiles wrongly or never. */

#include <sys/resource.h>
#include <sys/wait.h>

#include "enforce/filter.h"
#include "fixture.h"
#include "status.h"

/* Rules on kexec_load, and the same as C has it. */
struct known {
	const char *entries;
	bool (*holds)(const uint64_t a[6]);
};

#define HOLDS(name, expression)               \
	static bool name(const uint64_t a[6]) \
	{                                     \
		return expression;            \
	}

HOLDS(ge_or_lt, a[0] >= 0x500000003 || a[0] < 1)
HOLDS(gt_or_le_and_eq, a[0] > 0xffff || (a[0] <= 0x10 && a[2] == 0x1000))
HOLDS(ne_or_eq_and_ne, a[0] != 2 || (a[1] == 0x200000000 && a[0] != 3))
HOLDS(never_returns,
      (a[0] != 1 && a[1] == 0x80000000) || (a[2] == 5 && a[0] != 1))
HOLDS(lt_or_le, a[0] < 0x100000000 || a[0] <= 0x200000005)
HOLDS(lt_or_lt_or_lt, a[0] < 0x10 || a[0] < 0x700000001 || a[0] < 0x300000000)
HOLDS(le_or_le, a[0] <= 0x1ffffffff || a[0] <= 0x200000000)
HOLDS(outside, a[0]<38 || a[0] == 39 || a[0]> 40)
HOLDS(ne_or_ne, a[0] != 1 || a[0] != 2)
HOLDS(ge_or_ge, a[0] >= 5 || a[0] >= 0x100000000)
HOLDS(within_or_ne, (a[0] > 5 && a[0] < 10) || a[1] != 3)
HOLDS(two_ends, a[0] <= 3 || a[0] >= 0xfffffffffffffffe)
HOLDS(ne_and_ne, a[0] != 0x100000000 && a[0] != 5)
HOLDS(crosswise, (a[0] == 1 && a[1] != 2) || (a[1] == 2 && a[0] != 1))
HOLDS(mask_or_gt, (a[0] & 0xff00000000) == 0x500000000 || a[0] > 0x600000000)

static const struct known known[] = {
	{ "kexec_load(entry >= 0x500000003) kexec_load(entry < 1)", ge_or_lt },
	{ "kexec_load(entry > 0xffff) "
	  "kexec_load(entry <= 0x10 && segments == 0x1000)",
	  gt_or_le_and_eq },
	{ "kexec_load(entry != 2) "
	  "kexec_load(nr_segments == 0x200000000 && entry != 3)",
	  ne_or_eq_and_ne },
	{ "kexec_load(entry != 1 && nr_segments == 0x80000000) "
	  "kexec_load(segments == 5 && entry != 1)",
	  never_returns },
	{ "kexec_load(entry < 0x100000000) kexec_load(entry <= 0x200000005)",
	  lt_or_le },
	{ "kexec_load(entry < 0x10) kexec_load(entry < 0x700000001) "
	  "kexec_load(entry < 0x300000000)",
	  lt_or_lt_or_lt },
	{ "kexec_load(entry <= 0x1ffffffff) kexec_load(entry <= 0x200000000)",
	  le_or_le },
	{ "kexec_load(entry < 38) kexec_load(entry == 39) "
	  "kexec_load(entry > 40)",
	  outside },
	{ "kexec_load(entry != 1) kexec_load(entry != 2)", ne_or_ne },
	{ "kexec_load(entry >= 5) kexec_load(entry >= 0x100000000)", ge_or_ge },
	{ "kexec_load(entry > 5 && entry < 10) kexec_load(nr_segments != 3)",
	  within_or_ne },
	{ "kexec_load(entry <= 3) kexec_load(entry >= 0xfffffffffffffffe)",
	  two_ends },
	{ "kexec_load(entry != 0x100000000 && entry != 5)", ne_and_ne },
	{ "kexec_load(entry == 1 && nr_segments != 2) "
	  "kexec_load(nr_segments == 2 && entry != 1)",
	  crosswise },
	{ "kexec_load(entry & 0xff00000000 == 0x500000000) "
	  "kexec_load(entry > 0x600000000)",
	  mask_or_gt },
};

static const uint64_t grid[] = {
	0,	     1,		  2,	       3,	    4,
	5,	     6,		  9,	       10,	    0xf,
	0x10,	     0x11,	  37,	       38,	    39,
	40,	     41,	  0x1000,      0xffff,	    0x10000,
	0x7fffffff,  0x80000000,  0xffffffff,  0x100000000, 0x100000005,
	0x1ffffffff, 0x200000000, 0x200000005, 0x200000006, 0x300000000,
	0x4ffffffff, 0x500000002, 0x500000003, 0x5ffffffff, 0x600000000,
	0x600000001, 0x700000001, 1ull << 63,  UINT64_MAX,  UINT64_MAX - 2,
};

/* The filter against C, on a grid of all that the rules compare with. */
static bool filter_is_right(const struct filter *filter,
			    const struct known *rules, uint32_t if_held,
			    uint32_t if_not)
{
	const size_t n = ARRAY_SIZE(grid);
	struct seccomp_data data = { .arch = seccomp_arch_native() };

	data.nr = (int)number_of(data.arch, "kexec_load");
	for (size_t i = 0; i < n * n * n; i++) {
		const uint64_t args[6] = { grid[i % n], grid[i / n % n],
					   grid[i / n / n] };

		memcpy(data.args, args, sizeof(args));
		if (programs_run(filter->programs, filter->n, &data) !=
		    (rules->holds(args) ? if_held : if_not))
			return false;
	}
	return true;
}

enum { RIGHT, WRONG, FAULT };

/* Compiles in a process of its own, which may not come back. */
static int try_known(const struct known *rules, bool allows)
{
	char text[256];
	struct policy *policy;
	struct filter filter;
	struct faults faults;
	int status;
	pid_t pid;

	snprintf(text, sizeof(text), "[syscalls]\ndefault = %s\n%s = %s\n",
		 allows ? "EIO" : "allow", allows ? "allow" : "deny",
		 rules->entries);
	policy = policy_of(text);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		faults_init(&faults);
		if (!filter_make(&filter, policy, NULL, &faults))
			_exit(FAULT);
		_exit(filter_is_right(&filter, rules,
				      allows ? SECCOMP_RET_ALLOW
					     : SECCOMP_RET_ERRNO | EPERM,
				      allows ? SECCOMP_RET_ERRNO | EIO
					     : SECCOMP_RET_ALLOW)
			      ? RIGHT
			      : WRONG);
	}
	policy_free(policy);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Processor time of the children so far, in seconds. */
static double children_time(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

TEST(each_comes_out_right_or_as_a_fault_within_a_second)
{
	unsigned int right = 0;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(known); i++) {
		const struct known *rules = &known[i / 2];
		double before = children_time();
		int result = try_known(rules, i % 2);

		if (result == WRONG)
			print_error("# wrong: %s\n", rules->entries);
		assert_true(result == RIGHT || result == FAULT ||
			    result == STATUS_FAILED);
		assert_true(children_time() - before < 1.5);
		right += result == RIGHT;
	}
	print_message("# %u of %zu right, the others faults\n", right,
		      2 * ARRAY_SIZE(known));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_comes_out_right_or_as_a_fault_within_a_second),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
