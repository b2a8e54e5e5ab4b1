/* Families: groups of calls of which each does what the others do. */
#ifndef SCRUN_FAMILY_H
#define SCRUN_FAMILY_H

#include "verdict.h"

/* What holds for the native call NAME where no condition on it does. */
struct verdict verdict_otherwise(const struct policy *policy, const char *name);

/* Whether FAMILY has the call NAME. */
bool family_has(const struct group *family, const char *name);

/* Whether all of FAMILY's native calls are denied. */
bool family_is_closed(const struct policy *policy, const struct group *family);

/*
 * Whether a family that has NAME is closed: a call of two families need not be
 * closed in both. All groups have been read.
 */
bool family_closed_for(const struct policy *policy, const char *name);

#endif
