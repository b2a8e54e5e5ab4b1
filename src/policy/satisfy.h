/* Whether there are arguments that meet some conditions and not others. */
#ifndef SCRUN_SATISFY_H
#define SCRUN_SATISFY_H

#include "policy.h"

/* An entry's conditions, which hold all together. */
struct conjunction {
	const struct condition *conditions;
	size_t n;    /* 0: it holds always */
	bool strict; /* how condition_holds reads an unknown width */
};

/*
 * Whether some arguments meet all of MET and none of UNMET. Exact, over all
 * 2^384 of them; true also where the answer would take too long.
 */
bool arguments_exist(const struct conjunction *met, size_t n_met,
		     const struct conjunction *unmet, size_t n_unmet);

/*
 * Whether some arguments meet all of the N CONDITIONS, at most 500 and each of
 * known width; those before FIRST are known to be met together. Exact, unless
 * that takes more than *STEPS: true, then, and none is left. One is a
 * comparison looked at by one bit of its argument.
 */
bool conditions_meet(const struct condition *conditions, size_t n, size_t first,
		     size_t *steps);

/* Whether some arguments meet both. */
bool conjunctions_overlap(const struct conjunction *a,
			  const struct conjunction *b);

#endif
