/* Where a conversion goes: nowhere, until all of it is there. */
#ifndef SCRUN_OUTPUT_H
#define SCRUN_OUTPUT_H

#include <stddef.h>

/*
 * Writes the SIZE bytes of TEXT to the file NAME, which is replaced as a whole
 * or not at all; through a descriptor where NAME is that of one ("/dev/fd/3");
 * to standard output where NAME is NULL. Exits with 125 after an error.
 */
void output_write(const char *name, const char *text, size_t size);

#endif
