/* One start of scrun, with or without a fault, and all that came of it. */
#ifndef START_H
#define START_H

#include <stdbool.h>

#include "inject.h"

struct place {
	char *directory;       /* of this worker alone; its own */
	struct inject *inject; /* mapped from the file there */
	const char *learned;   /* what LEARNED_FILE has before each start;
				  NULL: it is not there */
};

/* In the directory: what --learn writes. */
#define LEARNED_FILE "learned.ini"

struct outcome {
	bool is_late;  /* something did not end, and has been killed */
	int status;    /* of waitpid(2) */
	char *output;  /* the command's; owned, as are the others */
	char *errors;  /* of standard error, wherever it went */
	char *report;  /* of the audit */
	char *learned; /* LEARNED_FILE, or "" */
};

/* Makes a directory below BASE; NUMBER tells workers apart. */
void place_make(struct place *place, const char *base, unsigned int number);
void place_remove(struct place *place);

/* Runs ARGV, whose report goes to descriptor 9, and waits for all that is
 * started by it. INJECT->injection and what belongs to it are the caller's. */
void start(struct outcome *outcome, struct place *place, char *const argv[]);
void outcome_free(struct outcome *outcome);

#endif
