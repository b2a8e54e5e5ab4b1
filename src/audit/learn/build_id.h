/* What tells one build of a program from another. */
#ifndef SCRUN_LEARN_BUILD_ID_H
#define SCRUN_LEARN_BUILD_ID_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes "build-id 4ab3..." of the ELF file PATH, or "size 1234" of a file that
 * has none. Returns false where there is no such file to be read.
 */
bool build_id(const char *path, char *text, size_t size);

#endif
