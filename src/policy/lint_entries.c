#include <stdlib.h>
#include <string.h>

#include "lint_kinds.h"
#include "satisfy.h"
#include "verdict.h"

/*
 * Only the policy's own lines are found fault with: one that it includes is
 * made for others as well, and is there to be overridden.
 */
static bool is_own(const struct lint *lint, const struct origin *origin)
{
	return strcmp(origin->file, lint->policy->file) == 0;
}

/* Other rules stand for an entry that nobody wrote. */
static bool is_written(const struct rule *rule)
{
	return rule->rank != RANK_FALLBACK && rule->rank != RANK_IMPLIED;
}

/* What an entry of the policy's own does, over all calls that it names. */
struct effect {
	const struct origin *origin;
	enum action action;
	const struct rule *before; /* decides otherwise, ahead of it */
	const struct origin *same; /* says the same where it is missing */
	bool is_torn;		   /* not all of them do */
	bool decides;		   /* for some call */
	bool changes;		   /* what happens to some call */
	bool must_stay;		   /* for one that is spare */
	bool is_spare;		   /* along with all others that are */
};

struct effects {
	struct effect *list;
	size_t n;
};

static struct effect *effect_of(struct effects *effects,
				const struct origin *origin)
{
	for (size_t i = effects->n; i-- > 0;) {
		if (effects->list[i].origin == origin)
			return &effects->list[i];
	}
	effects->list[effects->n] = (struct effect){ .origin = origin };
	return &effects->list[effects->n++];
}

/* The rules on one call, in their order. */
struct rules {
	const struct rule *list;
	size_t n;
	struct conjunction *conditions; /* of each */
};

static bool says_same(const struct verdict *a, const struct verdict *b)
{
	return a->action == b->action && a->errnum == b->errnum;
}

static void take_same(struct effect *effect, const struct origin *same)
{
	effect->is_torn |= effect->same && effect->same != same;
	if (!effect->same)
		effect->same = same;
}

/*
 * Takes VERDICT, which a call of the rule at INDEX has if the rule's entry is
 * missing, into EFFECT.
 */
static void take_other(struct effect *effect, const struct rules *rules,
		       size_t index, const struct verdict *verdict)
{
	struct verdict own = verdict_by(&rules->list[index]);

	if (!says_same(verdict, &own))
		effect->changes = true;
	else
		take_same(effect, verdict->origin);
}

/* What the calls for which the rule at INDEX decides are without its entry. */
static void find_changes(const struct policy *policy, const struct rules *rules,
			 size_t index, struct effect *effect,
			 struct conjunction *avoided)
{
	struct conjunction met[2] = { rules->conditions[index] };
	struct verdict verdict;
	size_t n = index;

	memcpy(avoided, rules->conditions, n * sizeof(*avoided));
	for (size_t i = index + 1; i < rules->n && !effect->changes; i++) {
		if (rules->list[i].origin == effect->origin)
			continue;
		met[1] = rules->conditions[i];
		verdict = verdict_by(&rules->list[i]);
		if (arguments_exist(met, 2, avoided, n))
			take_other(effect, rules, index, &verdict);
		avoided[n++] = rules->conditions[i];
	}
	verdict = verdict_default(policy);
	if (!effect->changes && arguments_exist(met, 1, avoided, n))
		take_other(effect, rules, index, &verdict);
}

/*
 * What decides ahead of the rule at INDEX, which never does. Where those that
 * say the same would do, no other one is the reason.
 */
static void find_before(const struct rules *rules, size_t index,
			struct effect *effect, struct conjunction *avoided)
{
	struct verdict own = verdict_by(&rules->list[index]);
	struct conjunction met[2] = { rules->conditions[index] };
	const struct rule *before = NULL;
	size_t n = 0;

	for (size_t i = 0; i < index; i++) {
		struct verdict verdict = verdict_by(&rules->list[i]);

		met[1] = rules->conditions[i];
		if (!arguments_exist(met, 2, NULL, 0))
			continue;
		if (says_same(&verdict, &own)) {
			avoided[n++] = rules->conditions[i];
			take_same(effect, verdict.origin);
		} else if (!before) {
			before = &rules->list[i];
		}
	}
	if (!effect->before && before && arguments_exist(met, 1, avoided, n))
		effect->before = before;
}

/* Whether anything but the rule at INDEX says the same for all arguments. */
static bool may_narrow(const struct policy *policy, const struct rules *rules,
		       size_t index)
{
	struct verdict own = verdict_by(&rules->list[index]);
	struct verdict other = verdict_default(policy);
	bool may = says_same(&own, &other);

	if (rules->list[index].n_conditions == 0)
		return false;
	for (size_t i = 0; i < rules->n && !may; i++) {
		other = verdict_by(&rules->list[i]);
		may = rules->list[i].n_conditions == 0 &&
		      says_same(&own, &other);
	}
	return may;
}

/* How much is to be found out: each takes longer than the one before. */
enum depth {
	DEPTH_DECIDES, /* which entries decide */
	DEPTH_NARROWS, /* and which change nothing though they may narrow */
	DEPTH_CHANGES, /* and which change nothing at all */
};

/* Takes the rule at INDEX, of the policy's own, into EFFECT. */
static void take_rule(const struct lint *lint, enum depth depth,
		      const struct rules *rules, size_t index,
		      struct effect *effect, struct conjunction *avoided)
{
	bool is_asked = depth == DEPTH_CHANGES ||
			(depth == DEPTH_NARROWS &&
			 may_narrow(lint->policy, rules, index));

	if (effect->changes || (effect->decides && depth == DEPTH_DECIDES))
		return;
	if (!arguments_exist(&rules->conditions[index], 1, rules->conditions,
			     index)) {
		find_before(rules, index, effect, avoided);
		return;
	}
	effect->decides = true;
	effect->action = rules->list[index].action;
	effect->changes = !is_asked;
	if (is_asked)
		find_changes(lint->policy, rules, index, effect, avoided);
}

/* Takes the rules on one call into EFFECTS; AVOIDED has room for all. */
static void take_call(const struct lint *lint, enum depth depth,
		      struct rules *rules, struct effects *effects,
		      struct conjunction *avoided)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = &rules->list[i];

		rules->conditions[i] = (struct conjunction){
			.conditions = rule->conditions,
			.n = rule->n_conditions,
			.strict = rule->action >= ACTION_DENY,
		};
	}
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = &rules->list[i];

		if (is_written(rule) && is_own(lint, rule->origin))
			take_rule(lint, depth, rules, i,
				  effect_of(effects, rule->origin), avoided);
	}
}

/* Whether EFFECT's entry could be left out, if nothing else is. */
static bool is_idle(const struct effect *effect)
{
	return !effect->changes && !effect->before && effect->same;
}

/* The effect of the policy's own entry at ORIGIN; NULL: there is none. */
static struct effect *effect_at(const struct effects *effects,
				const struct origin *origin)
{
	for (size_t i = 0; i < effects->n; i++) {
		if (effects->list[i].origin == origin)
			return &effects->list[i];
	}
	return NULL;
}

/*
 * Chooses what can be left out all at once: what never decides, and then what
 * leans on a single other that stays. The last go first.
 */
static void choose_spare(struct effects *effects)
{
	for (size_t i = 0; i < effects->n; i++) {
		struct effect *effect = &effects->list[i];

		effect->is_spare = is_idle(effect) && !effect->decides;
	}
	for (size_t i = effects->n; i-- > 0;) {
		struct effect *effect = &effects->list[i];
		struct effect *other = effect_at(effects, effect->same);

		if (!is_idle(effect) || !effect->decides || effect->is_torn ||
		    effect->must_stay || (other && other->is_spare))
			continue;
		effect->is_spare = true;
		if (other)
			other->must_stay = true;
	}
}

static struct effects effects_of(const struct lint *lint, enum depth depth)
{
	struct policy *policy = lint->policy;
	size_t max = policy->n_rules + 1;
	struct effects effects = {
		.list = policy_alloc(policy, max * sizeof(struct effect)),
	};
	size_t size = max * sizeof(struct conjunction);
	struct rules rules = { .conditions = policy_alloc(policy, size) };
	struct conjunction *avoided = policy_alloc(policy, size);

	for (size_t i = 0; i < policy->n_rules; i += rules.n) {
		rules.list = rules_of(policy, policy->rules[i].arch,
				      policy->rules[i].nr, &rules.n);
		take_call(lint, depth, &rules, &effects, avoided);
	}
	choose_spare(&effects);
	return effects;
}

/* The name in ENTRY, a group's with its '@', another with its architecture. */
static const char *name_in(const struct lint *lint, const struct origin *entry)
{
	const char *name = entry->text + strspn(entry->text, "?");
	size_t n = strcspn(name, "(");
	const char *errnum = strstr(name, ":E"); /* no name begins so */

	if (errnum && errnum < name + n)
		n = (size_t)(errnum - name);
	return policy_strndup(lint->policy, name, n);
}

/* Whether "!NAME" takes something out of OTHER's calls: that of one
 * architecture takes nothing from an entry for all. */
static bool takes_from(const char *name, const struct origin *other)
{
	return !strchr(name, ':') ||
	       strncmp(other->text, name, strlen(name)) == 0;
}

/* How to take ENTRY's calls out of what BEFORE is for. */
static const char *advice(const struct lint *lint, const struct origin *entry,
			  const struct rule *before)
{
	const char *name = name_in(lint, entry);

	if (!is_written(before) || !takes_from(name, before->origin))
		return "";
	return policy_printf(lint->policy,
			     "; to take it out there, write %s = !%s",
			     before->origin->key, name);
}

void lint_unreachable(struct lint *lint)
{
	struct effects effects = effects_of(lint, DEPTH_DECIDES);

	for (size_t i = 0; i < effects.n; i++) {
		const struct origin *entry = effects.list[i].origin;
		const struct rule *before = effects.list[i].before;

		if (effects.list[i].decides)
			continue;
		if (before)
			finding_add(lint, entry,
				    "%s never decides: %s at %s:%u "
				    "does%s",
				    written(lint, entry),
				    written(lint, before->origin),
				    before->origin->file, before->origin->line,
				    advice(lint, entry, before));
		else if (!effects.list[i].same)
			finding_add(lint, entry,
				    "%s never decides: no call meets all of "
				    "its conditions",
				    written(lint, entry));
	}
}

static bool has_conditions(const struct origin *entry)
{
	return strchr(entry->text, '(');
}

/* Whether EFFECT's entry allows in part what is allowed as a whole. */
static bool is_narrower(const struct effect *effect)
{
	return effect->action < ACTION_DENY && has_conditions(effect->origin) &&
	       !has_conditions(effect->same);
}

/* Whether EFFECT's entry stands in its list before the one that says the same,
 * where a '!' does not reach. */
static bool stands_before(const struct lint *lint, const struct effect *effect)
{
	const struct entry *entry;

	STAILQ_FOREACH(entry, &lint->policy->entries[effect->action], next) {
		if (&entry->origin == effect->origin)
			return true;
		if (&entry->origin == effect->same)
			return false;
	}
	return false;
}

/* How to make the conditions count. */
static const char *narrowing(const struct lint *lint,
			     const struct effect *effect)
{
	const char *name = name_in(lint, effect->origin);

	if (effect->same->text[0] != '@' || !takes_from(name, effect->same))
		return "";
	return policy_printf(lint->policy,
			     "; %swrite !%s before it, to take the call out",
			     stands_before(lint, effect)
				     ? "move it behind that one, and "
				     : "",
			     name);
}

void lint_narrows_nothing(struct lint *lint)
{
	struct effects effects = effects_of(lint, DEPTH_NARROWS);

	for (size_t i = 0; i < effects.n; i++) {
		const struct effect *effect = &effects.list[i];
		const struct origin *same = effect->same;

		if (!effect->is_spare || !is_narrower(effect))
			continue;
		finding_add(lint, effect->origin,
			    "%s narrows nothing: %s at %s:%u is for all "
			    "arguments%s",
			    written(lint, effect->origin), written(lint, same),
			    same->file, same->line, narrowing(lint, effect));
	}
}

void lint_no_effect(struct lint *lint)
{
	struct effects effects = effects_of(lint, DEPTH_CHANGES);

	for (size_t i = 0; i < effects.n; i++) {
		const struct effect *effect = &effects.list[i];

		if (effect->is_spare && !is_narrower(effect))
			finding_add(lint, effect->origin,
				    "%s changes nothing: %s at %s:%u says the "
				    "same",
				    written(lint, effect->origin),
				    written(lint, effect->same),
				    effect->same->file, effect->same->line);
	}
}

/* The entries of LIST that begin with '!' and take nothing out. */
static void lint_removals(struct lint *lint, const struct entry_list *list)
{
	const struct entry *entry;

	STAILQ_FOREACH(entry, list, next) {
		if (entry->removes && !entry->took_out && !entry->optional &&
		    is_own(lint, &entry->origin))
			finding_add(lint, &entry->origin,
				    "%s takes nothing out: '!' is for what the "
				    "same key has gathered before it",
				    written(lint, &entry->origin));
	}
}

void lint_removes_nothing(struct lint *lint)
{
	const struct policy *policy = lint->policy;
	const struct group *group;

	for (size_t i = 0; i < N_ACTIONS; i++)
		lint_removals(lint, &policy->entries[i]);
	STAILQ_FOREACH(group, &policy->groups, next) {
		if (!group->builtin)
			lint_removals(lint, &group->members);
	}
}

void lint_unused_groups(struct lint *lint)
{
	const struct group *group;

	STAILQ_FOREACH(group, &lint->policy->groups, next) {
		if (!group->builtin && !group->is_used &&
		    is_own(lint, &group->origin))
			finding_add(lint, &group->origin, "no entry uses %s",
				    group->name);
	}
}
