/* scrun becomes the command: the fixed order of design and manual page. */
#ifndef SCRUN_LAUNCH_H
#define SCRUN_LAUNCH_H

#include <stdatomic.h>

#include "../policy/policy.h"
#include "observe.h"

/*
 * To be called before anything else: refuses to run with another user's
 * powers, and fills standard descriptors that are closed, so that no file
 * opened later becomes one of them. The command finds them closed again.
 */
void launch_guard(void);

/* How far the launch has come: memory that an auditor shares. */
struct progress {
	_Atomic int listener;	 /* the filter is loaded; 0 before */
	_Atomic bool has_failed; /* after that: the command does not run */
};

/* What an audit adds to a launch. */
struct observer {
	enum observation observation;
	struct progress *progress;

	/* Called when all that can fail is prepared and nothing has changed:
	 * starts the auditor, or ends the process with 125 and a message. */
	void (*begin)(void *context);
	void *context;
};

/*
 * Runs ARGV in this process under POLICY, OBSERVER may be NULL. Does not
 * return: exits with 125, 126 or 127 and a message where the command cannot be
 * started as POLICY says.
 */
_Noreturn void launch(const struct policy *policy, char **argv,
		      const struct observer *observer);

#endif
