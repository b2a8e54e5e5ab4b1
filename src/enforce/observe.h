/*
 * The filter of an audit: the policy's own, whose answers go to an auditor. It
 * stays as strict: without an auditor, what goes to one fails with ENOSYS
 * (seccomp(2), SECCOMP_RET_USER_NOTIF and SECCOMP_RET_TRACE).
 */
#ifndef SCRUN_OBSERVE_H
#define SCRUN_OBSERVE_H

#include "bpf.h"

enum observation {
	OBSERVE_NOTHING,
	OBSERVE_DENIALS, /* a denied call goes to the listener */
	OBSERVE_CALLS,	 /* and an allowed one stops for the tracer */
};

/* What takes the place of a filter's RESULT (SECCOMP_RET_* and data). */
uint32_t observed(uint32_t result, enum observation observation);

/*
 * Makes of the stack of N valid PROGRAMS, which it frees, one program: the
 * kernel takes one listener, and so one program whose denials reach it.
 * Returns false, with the stack as it was, where there is no memory.
 */
bool programs_observe(struct program *programs, size_t *n,
		      enum observation observation);

#endif
