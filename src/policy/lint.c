#include <errno.h>
#include <stdio.h>

#include "family.h"
#include "groups.h"
#include "lint.h"

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
static void lint_family(const struct policy *policy, const struct group *family,
			struct faults *warnings)
{
	const struct entry *member;
	const struct origin *origin;
	char names[256];

	STAILQ_FOREACH(member, &family->members, next) {
		origin = denied_by(policy, member->name);
		if (!origin || family_closed_for(policy, member->name))
			continue;
		open_members(policy, family, names, sizeof(names));
		fault_add(warnings, origin->file, origin->line,
			  "warning: '%s' denies %s, but not %s, which can do "
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

void policy_lint(struct policy *policy, struct faults *warnings)
{
	const struct group *group;

	/* The built-in ones were checked when they were written. */
	if (policy->is_ready || !denies_on_purpose(policy))
		return;
	groups_read_all(policy, warnings);
	STAILQ_FOREACH(group, &policy->groups, next) {
		if (group->is_family)
			lint_family(policy, group, warnings);
	}
}

void policy_warn(struct policy *policy)
{
	struct faults warnings;

	faults_init(&warnings);
	policy_lint(policy, &warnings);
	faults_print(&warnings);
	faults_free(&warnings);
}
