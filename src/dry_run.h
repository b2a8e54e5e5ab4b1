/* --dry-run: what a launch would do. */
#ifndef SCRUN_DRY_RUN_H
#define SCRUN_DRY_RUN_H

#include "audit/audit.h"

/*
 * Prints to stdout each step that would run ARGV under POLICY, with an audit if
 * OPTIONS ask for one, in order and with its final values, and takes none but
 * those that change this process alone. Returns 0; exits with 125, 126 or 127
 * and a message where the command would not start.
 */
int dry_run(struct policy *policy, const struct audit_options *options,
	    char **argv);

#endif
