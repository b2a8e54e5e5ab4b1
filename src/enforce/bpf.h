/*
 * Classic BPF as seccomp(2) takes it: a program, and an interpreter that runs
 * it as the kernel would (kernel/seccomp.c, net/core/filter.c).
 */
#ifndef SCRUN_BPF_H
#define SCRUN_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct program {
	struct sock_filter *code;
	size_t n; /* instructions */
};

/*
 * Whether the kernel would take PROGRAM: known instructions only, loads within
 * struct seccomp_data, jumps forward and inside, a return at the end.
 */
bool program_valid(const struct program *program);

/* What a valid PROGRAM returns for DATA: SECCOMP_RET_* and its data. */
uint32_t program_run(const struct program *program,
		     const struct seccomp_data *data);

/*
 * Runs a valid PROGRAM for all system call numbers from FIRST to LAST at once,
 * the rest as in DATA: at each comparison with the number the range is split.
 * Calls EACH for every part with what the program returns for it, and whether
 * it looked at arguments, until EACH returns false. Returns false then, and
 * where the program does more with the number than to compare it, which
 * libseccomp's do not.
 */
typedef bool range_fn(void *context, uint32_t first, uint32_t last,
		      uint32_t result, bool saw_args);
bool program_run_range(const struct program *program,
		       const struct seccomp_data *data, uint32_t first,
		       uint32_t last, range_fn *each, void *context);

/*
 * Calls EACH for every comparison of a word at OFFSET of struct seccomp_data,
 * less the bits outside MASK, with VALUE that a valid PROGRAM can come to for
 * DATA's number and architecture, whatever the arguments are.
 */
typedef void compare_fn(void *context, uint32_t offset, uint32_t mask,
			uint32_t value);
void program_comparisons(const struct program *program,
			 const struct seccomp_data *data, compare_fn *each,
			 void *context);

/* The stricter of two results; the first, newer one if they are equal. */
uint32_t stricter(uint32_t newer, uint32_t older);

/*
 * What a stack of programs, in the order of loading, makes of DATA: the
 * strictest action, among equals that of the program loaded last.
 */
uint32_t programs_run(const struct program *programs, size_t n,
		      const struct seccomp_data *data);

#endif
