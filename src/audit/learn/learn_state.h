/* What learning knows: gathered by learn.c, written by learned.c. */
#ifndef SCRUN_LEARN_STATE_H
#define SCRUN_LEARN_STATE_H

#include "facts.h"
#include "learn.h"
#include "target.h"

struct learn {
	struct target target;
	struct policy *old;    /* what it holds, or NULL; owned */
	struct policy *groups; /* owned */
	char *const *argv;
	enum phase phase;
	uint64_t held;	/* capabilities: that scrun had, ... */
	uint64_t given; /* ... and that the command began with */
	char no_paths[80], no_ports[80]; /* why not; empty: they can be */
	struct facts facts;
};

#endif
