/* A text of bounded length that grows from the left and is cut with "…". */
#ifndef SCRUN_TEXT_H
#define SCRUN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
	char *buffer; /* the caller's; terminated */
	size_t size;  /* of the buffer: 8 or more */
	size_t length;
	bool is_cut; /* nothing more is added then */
};

void text_init(struct text *text, char *buffer, size_t size);

/* Adds what is printable already: names and numbers of our own. */
void text_add(struct text *text, const char *string);

__attribute__((format(printf, 2, 3))) void text_format(struct text *text,
						       const char *format, ...);

/* Adds bytes from elsewhere, in quotes, as printable() writes them; "…" after
 * the quotes where not all of them are there, or the caller says so. */
void text_quote(struct text *text, const char *bytes, size_t length,
		bool is_cut);

/* The same without the quotes. */
void text_bytes(struct text *text, const char *bytes, size_t length);

#endif
