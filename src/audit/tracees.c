#include <search.h>
#include <stdlib.h>

#include "tracees.h"

static int compare(const void *left, const void *right)
{
	const struct tracee *a = left, *b = right;

	return (a->tid > b->tid) - (a->tid < b->tid);
}

struct tracee *tracees_find(struct tracees *tracees, pid_t tid)
{
	const struct tracee like = { .tid = tid };
	struct tracee *const *found;

	if (tracees->latest && tracees->latest->tid == tid)
		return tracees->latest;
	found = tfind(&like, &tracees->index, compare);
	if (found)
		tracees->latest = *found;
	return found ? *found : NULL;
}

static void insert(struct tracees *tracees, struct tracee *tracee)
{
	if (!tsearch(tracee, &tracees->index, compare))
		abort();
	tracees->latest = tracee;
	tracees->n++;
}

struct tracee *tracees_get(struct tracees *tracees, pid_t tid)
{
	struct tracee *tracee = tracees_find(tracees, tid);

	if (tracee)
		return tracee;
	tracee = calloc(1, sizeof(*tracee));
	if (!tracee)
		abort(); /* and the command ends with the auditor */
	tracee->tid = tid;
	insert(tracees, tracee);
	return tracee;
}

static void take_out(struct tracees *tracees, struct tracee *tracee)
{
	tdelete(tracee, &tracees->index, compare);
	tracees->latest = NULL;
	tracees->n--;
	if (tracee->is_exiting)
		tracees->n_exiting--;
}

void tracees_remove(struct tracees *tracees, struct tracee *tracee)
{
	take_out(tracees, tracee);
	free(tracee->decoded);
	free(tracee);
}

void tracees_rename(struct tracees *tracees, struct tracee *tracee, pid_t tid)
{
	struct tracee *old = tracees_find(tracees, tid);

	if (old == tracee)
		return;
	if (old)
		tracees_remove(tracees, old);
	take_out(tracees, tracee);
	tracee->is_exiting = false;
	tracee->tid = tid;
	insert(tracees, tracee);
}

void tracees_exiting(struct tracees *tracees, struct tracee *tracee)
{
	if (!tracee->is_exiting)
		tracees->n_exiting++;
	tracee->is_exiting = true;
}
