/* What Landlock refused, by the rules of [paths] and [network]. */
#ifndef SCRUN_REFUSAL_LANDLOCK_H
#define SCRUN_REFUSAL_LANDLOCK_H

#include "proc.h"
#include "refusal.h"

/*
 * Whether Landlock is why CALL, whose name without the suffix of a variant is
 * NAME, made under POLICY, failed with ERRNUM on a socket. Explains it then.
 */
bool landlock_explain_socket(struct refusal *refusal,
			     const struct policy *policy,
			     const struct call *call, const char *name,
			     int errnum);

/* The same of all other calls, which nothing else explains. */
bool landlock_explain(struct refusal *refusal, const struct policy *policy,
		      const struct call *call, const char *name,
		      const struct credentials *caller, int errnum);

#endif
