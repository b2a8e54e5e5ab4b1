/* Whether arguments exist, against trying them. */

#include "policy/satisfy.h"
#include "policy/condition.h"

#include "fixture.h"

#define MAX_TERMS 4

/* A few lists of conditions on the first two arguments. */
struct question {
	struct condition conditions[MAX_TERMS][3];
	struct conjunction lists[MAX_TERMS];
	size_t n_met, n;
};

/*
 * Conditions are made of values with some of these bits. A bit below each lets
 * a value stand between two of them.
 */
static const unsigned int bits[] = { 1, 31, 32, 63, 0, 2, 30, 33, 62 };
#define N_USED	 4
#define N_VALUES (1u << ARRAY_SIZE(bits))

static uint64_t value_at(unsigned int index)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(bits); i++) {
		if (index >> i & 1)
			value |= 1ull << bits[i];
	}
	return value;
}

static struct condition random_condition(uint64_t *seed)
{
	static const unsigned int widths[] = { 0, 32, 64 };
	struct condition c = {
		.arg = random_below(seed, 2),
		.bits = widths[random_below(seed, 3)],
		.comparison = (enum comparison)random_below(seed, 6),
		.mask = UINT64_MAX,
		.value = value_at(random_below(seed, 1 << N_USED)),
	};

	c.is_signed = c.bits && random_below(seed, 2);
	if (c.comparison <= CMP_NE && random_below(seed, 2)) {
		c.mask = value_at(random_below(seed, 1 << N_USED));
		c.value &= c.mask;
	}
	c.mask &= bits_mask(c.bits);
	c.value &= bits_mask(c.bits);
	return c;
}

static void question_make(struct question *question, uint64_t *seed)
{
	question->n = 1 + random_below(seed, MAX_TERMS);
	question->n_met = random_below(seed, (unsigned int)question->n + 1);
	for (size_t i = 0; i < question->n; i++) {
		question->lists[i] = (struct conjunction){
			.conditions = question->conditions[i],
			.n = 1 + random_below(seed, 3),
			.strict = random_below(seed, 2),
		};
		for (size_t j = 0; j < question->lists[i].n; j++)
			question->conditions[i][j] = random_condition(seed);
	}
}

/* Which of the conditions on ARG hold for VALUE: a bit for each. */
static unsigned int signature(const struct question *question, unsigned int arg,
			      uint64_t value)
{
	unsigned int signature = 0;

	for (size_t i = 0; i < question->n; i++) {
		const struct conjunction *list = &question->lists[i];

		for (size_t j = 0; j < list->n; j++) {
			const struct condition *c = &list->conditions[j];

			if (c->arg != arg ||
			    condition_holds(c, value, list->strict))
				signature |= 1u << (3 * i + j);
		}
	}
	return signature;
}

/* The signatures that values of ARG can have; their number is returned. */
static size_t signatures(const struct question *question, unsigned int arg,
			 unsigned int list[N_VALUES])
{
	size_t n = 0, at;

	for (unsigned int i = 0; i < N_VALUES; i++) {
		list[n] = signature(question, arg, value_at(i));
		for (at = 0; list[at] != list[n];)
			at++;
		n += at == n;
	}
	return n;
}

static bool answers(const struct question *question, unsigned int signature)
{
	for (size_t i = 0; i < question->n; i++) {
		unsigned int all = (1u << question->lists[i].n) - 1;

		if (((signature >> 3 * i & all) == all) !=
		    (i < question->n_met))
			return false;
	}
	return true;
}

static bool is_found(const struct question *question)
{
	static unsigned int first[N_VALUES + 1], second[N_VALUES + 1];
	size_t n = signatures(question, 0, first);
	size_t m = signatures(question, 1, second);

	for (size_t i = 0; i < n * m; i++) {
		if (answers(question, first[i / m] & second[i % m]))
			return true;
	}
	return false;
}

TEST(it_finds_what_trying_finds)
{
	uint64_t seed = 1;
	unsigned int n[2] = { 0, 0 };

	for (unsigned int i = 0; i < 20000; i++) {
		struct question question;
		bool exists;

		question_make(&question, &seed);
		exists = arguments_exist(question.lists, question.n_met,
					 question.lists + question.n_met,
					 question.n - question.n_met);
		n[exists]++;
		assert_int_equal(exists, is_found(&question));
	}
	assert_in_range(n[0], 2000, 18000);
}

/* The conditions of the only entry under allow. */
static struct conjunction conditions_of(const struct policy *policy)
{
	const struct entry *entry = STAILQ_FIRST(&policy->entries[0]);

	return (struct conjunction){ entry->conditions, entry->n_conditions,
				     false };
}

static bool text_exists(const char *condition)
{
	char text[512];
	struct policy *policy;
	struct conjunction list;
	bool exists;

	snprintf(text, sizeof(text),
		 "[syscalls]\ndefault = deny\nallow = lseek(%s)\n", condition);
	policy = policy_of(text);
	list = conditions_of(policy);
	exists = arguments_exist(&list, 1, NULL, 0);
	policy_free(policy);
	return exists;
}

TEST(borders_signs_and_masks_are_told_apart)
{
	assert_true(text_exists("offset > 4 && offset < 6"));
	assert_false(text_exists("offset > 4 && offset < 5"));
	assert_true(text_exists("fd < 0 && fd == -1"));
	assert_false(text_exists("fd < 0 && fd == 1"));
	assert_true(text_exists("whence & 3 != 0 && whence & 3 != 1 && "
				"whence & 3 != 2"));
	assert_false(text_exists("whence & 3 != 0 && whence & 3 != 1 && "
				 "whence & 3 != 2 && whence & 3 != 3"));
	assert_true(text_exists("offset & 0xf0 == 0x30 && offset > 0x12345680 "
				"&& offset < 0x12345740"));
	assert_false(text_exists("offset & 0xf0 == 0x30 && offset > 0x12345680 "
				 "&& offset < 0x12345720"));
}

TEST(many_alternatives_are_decided_soon)
{
	static struct condition conditions[400];
	static struct conjunction lists[400];

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		conditions[i] = (struct condition){
			.arg = 1,
			.bits = 32,
			.comparison = CMP_EQ,
			.mask = UINT32_MAX,
			.value = i * 77,
		};
		lists[i] = (struct conjunction){ &conditions[i], 1, true };
	}
	assert_true(arguments_exist(NULL, 0, lists, ARRAY_SIZE(lists)));
	assert_false(arguments_exist(&lists[7], 1, lists, ARRAY_SIZE(lists)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_finds_what_trying_finds),
		cmocka_unit_test(borders_signs_and_masks_are_told_apart),
		cmocka_unit_test(many_alternatives_are_decided_soon),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
