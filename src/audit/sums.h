/* Audit files: what many runs, or many machines, have seen, as one report. */
#ifndef SCRUN_SUMS_H
#define SCRUN_SUMS_H

#include "audit.h"

/*
 * --report: reads the audits that FILES (NULL-terminated) hold as JSON lines,
 * and writes their sums as OPTIONS say, to stdout unless they name a file.
 * Returns 0, or 1 where the policy denied or killed anything; exits with 125
 * and a message, with file and line, for what no audit has written.
 */
int sums_report(char *const *files, const struct audit_options *options);

#endif
