/* The auditor's own sandbox: it reads what hostile programs hand it. */
#ifndef SCRUN_LOCK_IN_H
#define SCRUN_LOCK_IN_H

#include "../enforce/filter.h"

/* Makes the filter of conf/auditor.ini, or of conf/learner.ini where it LEARNS.
 * Exits with 125 where it cannot. */
void lock_in_prepare(struct filter *filter, bool learns);

/*
 * Leaves this process CAP_SYS_PTRACE, where it has it, and what FILTER allows.
 * Returns 0, or an errno with what failed in *STEP.
 */
int lock_in(const struct filter *filter, const char **step);

#endif
