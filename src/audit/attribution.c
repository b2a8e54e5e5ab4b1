#include <seccomp.h>
#include <stdio.h>
#include <string.h>

#include "../policy/arguments.h"
#include "../policy/condition.h"
#include "../policy/constants.h"
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

static bool is_default(const struct origin *origin)
{
	return strcmp(origin->key, "default") == 0;
}

/* The arguments that entries allowing this call already look at: bit by bit. */
static unsigned int narrowed_args(const struct policy *policy,
				  const struct call *call, const char *name)
{
	unsigned int args = 0;
	size_t n;
	const struct rule *rule = rules_of(policy, call->arch, call->nr, &n);

	for (; n > 0; n--, rule++) {
		for (size_t i = 0; i < rule->n_conditions; i++) {
			if (rule->action <= ACTION_LOG)
				args |= 1u << rule->conditions[i].arg;
		}
	}
	if (args)
		return args;
	for (size_t i = 0; i < sizeof(multiplexers) / sizeof(multiplexers[0]);
	     i++) {
		if (strcmp(multiplexers[i].name, name) == 0)
			return 1u << multiplexers[i].arg;
	}
	return 0;
}

/* "domain == AF_INET": by a constant's name where decoding found the one that
 * the policy knows, else by number. */
static int print_condition(char *buffer, size_t size,
			   const struct argument *argument, const char *text,
			   uint64_t value)
{
	uint64_t mask = bits_mask(argument->bits ? argument->bits : 32);
	uint64_t constant;

	if (constant_value(text, &constant) &&
	    (constant & mask) == (value & mask))
		return snprintf(buffer, size, "%s == %s", argument->name, text);
	return snprintf(buffer, size, "%s == 0x%llx", argument->name,
			(unsigned long long)(value & mask));
}

/* The call, with conditions on what tells it from others of its name. */
static void print_entry(const struct policy *policy, const struct call *call,
			const struct decoded *decoded, char *buffer,
			size_t size)
{
	const struct argument *arguments = arguments_of(decoded->name);
	unsigned int args = narrowed_args(policy, call, decoded->name);
	size_t used = (size_t)snprintf(buffer, size, "%s", decoded->name);
	const char *before = "(";

	for (unsigned int i = 0; arguments && i < N_ARGS; i++) {
		if (!(args & 1u << i) || !arguments[i].name)
			continue;
		used += (size_t)snprintf(buffer + used, size - used, "%s",
					 before);
		used += (size_t)print_condition(
			buffer + used, size - used, &arguments[i],
			i < decoded->n ? decoded->args[i] : "", call->args[i]);
		before = " && ";
	}
	if (*before == ' ')
		snprintf(buffer + used, size - used, ")");
}

/* Whether CALL would be denied still if no entry denied it. */
static bool is_denied_anyway(const struct policy *policy,
			     const struct call *call)
{
	size_t n;
	const struct rule *rule = rules_of(policy, call->arch, call->nr, &n);

	if (policy->default_action < ACTION_DENY)
		return false;
	for (; n > 0; n--, rule++) {
		bool holds = rule->action <= ACTION_LOG;

		for (size_t i = 0; i < rule->n_conditions; i++)
			holds &= condition_holds(
				&rule->conditions[i],
				call->args[rule->conditions[i].arg], false);
		if (holds)
			return false;
	}
	return true;
}

void attribution_allow(const struct policy *policy, const struct call *call,
		       const struct verdict *verdict,
		       const struct decoded *decoded, char *buffer, size_t size)
{
	char entry[256];

	buffer[0] = '\0';
	/* Line 0 is no line of a policy: it is the audit's own (untraced.h). */
	if (!verdict->origin || verdict->origin->line == 0 ||
	    syscall_number(call->arch, decoded->name) < 0)
		return;
	print_entry(policy, call, decoded, entry, sizeof(entry));
	if (is_default(verdict->origin))
		snprintf(buffer, size, "[syscalls] allow = %s", entry);
	else if (is_denied_anyway(policy, call))
		snprintf(buffer, size, "[syscalls] %s = !%s and allow = %s",
			 verdict->origin->key, decoded->name, entry);
	else
		snprintf(buffer, size, "[syscalls] %s = !%s",
			 verdict->origin->key, decoded->name);
}
