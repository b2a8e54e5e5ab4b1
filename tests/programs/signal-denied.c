/*
 * signal-denied [CALLS [plain]]: mkdir(2), which a policy denies, so many
 * times, while a timer's signal comes a thousand times a second, with a handler
 * that has calls restarted; or, with `plain`, not. Prints how often it called,
 * and what the calls ended with.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>

static volatile sig_atomic_t came;

static void handle(int signal)
{
	came += signal == SIGALRM;
}

int main(int argc, char **argv)
{
	long calls = argc > 1 ? atol(argv[1]) : 20000;
	struct sigaction action = { .sa_handler = handle,
				    .sa_flags = argc > 2 ? 0 : SA_RESTART };
	struct itimerval timer = { { 0, 1000 }, { 0, 1000 } };
	long denied = 0, interrupted = 0;

	if (sigaction(SIGALRM, &action, NULL) < 0 ||
	    setitimer(ITIMER_REAL, &timer, NULL) < 0)
		err(1, "timer");
	for (long i = 0; i < calls; i++) {
		if (mkdir("/no/such/directory", 0755) == 0)
			errx(1, "not denied");
		denied += errno == EPERM;
		interrupted += errno == EINTR;
	}
	printf("calls: %ld\ndenied: %ld\ninterrupted: %ld\nsignals: %s\n",
	       calls, denied, interrupted, came ? "some" : "none");
	return 0;
}
