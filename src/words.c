#include <stdio.h>
#include <string.h>

#include "audit/printable.h"
#include "words.h"

#define LINE_WIDTH 78

int print_word(const char *word, int column, int indent)
{
	int length = (int)strlen(word);

	/* A word that is longer than a line stays where it is. */
	if (column >= indent && column + 1 + length > LINE_WIDTH) {
		printf("\n%*s%s", indent, "", word);
		return indent + length;
	}
	printf(" %s", word);
	return column + 1 + length;
}

void print_text(const char *text)
{
	char safe[512];

	printable(safe, sizeof(safe), text, strlen(text));
	printf("%s", safe);
}
