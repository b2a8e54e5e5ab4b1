/*
 * Memory that is about to be used, asked of the kernel at once. A fault for
 * each page of it takes longer: twenty times as long in a virtual machine whose
 * host must see to each. A kernel that cannot do it (before Linux 5.14,
 * madvise(2), MADV_POPULATE_WRITE) or has no more memory leaves it to the
 * faults.
 *
 * All of a static program, and its stack, is asked for before C begins:
 * prefault_program is its entry point (Makefile; x86-64 alone).
 */
#ifndef SCRUN_PREFAULT_H
#define SCRUN_PREFAULT_H

#include <stddef.h>

/* SIZE bytes that malloc(3) gives out next. */
void prefault_heap(size_t size);

#endif
