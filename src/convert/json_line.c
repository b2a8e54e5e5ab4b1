#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "json_line.h"

#define BLANKS " \t\r\n"

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, BLANKS);
}

/* Behind the string that begins at AT. */
static const char *skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1])
			at++;
	}
	return *at ? at + 1 : at;
}

/* Behind the value that begins at AT. */
static const char *skip_value(const char *at)
{
	size_t depth = 0;

	do {
		at = skip_blanks(at);
		if (*at == '"') {
			at = skip_string(at);
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if (*at == '}' || *at == ']')
			depth--;
		if (strchr("{}[],:", *at)) /* and the end of the text */
			at += *at != '\0';
		else
			at += strcspn(at, "{}[],:\"" BLANKS);
	} while (depth > 0 && *at);
	return at;
}

/* The value behind the comma after the one at AT, or AT where it is the last.
 */
static bool next_value(const char **at)
{
	const char *behind = skip_blanks(skip_value(*at));

	if (*behind != ',')
		return false;
	*at = skip_blanks(behind + 1);
	return true;
}

/* The element INDEX of the array at AT. */
static const char *find_element(const char *at, unsigned long index)
{
	const char *element = skip_blanks(at + 1);

	if (*at != '[' || *element == ']')
		return NULL;
	while (index-- > 0) {
		if (!next_value(&element))
			return NULL;
	}
	return element;
}

/* The value of the key KEY, of LENGTH bytes, in the object at AT. */
static const char *find_member(const char *at, const char *key, size_t length)
{
	const char *member = skip_blanks(at + 1);

	if (*at != '{' || *member != '"')
		return NULL;
	do {
		const char *end = skip_string(member);
		const char *value = skip_blanks(skip_blanks(end) + 1);

		if ((size_t)(end - member) == length + 2 &&
		    strncmp(member + 1, key, length) == 0)
			return value;
		member = value;
	} while (next_value(&member));
	return NULL;
}

const char *json_find(const char *text, const char *path)
{
	const char *at = skip_blanks(text);

	while (*path && *at) {
		const char *found;

		if (*path == '[') {
			char *end;
			unsigned long index = strtoul(path + 1, &end, 10);

			found = find_element(at, index);
			path = end + 1;
		} else {
			size_t length;

			path += *path == '.';
			length = strcspn(path, ".[");
			found = find_member(at, path, length);
			path += length;
		}
		if (!found)
			break;
		at = found;
	}
	return at;
}

unsigned int json_line(const char *text, const char *path)
{
	const char *end = json_find(text, path);
	unsigned int line = 1;

	for (; text < end; text++)
		line += *text == '\n';
	return line;
}
