#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

#include "../../policy/answer.h"
#include "../../policy/condition.h"
#include "../../policy/names.h"
#include "../../policy/network.h"
#include "../../policy/paths.h"
#include "../../status.h"
#include "../audit_file.h"
#include "facts_json.h"
#include "learn_state.h"

/* No audit has as many: a tally's calls in MAX_VIEWS ways each are fewer, of
 * what any program makes. It keeps us from being busy for ever. */
#define MAX_FACTS  50000

#define MAX_NEEDED 160 /* bytes of an example, with the end */

struct reports {
	struct learn learn;
	struct provenance *runs; /* of all audits so far; owned */
	size_t n_runs, size;
	const char **homes; /* owned, and the texts */
	size_t n_homes;

	struct audit_line start; /* of the one being read; no file: none is */
	size_t n_facts;		 /* of it; 0: it has none so far */
	uint64_t denied, lost;	 /* of all */
};

static char *copy(const char *text)
{
	char *copied = strdup(text);

	if (!copied)
		err(STATUS_FAILED, "memory");
	return copied;
}

/* A text that stands in a comment: no longer than an audit makes it. */
static const char *short_text(const struct audit_line *place,
			      const json_t *line, const char *name, size_t size)
{
	const char *text = audit_text(place, line, name, NULL);

	if (strlen(text) >= size)
		audit_refuse(place,
			     "'%s' is longer than any that an audit "
			     "writes",
			     name);
	return text;
}

/* Absolute, and without links, so far as a text can be. */
static const char *path_text(const struct audit_line *place, const json_t *line,
			     const char *name)
{
	const char *path = short_text(place, line, name, PATH_MAX);

	for (const char *at = path; *at;) {
		size_t length = strcspn(at + 1, "/");

		if (*at != '/' || (length == 0 && path[1]) ||
		    (length == 1 && at[1] == '.') ||
		    (length == 2 && at[1] == '.' && at[2] == '.'))
			audit_refuse(place,
				     "'%s' is not absolute, or has '.', '..' "
				     "or '//': no audit writes that",
				     name);
		at += 1 + length;
	}
	if (!*path)
		audit_refuse(place, "'%s' is empty", name);
	return path;
}

/* ---- An audit: where it is from ---- */

static struct provenance *current(struct reports *reports)
{
	return &reports->runs[reports->n_runs - 1];
}

/* One that had begun has no end: what it saw, it has not told. */
static void refuse_unfinished(const struct reports *reports)
{
	if (reports->start.file)
		audit_refuse(&reports->start,
			     "this audit has no end, and so nothing to learn "
			     "from; leave it out");
}

static void take_start(struct reports *reports, const struct audit_line *place)
{
	refuse_unfinished(reports);
	reports->start = *place;
	reports->n_facts = 0;
	if (reports->n_runs == reports->size) {
		reports->size = reports->size ? 2 * reports->size : 16;
		reports->runs = reallocarray(reports->runs, reports->size,
					     sizeof(reports->runs[0]));
		if (!reports->runs)
			err(STATUS_FAILED, "memory");
	}
	reports->n_runs++;
	*current(reports) = (struct provenance){ 0 };
}

static void take_home(struct reports *reports, const char *home)
{
	for (size_t i = 0; i < reports->n_homes; i++) {
		if (strcmp(reports->homes[i], home) == 0)
			return;
	}
	reports->homes = reallocarray(reports->homes, reports->n_homes + 1,
				      sizeof(reports->homes[0]));
	if (!reports->homes)
		err(STATUS_FAILED, "memory");
	reports->homes[reports->n_homes++] = copy(home);
	reports->learn.facts.places.homes = reports->homes;
	reports->learn.facts.places.n_homes = reports->n_homes;
}

static void take_build(const struct audit_line *place, struct build *build,
		       const json_t *object)
{
	if (!object)
		return;
	build->path = copy(path_text(place, object, "path"));
	snprintf(build->identity, sizeof(build->identity), "%s",
		 short_text(place, object, "build", MAX_IDENTITY));
}

static void take_cut(struct facts *facts, const struct audit_line *place,
		     const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *value = json_array_get(list, i);
		const char *what =
			json_is_string(value) ? json_string_value(value) : "";

		if (!*what)
			audit_refuse(place, "'cut' has what is no text");
		facts->places.is_cut |= strcmp(what, "file") == 0;
		for (unsigned int use = 0; use < N_PORT_USES; use++)
			facts->ports[use].is_cut |=
				strcmp(what, port_key((enum port_use)use)) == 0;
	}
}

/* Numbers of calls, requests and flags are not the same everywhere. */
static void check_architecture(const struct audit_line *place,
			       const json_t *line)
{
	const char *name = audit_text(place, line, "architecture", NULL);
	const char *native = arch_name(seccomp_arch_native());

	if (strcmp(name, native) != 0)
		audit_refuse(place,
			     "this audit was made on %.32s and here is %s: "
			     "learn from it on a machine of its kind",
			     name, native);
}

/* One that older audits do not tell. */
static bool newer_flag(const struct audit_line *place, const json_t *line,
		       const char *name)
{
	return json_object_get(line, name) && audit_flag(place, line, name);
}

static void take_run(struct reports *reports, const struct audit_line *place,
		     const json_t *line)
{
	struct provenance *run = current(reports);
	struct facts *facts = &reports->learn.facts;

	if (reports->n_facts)
		audit_refuse(place, "a second 'facts' of one audit");
	check_architecture(place, line);
	snprintf(run->command, sizeof(run->command), "%s",
		 short_text(place, line, "command", MAX_COMMAND));
	snprintf(run->system, sizeof(run->system), "%s",
		 short_text(place, line, "system", MAX_SYSTEM));
	for (unsigned int i = 0; i < N_BUILDS; i++)
		take_build(place, &run->builds[i],
			   json_object_get(line, build_name(i)));
	if (json_object_get(line, "home"))
		take_home(reports, path_text(place, line, "home"));
	reports->learn.has_root |= audit_flag(place, line, "root");
	facts->has_internet |= audit_flag(place, line, "tcp");
	facts->changes_mounts |= newer_flag(place, line, "mounts");
	facts->has_stream |= newer_flag(place, line, "mptcp");
	facts->has_fast_open |= newer_flag(place, line, "fastopen");
	facts->n_unread += audit_number(place, line, "unread");
	take_cut(facts, place, audit_list(place, line, "cut"));
}

/* ---- An audit: what was seen ---- */

/* Fills what VIEW and CALL have of an entry's conditions; false where the entry
 * is none that an audit writes. */
static bool look_at(struct view *view, struct call *call,
		    const struct question *question)
{
	for (size_t i = 0; i < question->n_conditions; i++) {
		const struct condition *c = &question->conditions[i];
		uint64_t all = bits_mask(c->bits ? c->bits : 32);

		if (c->comparison != CMP_EQ || c->is_raw || view->masks[c->arg])
			return false;
		view->masks[c->arg] = c->mask & all;
		view->values[c->arg] = c->value & all;
		call->args[c->arg] = view->values[c->arg];
	}
	return true;
}

/* ENTRY is on CALL's architecture, with its name. */
static const struct entry *parse_entry(struct reports *reports,
				       const struct audit_line *place,
				       const char *text, const char *name)
{
	const struct entry *entry;
	struct faults faults;

	faults_init(&faults);
	entry = question_parse(reports->learn.groups, text, &faults);
	faults_free(&faults);
	if (!entry || entry->arch || strcmp(entry->name, name) != 0)
		audit_refuse(place, "'entry' is none for this call");
	return entry;
}

/* What the old policy says of the calls that an entry shows: some of them it
 * may allow, and deny others. */
struct stand {
	const struct origin *allows, *denies; /* entries; NULL: none */
	bool is_open;			      /* the default decides some */
};

static struct stand stand_of(struct policy *old, const struct entry *entry,
			     uint32_t abi)
{
	struct question question;
	struct answers answers;
	struct stand stand = { 0 };

	if (!question_on(old, entry, abi, &question))
		return stand;
	answers = answers_of(old, &question);
	for (size_t i = 0; i < answers.n; i++) {
		const struct verdict *verdict = &answers.list[i].verdict;

		if (verdict->action <= ACTION_LOG)
			stand.allows = verdict->origin;
		else if (!verdict->origin ||
			 verdict->origin == &old->default_origin)
			stand.is_open = true;
		else
			stand.denies = verdict->origin;
	}
	return stand;
}

/*
 * Whether the old policy leaves nothing to say. Where it allows a part, by the
 * arguments that an audit does not tell, more is for a person to decide.
 */
static bool is_settled(struct facts *facts, const struct stand *stand,
		       const char *example)
{
	if (stand->is_open && !stand->allows)
		return false;
	if (stand->is_open)
		add_conflict(facts, stand->allows, example);
	else if (stand->denies && !stand->allows)
		add_conflict(facts, stand->denies, example);
	return true;
}

/* The member `syscall`; false where this machine has no such call. */
static bool take_call(const struct audit_line *place, const json_t *line,
		      struct call *call)
{
	const char *text = audit_text(place, line, "syscall", NULL);

	if (audit_call(text, &call->arch, &call->nr) && call->arch)
		return true;
	warnx("%s:%zu: '%s' is not known here, and is not learned", place->file,
	      place->line, text);
	return false;
}

static void take_seen(struct reports *reports, const struct audit_line *place,
		      const json_t *line)
{
	struct learn *learn = &reports->learn;
	struct question question;
	const struct entry *entry;
	struct stand stand = { 0 };
	struct call call = { 0 };
	struct sight sight;
	uint32_t abi;

	sight = (struct sight){
		.counts = { audit_number(place, line, "startup"),
			    audit_number(place, line, "running") },
		.is_whole = audit_flag(place, line, "whole"),
		.example =
			(char *)short_text(place, line, "example", MAX_EXAMPLE),
	};
	if (!take_call(place, line, &call))
		return;
	abi = abi_of(call.arch, call.nr);
	sight.view.name = view_of(&call, NULL).name;
	if (!sight.view.name)
		audit_refuse(place, "'syscall' has no name");
	entry = parse_entry(reports, place,
			    audit_text(place, line, "entry", NULL),
			    sight.view.name);
	if (!question_on(learn->groups, entry, abi, &question) ||
	    !look_at(&sight.view, &call, &question))
		audit_refuse(place, "'entry' is none for this call");
	if (learn->old)
		stand = stand_of(learn->old, entry, abi);
	if (learn->old && is_settled(&learn->facts, &stand, sight.example))
		return;
	if (abi != seccomp_arch_native() &&
	    (!learn->old || !arch_is_listed(learn->old, abi)))
		add_foreign(&learn->facts, abi);
	seen_take(&learn->facts.seen, &sight, &call);
}

static void take_unnamed(struct reports *reports,
			 const struct audit_line *place, const json_t *line)
{
	struct call call = { 0 };

	if (take_call(place, line, &call))
		add_unnamed(&reports->learn.facts, call.arch, call.nr);
}

static void take_need(struct reports *reports, const struct audit_line *place,
		      const json_t *line)
{
	const char *name = audit_text(place, line, "capability", NULL);
	const char *example = short_text(place, line, "example", MAX_NEEDED);
	struct learn *learn = &reports->learn;
	cap_value_t value;

	if (cap_from_name(name, &value) < 0 || value >= MAX_CAPABILITIES) {
		warnx("%s:%zu: '%s' is not known here, and is not learned",
		      place->file, place->line, name);
		return;
	}
	if (!audit_flag(place, line, "held"))
		learn->held &= ~(1ull << value);
	add_need(&learn->facts, value, example,
		 audit_flag(place, line, "used"));
}

static unsigned int uses_of(const struct audit_line *place, const json_t *list)
{
	unsigned int uses = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		unsigned int use = 0;

		while (use < N_PATH_USES && text &&
		       strcmp(text, path_key((enum path_use)use)) != 0)
			use++;
		if (!text || use == N_PATH_USES)
			audit_refuse(place, "'uses' can have read, write and "
					    "execute");
		uses |= 1u << use;
	}
	return uses;
}

static void take_file(struct reports *reports, const struct audit_line *place,
		      const json_t *line)
{
	const char *path = path_text(place, line, "path");
	const char *kind_name = audit_text(place, line, "kind", NULL);
	unsigned int uses = uses_of(place, audit_list(place, line, "uses"));
	struct learn *learn = &reports->learn;
	unsigned int kind = 0;

	while (kind < N_PLACE_KINDS &&
	       strcmp(kind_name, place_kind_name((enum place_kind)kind)) != 0)
		kind++;
	if (kind == N_PLACE_KINDS)
		audit_refuse(place, "'kind' can be file, directory, made or "
				    "missing");
	if (learn->old)
		uses &= ~paths_granted(learn->old, "", path);
	if (uses)
		places_add(&learn->facts.places, path, uses,
			   (enum place_kind)kind);
}

static void take_port(struct reports *reports, const struct audit_line *place,
		      const json_t *line)
{
	const char *name = audit_text(place, line, "use", NULL);
	uint64_t port = audit_number(place, line, "port");
	unsigned int use = 0;

	while (use < N_PORT_USES &&
	       strcmp(name, port_key((enum port_use)use)) != 0)
		use++;
	if (use == N_PORT_USES)
		audit_refuse(place, "'use' can be bind or connect");
	if (port > UINT16_MAX)
		audit_refuse(place, "'port' is no number below 65536");
	add_port(&reports->learn.facts.ports[use], (uint16_t)port);
}

static void take_end(struct reports *reports, const struct audit_line *place,
		     const json_t *line)
{
	const json_t *calls = json_object_get(line, "calls");

	if (!reports->n_facts)
		audit_refuse(&reports->start,
			     "this audit has nothing to learn from: it was "
			     "made with --audit=denied, or by an older scrun; "
			     "make it with --audit --format=json");
	for (size_t i = 0; i < json_array_size(calls); i++)
		reports->denied +=
			audit_number(place, json_array_get(calls, i), "denied");
	if (json_object_get(line, "lost"))
		reports->lost += audit_number(place, line, "lost");
	reports->start.file = NULL;
}

/* ---- Files ---- */

static const struct {
	const char *event;
	void (*take)(struct reports *reports, const struct audit_line *place,
		     const json_t *line);
} kinds[] = {
	{ "facts", take_run },	     { "seen", take_seen },
	{ "unnamed", take_unnamed }, { "needed", take_need },
	{ "file", take_file },	     { "port", take_port },
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void take_fact(struct reports *reports, const struct audit_line *place,
		      const json_t *line, size_t kind)
{
	if (kinds[kind].take != take_run && !reports->n_facts)
		audit_refuse(place, "'%s' before any 'facts'",
			     kinds[kind].event);
	kinds[kind].take(reports, place, line);
	if (++reports->n_facts > MAX_FACTS)
		audit_refuse(place, "more facts than any audit writes");
}

/* audit_file_read's take. */
static void take_line(void *context, const struct audit_line *place,
		      json_t *line)
{
	struct reports *reports = context;
	const char *event = audit_text(place, line, "event", NULL);
	size_t kind = 0;

	if (strcmp(event, "start") == 0) {
		take_start(reports, place);
		return;
	}
	if (!reports->start.file)
		audit_refuse(place, "'%s' before any 'start'", event);
	while (kind < N_KINDS && strcmp(event, kinds[kind].event) != 0)
		kind++;
	if (strcmp(event, "end") == 0)
		take_end(reports, place, line);
	else if (kind < N_KINDS)
		take_fact(reports, place, line, kind);
}

/* learn_end's tell. */
static void tell(void *context, const char *line)
{
	(void)context;
	warnx("%s", line);
}

static void tell_missing(const struct reports *reports)
{
	const char *name = reports->learn.target.name;

	if (reports->denied)
		warnx("%s: not learned: %" PRIu64 " call%s that a policy "
		      "denied; --report without --learn shows them",
		      name, reports->denied, reports->denied == 1 ? "" : "s");
	if (reports->lost)
		warnx("%s: not learned: what %" PRIu64 " part%s of the audits "
		      "that could not be written had",
		      name, reports->lost, reports->lost == 1 ? "" : "s");
}

int learn_reports(const char *name, char *const *files)
{
	static struct reports reports = { .learn.held = UINT64_MAX };
	struct learn *learn = &reports.learn;

	/* A file that is too large is an error like others. */
	signal(SIGXFSZ, SIG_IGN);
	learn_into(learn, name);
	for (; *files; files++) {
		audit_file_read(*files, take_line, &reports);
		refuse_unfinished(&reports);
	}
	learn->runs = reports.runs;
	learn->n_runs = reports.n_runs;
	tell_missing(&reports);
	return learn_end(learn, tell, NULL) ? 0 : STATUS_FAILED;
}
