/*
 * vforks: ten times vfork(2) and execve(2), of itself as a program that calls
 * getppid(2) five times and exits with a status of its own; once the execve
 * fails.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 10

static int leaf(const char *status)
{
	for (int i = 0; i < 5; i++)
		syscall(SYS_getppid);
	return atoi(status);
}

static int status_of(const char *path, char **argv)
{
	int status;
	pid_t pid = vfork();

	if (pid < 0)
		err(1, "vfork");
	if (pid == 0) {
		execve(path, argv, environ);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		errx(1, "no exit status");
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	char name[] = "vforks", status[16];
	char *words[] = { name, status, NULL };

	if (argc > 1)
		return leaf(argv[1]);
	for (int i = 0; i < CHILDREN; i++) {
		snprintf(status, sizeof(status), "%d", i);
		if (status_of("/proc/self/exe", words) != i)
			errx(1, "a wrong status");
	}
	if (status_of("/no/such/program", words) != 127)
		errx(1, "a wrong status");
	return 0;
}
