/*
 * What the storms share: numbers that all their processes count, whatever
 * becomes of these, and the end, where they are printed. A storm then waits for
 * the end of standard input, so that its auditor can be looked at.
 */
#ifndef STORMS_H
#define STORMS_H

#include <err.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct counts {
	atomic_long processes;
	atomic_long getppid; /* calls that have returned */
	atomic_long denied;  /* calls of mkdir(2) that ended with EPERM */
};

static struct counts *counts;

/* Memory that all processes of the storm have in common. */
static inline void *share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	return memory;
}

/* This process is the first. */
static inline void storm_begin(void)
{
	counts = share(sizeof(*counts));
	counts->processes = 1;
}

static inline void call(void)
{
	syscall(SYS_getppid);
	counts->getppid++;
}

static inline void call_denied(void)
{
	if (mkdir("/no/such/directory", 0755) < 0 && errno == EPERM)
		counts->denied++;
}

/* fork(2), counted by the parent, which may not be killed meanwhile. */
static inline pid_t fork_counted(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid > 0)
		counts->processes++;
	return pid;
}

static inline void wait_for(pid_t pid, int status)
{
	int found;

	while (waitpid(pid, &found, 0) < 0) {
		if (errno != EINTR)
			err(1, "wait");
	}
	if (found != status)
		errx(1, "a process ended with 0x%x, not 0x%x", found, status);
}

/* The number that is argument I, or a default one. */
static inline long number(int argc, char **argv, int i, long otherwise)
{
	return argc > i ? atol(argv[i]) : otherwise;
}

static inline void storm_end(void)
{
	char byte;

	printf("processes: %ld\ngetppid: %ld\ndenied: %ld\ndone\n",
	       counts->processes, counts->getppid, counts->denied);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) != 0)
		;
}

#endif
