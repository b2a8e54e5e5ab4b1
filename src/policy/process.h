/* The keys of [process]. */
#ifndef SCRUN_POLICY_PROCESS_H
#define SCRUN_POLICY_PROCESS_H

#include "policy.h"

/* Takes ORIGIN's text, the one value of ORIGIN's key. */
void process_take(struct policy *policy, const struct origin *origin,
		  struct faults *faults);

/* Notes that the policy has the key `groups`, which stands at ORIGIN. */
void process_begin_groups(struct policy *policy, const struct origin *origin,
			  struct faults *faults);

/* Takes ORIGIN's text, a word of `groups` or of `keep_fds`. */
void process_take_word(struct policy *policy, const struct origin *origin,
		       struct faults *faults);

/* `dumpable`, which is known from prctl(2): says what to write instead. */
void process_fault_dumpable(struct policy *policy, const struct origin *origin,
			    struct faults *faults);

#endif
