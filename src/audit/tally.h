/* What an audit has seen: how often each call was made, and what was denied. */
#ifndef SCRUN_TALLY_H
#define SCRUN_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "../policy/names.h"
#include "call.h"

struct origin; /* of policy.h, whose struct entry search.h has, too */

struct count {
	uint64_t calls;	 /* that went to the kernel */
	uint64_t errors; /* of those, as far as results were looked at */
	uint64_t denied; /* by the policy; the listener's alone */
};

enum finding_kind {
	FINDING_DENIED,	 /* by the policy */
	FINDING_REFUSED, /* by the kernel */
	FINDING_KILLED,	 /* by the policy */
	FINDING_LOGGED,	 /* allowed, and to be logged */
};
#define N_FINDING_KINDS 4

/* Calls that were denied, and that nothing worth telling tells apart. */
struct finding {
	enum finding_kind kind;
	int errnum;
	const struct origin *origin; /* the policy's; NULL: the kernel */
	uint32_t arch, nr;
	char *brief;  /* "mkdir("/srv/x")"; all three owned */
	char *reason; /* of a refusal; may be empty */
	char *allow;  /* the line that would allow it; may be empty */
	uint64_t count;
};

/* More would let a command that tries a million names fill the memory. */
#define MAX_FINDINGS 1000

struct tally_arch {
	uint32_t arch; /* SCMP_ARCH_X32 apart; 0 for all that are not listed */
	/* By number, x32 without its bit; the last one stands for all numbers
	 * that no call has. */
	struct count counts[N_SYSCALLS + 1];
};

struct tally {
	struct tally_arch *archs; /* owned; the policy's, and the last one */
	size_t n_archs;

	struct finding findings[MAX_FINDINGS]; /* in the order of coming */
	size_t n_findings;
	uint64_t n_more[N_FINDING_KINDS]; /* past MAX_FINDINGS */
	void *index;			  /* of tsearch(3) */
	struct finding *last;		  /* that was counted, or NULL */

	uint64_t processes;
	uint64_t untraced; /* clones that would have left the audit */
	uint64_t unread;   /* ends by SIGSYS, at calls that are not known */
};

/* Begins to count, for N ARCHS (SCMP_ARCH_*) apart from all others. */
void tally_init(struct tally *tally, const uint32_t *archs, size_t n);

/* The counter of a call: two threads may have the same at a time. */
struct count *tally_count(struct tally *tally, uint32_t arch, uint32_t nr);

/*
 * Counts what LIKE describes, but for its reason and its allow, if it has been
 * found before. Returns false, and counts nothing, where it has not.
 */
bool tally_find_again(struct tally *tally, const struct finding *like);

/*
 * Counts what LIKE describes: its texts are borrowed and copied. Returns the
 * finding where it is the first of its kind, else NULL.
 */
const struct finding *tally_find(struct tally *tally,
				 const struct finding *like);

/* Takes back what tally_find has counted last. */
void tally_undo(struct tally *tally);

#endif
