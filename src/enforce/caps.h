/* Capabilities: from the policy's [capabilities] to this process, by libcap. */
#ifndef SCRUN_CAPS_H
#define SCRUN_CAPS_H

#include <sys/types.h>

#include "../policy/policy.h"

/* The five sets, a bit for each capability (capabilities(7)). */
struct cap_sets {
	uint64_t permitted, effective, inheritable, ambient, bounding;
};

struct caps {
	/* As scrun was started; bounding: at most that. */
	struct cap_sets before;
	struct cap_sets after; /* as the command is to have them */
};

/* Those that this process may make effective. Exits with 125 where they cannot
 * be read. */
uint64_t caps_permitted(void);

/*
 * What the command is to have under POLICY, started from here. Adds a fault
 * for each capability that is to be kept and is not there, and returns false.
 */
bool caps_plan(struct caps *caps, const struct policy *policy,
	       struct faults *faults);

/*
 * What a program without file capabilities has once the user UID has executed
 * it, under no_new_privs (capabilities(7), "Transformation of capabilities
 * during execve()").
 */
struct cap_sets caps_executed(const struct caps *caps, uid_t uid);

/* Makes it so and reads it back. Exits with 125 where the kernel disagrees. */
void caps_apply(const struct caps *caps);

#endif
