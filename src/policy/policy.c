#include <err.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kept.h"
#include "network.h"
#include "parse.h"
#include "policy.h"
#include "resolve.h"
#include "status.h"

/* Memory given out piece by piece, and taken back all at once. */
struct region {
	struct region *older; /* chunk; owned */
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

#define CHUNK_SIZE ((size_t)32 * 1024)

static struct region *region_new(struct region *older, size_t size)
{
	struct region *region = malloc(sizeof(*region) + size);

	if (!region)
		err(STATUS_FAILED, "memory");
	*region = (struct region){ .older = older, .size = size };
	return region;
}

void *policy_alloc(struct policy *policy, size_t size)
{
	struct region *region = policy->region;
	size_t aligned =
		(size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	void *memory;

	if (region->size - region->used < aligned) {
		region = region_new(region, aligned > CHUNK_SIZE ? aligned
								 : CHUNK_SIZE);
		policy->region = region;
	}
	memory = region->bytes + region->used;
	region->used += aligned;
	/* Not the chunk as a whole: what is never used need not be there. */
	return memset(memory, 0, size);
}

char *policy_strndup(struct policy *policy, const char *text, size_t length)
{
	return memcpy(policy_alloc(policy, length + 1), text, length);
}

char *policy_printf(struct policy *policy, const char *format, ...)
{
	va_list args;
	char *text, *copy;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		err(STATUS_FAILED, "memory");
	copy = policy_strndup(policy, text, (size_t)length);
	free(text);
	return copy;
}

static struct policy *policy_new(const char *name)
{
	struct policy *policy = calloc(1, sizeof(*policy));

	if (!policy)
		err(STATUS_FAILED, "memory");
	policy->region = region_new(NULL, CHUNK_SIZE);
	policy->name = policy_strndup(policy, name, strlen(name));
	STAILQ_INIT(&policy->capabilities);
	STAILQ_INIT(&policy->groups);
	STAILQ_INIT(&policy->supplementary);
	STAILQ_INIT(&policy->keep_fds);
	STAILQ_INIT(&policy->environment_keep);
	STAILQ_INIT(&policy->environment_unset);
	STAILQ_INIT(&policy->environment_set);
	for (size_t i = 0; i < N_ACTIONS; i++)
		STAILQ_INIT(&policy->entries[i]);
	for (size_t i = 0; i < N_PATH_USES; i++)
		STAILQ_INIT(&policy->paths[i]);
	for (size_t i = 0; i < N_PORT_USES; i++)
		STAILQ_INIT(&policy->ports[i]);
	return policy;
}

void policy_free(struct policy *policy)
{
	struct region *region, *older;

	if (!policy)
		return;
	for (region = policy->region; region; region = older) {
		older = region->older;
		free(region);
	}
	free(policy);
}

static struct policy *load(const char *name, bool wants_entries,
			   struct faults *faults)
{
	struct policy *policy = policy_new(name);
	size_t before = faults->n;

	policy->wants_entries = wants_entries;
	policy_parse(policy, name, faults);
	network_imply(policy, faults);
	policy_resolve(policy, faults);
	if (faults->n == before && kept_has_place(policy) && !wants_entries)
		kept_read(policy);
	if (faults->n == before)
		return policy;
	policy_free(policy);
	return NULL;
}

struct policy *policy_load(const char *name, struct faults *faults)
{
	return load(name, false, faults);
}

struct policy *policy_load_entries(const char *name, struct faults *faults)
{
	return load(name, true, faults);
}

bool policy_has_landlock(const struct policy *policy)
{
	bool has = policy->paths_origin.file;

	for (size_t i = 0; i < N_PORT_USES; i++)
		has |= policy->port_origins[i].file != NULL;
	for (size_t i = 0; i < N_SCOPES; i++)
		has |= policy->scopes[i].file != NULL;
	return has;
}
