#include <ini.h>
#include <string.h>

#include "entry.h"
#include "groups.h"
#include "reader.h"
#include "source.h"

static struct group *find_read(const struct policy *policy, const char *name)
{
	struct group *group;

	STAILQ_FOREACH(group, &policy->groups, next) {
		if (strcmp(group->name, name) == 0)
			return group;
	}
	return NULL;
}

static void add_member(struct policy *policy, struct group *group,
		       const struct origin *origin, struct faults *faults)
{
	struct entry *member = entry_parse(policy, origin, faults);

	if (!member)
		return;
	if (member->errnum)
		fault_add(faults, origin->file, origin->line,
			  "'%s': an errno belongs to deny, not into a group",
			  origin->text);
	STAILQ_INSERT_TAIL(&group->members, member, next);
}

static struct group *group_new(struct policy *policy,
			       const struct origin *origin, bool is_builtin,
			       bool is_family)
{
	struct group *group = policy_alloc(policy, sizeof(*group));

	group->name = origin->key;
	group->origin = *origin;
	group->builtin = is_builtin;
	group->is_family = is_family;
	STAILQ_INIT(&group->members);
	STAILQ_INSERT_TAIL(&policy->groups, group, next);
	return group;
}

void group_add(struct policy *policy, struct origin *origin, const char *value,
	       bool is_builtin, bool is_family, struct faults *faults)
{
	struct group *group;
	const char *word;
	size_t length;

	if (origin->key[0] != '@' || origin->key[1] == '\0') {
		fault_add(faults, origin->file, origin->line,
			  "a group's name begins with '@', as in '@%s'",
			  origin->key[0] == '@' ? "mine" : origin->key);
		return;
	}
	group = is_builtin ? find_read(policy, origin->key)
			   : group_find(policy, origin->key, faults);
	if (group && group->builtin != is_builtin) {
		fault_add(faults, origin->file, origin->line,
			  "%s comes with scrun and has its meaning; "
			  "name your group otherwise",
			  origin->key);
		return;
	}
	if (!group)
		group = group_new(policy, origin, is_builtin, is_family);
	while ((word = entry_next_word(&value, &length))) {
		origin->text = policy_strndup(policy, word, length);
		add_member(policy, group, origin, faults);
	}
}

/* Scrun's own text, or a part of it, while inih goes through it. */
struct part {
	struct policy *policy;
	struct reader reader;
	bool is_family;
	struct faults *faults;
};

static void section_begins(void *context, const char *section)
{
	struct part *part = context;

	part->is_family = strcmp(section, "families") == 0;
}

/* An ini_handler. */
static int take_part(void *context, const char *section, const char *key,
		     const char *value)
{
	struct part *part = context;
	const struct group *group = find_read(part->policy, key);
	struct origin origin = {
		.file = part->reader.file,
		.line = part->reader.line,
	};

	(void)section; /* empty in a part of the text */
	if (group && group->complete)
		return 1;
	origin.key = policy_strndup(part->policy, key, strlen(key));
	group_add(part->policy, &origin, value, true, part->is_family,
		  part->faults);
	return 1;
}

static unsigned int lines_between(const char *start, const char *end)
{
	unsigned int lines = 0;

	while ((start = memchr(start, '\n', (size_t)(end - start)))) {
		lines++;
		start++;
	}
	return lines;
}

/* Where the key at START, with its indented lines, is over. */
static const char *key_end(const char *start, const char *end)
{
	const char *eol = start;

	while (eol < end && (eol = memchr(eol, '\n', (size_t)(end - eol)))) {
		eol++;
		if (eol == end || *eol != ' ')
			return eol;
	}
	return end;
}

/* The line of the group NAME, or NULL. */
static const char *key_start(const struct source *source, const char *name)
{
	const char *at = source->text, *end = at + source->length;
	size_t length = strlen(name);

	while ((at = memchr(at, '@', (size_t)(end - at)))) {
		if (at > source->text && at[-1] == '\n' &&
		    (size_t)(end - at) > length &&
		    memcmp(at, name, length) == 0 && at[length] == ' ')
			return at;
		at++;
	}
	return NULL;
}

/* Whether AT is in the section [families]. */
static bool is_in_families(const struct source *source, const char *at)
{
	static const char header[] = "[families]";

	while ((at = memrchr(source->text, '[', (size_t)(at - source->text)))) {
		if (at > source->text && at[-1] == '\n')
			return strncmp(at, header, sizeof(header) - 1) == 0;
	}
	return false;
}

/* Reads from START, the first byte of a line, to END. */
static void read_part(struct policy *policy, const char *start, const char *end,
		      struct faults *faults)
{
	const struct source *source = policy->groups_source;
	struct part part = {
		.policy = policy,
		.is_family = is_in_families(source, start),
		.faults = faults,
	};
	struct group *group;

	reader_init(&part.reader, source->name, start, (size_t)(end - start),
		    faults);
	part.reader.line = lines_between(source->text, start);
	part.reader.on_section = section_begins;
	part.reader.context = &part;
	ini_parse_stream(reader_next, &part.reader, take_part, &part);
	STAILQ_FOREACH(group, &policy->groups, next)
		group->complete = true;
}

struct group *group_find(struct policy *policy, const char *name,
			 struct faults *faults)
{
	const struct source *source = policy->groups_source;
	struct group *group = find_read(policy, name);
	const char *start;

	if (group || !source)
		return group;
	start = key_start(source, name);
	if (!start)
		return NULL;
	read_part(policy, start, key_end(start, source->text + source->length),
		  faults);
	return find_read(policy, name);
}

void groups_read_all(struct policy *policy, struct faults *faults)
{
	const struct source *source = policy->groups_source;

	if (source)
		read_part(policy, source->text, source->text + source->length,
			  faults);
}
