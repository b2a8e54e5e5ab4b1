#include <seccomp.h>

#include "condition.h"
#include "names.h"
#include "verdict.h"

const char *action_name(enum action action)
{
	static const char *const names[N_ACTIONS] = {
		[ACTION_ALLOW] = "allow",
		[ACTION_LOG] = "log",
		[ACTION_DENY] = "deny",
		[ACTION_KILL] = "kill",
	};

	return names[action];
}

static bool before(const struct rule *rule, uint32_t arch, uint32_t nr)
{
	return rule->arch != arch ? rule->arch < arch : rule->nr < nr;
}

const struct rule *rules_of(const struct policy *policy, uint32_t arch,
			    uint32_t nr, size_t *n)
{
	size_t low = 0, high = policy->n_rules, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (before(&policy->rules[middle], arch, nr))
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < policy->n_rules; end++) {
		if (policy->rules[end].arch != arch ||
		    policy->rules[end].nr != nr)
			break;
	}
	*n = end - low;
	return *n ? &policy->rules[low] : NULL;
}

bool arch_is_listed(const struct policy *policy, uint32_t arch)
{
	for (size_t i = 0; i < policy->n_architectures; i++) {
		if (policy->architectures[i] == arch)
			return true;
	}
	return false;
}

static bool matches(const struct rule *rule, const uint64_t args[6])
{
	bool strict = rule->action >= ACTION_DENY;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct condition *c = &rule->conditions[i];

		if (!condition_holds(c, args[c->arg], strict))
			return false;
	}
	return true;
}

struct verdict verdict_by(const struct rule *rule)
{
	return (struct verdict){
		.action = rule->action,
		.errnum = rule->errnum,
		.origin = rule->origin,
	};
}

struct verdict verdict_default(const struct policy *policy)
{
	return (struct verdict){
		.action = policy->default_action,
		.errnum = policy->default_action == ACTION_DENY
				  ? policy->default_errnum
				  : 0,
		.origin = &policy->default_origin,
	};
}

struct verdict verdict_unlisted(void)
{
	return (struct verdict){ .action = ACTION_KILL };
}

struct verdict verdict_among(const struct policy *policy,
			     const struct rule *rules, size_t n,
			     const uint64_t args[6])
{
	for (size_t i = 0; i < n; i++) {
		if (matches(&rules[i], args))
			return verdict_by(&rules[i]);
	}
	return verdict_default(policy);
}

struct verdict verdict_of(const struct policy *policy, uint32_t arch,
			  uint32_t nr, const uint64_t args[6])
{
	const struct rule *rules;
	size_t n;

	arch = abi_of(arch, nr);
	if (!arch_is_listed(policy, arch))
		return verdict_unlisted();
	rules = rules_of(policy, arch, nr, &n);
	return verdict_among(policy, rules, n, args);
}
