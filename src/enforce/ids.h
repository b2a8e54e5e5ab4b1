/* Users and groups: from names to numbers, and from numbers to this process. */
#ifndef SCRUN_IDS_H
#define SCRUN_IDS_H

#include "process.h"

/*
 * Looks up what POLICY names in /etc/passwd and /etc/group, by libc's calls for
 * these files: a statically linked program cannot ask other sources. Returns
 * false with a fault added.
 */
bool ids_plan(struct process *process, const struct policy *policy,
	      struct faults *faults);

/* Groups, then the user. Exits with 125 and a message where that fails. */
void ids_apply(const struct process *process);

#endif
