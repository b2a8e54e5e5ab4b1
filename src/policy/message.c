#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

/* With two paths in it; a longer one is cut. */
#define MAX_MESSAGE 9000

size_t message_escape(char *buffer, size_t size, const char *text,
		      size_t length)
{
	char *to = buffer, *end = buffer + size;

	for (size_t i = 0; i < length && end - to > 4; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= ' ' && c < 0x7f)
			*to++ = (char)c;
		else
			to += snprintf(to, 5, "\\x%02x", c);
	}
	*to = '\0';
	return (size_t)(to - buffer);
}

static void (*told)(const char *text);

void message_to(void (*say)(const char *text))
{
	told = say;
}

/* "scrun: TEXT: REASON"; without memory, which may be what is told of. */
__attribute__((format(printf, 2, 0))) static void
say(const char *reason, const char *format, va_list args)
{
	char text[MAX_MESSAGE], escaped[4 * sizeof(text)];
	int used = snprintf(text, sizeof(text),
			    "%.200s: ", program_invocation_short_name);
	size_t length;

	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	vsnprintf(text + used, sizeof(text) - (size_t)used, format, args);
	length = strlen(text);
	if (reason)
		snprintf(text + length, sizeof(text) - length, ": %s", reason);
	message_escape(escaped, sizeof(escaped), text, strlen(text));
	if (told)
		told(escaped + used);
	else
		fprintf(stderr, "%s\n", escaped);
}

void err(int status, const char *format, ...)
{
	const char *reason = strerror(errno);
	va_list args;

	va_start(args, format);
	say(reason, format, args);
	va_end(args);
	exit(status);
}

void errx(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(NULL, format, args);
	va_end(args);
	exit(status);
}

void warn(const char *format, ...)
{
	const char *reason = strerror(errno);
	va_list args;

	va_start(args, format);
	say(reason, format, args);
	va_end(args);
}

void warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(NULL, format, args);
	va_end(args);
}
