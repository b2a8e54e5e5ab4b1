#include <err.h>
#include <stdlib.h>

#include "../policy/condition.h"
#include "../status.h"
#include "trial.h"

/*
 * The two words of the argument that all conditions are on, little-endian, are
 * cut where one of these can change its mind. Between the cuts the policy has
 * one verdict; in each part of a run over all values the programs have one
 * result: what a part and the cuts enclose needs only one value to be tried.
 */
enum { LOW, HIGH, N_WORDS };

struct cuts {
	uint32_t *list; /* owned; in ascending order, each once, 0 first */
	size_t n;
};

struct proof_run {
	const struct trial *trial;
	const struct rule *rules;
	size_t n_rules;
	unsigned int arg;
	const struct cuts *cuts;  /* of the words */
	struct seccomp_data data; /* architecture and number */
	size_t left;		  /* programs that are still to run */
	uint32_t result;	  /* of those that have run */
	bool *differs;
};

/* Whether C asks for the order of an argument, all of it, and a value. */
static bool is_plain(const struct condition *c)
{
	return (c->bits == 0 || c->bits == 32 || c->bits == 64) &&
	       c->mask == bits_mask(c->bits);
}

/* The argument that all conditions are on; false if there are others. */
static bool find_argument(const struct rule *rules, size_t n, unsigned int *arg)
{
	bool is_found = false;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < rules[i].n_conditions; j++) {
			const struct condition *c = &rules[i].conditions[j];

			if (!is_plain(c) || (is_found && c->arg != *arg))
				return false;
			*arg = c->arg;
			is_found = true;
		}
	}
	return is_found;
}

static int compare_cuts(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static void sort(struct cuts *cuts)
{
	size_t n = 0;

	qsort(cuts->list, cuts->n, sizeof(cuts->list[0]), compare_cuts);
	for (size_t i = 0; i < cuts->n; i++) {
		if (n == 0 || cuts->list[n - 1] != cuts->list[i])
			cuts->list[n++] = cuts->list[i];
	}
	cuts->n = n;
}

/* Before and behind each value's word, and where the sign changes. */
static struct cuts cuts_of(const struct rule *rules, size_t n,
			   unsigned int word)
{
	struct cuts cuts = { 0 };
	size_t max = 2;

	for (size_t i = 0; i < n; i++)
		max += 2 * rules[i].n_conditions;
	cuts.list = calloc(max, sizeof(cuts.list[0]));
	if (!cuts.list)
		err(STATUS_FAILED, "memory");
	cuts.list[cuts.n++] = 0;
	cuts.list[cuts.n++] = 1u << 31;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < rules[i].n_conditions; j++) {
			uint64_t value = rules[i].conditions[j].value;
			uint32_t at = (uint32_t)(value >> 32 * word);

			cuts.list[cuts.n++] = at;
			cuts.list[cuts.n++] = at + 1; /* 0 is one as well */
		}
	}
	sort(&cuts);
	return cuts;
}

/* The last cut at or before WORD. */
static size_t cut_at(const struct cuts *cuts, uint32_t word)
{
	size_t low = 0, high = cuts->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cuts->list[middle] <= word)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

/* Whether the policy wants the result for one value; see above. */
static bool prove_value(struct proof_run *run, uint32_t high, uint32_t low)
{
	uint32_t wanted;

	run->data.args[run->arg] = (uint64_t)high << 32 | low;
	wanted = trial_wanted(run->trial, &run->data,
			      verdict_among(run->trial->policy, run->rules,
					    run->n_rules,
					    (const uint64_t *)run->data.args));
	if (run->result == wanted)
		return true;
	*run->differs = true;
	return trial_differs(run->trial, &run->data, wanted, run->result);
}

/* The first word of RANGE from cut AT on; false where it is behind it. */
static bool word_from(const struct cuts *cuts, size_t at,
		      const struct range *range, uint32_t *word)
{
	if (at == cuts->n || cuts->list[at] > range->last)
		return false;
	*word = cuts->list[at] > range->first ? cuts->list[at] : range->first;
	return true;
}

static bool prove_part(struct proof_run *run, const struct box *part)
{
	const struct range *lows = &part->words[LOW];
	const struct range *highs = &part->words[HIGH];
	const size_t first_low = cut_at(&run->cuts[LOW], lows->first);
	size_t at_high = cut_at(&run->cuts[HIGH], highs->first);
	uint32_t high, low;

	for (; word_from(&run->cuts[HIGH], at_high, highs, &high); at_high++) {
		for (size_t at = first_low;
		     word_from(&run->cuts[LOW], at, lows, &low); at++) {
			if (!prove_value(run, high, low))
				return false;
		}
	}
	return true;
}

/* A box_fn: one program more has run for BOX. */
static bool prove_on(void *context, const struct box *box, uint32_t result,
		     bool saw_args)
{
	struct proof_run next = *(struct proof_run *)context;

	if (saw_args)
		return false;
	next.result = stricter(next.result, result);
	if (next.left == 0)
		return prove_part(&next, box);
	next.left--;
	return program_run_box(&next.trial->programs[next.left], &next.data,
			       box, prove_on, &next);
}

enum proof trial_prove(const struct trial *trial,
		       const struct seccomp_data *data,
		       const struct rule *rules, size_t n)
{
	bool differs = false, is_proven;
	struct cuts cuts[N_WORDS];
	struct proof_run run = {
		.trial = trial,
		.rules = rules,
		.n_rules = n,
		.cuts = cuts,
		.data = *data,
		.left = trial->n,
		.result = SECCOMP_RET_ALLOW,
		.differs = &differs,
	};
	struct box all;

	if (!find_argument(rules, n, &run.arg))
		return UNDECIDED;
	for (unsigned int i = 0; i < N_WORDS; i++) {
		cuts[i] = cuts_of(rules, n, i);
		all.words[i] = (struct range){
			.offset =
				(uint32_t)offsetof(struct seccomp_data, args) +
				8 * run.arg + 4 * i,
			.last = UINT32_MAX,
		};
	}
	is_proven = prove_on(&run, &all, SECCOMP_RET_ALLOW, false);
	for (unsigned int i = 0; i < N_WORDS; i++)
		free(cuts[i].list);
	return is_proven ? PROVEN : differs ? REFUTED : UNDECIDED;
}
