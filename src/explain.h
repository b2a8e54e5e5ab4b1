/* --explain: what a policy does to a call, and why. */
#ifndef SCRUN_EXPLAIN_H
#define SCRUN_EXPLAIN_H

#include "policy/policy.h"

/*
 * Prints to stdout what POLICY does to CALL, which line decides, how the line's
 * group comes to have the call, and which other calls do the same and stay
 * open. CALL is a name, perhaps with conditions on its arguments as in an
 * entry. Returns 0; exits with 125 and a message where there is no such call.
 */
int explain(struct policy *policy, const char *call);

#endif
