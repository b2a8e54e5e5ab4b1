/* The threads that the tracer follows, by their ids. */
#ifndef SCRUN_TRACEES_H
#define SCRUN_TRACEES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "call.h"

struct decoded;
struct pending;

struct tracee {
	pid_t tid;
	bool wants_exit;	 /* the result of its call is waited for */
	bool is_exiting;	 /* it has announced its end */
	bool is_announced;	 /* its parent has told of it */
	bool is_counted;	 /* as a process, before that */
	bool is_gone;		 /* it has ended, before that */
	struct call call;	 /* the one it is in, while wants_exit */
	struct decoded *decoded; /* of that call, in trace; owned */
	struct pending *pending; /* of that call, in learning; owned */
};

struct tracees {
	void *index;	       /* of tsearch(3) */
	struct tracee *latest; /* the one asked for last, or NULL */
	size_t n, n_exiting;
};

/* The tracee with this id, or NULL if it is not known. */
struct tracee *tracees_find(struct tracees *tracees, pid_t tid);

/* The same, made if it is not known yet. */
struct tracee *tracees_get(struct tracees *tracees, pid_t tid);

/*
 * A parent tells of its child TID. This and the child's own first stop come in
 * any order; either may never come, and the child may have ended before this.
 * Returns false for one that was counted as a process when it stopped.
 */
bool tracees_announce(struct tracees *tracees, pid_t tid);

/* TRACEE has ended; frees it. */
void tracees_remove(struct tracees *tracees, struct tracee *tracee);

/* TRACEE has taken the id of the LEADER, another one, which is gone without a
 * word; frees that. */
void tracees_replace(struct tracees *tracees, struct tracee *leader,
		     struct tracee *tracee);

/* TRACEE has announced its end. */
void tracees_exiting(struct tracees *tracees, struct tracee *tracee);

#endif
