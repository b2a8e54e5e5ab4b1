/* A policy's seccomp filter, for programs that load one, and for people. */
#ifndef SCRUN_FILTER_DUMP_H
#define SCRUN_FILTER_DUMP_H

#include <stdio.h>

#include "../policy/policy.h"

/*
 * Writes to TO the one BPF program that does what POLICY's filters do together,
 * verified: struct sock_filter, as bwrap and setpriv read them. Adds to LOSSES
 * what a program cannot say, to FAULTS why there is none.
 */
void bpf_dump(FILE *to, const struct policy *policy, struct faults *faults,
	      struct faults *losses);

/* Writes what libseccomp makes of POLICY as its pseudo filter code. */
void pfc_dump(FILE *to, const struct policy *policy, struct faults *faults,
	      struct faults *losses);

#endif
