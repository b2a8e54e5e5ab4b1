#include <stdlib.h>
#include <string.h>

#include "string_stream.h"

struct string {
	char **text;
	size_t *length, size;
};

static ssize_t take(void *cookie, const char *bytes, size_t n)
{
	struct string *string = cookie;
	size_t wanted = *string->length + n + 1;

	if (wanted > string->size) {
		char *text = realloc(*string->text, 2 * wanted);

		if (!text)
			return 0; /* an error (fopencookie(3)) */
		*string->text = text;
		string->size = 2 * wanted;
	}
	memcpy(*string->text + *string->length, bytes, n);
	*string->length += n;
	(*string->text)[*string->length] = '\0';
	return (ssize_t)n;
}

static int finish(void *cookie)
{
	free(cookie);
	return 0;
}

FILE *string_open(char **string, size_t *length)
{
	const cookie_io_functions_t functions = {
		.write = take,
		.close = finish,
	};
	struct string *made = malloc(sizeof(*made));
	FILE *stream = NULL;

	*string = calloc(1, 1);
	*length = 0;
	if (made && *string) {
		*made = (struct string){ string, length, 1 };
		stream = fopencookie(made, "w", functions);
	}
	if (!stream) {
		free(made);
		free(*string);
		*string = NULL;
	}
	return stream;
}

bool string_close(FILE *stream)
{
	bool is_whole = fflush(stream) == 0 && !ferror(stream);

	return fclose(stream) == 0 && is_whole;
}
