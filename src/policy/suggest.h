/* "did you mean": the candidate nearest to a word that nobody knows. */
#ifndef SCRUN_SUGGEST_H
#define SCRUN_SUGGEST_H

#include <stddef.h>

struct suggestion {
	const char *word;
	char best[48]; /* empty while nothing is near */
	size_t distance;
};

/* Only candidates nearer than a third of WORD's length, rounded up, count. */
void suggestion_init(struct suggestion *suggestion, const char *word);
void suggestion_try(struct suggestion *suggestion, const char *candidate);

/* Writes ", did you mean 'best'?", or nothing, to BUFFER; returns BUFFER. */
const char *suggestion_text(const struct suggestion *suggestion, char *buffer,
			    size_t size);

#endif
