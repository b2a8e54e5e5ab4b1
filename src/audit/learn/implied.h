/* Calls that no run need show, and that what it shows can lead to. */
#ifndef SCRUN_LEARN_IMPLIED_H
#define SCRUN_LEARN_IMPLIED_H

#include "seen.h"

/* Adds them to SEEN, but for those that POLICY (NULL: none) allows. */
void imply(struct seen *seen, const struct policy *policy);

#endif
