/*
 * kills [KILLS]: of four processes of two busy threads each, one is killed
 * and another one takes its place, so many times; then all are. A thread that
 * is killed may have made one call that it did not count.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "storms.h"

#define CHILDREN 4
#define THREADS	 2

static void *busy(void *argument)
{
	for (;;) {
		call();
		call_denied();
	}
	return argument;
}

static pid_t child_start(void)
{
	pid_t pid = fork_counted();
	pthread_t id;

	for (int i = 1; pid == 0 && i < THREADS; i++)
		pthread_create(&id, NULL, busy, NULL);
	if (pid == 0)
		busy(NULL);
	return pid;
}

static void child_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	wait_for(pid, SIGKILL);
}

int main(int argc, char **argv)
{
	long kills = number(argc, argv, 1, 300);
	pid_t children[CHILDREN];
	unsigned int random = 1;

	storm_begin();
	for (int i = 0; i < CHILDREN; i++)
		children[i] = child_start();
	for (long i = 0; i < kills; i++) {
		int victim = rand_r(&random) % CHILDREN;

		for (int pause = rand_r(&random) % 32; pause > 0; pause--)
			sched_yield();
		child_kill(children[victim]);
		children[victim] = child_start();
	}
	for (int i = 0; i < CHILDREN; i++)
		child_kill(children[i]);
	printf("uncounted: %ld\n", (kills + CHILDREN) * THREADS);
	storm_end();
	return 0;
}
