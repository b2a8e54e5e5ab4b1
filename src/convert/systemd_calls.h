/* [syscalls] as a unit's SystemCallFilter= and its kin. */
#ifndef SCRUN_SYSTEMD_CALLS_H
#define SCRUN_SYSTEMD_CALLS_H

#include <stdio.h>

#include "../policy/policy.h"

/* Writes them to TO; adds to LOSSES the calls whose conditions are lost. */
void systemd_dump_calls(FILE *to, const struct policy *policy,
			struct faults *losses);

#endif
