/* Compiled programs that are kept in a file for later starts (kept.h). */
#ifndef SCRUN_KEEP_H
#define SCRUN_KEEP_H

#include "../policy/policy.h"
#include "bpf.h"

/*
 * The programs that POLICY comes with (policy->kept), where they were made for
 * just this policy by this version of scrun and of libseccomp under this
 * kernel. Their code is the caller's to free and still to be verified, and
 * addresses of a ticket are blank. Returns false where there are none.
 */
bool keep_take(const struct policy *policy, struct program *programs,
	       size_t *n);

/* --compile: writes POLICY's programs beside its file; returns 0, or exits
 * with 125 and a message. */
int keep_write(const struct policy *policy);

#endif
