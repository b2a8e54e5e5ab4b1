/* What happens to the tracees, as wait4(2) tells it. */
#ifndef SCRUN_EVENTS_H
#define SCRUN_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct event {
	pid_t tid;
	int status; /* of wait4 */
};

struct events {
	bool is_listening; /* the launcher's filter is loaded */
	bool (*listen)(void *context);
	void *context;
	int64_t patience;	 /* of the next look, in ns */
	unsigned int n_found;	 /* by looking, since the last check */
	long n_displaced;	 /* by others, until then */
	unsigned int n_to_sleep; /* events for which it does not look */
	unsigned int rest;	 /* that many next time */
	unsigned int n_lone;	 /* events in a row that were taken alone */
	struct event *list;	 /* what was taken; owned, as is latest */
	size_t n;
	pid_t *latest; /* who had one when all were taken */
	size_t n_latest;
	size_t size; /* of both lists */
};

/* LISTEN, with CONTEXT, is called until it returns true, as in tracer_run(). */
void events_init(struct events *events, bool (*listen)(void *), void *context);

/* Frees the lists. */
void events_free(struct events *events);

/*
 * Waits for an event, and puts it into the list. Where the last time brought
 * several, and now and then where it did not, all others that the N_TRACEES
 * have go there, too, before any is served: wait4(2) prefers the threads that
 * it finds first, and with many of them the last would starve. Returns how
 * many; 0 where no tracee is left; -1 with errno. Exits with 125 when there is
 * no memory.
 */
ssize_t events_take(struct events *events, size_t n_tracees);

#endif
