/* The process that the command gets, from the policy's [process]. */
#ifndef SCRUN_PROCESS_H
#define SCRUN_PROCESS_H

#include <sys/types.h>

#include "../policy/policy.h"

struct process {
	const struct policy *policy;
	bool has_ids; /* they are to change */
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* owned */
	size_t n_groups;
	int streams[3]; /* descriptors to take the place of 0 to 2, or -1 */
	int oom;	/* /proc/self/oom_score_adj, or -1 */
};

/* Notes who the parent is, at whose end the command may want a signal: the
 * first thing of all, for it may end at any time. */
void process_begin(void);

/*
 * Looks up users and groups, and enters the root and the directory, where the
 * command is looked for. Adds a fault for each thing that cannot be had, and
 * returns false.
 */
bool process_plan(struct process *process, const struct policy *policy,
		  struct faults *faults);

/*
 * Opens the files of the streams, which may make them: the last thing before
 * the launch. Returns false with a fault added.
 */
bool process_open(struct process *process, struct faults *faults);

/*
 * Whether process_open() would succeed, as far as can be seen without making or
 * emptying a file. Returns false with a fault added.
 */
bool process_can_open(const struct process *process, struct faults *faults);

/*
 * Makes it so: session, priority and ids, capabilities kept across. Exits with
 * 125 and a message where the kernel refuses.
 */
void process_apply(const struct process *process);

/* Puts what process_open() opened in the place of 0 to 2; exits as above. Until
 * then messages go to scrun's own standard error. */
void process_redirect(const struct process *process);

#endif
