/* The text of a policy, as scrun.ini(5) describes it. */
#ifndef SCRUN_INI_TEXT_H
#define SCRUN_INI_TEXT_H

#include <stdio.h>

#include "../policy/policy.h"

struct ini_text {
	FILE *to;
	int column, indent;
};

/* Begins a line of KEY, a list; words follow, and then ini_end. */
void ini_begin(struct ini_text *ini, const char *key);
void ini_word(struct ini_text *ini, const char *word);
void ini_end(struct ini_text *ini);

/*
 * TEXT as comments, each line of no more than 80 columns where it has blanks;
 * what a policy's text cannot hold is a blank.
 */
void ini_comment(struct ini_text *ini, const char *text);

/*
 * Writes the N CONDITIONS to BUFFER, "raw0 == 1 && raw1 & 3 == 2", naming the
 * arguments as those of the call NAME. Returns the length, as snprintf does.
 */
size_t ini_conditions(char *buffer, size_t size, const char *name,
		      const struct condition *conditions, size_t n);

#endif
