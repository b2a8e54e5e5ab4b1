/* Which line of the policy decided, and which line would change that. */
#ifndef SCRUN_ATTRIBUTION_H
#define SCRUN_ATTRIBUTION_H

#include <stddef.h>

#include "../policy/verdict.h"
#include "decode/decode.h"

/*
 * Writes the line to add to the policy so that CALL, which VERDICT denies or
 * kills, is allowed, and as little else as can be: "[syscalls] deny = !mkdir",
 * or "!mkdir(...)" with an entry's own conditions, where an entry denies it,
 * and
 * "[syscalls] allow = socket(domain == AF_INET)" where none does. Empty where
 * no line would do. 640 bytes are enough.
 */
void attribution_allow(const struct policy *policy, const struct call *call,
		       const struct verdict *verdict,
		       const struct decoded *decoded, char *buffer,
		       size_t size);

#endif
