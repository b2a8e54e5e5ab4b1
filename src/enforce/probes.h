/* The arguments that a call is tried with when its filter is verified. */
#ifndef SCRUN_PROBES_H
#define SCRUN_PROBES_H

#include "../policy/policy.h"
#include "bpf.h"

/* The different values to try for one argument, in ascending order. */
struct probes {
	uint64_t *values; /* owned */
	size_t n, max;
	/* For the gathering, a hash table: an index and 1, or 0 for none. */
	uint32_t *slots; /* owned */
	unsigned int slot_bits;
};

/*
 * Gathers for each argument of DATA's call the values at which a condition of
 * the N_RULES on it can change its mind, and those at which one of the N
 * programs can, with their neighbours. An argument that neither looks at has
 * none.
 */
void probes_gather(struct probes probes[6], const struct program *programs,
		   size_t n, const struct seccomp_data *data,
		   const struct rule *rules, size_t n_rules);
void probes_free(struct probes probes[6]);

#endif
