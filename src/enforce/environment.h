/* The command's environment, from the policy's [environment]. */
#ifndef SCRUN_ENVIRONMENT_H
#define SCRUN_ENVIRONMENT_H

#include "../policy/policy.h"

/*
 * Makes `environ` what the command is to have under POLICY; its strings are
 * POLICY's, or were there before. The command is looked for in the PATH of the
 * new one, as env(1) does.
 */
void environment_apply(const struct policy *policy);

/* Whether that is another one than scrun was started with. */
bool environment_changes(const struct policy *policy);

#endif
