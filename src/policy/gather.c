#include <string.h>

#include "condition.h"
#include "gather.h"
#include "groups.h"
#include "multiplex.h"
#include "names.h"

struct gathering {
	struct policy *policy;
	struct faults *faults;
	bool is_checking; /* groups that no entry uses */
};

#define FAULT(gathering, origin, ...)                                  \
	fault_add((gathering)->faults, (origin)->file, (origin)->line, \
		  __VA_ARGS__)

/*
 * "!name" takes out every entry of the call, "!name(...)" just that one. False
 * where there is none.
 */
static bool calls_remove(struct call_list *calls, const struct entry *member)
{
	bool took_out = false;
	struct named_call *at, *next = STAILQ_FIRST(calls);

	while ((at = next)) {
		next = STAILQ_NEXT(at, next);
		if (strcmp(at->member->name, member->name) != 0 ||
		    (member->arch && at->member->arch != member->arch) ||
		    (member->n_conditions &&
		     !conditions_equal(
			     at->member->conditions, at->member->n_conditions,
			     member->conditions, member->n_conditions)))
			continue;
		STAILQ_REMOVE(calls, at, named_call, next);
		took_out = true;
	}
	return took_out;
}

static void fault_group(struct gathering *gathering, const struct entry *member)
{
	const struct group *group;
	struct suggestion suggestion;
	char hint[80];

	groups_read_all(gathering->policy, gathering->faults);
	suggestion_init(&suggestion, member->name);
	STAILQ_FOREACH(group, &gathering->policy->groups, next)
		suggestion_try(&suggestion, group->name);
	FAULT(gathering, &member->origin, "unknown group '%s'%s", member->name,
	      suggestion_text(&suggestion, hint, sizeof(hint)));
}

static struct named_call *call_new(struct policy *policy,
				   const struct entry *member,
				   const struct entry *entry, bool optional)
{
	struct named_call *call = policy_alloc(
		policy, sizeof(*call) + policy->n_architectures *
						sizeof(call->numbers[0]));

	call->member = member;
	call->entry = entry;
	call->optional = optional;
	for (size_t i = 0; i < policy->n_architectures; i++) {
		uint32_t arch = policy->architectures[i];

		call->numbers[i] = member->arch && member->arch != arch
					   ? SYSCALL_ABSENT
					   : syscall_number(arch, member->name);
	}
	return call;
}

bool call_is_here(const struct policy *policy, const struct named_call *call)
{
	struct multiplex multiplex;

	for (size_t i = 0; i < policy->n_architectures; i++) {
		if (call->numbers[i] >= 0 ||
		    (!call->member->arch &&
		     multiplex_find(policy->architectures[i],
				    call->member->name, &multiplex)))
			return true;
	}
	return false;
}

/* Whether the call is there, or need not be. */
static bool is_known(const struct policy *policy, const struct named_call *call)
{
	const struct entry *member = call->member;

	if (call->optional || call_is_here(policy, call))
		return true;
	/* Groups serve every architecture: what is absent here is no fault. */
	return member != call->entry && !member->arch &&
	       call->numbers[0] == SYSCALL_ABSENT;
}

static void fault_call(struct gathering *gathering, const struct entry *member)
{
	uint32_t arch = gathering->policy->architectures[0];
	struct suggestion suggestion;
	char hint[80];

	if (member->arch)
		arch = member->arch;
	if (syscall_number(arch, member->name) >= 0) {
		FAULT(gathering, &member->origin,
		      "'%s': %s is not among the 'architectures', and every "
		      "call of it is killed; write '?%s' where it may not be",
		      member->origin.text, arch_name(arch),
		      member->origin.text);
		return;
	}
	if (syscall_number(arch, member->name) == SYSCALL_ABSENT) {
		FAULT(gathering, &member->origin,
		      "system call '%s' does not exist on %s; "
		      "write '?%s' where it may be absent",
		      member->name, arch_name(arch), member->origin.text);
		return;
	}
	suggestion_init(&suggestion, member->name);
	syscall_suggest(&suggestion, arch);
	FAULT(gathering, &member->origin, "unknown system call '%s'%s",
	      member->name, suggestion_text(&suggestion, hint, sizeof(hint)));
}

static void gather_entry(struct gathering *gathering, struct call_list *calls,
			 struct entry *member, const struct entry *entry,
			 bool optional);

/* All that GROUP holds, less what it takes out itself. */
static void gather_members(struct gathering *gathering, struct call_list *calls,
			   struct group *group, const struct entry *entry,
			   bool optional)
{
	struct entry *member;

	group->is_read = true;
	group->expanding = true;
	STAILQ_FOREACH(member, &group->members, next)
		gather_entry(gathering, calls, member, entry,
			     optional || member->optional);
	group->expanding = false;
}

static void gather_group(struct gathering *gathering, struct call_list *calls,
			 struct entry *member, const struct entry *entry,
			 bool optional)
{
	struct group *group =
		group_find(gathering->policy, member->name, gathering->faults);
	struct call_list inner = STAILQ_HEAD_INITIALIZER(inner);
	const struct named_call *call;

	if (!group) {
		if (!optional)
			fault_group(gathering, member);
		return;
	}
	if (group->expanding) {
		FAULT(gathering, &member->origin, "group %s contains itself",
		      group->name);
		return;
	}
	group->is_used |= !gathering->is_checking;
	gather_members(gathering, &inner, group, entry, optional);
	if (!member->removes) {
		STAILQ_CONCAT(calls, &inner);
		return;
	}
	STAILQ_FOREACH(call, &inner, next)
		member->took_out |= calls_remove(calls, call->member);
}

/*
 * Adds to CALLS what MEMBER names, or takes it out. MEMBER is ENTRY itself or
 * what its group holds, however deep.
 */
static void gather_entry(struct gathering *gathering, struct call_list *calls,
			 struct entry *member, const struct entry *entry,
			 bool optional)
{
	struct named_call *call;

	if (member->name[0] == '@') {
		gather_group(gathering, calls, member, entry, optional);
		return;
	}
	call = call_new(gathering->policy, member, entry, optional);
	if (!is_known(gathering->policy, call))
		fault_call(gathering, member);
	else if (member->removes)
		member->took_out |= calls_remove(calls, member);
	else
		STAILQ_INSERT_TAIL(calls, call, next);
}

void gather(struct policy *policy, struct entry *entry, struct call_list *calls,
	    struct faults *faults)
{
	struct gathering gathering = { policy, faults, false };

	gather_entry(&gathering, calls, entry, entry, entry->optional);
}

void gather_unused(struct policy *policy, struct faults *faults)
{
	struct gathering gathering = { policy, faults, true };
	struct group *group;

	STAILQ_FOREACH(group, &policy->groups, next) {
		struct call_list calls = STAILQ_HEAD_INITIALIZER(calls);

		if (!group->builtin && !group->is_read)
			gather_members(&gathering, &calls, group,
				       STAILQ_FIRST(&group->members), false);
	}
}
