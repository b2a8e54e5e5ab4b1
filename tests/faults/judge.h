/* What a start with a fault may come to. */
#ifndef JUDGE_H
#define JUDGE_H

#include "start.h"

enum judgement {
	RIGHT,	   /* the command ran as it does without a fault */
	REFUSED,   /* it did not, and scrun has said why */
	ENDED,	   /* killed with its auditor; or the rest of its denied calls
		      failed with ENOSYS, and the report has no end */
	UNCERTAIN, /* the command ran, and the report says that it lacks
		      something, or has no end */
	MISS,
};
#define N_JUDGEMENTS 5

/* CLEAN is the start without a fault, TRACES whether the audit is by ptrace.
 * WHY is a text of the program where it is a miss. */
enum judgement judge(const struct outcome *outcome, const struct outcome *clean,
		     bool is_audit, bool traces, const char **why);

#endif
