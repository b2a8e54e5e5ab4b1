#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "suggest.h"

#define MAX_WORD 40

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edit distance in which two letters swapped cost as much as one wrong. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[MAX_WORD + 1][MAX_WORD + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > MAX_WORD || m > MAX_WORD)
		return SIZE_MAX;
	for (size_t i = 0; i <= n; i++)
		rows[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t change = a[i - 1] != b[j - 1];
			size_t best =
				min(rows[i - 1][j] + 1, rows[i][j - 1] + 1);

			best = min(best, rows[i - 1][j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				best = min(best, rows[i - 2][j - 2] + 1);
			rows[i][j] = best;
		}
	}
	return rows[n][m];
}

void suggestion_init(struct suggestion *suggestion, const char *word)
{
	*suggestion = (struct suggestion){
		.word = word,
		.distance = (strlen(word) + 2) / 3 + 1,
	};
}

void suggestion_try(struct suggestion *suggestion, const char *candidate)
{
	size_t n = strlen(suggestion->word), m = strlen(candidate);
	size_t d;

	/* As many letters at least are too few. */
	if ((n > m ? n - m : m - n) >= suggestion->distance)
		return;
	d = distance(suggestion->word, candidate);
	if (d < suggestion->distance) {
		suggestion->distance = d;
		snprintf(suggestion->best, sizeof(suggestion->best), "%s",
			 candidate);
	}
}

const char *suggestion_text(const struct suggestion *suggestion, char *buffer,
			    size_t size)
{
	if (suggestion->best[0])
		snprintf(buffer, size, ", did you mean '%s'?",
			 suggestion->best);
	else
		snprintf(buffer, size, "%s", "");
	return buffer;
}
