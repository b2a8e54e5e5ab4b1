#include "../policy/condition.h"
#include "plan.h"
#include "probes.h"
#include "prove.h"
#include "trial.h"

/* How many combinations of arguments a call is tried with at most. */
#define MAX_TRIES 4096

/* A call whose verdict depends on its arguments. */
struct call {
	struct program rests[MAX_LAYERS]; /* what the arguments decide */
	struct trial trial;		  /* of these */
	const struct rule *rules;
	size_t n_rules;
	struct probes probes[N_ARGS];
	struct seccomp_data data; /* with the arguments tried last */
};

/* All that is tried has the same rules, and the same way to the rests. */
static bool try_once(const struct call *call)
{
	const uint64_t *args = (const uint64_t *)call->data.args;

	return trial_holds(&call->trial, &call->data,
			   verdict_among(call->trial.policy, call->rules,
					 call->n_rules, args));
}

static uint64_t count_combinations(const struct call *call)
{
	uint64_t combinations = 1;

	for (unsigned int i = 0; i < N_ARGS; i++) {
		if (call->probes[i].n && combinations <= UINT32_MAX)
			combinations *= call->probes[i].n;
	}
	return combinations;
}

/* The values of a single argument can all be tried, however many. */
static uint64_t max_tries(const struct call *call)
{
	unsigned int used = 0;

	for (unsigned int i = 0; i < N_ARGS; i++)
		used += call->probes[i].n > 0;
	return used > 1 ? MAX_TRIES : UINT32_MAX;
}

/*
 * All combinations where they are few enough, else a fixed choice of them:
 * counting by a step that is odd against most numbers of combinations. What no
 * condition looks at is all zeros and all ones in turn.
 */
static bool try_combinations(struct call *call)
{
	uint64_t combinations = count_combinations(call);
	uint64_t max = max_tries(call), step = 1, at = 0;

	if (combinations > max)
		step = combinations / max * 7 + 1;
	for (unsigned int try = 0; try < combinations && try < max;
	     try++, at += step) {
		uint64_t rest = at;

		for (unsigned int i = 0; i < N_ARGS; i++) {
			const struct probes *probes = &call->probes[i];

			if (probes->n == 0) {
				call->data.args[i] = try % 2 ? UINT64_MAX : 0;
				continue;
			}
			call->data.args[i] = probes->values[rest % probes->n];
			rest /= probes->n;
		}
		if (!try_once(call))
			return false;
	}
	return true;
}

/* Whether all of RULE's conditions on argument ARG hold for VALUE. */
static bool argument_meets(const struct rule *rule, unsigned int arg,
			   uint64_t value)
{
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct condition *c = &rule->conditions[i];

		if (c->arg == arg &&
		    !condition_holds(c, value, rule->action >= ACTION_DENY))
			return false;
	}
	return true;
}

/* Arguments that RULE matches, as far as the probes have them. */
static void satisfy(struct call *call, const struct rule *rule)
{
	for (unsigned int i = 0; i < N_ARGS; i++) {
		const struct probes *probes = &call->probes[i];
		size_t j = 0;

		while (j < probes->n &&
		       !argument_meets(rule, i, probes->values[j]))
			j++;
		call->data.args[i] = j < probes->n ? probes->values[j] : 0;
	}
}

/* Each argument in turn goes through its values while RULE holds. */
static bool try_around(struct call *call, const struct rule *rule)
{
	satisfy(call, rule);
	for (unsigned int i = 0; i < N_ARGS; i++) {
		const uint64_t kept = call->data.args[i];

		for (size_t j = 0; j < call->probes[i].n; j++) {
			call->data.args[i] = call->probes[i].values[j];
			if (!try_once(call))
				return false;
		}
		call->data.args[i] = kept;
	}
	return true;
}

static bool try_all(struct call *call)
{
	bool is_choice = count_combinations(call) > max_tries(call);

	/* A choice of combinations may miss the neighbourhood of a rule. */
	for (size_t i = 0; is_choice && i < call->n_rules; i++) {
		if (!try_around(call, &call->rules[i]))
			return false;
	}
	return try_combinations(call);
}

bool trial_arguments(const struct trial *trial, uint32_t arch, uint32_t nr,
		     const struct rule *rules, size_t n)
{
	struct call call = {
		.trial = *trial,
		.rules = rules,
		.n_rules = n,
		.data = { .nr = (int)nr, .arch = arch },
	};
	enum proof proof;
	bool holds;

	for (size_t i = 0; i < trial->n; i++)
		call.rests[i] = program_rest(&trial->programs[i], &call.data);
	call.trial.programs = call.rests;
	proof = trial_prove(&call.trial, &call.data, rules, n);
	if (proof == UNDECIDED && trial->steps)
		proof = prove(&call.trial, &call.data, rules, n);
	if (proof != UNDECIDED)
		return proof == PROVEN;
	probes_gather(call.probes, call.rests, trial->n, &call.data, rules, n);
	holds = try_all(&call);
	probes_free(call.probes);
	return holds;
}
