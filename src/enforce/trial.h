/* One call, put to the programs and to the policy. */
#ifndef SCRUN_TRIAL_H
#define SCRUN_TRIAL_H

#include "../policy/verdict.h"
#include "verify.h"

#define N_ARGS 6

/* What programs_verify was asked. */
struct trial {
	const struct program *programs;
	size_t n;
	const struct policy *policy;
	const struct ticket *ticket;
	enum observation observation;
	struct difference *difference;
	size_t *steps; /* left to prove.h; NULL: it is not asked */
};

/* Whether the ticket is for DATA's call, whatever its arguments are. */
bool trial_has_ticket(const struct trial *trial,
		      const struct seccomp_data *data);

/* What the kernel is to return for DATA, for which the policy has VERDICT. */
uint32_t trial_wanted(const struct trial *trial,
		      const struct seccomp_data *data, struct verdict verdict);

/* Notes the difference, and returns false. */
bool trial_differs(const struct trial *trial, const struct seccomp_data *data,
		   uint32_t wanted, uint32_t got);

/* Whether the programs return for DATA what they ought to by VERDICT. */
bool trial_holds(const struct trial *trial, const struct seccomp_data *data,
		 struct verdict verdict);

enum proof { PROVEN, REFUTED, UNDECIDED };

/*
 * Whether the programs do for all arguments of DATA's call what the N RULES
 * that the policy has on it say. UNDECIDED unless all conditions are on the
 * order of one argument and values, and the programs compare only this one.
 */
enum proof trial_prove(const struct trial *trial,
		       const struct seccomp_data *data,
		       const struct rule *rules, size_t n);

/*
 * Checks the call NR of ARCH, as the kernel reports it, on which the policy has
 * the N RULES. What neither trial_prove nor prove.h decides is tried with the
 * values at which a rule or a program can change its mind, and their
 * neighbours: each alone where only one argument counts, else in combination,
 * as far as these are not too many. Returns false at the first difference.
 */
bool trial_arguments(const struct trial *trial, uint32_t arch, uint32_t nr,
		     const struct rule *rules, size_t n);

#endif
