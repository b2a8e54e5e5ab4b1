/* The text of a policy, as scrun.ini(5) describes it. */
#ifndef SCRUN_INI_TEXT_H
#define SCRUN_INI_TEXT_H

#include <stdio.h>

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

#endif
