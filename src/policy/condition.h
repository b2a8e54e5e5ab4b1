/* Conditions on arguments: their text, and when they hold. */
#ifndef SCRUN_CONDITION_H
#define SCRUN_CONDITION_H

#include "policy.h"

/*
 * Parses TEXT, what stands between the parentheses of ENTRY, whose name is
 * set: comparisons joined by "&&". Returns false with a fault added.
 */
bool conditions_parse(struct policy *policy, struct entry *entry,
		      const char *text, const struct origin *origin,
		      struct faults *faults);

/*
 * Writes the N CONDITIONS on CALL to BUFFER as an entry has them, without named
 * constants: "fd == 1 && raw1 & 3 == 2". Returns the length, as snprintf does.
 */
size_t conditions_print(char *buffer, size_t size, const char *call,
			const struct condition *conditions, size_t n);

/* Whether it holds of two values of which the first is less (ORDER below 0),
 * equal (0) or greater. */
bool comparison_holds(enum comparison comparison, int order);

/* That which holds of two values where COMPARISON does not. */
enum comparison comparison_contrary(enum comparison comparison);

/*
 * Whether CONDITION holds for an argument of VALUE. STRICT says how to read a
 * parameter of unknown width: for a rule that denies or kills, the condition
 * holds if it does for 32 or for 64 bits; else only if it does for both.
 */
bool condition_holds(const struct condition *condition, uint64_t value,
		     bool strict);

/* Whether two lists compare the same with the same, in the same order. */
bool conditions_equal(const struct condition *a, size_t n_a,
		      const struct condition *b, size_t n_b);

/*
 * The values of an argument at which CONDITION can change its mind, and their
 * neighbours: at most MAX_PROBES are written to PROBES, their number returned.
 */
#define MAX_PROBES 32
size_t condition_probes(const struct condition *condition,
			uint64_t probes[MAX_PROBES]);

/* All ones in the low BITS (0 means 64). */
uint64_t bits_mask(unsigned int bits);

/* Whether VALUE, perhaps negative, can be held in BITS bits. */
bool value_fits(uint64_t value, unsigned int bits);

#endif
