#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "origin.h"
#include "process.h"

#define FAULT(...) fault_add(faults, origin->file, origin->line, __VA_ARGS__)

/* What a value must be; its parser returns false where it is something else. */
typedef bool parse_fn(const char *text, long *number);

/* The whole of TEXT as a number from MIN to MAX. */
static bool parse_number(const char *text, int base, long min, long max,
			 long *number)
{
	char *end;

	if (strchr(" \t+", *text)) /* and the end, which strchr finds as well */
		return false;
	errno = 0;
	*number = strtol(text, &end, base);
	return !errno && !*end && *number >= min && *number <= max;
}

static bool parse_name(const char *text, long *number)
{
	*number = 0;
	return *text;
}

static bool parse_path(const char *text, long *number)
{
	*number = 0;
	return *text == '/' && strlen(text) < PATH_MAX;
}

static bool parse_stream(const char *text, long *number)
{
	if (strncmp(text, "append:", 7) == 0)
		return parse_path(text + 7, number);
	return strcmp(text, "null") == 0 || parse_path(text, number);
}

static bool parse_umask(const char *text, long *number)
{
	return parse_number(text, 8, 0, 0777, number);
}

static bool parse_nice(const char *text, long *number)
{
	return parse_number(text, 10, -20, 19, number);
}

static bool parse_oom(const char *text, long *number)
{
	return parse_number(text, 10, -1000, 1000, number);
}

static bool parse_yes(const char *text, long *number)
{
	*number = strcmp(text, "yes") == 0;
	return *number || strcmp(text, "no") == 0;
}

/* "SIGTERM", "TERM" */
static bool parse_signal(const char *text, long *number)
{
	const char *name = strncmp(text, "SIG", 3) == 0 ? text + 3 : text;

	for (int signal = 1; signal < NSIG; signal++) {
		const char *known = sigabbrev_np(signal);

		if (!known || strcmp(known, name) != 0)
			continue;
		*number = signal;
		return true;
	}
	return false;
}

static const struct {
	const char *name;
	parse_fn *parse;
	const char *what; /* it must be */
} table[N_SETTINGS] = {
	[SETTING_USER] = { "user", parse_name, "a user's name or number" },
	[SETTING_GROUP] = { "group", parse_name, "a group's name or number" },
	[SETTING_ROOT] = { "root", parse_path,
			   "a directory, beginning with '/'" },
	[SETTING_CHDIR] = { "chdir", parse_path,
			    "a directory, beginning with '/'" },
	[SETTING_UMASK] = { "umask", parse_umask, "octal, 0 to 777" },
	[SETTING_NICE] = { "nice", parse_nice, "a number from -20 to 19" },
	[SETTING_OOM] = { "oom_score_adj", parse_oom,
			  "a number from -1000 to 1000" },
	[SETTING_SESSION] = { "new_session", parse_yes, "yes or no" },
	[SETTING_STDIN] = { "stdin", parse_stream,
			    "null, or a file, beginning with '/'" },
	[SETTING_STDOUT] = { "stdout", parse_stream,
			     "null, a file, beginning with '/', or "
			     "append:/FILE" },
	[SETTING_STDERR] = { "stderr", parse_stream,
			     "null, a file, beginning with '/', or "
			     "append:/FILE" },
	[SETTING_CLOSE_FDS] = { "close_fds", parse_yes, "yes or no" },
	[SETTING_PDEATHSIG] = { "pdeathsig", parse_signal,
				"a signal, such as SIGTERM" },
};

static size_t index_of(const char *name)
{
	size_t i = 0;

	while (i + 1 < N_SETTINGS && strcmp(table[i].name, name) != 0)
		i++;
	return i;
}

void process_take(struct policy *policy, const struct origin *origin,
		  struct faults *faults)
{
	size_t index = index_of(origin->key);
	struct setting *old = &policy->settings[index];
	struct setting setting = { .origin = *origin };

	if (!table[index].parse(origin->text, &setting.number)) {
		FAULT("'%s' is %s, not '%s'", origin->key, table[index].what,
		      origin->text);
		return;
	}
	if (origin_replaces(&old->origin, origin, faults))
		*old = setting;
}

/* prctl(2), PR_SET_DUMPABLE: "reset to 1" by execve(2). */
void process_fault_dumpable(struct policy *policy, const struct origin *origin,
			    struct faults *faults)
{
	(void)policy;
	FAULT("'dumpable' cannot be set for a command: execve(2) sets it anew; "
	      "against core files write 'core = 0' in [limits]");
}

void process_begin_groups(struct policy *policy, const struct origin *origin,
			  struct faults *faults)
{
	(void)faults;
	if (!policy->supplementary_origin.file)
		policy->supplementary_origin = *origin;
}

void process_take_word(struct policy *policy, const struct origin *origin,
		       struct faults *faults)
{
	bool is_fd = strcmp(origin->key, "keep_fds") == 0;
	struct item *item = policy_alloc(policy, sizeof(*item));

	item->origin = *origin;
	if (is_fd &&
	    !parse_number(origin->text, 10, 3, INT_MAX, &item->number)) {
		FAULT("'keep_fds' are numbers above 2, not '%s'", origin->text);
		return;
	}
	/* At the beginning of a line it would be a key's. */
	if (!is_fd && strchr(origin->text, '=')) {
		FAULT("'%s' are groups' names or numbers, not '%s'",
		      origin->key, origin->text);
		return;
	}
	if (is_fd)
		STAILQ_INSERT_TAIL(&policy->keep_fds, item, next);
	else
		STAILQ_INSERT_TAIL(&policy->supplementary, item, next);
}
