/*
 * The system calls of a policy as the rules of a seccomp profile: each a call,
 * an action, and bits of arguments that must have given values, or comparisons
 * of registers where the policy has nothing else on the call. No two of
 * different actions hold for the same call, so that the order is no matter.
 */
#ifndef SCRUN_OCI_RULES_H
#define SCRUN_OCI_RULES_H

#include "../enforce/terms.h"
#include "../policy/policy.h"

struct oci_rule {
	char *name;		     /* of the call; owned */
	const struct origin *origin; /* the policy's */
	enum action action;
	int errnum;
	bool is_conditional;
	struct term term; /* if it is, and there are no comparisons: */
	/* Of whole registers, each once, as a profile has them. */
	const struct condition *comparisons; /* the policy's, or NULL */
	size_t n_comparisons;
};

struct oci_rules {
	struct oci_rule *list; /* owned */
	size_t n, max;
	/* Rules of the policy on calls whose conditions are too many; owned. */
	const struct rule **lost;
	size_t n_lost;
};

/*
 * The rules of POLICY for all of its architectures: a profile knows a call by
 * its name alone, so the native one's rules are taken, and for a call that it
 * does not have, another one's. Adds to LOSSES the calls whose conditions are
 * too many; these get a rule that denies.
 */
void oci_rules_make(struct oci_rules *rules, const struct policy *policy,
		    struct faults *losses);
void oci_rules_free(struct oci_rules *rules);

#endif
