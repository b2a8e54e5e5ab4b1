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

/* The same of one that may have more instructions than the kernel takes. */
bool program_sound(const struct program *program);

/* What a valid PROGRAM returns for DATA: SECCOMP_RET_* and its data. */
uint32_t program_run(const struct program *program,
		     const struct seccomp_data *data);

/*
 * The end of a valid PROGRAM, sharing its code, that decides what it returns
 * for DATA's number and architecture by the arguments: it begins where the
 * first of them is loaded. All of PROGRAM if that keeps anything until there,
 * which libseccomp's do not.
 */
struct program program_rest(const struct program *program,
			    const struct seccomp_data *data);

/*
 * The words, from LOW to HIGH, for which the jump INSN is taken if it is asked
 * for the bits in MASK. Returns false where they are not in a row, or none.
 */
bool jump_range(const struct sock_filter *insn, uint32_t mask, uint64_t *low,
		uint64_t *high);

/* The words at OFFSET of struct seccomp_data from FIRST to LAST. */
struct range {
	uint32_t offset, first, last;
};

#define BOX_WORDS 2
#define NO_WORD	  UINT32_MAX /* an offset: the range stands for nothing */

/* All combinations of words from these ranges. */
struct box {
	struct range words[BOX_WORDS];
};

/*
 * Runs a valid PROGRAM for all of BOX at once, the rest as in DATA: at each
 * comparison with a word of it, the box is split. Calls EACH for every part
 * with what the program returns for it, and whether it looked at an argument
 * that is not of the box, until EACH returns false. Returns false then, and
 * where the program does more with such a word than to compare it, or compares
 * other bits of it than the highest.
 */
typedef bool box_fn(void *context, const struct box *box, uint32_t result,
		    bool saw_args);
bool program_run_box(const struct program *program,
		     const struct seccomp_data *data, const struct box *box,
		     box_fn *each, void *context);

/* The same for all system call numbers from FIRST to LAST. */
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
