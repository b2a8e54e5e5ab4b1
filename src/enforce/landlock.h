/* Landlock: from the policy's [paths] and [network] to this process. */
#ifndef SCRUN_LANDLOCK_H
#define SCRUN_LANDLOCK_H

#include "../policy/policy.h"

struct landlock {
	int ruleset; /* owned; -1: the policy has no such rules */
};

/*
 * Makes the ruleset of POLICY and opens the paths that it names, all of them
 * closed on exec. Adds a fault for each that is missing and for what the
 * running kernel cannot do, and returns false.
 */
bool landlock_plan(struct landlock *landlock, const struct policy *policy,
		   struct faults *faults);

/*
 * Holds this process, which has set no_new_privs, and its descendants to it,
 * for ever. Exits with 125 and a message where the kernel refuses.
 */
void landlock_apply(const struct landlock *landlock);

#endif
