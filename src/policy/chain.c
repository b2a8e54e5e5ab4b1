#include <string.h>

#include "chain.h"
#include "condition.h"
#include "groups.h"

/* The call that is looked for, and the way so far. */
struct search {
	struct policy *policy;
	const char *name;
	const struct rule *rule; /* NULL: with any conditions */
	const struct entry **links;
	size_t n;
	size_t max; /* how long the way may be */
};

/* Scrun's own groups are right, and the policy's have been found to be. */
static struct group *find(struct policy *policy, const char *name)
{
	struct faults faults;
	struct group *group;

	faults_init(&faults);
	group = group_find(policy, name, &faults);
	faults_free(&faults);
	return group;
}

static bool names_call(struct policy *policy, const struct entry *member,
		       const char *name)
{
	const struct entry *inner;
	struct group *group;
	bool is_named = false;

	if (member->name[0] != '@')
		return strcmp(member->name, name) == 0;
	group = find(policy, member->name);
	if (!group)
		return false;
	STAILQ_FOREACH(inner, &group->members, next)
		is_named |= names_call(policy, inner, name);
	return is_named;
}

/* Whether one of the members behind MEMBER takes the call out again. */
static bool is_taken_out(const struct search *search,
			 const struct entry *member)
{
	for (; member; member = STAILQ_NEXT(member, next)) {
		if (member->removes && member->n_conditions == 0 &&
		    names_call(search->policy, member, search->name))
			return true;
	}
	return false;
}

static bool is_call(const struct search *search, const struct entry *member)
{
	const struct rule *rule = search->rule;

	return strcmp(member->name, search->name) == 0 &&
	       (!rule ||
		conditions_equal(member->conditions, member->n_conditions,
				 rule->conditions, rule->n_conditions));
}

/* Goes on from GROUP; false leaves the way as it was. */
static bool go(struct search *search, const char *name)
{
	const struct group *group = find(search->policy, name);
	const struct entry *member;

	if (!group || search->n == search->max)
		return false;
	search->n++;
	STAILQ_FOREACH(member, &group->members, next) {
		if (member->removes)
			continue;
		search->links[search->n - 1] = member;
		if ((member->name[0] == '@' ? go(search, member->name)
					    : is_call(search, member)) &&
		    !is_taken_out(search, member))
			return true;
	}
	search->n--;
	return false;
}

size_t chain_find(struct policy *policy, const char *group, const char *name,
		  const struct rule *rule, const struct entry *links[MAX_CHAIN])
{
	struct search search = {
		.policy = policy,
		.name = name,
		.rule = rule,
		.links = links,
	};

	for (search.max = 1; search.max <= MAX_CHAIN; search.max++) {
		if (go(&search, group))
			return search.n;
	}
	/* Other architectures cannot see all conditions as they are written. */
	return rule ? chain_find(policy, group, name, NULL, links) : 0;
}

bool group_has(struct policy *policy, const char *group, const char *name)
{
	const struct entry *links[MAX_CHAIN];

	return chain_find(policy, group, name, NULL, links) > 0;
}
