#include <seccomp.h>
#include <string.h>

#include "ready.h"

static const struct origin *take_origins(struct policy *policy,
					 const struct ready *ready)
{
	struct origin *origins =
		policy_alloc(policy, ready->n_origins * sizeof(struct origin));
	const char *file = policy_printf(policy, "<%s>", ready->name);

	for (size_t i = 0; i < ready->n_origins; i++)
		origins[i] = (struct origin){
			.file = file,
			.line = ready->origins[i].line,
			.key = ready->origins[i].key,
			.text = ready->origins[i].text,
		};
	return origins;
}

static const struct rule *take_rules(struct policy *policy,
				     const struct ready *ready,
				     const struct origin *origins)
{
	struct rule *rules =
		policy_alloc(policy, ready->n_rules * sizeof(struct rule));

	for (size_t i = 0; i < ready->n_rules; i++) {
		const struct ready_rule *rule = &ready->rules[i];

		rules[i] = (struct rule){
			.arch = policy->architectures[0],
			.nr = rule->nr,
			.action = (enum action)rule->action,
			.errnum = rule->errnum,
			.rank = (enum rank)rule->rank,
			.n_conditions = rule->n_conditions,
			.conditions = &ready->conditions[rule->condition],
			.origin = &origins[rule->origin],
		};
	}
	return rules;
}

bool ready_take(struct policy *policy, const char *name)
{
	const struct ready *ready = ready_policies;
	const struct ready *end = ready + n_ready_policies;
	const struct origin *origins;

	while (ready < end && strcmp(ready->name, name) != 0)
		ready++;
	if (ready == end)
		return false;
	origins = take_origins(policy, ready);
	policy->is_ready = true;
	policy->default_action = ready->default_action;
	policy->default_errnum = ready->default_errnum;
	policy->default_origin = origins[0];
	policy->architectures[0] = seccomp_arch_native();
	policy->n_architectures = 1;
	policy->rules = take_rules(policy, ready, origins);
	policy->n_rules = ready->n_rules;
	return true;
}
