/* What no_new_privs keeps from a program that is set-user-ID, or the like. */
#ifndef SCRUN_WITHHELD_H
#define SCRUN_WITHHELD_H

#include "proc.h"

/*
 * Appends to REASON, a text of at most SIZE bytes, what the file of the program
 * that PID runs would have given it elsewhere, and does not under scrun:
 * "; su is set-user-ID, which no_new_privs ignores". Nothing, if that is
 * nothing, or cannot be seen.
 */
void withheld_append(char *reason, size_t size, pid_t pid,
		     const struct credentials *caller);

#endif
