/* Directories of every Linux, and whose they are. */
#ifndef SCRUN_LEARN_DIRECTORIES_H
#define SCRUN_LEARN_DIRECTORIES_H

#include <stdbool.h>
#include <stddef.h>

/* That of the system in which PATH is, which anybody may read as a whole; NULL:
 * in none. Static. */
const char *directory_of_system(const char *path);

/* Whether it is too much for a rule, whatever was done in it: "/", "/etc". */
bool directory_is_nobodys(const char *path);

/* Whether many programs have files in it: "/tmp", "/var/lib". */
bool directory_is_shared(const char *path);

/* The length of PATH's directory, where PATH is absolute; 1 for "/". */
size_t parent_length(const char *path);

#endif
