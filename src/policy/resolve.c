#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "condition.h"
#include "gather.h"
#include "multiplex.h"
#include "names.h"
#include "resolve.h"
#include "satisfy.h"

struct resolver {
	struct policy *policy;
	struct faults *faults;
	struct rule *rules; /* the policy's, still to be changed */
	size_t max_rules;
	/* Whether each of the policy's architectures makes some calls through
	 * another one. */
	bool multiplexes[MAX_ARCHITECTURES];
};

#define FAULT(resolver, origin, ...)                                  \
	fault_add((resolver)->faults, (origin)->file, (origin)->line, \
		  __VA_ARGS__)

/* Makes room for N rules more. */
static void rules_reserve(struct resolver *resolver, size_t n)
{
	struct policy *policy = resolver->policy;
	size_t max = 2 * resolver->max_rules;
	struct rule *rules;

	if (policy->n_rules + n <= resolver->max_rules)
		return;
	if (policy->n_rules + n > max)
		max = policy->n_rules + n;
	rules = policy_alloc(policy, max * sizeof(*rules));
	if (resolver->rules)
		memcpy(rules, resolver->rules,
		       policy->n_rules * sizeof(*rules));
	resolver->max_rules = max;
	resolver->rules = rules;
	policy->rules = rules;
}

static struct rule *rule_add(struct resolver *resolver)
{
	return &resolver->rules[resolver->policy->n_rules++];
}

/*
 * On a 32-bit architecture no parameter has more than 32 bits; on x32
 * libseccomp looks at no more of a register.
 */
const struct condition *conditions_on(struct policy *policy,
				      const struct entry *member, uint32_t arch)
{
	size_t size = member->n_conditions * sizeof(struct condition);
	struct condition *conditions;

	if (size == 0 || (!arch_is_32bit(arch) && arch != SCMP_ARCH_X32))
		return member->conditions;
	conditions = policy_alloc(policy, size);
	memcpy(conditions, member->conditions, size);
	for (size_t i = 0; i < member->n_conditions; i++) {
		struct condition *c = &conditions[i];

		if (c->bits == 16)
			continue;
		c->bits = 32;
		c->value &= UINT32_MAX;
		c->mask &= UINT32_MAX;
	}
	return conditions;
}

/*
 * Whether a filter can tell on ARCH all that MEMBER's conditions ask. Where
 * registers have 32 bits, a wider value cannot be meant; and libseccomp looks
 * at 32 bits only on x32 as well, whose registers have 64.
 */
bool conditions_visible(const struct entry *member, uint32_t arch)
{
	for (size_t i = 0; i < member->n_conditions; i++) {
		const struct condition *c = &member->conditions[i];

		if (c->is_raw) /* asks for a register, and there is one */
			continue;
		if (arguments_differ(arch, member->name))
			return false;
		if (arch_is_32bit(arch) && !value_fits(c->value, 32))
			return false;
		if (arch == SCMP_ARCH_X32 && (c->bits == 0 || c->bits > 32))
			return false;
	}
	return true;
}

static struct rule *add_rule(struct resolver *resolver,
			     const struct named_call *call, enum action action,
			     uint32_t arch, int nr)
{
	const struct entry *entry = call->entry;
	struct rule *rule = rule_add(resolver);

	*rule = (struct rule){
		.arch = arch,
		.nr = (uint32_t)nr,
		.action = action,
		.rank = entry->is_implied	? RANK_IMPLIED
			: entry->name[0] == '@' ? RANK_GROUP
						: RANK_NAME,
		.origin = &entry->origin,
	};
	if (action == ACTION_DENY)
		rule->errnum = entry->errnum ? entry->errnum : EPERM;
	return rule;
}

/*
 * Where a filter cannot see the arguments, it cannot tell conditions: who
 * denies then denies every such call, who allows on conditions allows none.
 */
static bool hidden_rule_wanted(const struct entry *member, enum action action)
{
	return member->n_conditions == 0 || action >= ACTION_DENY;
}

/* A rule on the call that MULTIPLEX describes, made through another one. */
static void add_multiplexed(struct resolver *resolver,
			    const struct named_call *call, enum action action,
			    uint32_t arch, const struct multiplex *multiplex)
{
	struct condition *selects =
		policy_alloc(resolver->policy, sizeof(*selects));
	struct rule *rule;

	*selects = (struct condition){
		.bits = 32,
		.comparison = CMP_EQ,
		.mask = multiplex->mask,
		.value = multiplex->selector,
	};
	rule = add_rule(resolver, call, action, arch, multiplex->nr);
	rule->conditions = selects;
	rule->n_conditions = 1;
}

/* Rules on all ways to make the call on the policy's architecture AT. */
static void add_rules(struct resolver *resolver, const struct named_call *call,
		      enum action action, size_t at)
{
	const struct entry *member = call->member;
	const uint32_t arch = resolver->policy->architectures[at];
	const int nr = call->numbers[at];
	struct multiplex multiplex;
	bool is_multiplexed = !member->arch && resolver->multiplexes[at] &&
			      multiplex_find(arch, member->name, &multiplex);
	struct rule *rule;

	if (member->arch && member->arch != arch)
		return;
	if (is_multiplexed || !conditions_visible(member, arch)) {
		if (!hidden_rule_wanted(member, action))
			return;
		if (nr >= 0)
			add_rule(resolver, call, action, arch, nr);
		if (is_multiplexed)
			add_multiplexed(resolver, call, action, arch,
					&multiplex);
	} else if (nr >= 0) {
		rule = add_rule(resolver, call, action, arch, nr);
		rule->n_conditions = member->n_conditions;
		rule->conditions =
			conditions_on(resolver->policy, member, arch);
	}
}

/* Whether anything lets the call through; what allows was resolved before. */
static bool is_open(const struct resolver *resolver,
		    const struct named_call *call, size_t at)
{
	const struct policy *policy = resolver->policy;
	const uint32_t arch = policy->architectures[at];
	struct multiplex multiplex = { .nr = -1 };

	if (policy->default_action < ACTION_DENY)
		return true;
	multiplex_find(arch, call->member->name, &multiplex);
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = &policy->rules[i];

		if (rule->arch == arch && rule->action < ACTION_DENY &&
		    ((int)rule->nr == call->numbers[at] ||
		     (int)rule->nr == multiplex.nr))
			return true;
	}
	return false;
}

static void resolve_calls(struct resolver *resolver,
			  const struct call_list *calls, enum action action)
{
	const struct policy *policy = resolver->policy;
	const struct named_call *call;
	size_t n = 0;

	/* And a rule more on what a call is made through. */
	STAILQ_FOREACH(call, calls, next) {
		for (size_t i = 0; i < policy->n_architectures; i++)
			n += (size_t)(call->numbers[i] >= 0) +
			     resolver->multiplexes[i];
	}
	rules_reserve(resolver, n);
	STAILQ_FOREACH(call, calls, next) {
		for (size_t i = 0; i < policy->n_architectures; i++) {
			/* What is denied anyway keeps its own reason. */
			if (!call->entry->is_implied ||
			    is_open(resolver, call, i))
				add_rules(resolver, call, action, i);
		}
	}
}

static void resolve_action(struct resolver *resolver, enum action action)
{
	struct call_list calls = STAILQ_HEAD_INITIALIZER(calls);
	struct entry *entry;

	STAILQ_FOREACH(entry, &resolver->policy->entries[action], next)
		gather(resolver->policy, entry, &calls, resolver->faults);
	resolve_calls(resolver, &calls, action);
}

/* Every call of @probed gets ENOSYS where only `default = deny` denies it. */
static void resolve_probed(struct resolver *resolver)
{
	struct policy *policy = resolver->policy;
	struct call_list calls = STAILQ_HEAD_INITIALIZER(calls);
	struct entry *probed = policy_alloc(policy, sizeof(*probed));
	size_t i = policy->n_rules;

	if (strcmp(policy->default_origin.text, "deny") != 0)
		return;
	probed->origin = policy->default_origin;
	probed->name = "@probed";
	probed->errnum = ENOSYS;
	gather(policy, probed, &calls, resolver->faults);
	resolve_calls(resolver, &calls, ACTION_DENY);
	for (; i < policy->n_rules; i++) {
		resolver->rules[i].rank = RANK_FALLBACK;
		resolver->rules[i].origin = &policy->default_origin;
	}
}

/* The order in which the first rule that matches is the one that holds. */
static int compare_rules(const void *left, const void *right)
{
	const struct rule *a = left, *b = right;

	if (a->arch != b->arch)
		return a->arch < b->arch ? -1 : 1;
	if (a->nr != b->nr)
		return a->nr < b->nr ? -1 : 1;
	if ((a->rank == RANK_FALLBACK) != (b->rank == RANK_FALLBACK))
		return a->rank == RANK_FALLBACK ? 1 : -1;
	if (a->action != b->action)
		return a->action > b->action ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank > b->rank ? -1 : 1;
	/* An entry without conditions last: it hides what follows. */
	if ((a->n_conditions == 0) != (b->n_conditions == 0))
		return a->n_conditions == 0 ? 1 : -1;
	return a->origin->line < b->origin->line
		       ? -1
		       : a->origin->line > b->origin->line;
}

static void fault_errnos(struct resolver *resolver, const struct rule *rule,
			 const struct rule *other)
{
	char *name =
		seccomp_syscall_resolve_num_arch(rule->arch, (int)rule->nr);
	char errnum[16];

	snprintf(errnum, sizeof(errnum), "%s", errno_name(rule->errnum));
	FAULT(resolver, rule->origin,
	      "'%s' denies %s with %s, and '%s' at %s:%u with %s; "
	      "take it out of one with '!%s'",
	      rule->origin->text, name ? name : "a call", errnum,
	      other->origin->text, other->origin->file, other->origin->line,
	      errno_name(other->errnum), name ? name : "call");
	free(name);
}

/* Whether both rules, which deny, can match one call. */
static bool can_meet(const struct rule *a, const struct rule *b)
{
	return conjunctions_overlap(
		&(struct conjunction){ a->conditions, a->n_conditions, true },
		&(struct conjunction){ b->conditions, b->n_conditions, true });
}

/* Two errnos for one call, neither of which has the better right. */
static void check_errnos(struct resolver *resolver, const struct rule *rule)
{
	const struct policy *policy = resolver->policy;
	const struct rule *end = policy->rules + policy->n_rules;
	const struct rule *other;

	for (other = rule + 1; other < end; other++) {
		if (other->arch != rule->arch || other->nr != rule->nr ||
		    other->action != ACTION_DENY || other->rank != rule->rank)
			return;
		if (other->errnum == rule->errnum || !can_meet(rule, other))
			continue;
		fault_errnos(resolver, other, rule);
		return;
	}
}

static void resolve_architectures(struct resolver *resolver)
{
	struct policy *policy = resolver->policy;
	uint32_t native = seccomp_arch_native();
	struct origin native_origin;

	if (policy->n_architectures == 0)
		policy->architectures[policy->n_architectures++] = native;
	for (size_t i = 0; i < policy->n_architectures; i++) {
		if (policy->architectures[i] != native)
			continue;
		native_origin = policy->architecture_origins[i];
		policy->architectures[i] = policy->architectures[0];
		policy->architecture_origins[i] =
			policy->architecture_origins[0];
		policy->architectures[0] = native;
		policy->architecture_origins[0] = native_origin;
		return;
	}
	fault_add(resolver->faults, policy->name, 0,
		  "architectures must name 'native' as well: "
		  "scrun itself starts the command by a native call");
}

void policy_resolve(struct policy *policy, struct faults *faults)
{
	struct resolver resolver = { .policy = policy, .faults = faults };
	size_t before = faults->n;

	if (policy->is_ready)
		return;
	resolve_architectures(&resolver);
	for (size_t i = 0; i < policy->n_architectures; i++)
		resolver.multiplexes[i] =
			arch_multiplexes(policy->architectures[i]);
	for (size_t i = 0; i < N_ACTIONS; i++)
		resolve_action(&resolver, (enum action)i);
	gather_unused(policy, faults);
	/* A file that cannot be read has no default either. */
	if (!policy->default_origin.file) {
		if (before == 0)
			fault_add(faults, policy->name, 0,
				  "no 'default' in [syscalls]: say what "
				  "happens to a call that no entry names");
		return;
	}
	resolve_probed(&resolver);
	if (policy->n_rules)
		qsort(resolver.rules, policy->n_rules,
		      sizeof(resolver.rules[0]), compare_rules);
	for (size_t i = 0; i < policy->n_rules; i++) {
		if (policy->rules[i].action == ACTION_DENY &&
		    policy->rules[i].rank != RANK_FALLBACK)
			check_errnos(&resolver, &policy->rules[i]);
	}
}

void policy_each_call(struct policy *policy, enum action action, call_fn *each,
		      void *context)
{
	struct call_list calls = STAILQ_HEAD_INITIALIZER(calls);
	struct entry *entry;
	struct faults faults;
	struct named_call *call;

	faults_init(&faults);
	STAILQ_FOREACH(entry, &policy->entries[action], next)
		gather(policy, entry, &calls, &faults);
	STAILQ_FOREACH(call, &calls, next)
		each(context, call->member, call->entry,
		     call_is_here(policy, call));
	faults_free(&faults);
}
