/*
 * The tracer: follows the command and all that it starts by ptrace(2), one stop
 * for each call. It only watches.
 */
#ifndef SCRUN_TRACER_H
#define SCRUN_TRACER_H

#include "watch.h"

/* Attaches to PID, which goes on. Returns 0, or an errno. */
int tracer_attach(pid_t pid);

/*
 * Follows PID until all have ended, and has the report written before the last
 * one is let go. Calls LISTEN, between stops, until it returns true: once PID's
 * filter is loaded, a denied call needs no stop to be waiting for an answer.
 */
void tracer_run(struct watch *watch, pid_t pid, bool (*listen)(void *),
		void *context);

#endif
