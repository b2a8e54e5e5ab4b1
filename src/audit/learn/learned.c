#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../policy/string_stream.h"
#include "../last_words.h"
#include "draft.h"
#include "learn_state.h"

static void write_head(struct draft *draft, const struct learn *learn)
{
	if (draft->old)
		return;
	fprintf(draft->text,
		"; Learned by scrun " VERSION
		": what was seen is allowed, all else is denied. See\n"
		"; LEARNING in scrun(1). It can be changed: to learn again "
		"only adds.\n");
	provenance_write(learn->runs, learn->n_runs, draft->text, NULL, true);
}

/* What a run has added to an old policy, with a word of where it is from. */
static void write_added(struct draft *draft, const struct learn *learn,
			const char *sections, size_t length)
{
	const char *text = learn->target.text;
	size_t n;

	if (draft->old && draft->n_added)
		fprintf(draft->text, "\n");
	if (draft->old) {
		n = provenance_write(learn->runs, learn->n_runs, draft->text,
				     text, draft->n_added);
		if (n && !draft->n_added)
			draft_tell(draft, "the builds of program and libc are "
					  "others now");
		draft->n_added += n;
	}
	fwrite(sections, 1, length, draft->text);
}

/* The old text, and whether a line has to be ended first. */
static void write_old(struct draft *draft, const struct target *target)
{
	size_t length = target->text ? strlen(target->text) : 0;

	fwrite(target->text, 1, length, draft->text);
	if (length && target->text[length - 1] != '\n')
		fputc('\n', draft->text);
}

static bool tell_result(struct draft *draft, int result)
{
	if (result == 0 && draft->old)
		draft_tell(draft, "%zu line%s added", draft->n_added,
			   draft->n_added == 1 ? "" : "s");
	else if (result == 0)
		draft_tell(draft, "learned: %zu lines", draft->n_added);
	else if (result == ESTALE)
		draft_tell(draft, "not written: it was changed meanwhile");
	else if (result != ECANCELED) /* which is_policy has told */
		draft_tell(draft, "not written: %s", strerror(result));
	return result == 0;
}

/* target_replace's is_good: what is to be a policy is read as one first. */
static bool is_policy(void *context, const char *name)
{
	struct draft *draft = context;
	struct faults faults;
	struct policy *policy;

	faults_init(&faults);
	policy = policy_load(name, &faults);
	if (!policy)
		draft_tell(draft, "not written: it would be no policy: %s",
			   fault_text(&faults, 0));
	policy_free(policy);
	faults_free(&faults);
	return policy;
}

static bool replace(struct draft *draft, const struct target *target,
		    const char *text, size_t length)
{
	int result = target_write(target, text, length);

	if (result == 0)
		result = target_replace(target, is_policy, draft);
	return tell_result(draft, result);
}

/* The sections, which decide whether there is anything to be written. */
static char *write_sections(struct draft *draft, struct learn *learn,
			    size_t *length)
{
	char *text = NULL;

	draft->text = string_open(&text, length);
	if (!draft->text)
		exhausted();
	draft_capabilities(draft, &learn->facts);
	draft_syscalls(draft, &learn->facts);
	draft_paths(draft, &learn->facts);
	draft_network(draft, &learn->facts);
	if (!string_close(draft->text))
		exhausted();
	return text;
}

/* Why files cannot be rules, or nothing. */
static const char *no_paths(const struct learn *learn)
{
	if (*learn->no_paths)
		return learn->no_paths;
	if (learn->has_root)
		return "the command had another root directory";
	return learn->facts.changes_mounts ? "the command changed mounts" : "";
}

bool learn_end(struct learn *learn,
	       void (*tell)(void *context, const char *line), void *context)
{
	size_t size = 0, n_sections = 0;
	char *text = NULL, *sections;
	bool is_done = true;
	struct draft draft = {
		.file = learn->target.name,
		.old = learn->old,
		.groups = learn->groups,
		.held = learn->held,
		.no_paths = no_paths(learn),
		.no_ports = learn->no_ports,
		.tell = tell,
		.context = context,
	};

	sections = write_sections(&draft, learn, &n_sections);
	draft.text = string_open(&text, &size);
	if (!draft.text)
		exhausted();
	if (draft.old)
		write_old(&draft, &learn->target);
	write_head(&draft, learn);
	write_added(&draft, learn, sections, n_sections);
	if (!string_close(draft.text))
		exhausted();
	if (learn->facts.n_unread)
		draft_tell(&draft,
			   "what %zu call%s needed could not be read, and may "
			   "not be allowed: learn again",
			   learn->facts.n_unread,
			   learn->facts.n_unread == 1 ? "" : "s");
	if (draft.old && draft.n_added == 0)
		draft_tell(&draft, "nothing to add");
	else
		is_done = replace(&draft, &learn->target, text, size);
	free(sections);
	free(text);
	return is_done;
}
