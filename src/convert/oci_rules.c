#include <err.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/condition.h"
#include "../policy/satisfy.h"
#include "../status.h"
#include "oci_rules.h"

/* All rules on one call, while they become disjoint. */
struct call {
	struct oci_rules *rules;
	const struct policy *policy;
	const char *name;
	const struct rule *first;
	size_t n; /* with conditions */
	enum action otherwise;
	int errnum;
	const struct origin *origin; /* of what is added next */
	bool too_many;
};

static bool is_default(const struct policy *policy, enum action action,
		       int errnum)
{
	return action == policy->default_action &&
	       (action != ACTION_DENY || errnum == policy->default_errnum);
}

static struct oci_rule *rules_add(struct call *call, enum action action,
				  int errnum)
{
	struct oci_rules *rules = call->rules;
	struct oci_rule *rule;

	if (rules->n == rules->max) {
		rules->max = rules->max ? 2 * rules->max : 512;
		rules->list = reallocarray(rules->list, rules->max,
					   sizeof(rules->list[0]));
		if (!rules->list)
			err(STATUS_FAILED, "memory");
	}
	rule = &rules->list[rules->n++];
	*rule = (struct oci_rule){
		.name = strdup(call->name),
		.origin = call->origin,
		.action = action,
		.errnum = action == ACTION_DENY ? errnum : 0,
	};
	if (!rule->name)
		err(STATUS_FAILED, "memory");
	return rule;
}

static bool is_everything(const struct term *term)
{
	for (unsigned int i = 0; i < 6; i++) {
		if (term->mask[i])
			return false;
	}
	return true;
}

/* A rule for each of TERMS, unless the default says the same; empties TERMS. */
static void add_terms(struct call *call, enum action action, int errnum,
		      struct terms *terms)
{
	call->too_many |= terms->too_many;
	for (size_t i = 0;
	     i < terms->n && !is_default(call->policy, action, errnum); i++) {
		struct oci_rule *rule = rules_add(call, action, errnum);

		rule->is_conditional = !is_everything(&terms->list[i]);
		rule->term = terms->list[i];
	}
	terms_free(terms);
}

/* What the rules before INDEX that do something else hold for. */
static struct terms held_before(const struct call *call, size_t index,
				enum action action, int errnum)
{
	struct terms all = { 0 };

	for (size_t i = 0; i < index; i++) {
		const struct rule *rule = &call->first[i];
		struct terms terms;

		if (rule->action == action && rule->errnum == errnum)
			continue;
		terms = terms_of_rule(rule);
		terms_unite(&all, &terms);
	}
	return all;
}

/* SET, less what rules before INDEX hold for and do otherwise. */
static void add_rest(struct call *call, size_t index, enum action action,
		     int errnum, struct terms *set)
{
	struct terms before = held_before(call, index, action, errnum);
	struct terms outside;

	if (before.n || before.too_many) {
		outside = terms_complement(&before);
		terms_intersect(set, &outside);
	}
	terms_free(&before);
	add_terms(call, action, errnum, set);
}

/* Whether a profile has operators for all that RULE asks. */
static bool is_plain(const struct rule *rule)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct condition *c = &rule->conditions[i];

		if (!c->is_raw || seen & 1u << c->arg ||
		    (c->mask != bits_mask(c->bits) && c->comparison != CMP_EQ))
			return false;
		seen |= 1u << c->arg;
	}
	return true;
}

/* Whether the rules on the call can stand in a profile as they are. */
static bool are_plain(const struct call *call)
{
	if (!is_default(call->policy, call->otherwise, call->errnum))
		return false;
	for (size_t i = 0; i < call->n; i++) {
		const struct rule *a = &call->first[i];

		if (!is_plain(a))
			return false;
		for (size_t j = 0; j < i; j++) {
			const struct rule *b = &call->first[j];

			if ((a->action != b->action ||
			     a->errnum != b->errnum) &&
			    conjunctions_overlap(
				    &(struct conjunction){ a->conditions,
							   a->n_conditions,
							   true },
				    &(struct conjunction){ b->conditions,
							   b->n_conditions,
							   true }))
				return false;
		}
	}
	return true;
}

static void add_plain(struct call *call)
{
	for (size_t i = 0; i < call->n; i++) {
		const struct rule *from = &call->first[i];
		struct oci_rule *rule;

		if (is_default(call->policy, from->action, from->errnum))
			continue;
		call->origin = from->origin;
		rule = rules_add(call, from->action, from->errnum);
		rule->is_conditional = true;
		rule->comparisons = from->conditions;
		rule->n_comparisons = from->n_conditions;
	}
}

static void lose(struct oci_rules *rules, const struct rule *first)
{
	rules->lost = reallocarray(rules->lost, rules->n_lost + 1,
				   sizeof(const struct rule *));
	if (!rules->lost)
		err(STATUS_FAILED, "memory");
	rules->lost[rules->n_lost++] = first;
}

static void add_call(struct call *call, struct faults *losses)
{
	size_t before = call->rules->n;
	struct terms all = { 0 };

	if (call->n == 0) {
		if (!is_default(call->policy, call->otherwise, call->errnum))
			rules_add(call, call->otherwise, call->errnum);
		return;
	}
	if (are_plain(call)) {
		add_plain(call);
		return;
	}
	for (size_t i = 0; i < call->n; i++) {
		const struct rule *rule = &call->first[i];
		struct terms terms = terms_of_rule(rule);

		call->origin = rule->origin;
		add_rest(call, i, rule->action, rule->errnum, &terms);
	}
	if (!is_default(call->policy, call->otherwise, call->errnum)) {
		all = terms_complement(&(struct terms){ 0 });
		add_rest(call, call->n, call->otherwise, call->errnum, &all);
	}
	if (!call->too_many)
		return;
	fault_add(losses, call->first->origin->file, call->first->origin->line,
		  "'%s': the conditions on %s are too many for a profile, "
		  "which denies it now",
		  call->first->origin->text, call->name);
	while (call->rules->n > before)
		free(call->rules->list[--call->rules->n].name);
	if (call->policy->default_action < ACTION_DENY)
		rules_add(call, ACTION_DENY, EPERM);
	lose(call->rules, call->first);
}

/* Whether an architecture before number INDEX has NAME. */
static bool is_done(const struct policy *policy, size_t index, const char *name)
{
	for (size_t i = 0; i < index; i++) {
		if (seccomp_syscall_resolve_name_arch(policy->architectures[i],
						      name) >= 0)
			return true;
	}
	return false;
}

/* The N rules on one call of architecture number INDEX. */
static void take_call(struct oci_rules *rules, const struct policy *policy,
		      size_t index, const struct rule *first, size_t n,
		      struct faults *losses)
{
	char *name =
		seccomp_syscall_resolve_num_arch(first->arch, (int)first->nr);
	struct call call = {
		.rules = rules,
		.policy = policy,
		.name = name,
		.first = first,
		.origin = first->origin,
		.otherwise = policy->default_action,
		.errnum = policy->default_errnum,
	};

	for (; call.n < n; call.n++) {
		if (first[call.n].n_conditions)
			continue;
		call.otherwise = first[call.n].action;
		call.errnum = first[call.n].errnum;
		break;
	}
	/* What says the same under conditions says nothing. */
	while (call.n && first[call.n - 1].action == call.otherwise &&
	       (call.otherwise != ACTION_DENY ||
		first[call.n - 1].errnum == call.errnum))
		call.n--;
	if (name && !is_done(policy, index, name))
		add_call(&call, losses);
	free(name);
}

void oci_rules_make(struct oci_rules *rules, const struct policy *policy,
		    struct faults *losses)
{
	*rules = (struct oci_rules){ 0 };
	for (size_t i = 0; i < policy->n_architectures; i++) {
		size_t n;

		for (size_t j = 0; j < policy->n_rules; j += n) {
			const struct rule *first = &policy->rules[j];

			for (n = 1; j + n < policy->n_rules; n++) {
				if (first[n].arch != first->arch ||
				    first[n].nr != first->nr)
					break;
			}
			if (first->arch == policy->architectures[i])
				take_call(rules, policy, i, first, n, losses);
		}
	}
}

void oci_rules_free(struct oci_rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		free(rules->list[i].name);
	free(rules->list);
	free(rules->lost);
	*rules = (struct oci_rules){ 0 };
}
