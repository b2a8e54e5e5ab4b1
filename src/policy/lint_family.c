#include <errno.h>
#include <stdio.h>

#include "family.h"
#include "groups.h"
#include "lint_kinds.h"

static bool is_denied(const struct policy *policy, const char *name)
{
	return verdict_otherwise(policy, name).action >= ACTION_DENY;
}

/*
 * The entry that denies NAME for its own sake, or NULL: the default is nobody's
 * mistake, and ENOSYS sends the program to another call on purpose.
 */
static const struct origin *denied_by(const struct policy *policy,
				      const char *name)
{
	struct verdict verdict = verdict_otherwise(policy, name);

	if (verdict.action < ACTION_DENY ||
	    verdict.origin == &policy->default_origin ||
	    (verdict.action == ACTION_DENY && verdict.errnum == ENOSYS))
		return NULL;
	return verdict.origin;
}

/* "openat, openat2": the members that stay open. */
static void open_members(const struct policy *policy,
			 const struct group *family, char *names, size_t size)
{
	const struct entry *member;
	size_t used = 0;

	names[0] = '\0';
	STAILQ_FOREACH(member, &family->members, next) {
		if (is_denied(policy, member->name) || used >= size)
			continue;
		used += (size_t)snprintf(names + used, size - used, "%s%s",
					 used ? ", " : "", member->name);
	}
}

/* Warns of the first entry that denies a part of FAMILY on purpose. */
static void lint_family(struct lint *lint, const struct group *family)
{
	const struct policy *policy = lint->policy;
	const struct entry *member;
	const struct origin *origin;
	char names[256];

	STAILQ_FOREACH(member, &family->members, next) {
		origin = denied_by(policy, member->name);
		if (!origin || family_closed_for(policy, member->name))
			continue;
		open_members(policy, family, names, sizeof(names));
		finding_add(lint, origin,
			    "'%s' denies %s, but not %s, which can do "
			    "the same; '%s' denies the whole family",
			    origin->text, member->name, names, family->name);
		return;
	}
}

/* Whether any entry denies a call for its own sake: most policies allow. */
static bool denies_on_purpose(const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = &policy->rules[i];

		if (rule->action >= ACTION_DENY && rule->errnum != ENOSYS &&
		    rule->n_conditions == 0)
			return true;
	}
	return false;
}

void lint_families(struct lint *lint)
{
	struct policy *policy = lint->policy;
	const struct group *group;

	if (!denies_on_purpose(policy))
		return;
	groups_read_all(policy, &lint->findings->texts);
	STAILQ_FOREACH(group, &policy->groups, next) {
		if (group->is_family)
			lint_family(lint, group);
	}
}
