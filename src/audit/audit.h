/*
 * The audit: a detached auditor that watches the command, which keeps its pid,
 * its parent and its exit status.
 */
#ifndef SCRUN_AUDIT_H
#define SCRUN_AUDIT_H

#include <stdbool.h>

#include "../enforce/observe.h"
#include "../policy/policy.h"

enum audit_mode {
	AUDIT_NONE,
	AUDIT_DENIED, /* what the policy denies, without ptrace */
	AUDIT_CALLS,  /* every call counted, every EPERM and EACCES told */
	AUDIT_TRACE,  /* and a line for each call */
};

struct audit_options {
	enum audit_mode mode;
	const char *output; /* a file's name, or NULL: stderr */
	bool is_json;
	bool is_silent;	   /* nothing is reported, but for what is learned */
	const char *learn; /* the file to learn into, or NULL */
};

/* How the filter is to be observed. */
enum observation audit_observation(const struct audit_options *options);

/*
 * Runs ARGV under POLICY as launch() does, with an auditor beside it. Exits
 * with 125 and a message where the auditor cannot attach.
 */
_Noreturn void audit(struct policy *policy, const struct audit_options *options,
		     char **argv);

#endif
