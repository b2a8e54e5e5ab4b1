/* A proof, over all arguments of a call, that a program does what was asked. */
#ifndef SCRUN_PROVE_H
#define SCRUN_PROVE_H

#include "trial.h"

/*
 * Goes every way through the programs that DATA's call can take, with what its
 * arguments must be like to take it, and asks of the N RULES that the policy
 * has on the call whether any such arguments get another answer of them. With
 * REFUTED the trial's difference says which.
 *
 * UNDECIDED where it would take too long, where there are several programs or
 * a ticket for the call, and where a program does more with a word than to mask
 * and to compare it.
 */
enum proof prove(const struct trial *trial, const struct seccomp_data *data,
		 const struct rule *rules, size_t n);

#endif
