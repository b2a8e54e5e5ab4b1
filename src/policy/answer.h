/* What a policy does to a call of which not all arguments are known. */
#ifndef SCRUN_ANSWER_H
#define SCRUN_ANSWER_H

#include "verdict.h"

/* All calls of one number whose arguments meet some conditions. */
struct question {
	uint32_t arch; /* SCMP_ARCH_*, of x32 as well */
	uint32_t nr;
	const struct condition *conditions; /* all hold */
	size_t n_conditions;
};

/* What happens to some of them. */
struct answer {
	const struct rule *rule; /* NULL: no rule matches */
	struct verdict verdict;
};

struct answers {
	/* In the order of the rules: the first whose rule matches holds. Each
	 * is the answer to some call; there is none where no call meets the
	 * question's conditions. */
	struct answer *list;
	size_t n;
	/* Rules that match some calls, all of which a stricter or equal one
	 * has answered. */
	struct answer *idle;
	size_t n_idle;
};

/* The lists belong to POLICY. */
struct answers answers_of(struct policy *policy,
			  const struct question *question);

/* Whether all answers are the same, whichever entry gives them. */
bool answers_agree(const struct answers *answers);

/*
 * Parses TEXT, a call as in an entry, perhaps with conditions. Returns NULL
 * with a fault added where it is something else or its arguments are not known;
 * the name is not looked up.
 */
const struct entry *question_parse(struct policy *policy, const char *text,
				   struct faults *faults);

/*
 * Asks for ENTRY's call on ARCH; false where ARCH does not have it. Where a
 * filter cannot see its arguments there, the question has no conditions.
 */
bool question_on(struct policy *policy, const struct entry *entry,
		 uint32_t arch, struct question *question);

#endif
