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

/* The data of a stop for the tracer: of one that a filter of the command's own
 * asks for, it is another. */
#define OBSERVED_STOP 0x7363

/* What takes the place of a filter's RESULT (SECCOMP_RET_* and data). */
uint32_t observed(uint32_t result, enum observation observation);

/* Makes of each of a valid PROGRAM's results what is observed of it. */
void program_observe(struct program *program, enum observation observation);

#endif
