/* A policy as a drop-in of a systemd unit; see systemd.exec(5). */
#ifndef SCRUN_SYSTEMD_DUMP_H
#define SCRUN_SYSTEMD_DUMP_H

#include <stdio.h>

#include "../policy/policy.h"

/* Writes it to TO; adds to LOSSES what a unit has no word for. */
void systemd_dump(FILE *to, const struct policy *policy, struct faults *losses);

#endif
