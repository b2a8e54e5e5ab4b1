/* Which capability a call needs: capabilities(7), as a table. */
#ifndef SCRUN_PRIVILEGES_H
#define SCRUN_PRIVILEGES_H

#include "../call.h"
#include "proc.h"

/*
 * The capability (CAP_*) for want of which CALL, whose name without the suffix
 * of a variant is NAME, fails with ERRNUM, and which CALLER lacks; or -1.
 * Capabilities that stand above the modes and owners of files are not here
 * (permissions.h).
 */
int privilege_missing(const struct call *call, const char *name, int errnum,
		      const struct credentials *caller);

#endif
