/* Learning: what a run does, gathered call by call, becomes a policy. */
#ifndef SCRUN_LEARN_H
#define SCRUN_LEARN_H

#include "../../policy/policy.h"
#include "../call.h"
#include "../refusal/refusal.h"

struct json_t;	/* of jansson.h */
struct learn;	/* opaque */
struct pending; /* what a call that is in the kernel needs of it */

/*
 * Opens the file NAME, reads the policy that it holds, if any, and prepares all
 * else that can fail. Without NAME, nothing will be written. TELLS: learn_tell
 * will be called. ARGV is the command, which runs under POLICY. Exits with 125
 * and a message where the file has a fault or cannot be written.
 */
struct learn *learn_new(const char *name, const struct policy *policy,
			char *const *argv, bool tells);

/* Whether a policy will be written; LEARN may be NULL. */
bool learn_writes(const struct learn *learn);

/* The descriptors that learning needs until its end; returns how many. */
#define N_LEARN_FDS 2
size_t learn_fds(const struct learn *learn, int fds[N_LEARN_FDS]);

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

/* The command has ended: nothing more can be learned. To be called before what
 * follows. */
void learn_close(struct learn *learn);

/*
 * Gives all that was learned to WRITE, with CONTEXT, as the lines of an audit
 * file (scrun(1), Audit files), each of which WRITE owns. To be called before
 * learn_end, which changes it.
 */
void learn_tell(struct learn *learn,
		void (*write)(void *context, struct json_t *line),
		void *context);

/*
 * Writes the file. Says what was done in lines, each given to TELL with
 * CONTEXT. Nothing can be learned after that. Returns false where the file is
 * not as it should be.
 */
bool learn_end(struct learn *learn,
	       void (*tell)(void *context, const char *line), void *context);

/*
 * Learns from the audit files FILES (NULL-terminated) into the file NAME, and
 * says what was done on stderr. Returns 0; exits with 125 and a message, the
 * file as it was, for what no audit has written or where it cannot be written.
 */
int learn_reports(const char *name, char *const *files);

#endif
