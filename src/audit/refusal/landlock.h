/* What Landlock refused, by the rules of [paths] and [network]. */
#ifndef SCRUN_REFUSAL_LANDLOCK_H
#define SCRUN_REFUSAL_LANDLOCK_H

#include "proc.h"
#include "refusal.h"

/* The TCP port of a bind(2) or connect(2), or false where it has none. */
bool landlock_port(const struct call *call, enum port_use use,
		   unsigned int *port);

/*
 * Whether Landlock is why CALL, whose name without the suffix of a variant is
 * NAME, made under POLICY, failed with ERRNUM on a socket. Explains it then.
 */
bool landlock_explain_socket(struct refusal *refusal,
			     const struct policy *policy,
			     const struct call *call, const char *name,
			     int errnum);

/* The same of mounts and of other processes. */
bool landlock_explain_process(struct refusal *refusal,
			      const struct policy *policy,
			      const struct call *call, const char *name,
			      int errnum);

/* The same of files, where nothing else explains it. */
bool landlock_explain(struct refusal *refusal, const struct policy *policy,
		      const struct call *call, const char *name,
		      const struct credentials *caller, int errnum);

#endif
