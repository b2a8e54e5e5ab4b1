#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/condition.h"
#include "../status.h"
#include "terms.h"

#define N_ARGS	  6
#define MAX_PAIRS ((size_t)4 * MAX_TERMS)

void terms_free(struct terms *terms)
{
	free(terms->list);
	*terms = (struct terms){ 0 };
}

/* Whether all that B holds for, A holds for as well. */
static bool term_covers(const struct term *a, const struct term *b)
{
	for (unsigned int i = 0; i < N_ARGS; i++) {
		if ((a->mask[i] & ~b->mask[i]) != 0 ||
		    (b->value[i] & a->mask[i]) != a->value[i])
			return false;
	}
	return true;
}

static void terms_grow(struct terms *set)
{
	set->max = set->max ? 2 * set->max : 4;
	set->list = reallocarray(set->list, set->max, sizeof(set->list[0]));
	if (!set->list)
		err(STATUS_FAILED, "memory");
}

static void terms_add(struct terms *set, const struct term *term)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->n; i++) {
		if (term_covers(&set->list[i], term))
			return;
	}
	for (size_t i = 0; i < set->n; i++) {
		if (!term_covers(term, &set->list[i]))
			set->list[kept++] = set->list[i];
	}
	set->n = kept;
	if (set->n == MAX_TERMS) {
		set->too_many = true;
		return;
	}
	if (set->n == set->max)
		terms_grow(set);
	set->list[set->n++] = *term;
}

void terms_unite(struct terms *set, struct terms *from)
{
	for (size_t i = 0; i < from->n; i++)
		terms_add(set, &from->list[i]);
	set->too_many |= from->too_many;
	terms_free(from);
}

/* A and B, unless they contradict each other. */
static bool term_join(const struct term *a, const struct term *b,
		      struct term *both)
{
	for (unsigned int i = 0; i < N_ARGS; i++) {
		if (((a->value[i] ^ b->value[i]) & a->mask[i] & b->mask[i]) !=
		    0)
			return false;
		both->mask[i] = a->mask[i] | b->mask[i];
		both->value[i] = a->value[i] | b->value[i];
	}
	return true;
}

void terms_intersect(struct terms *set, struct terms *with)
{
	struct terms both = { .too_many = set->too_many | with->too_many };
	struct term term;

	/* Each pair is compared with all before it. */
	both.too_many |= set->n * with->n > MAX_PAIRS;

	for (size_t i = 0; i < set->n && !both.too_many; i++) {
		for (size_t j = 0; j < with->n && !both.too_many; j++) {
			if (term_join(&set->list[i], &with->list[j], &term))
				terms_add(&both, &term);
		}
	}
	terms_free(set);
	terms_free(with);
	*set = both;
}

static void add_masked(struct terms *set, unsigned int arg, uint64_t mask,
		       uint64_t value)
{
	struct term term = { 0 };

	term.mask[arg] = mask;
	term.value[arg] = value;
	terms_add(set, &term);
}

/* A value differs where one of its bits does. */
static void add_unequal(struct terms *set, unsigned int arg, uint64_t mask,
			uint64_t value)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		uint64_t one = 1ull << bit;

		if (mask & one)
			add_masked(set, arg, one, ~value & one);
	}
}

/* FIRST to LAST as blocks whose size is a power of two, each a masked value. */
static void add_range(struct terms *set, unsigned int arg, unsigned int bits,
		      uint64_t first, uint64_t last)
{
	uint64_t all = bits_mask(bits);

	for (;;) {
		uint64_t low = 0; /* the block's free bits */

		while (low != all && (first & (2 * low + 1)) == 0 &&
		       last - first >= 2 * low + 1)
			low = 2 * low + 1;
		add_masked(set, arg, all & ~low, first);
		if (last - first <= low)
			return;
		first += low + 1;
	}
}

/*
 * FIRST to LAST in the order of signed numbers, given with the sign bit
 * flipped, so that they are ordered as unsigned ones.
 */
static void add_signed_range(struct terms *set, unsigned int arg,
			     unsigned int bits, uint64_t first, uint64_t last)
{
	uint64_t sign = 1ull << (bits - 1);

	if (first < sign)
		add_range(set, arg, bits, first + sign,
			  (last < sign ? last : sign - 1) + sign);
	if (last >= sign)
		add_range(set, arg, bits, (first < sign ? sign : first) - sign,
			  last - sign);
}

static void add_order(struct terms *set, const struct condition *c,
		      unsigned int bits, uint64_t value)
{
	uint64_t all = bits_mask(bits), first = 0, last = all;

	if (c->is_signed)
		value = (value ^ (1ull << (bits - 1))) & all;
	/* Only an unsigned value can lie beyond what the width can hold. */
	if (value > all) {
		if (c->comparison == CMP_LT || c->comparison == CMP_LE)
			add_masked(set, c->arg, 0, 0);
		return;
	}
	if ((c->comparison == CMP_LT && value == 0) ||
	    (c->comparison == CMP_GT && value == all))
		return;
	if (c->comparison == CMP_LT || c->comparison == CMP_LE)
		last = c->comparison == CMP_LT ? value - 1 : value;
	else
		first = c->comparison == CMP_GT ? value + 1 : value;
	if (c->is_signed)
		add_signed_range(set, c->arg, bits, first, last);
	else
		add_range(set, c->arg, bits, first, last);
}

/* Where the condition holds if the kernel reads BITS bits. */
static struct terms terms_in(const struct condition *c, unsigned int bits)
{
	struct terms set = { 0 };
	uint64_t mask = c->mask & bits_mask(bits), value = c->value;
	bool possible;

	if (value_fits(value, bits))
		value &= bits_mask(bits);
	possible = (value & ~mask) == 0;
	if (c->comparison == CMP_EQ) {
		if (possible)
			add_masked(&set, c->arg, mask, value);
	} else if (c->comparison == CMP_NE) {
		if (possible)
			add_unequal(&set, c->arg, mask, value);
		else
			add_masked(&set, c->arg, 0, 0);
	} else {
		add_order(&set, c, bits, value);
	}
	return set;
}

static struct terms terms_of_condition(const struct condition *c, bool strict)
{
	struct terms narrow, wide;

	if (c->bits)
		return terms_in(c, c->bits);
	narrow = terms_in(c, 32);
	wide = terms_in(c, 64);
	if (strict)
		terms_unite(&narrow, &wide);
	else
		terms_intersect(&narrow, &wide);
	return narrow;
}

struct terms terms_of_rule(const struct rule *rule)
{
	struct terms set = { 0 };

	add_masked(&set, 0, 0, 0);
	for (size_t i = 0; i < rule->n_conditions; i++) {
		struct terms with = terms_of_condition(
			&rule->conditions[i], rule->action >= ACTION_DENY);

		terms_intersect(&set, &with);
	}
	return set;
}

static struct condition opposite(const struct condition *condition)
{
	static const enum comparison opposites[] = {
		[CMP_EQ] = CMP_NE, [CMP_NE] = CMP_EQ, [CMP_LT] = CMP_GE,
		[CMP_GE] = CMP_LT, [CMP_LE] = CMP_GT, [CMP_GT] = CMP_LE,
	};
	struct condition other = *condition;

	other.comparison = opposites[condition->comparison];
	return other;
}

struct terms terms_outside_rule(const struct rule *rule)
{
	bool strict = rule->action >= ACTION_DENY;
	struct terms set = { 0 };

	for (size_t i = 0; i < rule->n_conditions; i++) {
		struct condition other = opposite(&rule->conditions[i]);
		struct terms outside = terms_of_condition(&other, !strict);

		terms_unite(&set, &outside);
	}
	return set;
}

struct terms terms_complement(const struct terms *set)
{
	struct terms rest = { .too_many = set->too_many };

	add_masked(&rest, 0, 0, 0);
	for (size_t i = 0; i < set->n; i++) {
		struct terms outside = { 0 };

		for (unsigned int arg = 0; arg < N_ARGS; arg++)
			add_unequal(&outside, arg, set->list[i].mask[arg],
				    set->list[i].value[arg]);
		terms_intersect(&rest, &outside);
	}
	return rest;
}
