#include <string.h>

#include "family.h"
#include "names.h"

struct verdict verdict_otherwise(const struct policy *policy, const char *name)
{
	uint32_t arch = policy->architectures[0];
	int nr = syscall_number(arch, name);
	const struct rule *rule;
	size_t n;

	if (nr < 0) /* there is no such call */
		return verdict_unlisted();
	rule = rules_of(policy, arch, (uint32_t)nr, &n);
	for (; n > 0; n--, rule++) {
		if (rule->n_conditions == 0)
			return verdict_by(rule);
	}
	return verdict_default(policy);
}

bool family_has(const struct group *family, const char *name)
{
	const struct entry *member;

	STAILQ_FOREACH(member, &family->members, next) {
		if (strcmp(member->name, name) == 0)
			return true;
	}
	return false;
}

bool family_is_closed(const struct policy *policy, const struct group *family)
{
	const struct entry *member;

	STAILQ_FOREACH(member, &family->members, next) {
		if (verdict_otherwise(policy, member->name).action <
		    ACTION_DENY)
			return false;
	}
	return true;
}

bool family_closed_for(const struct policy *policy, const char *name)
{
	const struct group *group;

	STAILQ_FOREACH(group, &policy->groups, next) {
		if (group->is_family && family_has(group, name) &&
		    family_is_closed(policy, group))
			return true;
	}
	return false;
}
