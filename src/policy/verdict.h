/* The one meaning of a policy. */
#ifndef SCRUN_VERDICT_H
#define SCRUN_VERDICT_H

#include "policy.h"

struct verdict {
	enum action action;
	int errnum; /* of ACTION_DENY, else 0 */
	/* The deciding entry or the default; NULL for an architecture that
	 * the policy does not list. Owned by the policy. */
	const struct origin *origin;
};

/*
 * What POLICY does to the system call NR of ARCH (SCMP_ARCH_X86_64 for x32 as
 * well, whose numbers have bit 30) with ARGS. Knows nothing of BPF.
 */
struct verdict verdict_of(const struct policy *policy, uint32_t arch,
			  uint32_t nr, const uint64_t args[6]);

/* The same by the N RULES that POLICY has on a call. */
struct verdict verdict_among(const struct policy *policy,
			     const struct rule *rules, size_t n,
			     const uint64_t args[6]);

/*
 * What happens where RULE is the first to match, where none does, and to a call
 * of an architecture that is not listed.
 */
struct verdict verdict_by(const struct rule *rule);
struct verdict verdict_default(const struct policy *policy);
struct verdict verdict_unlisted(void);

/* Whether POLICY's architectures have ARCH. */
bool arch_is_listed(const struct policy *policy, uint32_t arch);

/* The first rule on (ARCH, NR), and in *N how many follow each other. */
const struct rule *rules_of(const struct policy *policy, uint32_t arch,
			    uint32_t nr, size_t *n);

/* "deny", "kill", ...; static. */
const char *action_name(enum action action);

#endif
