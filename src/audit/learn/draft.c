#include <seccomp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

#include "../../policy/chain.h"
#include "../../policy/groups.h"
#include "../../policy/message.h"
#include "../../policy/names.h"
#include "../../policy/verdict.h"
#include "../last_words.h"
#include "draft.h"
#include "implied.h"

#define COMMENT_COLUMN 40

void draft_tell(struct draft *draft, const char *format, ...)
{
	va_list args;
	char *text, *line, *escaped;
	size_t size;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0 || asprintf(&line, "%s: %s", draft->file, text) < 0)
		exhausted();
	size = 4 * strlen(line) + 4;
	escaped = malloc(size);
	if (!escaped)
		exhausted();
	message_escape(escaped, size, line, strlen(line));
	draft->tell(draft->context, escaped);
	free(escaped);
	free(line);
	free(text);
}

void draft_entry(struct draft *draft, const char *key, bool *is_first,
		 const char *entry, const char *comment)
{
	size_t indent = strlen(key) + strlen(" = ");
	int used;

	if (*is_first)
		used = fprintf(draft->text, "%s = %s", key, entry);
	else
		used = fprintf(draft->text, "%*s%s", (int)indent, "", entry);
	*is_first = false;
	if (comment)
		fprintf(draft->text, "%*s ; %s",
			used < COMMENT_COLUMN ? COMMENT_COLUMN - used : 1, "",
			comment);
	fprintf(draft->text, "\n");
	draft->n_added++;
	if (draft->old)
		draft_tell(draft, "added: %s = %s", key, entry);
}

/* ---- [capabilities] ---- */

static const struct capability *listed(const struct policy *policy, int value)
{
	const struct capability *capability;

	STAILQ_FOREACH(capability, &policy->capabilities, next) {
		if (capability->value == value)
			return capability;
	}
	return NULL;
}

/* What CAP_DAC_OVERRIDE includes need not be kept beside it. */
static bool is_needed(const struct facts *facts, int value)
{
	const struct need *needs = facts->needs;

	if (value == CAP_DAC_READ_SEARCH && needs[CAP_DAC_OVERRIDE].is_used)
		return false;
	return needs[value].example;
}

/* Whether the old policy leaves it, or takes it away on purpose. */
static bool is_settled(struct draft *draft, int value, const char *name)
{
	const struct capability *capability;

	if (!draft->old)
		return false;
	capability = listed(draft->old, value);
	if (draft->old->capability_mode == CAPABILITIES_KEEP)
		return capability;
	if (capability)
		draft_tell(draft, "not added: keep = %s: %s:%u drop = %s", name,
			   capability->origin.file, capability->origin.line,
			   capability->origin.text);
	return true;
}

void draft_capabilities(struct draft *draft, const struct facts *facts)
{
	bool is_first = true;

	for (int value = 0; value < MAX_CAPABILITIES; value++) {
		const struct need *need = &facts->needs[value];
		char *name, entry[64], comment[256];

		if (!is_needed(facts, value))
			continue;
		name = cap_to_name(value);
		if (!name)
			exhausted();
		if (!is_settled(draft, value, name)) {
			if (is_first)
				fprintf(draft->text, "\n[capabilities]\n");
			/* One that scrun lacked might be lacking again. */
			snprintf(entry, sizeof(entry), "%s%s",
				 draft->held >> value & 1 ? "" : "?", name);
			snprintf(comment, sizeof(comment), "%s%s",
				 need->is_used ? "" : "refused: ",
				 need->example);
			draft_entry(draft, "keep", &is_first, entry, comment);
		}
		cap_free(name);
	}
	if (is_first && !draft->old)
		fprintf(draft->text,
			"\n[capabilities]\n; None was needed.\nkeep =\n");
}

/* ---- [syscalls] ---- */

/* The order and the titles of the lists; a call is in the first that has it. */
static const struct {
	const char *group;
	const char *title;
} chapters[] = {
	{ "@default", "to run: memory, time, identity, threads" },
	{ "@basic-io", "open descriptors" },
	{ "@file-system", "files" },
	{ "@network-io", "sockets" },
	{ "@io-event", "waiting for descriptors" },
	{ "@process", "processes" },
	{ "@signal", "signals" },
	{ "@setuid", "becoming another user" },
	{ "@ipc", "pipes, queues and shared memory" },
	{ "@timer", "timers" },
	{ "@resources", "priorities and limits" },
	{ NULL, "other calls" },
};
#define N_CHAPTERS (sizeof(chapters) / sizeof(chapters[0]))

static struct group *group_of(struct policy *policy, const char *name)
{
	struct group *group;

	STAILQ_FOREACH(group, &policy->groups, next) {
		if (strcmp(group->name, name) == 0)
			return group;
	}
	return NULL;
}

static size_t chapter_of(struct policy *policy, const char *name)
{
	for (size_t i = 0; i + 1 < N_CHAPTERS; i++) {
		if (group_has(policy, chapters[i].group, name))
			return i;
	}
	return N_CHAPTERS - 1;
}

/* "once", "10+ times": an order of magnitude is the same each time. */
static void print_count(uint64_t count, char text[32])
{
	uint64_t power = 1;

	while (power <= count / 10)
		power *= 10;
	if (count == 1)
		snprintf(text, 32, "once");
	else if (count < 10)
		snprintf(text, 32, "twice or more");
	else
		snprintf(text, 32, "%llu+ times", (unsigned long long)power);
}

static void print_comment(const struct sight *sight, char *text, size_t size)
{
	uint64_t running = sight->counts[PHASE_RUNNING];
	char count[32];

	if (sight->is_implied) {
		snprintf(text, size, "not seen: %s", sight->example);
		return;
	}
	print_count(sight->counts[PHASE_STARTUP] + running, count);
	snprintf(text, size, "%s, %s%s: %s", running ? "running" : "startup",
		 count, sight->is_whole ? ", with too many values" : "",
		 sight->example);
}

/* ---- Whole groups ---- */

/* Of so many calls of a group nearly all can have been made, .. */
#define MIN_GROUP 3
/* ... which is nine tenths of those that this architecture has. */
#define NEARLY_ALL(n, of) (10 * (n) >= 9 * (of))

struct coverage {
	size_t n, seen;
	bool is_narrow; /* it has calls that are to be narrowed */
};

static const struct sight *sight_of(const struct seen *seen, const char *name)
{
	for (size_t i = 0; i < seen->n; i++) {
		if (strcmp(seen->sights[i].view.name, name) == 0)
			return &seen->sights[i];
	}
	return NULL;
}

static void cover(struct policy *policy, const struct group *group,
		  const struct seen *seen, struct coverage *coverage)
{
	const struct entry *member;

	STAILQ_FOREACH(member, &group->members, next) {
		const struct sight *sight;
		const struct group *inner;

		if (*member->name == '@') {
			inner = group_of(policy, member->name);
			if (inner)
				cover(policy, inner, seen, coverage);
			continue;
		}
		if (syscall_number(seccomp_arch_native(), member->name) < 0)
			continue;
		sight = sight_of(seen, member->name);
		coverage->n++;
		coverage->seen += sight && !sight->is_implied;
		coverage->is_narrow |=
			member->n_conditions > 0 || view_chooses(member->name);
	}
}

/* The group of which nearly all was seen, the largest; NULL if there is none.
 * Groups of the same size are taken as the text has them. */
static const struct group *find_group(struct draft *draft,
				      const struct seen *seen)
{
	const struct group *group, *best = NULL;
	size_t n = MIN_GROUP - 1;

	STAILQ_FOREACH(group, &draft->groups->groups, next) {
		struct coverage coverage = { 0 };

		cover(draft->groups, group, seen, &coverage);
		if (coverage.is_narrow || coverage.n <= n ||
		    !NEARLY_ALL(coverage.seen, coverage.n))
			continue;
		best = group;
		n = coverage.n;
	}
	return best;
}

/* "all but pause" */
static void print_unseen(const struct group *group, const struct seen *seen,
			 char *text, size_t size)
{
	const struct entry *member;
	size_t used = 0;

	snprintf(text, size, "all of it was seen");
	STAILQ_FOREACH(member, &group->members, next) {
		if (*member->name == '@' ||
		    syscall_number(seccomp_arch_native(), member->name) < 0 ||
		    sight_of(seen, member->name) || used >= size)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 used ? " "
					      : "nearly all of it was "
						"seen, not ",
					 member->name);
	}
}

/* Takes the members of GROUP out of what was seen. */
static void take_out(struct draft *draft, const struct group *group,
		     struct seen *seen)
{
	size_t n = 0;

	for (size_t i = 0; i < seen->n; i++) {
		struct sight *sight = &seen->sights[i];

		if (!group_has(draft->groups, group->name, sight->view.name)) {
			seen->sights[n++] = *sight;
			continue;
		}
		free(sight->entry);
		free(sight->example);
	}
	seen->n = n;
}

static void write_groups(struct draft *draft, struct seen *seen)
{
	const struct group *group;
	bool is_first = true;
	char comment[256];

	while ((group = find_group(draft, seen))) {
		if (is_first)
			fprintf(draft->text, "\n; whole groups\n");
		print_unseen(group, seen, comment, sizeof(comment));
		draft_entry(draft, "allow", &is_first, group->name, comment);
		take_out(draft, group, seen);
	}
}

static void write_chapter(struct draft *draft, const struct seen *seen,
			  size_t chapter)
{
	bool is_first = true;

	for (size_t i = 0; i < seen->n; i++) {
		const struct sight *sight = &seen->sights[i];
		char comment[384];

		if (chapter_of(draft->groups, sight->view.name) != chapter)
			continue;
		if (is_first)
			fprintf(draft->text, "\n; %s\n",
				chapters[chapter].title);
		print_comment(sight, comment, sizeof(comment));
		draft_entry(draft, "allow", &is_first, sight->entry, comment);
	}
}

static void write_architectures(struct draft *draft, const struct facts *facts)
{
	bool is_first = true;

	for (size_t i = 0; i < facts->n_foreign; i++) {
		/* The old list, if there is one, has it already; there need
		 * not be one. */
		if (is_first)
			draft_entry(draft, "architectures", &is_first, "native",
				    NULL);
		draft_entry(draft, "architectures", &is_first,
			    arch_name(facts->foreign[i]),
			    "calls of this one were made");
	}
}

/* Beside the others, the native ones are all there is to do without. */
static void write_unnamed(struct draft *draft, const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_unnamed; i++) {
		uint32_t nr = facts->unnamed[i].nr;
		const char *arch = arch_name(
			abi_of(facts->unnamed[i].arch, facts->unnamed[i].nr));

		fprintf(draft->text,
			"\n; Call %u of %s was made, too; this libseccomp has "
			"no name for it.\n",
			nr & ~X32_SYSCALL_BIT, arch ? arch : "another machine");
		draft_tell(draft,
			   "not added: call %u of %s, for which libseccomp has "
			   "no name",
			   nr & ~X32_SYSCALL_BIT,
			   arch ? arch : "another machine");
	}
}

static void tell_conflicts(struct draft *draft, const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_conflicts; i++) {
		const struct conflict *conflict = &facts->conflicts[i];

		draft_tell(draft, "not added: %s: %s:%u %s = %s",
			   conflict->example, conflict->origin->file,
			   conflict->origin->line, conflict->origin->key,
			   conflict->origin->text);
	}
}

void draft_syscalls(struct draft *draft, struct facts *facts)
{
	struct seen *seen = &facts->seen;

	imply(seen, draft->old);
	seen_sort(seen);
	if (!draft->old)
		fprintf(draft->text, "\n[syscalls]\ndefault = deny\n");
	else if (seen->n || facts->n_foreign)
		fprintf(draft->text, "\n[syscalls]\n");
	write_architectures(draft, facts);
	if (!draft->old)
		write_groups(draft, seen);
	for (size_t i = 0; i < N_CHAPTERS; i++)
		write_chapter(draft, seen, i);
	if (!draft->old)
		write_unnamed(draft, facts);
	tell_conflicts(draft, facts);
}
