/* Conditions as sets of terms: in the set is what the conditions hold for. */

#include "enforce/terms.h"
#include "fixture.h"
#include "policy/condition.h"

#define N_RANDOM  CASES(1200)
#define N_SEVERAL CASES(100)

static bool in_term(const struct term *term, const uint64_t args[6])
{
	for (unsigned int i = 0; i < 6; i++) {
		if ((args[i] & term->mask[i]) != term->value[i])
			return false;
	}
	return true;
}

static bool in_terms(const struct terms *terms, const uint64_t args[6])
{
	for (size_t i = 0; i < terms->n; i++) {
		if (in_term(&terms->list[i], args))
			return true;
	}
	return false;
}

static bool rule_holds(const struct rule *rule, const uint64_t args[6])
{
	bool strict = rule->action >= ACTION_DENY;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct condition *c = &rule->conditions[i];

		if (!condition_holds(c, args[c->arg], strict))
			return false;
	}
	return true;
}

/* ---- Conditions at random ---- */

static const unsigned int widths[] = { 16, 32, 64, 0 };

/* As the parser makes them: nothing above the width, a mask for == and !=. */
static struct condition random_condition(uint64_t *seed)
{
	struct condition c = {
		.arg = random_below(seed, 3),
		.bits = widths[random_below(seed, ARRAY_SIZE(widths))],
		.comparison = (enum comparison)random_below(seed, 6),
		.mask = UINT64_MAX,
		.value = random_value(seed),
	};

	c.is_signed = c.bits > 16 && random_below(seed, 2);
	if (c.comparison <= CMP_NE && random_below(seed, 2))
		c.mask = random_value(seed) | 1;
	c.mask &= bits_mask(c.bits);
	c.value &= c.mask;
	return c;
}

/* A value at which a condition on ARG may change its mind, or any other. */
static uint64_t random_near(uint64_t *seed, const struct rule *rule,
			    unsigned int arg)
{
	const struct condition *c;
	uint64_t value;

	if (rule->n_conditions == 0 || random_below(seed, 4) == 0)
		return random_value(seed);
	c = &rule->conditions[random_below(seed,
					   (unsigned int)rule->n_conditions)];
	value = c->arg == arg ? c->value : random_value(seed);
	switch (random_below(seed, 7)) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return value | ~c->mask;
	case 3:
		return value ^ 1ull << random_below(seed, 64);
	case 4:
		return (value & UINT32_MAX) | random_value(seed) << 32;
	case 5:
		return (uint64_t)(int32_t)value;
	}
	return value;
}

static void random_args(uint64_t *seed, const struct rule *rule,
			uint64_t args[6])
{
	for (unsigned int i = 0; i < 6; i++)
		args[i] = random_near(seed, rule, i);
}

static void print_rule(const struct rule *rule, const uint64_t args[6])
{
	print_error("# for %s, (0x%llx, 0x%llx, 0x%llx):\n",
		    action_name(rule->action), (unsigned long long)args[0],
		    (unsigned long long)args[1], (unsigned long long)args[2]);
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct condition *c = &rule->conditions[i];

		print_error("#   arg%u, %u bits, signed %d, operator %d, "
			    "mask 0x%llx, value 0x%llx\n",
			    c->arg, c->bits, c->is_signed, c->comparison,
			    (unsigned long long)c->mask,
			    (unsigned long long)c->value);
	}
}

/* Whether SET has ARGS exactly where WANTED; a set with too many has none. */
static void assert_in(const struct terms *set, const struct rule *rule,
		      const uint64_t args[6], bool wanted)
{
	if (set->too_many)
		return;
	if (in_terms(set, args) != wanted)
		print_rule(rule, args);
	assert_int_equal(in_terms(set, args), wanted);
}

/* The set of a rule, its complement and its outside, on some arguments. */
static unsigned int assert_rule(const struct rule *rule, uint64_t *seed,
				unsigned int samples)
{
	struct terms set = terms_of_rule(rule);
	struct terms outside = terms_outside_rule(rule);
	struct terms complement = { .too_many = true };
	unsigned int complete = !set.too_many;

	assert_true(set.n <= MAX_TERMS);
	/* Of large sets it takes long: of some of them. */
	if (set.n <= 8 || (set.n <= 64 && random_below(seed, 8) == 0))
		complement = terms_complement(&set);
	for (unsigned int i = 0; i < samples; i++) {
		uint64_t args[6];
		bool holds;

		random_args(seed, rule, args);
		holds = rule_holds(rule, args);
		assert_in(&set, rule, args, holds);
		assert_in(&complement, rule, args, !holds);
		assert_in(&outside, rule, args, !holds);
	}
	terms_free(&set);
	terms_free(&complement);
	terms_free(&outside);
	return complete;
}

TEST(a_value_is_in_the_set_if_and_only_if_the_condition_holds)
{
	uint64_t seed = 0x5eed3000;

	for (unsigned int i = 0; i < N_RANDOM; i++) {
		struct condition condition = random_condition(&seed);
		const struct rule rule = {
			.action = i % 2 ? ACTION_ALLOW : ACTION_DENY,
			.n_conditions = 1,
			.conditions = &condition,
		};

		/* 32 and 64 bits at once may take too many. */
		if (!assert_rule(&rule, &seed, 200))
			assert_int_equal(condition.bits, 0);
	}
}

TEST(several_conditions_are_the_intersection_of_their_sets)
{
	uint64_t seed = 0x5eed3001;
	unsigned int complete = 0;

	for (unsigned int i = 0; i < N_SEVERAL; i++) {
		struct condition conditions[4];
		const struct rule rule = {
			.action = (enum action)(i % N_ACTIONS),
			.n_conditions = random_below(&seed, 5),
			.conditions = conditions,
		};

		for (size_t j = 0; j < ARRAY_SIZE(conditions); j++)
			conditions[j] = random_condition(&seed);
		complete += assert_rule(&rule, &seed, 100);
	}
	print_message("# %u of %d sets complete\n", complete, N_SEVERAL);
	assert_in_range(complete, N_SEVERAL / 2, N_SEVERAL);
}

TEST(united_sets_hold_what_one_of_them_holds)
{
	uint64_t seed = 0x5eed3002;

	for (unsigned int i = 0; i < N_RANDOM / 8; i++) {
		struct condition conditions[2] = { random_condition(&seed),
						   random_condition(&seed) };
		const struct rule rules[] = {
			{ .n_conditions = 1, .conditions = &conditions[0] },
			{ .n_conditions = 1, .conditions = &conditions[1] },
		};
		struct terms set = terms_of_rule(&rules[0]);
		struct terms other = terms_of_rule(&rules[1]);

		terms_unite(&set, &other);
		assert_null(other.list);
		assert_int_equal(other.n, 0);
		for (unsigned int j = 0; j < 100; j++) {
			uint64_t args[6];

			random_args(&seed, &rules[j % 2], args);
			assert_in(&set, &rules[j % 2], args,
				  rule_holds(&rules[0], args) ||
					  rule_holds(&rules[1], args));
		}
		terms_free(&set);
	}
}

/* ---- All values there are ---- */

static void assert_all_16_bits(const struct condition *condition)
{
	const struct rule rule = { .n_conditions = 1, .conditions = condition };
	struct terms set = terms_of_rule(&rule);
	struct terms complement = terms_complement(&set);

	for (uint64_t value = 0; value <= UINT16_MAX; value++) {
		const uint64_t args[6] = { value | value << 16 | value << 32 };
		bool holds = condition_holds(condition, args[0], false);

		assert_in(&set, &rule, args, holds);
		assert_in(&complement, &rule, args, !holds);
	}
	terms_free(&set);
	terms_free(&complement);
}

TEST(all_values_of_16_bits_are_where_they_belong)
{
	static const uint64_t values[] = { 0,	   1,	   5,	  0x7fff,
					   0x8000, 0xfffe, 0xffff };

	for (size_t i = 0; i < 6 * ARRAY_SIZE(values); i++) {
		struct condition condition = {
			.bits = 16,
			.comparison = (enum comparison)(i % 6),
			.mask = 0xffff,
			.value = values[i / 6],
		};

		assert_all_16_bits(&condition);
		if (condition.comparison > CMP_NE)
			continue;
		condition.mask = 0x8421;
		condition.value &= condition.mask;
		assert_all_16_bits(&condition);
	}
}

/* ---- Ends ---- */

static struct terms terms_of(enum comparison comparison, unsigned int bits,
			     uint64_t value)
{
	const struct condition condition = {
		.bits = bits,
		.comparison = comparison,
		.mask = bits_mask(bits),
		.value = value,
	};
	const struct rule rule = { .n_conditions = 1,
				   .conditions = &condition };

	return terms_of_rule(&rule);
}

TEST(what_never_holds_is_the_empty_set)
{
	struct terms below = terms_of(CMP_LT, 64, 0);
	struct terms above = terms_of(CMP_GT, 32, UINT32_MAX);
	struct terms all = terms_complement(&below);

	assert_int_equal(below.n, 0);
	assert_int_equal(above.n, 0);
	assert_int_equal(all.n, 1);
	terms_free(&below);
	terms_free(&above);
	terms_free(&all);
}

TEST(what_always_holds_is_one_term_that_asks_nothing)
{
	static const struct rule unconditional = { .action = ACTION_DENY };
	struct terms set = terms_of_rule(&unconditional);
	struct terms from = terms_of(CMP_GE, 64, 0);
	struct terms none = terms_complement(&set);

	assert_int_equal(set.n, 1);
	assert_int_equal(from.n, 1);
	for (unsigned int i = 0; i < 6; i++) {
		assert_int_equal(set.list[0].mask[i], 0);
		assert_int_equal(from.list[0].mask[i], 0);
	}
	assert_int_equal(none.n, 0);
	assert_false(none.too_many);
	terms_free(&set);
	terms_free(&from);
	terms_free(&none);
}

TEST(a_term_asks_no_bit_above_the_parameters_width)
{
	for (unsigned int comparison = 0; comparison < 6; comparison++) {
		for (unsigned int i = 0; i < 3; i++) {
			struct terms set = terms_of((enum comparison)comparison,
						    widths[i], 5);

			for (size_t j = 0; j < set.n; j++) {
				const struct term *term = &set.list[j];

				assert_int_equal(term->mask[0] &
							 ~bits_mask(widths[i]),
						 0);
				assert_int_equal(
					term->value[0] & ~term->mask[0], 0);
			}
			terms_free(&set);
		}
	}
}

/* N arguments of 64 bits, none of which may be 5: 64 terms each. */
static struct terms terms_of_unequal(size_t n)
{
	struct condition conditions[6];
	const struct rule rule = { .n_conditions = n,
				   .conditions = conditions };

	for (unsigned int i = 0; i < 6; i++)
		conditions[i] = (struct condition){
			.arg = i,
			.bits = 64,
			.comparison = CMP_NE,
			.mask = UINT64_MAX,
			.value = 5,
		};
	return terms_of_rule(&rule);
}

TEST(more_than_1024_terms_are_flagged)
{
	for (size_t n = 0; n <= 6; n++) {
		struct terms set = terms_of_unequal(n);
		struct terms complement = terms_complement(&set);

		assert_int_equal(set.too_many, n >= 2);
		assert_true(set.n <= MAX_TERMS);
		if (set.too_many)
			assert_true(complement.too_many);
		terms_free(&set);
		terms_free(&complement);
	}
}

TEST(a_flag_stays_when_sets_are_united)
{
	struct terms many = terms_of_unequal(3);
	struct terms few = terms_of(CMP_EQ, 64, 7);

	terms_unite(&few, &many);
	assert_true(few.too_many);
	terms_free(&few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_value_is_in_the_set_if_and_only_if_the_condition_holds),
		cmocka_unit_test(
			several_conditions_are_the_intersection_of_their_sets),
		cmocka_unit_test(united_sets_hold_what_one_of_them_holds),
		cmocka_unit_test(all_values_of_16_bits_are_where_they_belong),
		cmocka_unit_test(what_never_holds_is_the_empty_set),
		cmocka_unit_test(
			what_always_holds_is_one_term_that_asks_nothing),
		cmocka_unit_test(a_term_asks_no_bit_above_the_parameters_width),
		cmocka_unit_test(more_than_1024_terms_are_flagged),
		cmocka_unit_test(a_flag_stays_when_sets_are_united),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
