/* The command: which file it is, and whether it can be executed. */
#ifndef SCRUN_COMMAND_H
#define SCRUN_COMMAND_H

#include "../policy/policy.h"

struct command {
	char *path;   /* owned */
	char *script; /* that /bin/sh, the path, is to run, or NULL; owned */
	char **argv;  /* argv[0] as given; owned, unless it is scrun's own */
};

/*
 * Looks ARGV[0] up, in PATH if it has no slash. A text file without "#!" is
 * run by /bin/sh, as execvp(3) does. Exits with 127, or 126, and a message
 * where PATH has nothing, or nothing that can be executed.
 */
void command_find(struct command *command, char **argv);

/*
 * Whether the file and all interpreters that it needs can be executed, with the
 * ids and capabilities that the process has by now, and by POLICY's [paths].
 * Exits with 126 or 127 and a message where they cannot.
 */
void command_check(const struct command *command, const struct policy *policy);

#endif
