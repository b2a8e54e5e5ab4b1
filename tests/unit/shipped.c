/*
 * Every policy that comes with scrun: the verdict function, the compiled filter
 * in scrun's interpreter and the same filter in the kernel, for every number
 * that a call has and around every value that a condition speaks of.
 */

#include <glob.h>

#include "live.h"

#define N_AROUND 200 /* calls for each rule with conditions */

struct shipped {
	const struct policy *policy;
	struct filter filter;
	struct live *live;
	uint64_t seed;
	bool has_filters;
	unsigned long n_calls, n_kernel_calls, differences;
};

/* What is gathered goes through the kernel. */
static void flush(struct shipped *s)
{
	if (s->has_filters) {
		live_run(s->live, &s->filter);
		s->n_kernel_calls += s->live->n;
		s->differences += live_differences(s->live, s->policy);
	}
	s->live->n = 0;
}

static void compare(struct shipped *s, const struct seccomp_data *data)
{
	struct verdict verdict =
		verdict_of(s->policy, data->arch, (uint32_t)data->nr,
			   (const uint64_t *)data->args);
	uint32_t wanted = kernel_action(verdict.action, verdict.errnum);
	uint32_t got = programs_run(s->filter.programs, s->filter.n, data);

	s->n_calls++;
	if (got != wanted && s->differences++ < 4)
		print_error("# call %d of 0x%x: the verdict is 0x%x, the "
			    "filter's is 0x%x\n",
			    data->nr, data->arch, wanted, got);
	if (s->live->n == MAX_TRIED)
		flush(s);
	live_add(s->live, s->policy, data);
}

static void compare_number(struct shipped *s, uint32_t arch, uint32_t nr)
{
	struct seccomp_data data = { .nr = (int)nr, .arch = arch };

	compare(s, &data);
	memset(data.args, 0xff, sizeof(data.args));
	compare(s, &data);
}

static void compare_numbers(struct shipped *s)
{
	static const uint32_t kinds[] = { 0, X32_SYSCALL_BIT, 0x80000000u,
					  (uint32_t)-N_SYSCALLS };

	for (uint32_t nr = 0; nr < N_SYSCALLS; nr++) {
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			compare_number(s, seccomp_arch_native(), nr + kinds[i]);
		compare_number(s, SCMP_ARCH_X86, nr);
		compare_number(s, SCMP_ARCH_ARM, nr);
	}
}

/* Arguments that meet all of RULE's conditions, or all but a few. */
static void compare_around(struct shipped *s, const struct rule *rule)
{
	struct seccomp_data data = { .nr = (int)rule->nr, .arch = rule->arch };

	if (rule->arch == SCMP_ARCH_X32)
		data.arch = SCMP_ARCH_X86_64;
	for (unsigned int i = 0; i < N_AROUND; i++) {
		for (unsigned int j = 0; j < 6; j++)
			data.args[j] = random_value(&s->seed);
		for (size_t j = 0; j < rule->n_conditions; j++) {
			const struct condition *c = &rule->conditions[j];

			data.args[c->arg] =
				near_value(&s->seed, c->value, c->mask);
		}
		compare(s, &data);
	}
}

static void compare_shipped(struct shipped *s)
{
	struct faults faults;

	faults_init(&faults);
	if (!filter_make(&s->filter, s->policy, NULL, &faults))
		print_faults(&faults);
	assert_int_equal(faults.n, 0);
	compare_numbers(s);
	for (size_t i = 0; i < s->policy->n_rules; i++) {
		if (s->policy->rules[i].n_conditions)
			compare_around(s, &s->policy->rules[i]);
	}
	flush(s);
	filter_free(&s->filter);
	faults_free(&faults);
}

TEST(every_policy_that_is_shipped_means_the_same_in_the_kernel)
{
	struct shipped s = { .live = live_new(),
			     .seed = 0x5eed,
			     .has_filters = has_filters() };
	glob_t files;

	assert_int_equal(glob("conf/*.ini", 0, NULL, &files), 0);
	assert_int_equal(glob("examples/*.ini", GLOB_APPEND, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct reading reading;

		if (strcmp(files.gl_pathv[i], "conf/groups.ini") == 0)
			continue; /* no policy */
		reading = reading_of_name(files.gl_pathv[i]);
		print_faults(&reading.faults);
		assert_non_null(reading.policy);
		s.policy = reading.policy;
		s.live->kills = 0;
		compare_shipped(&s);
		reading_free(&reading);
	}
	globfree(&files);
	print_message("# %zu policies, %lu calls by verdict and interpreter, "
		      "%lu of them in the kernel%s, %lu differences\n",
		      files.gl_pathc - 1, s.n_calls, s.n_kernel_calls,
		      s.has_filters ? "" : " (skipped: it loads no filter)",
		      s.differences);
	assert_int_equal(s.differences, 0);
	live_free(s.live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_policy_that_is_shipped_means_the_same_in_the_kernel),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
