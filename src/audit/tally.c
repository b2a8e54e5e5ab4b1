#include <err.h>
#include <search.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "../status.h"
#include "last_words.h"
#include "tally.h"

void tally_init(struct tally *tally, const uint32_t *archs, size_t n)
{
	*tally = (struct tally){ .n_archs = n + 1 };
	tally->archs = calloc(tally->n_archs, sizeof(tally->archs[0]));
	if (!tally->archs)
		err(STATUS_FAILED, "memory");
	for (size_t i = 0; i < n; i++)
		tally->archs[i].arch = archs[i];
}

struct count *tally_count(struct tally *tally, uint32_t arch, uint32_t nr)
{
	size_t i = 0;

	arch = abi_of(arch, nr);
	if (arch == SCMP_ARCH_X32)
		nr &= ~X32_SYSCALL_BIT;
	if (nr > N_SYSCALLS)
		nr = N_SYSCALLS;
	while (i + 1 < tally->n_archs && tally->archs[i].arch != arch)
		i++;
	return &tally->archs[i].counts[nr];
}

static int compare_findings(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->errnum != b->errnum)
		return a->errnum < b->errnum ? -1 : 1;
	if (a->origin != b->origin)
		return (uintptr_t)a->origin < (uintptr_t)b->origin ? -1 : 1;
	if (a->arch != b->arch)
		return a->arch < b->arch ? -1 : 1;
	if (a->nr != b->nr)
		return a->nr < b->nr ? -1 : 1;
	return strcmp(a->brief, b->brief);
}

static char *copy(const char *text)
{
	char *copied = strdup(text);

	if (!copied)
		exhausted();
	return copied;
}

bool tally_find_again(struct tally *tally, const struct finding *like)
{
	struct finding *const *found =
		tfind(like, &tally->index, compare_findings);

	tally->last = found ? *found : NULL;
	if (found)
		tally->last->count++;
	return found;
}

const struct finding *tally_find(struct tally *tally,
				 const struct finding *like)
{
	struct finding *new;

	if (tally_find_again(tally, like))
		return NULL;
	if (tally->n_findings == MAX_FINDINGS) {
		tally->n_more[like->kind]++;
		return NULL;
	}
	new = &tally->findings[tally->n_findings++];
	*new = *like;
	new->brief = copy(like->brief);
	new->reason = copy(like->reason);
	new->allow = copy(like->allow);
	new->count = 1;
	if (!tsearch(new, &tally->index, compare_findings))
		exhausted();
	tally->last = new;
	return new;
}

void tally_undo(struct tally *tally)
{
	if (tally->last)
		tally->last->count--;
	tally->last = NULL;
}
