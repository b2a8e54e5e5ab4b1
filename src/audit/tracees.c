#include <search.h>
#include <stdlib.h>

#include "last_words.h"
#include "tracees.h"

static int compare(const void *left, const void *right)
{
	const struct tracee *a = left, *b = right;

	return (a->tid > b->tid) - (a->tid < b->tid);
}

/* Finds those that are gone, too. */
static struct tracee *lookup(struct tracees *tracees, pid_t tid)
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

struct tracee *tracees_find(struct tracees *tracees, pid_t tid)
{
	struct tracee *tracee = lookup(tracees, tid);

	return tracee && !tracee->is_gone ? tracee : NULL;
}

static void insert(struct tracees *tracees, struct tracee *tracee)
{
	if (!tsearch(tracee, &tracees->index, compare))
		exhausted();
	tracees->latest = tracee;
}

static void erase(struct tracees *tracees, struct tracee *tracee)
{
	tdelete(tracee, &tracees->index, compare);
	tracees->latest = NULL;
}

struct tracee *tracees_get(struct tracees *tracees, pid_t tid)
{
	struct tracee *tracee = lookup(tracees, tid);

	if (tracee && !tracee->is_gone)
		return tracee;
	if (!tracee) {
		tracee = malloc(sizeof(*tracee));
		if (!tracee)
			exhausted();
		tracee->tid = tid;
		insert(tracees, tracee);
	}
	*tracee = (struct tracee){ .tid = tid };
	tracees->n++;
	return tracee;
}

bool tracees_announce(struct tracees *tracees, pid_t tid)
{
	struct tracee *tracee = lookup(tracees, tid);
	bool is_counted = tracee && tracee->is_counted;

	if (tracee && tracee->is_gone) {
		erase(tracees, tracee);
		free(tracee);
	} else {
		tracees_get(tracees, tid)->is_announced = true;
	}
	return !is_counted;
}

static void end(struct tracees *tracees, struct tracee *tracee)
{
	tracees->n--;
	if (tracee->is_exiting)
		tracees->n_exiting--;
	free(tracee->decoded);
	tracee->decoded = NULL;
	free(tracee->pending);
	tracee->pending = NULL;
}

void tracees_remove(struct tracees *tracees, struct tracee *tracee)
{
	end(tracees, tracee);
	tracee->is_gone = true;
	if (!tracee->is_announced)
		return; /* remembered, lest it be counted twice */
	erase(tracees, tracee);
	free(tracee);
}

void tracees_replace(struct tracees *tracees, struct tracee *leader,
		     struct tracee *tracee)
{
	end(tracees, leader);
	if (tracee->is_exiting)
		tracees->n_exiting--;
	erase(tracees, leader);
	erase(tracees, tracee);
	*tracee = (struct tracee){
		.tid = leader->tid,
		.wants_exit = tracee->wants_exit,
		.call = tracee->call,
		.decoded = tracee->decoded,
		.pending = tracee->pending,
		.is_announced = leader->is_announced,
		.is_counted = leader->is_counted,
	};
	insert(tracees, tracee);
	free(leader);
}

void tracees_exiting(struct tracees *tracees, struct tracee *tracee)
{
	if (!tracee->is_exiting)
		tracees->n_exiting++;
	tracee->is_exiting = true;
}
