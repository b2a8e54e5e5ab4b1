/* One argument of a call as text, by its role. */
#ifndef SCRUN_SHOW_H
#define SCRUN_SHOW_H

#include "roles.h"
#include "text.h"

/* The argument at INDEX of CALL, whose roles call_roles() gave. */
struct shown {
	const struct call *call;
	const struct roles *roles;
	unsigned int index;
};

/* How many arguments CALL has, given what they say. */
unsigned int show_count(const struct call *call, const struct roles *roles);

/* Adds the argument as it is before the call; what the kernel has still to
 * write is an address. */
void show(struct text *text, const struct shown *shown);

/* The argument's value, that of the other one that its role speaks of, and
 * its role. */
uint64_t shown_value(const struct shown *shown);
uint64_t shown_other(const struct shown *shown);
const struct role *shown_role(const struct shown *shown);

#endif
