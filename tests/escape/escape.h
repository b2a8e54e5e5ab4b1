/*
 * What the programs of tests/escape share. Each is a table of attempts to get
 * out; without an argument it prints their names, with a name it makes that
 * one attempt, prints one line and ends with the outcome as its status:
 *
 *     held: NAME
 *     ESCAPED: NAME
 *     skipped: NAME (reason)
 *
 * Any other end, but death by SIGSYS, is a fault of the attempt itself. Without
 * a sandbox each has to escape: tests/cli/escape.bats sees to it.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum outcome {
	HELD = 0,
	ESCAPED = 1,
	SKIPPED = 77,
};

struct attempt {
	const char *name;
	enum outcome (*make)(void);
};

static const char *attempt_name;

/* There is nothing to try here. */
static inline _Noreturn void skip(const char *reason)
{
	printf("skipped: %s (%s)\n", attempt_name, reason);
	exit(SKIPPED);
}

/* How long anything here may take, in seconds. */
#define ATTEMPT_TIME 20

/* Whether a child that ended with STATUS has escaped. Its death by SIGSYS is
 * the sandbox's doing, and any other one a fault. */
static inline enum outcome outcome_of(int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return HELD;
	if (WIFEXITED(status) && WEXITSTATUS(status) == HELD)
		return HELD;
	if (WIFEXITED(status) && WEXITSTATUS(status) == ESCAPED)
		return ESCAPED;
	errx(2, "%s: the child ended with 0x%x", attempt_name,
	     (unsigned int)status);
}

static inline enum outcome wait_outcome(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		err(2, "%s: wait", attempt_name);
	return outcome_of(status);
}

/* For a program that the attempt managed to execute. */
#define EXECUTED "--executed"

static inline int escape_main(int argc, char **argv,
			      const struct attempt *attempts, size_t n)
{
	enum outcome outcome;

	if (argc == 2 && strcmp(argv[1], EXECUTED) == 0)
		return ESCAPED;
	for (size_t i = 0; i < n; i++) {
		if (argc < 2) {
			puts(attempts[i].name);
			continue;
		}
		if (strcmp(argv[1], attempts[i].name) != 0)
			continue;
		attempt_name = attempts[i].name;
		alarm(ATTEMPT_TIME);
		outcome = attempts[i].make();
		printf("%s: %s\n", outcome == HELD ? "held" : "ESCAPED",
		       attempt_name);
		return (int)outcome;
	}
	if (argc >= 2)
		errx(2, "no attempt '%s'", argv[1]);
	return 0;
}

#define ESCAPE_MAIN(attempts)                                               \
	int main(int argc, char **argv)                                     \
	{                                                                   \
		return escape_main(argc, argv, attempts,                    \
				   sizeof(attempts) / sizeof(attempts[0])); \
	}

#endif
