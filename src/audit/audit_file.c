#include <err.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/names.h"
#include "../status.h"
#include "audit_file.h"

_Noreturn void audit_refuse(const struct audit_line *place, const char *format,
			    ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		err(STATUS_FAILED, "memory");
	errx(STATUS_FAILED, "%s:%zu: %s", place->file, place->line, text);
}

/* What an audit writes is printable ASCII, and "…" where it was cut: so nothing
 * in it can be obeyed by a terminal, or be another line of a policy. */
static bool is_printable(const char *text)
{
	for (; *text; text++) {
		if (strncmp(text, "…", 3) == 0)
			text += 2;
		else if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

const char *audit_text(const struct audit_line *place, const json_t *object,
		       const char *name, const char *otherwise)
{
	const json_t *value = json_object_get(object, name);

	if (!value && otherwise)
		return otherwise;
	if (!json_is_string(value))
		audit_refuse(place, "'%s' is no text", name);
	if (!is_printable(json_string_value(value)))
		audit_refuse(place, "'%s' has characters that no audit writes",
			     name);
	return json_string_value(value);
}

uint64_t audit_number(const struct audit_line *place, const json_t *object,
		      const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		audit_refuse(place, "'%s' is no number", name);
	return (uint64_t)json_integer_value(value);
}

bool audit_flag(const struct audit_line *place, const json_t *object,
		const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_boolean(value))
		audit_refuse(place, "'%s' is neither true nor false", name);
	return json_is_true(value);
}

const json_t *audit_list(const struct audit_line *place, const json_t *object,
			 const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_array(value))
		audit_refuse(place, "'%s' is no list", name);
	return value;
}

bool audit_call(const char *text, uint32_t *arch, uint32_t *nr)
{
	static const char by_number[] = "syscall_0x";
	const char *colon = strchr(text, ':'), *name = colon ? colon + 1 : text;
	char prefix[32];
	int number;

	*arch = seccomp_arch_native();
	if (colon) {
		snprintf(prefix, sizeof(prefix), "%.*s", (int)(colon - text),
			 text);
		*arch = seccomp_arch_resolve_name(prefix);
	}
	number = *arch ? syscall_number(*arch, name) : -1;
	if (number >= 0)
		*nr = (uint32_t)number;
	else if (strncmp(name, by_number, strlen(by_number)) == 0)
		*nr = (uint32_t)strtoul(name + strlen(by_number), NULL, 16);
	else
		*nr = N_SYSCALLS;
	if (*arch == SCMP_ARCH_X32)
		*arch = SCMP_ARCH_X86_64; /* the number has the bit */
	return number >= 0 || *nr != N_SYSCALLS;
}

/* The beginning of a line, for whose rest there was no room or no time. */
static bool is_half(const char *text, size_t length)
{
	static const char start[] = "{\"event\":";

	return strncmp(text, start, strlen(start)) == 0 &&
	       (length < 2 || strcmp(text + length - 2, "}\n") != 0);
}

void audit_file_read(const char *name,
		     void (*take)(void *context, const struct audit_line *place,
				  json_t *line),
		     void *context)
{
	struct audit_line place = { .file = name };
	FILE *file = fopen(name, "re");
	char *text = NULL;
	size_t size = 0;
	ssize_t length;

	if (!file)
		err(STATUS_FAILED, "cannot read '%s'", name);
	while ((length = getline(&text, &size, file)) > 0) {
		json_error_t error;
		json_t *line;

		place.line++;
		line = json_loadb(text, (size_t)length, JSON_REJECT_DUPLICATES,
				  &error);
		if (!line && is_half(text, (size_t)length)) {
			warnx("%s:%zu: half a line, which tells nothing", name,
			      place.line);
			continue;
		}
		if (!json_is_object(line))
			audit_refuse(&place,
				     "no line of an audit: %s at column %d; "
				     "write it with --audit --format=json",
				     line ? "no object" : error.text,
				     error.column);
		take(context, &place, line);
		json_decref(line);
	}
	if (ferror(file))
		err(STATUS_FAILED, "cannot read '%s'", name);
	if (place.line == 0)
		errx(STATUS_FAILED, "'%s' is empty: no audit has written to it",
		     name);
	free(text);
	fclose(file);
}
