#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../printable.h"
#include "text.h"

static const char cut_mark[] = "…";

#define CUT_LENGTH (sizeof(cut_mark) - 1)

/* Of one piece; longer ones are cut before they are added. */
#define MAX_PIECE 200

void text_init(struct text *text, char *buffer, size_t size)
{
	*text = (struct text){ .buffer = buffer, .size = size };
	buffer[0] = '\0';
}

/* Ends the text by the mark, for which it may have to become shorter. */
static void cut(struct text *text)
{
	size_t most = text->size - 1 - CUT_LENGTH;

	if (text->length > most) {
		text->length = most;
		/* Not between the bytes of an earlier mark. */
		while (text->length &&
		       ((unsigned char)text->buffer[text->length] & 0xc0) ==
			       0x80)
			text->length--;
	}
	memcpy(text->buffer + text->length, cut_mark, CUT_LENGTH + 1);
	text->length += CUT_LENGTH;
	text->is_cut = true;
}

static void add(struct text *text, const char *bytes, size_t n)
{
	size_t room = text->size - 1 - text->length;
	bool fits = n <= room;

	if (text->is_cut)
		return;
	if (!fits)
		n = room;
	memcpy(text->buffer + text->length, bytes, n);
	text->length += n;
	text->buffer[text->length] = '\0';
	if (!fits)
		cut(text);
}

void text_add(struct text *text, const char *string)
{
	add(text, string, strlen(string));
}

void text_format(struct text *text, const char *format, ...)
{
	char piece[MAX_PIECE];
	va_list list;

	va_start(list, format);
	/* clang-tidy 14 errs in a run over many files, and only there. */
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	vsnprintf(piece, sizeof(piece), format, list);
	va_end(list);
	text_add(text, piece);
}

/* Writes what fits beside RESERVED bytes; whether that was all. */
static bool add_printable(struct text *text, const char *bytes, size_t length,
			  size_t reserved)
{
	char piece[MAX_PIECE];
	size_t room = text->size - 1 - text->length;
	size_t n;
	bool fits;

	if (text->is_cut)
		return true;
	if (room < reserved + 1) {
		cut(text);
		return true;
	}
	/* With its end, and the mark that takes the place of what is cut. */
	room = room - reserved + 1;
	if (room > sizeof(piece))
		room = sizeof(piece);
	n = printable(piece, room, bytes, length);
	/* Only its own mark is not ASCII. */
	fits = n < CUT_LENGTH ||
	       memcmp(piece + n - CUT_LENGTH, cut_mark, CUT_LENGTH) != 0;
	if (!fits)
		n -= CUT_LENGTH;
	else if (!n && length)
		fits = false; /* there was not even room for the mark */
	add(text, piece, n);
	return fits;
}

void text_bytes(struct text *text, const char *bytes, size_t length)
{
	if (!add_printable(text, bytes, length, 1 + CUT_LENGTH))
		text_add(text, cut_mark);
}

void text_quote(struct text *text, const char *bytes, size_t length,
		bool is_cut)
{
	text_add(text, "\"");
	/* For the closing quote and the mark. */
	is_cut |= !add_printable(text, bytes, length, 1 + CUT_LENGTH);
	text_add(text, is_cut ? "\"…" : "\"");
}
