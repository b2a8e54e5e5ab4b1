/* Policies in other formats: scrun --import and --dump. */
#ifndef SCRUN_CONVERT_H
#define SCRUN_CONVERT_H

#include "../policy/policy.h"

struct convert_options {
	const char *import; /* the profile's file; NULL: none */
	const char *dump;   /* the format's name; NULL: none */
	bool lossy;	    /* what cannot be said may be left out */
};

/*
 * --import: prints the profile as a policy to OUTPUT (NULL: stdout). The
 * entries of the profile that ask for capabilities are taken for those that
 * POLICY gives, or, without one (NULL), for those of Docker's containers.
 * Returns the status: 0, or 1 where something is lost and may not be; then
 * nothing is written. Exits with 125 after an error.
 */
int convert_import(const struct convert_options *options, const char *output,
		   const struct policy *policy);

/*
 * --dump: prints POLICY, which has its entries (policy_load_entries), in the
 * format to OUTPUT; the rest as above.
 */
int convert_dump(const struct convert_options *options, const char *output,
		 struct policy *policy);

#endif
