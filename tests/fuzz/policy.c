/*
 * Any bytes are a policy or have a fault that can be printed. A policy written
 * flat (--dump=ini) means the same, and written again is the same text.
 */
#define MAX_SAME_TRIES 20u
#include "file.h"

#include "convert/ini_dump.h"

static char *flat_text(struct policy *policy)
{
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	ini_dump(to, policy);
	fclose(to);
	return text;
}

/* What is quoted may become longer than a line of 'set' can be. */
static bool has_long_line(const char *text)
{
	for (; *text; text += strcspn(text, "\n") + 1) {
		if (strncmp(text, "set = ", 6) == 0 &&
		    strcspn(text, "\n") > 190)
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading reading = reading_of_files((const char *)data, size);
	struct policy *policy = reading.policy, *flat;
	char *text, *again;

	text = policy ? flat_text(policy) : NULL;
	if (text && !has_long_line(text)) {
		flat = policy_written(text);
		check_same(policy, flat);
		again = flat_text(flat);
		CHECK(strcmp(text, again) == 0);
		free(again);
		policy_free(flat);
	}
	free(text);
	reading_free(&reading);
	return 0;
}
