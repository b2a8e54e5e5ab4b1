/* The file beside a policy's own that scrun --compile has written. */
#ifndef SCRUN_KEPT_H
#define SCRUN_KEPT_H

#include "policy.h"

/* Whether POLICY was read from a file that another can stand beside. */
bool kept_has_place(const struct policy *policy);

/* The name of POLICY's, to be freed by the caller. */
char *kept_path(const struct policy *policy);

/*
 * Reads it into policy->kept. A file that is missing, is a link, or could have
 * been written by anybody but root and the caller is left alone: POLICY is
 * compiled anew.
 */
void kept_read(struct policy *policy);

#endif
