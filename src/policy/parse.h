/* The text of a policy and of what it includes, into struct policy. */
#ifndef SCRUN_PARSE_H
#define SCRUN_PARSE_H

#include "policy.h"

/*
 * Reads the groups that come with scrun, then the policy NAME. Sets all of
 * POLICY but its rules; adds a fault for each thing wrong.
 */
void policy_parse(struct policy *policy, const char *name,
		  struct faults *faults);

#endif
