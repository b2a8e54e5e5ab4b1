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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading reading = reading_of_files((const char *)data, size);
	struct policy *policy = reading.policy, *flat;
	char *text, *again;

	if (policy) {
		text = flat_text(policy);
		flat = policy_written(text);
		check_same(policy, flat);
		again = flat_text(flat);
		CHECK(strcmp(text, again) == 0);
		free(again);
		free(text);
		policy_free(flat);
	}
	reading_free(&reading);
	return 0;
}
