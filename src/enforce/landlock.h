/* Landlock: from the policy's [paths] and [network] to this process. */
#ifndef SCRUN_LANDLOCK_H
#define SCRUN_LANDLOCK_H

#include "../policy/policy.h"

struct landlock {
	int ruleset; /* owned; -1: the policy has no such rules */
};

/* As struct landlock_ruleset_attr of Linux 6.12: what is refused if no rule
 * allows it. */
struct landlock_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net; /* since Linux 6.7 */
	uint64_t scoped;	     /* since Linux 6.12 */
};

/* The ABI of the running kernel, or a negative errno; and those that have all
 * that rules for paths and for ports take. */
int landlock_abi(void);
#define LANDLOCK_PATHS 3
#define LANDLOCK_PORTS 4

/*
 * Fills ATTR in for POLICY on a kernel of Landlock's ABI, a negative errno
 * where it has none. Returns the size of what that kernel knows of it: shown
 * more, it says E2BIG, even where that is zero. Returns 0, with a fault added
 * for each key, where POLICY asks for more than the kernel can do.
 */
size_t landlock_handle(struct landlock_attr *attr, const struct policy *policy,
		       int abi, struct faults *faults);

/*
 * Makes the ruleset of POLICY, notes in its paths which files they are, and
 * opens the paths that it names, all of them closed on exec. Adds a fault for
 * each that is missing and for what the running kernel cannot do, and returns
 * false.
 */
bool landlock_plan(struct landlock *landlock, const struct policy *policy,
		   struct faults *faults);

/*
 * Holds this process, which has set no_new_privs, and its descendants to it,
 * for ever. Exits with 125 and a message where the kernel refuses.
 */
void landlock_apply(const struct landlock *landlock);

#endif
