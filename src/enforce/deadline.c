#include <err.h>
#include <string.h>
#include <unistd.h>

#include "../status.h"
#include "deadline.h"

/* Of the one deadline that can run; the handler has no other way to it. */
static const char *late_message;

static void late(int signal, siginfo_t *info, void *context)
{
	ssize_t ignored;

	(void)signal;
	(void)context;
	if (info->si_code != SI_TIMER)
		return;
	ignored = write(STDERR_FILENO, late_message, strlen(late_message));
	(void)ignored;
	_exit(STATUS_FAILED);
}

/*
 * A signal that is not pending: one that is would be for the command. Not
 * SIGALRM, which alarm(2) may have been set for before scrun was started.
 */
static int free_signal(void)
{
	int signal = SIGRTMIN;
	sigset_t pending;

	if (sigpending(&pending) < 0)
		err(STATUS_FAILED, "sigpending");
	while (signal < SIGRTMAX && sigismember(&pending, signal))
		signal++;
	return signal;
}

void deadline_begin(struct deadline *deadline, time_t seconds,
		    const char *message)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = free_signal(),
	};
	struct itimerspec when = { .it_value.tv_sec = seconds };
	struct sigaction action = {
		.sa_sigaction = late,
		.sa_flags = SA_SIGINFO,
	};
	sigset_t only;

	late_message = message;
	deadline->signal = event.sigev_signo;
	sigemptyset(&only);
	sigaddset(&only, deadline->signal);
	if (sigaction(deadline->signal, &action, &deadline->old_action) < 0 ||
	    sigprocmask(SIG_UNBLOCK, &only, &deadline->old_mask) < 0 ||
	    timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &deadline->timer) <
		    0 ||
	    timer_settime(deadline->timer, 0, &when, NULL) < 0)
		err(STATUS_FAILED, "timer");
}

void deadline_end(struct deadline *deadline)
{
	if (timer_delete(deadline->timer) < 0 ||
	    sigprocmask(SIG_SETMASK, &deadline->old_mask, NULL) < 0 ||
	    sigaction(deadline->signal, &deadline->old_action, NULL) < 0)
		err(STATUS_FAILED, "timer");
}
