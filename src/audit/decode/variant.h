/* Arguments whose meaning another argument of the call decides. */
#ifndef SCRUN_VARIANT_H
#define SCRUN_VARIANT_H

#include <stdbool.h>
#include <stdint.h>

#include "flags.h"
#include "roles.h"

enum variant_kind {
	VARIANT_WORD, /* not known */
	VARIANT_NONE, /* there is no such argument then */
	VARIANT_INT,
	VARIANT_STRING,
	VARIANT_FLAGS,
};

struct variant {
	enum variant_kind kind;
	enum flag_set set; /* of VARIANT_FLAGS */
};

/*
 * What the argument at INDEX is where the one that its role speaks of is OTHER:
 * VARIANT_WORD for a role that has no variants.
 */
struct variant variant_of(enum role_kind role, uint64_t other,
			  unsigned int index);

bool role_has_variants(enum role_kind role);

/* Whether to open with FLAGS may make a file: only then the mode counts. */
bool open_makes_file(uint64_t flags);

#endif
