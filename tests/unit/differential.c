/*
 * Random policies, three ways: what this file computes from how it made them,
 * the verdict function on what was parsed, and the compiled filter.
 */

#include <sys/mman.h>
#include <sys/wait.h>

#include "enforce/compile.h"
#include "enforce/filter.h"
#include "fixture.h"
#include "status.h"

#define SEED	   0x5eed2700ull
#define N_POLICIES 2500
#define N_SAMPLES  150

/* ---- A policy as it was made ---- */

struct parameter {
	const char *name;
	unsigned int bits; /* 0: 32 or 64 */
	bool is_signed;
};

static const struct call {
	const char *name;
	struct parameter parameters[6];
	unsigned int n;
} calls[] = {
	{ "kexec_load",
	  { { "entry", 64, false },
	    { "nr_segments", 64, false },
	    { "segments", 64, false },
	    { "flags", 64, false } },
	  4 },
	{ "lseek",
	  { { "fd", 32, true },
	    { "offset", 64, true },
	    { "whence", 32, false } },
	  3 },
	{ "setpriority",
	  { { "which", 32, true }, { "who", 32, true }, { "prio", 32, true } },
	  3 },
	{ "mknodat",
	  { { "dirfd", 32, true },
	    { "pathname", 64, false },
	    { "mode", 16, false },
	    { "dev", 32, false } },
	  4 },
	{ "fcntl",
	  { { "fd", 32, true }, { "cmd", 32, false }, { "arg", 0, false } },
	  3 },
	{ "nfsservctl",
	  { { "arg0", 0, false }, { "arg1", 0, false }, { "arg2", 0, false } },
	  3 },
};

enum { EQ, NE, LT, LE, GT, GE };
static const char *const operators[] = { "==", "!=", "<", "<=", ">", ">=" };

struct comparison_made {
	unsigned int arg;
	unsigned int op;
	bool is_masked;
	uint64_t mask, value;
};

#define MAX_COMPARISONS 3
#define MAX_RULES	6

struct rule_made {
	enum action action;
	int errnum;
	bool by_group;
	struct comparison_made comparisons[MAX_COMPARISONS];
	unsigned int n;
};

struct made {
	const struct call *call;
	enum action default_action;
	struct rule_made rules[MAX_RULES];
	unsigned int n;
};

static uint64_t ones(unsigned int bits)
{
	return bits >= 64 ? UINT64_MAX : (1ull << bits) - 1;
}

/* What is left of a register, as a number. */
static __int128 read_as(uint64_t value, unsigned int bits, bool is_signed)
{
	value &= ones(bits);
	if (is_signed && value >> (bits - 1))
		return (__int128)value - ((__int128)1 << bits);
	return value;
}

/*
 * The constant as a number of that type, which it is by its low bits if it can
 * be one of them; and one that cannot, it stays.
 */
static __int128 constant_as(uint64_t value, unsigned int bits, bool is_signed)
{
	int64_t number = (int64_t)value;

	if (bits < 64 && value > ones(bits) && number < -(1ll << (bits - 1)))
		return value;
	if (bits < 64 && number > (int64_t)ones(bits))
		return value;
	return read_as(value, bits, is_signed);
}

static bool comparison_holds_in(const struct comparison_made *c,
				const struct parameter *parameter,
				uint64_t value, unsigned int bits)
{
	__int128 left, right;

	if (c->is_masked)
		value &= c->mask;
	left = read_as(value, bits, parameter->is_signed);
	right = constant_as(c->value, bits, parameter->is_signed);
	switch (c->op) {
	case EQ:
		return left == right;
	case NE:
		return left != right;
	case LT:
		return left < right;
	case LE:
		return left <= right;
	case GT:
		return left > right;
	}
	return left >= right;
}

static bool comparison_holds(const struct comparison_made *c,
			     const struct call *call, uint64_t value,
			     bool denies)
{
	const struct parameter *parameter = &call->parameters[c->arg];
	bool narrow, wide;

	if (parameter->bits)
		return comparison_holds_in(c, parameter, value,
					   parameter->bits);
	narrow = comparison_holds_in(c, parameter, value, 32);
	wide = comparison_holds_in(c, parameter, value, 64);
	return denies ? narrow || wide : narrow && wide;
}

static bool rule_holds(const struct rule_made *rule, const struct call *call,
		       const uint64_t args[6])
{
	for (unsigned int i = 0; i < rule->n; i++) {
		const struct comparison_made *c = &rule->comparisons[i];

		if (!comparison_holds(c, call, args[c->arg],
				      rule->action >= ACTION_DENY))
			return false;
	}
	return true;
}

/* The strictest rule that holds; a call's own name before its group. */
static const struct rule_made *rule_that_holds(const struct made *made,
					       const uint64_t args[6])
{
	const struct rule_made *best = NULL;

	for (unsigned int i = 0; i < made->n; i++) {
		const struct rule_made *rule = &made->rules[i];

		if (!rule_holds(rule, made->call, args))
			continue;
		if (!best || rule->action > best->action ||
		    (rule->action == best->action && best->by_group &&
		     !rule->by_group))
			best = rule;
	}
	return best;
}

static uint32_t result_of(const struct made *made, const uint64_t args[6])
{
	const struct rule_made *rule = rule_that_holds(made, args);

	if (rule)
		return kernel_action(rule->action, rule->errnum);
	return kernel_action(made->default_action, EPERM);
}

/* ---- How it is made ---- */

static uint64_t random_constant(uint64_t *seed,
				const struct parameter *parameter)
{
	static const uint64_t few[] = { 0, 1, 2, 5, 8, 0x10, 0xff };
	unsigned int bits = parameter->bits ? parameter->bits : 64;
	uint64_t value = few[random_below(seed, ARRAY_SIZE(few))];

	if (random_below(seed, 3) == 0)
		value = random_value(seed) & ones(bits);
	/* Written as the negative number it is. */
	if (parameter->is_signed && value >> (bits - 1))
		value |= ~ones(bits);
	return value;
}

static struct comparison_made
random_comparison(uint64_t *seed, const struct call *call, bool is_first)
{
	unsigned int arg = random_below(seed, call->n);
	const struct parameter *parameter = &call->parameters[arg];
	unsigned int bits = parameter->bits ? parameter->bits : 64;
	struct comparison_made c = { .arg = arg };

	/* Several of the others would fill the filter with terms. */
	if (random_below(seed, is_first ? 2 : 32) == 0)
		c.op = random_below(seed, 6);
	c.value = random_constant(seed, parameter);
	if (c.op > NE || random_below(seed, 3))
		return c;
	c.is_masked = true;
	c.mask = random_value(seed) & ones(bits);
	if (c.mask == 0)
		c.mask = 1;
	c.value &= c.mask;
	return c;
}

static struct rule_made random_rule(uint64_t *seed, const struct call *call)
{
	static const int errnums[] = { EPERM, EPERM, EPERM, EIO, ENOSYS };
	struct rule_made rule = {
		.action = (enum action)random_below(seed, N_ACTIONS),
		.n = random_below(seed, MAX_COMPARISONS + 1),
		.by_group = random_below(seed, 5) == 0,
	};

	if (rule.n == MAX_COMPARISONS && random_below(seed, 2))
		rule.n = 1;
	if (rule.action == ACTION_DENY)
		rule.errnum = errnums[random_below(seed, ARRAY_SIZE(errnums))];
	for (unsigned int i = 0; i < rule.n; i++)
		rule.comparisons[i] = random_comparison(seed, call, i == 0);
	return rule;
}

static struct made random_policy(uint64_t *seed)
{
	struct made made = {
		.call = &calls[random_below(seed, ARRAY_SIZE(calls))],
		.default_action = (enum action)random_below(seed, N_ACTIONS),
		.n = random_below(seed, MAX_RULES + 1),
	};

	for (unsigned int i = 0; i < made.n; i++)
		made.rules[i] = random_rule(seed, made.call);
	return made;
}

/* ---- As text ---- */

static void write_value(FILE *to, uint64_t value)
{
	if ((int64_t)value < 0 && (int64_t)value > -1000)
		fprintf(to, "%lld", (long long)value);
	else if (value & 1)
		fprintf(to, "%llu", (unsigned long long)value);
	else
		fprintf(to, "0x%llx", (unsigned long long)value);
}

static void write_entry(FILE *to, const struct call *call,
			const struct rule_made *rule)
{
	fputs(call->name, to);
	for (unsigned int i = 0; i < rule->n; i++) {
		const struct comparison_made *c = &rule->comparisons[i];

		fprintf(to, "%s%s", i ? " && " : "(",
			call->parameters[c->arg].name);
		if (c->is_masked) {
			fputs(" & ", to);
			write_value(to, c->mask);
		}
		fprintf(to, " %s ", operators[c->op]);
		write_value(to, c->value);
	}
	fputs(rule->n ? ")" : "", to);
}

static void write_policy(FILE *to, const struct made *made)
{
	fprintf(to, "[groups]\n");
	for (unsigned int i = 0; i < made->n; i++) {
		fprintf(to, "@g%u = ", i);
		write_entry(to, made->call, &made->rules[i]);
		fputc('\n', to);
	}
	fprintf(to, "[syscalls]\ndefault = %s\n",
		made->default_action == ACTION_DENY
			? "EPERM"
			: action_name(made->default_action));
	for (unsigned int i = 0; i < made->n; i++) {
		const struct rule_made *rule = &made->rules[i];

		fprintf(to, "%s = ", action_name(rule->action));
		if (rule->by_group)
			fprintf(to, "@g%u", i);
		else
			write_entry(to, made->call, rule);
		if (rule->errnum && rule->errnum != EPERM)
			fprintf(to, ":%s", errno_name(rule->errnum));
		fputc('\n', to);
	}
}

static char *text_of(const struct made *made)
{
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	write_policy(to, made);
	fclose(to);
	return text;
}

/* ---- The comparison ---- */

/* What became of the policies; shared with the child that compares them. */
struct tally {
	unsigned int next; /* policy */
	unsigned int compared, contradictory, complex, different;
	unsigned int layers[MAX_LAYERS + 1];
};

/* A value near one that some comparison of the argument asks for. */
static uint64_t near_value(uint64_t *seed, const struct made *made,
			   unsigned int arg)
{
	const struct rule_made *rule;
	const struct comparison_made *c;
	uint64_t value;

	if (made->n == 0)
		return random_value(seed);
	rule = &made->rules[random_below(seed, made->n)];
	if (rule->n == 0)
		return random_value(seed);
	c = &rule->comparisons[random_below(seed, rule->n)];
	if (c->arg != arg)
		return random_value(seed);
	value = c->value;
	if (c->is_masked)
		value |= random_next(seed) & ~c->mask;
	switch (random_below(seed, 6)) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return value ^ 1ull << random_below(seed, 64);
	case 3:
		return value | random_next(seed) << 32;
	}
	return value;
}

static bool compare_once(const struct made *made, const struct policy *policy,
			 const struct filter *filter, uint64_t *seed)
{
	struct seccomp_data data = { .arch = seccomp_arch_native() };
	struct verdict verdict;
	uint32_t wanted, by_verdict, by_filter;
	uint64_t args[6];

	data.nr = (int)number_of(data.arch, made->call->name);
	for (unsigned int i = 0; i < 6; i++)
		args[i] = near_value(seed, made, i);
	memcpy(data.args, args, sizeof(args));
	wanted = result_of(made, args);
	verdict = verdict_of(policy, data.arch, (uint32_t)data.nr, args);
	by_verdict = kernel_action(verdict.action, verdict.errnum);
	by_filter = filter->n ? programs_run(filter->programs, filter->n, &data)
			      : by_verdict;
	if (by_verdict == wanted && by_filter == wanted)
		return true;
	print_error("# (0x%llx, 0x%llx, 0x%llx, 0x%llx): made for 0x%x, the "
		    "verdict is 0x%x, the filter's is 0x%x\n",
		    (unsigned long long)args[0], (unsigned long long)args[1],
		    (unsigned long long)args[2], (unsigned long long)args[3],
		    wanted, by_verdict, by_filter);
	return false;
}

static bool compare_all(const struct made *made, const struct policy *policy,
			struct tally *tally, uint64_t *seed)
{
	struct filter filter;
	struct faults faults;
	bool same = true;

	faults_init(&faults);
	if (filter_make(&filter, policy, NULL, &faults)) {
		tally->compared++;
		tally->layers[filter.n]++;
	} else {
		tally->complex++;
		same = says(fault_text(&faults, 0), "too complex") ||
		       says(fault_text(&faults, 0), "too large for the kernel");
		print_faults(same ? &(struct faults){ .n = 0 } : &faults);
	}
	for (unsigned int i = 0; i < N_SAMPLES && same; i++)
		same = compare_once(made, policy, &filter, seed);
	filter_free(&filter);
	faults_free(&faults);
	return same;
}

/* Two errnos for one call are a fault, not a difference. */
static bool is_contradiction(const struct reading *reading)
{
	return says(fault_text(&reading->faults, 0), "take it out of one with");
}

static bool compare_policy(const struct made *made, struct tally *tally,
			   uint64_t *seed)
{
	char *text = text_of(made);
	struct reading reading = reading_of(text);
	bool same;

	if (reading.policy) {
		same = compare_all(made, reading.policy, tally, seed);
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
static uint64_t seed_of(unsigned int i)
{
	uint64_t seed = SEED + i * 0x9e3779b97f4a7c15ull;

	random_next(&seed);
	return seed;
}

/* Compares from where TALLY stands; 125 where libseccomp took too long. */
static int compare_policies(struct tally *tally)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		while (tally->next < N_POLICIES && tally->different < 3) {
			uint64_t seed = seed_of(tally->next++);
			struct made made = random_policy(&seed);

			tally->different +=
				!compare_policy(&made, tally, &seed);
		}
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void print_tally(const struct tally *tally, unsigned int late)
{
	print_message("# seed 0x%llx, %u policies, %d calls each: %u compared,"
		      " %u contradictory, %u too complex, %u late\n",
		      SEED, tally->next, N_SAMPLES, tally->compared,
		      tally->contradictory, tally->complex, late);
	print_message("# in 1, 2, ... layers:");
	for (unsigned int i = 1; i <= MAX_LAYERS; i++)
		print_message(" %u", tally->layers[i]);
	print_message("\n");
}

TEST(random_policies_mean_the_same_as_text_as_verdict_and_as_filter)
{
	struct tally *tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int late = 0;
	int status;

	assert_true(tally != MAP_FAILED);
	while ((status = compare_policies(tally)) == STATUS_FAILED)
		late++;
	print_tally(tally, late);
	assert_int_equal(status, 0);
	assert_int_equal(tally->different, 0);
	assert_true(tally->compared > N_POLICIES / 2);
	assert_in_range(late, 0, N_POLICIES / 500);
	munmap(tally, sizeof(*tally));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			random_policies_mean_the_same_as_text_as_verdict_and_as_filter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
