#include <string.h>

#include "condition.h"
#include "satisfy.h"

#define N_ARGS	   6
#define MAX_PARTS  512	/* comparisons that are to hold at once */
#define MAX_STATES 1024 /* ways to begin an argument that differ in effect */
#define MAX_TRIES  2000

/*
 * What is this large is static where it is used, and no function here calls
 * itself by way of another: on the stack all of it would be zeroed each time.
 * Of most only the beginning is used, so how much of it is counted there.
 */

/* Comparisons of known width, all of which are to hold. */
struct parts {
	size_t n;
	unsigned int tries; /* left */
	size_t *steps;	    /* left; NULL: as many as it takes */
	struct condition list[MAX_PARTS];
};

/*
 * The high bits of an argument, as far as they matter: which comparisons have
 * seen their value's bits and nothing else. The others have been decided.
 */
struct state {
	uint64_t equal[MAX_PARTS / 64];
};

struct states {
	size_t n;
	bool is_full;
	struct state list[MAX_STATES];
};

static bool is_equal(const struct state *state, size_t part)
{
	return state->equal[part / 64] >> part % 64 & 1;
}

/* Whether PART looks at BIT of the argument. */
static bool looks_at(const struct condition *part, unsigned int bit)
{
	return bit < part->bits && part->mask >> bit & 1;
}

/* The order of the argument and PART's value by BIT, where it is DIGIT. */
static int order_at(const struct condition *part, unsigned int bit,
		    unsigned int digit)
{
	int seen = looks_at(part, bit) ? (int)digit : 0;
	int wanted = (int)(part->value >> bit & 1);

	if (!part->is_signed)
		return seen - wanted;
	if (bit >= part->bits)
		return 0;
	return bit == part->bits - 1 ? wanted - seen : seen - wanted;
}

/* Whether PART looks at no bit below, and is decided by this one. */
static bool is_last(const struct condition *part, unsigned int bit)
{
	return (part->mask | part->value) << (63 - bit) == 1ull << 63;
}

/* Adds what STATE comes to by DIGIT, unless a comparison then fails. */
static void advance(const struct parts *parts, unsigned int arg,
		    const struct state *state, unsigned int bit,
		    unsigned int digit, struct states *next)
{
	struct state after = *state;

	for (size_t i = 0; i < parts->n; i++) {
		const struct condition *part = &parts->list[i];
		int order;

		if (part->arg != arg || !is_equal(state, i))
			continue;
		order = order_at(part, bit, digit);
		if (order == 0 && !is_last(part, bit))
			continue;
		if (!comparison_holds(part->comparison, order))
			return;
		after.equal[i / 64] &= ~(1ull << i % 64);
	}
	for (size_t i = 0; i < next->n; i++) {
		if (memcmp(&next->list[i], &after, sizeof(after)) == 0)
			return;
	}
	if (next->n == MAX_STATES)
		next->is_full = true;
	else
		next->list[next->n++] = after;
}

/* Whether an undecided comparison on ARG looks at BIT. */
static bool bit_matters(const struct parts *parts, unsigned int arg,
			const struct state *state, unsigned int bit)
{
	for (size_t i = 0; i < parts->n; i++) {
		if (parts->list[i].arg == arg && is_equal(state, i) &&
		    looks_at(&parts->list[i], bit))
			return true;
	}
	return false;
}

/* Whether STATE, of a whole argument, meets all comparisons on ARG. */
static bool all_hold(const struct parts *parts, unsigned int arg,
		     const struct state *state)
{
	for (size_t i = 0; i < parts->n; i++) {
		if (parts->list[i].arg == arg && is_equal(state, i) &&
		    !comparison_holds(parts->list[i].comparison, 0))
			return false;
	}
	return true;
}

/* The bits of ARG that a comparison looks at, or compares with ones; the
 * others make no difference to any. */
static uint64_t bits_of(const struct parts *parts, unsigned int arg)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < parts->n; i++) {
		const struct condition *part = &parts->list[i];

		if (part->arg == arg)
			bits |= part->mask | part->value;
	}
	return bits;
}

/* Whether there are steps left for one state more beside N others. */
static bool take_steps(const struct parts *parts, size_t n)
{
	size_t needed = 2 * (parts->n + n);

	if (!parts->steps)
		return true;
	if (*parts->steps < needed) {
		*parts->steps = 0;
		return false;
	}
	*parts->steps -= needed;
	return true;
}

/* Whether there is a value of ARG with which all comparisons on it hold. */
static bool value_exists(const struct parts *parts, unsigned int arg)
{
	static struct states buffers[2];
	const uint64_t bits = bits_of(parts, arg);
	struct states *states = &buffers[0], *next = &buffers[1], *spare;

	states->n = 1;
	memset(&states->list[0], 0xff, sizeof(states->list[0]));
	for (unsigned int bit = 64; bit-- > 0;) {
		if (!(bits >> bit & 1))
			continue;
		next->n = 0;
		next->is_full = false;
		for (size_t i = 0; i < states->n; i++) {
			const struct state *state = &states->list[i];

			if (!take_steps(parts, next->n))
				return true;
			advance(parts, arg, state, bit, 0, next);
			if (bit_matters(parts, arg, state, bit))
				advance(parts, arg, state, bit, 1, next);
		}
		if (next->is_full)
			return true;
		spare = states;
		states = next;
		next = spare;
	}
	for (size_t i = 0; i < states->n; i++) {
		if (all_hold(parts, arg, &states->list[i]))
			return true;
	}
	return false;
}

/* What must hold: one of a conjunction's conditions, or of their contraries. */
struct clause {
	const struct condition *conditions;
	size_t n;
	bool strict;
	bool is_negated;
};

/* CONDITION on an argument of BITS bits. */
static struct condition part_of(const struct condition *condition,
				unsigned int bits, bool is_negated)
{
	struct condition part = *condition;

	/* A negative number, read by fewer bits than it was written with. */
	if (value_fits(part.value, bits))
		part.value &= bits_mask(bits);
	part.bits = bits;
	if (is_negated)
		part.comparison = comparison_contrary(part.comparison);
	return part;
}

/*
 * Adds the comparisons by which CLAUSE can be met in the way of number WAY;
 * false if that is none, or there is no room. There are two for each condition:
 * where its width is unknown, either may do.
 */
static bool clause_add(struct parts *parts, const struct clause *clause,
		       size_t way)
{
	const struct condition *c = &clause->conditions[way / 2];
	bool is_second = way % 2;
	bool either = clause->strict != clause->is_negated;

	if (parts->n + 2 > MAX_PARTS || (is_second && (c->bits || !either)))
		return false;
	if (c->bits) {
		parts->list[parts->n++] =
			part_of(c, c->bits, clause->is_negated);
		return true;
	}
	if (!either || !is_second)
		parts->list[parts->n++] = part_of(c, 32, clause->is_negated);
	if (!either || is_second)
		parts->list[parts->n++] = part_of(c, 64, clause->is_negated);
	return true;
}

/* Whether all comparisons can hold; those from FIRST on are new. */
static bool parts_meet(const struct parts *parts, size_t first)
{
	unsigned int args = 0;

	for (size_t i = first; i < parts->n; i++)
		args |= 1u << parts->list[i].arg;
	for (unsigned int arg = 0; arg < N_ARGS; arg++) {
		if (args >> arg & 1 && !value_exists(parts, arg))
			return false;
	}
	return true;
}

/* Whether the N CLAUSES can be met beside PARTS, which can be met. */
static bool clauses_meet(struct parts *parts, const struct clause *clauses,
			 size_t n)
{
	size_t before = parts->n;
	bool is_met = false;

	if (n == 0)
		return true;
	for (size_t way = 0; way < 2 * clauses->n && !is_met; way++) {
		if (before + 2 > MAX_PARTS || parts->tries == 0)
			return true;
		if (!clause_add(parts, clauses, way))
			continue;
		parts->tries--;
		is_met = parts_meet(parts, before) &&
			 clauses_meet(parts, clauses + 1, n - 1);
		parts->n = before;
	}
	return is_met;
}

/* Whether CLAUSE leaves a choice. */
static bool has_choice(const struct clause *clause)
{
	return clause->n > 1 || (clause->conditions[0].bits == 0 &&
				 clause->strict != clause->is_negated);
}

#define MAX_CLAUSES 2048

struct clauses {
	size_t n;
	struct clause list[MAX_CLAUSES];
};

/* Adds CLAUSE, at once where it leaves no choice. */
static void clause_take(struct parts *parts, struct clauses *clauses,
			struct clause clause)
{
	if (!has_choice(&clause))
		clause_add(parts, &clause, 0);
	else if (clauses->n < MAX_CLAUSES)
		clauses->list[clauses->n++] = clause;
}

static void take_met(struct parts *parts, struct clauses *clauses,
		     const struct conjunction *met)
{
	for (size_t i = 0; i < met->n; i++)
		clause_take(parts, clauses,
			    (struct clause){ &met->conditions[i], 1,
					     met->strict, false });
}

/* What is to hold: comparisons, and clauses that leave a choice. */
static bool all_meet(struct parts *parts, const struct clauses *clauses)
{
	return parts_meet(parts, 0) &&
	       clauses_meet(parts, clauses->list, clauses->n);
}

static void take_all(struct parts *parts, struct clauses *clauses,
		     const struct conjunction *met, size_t n_met)
{
	parts->n = 0;
	parts->tries = MAX_TRIES;
	parts->steps = NULL;
	clauses->n = 0;
	for (size_t i = 0; i < n_met; i++)
		take_met(parts, clauses, &met[i]);
}

/* Whether all of MET and OTHER can hold together. */
static bool meets(const struct conjunction *met, size_t n_met,
		  const struct conjunction *other)
{
	static struct clauses clauses;
	static struct parts parts;

	take_all(&parts, &clauses, met, n_met);
	take_met(&parts, &clauses, other);
	return all_meet(&parts, &clauses);
}

bool arguments_exist(const struct conjunction *met, size_t n_met,
		     const struct conjunction *unmet, size_t n_unmet)
{
	static struct clauses clauses;
	static struct parts parts;

	take_all(&parts, &clauses, met, n_met);
	if (!all_meet(&parts, &clauses))
		return false;
	if (n_unmet == 0)
		return true;
	for (size_t i = 0; i < n_unmet; i++) {
		if (unmet[i].n == 0)
			return false;
		/* What cannot hold anyway need not be kept from it. */
		if (!meets(met, n_met, &unmet[i]))
			continue;
		clause_take(&parts, &clauses,
			    (struct clause){ unmet[i].conditions, unmet[i].n,
					     unmet[i].strict, true });
	}
	return all_meet(&parts, &clauses);
}

bool conditions_meet(const struct condition *conditions, size_t n, size_t first,
		     size_t *steps)
{
	static struct parts parts;

	parts.n = 0;
	parts.steps = steps;
	for (size_t i = 0; i < n && i < MAX_PARTS; i++)
		parts.list[parts.n++] =
			part_of(&conditions[i], conditions[i].bits, false);
	return parts_meet(&parts, first);
}

bool conjunctions_overlap(const struct conjunction *a,
			  const struct conjunction *b)
{
	const struct conjunction both[] = { *a, *b };

	return arguments_exist(both, 2, NULL, 0);
}
