#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "message.h"
#include "status.h"

struct fault {
	STAILQ_ENTRY(fault) next;
	char *file; /* owned */
	unsigned int line;
	char *text; /* as printed; owned */
};

void faults_init(struct faults *faults)
{
	STAILQ_INIT(&faults->list);
	faults->n = 0;
}

void faults_free(struct faults *faults)
{
	struct fault *fault;

	while ((fault = STAILQ_FIRST(&faults->list))) {
		STAILQ_REMOVE_HEAD(&faults->list, next);
		free(fault->file);
		free(fault->text);
		free(fault);
	}
	faults->n = 0;
}

static char *escaped(const char *text)
{
	size_t length = strlen(text), size = 4 * length + 4;
	char *copy = malloc(size);

	if (!copy)
		err(STATUS_FAILED, "memory");
	message_escape(copy, size, text, length);
	return copy;
}

/* Faults of one file stand together, by line. */
static void fault_insert(struct faults *faults, struct fault *fault)
{
	struct fault *at, *previous = NULL, *after = NULL;
	bool is_first = true;

	STAILQ_FOREACH(at, &faults->list, next) {
		if (strcmp(at->file, fault->file) == 0 &&
		    (is_first || at->line <= fault->line)) {
			after = at->line <= fault->line ? at : previous;
			is_first = false;
		}
		previous = at;
	}
	if (is_first)
		STAILQ_INSERT_TAIL(&faults->list, fault, next);
	else if (after)
		STAILQ_INSERT_AFTER(&faults->list, after, fault, next);
	else
		STAILQ_INSERT_HEAD(&faults->list, fault, next);
	faults->n++;
}

void fault_add(struct faults *faults, const char *file, unsigned int line,
	       const char *format, ...)
{
	struct fault *fault = calloc(1, sizeof(*fault));
	char place[16] = "";
	char *text, *whole;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (line)
		snprintf(place, sizeof(place), ":%u", line);
	if (!fault || n < 0 ||
	    asprintf(&whole, "%s%s: %s", file, place, text) < 0)
		err(STATUS_FAILED, "memory");
	fault->text = escaped(whole);
	fault->file = strdup(file);
	fault->line = line;
	if (!fault->file)
		err(STATUS_FAILED, "memory");
	free(whole);
	free(text);
	fault_insert(faults, fault);
}

void faults_print(const struct faults *faults)
{
	const struct fault *fault;

	STAILQ_FOREACH(fault, &faults->list, next)
		fprintf(stderr, "%s\n", fault->text);
}

const char *fault_text(const struct faults *faults, size_t index)
{
	const struct fault *fault;

	STAILQ_FOREACH(fault, &faults->list, next) {
		if (index-- == 0)
			return fault->text;
	}
	return NULL;
}
