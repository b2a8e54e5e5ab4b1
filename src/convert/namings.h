/* Which entries of a profile name a call, and whether they agree. */
#ifndef SCRUN_NAMINGS_H
#define SCRUN_NAMINGS_H

#include "profile.h"

/* What one entry says of one call. */
struct naming {
	const char *name;
	const struct profile_entry *entry;
};

struct namings {
	const struct profile *profile;
	struct naming *list; /* sorted by name, then entry; owned */
	size_t n;
};

void namings_make(struct namings *namings, const struct profile *profile);
void namings_free(struct namings *namings);

/* The first naming of NAME, and in *N how many follow each other. */
const struct naming *namings_of(const struct namings *namings, const char *name,
				size_t *n);

/*
 * Adds to FAULTS each two entries that ask different things of one call with
 * the same arguments, and calls with more rules than could be compiled.
 */
void namings_check(const struct namings *namings, struct faults *faults);

/* The line of ENTRY in its profile. */
unsigned int entry_line(const struct profile *profile,
			const struct profile_entry *entry);

/* How many rules ENTRY makes of its comparisons. */
size_t entry_alternatives(const struct profile_entry *entry);

/* The comparisons of alternative INDEX, and in *N how many. */
const struct condition *entry_alternative(const struct profile_entry *entry,
					  size_t index, size_t *n);

bool same_effect(const struct profile_entry *a, const struct profile_entry *b);

/* Whether all comparisons of both lists can hold together. */
bool lists_overlap(const struct condition *a, size_t n_a,
		   const struct condition *b, size_t n_b);

#endif
