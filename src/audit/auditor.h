/*
 * The auditor's process: in a session of its own, and neither the command nor
 * its parent finds it among its children. It is attached before the command
 * runs.
 */
#ifndef SCRUN_AUDITOR_H
#define SCRUN_AUDITOR_H

#include "../enforce/caps.h"
#include "../enforce/filter.h"
#include "../enforce/launch.h"
#include "listener.h"
#include "watch.h"

/* What launcher and auditor tell each other, in memory that both have. */
struct hand_over {
	struct progress progress;
	pid_t auditor;
	int auditor_pidfd;
	int failure;	  /* an errno; 0: it watches */
	const char *step; /* that failed: text of the program itself */
};

struct auditor {
	struct watch *watch;
	struct hand_over *hand_over;
	struct filter filter; /* its own */
	struct listener *listener;
	pid_t launcher;
	int launcher_pidfd;
	int may_attach, has_attached; /* eventfd(2) */
};

/* Prepares what can fail, but for what changes this process, and notes WATCH's
 * permitted capabilities. Exits with 125 and a message where it fails. */
void auditor_prepare(struct auditor *auditor, struct watch *watch);

/* An observer's begin: starts the auditor, and returns when it watches. Exits
 * with 125 and a message, and a hint, where it cannot. */
void auditor_start(void *auditor);

#endif
