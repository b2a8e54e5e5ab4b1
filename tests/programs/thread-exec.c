/*
 * thread-exec [ROUNDS]: a thread that is not the leader executes this program
 * anew, with one round less, while the leader and a third thread are running.
 * The last round prints whether the pid is still the first one's.
 */
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STACK 65536

static char name[] = "thread-exec", rounds_left[16], first_pid[16];
static volatile int cloned; /* both threads; the leader makes no more calls */
static char stacks[2][STACK] __attribute__((aligned(16)));

/* Makes no call: strace(1) counts none that never returns. */
static int busy(void *argument)
{
	for (;;)
		__asm__ volatile("" : : "r"(argument) : "memory");
	return 0;
}

static int executing(void *argument)
{
	char *words[] = { name, rounds_left, first_pid, argument };

	while (!cloned)
		;
	for (int i = 0; i < 4; i++)
		syscall(SYS_getppid);
	execve("/proc/self/exe", words, environ);
	_exit(1);
}

int main(int argc, char **argv)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			  CLONE_THREAD | CLONE_SYSVSEM;
	int rounds = argc > 1 ? atoi(argv[1]) : 3;
	pid_t first = argc > 2 ? atoi(argv[2]) : getpid();

	for (int i = 0; i < 2; i++)
		syscall(SYS_getppid);
	if (rounds == 0) {
		if (getpid() != first || gettid() != first)
			errx(1, "another pid");
		puts("same pid");
		return 0;
	}
	snprintf(rounds_left, sizeof(rounds_left), "%d", rounds - 1);
	snprintf(first_pid, sizeof(first_pid), "%d", first);
	if (clone(busy, stacks[0] + STACK, flags, NULL) < 0 ||
	    clone(executing, stacks[1] + STACK, flags, NULL) < 0)
		err(1, "clone");
	cloned = 1;
	busy(NULL);
}
