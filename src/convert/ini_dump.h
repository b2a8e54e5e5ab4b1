/* A policy as one file, without includes and groups. */
#ifndef SCRUN_INI_DUMP_H
#define SCRUN_INI_DUMP_H

#include <stdio.h>

#include "../policy/policy.h"

/* Writes POLICY, which has its entries (policy_load_entries), to TO. */
void ini_dump(FILE *to, struct policy *policy);

#endif
