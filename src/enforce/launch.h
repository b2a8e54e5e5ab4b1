/* scrun becomes the command: the fixed order of design and manual page. */
#ifndef SCRUN_LAUNCH_H
#define SCRUN_LAUNCH_H

#include "../policy/policy.h"

/*
 * To be called before anything else: refuses to run with another user's
 * powers, and fills standard descriptors that are closed, so that no file
 * opened later becomes one of them. The command finds them closed again.
 */
void launch_guard(void);

/*
 * Runs ARGV in this process under POLICY. Does not return: exits with 125, 126
 * or 127 and a message where the command cannot be started as POLICY says.
 */
_Noreturn void launch(const struct policy *policy, char **argv);

#endif
