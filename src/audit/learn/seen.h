/* The calls that a run has made, as entries of a policy would name them. */
#ifndef SCRUN_LEARN_SEEN_H
#define SCRUN_LEARN_SEEN_H

#include "view.h"

enum phase {
	PHASE_STARTUP, /* until something waits for work for the first time */
	PHASE_RUNNING,
};
#define N_PHASES    2

#define MAX_EXAMPLE 96 /* bytes, with the end */

/* Calls that one entry allows. */
struct sight {
	struct view view;
	char *entry;   /* "ioctl(request == TCGETS)"; owned */
	char *example; /* printable, as an audit shows a call; owned */
	unsigned int n_examples;
	uint64_t counts[N_PHASES];
	uint32_t abi;	 /* SCMP_ARCH_*, x32 apart; of the first one */
	bool is_implied; /* not seen: the example says why it is here */
	bool is_whole;	 /* too many were seen to tell them apart */
};

/* A policy that says one call's name more often is none that a person reads. */
#define MAX_VIEWS 64

struct seen {
	struct sight *sights; /* owned */
	size_t n, size;
};

/*
 * Counts CALL, which VIEW is of and which is shown as EXAMPLE. To be called by
 * one thread at a time.
 */
void seen_add(struct seen *seen, const struct view *view,
	      const struct call *call, const struct call *example,
	      enum phase phase);

/*
 * Adds what another run has seen, LIKE, of which only view, example, counts and
 * is_whole are looked at, and are copied; CALL is one that its view shows.
 */
void seen_take(struct seen *seen, const struct sight *like,
	       const struct call *call);

/*
 * Adds CALL, which VIEW is of and which was not made, but which what was made
 * can lead to; WHY tells how.
 */
void seen_imply(struct seen *seen, const struct view *view,
		const struct call *call, const char *why);

/* Sorts the sights by name and values, without those that another one, which
 * looks at nothing, has made needless. */
void seen_sort(struct seen *seen);

void seen_free(struct seen *seen);

#endif
