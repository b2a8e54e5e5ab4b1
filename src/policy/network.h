/* The keys of [network], and what they allow. */
#ifndef SCRUN_NETWORK_H
#define SCRUN_NETWORK_H

#include "policy.h"

/* The key of USE, and the name of SCOPE; static. */
const char *port_key(enum port_use use);
const char *scope_name(enum scope scope);

/* Once for each line of a key: an empty one counts, and allows nothing. */
void ports_begin(struct policy *policy, const struct origin *origin,
		 struct faults *faults);

/* Takes ORIGIN's text, a port, for ORIGIN's key. */
void port_take(struct policy *policy, const struct origin *origin,
	       struct faults *faults);

/* Takes ORIGIN's text, the name of a scope. */
void scope_take(struct policy *policy, const struct origin *origin,
		struct faults *faults);

/*
 * Adds to POLICY, read to its end, the denials without which bind and connect
 * would not hold: of ways to TCP that Landlock does not look at. They come
 * after all entries, so that no '!' takes them out.
 */
void network_imply(struct policy *policy, struct faults *faults);

/* Whether POLICY allows USE of the TCP port NUMBER. */
bool port_allowed(const struct policy *policy, enum port_use use,
		  unsigned int number);

#endif
