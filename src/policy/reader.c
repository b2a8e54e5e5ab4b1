#include <stdio.h>
#include <string.h>

#include "reader.h"

/* inih cuts longer ones in silence (MAX_NAME 50 in ini.c). */
#define MAX_KEY 48

void reader_init(struct reader *reader, const char *file, const char *text,
		 size_t length, struct faults *faults)
{
	*reader = (struct reader){
		.file = file,
		.at = text,
		.end = text + length,
		.faults = faults,
	};
	/* A byte order mark, as some editors write it. */
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		reader->at += 3;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

static bool is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '@';
}

/* A line without its end, its trailing blanks and its ` ; comment`. */
struct line {
	const char *start, *end;
};

static void line_strip(struct line *line)
{
	for (const char *at = line->start; at < line->end; at++) {
		if (*at == ';' && (at == line->start || is_blank(at[-1])))
			line->end = at;
	}
	while (line->end > line->start && is_blank(line->end[-1]))
		line->end--;
}

#define FAULT(reader, ...) \
	fault_add((reader)->faults, (reader)->file, (reader)->line, __VA_ARGS__)

/* inih ends the line at a NUL, and takes a lone CR for a blank. */
static bool bytes_ok(struct reader *reader, const struct line *line)
{
	size_t length = (size_t)(line->end - line->start);

	if (memchr(line->start, '\0', length)) {
		FAULT(reader, "NUL byte: this is not a text file");
		return false;
	}
	if (memchr(line->start, '\r', length)) {
		FAULT(reader, "carriage return inside a line; "
			      "lines end in a line feed");
		return false;
	}
	/* Some are blanks to inih, before a ';' for instance. */
	for (const char *at = line->start; at < line->end; at++) {
		if ((unsigned char)*at >= ' ' || *at == '\t')
			continue;
		FAULT(reader, "control character 0x%02x in the line",
		      (unsigned int)(unsigned char)*at);
		return false;
	}
	return true;
}

/* inih takes "[b" as a section and drops what follows a ']'. */
static bool section_ok(struct reader *reader, const struct line *line)
{
	const char *bracket =
		memchr(line->start, ']', (size_t)(line->end - line->start));
	char name[MAX_KEY];

	reader->has_key = false;
	if (!bracket) {
		FAULT(reader, "section header without ']'");
		return false;
	}
	if (bracket + 1 != line->end) {
		FAULT(reader, "text after the section header; "
			      "write it on a line of its own");
		return false;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(bracket - line->start - 1),
		 line->start + 1);
	reader->on_section(reader->context, name);
	return true;
}

/* inih makes an indented line part of the key above, whatever it says. */
static bool continuation_ok(struct reader *reader, const struct line *line)
{
	const char *start = skip_blanks(line->start, line->end);
	const char *at = start;

	if (*start == '[') {
		FAULT(reader, "indented section header; "
			      "it must begin in column 1");
		return false;
	}
	while (at < line->end && is_key_char(*at))
		at++;
	at = skip_blanks(at, line->end);
	if (at > start && at < line->end && *at == '=' &&
	    (at + 1 == line->end || at[1] != '=')) {
		FAULT(reader, "indented key; a key must begin in column 1, "
			      "an indented line continues the one above");
		return false;
	}
	if (!reader->has_key) {
		FAULT(reader, "indented line with no key above it to continue");
		return false;
	}
	return true;
}

static bool key_ok(struct reader *reader, const struct line *line)
{
	const char *at = line->start;

	reader->has_key = false;
	while (at < line->end && is_key_char(*at))
		at++;
	if (at - line->start > MAX_KEY) {
		FAULT(reader, "key of more than %d bytes", MAX_KEY);
		return false;
	}
	/* inih would take ':' as well: "a:b = c" sets a. */
	if (at == line->start || skip_blanks(at, line->end) == line->end ||
	    *skip_blanks(at, line->end) != '=') {
		FAULT(reader,
		      "expected 'key = value', a '[section]' or an "
		      "indented continuation, found '%.*s'",
		      (int)(line->end - line->start), line->start);
		return false;
	}
	/* Not a comment to inih; one to whoever writes a blank there. */
	at = skip_blanks(at, line->end) + 1;
	if (at < line->end && (*at == ';' || *at == '#')) {
		FAULT(reader, "'=%c': before a comment there is a blank", *at);
		return false;
	}
	reader->has_key = true;
	return true;
}

/* inih takes a '#' that begins a piece of a long line for a comment. */
static bool no_hash(struct reader *reader, const struct line *line)
{
	const char *at = skip_blanks(line->start, line->end);

	for (at++; at < line->end; at++) {
		if (*at != '#' || !is_blank(at[-1]))
			continue;
		FAULT(reader,
		      "'%.*s': after a value, a comment begins with ' ;'",
		      (int)(line->end - at), at);
		return false;
	}
	return true;
}

static bool line_ok(struct reader *reader, const struct line *line)
{
	if (!no_hash(reader, line))
		return false;
	if (is_blank(*line->start))
		return continuation_ok(reader, line);
	if (*line->start == '[')
		return section_ok(reader, line);
	return key_ok(reader, line);
}

/* The last blank outside parentheses up to LIMIT, where a list may break. */
static const char *break_up_to(const char *start, const char *limit)
{
	const char *found = NULL;
	int depth = 0;

	for (const char *at = start; at <= limit; at++) {
		if (*at == '(')
			depth++;
		else if (*at == ')')
			depth--;
		else if (is_blank(*at) && depth <= 0)
			found = at;
	}
	return found;
}

/* Where a key's value begins, NULL if not before LIMIT or in no key's line. */
static const char *after_equals(const char *start, const char *limit)
{
	const char *equals = memchr(start, '=', (size_t)(limit - start));

	return equals && *start != '[' ? equals + 1 : NULL;
}

/*
 * Hands over as much of START to END as fits, and keeps the rest for the next
 * call. What CONTINUES a key is a line with one blank before it.
 */
static char *hand_over(struct reader *reader, char *buffer, size_t size,
		       const char *start, const char *end, bool continues)
{
	/* A blank before, a line feed and a NUL after. */
	size_t room = size - 3;
	const char *stop = end;

	reader->rest = NULL;
	if ((size_t)(end - start) > room) {
		stop = break_up_to(start, start + room);
		if (!stop && !continues)
			stop = after_equals(start, start + room);
		if (!stop || skip_blanks(start, stop) == stop) {
			FAULT(reader,
			      "more than %zu bytes without a blank to "
			      "break at; write shorter entries",
			      room);
			stop = start;
			reader->has_key = false;
		} else {
			reader->rest = skip_blanks(stop, end);
			reader->rest_end = end;
		}
	}
	snprintf(buffer, size, "%s%.*s\n", continues ? " " : "",
		 (int)(stop - start), start);
	return buffer;
}

char *reader_next(char *buffer, int size, void *context)
{
	struct reader *reader = context;
	struct line line;
	const char *eol, *first;

	if (reader->rest)
		return hand_over(reader, buffer, (size_t)size, reader->rest,
				 reader->rest_end, true);
	if (reader->at >= reader->end)
		return NULL;
	reader->line++;
	eol = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	if (!eol)
		eol = reader->end;
	line = (struct line){ reader->at, eol };
	reader->at = eol < reader->end ? eol + 1 : eol;
	if (line.end > line.start && line.end[-1] == '\r')
		line.end--;

	/* A line that is refused, or says nothing, is an empty one to inih. */
	snprintf(buffer, (size_t)size, "\n");
	if (!bytes_ok(reader, &line))
		return buffer;
	first = skip_blanks(line.start, line.end);
	if (first < line.end && *first == '#')
		return buffer;
	line_strip(&line);
	if (first >= line.end || !line_ok(reader, &line))
		return buffer;
	return hand_over(reader, buffer, (size_t)size, first, line.end,
			 first > line.start);
}
