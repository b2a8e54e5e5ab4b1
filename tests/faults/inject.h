/* What tests/faults/faults.c asks of a scrun with inject.c linked in, and what
 * it is told: a file that both map. */
#ifndef INJECT_H
#define INJECT_H

#include <stdatomic.h>

/* The environment variable that names the file. */
#define INJECT_FILE "SCRUN_INJECT"

/* Who makes the call: the process that becomes the command, its child, or the
 * auditor that is the child's. */
#define N_ROLES 3

/* A number of its own for the allocation of memory. */
#define N_CALLS	 512
#define ALLOCATE (N_CALLS - 1)

enum injection {
	INJECT_NOTHING,
	INJECT_RESULT, /* the call is not made, and has the result `value` */
	INJECT_END,    /* the process ends before the call */
};

struct inject {
	enum injection injection;
	unsigned int role;
	unsigned int nr;
	unsigned int nth; /* from 1; 0: each one */
	long value;	  /* a negative errno, or a lie */

	atomic_uint injected;		    /* how often */
	atomic_uint made[N_ROLES][N_CALLS]; /* calls, by role and number */
};

#endif
