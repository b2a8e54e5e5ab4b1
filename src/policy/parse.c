#include <ini.h>
#include <string.h>

#include "entry.h"
#include "groups.h"
#include "keys.h"
#include "parse.h"
#include "reader.h"
#include "ready.h"
#include "source.h"
#include "suggest.h"

#define MAX_DEPTH   8
#define MAX_SOURCES 64

/* The whole reading of a policy: what it has included so far. */
struct parse {
	struct policy *policy;
	struct faults *faults;
	struct source sources[MAX_SOURCES];
	size_t n_sources;
	/* Each source, from the command line's down to the one being read. */
	const struct source *stack[MAX_DEPTH];
	unsigned int depth;
};

/* One source while inih goes through it. */
struct file {
	struct parse *parse;
	struct reader reader;
	bool is_groups; /* scrun's own groups.ini */
	bool past_include;
};

static void parse_source(struct parse *parse, const char *name,
			 const struct origin *from);

static bool same_source(const struct source *a, const struct source *b)
{
	if (a->inode || b->inode)
		return a->device == b->device && a->inode == b->inode;
	return a->builtin == b->builtin;
}

static void key_include(struct file *file, const struct origin *origin)
{
	if (file->past_include)
		fault_add(file->parse->faults, origin->file, origin->line,
			  "included policies are read first; [policy] must "
			  "stand before the other sections");
	else if (file->parse->depth == MAX_DEPTH)
		fault_add(file->parse->faults, origin->file, origin->line,
			  "includes are more than %d deep", MAX_DEPTH);
	else if (file->parse->n_sources == MAX_SOURCES)
		fault_add(file->parse->faults, origin->file, origin->line,
			  "more than %d policies are included", MAX_SOURCES);
	else
		parse_source(file->parse, origin->text, origin);
}

/* Calls EACH with every word of the value, one entry of a list at a time. */
static void each_word(struct file *file, struct origin *origin,
		      const char *value,
		      void (*each)(struct file *, const struct origin *))
{
	struct policy *policy = file->parse->policy;
	const char *word;
	size_t length;

	while ((word = entry_next_word(&value, &length))) {
		origin->text = policy_strndup(policy, word, length);
		each(file, origin);
	}
}

static bool is_section(const struct file *file, const char *section)
{
	return strcmp(section, "policy") == 0 ||
	       strcmp(section, "groups") == 0 || key_section(section) ||
	       (strcmp(section, "families") == 0 && file->is_groups);
}

/* For the reader, at each section header. */
static void section_begins(void *context, const char *section)
{
	struct file *file = context;
	struct suggestion suggestion;
	const char *name;
	char hint[80];

	if (strcmp(section, "policy") != 0)
		file->past_include = true;
	if (is_section(file, section))
		return;
	suggestion_init(&suggestion, section);
	suggestion_try(&suggestion, "policy");
	suggestion_try(&suggestion, "groups");
	for (size_t i = 0; (name = key_section_name(i)); i++)
		suggestion_try(&suggestion, name);
	fault_add(file->parse->faults, file->reader.file, file->reader.line,
		  "unknown section [%s]%s", section,
		  suggestion_text(&suggestion, hint, sizeof(hint)));
}

/* The one place where a key of the text goes to what it means. */
static void parse_key(struct file *file, const char *section,
		      struct origin *origin, const char *value)
{
	struct parse *parse = file->parse;

	if (strcmp(section, "policy") == 0 &&
	    strcmp(origin->key, "include") == 0) {
		each_word(file, origin, value, key_include);
		return;
	}
	if (strcmp(section, "groups") == 0)
		group_add(parse->policy, origin, value, file->is_groups, false,
			  parse->faults);
	else if (strcmp(section, "families") == 0 && file->is_groups)
		group_add(parse->policy, origin, value, true, true,
			  parse->faults);
	else if (is_section(file, section))
		key_parse(parse->policy, section, origin, value, parse->faults);
}

/* An ini_handler. Returns 1 always: all faults are to be found in one run. */
static int handle(void *context, const char *section, const char *key,
		  const char *value)
{
	struct file *file = context;
	struct policy *policy = file->parse->policy;
	struct origin origin = {
		.file = file->reader.file,
		.line = file->reader.line,
		.key = policy_strndup(policy, key, strlen(key)),
	};

	if (section[0] == '\0')
		fault_add(file->parse->faults, origin.file, origin.line,
			  "'%s' stands before the first [section]", key);
	else
		parse_key(file, section, &origin, value);
	return 1;
}

static void parse_text(struct parse *parse, const struct source *source,
		       bool is_groups)
{
	struct file file = { .parse = parse, .is_groups = is_groups };
	int result;

	reader_init(&file.reader, source->name, source->text, source->length,
		    parse->faults);
	file.reader.on_section = section_begins;
	file.reader.context = &file;
	result = ini_parse_stream(reader_next, &file.reader, handle, &file);
	/* The reader lets nothing through that inih complains of. */
	if (result != 0)
		fault_add(parse->faults, source->name, file.reader.line,
			  "inih cannot read the file (%d)", result);
}

static bool is_being_read(const struct parse *parse,
			  const struct source *source)
{
	for (unsigned int i = 0; i < parse->depth; i++) {
		if (same_source(parse->stack[i], source))
			return true;
	}
	return false;
}

/* A policy that two others include is read once. */
static bool is_first(const struct parse *parse, const struct source *source)
{
	for (size_t i = 0; i + 1 < parse->n_sources; i++) {
		if (same_source(&parse->sources[i], source))
			return false;
	}
	return true;
}

static void parse_source(struct parse *parse, const char *name,
			 const struct origin *from)
{
	struct policy *policy = parse->policy;
	struct source *source = &parse->sources[parse->n_sources];

	if (strcmp(name, "groups") == 0 || strcmp(name, "<groups>") == 0) {
		fault_add(parse->faults, from ? from->file : name,
			  from ? from->line : 0,
			  "groups is no policy; its groups are there without "
			  "an include");
		return;
	}
	if (!source_read(policy, source, name, from, parse->faults))
		return;
	if (!from) {
		policy->file = source->name;
		policy->text = source->text;
		policy->length = source->length;
	}
	if (is_being_read(parse, source)) {
		fault_add(parse->faults, from ? from->file : name,
			  from ? from->line : 0,
			  "include loop: '%s' is being read already",
			  source->name);
		return;
	}
	parse->n_sources++;
	if (!is_first(parse, source))
		return;
	/* A policy that includes another is none of the built-in ones. */
	if (!source->builtin || from || !policy->groups_source)
		policy->builtin = NULL;
	else
		policy->builtin = source->builtin->name;
	if (policy->builtin && !policy->wants_entries &&
	    ready_take(policy, policy->builtin))
		return;
	parse->stack[parse->depth++] = source;
	parse_text(parse, source, false);
	parse->depth--;
}

/*
 * The groups as they come with scrun are known to be right, and most are not
 * asked for: they are left for groups.c. The administrator's are read here.
 */
static void parse_groups(struct parse *parse, const char *name)
{
	struct policy *policy = parse->policy;
	struct source *source = policy_alloc(policy, sizeof(*source));

	if (!source_read(policy, source, name, NULL, parse->faults))
		return;
	if (source->builtin) {
		policy->groups_source = source;
		return;
	}
	parse_text(parse, source, true);
}

void policy_parse(struct policy *policy, const char *name,
		  struct faults *faults)
{
	struct parse parse = { .policy = policy, .faults = faults };

	parse_groups(&parse, name[0] == '<' ? "<groups>" : "groups");
	parse_source(&parse, name, NULL);
}
