/* From the entries as written to the calls that they name. */
#ifndef SCRUN_GATHER_H
#define SCRUN_GATHER_H

#include "policy.h"

/* A call that an entry names, by itself or through groups. */
struct named_call {
	STAILQ_ENTRY(named_call) next;
	const struct entry *member; /* the call: name and conditions */
	const struct entry *entry;  /* the policy's entry that led to it */
	bool optional;
	/* On each of the policy's architectures; SYSCALL_ABSENT also on those
	 * that the member does not mean. */
	int numbers[];
};
STAILQ_HEAD(call_list, named_call);

/*
 * Adds to CALLS what ENTRY of POLICY names, by itself or through groups, or
 * takes out of them what it removes; adds a fault for each name that is not
 * known. What is added is POLICY's.
 */
void gather(struct policy *policy, struct entry *entry, struct call_list *calls,
	    struct faults *faults);

/* A group that no entry uses is to be right as well: adds its faults. */
void gather_unused(struct policy *policy, struct faults *faults);

/* Whether one of POLICY's architectures has CALL. */
bool call_is_here(const struct policy *policy, const struct named_call *call);

#endif
