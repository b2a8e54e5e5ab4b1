/*
 * fork-killed: ROUNDS parents that are killed while they fork, as may be in the
 * middle of it. Prints how many processes there were, this one with them.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 20

/* Each child tells of itself by a byte. */
static _Noreturn void fork_forever(int tell)
{
	for (;;) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid == 0) {
			if (write(tell, "", 1) != 1)
				_exit(1);
			_exit(0);
		}
	}
}

/* How many children one parent had. */
static int count_children(void)
{
	int ends[2], count = 0;
	pid_t parent;
	char byte;

	if (pipe(ends) < 0)
		err(1, "pipe");
	parent = fork();
	if (parent < 0)
		err(1, "fork");
	if (parent == 0)
		fork_forever(ends[1]);
	close(ends[1]);
	for (; read(ends[0], &byte, 1) == 1; count++) {
		if (count == 5)
			kill(parent, SIGKILL);
	}
	close(ends[0]);
	if (waitpid(parent, NULL, 0) != parent)
		err(1, "wait");
	return count;
}

int main(void)
{
	int count = 1;

	for (int i = 0; i < ROUNDS; i++)
		count += 1 + count_children();
	printf("%d\n", count);
	return 0;
}
