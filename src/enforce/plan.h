/*
 * How a policy is laid out over seccomp filters that libseccomp can hold: in
 * each filter a call has one action, for all its arguments or for some.
 */
#ifndef SCRUN_PLAN_H
#define SCRUN_PLAN_H

#include "../policy/policy.h"
#include "terms.h"
#include "ticket.h"

struct plan_rule {
	uint32_t arch, nr;
	enum action action;
	int errnum;
	bool is_conditional;	     /* else, whatever the arguments */
	struct terms terms;	     /* the arguments; owned */
	const struct ticket *spares; /* any arguments but these, or NULL */
};

struct layer {
	enum action default_action;
	int default_errnum;
	struct plan_rule *rules; /* owned */
	size_t n, max;
};

/*
 * Layers in the order of loading; the kernel takes the strictest answer, and
 * among equals that of the layer loaded last. The last one is the main one and
 * has the policy's default; the others allow by default, so that they do not
 * keep the main one from being loaded.
 */
#define MAX_LAYERS 8

struct plan {
	struct layer layers[MAX_LAYERS];
	size_t n;
};

/*
 * Lays out POLICY; where it does not allow execve, TICKET is let through.
 * Returns NULL, or what cannot be laid out: the rule it was about.
 */
const struct rule *plan_make(struct plan *plan, const struct policy *policy,
			     const struct ticket *ticket);
void plan_free(struct plan *plan);

#endif
