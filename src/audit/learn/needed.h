/* Which capability a call needs, told before it is made. */
#ifndef SCRUN_LEARN_NEEDED_H
#define SCRUN_LEARN_NEEDED_H

#include "../call.h"
#include "../refusal/proc.h"

/*
 * The capability (CAP_*) that CALL, whose thread waits in the kernel and has
 * the rights of CALLER, cannot succeed without; or -1 where none is known. What
 * a call needs that names it only in memory, or by what a descriptor stands
 * for, is not known: messages to netlink, files of /proc.
 */
int capability_needed(const struct call *call,
		      const struct credentials *caller);

#endif
