/* From the entries as written to the rules on each system call. */
#ifndef SCRUN_RESOLVE_H
#define SCRUN_RESOLVE_H

#include "policy.h"

/*
 * Expands groups, applies '!', looks up every name on every architecture and
 * sets POLICY's rules; adds a fault for each name that is not known and each
 * two rules that contradict each other.
 */
void policy_resolve(struct policy *policy, struct faults *faults);

#endif
