/*
 * Calls that some architectures pack into one: socketcall(2) and ipc(2), with
 * the arguments in memory, where no filter can look.
 */
#ifndef SCRUN_MULTIPLEX_H
#define SCRUN_MULTIPLEX_H

#include <stdbool.h>
#include <stdint.h>

struct multiplex {
	int nr;		   /* of socketcall or ipc */
	uint32_t mask;	   /* of its first argument ... */
	uint32_t selector; /* ... which chooses the call */
};

/* Whether ARCH has such calls. */
bool arch_multiplexes(uint32_t arch);

/* Whether ARCH can make the call NAME through another one, and how. */
bool multiplex_find(uint32_t arch, const char *name,
		    struct multiplex *multiplex);

/*
 * The call that THROUGH ("socketcall", "ipc") makes where its first argument is
 * SELECTOR; NULL where it makes none, or THROUGH is another call. Static.
 */
const char *multiplexed_name(const char *through, uint64_t selector);

/*
 * Whether ARCH's call NAME takes its arguments otherwise than the 64-bit call
 * whose arguments conditions name: in memory, narrower, or in two halves.
 */
bool arguments_differ(uint32_t arch, const char *name);

#endif
