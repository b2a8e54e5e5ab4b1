/* Why the kernel itself refused a call that the policy allows. */
#ifndef SCRUN_REFUSAL_H
#define SCRUN_REFUSAL_H

#include "../call.h"

struct refusal {
	/* For people, printable: "needs cap_net_bind_service", or
	 * "/etc/shadow: owner root, group shadow, mode 0640". Empty: unknown.
	 */
	char reason[256];
	/* The policy line that would have allowed it:
	 * "[capabilities] keep = cap_net_bind_service". Empty: there is none
	 * known. */
	char allow[96];
};

/*
 * Explains why CALL, which has just returned to its thread, failed with
 * ERRNUM, EPERM or EACCES. Evidence, not proof: the world may have changed.
 */
void refusal_explain(struct refusal *refusal, const struct call *call,
		     int errnum);

#endif
