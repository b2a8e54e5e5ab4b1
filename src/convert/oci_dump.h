/* A policy's system calls as a seccomp profile. */
#ifndef SCRUN_OCI_DUMP_H
#define SCRUN_OCI_DUMP_H

#include <stdio.h>

#include "../policy/policy.h"

/*
 * Writes to TO the profile, as the OCI's runtime specification has it, that
 * runc and crun compile to what POLICY says: that is verified. Adds to LOSSES
 * what a profile cannot say; to FAULTS, where libseccomp would compile it
 * otherwise.
 */
void oci_dump(FILE *to, const struct policy *policy, struct faults *faults,
	      struct faults *losses);

#endif
