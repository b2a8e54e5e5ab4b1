/*
 * execs [ROUNDS]: eight threads execute this program anew, all at the same
 * time; one of them is the first, with one round less. What the program has
 * counted so far goes with it.
 */
#include <pthread.h>

#include "storms.h"

#define THREADS 8

static char name[] = "execs", rounds_left[24], getppid_calls[24], denials[24];
static pthread_barrier_t begin;

static void *execute(void *argument)
{
	char *words[] = { name, rounds_left, getppid_calls, denials, NULL };

	pthread_barrier_wait(&begin);
	execve("/proc/self/exe", words, environ);
	pause(); /* another one was sooner */
	return argument;
}

static _Noreturn void next_round(long rounds)
{
	pthread_t id;

	snprintf(rounds_left, sizeof(rounds_left), "%ld", rounds - 1);
	snprintf(getppid_calls, sizeof(getppid_calls), "%ld", counts->getppid);
	snprintf(denials, sizeof(denials), "%ld", counts->denied);
	pthread_barrier_init(&begin, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		if (pthread_create(&id, NULL, execute, NULL) != 0)
			errx(1, "no thread %d", i);
	}
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	long rounds = number(argc, argv, 1, 100);

	storm_begin();
	counts->getppid = number(argc, argv, 2, 0);
	counts->denied = number(argc, argv, 3, 0);
	call();
	call_denied();
	if (rounds > 0)
		next_round(rounds);
	storm_end();
	return 0;
}
