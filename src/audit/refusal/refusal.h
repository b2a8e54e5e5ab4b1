/* Why the kernel itself refused a call that the policy allows. */
#ifndef SCRUN_REFUSAL_H
#define SCRUN_REFUSAL_H

#include "../../policy/policy.h"
#include "../call.h"

struct refusal {
	/* For people, printable: "needs cap_net_bind_service", or
	 * "/etc/shadow: owner root, group shadow, mode 0640". Empty: unknown.
	 */
	char reason[256];
	/* The policy line that would have allowed it:
	 * "[capabilities] keep = cap_net_bind_service". Empty: there is none
	 * known. */
	char allow[256];
	int capability; /* CAP_*, the one that it keeps; -1: another line */
};

/*
 * Explains why CALL, made under POLICY, which has just returned to its thread,
 * failed with ERRNUM: EPERM, EACCES, or EXDEV, which stays unexplained where
 * Landlock is not the reason. Evidence, not proof: the world may have changed.
 */
void refusal_explain(struct refusal *refusal, const struct policy *policy,
		     const struct call *call, int errnum);

/* Takes the line back that keeps a capability which is not in PERMITTED, those
 * that scrun was started with: it has no other to keep. */
void refusal_limit(struct refusal *refusal, uint64_t permitted);

#endif
