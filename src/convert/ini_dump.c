#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/names.h"
#include "../policy/network.h"
#include "../policy/paths.h"
#include "../policy/resolve.h"
#include "../policy/verdict.h"
#include "../status.h"
#include "ini_dump.h"
#include "ini_text.h"

/* ---- System calls ---- */

/* A list while its words are gathered; each is written once. */
struct list {
	struct ini_text *ini;
	const char *key;
	char **seen; /* sorted; owned */
	size_t n;
	int errnum; /* of the group that is written; 0: no group is */
	/* Denials by groups are written as groups of their own. */
	bool by_group;
};

/* Where WORD is, or would be, among those seen. */
static size_t place_of(const struct list *list, const char *word)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(list->seen[middle], word) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Takes WORD over. */
static void list_word(struct list *list, char *word)
{
	size_t place = place_of(list, word);

	if (place < list->n && strcmp(list->seen[place], word) == 0) {
		free(word);
		return;
	}
	list->seen =
		reallocarray(list->seen, list->n + 1, sizeof(list->seen[0]));
	if (!list->seen)
		err(STATUS_FAILED, "memory");
	memmove(&list->seen[place + 1], &list->seen[place],
		(list->n - place) * sizeof(list->seen[0]));
	list->seen[place] = word;
	if (list->n++ == 0)
		ini_begin(list->ini, list->key);
	ini_word(list->ini, word);
}

/* Whether there was a word at all. */
static bool list_end(struct list *list)
{
	bool any = list->n;

	if (any)
		ini_end(list->ini);
	while (list->n)
		free(list->seen[--list->n]);
	free(list->seen);
	list->seen = NULL;
	return any;
}

/* A call_fn. "?x86:name(conditions):ERRNO", the conditions as written. */
static void take_call(void *context, const struct entry *member,
		      const struct entry *entry, bool is_here)
{
	struct list *list = context;
	const char *open = strchr(member->origin.text, '(');
	const char *close = open ? strchr(open, ')') : NULL;
	bool by_group = entry->name[0] == '@' && list->by_group;
	int errnum = entry->errnum ? entry->errnum : EPERM;
	char *word;

	/* What [network] brings comes with it again. */
	if (entry->is_implied || by_group != (list->errnum != 0) ||
	    (by_group && errnum != list->errnum))
		return;
	if (asprintf(&word, "%s%s%s%s%.*s%s%s", is_here ? "" : "?",
		     member->arch ? arch_name(member->arch) : "",
		     member->arch ? ":" : "", member->name,
		     close ? (int)(close + 1 - open) : 0, open ? open : "",
		     entry->errnum && !by_group ? ":" : "",
		     entry->errnum && !by_group ? errno_name(entry->errnum)
						: "") < 0)
		err(STATUS_FAILED, "memory");
	list_word(list, word);
}

/* Whether a call is denied by name with one errno, and by group with another:
 * the first holds, and so the second has to stay a group. */
static bool ranks_matter(const struct policy *policy)
{
	for (size_t i = 1; i < policy->n_rules; i++) {
		const struct rule *a = &policy->rules[i - 1], *b = a + 1;

		if (a->arch == b->arch && a->nr == b->nr &&
		    a->action == ACTION_DENY && b->action == ACTION_DENY &&
		    a->rank == RANK_NAME && b->rank == RANK_GROUP &&
		    a->errnum != b->errnum)
			return true;
	}
	return false;
}

/* Calls EACH for every errno that an entry of deny has. */
static unsigned char *errnos_of(const struct policy *policy)
{
	const struct entry *entry;
	unsigned char *errnos = calloc(1, 4096);

	if (!errnos)
		err(STATUS_FAILED, "memory");
	STAILQ_FOREACH(entry, &policy->entries[ACTION_DENY], next)
		errnos[entry->errnum ? entry->errnum : EPERM] = 1;
	return errnos;
}

static void dump_groups(struct ini_text *ini, struct policy *policy)
{
	unsigned char *errnos = errnos_of(policy);
	char key[32];

	fprintf(ini->to, "\n[groups]\n");
	for (int i = 1; i < 4096; i++) {
		struct list list = {
			.ini = ini,
			.key = key,
			.by_group = true,
			.errnum = i,
		};

		if (!errnos[i])
			continue;
		snprintf(key, sizeof(key), "@denied-%s", errno_name(i));
		policy_each_call(policy, ACTION_DENY, take_call, &list);
		errnos[i] = list_end(&list);
	}
	fprintf(ini->to, "\n[syscalls]\ndeny =");
	for (int i = 1; i < 4096; i++) {
		if (errnos[i])
			fprintf(ini->to, " @denied-%s:%s", errno_name(i),
				errno_name(i));
	}
	fputc('\n', ini->to);
	free(errnos);
}

static void dump_syscalls(struct ini_text *ini, struct policy *policy)
{
	bool by_group = ranks_matter(policy);

	fprintf(ini->to, "\n[syscalls]\ndefault = %s\n",
		policy->default_origin.text);
	if (policy->n_architectures > 1) {
		ini_begin(ini, "architectures");
		for (size_t i = 0; i < policy->n_architectures; i++)
			ini_word(ini, arch_name(policy->architectures[i]));
		ini_end(ini);
	}
	for (unsigned int i = 0; i < N_ACTIONS; i++) {
		struct list list = {
			.ini = ini,
			.key = action_name((enum action)i),
			.by_group = by_group && i == ACTION_DENY,
		};

		policy_each_call(policy, (enum action)i, take_call, &list);
		list_end(&list);
	}
	if (by_group)
		dump_groups(ini, policy);
}

/* ---- The other sections ---- */

/* "\n[process]\n" before the section's first key. */
static void section(struct ini_text *ini, const char *name, bool *is_begun)
{
	if (!*is_begun)
		fprintf(ini->to, "\n[%s]\n", name);
	*is_begun = true;
}

static void dump_capabilities(struct ini_text *ini, const struct policy *policy)
{
	const struct capability *capability;

	if (!policy->capability_origin.file)
		return;
	fprintf(ini->to, "\n[capabilities]\n");
	ini_begin(ini, policy->capability_mode == CAPABILITIES_KEEP ? "keep"
								    : "drop");
	STAILQ_FOREACH(capability, &policy->capabilities, next)
		ini_word(ini, capability->origin.text);
	ini_end(ini);
}

static void dump_items(struct ini_text *ini, const char *key,
		       const struct item_list *items, bool *is_begun)
{
	const struct item *item;

	section(ini, "process", is_begun);
	ini_begin(ini, key);
	STAILQ_FOREACH(item, items, next)
		ini_word(ini, item->origin.text);
	ini_end(ini);
}

static void dump_process(struct ini_text *ini, const struct policy *policy)
{
	bool is_begun = false;

	for (size_t i = 0; i < N_SETTINGS; i++) {
		const struct origin *origin = &policy->settings[i].origin;

		if (!origin->file)
			continue;
		section(ini, "process", &is_begun);
		fprintf(ini->to, "%s = %s\n", origin->key, origin->text);
	}
	if (policy->supplementary_origin.file)
		dump_items(ini, "groups", &policy->supplementary, &is_begun);
	if (!STAILQ_EMPTY(&policy->keep_fds))
		dump_items(ini, "keep_fds", &policy->keep_fds, &is_begun);
}

static void dump_names(struct ini_text *ini, const char *key,
		       const struct variable_list *list, bool *is_begun)
{
	const struct variable *variable;

	section(ini, "environment", is_begun);
	ini_begin(ini, key);
	STAILQ_FOREACH(variable, list, next)
		ini_word(ini, variable->name);
	ini_end(ini);
}

/* A name or a value of 'set', in quotes where it needs them; before a ';' or a
 * '#' there must be no blank, even so. */
static void dump_quoted(struct ini_text *ini, const char *text, size_t length)
{
	size_t plain = strcspn(text, " \t\"");
	bool is_quoted = plain < length || strchr(";#", text[0]);

	if (is_quoted)
		fputc('"', ini->to);
	for (size_t i = 0; i < length; i++) {
		if (is_quoted && strchr("\"\\;#", text[i]))
			fputc('\\', ini->to);
		fputc(text[i], ini->to);
	}
	if (is_quoted)
		fputc('"', ini->to);
}

static void dump_assignment(struct ini_text *ini, const char *text)
{
	size_t length = strcspn(text, "=");

	fprintf(ini->to, "set = ");
	dump_quoted(ini, text, length);
	fputc('=', ini->to);
	text += length + 1;
	if (*text)
		dump_quoted(ini, text, strlen(text));
	fputc('\n', ini->to);
}

static void dump_environment(struct ini_text *ini, const struct policy *policy)
{
	const struct variable *variable;
	bool is_begun = false;

	if (policy->environment_origin.file) {
		section(ini, "environment", &is_begun);
		fprintf(ini->to, "clear = %s\n",
			policy->environment_clear ? "yes" : "no");
	}
	if (policy->environment_keep_origin.file)
		dump_names(ini, "keep", &policy->environment_keep, &is_begun);
	if (!STAILQ_EMPTY(&policy->environment_unset))
		dump_names(ini, "unset", &policy->environment_unset, &is_begun);
	STAILQ_FOREACH(variable, &policy->environment_set, next) {
		section(ini, "environment", &is_begun);
		dump_assignment(ini, variable->assignment);
	}
}

static void dump_limits(struct ini_text *ini, const struct policy *policy)
{
	bool is_begun = false;

	for (size_t i = 0; i < N_LIMITS; i++) {
		const struct origin *origin = &policy->limits[i].origin;

		if (!origin->file)
			continue;
		section(ini, "limits", &is_begun);
		fprintf(ini->to, "%s = %s\n", origin->key, origin->text);
	}
}

static void dump_paths(struct ini_text *ini, const struct policy *policy)
{
	const struct path *path;

	if (!policy->paths_origin.file)
		return;
	fprintf(ini->to, "\n[paths]\n");
	for (unsigned int use = 0; use < N_PATH_USES; use++) {
		/* One key is enough to refuse what no path names. */
		if (use > 0 && STAILQ_EMPTY(&policy->paths[use]))
			continue;
		ini_begin(ini, path_key((enum path_use)use));
		STAILQ_FOREACH(path, &policy->paths[use], next)
			ini_word(ini, path->origin.text);
		ini_end(ini);
	}
}

static void dump_network(struct ini_text *ini, const struct policy *policy)
{
	const struct port *port;
	bool is_begun = false;

	for (unsigned int use = 0; use < N_PORT_USES; use++) {
		if (!policy->port_origins[use].file)
			continue;
		section(ini, "network", &is_begun);
		ini_begin(ini, port_key((enum port_use)use));
		STAILQ_FOREACH(port, &policy->ports[use], next)
			ini_word(ini, port->origin.text);
		ini_end(ini);
	}
	for (unsigned int i = 0; i < N_SCOPES; i++) {
		if (!policy->scopes[i].file)
			continue;
		section(ini, "network", &is_begun);
		fprintf(ini->to, "scope = %s\n", scope_name((enum scope)i));
	}
}

void ini_dump(FILE *to, struct policy *policy)
{
	struct ini_text ini = { .to = to };
	char head[1200];

	snprintf(head, sizeof(head),
		 "Made by scrun --dump=ini from the policy %.1000s.",
		 policy->name);
	ini_comment(&ini, head);
	dump_capabilities(&ini, policy);
	dump_syscalls(&ini, policy);
	dump_process(&ini, policy);
	dump_environment(&ini, policy);
	dump_limits(&ini, policy);
	dump_paths(&ini, policy);
	dump_network(&ini, policy);
}
