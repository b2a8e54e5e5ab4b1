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

/* ENTRY's conditions as they are on ARCH; owned by POLICY. */
const struct condition *conditions_on(struct policy *policy,
				      const struct entry *entry, uint32_t arch);

/* Whether a filter can see on ARCH all that ENTRY's conditions ask for. */
bool conditions_visible(const struct entry *entry, uint32_t arch);

#endif
