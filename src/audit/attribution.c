#include <seccomp.h>
#include <stdio.h>
#include <string.h>

#include "../policy/arguments.h"
#include "../policy/condition.h"
#include "../policy/constants.h"
#include "../policy/multiplex.h"
#include "../policy/names.h"
#include "attribution.h"

#define N_ARGS 6

/* Calls that are many calls in one, and the argument that chooses. */
static const struct {
	const char *name;
	unsigned int arg;
} multiplexers[] = {
	{ "ioctl", 1 },	     { "prctl", 0 },  { "socket", 0 },
	{ "socketpair", 0 }, { "ptrace", 0 }, { "personality", 0 },
};

/* A call as the policy files it: the rules on it, and its arguments' names. */
struct subject {
	const struct call *call;
	const struct decoded *decoded;
	const char *name; /* that a line has to speak of */
	uint32_t abi;
	const struct rule *rules;
	size_t n_rules;
	const struct argument *arguments; /* NULL: conditions cannot name any */
};

static struct subject subject_of(const struct policy *policy,
				 const struct call *call,
				 const struct decoded *decoded)
{
	struct subject subject = {
		.call = call,
		.decoded = decoded,
		.name = decoded->name,
		.abi = abi_of(call->arch, call->nr),
	};
	struct multiplex multiplex;

	subject.rules =
		rules_of(policy, subject.abi, call->nr, &subject.n_rules);
	if (strcmp(decoded->name, "socketcall") == 0 ||
	    strcmp(decoded->name, "ipc") == 0)
		subject.name = multiplexed_name(decoded->name, call->args[0]);
	/* Conditions on these allow nothing (scrun.ini(5), Architectures). */
	else if (!arguments_differ(subject.abi, decoded->name) &&
		 !multiplex_find(subject.abi, decoded->name, &multiplex))
		subject.arguments = arguments_of(decoded->name);
	return subject;
}

static bool matches(const struct subject *subject, const struct rule *rule)
{
	const uint64_t *args = subject->call->args;

	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct condition *c = &rule->conditions[i];

		if (!condition_holds(c, args[c->arg],
				     rule->action >= ACTION_DENY))
			return false;
	}
	return true;
}

/* The next of the rules on the call, behind AFTER or from the first one, that
 * an entry under ACTION's key made and that has a say on it; NULL at the end.
 */
static const struct rule *next_match(const struct subject *subject,
				     enum action action,
				     const struct rule *after)
{
	size_t i = after ? (size_t)(after - subject->rules) + 1 : 0;

	for (; i < subject->n_rules; i++) {
		const struct rule *rule = &subject->rules[i];

		/* @probed has its say only where no entry has one. */
		if (rule->rank != RANK_FALLBACK && rule->action == action &&
		    matches(subject, rule))
			return rule;
	}
	return NULL;
}

static bool is_matched(const struct subject *subject, enum action action)
{
	return next_match(subject, action, NULL);
}

/* Whether [network] denies the call: no line of [syscalls] changes that. */
static bool is_implied(const struct subject *subject)
{
	for (size_t i = 0; i < subject->n_rules; i++) {
		if (subject->rules[i].rank == RANK_IMPLIED &&
		    matches(subject, &subject->rules[i]))
			return true;
	}
	return false;
}

/* The arguments that entries allowing this call already look at: bit by bit. */
static unsigned int narrowed_args(const struct subject *subject)
{
	unsigned int args = 0;

	for (size_t i = 0; i < subject->n_rules; i++) {
		const struct rule *rule = &subject->rules[i];

		for (size_t j = 0; j < rule->n_conditions; j++) {
			if (rule->action <= ACTION_LOG)
				args |= 1u << rule->conditions[j].arg;
		}
	}
	if (args)
		return args;
	for (size_t i = 0; i < sizeof(multiplexers) / sizeof(multiplexers[0]);
	     i++) {
		if (strcmp(multiplexers[i].name, subject->decoded->name) == 0)
			return 1u << multiplexers[i].arg;
	}
	return 0;
}

/* Whether a condition "ARGUMENT == VALUE" under `allow` would hold here. */
static bool can_name(const struct subject *subject,
		     const struct argument *argument, uint64_t value)
{
	if (!argument->name[0])
		return false;
	/* Of unknown width: it must hold for 32 and for 64 bits. */
	if (argument->bits == 0)
		return value <= UINT32_MAX;
	return argument->bits <= 32 || subject->abi != SCMP_ARCH_X32;
}

/* "domain == AF_INET": by a constant's name where decoding found the one that
 * the policy knows, else by number. */
static int print_condition(char *buffer, size_t size,
			   const struct argument *argument, const char *text,
			   uint64_t value)
{
	uint64_t mask = bits_mask(argument->bits);
	uint64_t constant;

	if (constant_value(text, &constant) &&
	    (constant & mask) == (value & mask))
		return snprintf(buffer, size, "%s == %s", argument->name, text);
	return snprintf(buffer, size, "%s == 0x%llx", argument->name,
			(unsigned long long)(value & mask));
}

/* The call, with conditions on what tells it from others of its name. */
static void print_entry(const struct subject *subject, char *buffer,
			size_t size)
{
	const struct decoded *decoded = subject->decoded;
	unsigned int args = narrowed_args(subject);
	size_t used = (size_t)snprintf(buffer, size, "%s", subject->name);
	const char *before = "(";

	for (unsigned int i = 0; subject->arguments && i < N_ARGS; i++) {
		const struct argument *argument = &subject->arguments[i];
		uint64_t value = subject->call->args[i];

		if (!(args & 1u << i) || !can_name(subject, argument, value))
			continue;
		used += (size_t)snprintf(buffer + used, size - used, "%s",
					 before);
		used += (size_t)print_condition(
			buffer + used, size - used, argument,
			i < decoded->n ? decoded->args[i] : "", value);
		before = " && ";
	}
	if (*before == ' ')
		snprintf(buffer + used, size - used, ")");
}

/* Whether some line can speak of the call itself. */
static bool can_be_allowed(const struct subject *subject,
			   const struct verdict *verdict)
{
	/* Line 0 is no line of a policy: it is the audit's own (untraced.h). */
	return verdict->origin && verdict->origin->line != 0 && subject->name &&
	       syscall_number(subject->abi, subject->name) >= 0;
}

/*
 * What takes out the entries that have a say: "!socket(domain == AF_INET)"
 * each, where all are of this kind. Returns false where some are not, or not
 * all fit.
 */
static bool print_own_words(const struct subject *subject, enum action action,
			    char *buffer, size_t size)
{
	const struct rule *rule = NULL;
	size_t used = 0;

	while ((rule = next_match(subject, action, rule))) {
		const char *text = rule->origin->text;
		const char *close = strchr(text, ')');
		int length = close ? (int)(close + 1 - text) : 0;

		if (rule->rank != RANK_NAME || !close)
			return false;
		used += (size_t)snprintf(buffer + used, size - used, "%s!%.*s",
					 used ? " " : "", length, text);
		if (used >= size)
			return false;
	}
	return true;
}

void attribution_allow(const struct policy *policy, const struct call *call,
		       const struct verdict *verdict,
		       const struct decoded *decoded, char *buffer, size_t size)
{
	static const enum action strict[] = { ACTION_KILL, ACTION_DENY };
	struct subject subject = subject_of(policy, call, decoded);
	const char *before = "[syscalls] ";
	size_t used = 0;
	char entry[256];

	buffer[0] = '\0';
	if (!can_be_allowed(&subject, verdict) || is_implied(&subject))
		return;
	for (size_t i = 0; i < 2; i++) {
		if (!is_matched(&subject, strict[i]))
			continue;
		if (!print_own_words(&subject, strict[i], entry, sizeof(entry)))
			snprintf(entry, sizeof(entry), "!%s", subject.name);
		used += (size_t)snprintf(buffer + used, size - used,
					 "%s%s = %s", before,
					 action_name(strict[i]), entry);
		before = " and ";
	}
	/* Without these, it would be the default's to decide. */
	if (policy->default_action < ACTION_DENY ||
	    is_matched(&subject, ACTION_ALLOW) ||
	    is_matched(&subject, ACTION_LOG))
		return;
	print_entry(&subject, entry, sizeof(entry));
	snprintf(buffer + used, size - used, "%sallow = %s", before, entry);
}
