#include <err.h>
#include <stddef.h>
#include <stdlib.h>

#include "../policy/condition.h"
#include "../status.h"
#include "probes.h"

#define N_ARGS 6

/* The gathering, for the comparisons of a program. */
struct gather {
	struct probes *probes;
	const struct rule *rules;
	size_t n_rules;
};

/* The slot of VALUE, or the empty one where it belongs. */
static uint32_t *find_slot(const struct probes *probes, uint64_t value)
{
	/* Fibonacci hashing: the product's highest bits depend on all bits. */
	size_t at = (size_t)(value * 0x9e3779b97f4a7c15ull >>
			     (64 - probes->slot_bits));
	const size_t mask = ((size_t)1 << probes->slot_bits) - 1;

	for (;; at++) {
		uint32_t *slot = &probes->slots[at & mask];

		if (*slot == 0 || probes->values[*slot - 1] == value)
			return slot;
	}
}

static void grow(struct probes *probes)
{
	probes->slot_bits = probes->slot_bits ? probes->slot_bits + 1 : 10;
	probes->max = (size_t)1 << (probes->slot_bits - 1);
	probes->values = reallocarray(probes->values, probes->max,
				      sizeof(probes->values[0]));
	free(probes->slots);
	probes->slots = calloc(2 * probes->max, sizeof(probes->slots[0]));
	if (!probes->values || !probes->slots)
		err(STATUS_FAILED, "memory");
	for (size_t i = 0; i < probes->n; i++)
		*find_slot(probes, probes->values[i]) = (uint32_t)i + 1;
}

static int compare_values(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static void probes_add(struct probes *probes, uint64_t value)
{
	uint32_t *slot;

	if (probes->n == probes->max)
		grow(probes);
	slot = find_slot(probes, value);
	if (*slot)
		return;
	probes->values[probes->n++] = value;
	*slot = (uint32_t)probes->n;
}

/* The half of a 64-bit word that a filter loads at once. */
static uint32_t half(uint64_t word, bool is_high)
{
	return (uint32_t)(is_high ? word >> 32 : word);
}

static uint64_t whole(uint32_t this, uint32_t other, bool is_high)
{
	return is_high ? (uint64_t)this << 32 | other
		       : (uint64_t)other << 32 | this;
}

/* One half of argument ARG, with what may stand in the other half. */
static void add_half(const struct gather *gather, unsigned int arg,
		     bool is_high, uint32_t value)
{
	struct probes *probes = &gather->probes[arg];

	probes_add(probes, whole(value, 0, is_high));
	probes_add(probes, whole(value, UINT32_MAX, is_high));
	for (size_t i = 0; i < gather->n_rules; i++) {
		const struct rule *rule = &gather->rules[i];

		for (size_t j = 0; j < rule->n_conditions; j++) {
			const struct condition *c = &rule->conditions[j];
			uint32_t other = half(c->value, !is_high);

			if (c->arg == arg && other != 0)
				probes_add(probes,
					   whole(value, other, is_high));
		}
	}
}

/* Whether the policy itself asks just this, so that its own values do. */
static bool is_asked(const struct gather *gather, unsigned int arg,
		     bool is_high, uint32_t mask, uint32_t value)
{
	for (size_t i = 0; i < gather->n_rules; i++) {
		const struct rule *rule = &gather->rules[i];

		for (size_t j = 0; j < rule->n_conditions; j++) {
			const struct condition *c = &rule->conditions[j];

			if (c->arg == arg && c->comparison == CMP_EQ &&
			    half(c->mask, is_high) == mask &&
			    half(c->value, is_high) == value)
				return true;
		}
	}
	return false;
}

/* A compare_fn: the values at which a program changes its mind. */
static void add_comparison(void *context, uint32_t offset, uint32_t mask,
			   uint32_t value)
{
	const struct gather *gather = context;
	uint32_t at = offset - (uint32_t)offsetof(struct seccomp_data, args);
	unsigned int arg = at / 8;
	bool is_high = at % 8 >= 4; /* little-endian, as all we run on */

	if (offset < offsetof(struct seccomp_data, args))
		return;
	add_half(gather, arg, is_high, value);
	add_half(gather, arg, is_high, value | ~mask);
	if (is_asked(gather, arg, is_high, mask, value))
		return;
	add_half(gather, arg, is_high, value + 1);
	add_half(gather, arg, is_high, value - 1);
	for (uint32_t bit = 1; bit; bit <<= 1)
		add_half(gather, arg, is_high, value ^ bit);
}

void probes_gather(struct probes probes[N_ARGS], const struct program *programs,
		   size_t n, const struct seccomp_data *data,
		   const struct rule *rules, size_t n_rules)
{
	struct gather gather = { probes, rules, n_rules };

	for (unsigned int i = 0; i < N_ARGS; i++)
		probes[i] = (struct probes){ 0 };
	for (size_t i = 0; i < n_rules; i++) {
		for (size_t j = 0; j < rules[i].n_conditions; j++) {
			const struct condition *c = &rules[i].conditions[j];
			uint64_t values[MAX_PROBES];
			size_t found = condition_probes(c, values);

			for (size_t k = 0; k < found; k++)
				probes_add(&probes[c->arg], values[k]);
		}
	}
	for (size_t i = 0; i < n; i++)
		program_comparisons(&programs[i], data, add_comparison,
				    &gather);
	for (unsigned int i = 0; i < N_ARGS; i++) {
		if (probes[i].n)
			qsort(probes[i].values, probes[i].n,
			      sizeof(probes[i].values[0]), compare_values);
	}
}

void probes_free(struct probes probes[N_ARGS])
{
	for (unsigned int i = 0; i < N_ARGS; i++) {
		free(probes[i].values);
		free(probes[i].slots);
	}
}
