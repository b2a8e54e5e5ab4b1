/*
 * What becomes of all 2^32 words at one place: runs of them with one node each,
 * and the questions that find a word's run.
 */
#ifndef SCRUN_RUNS_H
#define SCRUN_RUNS_H

#include "diagram.h"

/* The words from the first on, to that of the next run. */
struct run {
	uint32_t first;
	uint16_t node;
};

struct runs {
	struct run *list; /* owned; NULL where there are none yet */
	size_t n, max;
};

/* Lets a run begin at AT. False: no memory. */
bool runs_cut(struct runs *runs, uint32_t at);

/* Puts the runs in ascending order, each once. */
void runs_sort(struct runs *runs);

/*
 * The node that asks for the run of the word at OFFSET, which is not before the
 * first one, where each has its node: by halves. Returns false where the
 * diagram is full.
 */
bool runs_ask(struct runs *runs, struct diagram *diagram, uint32_t offset,
	      uint16_t *node);

#endif
