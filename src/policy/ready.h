/*
 * The built-in policies as the build read them, down to their rules. A start
 * under one of them, unchanged to the last byte, need not read it again.
 */
#ifndef SCRUN_READY_H
#define SCRUN_READY_H

#include "policy.h"

/*
 * Numbers for pointers, which each start would have to relocate whatever its
 * policy is, a page of memory at a time.
 */
struct ready_rule {
	uint32_t nr;
	uint8_t action, errnum, rank;
	uint8_t n_conditions;
	uint16_t condition; /* the first; the others follow */
	uint16_t origin;
};

struct ready_origin {
	unsigned int line;
	char key[12];
	char text[80];
};

/* Keeps no capability, lists the native architecture alone. */
struct ready {
	char name[16]; /* of the built-in policy */
	enum action default_action;
	int default_errnum;
	const struct ready_origin *origins; /* the first: the default's */
	size_t n_origins;
	const struct condition *conditions;
	const struct ready_rule *rules;
	size_t n_rules;
};
extern const struct ready ready_policies[];
extern const size_t n_ready_policies;

/* Makes POLICY, fresh from policy_new, the one called NAME; false: none. */
bool ready_take(struct policy *policy, const char *name);

#endif
