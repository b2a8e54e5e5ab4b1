/* What scrun does with a policy when it runs no command. */
#ifndef SCRUN_TOOLS_H
#define SCRUN_TOOLS_H

#include "policy/policy.h"

/* --list: WHAT is groups, syscalls or capabilities. Returns the status. */
int tool_list(const char *what);

/*
 * --check: compiles and verifies POLICY's filter, prints its warnings to
 * stderr and a summary to stdout. Returns 0, or 1 after a warning.
 */
int tool_check(struct policy *policy);

#endif
