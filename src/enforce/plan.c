#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/verdict.h"
#include "../status.h"
#include "plan.h"

/* The rules on one call, in the order in which the first that matches holds. */
struct call {
	const struct rule *rules; /* with conditions */
	size_t n;
	enum action action; /* where none of them matches */
	int errnum;
	bool is_default; /* that is the policy's default */
};

static struct plan_rule *layer_add(struct layer *layer, uint32_t arch,
				   uint32_t nr, enum action action, int errnum)
{
	struct plan_rule *rule;

	if (layer->n == layer->max) {
		layer->max = layer->max ? 2 * layer->max : 256;
		layer->rules = reallocarray(layer->rules, layer->max,
					    sizeof(layer->rules[0]));
		if (!layer->rules)
			err(STATUS_FAILED, "memory");
	}
	rule = &layer->rules[layer->n++];
	*rule = (struct plan_rule){
		.arch = arch,
		.nr = nr,
		.action = action,
		.errnum = errnum,
	};
	return rule;
}

/* Takes TERMS over. */
static void layer_add_terms(struct layer *layer, const struct rule *of,
			    enum action action, int errnum, struct terms terms)
{
	struct plan_rule *rule =
		layer_add(layer, of->arch, of->nr, action, errnum);

	rule->is_conditional = true;
	rule->terms = terms;
}

static struct layer *main_layer(struct plan *plan)
{
	return &plan->layers[plan->n - 1];
}

/* The layer at INDEX below the main one, made if need be; NULL: too many. */
static struct layer *lower_layer(struct plan *plan, size_t index)
{
	while (plan->n < index + 2) {
		if (plan->n == MAX_LAYERS)
			return NULL;
		plan->layers[plan->n] = *main_layer(plan);
		plan->layers[plan->n - 1] =
			(struct layer){ .default_action = ACTION_ALLOW };
		plan->n++;
	}
	return &plan->layers[index];
}

static bool same_effect(const struct rule *a, enum action action, int errnum)
{
	return a->action == action && a->errnum == errnum;
}

/* A rule in the main layer, unless it says what the default says. */
static void main_rule(struct plan *plan, const struct rule *of,
		      enum action action, int errnum)
{
	struct layer *layer = main_layer(plan);

	if (layer->default_action == action && layer->default_errnum == errnum)
		return;
	layer_add(layer, of->arch, of->nr, action, errnum);
}

/* All arguments for which one of the call's rules matches. */
static struct terms matched(const struct call *call)
{
	struct terms all = { 0 };

	for (size_t i = 0; i < call->n; i++) {
		struct terms terms = terms_of_rule(&call->rules[i]);

		terms_unite(&all, &terms);
	}
	return all;
}

static struct terms unmatched(const struct call *call)
{
	struct terms within = matched(call);
	struct terms outside = terms_complement(&within);

	terms_free(&within);
	return outside;
}

/*
 * What holds where no rule matches, so that the kernel's rule (the strictest
 * layer wins) gives the rules the last word. The main layer allows what a rule
 * is to decide. Returns the first lower layer free for the rules, or -1.
 */
static int plan_otherwise(struct plan *plan, const struct call *call)
{
	const struct rule *last = &call->rules[call->n - 1];
	bool has_looser = last->action < call->action;
	bool has_equal = false;
	struct terms terms;

	for (size_t i = 0; i < call->n; i++)
		has_equal |= call->rules[i].action == call->action;
	if (!has_looser && !has_equal) {
		main_rule(plan, last, call->action, call->errnum);
		return 0;
	}
	if (has_looser && call->is_default) {
		terms = matched(call);
		layer_add_terms(main_layer(plan), last, ACTION_ALLOW, 0, terms);
		return terms.too_many ? -1 : 0;
	}
	main_rule(plan, last, ACTION_ALLOW, 0);
	if (!has_looser) {
		layer_add(lower_layer(plan, 0), last->arch, last->nr,
			  call->action, call->errnum);
		return 1;
	}
	terms = unmatched(call);
	layer_add_terms(lower_layer(plan, 0), last, call->action, call->errnum,
			terms);
	return terms.too_many ? -1 : 1;
}

/*
 * The arguments of the rule at *I, and of its looser neighbours with the same
 * effect, down to which *I moves.
 */
static struct terms terms_of_neighbours(const struct call *call, size_t *i)
{
	const struct rule *rules = call->rules;
	struct terms all = terms_of_rule(&rules[*i]);

	for (; *i > 0 &&
	       same_effect(&rules[*i - 1], rules[*i].action, rules[*i].errnum);
	     --*i) {
		struct terms terms = terms_of_rule(&rules[*i - 1]);

		terms_unite(&all, &terms);
	}
	return all;
}

/* Each action of the call in a layer of its own, the strictest last. */
static const struct rule *plan_layers(struct plan *plan,
				      const struct call *call)
{
	int index = plan_otherwise(plan, call);

	if (index < 0)
		return call->rules;
	for (size_t i = call->n; i-- > 0;) {
		const struct rule *rule = &call->rules[i];
		struct layer *layer;
		struct terms terms;

		if (rule->action == ACTION_ALLOW)
			continue;
		layer = lower_layer(plan, (size_t)index++);
		if (!layer)
			return rule;
		terms = terms_of_neighbours(call, &i);
		layer_add_terms(layer, rule, rule->action, rule->errnum, terms);
		if (terms.too_many)
			return rule;
	}
	return NULL;
}

/*
 * A single rule that is looser than what holds otherwise, and needs too many
 * terms: it holds everywhere, and what is outside goes to a layer.
 */
static const struct rule *plan_outside(struct plan *plan,
				       const struct call *call)
{
	const struct rule *only = call->rules;
	struct terms outside = terms_outside_rule(only);

	main_rule(plan, only, only->action, only->errnum);
	layer_add_terms(lower_layer(plan, 0), only, call->action, call->errnum,
			outside);
	return outside.too_many ? only : NULL;
}

/* Returns NULL, or the rule that cannot be laid out. */
static const struct rule *plan_call(struct plan *plan, const struct call *call)
{
	const struct rule *first = call->rules;
	struct terms terms;

	if (call->n == 0) {
		main_rule(plan, first, call->action, call->errnum);
		return NULL;
	}
	for (size_t i = 1; i < call->n; i++) {
		if (!same_effect(&call->rules[i], first->action, first->errnum))
			return plan_layers(plan, call);
	}
	if (!call->is_default)
		return plan_layers(plan, call);
	terms = matched(call);
	if (terms.too_many && call->n == 1 && first->action < call->action) {
		terms_free(&terms);
		return plan_outside(plan, call);
	}
	layer_add_terms(main_layer(plan), first, first->action, first->errnum,
			terms);
	return terms.too_many ? first : NULL;
}

/* The N rules on one call; the first without conditions ends them. */
static struct call call_of(const struct policy *policy,
			   const struct rule *rules, size_t n)
{
	struct call call = {
		.rules = rules,
		.action = policy->default_action,
		.errnum = policy->default_action == ACTION_DENY
				  ? policy->default_errnum
				  : 0,
		.is_default = true,
	};

	for (; call.n < n; call.n++) {
		const struct rule *rule = &rules[call.n];

		if (rule->n_conditions)
			continue;
		call.is_default = same_effect(rule, call.action, call.errnum);
		call.action = rule->action;
		call.errnum = rule->errnum;
		break;
	}
	/* What says the same under conditions says nothing. */
	while (call.n &&
	       same_effect(&rules[call.n - 1], call.action, call.errnum))
		call.n--;
	return call;
}

/* Only the ticket's execve passes; any other gets the policy's verdict. */
static void plan_ticket(struct plan *plan, const struct policy *policy,
			const struct ticket *ticket)
{
	static const uint64_t none[6];
	struct verdict verdict =
		verdict_of(policy, ticket->arch, ticket->nr, none);
	struct layer *layer = main_layer(plan);
	struct plan_rule *rule;

	if (layer->default_action == verdict.action &&
	    layer->default_errnum == verdict.errnum) {
		rule = layer_add(layer, ticket->arch, ticket->nr, ACTION_ALLOW,
				 0);
		rule->is_conditional = true;
		rule->terms.list = calloc(1, sizeof(struct term));
		if (!rule->terms.list)
			err(STATUS_FAILED, "memory");
		rule->terms.n = 1;
		rule->terms.list[0] = (struct term){
			.mask = { UINT64_MAX, UINT64_MAX, UINT64_MAX },
			.value = { ticket->path, ticket->argv, ticket->envp },
		};
		return;
	}
	if (layer->default_action >= ACTION_DENY) {
		layer_add(layer, ticket->arch, ticket->nr, ACTION_ALLOW, 0);
		layer = lower_layer(plan, 0);
	}
	rule = layer_add(layer, ticket->arch, ticket->nr, verdict.action,
			 verdict.errnum);
	rule->spares = ticket;
}

const struct rule *plan_make(struct plan *plan, const struct policy *policy,
			     const struct ticket *ticket)
{
	bool needs_ticket = ticket && ticket_needed(policy);
	const struct rule *rules = policy->rules;
	const struct rule *failed = NULL;
	size_t n;

	*plan = (struct plan){ .n = 1 };
	plan->layers[0].default_action = policy->default_action;
	if (policy->default_action == ACTION_DENY)
		plan->layers[0].default_errnum = policy->default_errnum;
	if (needs_ticket)
		plan_ticket(plan, policy, ticket);
	for (size_t i = 0; i < policy->n_rules && !failed; i += n) {
		struct call call;

		for (n = 1; i + n < policy->n_rules; n++) {
			if (rules[i + n].arch != rules[i].arch ||
			    rules[i + n].nr != rules[i].nr)
				break;
		}
		if (needs_ticket && rules[i].arch == ticket->arch &&
		    rules[i].nr == ticket->nr)
			continue;
		call = call_of(policy, &rules[i], n);
		failed = plan_call(plan, &call);
	}
	return failed;
}

void plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		struct layer *layer = &plan->layers[i];

		for (size_t j = 0; j < layer->n; j++)
			terms_free(&layer->rules[j].terms);
		free(layer->rules);
	}
	*plan = (struct plan){ 0 };
}
