/* All that a launch takes, made before anything changes. */
#ifndef SCRUN_PREPARE_H
#define SCRUN_PREPARE_H

#include "caps.h"
#include "command.h"
#include "filter.h"
#include "landlock.h"
#include "limits.h"
#include "process.h"

struct prepared {
	struct command command;
	struct process process;
	struct limits limits;
	struct landlock landlock;
	struct caps caps;
	struct filter filter;
};

/*
 * Does what can fail while nothing has changed yet but this process: its root,
 * directory and environment are the command's from here on. Exits with 125, 126
 * or 127 and messages where ARGV cannot be started as POLICY says.
 */
void prepare(struct prepared *prepared, const struct policy *policy,
	     char **argv, enum observation observation);

/* Prints FAULTS and exits with 125: COMMAND was not run. */
_Noreturn void prepare_refuse(const struct faults *faults, const char *command);

#endif
