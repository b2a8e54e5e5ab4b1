/*
 * Conditions as sets of terms. A term asks some bits of some arguments to have
 * given values; a set of terms holds where one of them does. Every condition
 * can be written so, and it is the form which every libseccomp compiles right:
 * up to 2.6.1 it goes wrong on sets of rules with < and != on one call.
 */
#ifndef SCRUN_TERMS_H
#define SCRUN_TERMS_H

#include "../policy/policy.h"

struct term {
	uint64_t mask[6];  /* the bits that are asked for ... */
	uint64_t value[6]; /* ... and what they must be; 0 elsewhere */
};

struct terms {
	struct term *list; /* owned */
	size_t n, max;
	bool too_many; /* the set is not complete: give up */
};

/* A set of more terms is not worth its time in the kernel. */
#define MAX_TERMS 1024

/* Empty a set. */
void terms_free(struct terms *terms);

/* The set for which all conditions of RULE hold. */
struct terms terms_of_rule(const struct rule *rule);

/*
 * The set for which one of RULE's conditions does not hold: the complement of
 * terms_of_rule, smaller by far where there are several conditions.
 */
struct terms terms_outside_rule(const struct rule *rule);

/* Adds FROM to SET, and empties FROM. */
void terms_unite(struct terms *set, struct terms *from);

/* Makes SET the intersection of SET and WITH, and empties WITH. */
void terms_intersect(struct terms *set, struct terms *with);

/* The set of all arguments that are in no term of SET. */
struct terms terms_complement(const struct terms *set);

#endif
