/* A limit on the processor time that a step of the set-up may take. */
#ifndef SCRUN_DEADLINE_H
#define SCRUN_DEADLINE_H

#include <signal.h>
#include <time.h>

/* What compiling and verifying may take; a sanitizer's build takes several
 * times as long. */
#ifndef MAX_SECONDS
#define MAX_SECONDS 5
#endif

struct deadline {
	timer_t timer;
	int signal; /* that the timer sends */
	struct sigaction old_action;
	sigset_t old_mask;
};

/*
 * Ends the process with status 125 and MESSAGE, a whole line in static
 * storage, unless deadline_end comes within SECONDS of processor time. Signal
 * disposition and mask are as before after deadline_end.
 */
void deadline_begin(struct deadline *deadline, time_t seconds,
		    const char *message);
void deadline_end(struct deadline *deadline);

#endif
