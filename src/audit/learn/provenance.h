/* Where a learned policy comes from, in comments of it. */
#ifndef SCRUN_LEARN_PROVENANCE_H
#define SCRUN_LEARN_PROVENANCE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "../../policy/policy.h"

#define MAX_IDENTITY 96
#define MAX_SYSTEM   192
#define MAX_COMMAND  256

/* A file, and what tells its builds apart. */
struct build {
	char *path; /* owned; NULL: not known */
	char identity[MAX_IDENTITY];
};
#define BUILD_PROGRAM 0
#define BUILD_LIBC    1
#define N_BUILDS      2

struct provenance {
	char command[MAX_COMMAND]; /* printable */
	/* "Linux 6.18.1 x86_64, libseccomp 2.5.4, libc 2.36" */
	char system[MAX_SYSTEM];
	struct build builds[N_BUILDS];
};

/* "program", "libc"; static. */
const char *build_name(unsigned int build);

/* Of the command ARGV; asks for the system's part, which a locked-in auditor
 * cannot. */
void provenance_begin(struct provenance *provenance, char *const *argv);

/* Takes from /proc what the process PID, which has just begun to be PATH, runs;
 * later, what file it has opened that is a libc. */
void provenance_program(struct provenance *provenance, pid_t pid);
void provenance_opened(struct provenance *provenance, const char *path);

/* Looks which builds the files are, once no more will come. */
void provenance_end(struct provenance *provenance);

/*
 * Writes of N runs the lines that TEXT, the policy so far (NULL: none), does
 * not say already, each once: the command, the system, the program and its
 * libc. IS_NEWS: something was added to TEXT. Else only the program and the
 * libc, and only if TEXT speaks of another build of them. Returns how many of
 * these there are.
 */
size_t provenance_write(const struct provenance *runs, size_t n, FILE *out,
			const char *text, bool is_news);

/*
 * Warns on stderr, in one line, where POLICY was learned of another build of a
 * program or of libc than is there now.
 */
void provenance_warn(const struct policy *policy);

#endif
