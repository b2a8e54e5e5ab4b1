/* What a call needs of its files, from the manual pages of section 2. */
#ifndef SCRUN_NEEDS_H
#define SCRUN_NEEDS_H

#include "../call.h"

/* The low three bits are those of a mode. */
#define NEED_EXECUTE 0001u
#define NEED_WRITE   0002u
#define NEED_READ    0004u
#define NEED_ENTRY   0010u   /* to make or remove its name in the directory */
#define NEED_DELETE  0020u   /* to remove it, which a sticky directory limits */
#define NEED_CREATE  0040u   /* NEED_ENTRY where it does not exist */
#define NEED_OWNER   0100u   /* to own it */
#define NEED_TIMES   0200u   /* to own it or to write to it: utime(2) */
#define NEED_PROGRAM 0400u   /* to execute it as a program */
#define NEED_REAL    01000u  /* by the real IDs, not the effective: access(2) */
#define NEED_LINK    02000u  /* the link itself, where it is one */
#define NEED_OPEN    04000u  /* it is a descriptor's: the way there is gone */
#define NEED_SOURCE  010000u /* to give it another name: link(2) */
#define NEED_CHANGE  020000u /* that it may be changed at all: chown(2) */

/*
 * What CALL, whose name without the suffix of a variant is NAME, needs of its
 * file INDEX (call_path). Returns false if it has no such file.
 */
bool needs_of(unsigned int *needs, const struct call *call, const char *name,
	      unsigned int index);

#define MAX_BASE_NAME 48

/*
 * The call's name without what marks a variant for wider IDs, sizes or times:
 * chown32, truncate64, clock_settime64, utimensat_time64.
 */
void call_base_name(char name[MAX_BASE_NAME], const struct call *call);

/* Argument INDEX as wide as CALL's architecture has its registers. */
uint64_t call_argument(const struct call *call, unsigned int index);

#endif
