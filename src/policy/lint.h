/* Policies that are right, and still do not do what their author expects. */
#ifndef SCRUN_LINT_H
#define SCRUN_LINT_H

#include "policy.h"

/* How much a finding matters. */
enum severity {
	SEVERITY_INFO,	  /* worth knowing */
	SEVERITY_WARNING, /* an entry means less than it seems to, or something
			   * is open that hardly anything needs */
	SEVERITY_DANGER,  /* a way out of the policy */
};
#define N_SEVERITIES 3

/* What lint has found. */
struct findings {
	struct faults texts;	/* those at or above the threshold */
	size_t n[N_SEVERITIES]; /* of all */
};

void findings_init(struct findings *findings);
void findings_free(struct findings *findings);

/* Goes through POLICY. Adds every finding to FINDINGS. */
void policy_lint(struct policy *policy, enum severity threshold,
		 struct findings *findings);

/* Prints to stderr those that a start should not be silent about. */
void policy_warn(struct policy *policy);

/* "danger", ...; static. */
const char *severity_name(enum severity severity);

/* The severity called NAME; false if there is none. */
bool severity_parse(const char *name, enum severity *severity);

/* The name of the kind of finding at INDEX, or NULL past the end; static. */
const char *lint_name(size_t index);
enum severity lint_severity(size_t index);

#endif
