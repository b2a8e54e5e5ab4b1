/* Text from elsewhere, made safe for a terminal and for a line of a log. */
#ifndef SCRUN_PRINTABLE_H
#define SCRUN_PRINTABLE_H

#include <stddef.h>

/*
 * Writes the LENGTH bytes of TEXT to BUFFER, printable ASCII only: others as
 * C writes them (\n, \t, \\, \", \33, three digits before a digit). Cuts
 * before SIZE and ends with "…" then. Returns the length written, below SIZE;
 * BUFFER is terminated.
 */
size_t printable(char *buffer, size_t size, const char *text, size_t length);

#endif
