/*
 * Random policies, and what they mean by how they were made: no code of
 * scrun's has a part in that but the table of kernel actions.
 */
#ifndef SCRUN_TESTS_MADE_H
#define SCRUN_TESTS_MADE_H

#include "enforce/compile.h"
#include "fixture.h"

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
	{ .name = "read" },
	{ .name = "execve" },
	{ .name = "exit_group" },
	{ .name = "reboot" },
	{ .name = "landlock_restrict_self" },
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
#define MAX_RULES	8
#define MAX_CALLS	3

struct rule_made {
	const struct call *call;
	enum action action;
	int errnum;
	bool by_group;
	struct comparison_made comparisons[MAX_COMPARISONS];
	unsigned int n;
};

struct made {
	const struct call *calls[MAX_CALLS]; /* that have rules */
	unsigned int n_calls;
	bool is_foreign; /* lists other architectures than the native one */
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

static bool made_holds(const struct comparison_made *c,
		       const struct parameter *parameter, uint64_t value,
		       bool denies)
{
	bool narrow, wide;

	if (parameter->bits)
		return comparison_holds_in(c, parameter, value,
					   parameter->bits);
	narrow = comparison_holds_in(c, parameter, value, 32);
	wide = comparison_holds_in(c, parameter, value, 64);
	return denies ? narrow || wide : narrow && wide;
}

static bool rule_holds(const struct rule_made *rule, const uint64_t args[6])
{
	for (unsigned int i = 0; i < rule->n; i++) {
		const struct comparison_made *c = &rule->comparisons[i];

		if (!made_holds(c, &rule->call->parameters[c->arg],
				args[c->arg], rule->action >= ACTION_DENY))
			return false;
	}
	return true;
}

/* The strictest rule that holds; a call's own name before its group. */
static const struct rule_made *rule_that_holds(const struct made *made,
					       const struct call *call,
					       const uint64_t args[6])
{
	const struct rule_made *best = NULL;

	for (unsigned int i = 0; i < made->n; i++) {
		const struct rule_made *rule = &made->rules[i];

		if (rule->call != call || !rule_holds(rule, args))
			continue;
		if (!best || rule->action > best->action ||
		    (rule->action == best->action && best->by_group &&
		     !rule->by_group))
			best = rule;
	}
	return best;
}

/* What the kernel is to return for CALL of the native architecture. */
static inline uint32_t made_result(const struct made *made,
				   const struct call *call,
				   const uint64_t args[6])
{
	const struct rule_made *rule = rule_that_holds(made, call, args);

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
		.call = call,
		.action = (enum action)random_below(seed, N_ACTIONS),
		.by_group = random_below(seed, 5) == 0,
	};

	if (call->n)
		rule.n = random_below(seed, MAX_COMPARISONS + 1);
	if (rule.n == MAX_COMPARISONS && random_below(seed, 2))
		rule.n = 1;
	if (rule.action == ACTION_DENY)
		rule.errnum = errnums[random_below(seed, ARRAY_SIZE(errnums))];
	for (unsigned int i = 0; i < rule.n; i++)
		rule.comparisons[i] = random_comparison(seed, call, i == 0);
	return rule;
}

/* Few policies have several architectures: each takes time to compile. */
static inline struct made made_new(uint64_t *seed)
{
	struct made made = {
		.n_calls = 1 + random_below(seed, MAX_CALLS),
		.is_foreign = random_below(seed, 8) == 0,
		.default_action = (enum action)random_below(seed, N_ACTIONS),
		.n = random_below(seed, MAX_RULES + 1),
	};

	for (unsigned int i = 0; i < made.n_calls; i++)
		made.calls[i] = &calls[random_below(seed, ARRAY_SIZE(calls))];
	for (unsigned int i = 0; i < made.n; i++)
		made.rules[i] = random_rule(
			seed, made.calls[random_below(seed, made.n_calls)]);
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

static void write_entry(FILE *to, const struct rule_made *rule)
{
	fputs(rule->call->name, to);
	for (unsigned int i = 0; i < rule->n; i++) {
		const struct comparison_made *c = &rule->comparisons[i];

		fprintf(to, "%s%s", i ? " && " : "(",
			rule->call->parameters[c->arg].name);
		if (c->is_masked) {
			fputs(" & ", to);
			write_value(to, c->mask);
		}
		fprintf(to, " %s ", operators[c->op]);
		write_value(to, c->value);
	}
	fputs(rule->n ? ")" : "", to);
}

/* libseccomp's names of the other architectures that this machine runs. */
#ifdef __x86_64__
#define FOREIGN "x86 x32"
#else
#define FOREIGN "arm"
#endif

static void write_policy(FILE *to, const struct made *made)
{
	fprintf(to, "[groups]\n");
	for (unsigned int i = 0; i < made->n; i++) {
		fprintf(to, "@g%u = ", i);
		write_entry(to, &made->rules[i]);
		fputc('\n', to);
	}
	fprintf(to, "[syscalls]\ndefault = %s\n",
		made->default_action == ACTION_DENY
			? "EPERM"
			: action_name(made->default_action));
	if (made->is_foreign)
		fprintf(to, "architectures = native %s\n", FOREIGN);
	for (unsigned int i = 0; i < made->n; i++) {
		const struct rule_made *rule = &made->rules[i];

		fprintf(to, "%s = ", action_name(rule->action));
		if (rule->by_group)
			fprintf(to, "@g%u", i);
		else
			write_entry(to, rule);
		if (rule->errnum && rule->errnum != EPERM)
			fprintf(to, ":%s", errno_name(rule->errnum));
		fputc('\n', to);
	}
}

/* To be freed. */
static inline char *made_text(const struct made *made)
{
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	write_policy(to, made);
	fclose(to);
	return text;
}

/* A value near one that some comparison of CALL's argument asks for. */
static inline uint64_t made_near(uint64_t *seed, const struct made *made,
				 const struct call *call, unsigned int arg)
{
	const struct rule_made *rule;
	const struct comparison_made *c;

	if (made->n == 0)
		return random_value(seed);
	rule = &made->rules[random_below(seed, made->n)];
	if (rule->call != call || rule->n == 0)
		return random_value(seed);
	c = &rule->comparisons[random_below(seed, rule->n)];
	if (c->arg != arg)
		return random_value(seed);
	return near_value(seed, c->value, c->is_masked ? c->mask : UINT64_MAX);
}

#endif
