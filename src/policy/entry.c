#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "condition.h"
#include "entry.h"
#include "names.h"

const char *entry_next_word(const char **at, size_t *length)
{
	const char *start = *at + strspn(*at, " \t");
	const char *end = start;
	int depth = 0;

	while (*end && (depth > 0 || (*end != ' ' && *end != '\t'))) {
		if (*end == '(')
			depth++;
		else if (*end == ')' && depth > 0)
			depth--;
		end++;
	}
	*at = end;
	*length = (size_t)(end - start);
	return end > start ? start : NULL;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

#define FAULT(...) fault_add(faults, origin->file, origin->line, __VA_ARGS__)

/* ":ERRNO" at AT, to the end of the text. */
static bool parse_errno(struct entry *entry, const struct origin *origin,
			const char *at, struct faults *faults)
{
	entry->errnum = errno_number(at);
	if (entry->errnum)
		return true;
	FAULT("unknown errno '%s' in '%s'; write a name of errno(3), "
	      "such as ENOSYS",
	      at, origin->text);
	return false;
}

/* "(...)" at *AT, which moves behind it. */
static bool parse_conditions(struct policy *policy, struct entry *entry,
			     const struct origin *origin, const char **at,
			     struct faults *faults)
{
	const char *close = strchr(*at, ')');
	const char *text;

	if (!close) {
		FAULT("'%s': missing ')'; an entry ends on the line it begins",
		      origin->text);
		return false;
	}
	if (entry->name[0] == '@') {
		FAULT("'%s': a group cannot have conditions, only a system "
		      "call can",
		      origin->text);
		return false;
	}
	/* Its arguments are addresses, which the program chooses. */
	if (strcmp(entry->name, "execve") == 0) {
		FAULT("'%s': conditions cannot tell one program from another; "
		      "write execve alone",
		      origin->text);
		return false;
	}
	text = policy_strndup(policy, *at + 1, (size_t)(close - *at - 1));
	*at = close + 1;
	return conditions_parse(policy, entry, text, origin, faults);
}

/* "x86:" at *AT, which moves behind it: no call has such a name. */
static uint32_t parse_arch(const char **at)
{
	const char *colon = strchr(*at, ':');
	char name[16];
	uint32_t arch;

	if (!colon || colon - *at >= (ptrdiff_t)sizeof(name))
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)(colon - *at), *at);
	arch = arch_number(name);
	if (arch)
		*at = colon + 1;
	return arch;
}

struct entry *entry_parse(struct policy *policy, const struct origin *origin,
			  struct faults *faults)
{
	struct entry *entry = policy_alloc(policy, sizeof(*entry));
	const char *at = origin->text;
	const char *name;

	entry->origin = *origin;
	for (; *at == '!' || *at == '?'; at++) {
		if (*at == '!')
			entry->removes = true;
		else
			entry->optional = true;
	}
	entry->arch = parse_arch(&at);
	name = at;
	if (*at == '@')
		at++;
	while (is_name_char(*at))
		at++;
	entry->name = policy_strndup(policy, name, (size_t)(at - name));
	if (at == name || (*name == '@' && at == name + 1)) {
		FAULT("'%s' is not a system call or @group", origin->text);
		return NULL;
	}
	if (entry->arch && *name == '@') {
		FAULT("'%s': an architecture's name stands before system "
		      "calls, not before groups",
		      origin->text);
		return NULL;
	}
	if (*at == '(' && !parse_conditions(policy, entry, origin, &at, faults))
		return NULL;
	if (*at == ':') {
		if (!parse_errno(entry, origin, at + 1, faults))
			return NULL;
	} else if (*at) {
		FAULT("'%s': unexpected '%s' after '%s'", origin->text, at,
		      entry->name);
		return NULL;
	}
	return entry;
}
