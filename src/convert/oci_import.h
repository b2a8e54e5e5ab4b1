/* A seccomp profile as a policy. */
#ifndef SCRUN_OCI_IMPORT_H
#define SCRUN_OCI_IMPORT_H

#include <stdio.h>

#include "profile.h"

/*
 * Writes to TO the policy that means what PROFILE does as runc and crun compile
 * it, for a process with CAPABILITIES. Adds to FAULTS the entries that
 * contradict each other, and to LOSSES what a policy cannot say.
 */
void oci_import(FILE *to, const struct profile *profile, uint64_t capabilities,
		struct faults *faults, struct faults *losses);

#endif
