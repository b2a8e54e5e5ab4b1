/*
 * The built-in policies as the build read them, down to their rules. A start
 * under one of them, unchanged to the last byte, need not read it again.
 */
#ifndef SCRUN_READY_H
#define SCRUN_READY_H

#include "policy.h"

/* Keeps no capability, lists the native architecture alone. */
struct ready {
	const char *name; /* of the built-in policy */
	enum action default_action;
	int default_errnum;
	struct origin default_origin;
	const struct rule *rules;
	size_t n_rules;
};
extern const struct ready ready_policies[];
extern const size_t n_ready_policies;

/* Makes POLICY, fresh from policy_new, the one called NAME; false: none. */
bool ready_take(struct policy *policy, const char *name);

#endif
