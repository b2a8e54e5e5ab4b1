/* The keys of [environment]. */
#ifndef SCRUN_POLICY_ENVIRONMENT_H
#define SCRUN_POLICY_ENVIRONMENT_H

#include "policy.h"

/* Notes that the policy has the key `keep`, which stands at ORIGIN. */
void environment_begin_keep(struct policy *policy, const struct origin *origin,
			    struct faults *faults);

/* Each takes ORIGIN's text for ORIGIN's key: a word of a list, yes or no, or a
 * line of assignments. */
void environment_take_clear(struct policy *policy, const struct origin *origin,
			    struct faults *faults);
void environment_take_name(struct policy *policy, const struct origin *origin,
			   struct faults *faults);
void environment_take_set(struct policy *policy, const struct origin *origin,
			  struct faults *faults);

#endif
