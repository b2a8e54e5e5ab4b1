#include <string.h>

#include "ini_text.h"

#define COLUMNS 80

void ini_begin(struct ini_text *ini, const char *key)
{
	ini->column = fprintf(ini->to, "%s =", key);
	ini->indent = ini->column;
}

void ini_word(struct ini_text *ini, const char *word)
{
	int length = (int)strlen(word);

	if (ini->column + 1 + length > COLUMNS && ini->column > ini->indent) {
		fprintf(ini->to, "\n%*s", ini->indent, "");
		ini->column = ini->indent;
	}
	fprintf(ini->to, " %s", word);
	ini->column += 1 + length;
}

void ini_end(struct ini_text *ini)
{
	fputc('\n', ini->to);
}

void ini_comment(struct ini_text *ini, const char *text)
{
	const char *blanks = " \t\r\n";

	fputc(';', ini->to);
	ini->column = 1;
	while (*(text += strspn(text, blanks))) {
		size_t length = strcspn(text, blanks);

		if (ini->column + 1 + (int)length > COLUMNS &&
		    ini->column > 1) {
			fprintf(ini->to, "\n;");
			ini->column = 1;
		}
		fputc(' ', ini->to);
		ini->column += 1 + (int)length;
		for (; length > 0; length--, text++)
			fputc((unsigned char)*text < ' ' ? ' ' : *text,
			      ini->to);
	}
	fputc('\n', ini->to);
}
