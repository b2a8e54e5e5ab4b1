/*
 * Writes a decision diagram as a program of the kernel's.
 */
#ifndef SCRUN_ASSEMBLE_H
#define SCRUN_ASSEMBLE_H

#include "bpf.h"
#include "diagram.h"

/*
 * Makes *PROGRAM, its code to be freed, answer as DIAGRAM does from its node
 * ROOT on. Without code where that would be too large for the kernel. Returns
 * false where there is no memory.
 */
bool program_of(const struct diagram *diagram, uint16_t root,
		struct program *program);

#endif
