/* What each key means, but for those of [policy] and [groups]. */
#ifndef SCRUN_KEYS_H
#define SCRUN_KEYS_H

#include "policy.h"

/* Whether there are keys in the section NAME. */
bool key_section(const char *name);

/* The section at INDEX, or NULL past the end; static. */
const char *key_section_name(size_t index);

/*
 * Takes VALUE for ORIGIN's key of SECTION into POLICY. A key that goes on in
 * further lines comes once for each line. ORIGIN's text is set here.
 */
void key_parse(struct policy *policy, const char *section,
	       struct origin *origin, const char *value, struct faults *faults);

#endif
