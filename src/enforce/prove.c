#include <string.h>

#include "../policy/condition.h"
#include "../policy/satisfy.h"
#include "prove.h"

#define MAX_TESTS 400 /* comparisons on one way, and in what is asked of it */

/* Of conditions_meet(), a nanosecond each: for a call, and for an example. */
#define MAX_STEPS	  (1u << 22)
#define MAX_EXAMPLE_STEPS (1u << 26)

/* What the accumulator holds: the bits in MASK of a half of an argument, or
 * VALUE. */
struct word {
	bool is_known;
	uint32_t value;
	unsigned int arg, shift; /* 0 or 32 */
	uint32_t mask;
};

/* A way through the program: what holds of the arguments that take it. */
struct way {
	const struct trial *trial;
	const struct rule *rules;
	size_t n_rules;
	struct seccomp_data data;
	size_t steps; /* left */
	bool is_refuted;
	size_t n;
	struct condition tests[MAX_TESTS];
};

static bool add(struct way *way, const struct condition *test)
{
	if (way->n == MAX_TESTS)
		return false;
	way->tests[way->n++] = *test;
	return true;
}

/* Whether some arguments that meet the tests before FIRST meet all; true also
 * where it is not decided. */
static bool is_open(struct way *way, size_t first)
{
	return conditions_meet(way->tests, way->n, first, &way->steps);
}

/* ---- Arguments that differ ----------------------------------------------- */

/* A value of ARG with which all tests can be met: bit by bit, each 0 if it may
 * be. It is one more test, of the bits so far. */
static bool choose(struct way *way, unsigned int arg)
{
	struct condition bits = {
		.arg = arg,
		.bits = 64,
		.comparison = CMP_EQ,
	};

	if (!add(way, &bits))
		return false;
	for (unsigned int bit = 64; bit-- > 0;) {
		struct condition *test = &way->tests[way->n - 1];

		test->mask |= 1ull << bit;
		if (!is_open(way, way->n - 1))
			test->value |= 1ull << bit;
	}
	way->data.args[arg] = way->tests[way->n - 1].value;
	return true;
}

/* The tests can be met, as far as that was decided, and the policy gives those
 * that meet them another answer: an example is looked for. */
static bool refute(struct way *way)
{
	const uint64_t *args = (const uint64_t *)way->data.args;

	if (way->steps == 0)
		return false;
	way->steps = MAX_EXAMPLE_STEPS;
	for (unsigned int arg = 0; arg < N_ARGS; arg++) {
		if (!choose(way, arg))
			return false;
	}
	way->is_refuted =
		!trial_holds(way->trial, &way->data,
			     verdict_among(way->trial->policy, way->rules,
					   way->n_rules, args));
	return false;
}

/* ---- The policy ---------------------------------------------------------- */

static bool add_contrary(struct way *way, const struct condition *test)
{
	struct condition contradicted = *test;

	contradicted.comparison = comparison_contrary(test->comparison);
	return add(way, &contradicted);
}

static bool is_wanted(const struct way *way, struct verdict verdict,
		      uint32_t result)
{
	return trial_wanted(way->trial, &way->data, verdict) == result;
}

/* Whether whatever rule from AT on matches, or none, the answer is RESULT. */
static bool all_answer(const struct way *way, size_t at, uint32_t result)
{
	for (; at < way->n_rules; at++) {
		const struct rule *rule = &way->rules[at];

		if (!is_wanted(way, verdict_by(rule), result))
			return false;
		if (rule->n_conditions == 0) /* it hides the others */
			return true;
	}
	return is_wanted(way, verdict_default(way->trial->policy), result);
}

static bool ask(struct way *way, size_t at, uint32_t result);
static bool ask_rule(struct way *way, size_t at, size_t from, uint32_t result);

/* Asks on where condition AT of the rule holds, or does not, as the tests from
 * BEFORE on say. */
static bool ask_on(struct way *way, size_t at, size_t condition, bool holds,
		   size_t before, uint32_t result)
{
	bool is_right = !is_open(way, before) ||
			(holds ? ask_rule(way, at, condition + 1, result)
			       : ask(way, at + 1, result));

	way->n = before;
	return is_right;
}

/*
 * Where the width of a parameter is not known, who denies goes by either of
 * two, and who allows by both (condition_holds).
 */
static bool ask_condition(struct way *way, size_t at, size_t condition,
			  bool holds, uint32_t result)
{
	const struct rule *rule = &way->rules[at];
	struct condition narrow = rule->conditions[condition], wide = narrow;
	bool (*const put)(struct way *, const struct condition *) =
		holds ? add : add_contrary;
	const bool takes_both = holds != (rule->action >= ACTION_DENY);
	const size_t before = way->n;

	if (narrow.bits)
		return put(way, &narrow) &&
		       ask_on(way, at, condition, holds, before, result);
	narrow.bits = 32;
	wide.bits = 64;
	if (takes_both)
		return put(way, &narrow) && put(way, &wide) &&
		       ask_on(way, at, condition, holds, before, result);
	return put(way, &narrow) &&
	       ask_on(way, at, condition, holds, before, result) &&
	       put(way, &wide) &&
	       ask_on(way, at, condition, holds, before, result);
}

/* The conditions of the rule AT before FROM hold. Where it does not match, the
 * first of them that does not hold is one of the others. */
static bool ask_rule(struct way *way, size_t at, size_t from, uint32_t result)
{
	const struct rule *rule = &way->rules[at];

	if (from == rule->n_conditions)
		return is_wanted(way, verdict_by(rule), result) || refute(way);
	return ask_condition(way, at, from, false, result) &&
	       ask_condition(way, at, from, true, result);
}

/* Whether all arguments of the way, none of which the rules before AT match,
 * get RESULT of the policy. */
static bool ask(struct way *way, size_t at, uint32_t result)
{
	if (way->steps == 0)
		return false;
	if (all_answer(way, at, result))
		return true;
	return at < way->n_rules ? ask_rule(way, at, 0, result) : refute(way);
}

/* ---- The program --------------------------------------------------------- */

static struct word load(const struct way *way, uint32_t offset)
{
	const uint32_t first = offsetof(struct seccomp_data, args);
	struct word word = { .mask = UINT32_MAX };

	if (offset < first) {
		word.is_known = true;
		memcpy(&word.value, (const char *)&way->data + offset,
		       sizeof(word.value));
	} else {
		word.arg = (offset - first) / 8;
		word.shift = (offset - first) % 8 * 8;
	}
	return word;
}

/* The comparison with its constant by which a jump is taken; false for others,
 * such as that for bits which are set. */
static bool comparison_of(uint16_t code, enum comparison *comparison)
{
	switch (code) {
	case BPF_JMP | BPF_JEQ | BPF_K:
		*comparison = CMP_EQ;
		return true;
	case BPF_JMP | BPF_JGT | BPF_K:
		*comparison = CMP_GT;
		return true;
	case BPF_JMP | BPF_JGE | BPF_K:
		*comparison = CMP_GE;
		return true;
	default:
		return false;
	}
}

/* What holds where the jump INSN is taken with A. */
static bool test_of(const struct sock_filter *insn, const struct word *a,
		    struct condition *test)
{
	*test = (struct condition){
		.arg = a->arg,
		.bits = 64,
		.mask = (uint64_t)a->mask << a->shift,
		.value = (uint64_t)insn->k << a->shift,
	};
	if (insn->code == (BPF_JMP | BPF_JSET | BPF_K)) {
		test->mask &= test->value;
		test->value = 0;
		test->comparison = CMP_NE;
		return true;
	}
	return comparison_of(insn->code, &test->comparison);
}

static bool is_taken(const struct sock_filter *insn, uint32_t a)
{
	enum comparison comparison = CMP_EQ;

	comparison_of(insn->code, &comparison);
	return comparison_holds(comparison, (a > insn->k) - (a < insn->k));
}

static bool go(struct way *way, size_t at, struct word a);

/* Both ways on from the jump at AT, as far as there are arguments for them. */
static bool fork_at(struct way *way, size_t at, const struct word *a)
{
	const struct sock_filter *insn = &way->trial->programs[0].code[at];
	const size_t before = way->n;
	struct condition test;
	bool holds;

	if (!test_of(insn, a, &test))
		return false;
	holds = add(way, &test) &&
		(!is_open(way, before) || go(way, at + 1 + insn->jt, *a));
	way->n = before;
	holds = holds && add_contrary(way, &test) &&
		(!is_open(way, before) || go(way, at + 1 + insn->jf, *a));
	way->n = before;
	return holds;
}

/* All ways on from AT; false where one is not shown to be right. */
static bool go(struct way *way, size_t at, struct word a)
{
	for (;; at++) {
		const struct sock_filter *insn =
			&way->trial->programs[0].code[at];
		enum comparison known;

		if (way->steps == 0)
			return false;
		if (insn->code == (BPF_RET | BPF_K))
			return ask(way, 0, insn->k);
		if (insn->code == (BPF_LD | BPF_W | BPF_ABS)) {
			a = load(way, insn->k);
		} else if (insn->code == (BPF_ALU | BPF_AND | BPF_K)) {
			a.mask &= insn->k;
			a.value &= insn->k;
		} else if (insn->code == (BPF_JMP | BPF_JA)) {
			at += insn->k;
		} else if (!a.is_known) {
			return fork_at(way, at, &a);
		} else if (comparison_of(insn->code, &known)) {
			at += is_taken(insn, a.value) ? insn->jt : insn->jf;
		} else {
			return false;
		}
	}
}

enum proof prove(const struct trial *trial, const struct seccomp_data *data,
		 const struct rule *rules, size_t n)
{
	static struct way way; /* large */
	bool is_proven;

	if (trial->n != 1 || trial_has_ticket(trial, data))
		return UNDECIDED;
	way.trial = trial;
	way.rules = rules;
	way.n_rules = n;
	way.data = *data;
	way.n = 0;
	way.steps = *trial->steps < MAX_STEPS ? *trial->steps : MAX_STEPS;
	way.is_refuted = false;
	*trial->steps -= way.steps;
	is_proven = go(&way, 0, (struct word){ .is_known = true });
	if (is_proven) /* else some may be an example's */
		*trial->steps += way.steps;
	return is_proven ? PROVEN : way.is_refuted ? REFUTED : UNDECIDED;
}
