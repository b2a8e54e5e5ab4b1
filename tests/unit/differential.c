/*
 * Random policies, four ways: what they mean by how they were made, the verdict
 * function on what was parsed, the compiled filter in scrun's interpreter, and
 * for a sample of them the same filter in the kernel.
 *
 * From the environment: POLICIES, how many; SEED; LIVE, of how many one goes
 * through the kernel; WORKERS, how many processes share the work.
 */

#include <sys/mman.h>
#include <sys/wait.h>

#include "live.h"
#include "made.h"
#include "status.h"

#define N_SAMPLES 150

static unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

/* What is asked for, and what became of it; shared by all workers. */
struct tally {
	unsigned int policies, live, workers;
	uint64_t seed;
	bool has_filters, has_int80;

	_Atomic unsigned int next; /* policy */
	_Atomic unsigned int compared, contradictory, complex, late, different;
	_Atomic unsigned int miscompiled;
	_Atomic unsigned int layers[MAX_LAYERS + 1];
	_Atomic unsigned int in_kernel; /* policies */
	_Atomic uint64_t n_calls, n_kernel_calls;
};

/* A policy on its way. */
struct trial {
	const struct made *made;
	const struct policy *policy;
	struct filter filter; /* of no program where there is none */
	struct live *live;
	uint64_t *seed;
};

/* A call of MADE's on one of its architectures; false if that has no such. */
static bool random_call(struct seccomp_data *data, const struct call *call,
			const struct trial *trial)
{
	uint32_t arch = trial->policy->architectures[random_below(
		trial->seed, (unsigned int)trial->policy->n_architectures)];
	int nr = syscall_number(arch, call->name);

	if (nr < 0)
		return false;
	*data = (struct seccomp_data){ .nr = nr, .arch = arch };
	if (arch == SCMP_ARCH_X32)
		data->arch = SCMP_ARCH_X86_64;
	for (unsigned int i = 0; i < 6; i++)
		data->args[i] = made_near(trial->seed, trial->made, call, i);
	return true;
}

static bool compare_once(const struct trial *trial, const struct call *call,
			 const struct seccomp_data *data)
{
	const struct filter *filter = &trial->filter;
	const uint64_t *args = (const uint64_t *)data->args;
	struct verdict verdict =
		verdict_of(trial->policy, data->arch, (uint32_t)data->nr, args);
	uint32_t by_verdict = kernel_action(verdict.action, verdict.errnum);
	uint32_t by_filter = by_verdict, wanted = by_verdict;

	if (filter->n)
		by_filter = programs_run(filter->programs, filter->n, data);
	/* How wide a parameter is elsewhere, what was made does not know. */
	if (data->arch == seccomp_arch_native() &&
	    (uint32_t)data->nr < X32_SYSCALL_BIT)
		wanted = made_result(trial->made, call, args);
	if (by_verdict == wanted && by_filter == wanted)
		return true;
	print_error("# %s (0x%llx, 0x%llx, 0x%llx, 0x%llx) of 0x%x: made for "
		    "0x%x, the verdict is 0x%x, the filter's is 0x%x\n",
		    call->name, data->args[0], data->args[1], data->args[2],
		    data->args[3], data->arch, wanted, by_verdict, by_filter);
	return false;
}

static bool compare_calls(const struct trial *trial, struct tally *tally)
{
	for (unsigned int i = 0; i < N_SAMPLES; i++) {
		const struct call *call =
			&calls[random_below(trial->seed, ARRAY_SIZE(calls))];
		struct seccomp_data data;

		/* Most of what is called is what there are rules on. */
		if (i % 4)
			call = trial->made->calls[random_below(
				trial->seed, trial->made->n_calls)];
		if (!random_call(&data, call, trial))
			continue;
		tally->n_calls++;
		if (!compare_once(trial, call, &data))
			return false;
		if (trial->live && i % 4 == 0)
			live_add(trial->live, trial->policy, &data);
	}
	return true;
}

/* Numbers that no rule of the policy names, of all kinds that there are. */
static void add_other_numbers(const struct trial *trial)
{
	const uint32_t kinds[] = { 0, 0, X32_SYSCALL_BIT, 0x80000000u };

	for (unsigned int i = 0; i < 16; i++) {
		struct seccomp_data data = { .arch = seccomp_arch_native() };

		data.nr = (int)(random_below(trial->seed, N_SYSCALLS) |
				kinds[i % ARRAY_SIZE(kinds)]);
		if (i == 0)
			data.nr = -1;
		if (i % 4 == 1)
			data.arch = SCMP_ARCH_X86;
		for (unsigned int j = 0; j < 6; j++)
			data.args[j] = random_value(trial->seed);
		live_add(trial->live, trial->policy, &data);
	}
}

static bool compare_in_kernel(const struct trial *trial, struct tally *tally)
{
	add_other_numbers(trial);
	live_run(trial->live, &trial->filter);
	tally->in_kernel++;
	tally->n_kernel_calls += trial->live->n;
	return live_differences(trial->live, trial->policy) == 0;
}

/* What libseccomp cannot hold is told by its fault; there is no other. */
static bool make_filter(struct trial *trial, struct tally *tally)
{
	struct faults faults;
	bool is_known = true;

	faults_init(&faults);
	if (filter_make(&trial->filter, trial->policy, NULL, &faults)) {
		tally->compared++;
		tally->layers[trial->filter.n]++;
	} else if (says(fault_text(&faults, 0), "was compiled wrongly")) {
		tally->miscompiled++; /* and refused */
	} else {
		tally->complex++;
		is_known = says(fault_text(&faults, 0), "too complex") ||
			   says(fault_text(&faults, 0),
				"too large for the kernel");
		if (!is_known)
			print_faults(&faults);
	}
	faults_free(&faults);
	return is_known;
}

static bool compare_ways(struct trial *trial, struct tally *tally)
{
	bool same = make_filter(trial, tally);

	if (trial->filter.n == 0)
		trial->live = NULL;
	if (trial->live) {
		trial->live->n = 0;
		trial->live->kills = 0;
	}
	same = same && compare_calls(trial, tally);
	if (same && trial->live)
		same = compare_in_kernel(trial, tally);
	filter_free(&trial->filter);
	return same;
}

/* Two errnos for one call are a fault, not a difference. */
static bool is_contradiction(const struct reading *reading)
{
	return says(fault_text(&reading->faults, 0), "take it out of one with");
}

/* LIVE is NULL for a policy that the kernel is spared. */
static bool compare_policy(const struct made *made, struct tally *tally,
			   struct live *live, uint64_t *seed)
{
	char *text = made_text(made);
	struct reading reading = reading_of(text);
	struct trial trial = { .made = made,
			       .policy = reading.policy,
			       .live = live,
			       .seed = seed };
	bool same;

	if (reading.policy) {
		same = compare_ways(&trial, tally);
	} else {
		same = is_contradiction(&reading);
		tally->contradictory += same;
	}
	if (!same) {
		print_faults(&reading.faults);
		print_error("# in the policy:\n%s\n", text);
	}
	reading_free(&reading);
	free(text);
	return same;
}

/* The seed of policy I, so that any one can be made again. */
static uint64_t seed_of(uint64_t base, unsigned int i)
{
	uint64_t seed = base + i * 0x9e3779b97f4a7c15ull;

	random_next(&seed);
	return seed;
}

static _Noreturn void work(struct tally *tally)
{
	struct live *live = live_new();
	unsigned int i;

	while (tally->different < 3 && (i = tally->next++) < tally->policies) {
		uint64_t seed = seed_of(tally->seed, i);
		struct made made = made_new(&seed);
		bool is_live = tally->has_filters && i % tally->live == 0;

		tally->different += !compare_policy(
			&made, tally, is_live ? live : NULL, &seed);
	}
	_exit(0);
}

static void start_worker(struct tally *tally)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		work(tally);
	assert_true(pid > 0);
}

/* A worker ends with 125 where libseccomp took too long: another goes on. */
static void work_together(struct tally *tally)
{
	unsigned int running = tally->workers;
	int status;

	for (unsigned int i = 0; i < tally->workers; i++)
		start_worker(tally);
	while (running > 0) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) == STATUS_FAILED) {
			tally->late++;
			start_worker(tally);
			continue;
		}
		assert_int_equal(WEXITSTATUS(status), 0);
		running--;
	}
}

static void print_tally(const struct tally *tally)
{
	print_message("# seed 0x%llx, %u policies: %u compared, "
		      "%u contradictory, %u too complex, %u late, "
		      "%u that libseccomp compiles wrongly\n",
		      (unsigned long long)tally->seed, tally->policies,
		      tally->compared, tally->contradictory, tally->complex,
		      tally->late, tally->miscompiled);
	print_message("# in 1, 2, ... layers:");
	for (unsigned int i = 1; i <= MAX_LAYERS; i++)
		print_message(" %u", tally->layers[i]);
	print_message("\n# %llu calls by how they were made, by verdict and by "
		      "interpreter\n",
		      (unsigned long long)tally->n_calls);
	if (tally->has_filters)
		print_message("# %llu calls under %u of the filters in the "
			      "kernel, 32-bit ones %s\n",
			      (unsigned long long)tally->n_kernel_calls,
			      tally->in_kernel,
			      tally->has_int80 ? "too" : "skipped: none here");
	else
		print_message("# skipped: the kernel loads no filter here\n");
	print_message("# %u differences\n", tally->different);
}

TEST(random_policies_mean_the_same_as_made_by_verdict_by_filter_and_in_the_kernel)
{
	struct tally *tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(tally != MAP_FAILED);
	tally->policies = (unsigned int)setting("POLICIES", 1500);
	tally->seed = setting("SEED", 0x5eed2700);
	tally->live = (unsigned int)setting("LIVE", 10);
	tally->workers = (unsigned int)setting("WORKERS", 1);
	tally->has_filters = has_filters();
	tally->has_int80 = has_int80();
	assert_true(tally->live > 0);
	work_together(tally);
	print_tally(tally);
	assert_int_equal(tally->different, 0);
	assert_true(tally->compared > tally->policies / 2);
	assert_in_range(tally->late, 0, tally->policies / 500 + 1);
	munmap(tally, sizeof(*tally));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			random_policies_mean_the_same_as_made_by_verdict_by_filter_and_in_the_kernel),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
