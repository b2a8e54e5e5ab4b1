/* What io_uring(7) does in place of system calls. */
#ifndef SCRUN_URING_H
#define SCRUN_URING_H

#include "policy.h"

/* A call for the operation at INDEX, or NULL past the end; static. */
const char *uring_operation(size_t index);

/*
 * Whether io_uring does what the call NAME does, or another one of its family,
 * without making it. All groups have been read.
 */
bool uring_does(const struct policy *policy, const char *name);

#endif
