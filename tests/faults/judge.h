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
		      something, or has no end; or nothing was learned, and
		      scrun has said so */
	MISS,
};
#define N_JUDGEMENTS 5

enum audit {
	AUDIT_NONE,
	AUDIT_DENIED,
	AUDIT_TRACED, /* by ptrace */
	AUDIT_LEARN,  /* likewise */
};

/* CLEAN is the start without a fault, LEARNED the file before it (start.h).
 * IS_SILENT: with this fault the auditor can say nothing. WHY is a text of the
 * program where it is a miss. */
enum judgement judge(const struct outcome *outcome, const struct outcome *clean,
		     enum audit audit, const char *learned, bool is_silent,
		     const char **why);

#endif
