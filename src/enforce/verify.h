/*
 * The proof, made at every start, that what the kernel gets is what the policy
 * says: the programs are interpreted and compared with the verdict function.
 */
#ifndef SCRUN_VERIFY_H
#define SCRUN_VERIFY_H

#include "../policy/policy.h"
#include "bpf.h"
#include "observe.h"
#include "ticket.h"

/*
 * A call for which program and policy differ. Where wanted and got are equal,
 * the program looks at what the policy does not speak of.
 */
struct difference {
	uint32_t arch, nr;
	uint64_t args[6];
	uint32_t wanted, got; /* SECCOMP_RET_* and data */
};

/*
 * Runs the N PROGRAMS, valid and in the order of loading, for every system
 * call number of every listed architecture and of x32, for numbers and
 * architectures that do not exist, and for the arguments of calls with
 * conditions, as trial_arguments has it (trial.h). TICKET, if not NULL, is
 * allowed whatever POLICY says; OBSERVATION is what the programs were made
 * for. Returns false at the first difference.
 */
bool programs_verify(const struct program *programs, size_t n,
		     const struct policy *policy, const struct ticket *ticket,
		     enum observation observation,
		     struct difference *difference);

/*
 * The same of what has just been compiled, with more time for proofs over all
 * arguments, where programs_verify may only try some.
 */
bool programs_prove(const struct program *programs, size_t n,
		    const struct policy *policy, const struct ticket *ticket,
		    struct difference *difference);

#endif
