/* Where a service's startup ends: it waits for work. */
#ifndef SCRUN_LEARN_WAITS_H
#define SCRUN_LEARN_WAITS_H

#include "../call.h"

/* Whether CALL is one by which a program waits for others, or for time to
 * pass. */
bool call_waits(const struct call *call);

#endif
