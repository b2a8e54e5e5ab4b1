#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "../policy/names.h"
#include "../policy/verdict.h"
#include "memory.h"
#include "untraced.h"

/* clone3 has one number on all architectures that have it (x32 has none). */
static bool is_clone3(const struct call *call)
{
	return call->nr == SYS_clone3;
}

uint64_t clone_flags(const struct call *call)
{
	uint64_t flags = 0;

	if (!is_clone3(call))
		return call->args[0];
	/* The first member of struct clone_args (clone(2)). */
	if (memory_read(call->pid, call->args[0], &flags, sizeof(flags)) !=
	    sizeof(flags))
		return 0;
	return flags;
}

bool untraced_clear(const struct call *call)
{
	uint64_t flags;

	if (!is_clone3(call))
		return false;
	flags = clone_flags(call);
	if (!(flags & CLONE_UNTRACED))
		return false;
	flags &= ~(uint64_t)CLONE_UNTRACED;
	return ptrace(PTRACE_POKEDATA, call->pid, call->args[0], flags) == 0;
}

/* Where a rule that denies goes among those on one call: behind what kills. */
static size_t place_of(const struct policy *policy, uint32_t arch, uint32_t nr)
{
	size_t i = 0;

	while (i < policy->n_rules) {
		const struct rule *rule = &policy->rules[i];

		if (rule->arch > arch || (rule->arch == arch && rule->nr > nr))
			break;
		if (rule->arch == arch && rule->nr == nr &&
		    rule->action < ACTION_KILL)
			break;
		i++;
	}
	return i;
}

/* Whether no entry, nor the default, lets any call of it through. */
static bool is_denied(const struct policy *policy, uint32_t arch, uint32_t nr)
{
	size_t n;
	const struct rule *rule = rules_of(policy, arch, nr, &n);

	for (; n > 0; n--, rule++) {
		if (rule->action < ACTION_DENY)
			return false;
		if (rule->n_conditions == 0)
			return true;
	}
	return policy->default_action >= ACTION_DENY;
}

static void deny_on(struct policy *policy, uint32_t arch)
{
	static const struct condition has_flag = {
		.arg = 0,
		.bits = 32,
		.comparison = CMP_EQ,
		.mask = CLONE_UNTRACED,
		.value = CLONE_UNTRACED,
	};
	static const struct origin origin = {
		.file = "<audit>",
		.key = "deny",
		.text = "clone(flags & CLONE_UNTRACED == CLONE_UNTRACED)",
	};
	/* Never looser than what the call would else get. */
	bool kills = policy->default_action == ACTION_KILL;
	int nr = syscall_number(arch, "clone");
	struct rule *rules;
	size_t place;

	if (nr < 0 || is_denied(policy, arch, (uint32_t)nr))
		return;
	place = place_of(policy, arch, (uint32_t)nr);
	rules = policy_alloc(policy, (policy->n_rules + 1) * sizeof(*rules));
	/* A policy may have none, and nowhere to copy them from. */
	if (place)
		memcpy(rules, policy->rules, place * sizeof(*rules));
	rules[place] = (struct rule){
		.arch = arch,
		.nr = (uint32_t)nr,
		.action = kills ? ACTION_KILL : ACTION_DENY,
		.errnum = kills ? 0 : EPERM,
		.rank = RANK_NAME,
		.n_conditions = 1,
		.conditions = &has_flag,
		.origin = &origin,
	};
	if (place < policy->n_rules)
		memcpy(&rules[place + 1], &policy->rules[place],
		       (policy->n_rules - place) * sizeof(*rules));
	policy->rules = rules;
	policy->n_rules++;
	policy->builtin = NULL; /* it is another policy now */
}

void untraced_deny(struct policy *policy)
{
	for (size_t i = 0; i < policy->n_architectures; i++)
		deny_on(policy, policy->architectures[i]);
}
