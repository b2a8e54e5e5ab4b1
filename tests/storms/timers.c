/*
 * timers [SIGNALS]: so many signals of a timer that comes 10,000 times a
 * second, if it can, each with a handler that calls; the thread that they
 * interrupt calls as well.
 */
#include <signal.h>
#include <sys/time.h>

#include "storms.h"

static long signals;
static volatile sig_atomic_t handled;

static void timer_set(int microseconds)
{
	struct itimerval timer = { { 0, microseconds }, { 0, microseconds } };

	if (setitimer(ITIMER_REAL, &timer, NULL) < 0)
		_exit(1);
}

/* It may come so often that it interrupts nothing but itself. */
static void handle(int signal)
{
	int saved = errno;

	(void)signal;
	if (handled == signals)
		return;
	if (++handled == signals)
		timer_set(0);
	call();
	call_denied();
	errno = saved;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = handle,
				    .sa_flags = SA_RESTART };

	signals = number(argc, argv, 1, 2000);
	storm_begin();
	if (sigaction(SIGALRM, &action, NULL) < 0)
		err(1, "sigaction");
	timer_set(100);
	while (handled < signals) {
		call();
		call_denied();
	}
	storm_end();
	return 0;
}
