/* What the tests of the tally and of its report share. */
#ifndef SCRUN_TESTS_TALLIED_H
#define SCRUN_TESTS_TALLIED_H

#include "audit/tally.h"
#include "calls.h"

/* search.h has a struct entry, too (tally.h). */
void tdestroy(void *root, void (*free_node)(void *node));

static inline void keep(__attribute__((unused)) void *node)
{
}

/* Ends what tally_init began. */
static inline void tally_free(struct tally *tally)
{
	tdestroy(tally->index, keep); /* the findings are the tally's own */
	for (size_t i = 0; i < tally->n_findings; i++) {
		free(tally->findings[i].brief);
		free(tally->findings[i].reason);
		free(tally->findings[i].allow);
	}
	free(tally->archs);
}

/* A finding of a native call, without a reason and without a line to add. */
static inline struct finding finding_of(enum finding_kind kind, int errnum,
					const struct origin *origin,
					const char *brief)
{
	static char none[] = "";

	return (struct finding){
		.kind = kind,
		.errnum = errnum,
		.origin = origin,
		.arch = seccomp_arch_native(),
		.brief = (char *)brief, /* tally_find copies it */
		.reason = none,
		.allow = none,
	};
}

#endif
