/* What learning knows: gathered by learn.c from calls or by reports.c from
 * audit files, written by learned.c as a policy or by facts_json.c for an
 * audit. */
#ifndef SCRUN_LEARN_STATE_H
#define SCRUN_LEARN_STATE_H

#include "facts.h"
#include "learn.h"
#include "target.h"

struct learn {
	struct target target;  /* without a name: no policy is written */
	struct policy *old;    /* what it holds, or NULL; owned */
	struct policy *groups; /* owned */
	enum phase phase;
	uint64_t held;	/* capabilities: that scrun had, ... */
	uint64_t given; /* ... and that the command began with */
	char no_paths[80], no_ports[80]; /* why not; empty: they can be */
	bool has_root; /* the paths begin at another root directory */
	struct facts facts;
	struct facts *all; /* without regard to the old policy; &facts where
			    * there is none; NULL: no audit tells them */
	const struct provenance *runs; /* whose facts they are */
	size_t n_runs;
};

/* Takes NAME, which the policy will be written to, with what it holds, as
 * learn_new does. */
void learn_into(struct learn *learn, const char *name);

#endif
