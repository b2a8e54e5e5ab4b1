#include <stdio.h>
#include <string.h>

#include "environment.h"
#include "origin.h"

#define FAULT(...) fault_add(faults, origin->file, origin->line, __VA_ARGS__)

void environment_take_clear(struct policy *policy, const struct origin *origin,
			    struct faults *faults)
{
	const struct origin *old = &policy->environment_origin;
	bool clear = strcmp(origin->text, "yes") == 0;

	if (!clear && strcmp(origin->text, "no") != 0) {
		FAULT("'clear' is yes or no, not '%s'", origin->text);
		return;
	}
	if (!origin_replaces(old, origin, faults))
		return;
	policy->environment_clear = clear;
	policy->environment_origin = *origin;
}

void environment_begin_keep(struct policy *policy, const struct origin *origin,
			    struct faults *faults)
{
	(void)faults;
	if (!policy->environment_keep_origin.file)
		policy->environment_keep_origin = *origin;
}

/* "!NAME" takes out what was gathered before. */
static void variable_remove(struct variable_list *list, const char *name)
{
	struct variable *at, *safe = STAILQ_FIRST(list);

	while ((at = safe)) {
		safe = STAILQ_NEXT(at, next);
		if (strcmp(at->name, name) == 0)
			STAILQ_REMOVE(list, at, variable, next);
	}
}

static struct variable *variable_new(struct policy *policy,
				     const struct origin *origin,
				     const char *name)
{
	struct variable *variable = policy_alloc(policy, sizeof(*variable));

	variable->origin = *origin;
	variable->name = name;
	return variable;
}

void environment_take_name(struct policy *policy, const struct origin *origin,
			   struct faults *faults)
{
	struct variable_list *list = strcmp(origin->key, "keep") == 0
					     ? &policy->environment_keep
					     : &policy->environment_unset;
	const char *name = origin->text + (origin->text[0] == '!');
	struct variable *variable;

	if (!*name || strchr(name, '=')) {
		FAULT("'%s' is no variable's name; a value belongs to 'set'",
		      origin->text);
		return;
	}
	if (name != origin->text) {
		variable_remove(list, name);
		return;
	}
	variable = variable_new(policy, origin, name);
	STAILQ_INSERT_TAIL(list, variable, next);
}

/*
 * The next word of *AT, without the double quotes in which blanks may stand,
 * and a backslash makes the next character an ordinary one. NULL at the end, or
 * with *IS_OPEN where a quote is not closed.
 */
static char *next_word(struct policy *policy, const char **at, bool *is_open)
{
	const char *from = *at + strspn(*at, " \t");
	char *word = policy_strndup(policy, from, strlen(from)), *to = word;
	bool is_quoted = false;

	if (!*from)
		return NULL;
	for (; *from && (is_quoted || !strchr(" \t", *from)); from++) {
		if (*from == '"') {
			is_quoted = !is_quoted;
			continue;
		}
		if (is_quoted && *from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
	*at = from;
	*is_open = is_quoted;
	return is_quoted ? NULL : word;
}

void environment_take_set(struct policy *policy, const struct origin *origin,
			  struct faults *faults)
{
	const char *at = origin->text;
	bool is_open = false;
	char *word, *equals;

	while ((word = next_word(policy, &at, &is_open))) {
		struct variable *variable;

		equals = strchr(word, '=');
		if (!equals || equals == word) {
			FAULT("'%s' sets no variable; write NAME=VALUE, and a "
			      "value with blanks as NAME=\"a b\"",
			      word);
			continue;
		}
		variable = variable_new(
			policy, origin,
			policy_strndup(policy, word, (size_t)(equals - word)));
		variable->assignment = word;
		variable_remove(&policy->environment_set, variable->name);
		STAILQ_INSERT_TAIL(&policy->environment_set, variable, next);
	}
	if (is_open)
		FAULT("a quote is not closed in this line: a blank and ';' "
		      "begin "
		      "a comment, even in quotes (write '\\;'); a line of "
		      "'set' "
		      "has at most 190 bytes, and the key may come again");
}
