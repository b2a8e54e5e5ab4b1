/*
 * The auditor's one state, which its two threads share: the tracer and the
 * listener find things, and tell them here.
 */
#ifndef SCRUN_WATCH_H
#define SCRUN_WATCH_H

#include <pthread.h>

#include "learn/learn.h"
#include "report.h"

struct watch {
	const struct policy *policy;
	uint64_t permitted; /* the capabilities that scrun was started with */
	bool has_log;	    /* the policy logs some calls */
	struct report report;

	/* Guards what follows, the report, and all that decodes a call. */
	pthread_mutex_t lock;
	struct tally tally;
	struct learn *learn; /* NULL: nothing is learned */
	bool has_reported;
};

/*
 * The policy denies or kills CALL, or logs it: counts and tells it. LOCK held.
 * Returns the errno it is to get.
 */
int watch_verdict(struct watch *watch, const struct call *call,
		  enum finding_kind kind);

/* The kernel refused CALL with ERRNUM. LOCK held. */
void watch_refusal(struct watch *watch, const struct call *call, int errnum);

/* Writes the end of the report, once. Takes the lock. */
void watch_report(struct watch *watch);

/*
 * Ends the auditor, which can do its work no more, with a line in the report:
 * the command ends with it, or whatever is denied from now on fails with
 * ENOSYS. The caller has locked the watch; errno is the reason.
 */
_Noreturn void watch_fail(struct watch *watch, const char *what);

#endif
