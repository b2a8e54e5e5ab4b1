/* What of a call's files its caller has no permission for. */
#ifndef SCRUN_PERMISSIONS_H
#define SCRUN_PERMISSIONS_H

#include <stddef.h>

#include "../call.h"
#include "proc.h"

enum blame {
	BLAME_NOTHING, /* by the files' modes it should have worked */
	BLAME_MODE,    /* the mode; CAP_DAC_OVERRIDE is above it */
	BLAME_OWNER,   /* the owner; CAP_FOWNER counts as one */
	BLAME_FILE,    /* the file; no capability is above it */
};

/*
 * Looks for what made CALL, whose name without the suffix of a variant is NAME,
 * fail with ERRNUM for CALLER. Writes it, printable, to REASON; nothing where
 * it blames nothing.
 */
enum blame permissions_explain(char *reason, size_t size,
			       const struct call *call, const char *name,
			       const struct credentials *caller, int errnum);

#endif
