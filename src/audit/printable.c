#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "printable.h"

static const char cut_mark[] = "…";

#define CUT_LENGTH (sizeof(cut_mark) - 1)

/* Writes BYTE as C would, before NEXT, to UNIT; returns the length. */
static size_t escape(char unit[5], unsigned char byte, int next)
{
	static const char codes[] = "abtnvfr"; /* from '\a' to '\r' */
	bool is_before_digit = next >= '0' && next <= '9';

	if (byte == '"' || byte == '\\') {
		unit[0] = '\\';
		unit[1] = (char)byte;
		return 2;
	}
	if (byte >= ' ' && byte < 0x7f) {
		unit[0] = (char)byte;
		return 1;
	}
	if (byte >= '\a' && byte <= '\r') {
		unit[0] = '\\';
		unit[1] = codes[byte - '\a'];
		return 2;
	}
	/* "\0" and "1" must not read as "\01". */
	return (size_t)snprintf(unit, 5, is_before_digit ? "\\%03o" : "\\%o",
				byte);
}

size_t printable(char *buffer, size_t size, const char *text, size_t length)
{
	size_t at = 0, fit = 0; /* the longest that leaves room for the mark */
	char unit[5];

	if (!size)
		return 0;
	for (size_t i = 0; i < length; i++) {
		int next = i + 1 < length ? (unsigned char)text[i + 1] : -1;
		size_t n = escape(unit, (unsigned char)text[i], next);

		if (at + n >= size) {
			at = fit;
			if (at + CUT_LENGTH < size) {
				memcpy(buffer + at, cut_mark, CUT_LENGTH);
				at += CUT_LENGTH;
			}
			break;
		}
		memcpy(buffer + at, unit, n);
		at += n;
		if (at + CUT_LENGTH < size)
			fit = at;
	}
	buffer[at] = '\0';
	return at;
}
