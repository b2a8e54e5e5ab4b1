/*
 * One program in place of a stack: each that the kernel loads costs a start
 * some 150 us more, and each call that has arguments to be looked at a run of
 * it; and where denied calls go to a listener, it takes one.
 */
#ifndef SCRUN_JOIN_H
#define SCRUN_JOIN_H

#include "bpf.h"

/*
 * Makes of the stack of *N valid PROGRAMS one program that answers the same,
 * and frees the stack. Leaves it as it is where that would be too large for the
 * kernel. Returns false, with the stack as it was, where there is no memory.
 */
bool programs_join(struct program *programs, size_t *n);

#endif
