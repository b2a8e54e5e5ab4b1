/* Policies that are right, and still do not do what their author expects. */
#ifndef SCRUN_LINT_H
#define SCRUN_LINT_H

#include "policy.h"

/*
 * Adds to WARNINGS, as faults, every entry that denies a call and leaves open
 * another one that does the same.
 */
void policy_lint(struct policy *policy, struct faults *warnings);

/* Prints these warnings to stderr. */
void policy_warn(struct policy *policy);

#endif
