/*
 * A stream into a string, as open_memstream(3), which loses what there is no
 * memory for without a word: there neither ferror(3) nor fclose(3) tells (glibc
 * 2.36).
 */
#ifndef SCRUN_STRING_STREAM_H
#define SCRUN_STRING_STREAM_H

#include <stdbool.h>
#include <stdio.h>

/* Sets *STRING, to be freed by the caller once the stream is closed, and its
 * length. NULL where there is no memory. */
FILE *string_open(char **string, size_t *length);

/* Closes it; false where not all of what was written is in the string. */
bool string_close(FILE *stream);

#endif
