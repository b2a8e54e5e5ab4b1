#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "../status.h"
#include "slots.h"

struct slot {
	const char *text; /* owned by those that are in the tree */
	void *value;
};

static int compare(const void *left, const void *right)
{
	const struct slot *a = left, *b = right;

	return strcmp(a->text, b->text);
}

void **slot_of(void **root, const char *text)
{
	const struct slot like = { .text = text };
	struct slot *const *found = tfind(&like, root, compare);
	struct slot *new;

	if (found)
		return &(*found)->value;
	new = calloc(1, sizeof(*new));
	if (!new || !(new->text = strdup(text)) || !tsearch(new, root, compare))
		err(STATUS_FAILED, "memory");
	return &new->value;
}
