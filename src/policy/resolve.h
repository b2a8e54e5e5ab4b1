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

/*
 * Calls EACH for every call that POLICY, without faults, names for ACTION, by
 * itself or through groups, less what '!' takes out. MEMBER has its name and
 * conditions, ENTRY of the policy led to it. IS_HERE: an architecture of the
 * policy's has the call.
 */
typedef void call_fn(void *context, const struct entry *member,
		     const struct entry *entry, bool is_here);
void policy_each_call(struct policy *policy, enum action action, call_fn *each,
		      void *context);

#endif
