/* One layer of a plan, compiled by libseccomp. */
#ifndef SCRUN_COMPILE_H
#define SCRUN_COMPILE_H

#include <stdio.h>

#include "bpf.h"
#include "plan.h"

/*
 * Compiles LAYER for the architectures of POLICY. Returns 0 with PROGRAM's
 * code to be freed by the caller, or a negative errno; any error of libseccomp
 * is final.
 */
int layer_compile(const struct layer *layer, const struct policy *policy,
		  struct program *program);

/* Prints LAYER as libseccomp's pseudo filter code; returns 0 or as above. */
int layer_print(const struct layer *layer, const struct policy *policy,
		FILE *to);

/*
 * The code of FILTER, a scmp_filter_ctx; as above. A program too large for the
 * kernel may be cut.
 */
int program_export(void *filter, struct program *program);

/* What the kernel is to return for a verdict (SECCOMP_RET_*). */
uint32_t kernel_action(enum action action, int errnum);

#endif
