/* Learning: what a run does, gathered call by call, becomes a policy. */
#ifndef SCRUN_LEARN_H
#define SCRUN_LEARN_H

#include "../../policy/policy.h"
#include "../call.h"
#include "../refusal/refusal.h"

struct learn;	/* opaque */
struct pending; /* what a call that is in the kernel needs of it */

/*
 * Opens the file NAME, reads the policy that it holds, if any, and prepares all
 * else that can fail. ARGV is the command, which runs under POLICY. Exits with
 * 125 and a message where the file has a fault or cannot be written.
 */
struct learn *learn_new(const char *name, const struct policy *policy,
			char *const *argv);

/* The descriptors that learning needs until its end. */
#define N_LEARN_FDS 2
void learn_fds(const struct learn *learn, int fds[N_LEARN_FDS]);

/*
 * CALL is about to be made. BEGINS: it is the one that starts the command, by
 * which scrun itself ends. *PENDING is NULL, or what this gave for the thread's
 * last call; it is set to what learn_result() is to know, NULL if that is
 * nothing, and to be freed by free(3).
 */
void learn_call(struct learn *learn, const struct call *call, bool begins,
		struct pending **pending);

/* CALL, which PENDING is of, has ended with ERRNUM, 0 for success. */
void learn_result(struct learn *learn, const struct call *call,
		  const struct pending *pending, int errnum);

/* The kernel refused CALL, for the reason that REFUSAL gives. */
void learn_refusal(struct learn *learn, const struct call *call,
		   const struct refusal *refusal);

/*
 * Writes the file. Says what was done in lines, each given to TELL with
 * CONTEXT. Nothing can be learned after that.
 */
void learn_end(struct learn *learn,
	       void (*tell)(void *context, const char *line), void *context);

#endif
