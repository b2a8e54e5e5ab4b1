/* Resource limits: from the policy's [limits] to this process. */
#ifndef SCRUN_LIMITS_H
#define SCRUN_LIMITS_H

#include <sys/resource.h>

#include "../policy/policy.h"

/* By the index of policy->limits. */
struct limits {
	bool is_set[N_LIMITS]; /* else it stays as it is */
	struct rlimit values[N_LIMITS];
};

/*
 * What the command is to have under POLICY, started from here. Adds a fault for
 * each limit that this process may not set, and returns false.
 */
bool limits_plan(struct limits *limits, const struct policy *policy,
		 struct faults *faults);

/* Makes it so. Exits with 125 and a message where the kernel refuses. */
void limits_apply(const struct limits *limits);

/* A limit's value for people: TEXT, or "unlimited". */
#define LIMIT_TEXT 24
const char *limit_text(rlim_t value, char text[LIMIT_TEXT]);

#endif
