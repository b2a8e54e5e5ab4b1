/* Keys with one value: which of two origins holds. */
#ifndef SCRUN_ORIGIN_H
#define SCRUN_ORIGIN_H

#include "policy.h"

/*
 * Whether ORIGIN's value takes the place of OLD's, of the same key: included
 * policies were read before, and theirs is replaced. Returns false, with a
 * fault added, where one file says two things.
 */
bool origin_replaces(const struct origin *old, const struct origin *origin,
		     struct faults *faults);

#endif
