/* The keys of [limits], by the names of prlimit(1), and their values. */
#ifndef SCRUN_POLICY_LIMITS_H
#define SCRUN_POLICY_LIMITS_H

#include <sys/resource.h>

#include "policy.h"

/* Takes ORIGIN's text, "SOFT:HARD" or a part of it, for ORIGIN's key. */
void limit_take(struct policy *policy, const struct origin *origin,
		struct faults *faults);

/* The key of limit INDEX, or NULL past the end; static. */
const char *limit_name(size_t index);

/* The RLIMIT_* of limit INDEX, as glibc has its type. */
__rlimit_resource_t limit_resource(size_t index);

#endif
