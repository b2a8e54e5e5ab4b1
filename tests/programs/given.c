/*
 * given WHAT COMMAND [ARGUMENT]...: becomes COMMAND with something to inherit
 * that a shell cannot set up.
 */
#include <err.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A timer that runs, far from its end. */
static void alarm_set(void)
{
	alarm(3600);
}

/* Signals that came while all were blocked. */
static void signals_pending(void)
{
	const int signals[] = { SIGALRM, SIGUSR1, SIGCHLD, SIGRTMIN, SIGRTMAX };
	sigset_t all;

	sigfillset(&all);
	if (sigprocmask(SIG_BLOCK, &all, NULL) < 0)
		err(125, "sigprocmask");
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (raise(signals[i]) != 0)
			err(125, "signal %d", signals[i]);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3)
		errx(125, "usage: given alarm|pending COMMAND...");
	if (strcmp(argv[1], "alarm") == 0)
		alarm_set();
	else if (strcmp(argv[1], "pending") == 0)
		signals_pending();
	else
		errx(125, "cannot give '%s'", argv[1]);
	execvp(argv[2], argv + 2);
	err(127, "%s", argv[2]);
}
