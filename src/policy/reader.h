/*
 * The reader stands between a policy's text and inih. It counts the lines,
 * which inih does not tell its handler, refuses every line that inih would
 * misread in silence, and hands over what is left in pieces that fit into
 * inih's line buffer (200 bytes in Debian's build).
 */
#ifndef SCRUN_READER_H
#define SCRUN_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "faults.h"

struct reader {
	const char *file;     /* for messages; borrowed */
	const char *at, *end; /* what is left of the text; borrowed */
	unsigned int line;    /* of the text last handed to inih; from 1 */
	bool has_key;	      /* an indented line would continue a key */
	const char *rest, *rest_end; /* of a value too long for one piece */
	struct faults *faults;

	/* Told of each section header, which inih keeps to itself until the
	 * section's first key; set it after reader_init. */
	void (*on_section)(void *context, const char *name);
	void *context;
};

/* Begins with the LENGTH bytes of TEXT, which must outlive the reader. */
void reader_init(struct reader *reader, const char *file, const char *text,
		 size_t length, struct faults *faults);

/* An ini_reader: the next line or piece, at most SIZE - 1 bytes, or NULL. */
char *reader_next(char *buffer, int size, void *reader);

#endif
