/*
 * CLONE_UNTRACED would take a child out of the audit (clone(2)). It gets out of
 * nothing else: without a tracer, each of its calls fails with ENOSYS.
 */
#ifndef SCRUN_UNTRACED_H
#define SCRUN_UNTRACED_H

#include "../policy/policy.h"
#include "call.h"

/* Denies clone with the flag in POLICY, unless it does already. */
void untraced_deny(struct policy *policy);

/*
 * The flags of clone3 are in memory, where no filter can see them: if CALL, at
 * whose start its thread has stopped, is clone3 with the flag, clears it there.
 * Returns whether it did.
 */
bool untraced_clear(const struct call *call);

/* The flags of CALL, which is clone or clone3; 0 if they cannot be read. */
uint64_t clone_flags(const struct call *call);

#endif
