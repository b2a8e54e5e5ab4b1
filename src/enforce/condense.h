/*
 * One short program in place of libseccomp's: runs of call numbers with one
 * answer take one comparison, and what several calls have in common is there
 * once. Each instruction costs a start some 0.3 us, each more program 150 us,
 * and each call that has arguments to be looked at a run of it; and where
 * denied calls go to a listener, the kernel takes one program.
 */
#ifndef SCRUN_CONDENSE_H
#define SCRUN_CONDENSE_H

#include "bpf.h"

/*
 * Makes of the stack of *N valid PROGRAMS one program that answers the same,
 * and frees the stack. Leaves it as it is where that would be too large for the
 * kernel or no gain, and where the programs do what libseccomp's do not.
 * Returns false, with the stack as it was, where there is no memory.
 */
bool programs_condense(struct program *programs, size_t *n);

#endif
