/* Where a learned policy comes from, in comments of it. */
#ifndef SCRUN_LEARN_PROVENANCE_H
#define SCRUN_LEARN_PROVENANCE_H

#include <stdio.h>
#include <sys/types.h>

#include "../../policy/policy.h"

#define MAX_IDENTITY 96

struct provenance {
	char system[160]; /* "Linux 6.18.1 x86_64, libseccomp 2.5.4" */
	char *program;	  /* paths, owned; NULL: not known */
	char *libc;
};

/* Asks for the system's part, which a locked-in auditor cannot. */
void provenance_begin(struct provenance *provenance);

/* Takes from /proc what the process PID, which has just begun to be PATH, runs;
 * later, what file it has opened that is a libc. */
void provenance_program(struct provenance *provenance, pid_t pid);
void provenance_opened(struct provenance *provenance, const char *path);

/*
 * Writes the lines that TEXT, the policy so far (NULL: none), does not say
 * already: the command ARGV, the system, the program and its libc. Without
 * ARGV, nothing was added to TEXT: then only the program and the libc, and only
 * if TEXT speaks of another build of them. Returns how many of these there
 * are.
 */
size_t provenance_write(const struct provenance *provenance, FILE *out,
			const char *text, char *const *argv);

/*
 * Warns on stderr, in one line, where POLICY was learned of another build of a
 * program or of libc than is there now.
 */
void provenance_warn(const struct policy *policy);

#endif
