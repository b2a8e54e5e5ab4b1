/*
 * threads [CALLS]: eight threads make so many calls of getppid(2) each, at the
 * same time. The threads are bare clones, and no futex(2) is called, because
 * how often one is called is never the same.
 */
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS 8
#define STACK	65536

static int fds[2];
static long calls = 200;
static volatile pid_t tids[THREADS]; /* 0 again when the thread is gone */
static char stacks[THREADS][STACK] __attribute__((aligned(16)));

/* A failing call would write errno, which the threads share. */
static int thread(void *argument)
{
	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	if (write(fds[1], "", 1) != 1)
		_exit(1);
	syscall(SYS_exit, 0);
	return argument != NULL;
}

int main(int argc, char **argv)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			  CLONE_THREAD | CLONE_SYSVSEM | CLONE_PARENT_SETTID |
			  CLONE_CHILD_CLEARTID;
	char byte;

	if (argc > 1)
		calls = atol(argv[1]);
	if (pipe(fds) < 0)
		err(1, "pipe");
	for (int i = 0; i < THREADS; i++) {
		if (clone(thread, stacks[i] + STACK, flags, NULL, &tids[i],
			  NULL, &tids[i]) < 0)
			err(1, "clone");
	}
	for (int i = 0; i < THREADS; i++) {
		if (read(fds[0], &byte, 1) != 1)
			err(1, "read");
	}
	for (int i = 0; i < THREADS; i++) {
		while (tids[i])
			;
	}
	puts("done");
	return 0;
}
