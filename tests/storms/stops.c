/*
 * stops [STOPS]: two children of three busy threads each are stopped and
 * continued so many times, in turn.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "storms.h"

#define CHILDREN 2
#define THREADS	 3

static atomic_bool *is_over;

static void *busy(void *argument)
{
	for (int i = 0; !*is_over; i++) {
		call();
		if (i % 16 == 0)
			call_denied();
	}
	return argument;
}

static _Noreturn void child(void)
{
	pthread_t ids[THREADS];

	for (int i = 0; i < THREADS; i++) {
		if (pthread_create(&ids[i], NULL, busy, NULL) != 0)
			errx(1, "no thread %d", i);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(ids[i], NULL);
	_exit(0);
}

/* At work, and not before it has begun. */
static void stop_and_continue(pid_t pid)
{
	long before = counts->getppid;
	int status;

	while (counts->getppid == before)
		sched_yield();
	kill(pid, SIGSTOP);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		errx(1, "not stopped");
	kill(pid, SIGCONT);
	if (waitpid(pid, &status, WCONTINUED) != pid || !WIFCONTINUED(status))
		errx(1, "not continued");
}

int main(int argc, char **argv)
{
	long stops = number(argc, argv, 1, 200);
	pid_t children[CHILDREN];
	sigset_t blocked;

	/* In a traced process even an ignored signal interrupts a wait. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	storm_begin();
	is_over = share(sizeof(*is_over));
	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork_counted();
		if (children[i] == 0)
			child();
	}
	for (long i = 0; i < stops; i++)
		stop_and_continue(children[i % CHILDREN]);
	*is_over = true;
	for (int i = 0; i < CHILDREN; i++)
		wait_for(children[i], 0);
	storm_end();
	return 0;
}
