/*
 * forks: fifty processes, a tree with two branches at each fork. Each calls
 * getppid(2) three times and waits for its children.
 */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 50

/* The process with this number, and those below it: 2n and 2n + 1. */
static void process(int number)
{
	pid_t children[2];
	int n = 0, status;

	for (int i = 0; i < 3; i++)
		syscall(SYS_getppid);
	for (int next = 2 * number; next <= 2 * number + 1; next++) {
		if (next > PROCESSES)
			break;
		children[n] = fork();
		if (children[n] < 0)
			err(1, "fork");
		if (children[n] == 0) {
			process(next);
			_exit(0);
		}
		n++;
	}
	while (n-- > 0) {
		if (waitpid(children[n], &status, 0) < 0 || status != 0)
			errx(1, "a child of %d failed", number);
	}
}

int main(void)
{
	sigset_t child;

	/* In a traced process even an ignored signal interrupts a wait. */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &child, NULL) < 0)
		err(1, "sigprocmask");
	process(1);
	return 0;
}
