#include <err.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../status.h"
#include "environment.h"

/* Whether VARIABLE, "NAME=value", is named in LIST, where "LC_*" is a pattern.
 */
static bool is_in(const struct variable_list *list, const char *variable)
{
	char *name = strndup(variable, strcspn(variable, "="));
	const struct variable *entry;

	if (!name)
		err(STATUS_FAILED, "memory");
	STAILQ_FOREACH(entry, list, next) {
		if (fnmatch(entry->name, name, 0) == 0)
			break;
	}
	free(name);
	return entry;
}

static bool is_set(const struct policy *policy, const char *variable)
{
	const struct variable *entry;

	STAILQ_FOREACH(entry, &policy->environment_set, next) {
		size_t length = strlen(entry->name);

		if (strncmp(entry->name, variable, length) == 0 &&
		    variable[length] == '=')
			return true;
	}
	return false;
}

/*
 * What libc itself takes from a set-user-ID program (its unsecvars.h;
 * ld.so(8)): with another user, it was set by somebody else.
 */
static bool is_unsafe(const char *variable)
{
	static const char *const names[] = {
		"GCONV_PATH=",
		"GETCONF_DIR=",
		"GLIBC_TUNABLES=",
		"HOSTALIASES=",
		"LD_",
		"LOCALDOMAIN=",
		"LOCPATH=",
		"MALLOC_TRACE=",
		"NIS_PATH=",
		"NLSPATH=",
		"RESOLV_HOST_CONF=",
		"RES_OPTIONS=",
		"TMPDIR=",
		"TZDIR=",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(names[i], variable, strlen(names[i])) == 0)
			return true;
	}
	return false;
}

static bool changes_user(const struct policy *policy)
{
	return policy->settings[SETTING_USER].origin.file;
}

/* Whether a variable that scrun was started with is the command's, too. */
static bool stays(const struct policy *policy, const char *variable)
{
	bool is_cleared = policy->environment_clear ||
			  policy->environment_keep_origin.file;

	if (is_set(policy, variable) ||
	    (changes_user(policy) && is_unsafe(variable)) ||
	    is_in(&policy->environment_unset, variable))
		return false;
	return !is_cleared || is_in(&policy->environment_keep, variable);
}

bool environment_changes(const struct policy *policy)
{
	return policy->environment_clear || changes_user(policy) ||
	       policy->environment_keep_origin.file ||
	       !STAILQ_EMPTY(&policy->environment_unset) ||
	       !STAILQ_EMPTY(&policy->environment_set);
}

void environment_apply(const struct policy *policy)
{
	const struct variable *entry;
	size_t n = 0, max = 1;
	char **made;

	if (!environment_changes(policy))
		return;
	for (char **old = environ; old && *old; old++)
		max++;
	STAILQ_FOREACH(entry, &policy->environment_set, next)
		max++;
	made = calloc(max, sizeof(made[0]));
	if (!made)
		err(STATUS_FAILED, "memory");
	for (char **old = environ; old && *old; old++) {
		if (stays(policy, *old))
			made[n++] = *old;
	}
	STAILQ_FOREACH(entry, &policy->environment_set, next)
		made[n++] = entry->assignment;
	environ = made;
}
