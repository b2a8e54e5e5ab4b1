/* --check: what can be said against a policy, and what it allows. */
#ifndef SCRUN_CHECK_H
#define SCRUN_CHECK_H

#include "policy/lint.h"

/*
 * Compiles and verifies POLICY's filter, prints the findings at or above
 * THRESHOLD to stderr and a summary to stdout. Returns 0, or 1 after such a
 * finding; exits with 125 and the faults where the policy cannot be enforced.
 */
int check(struct policy *policy, enum severity threshold);

#endif
