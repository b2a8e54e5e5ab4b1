#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "events.h"

/* To look in vain for a second event costs a system call each time: where the
 * last time had but one, it is done for one event in so many. */
#define LONE_EVENTS 8

/*
 * To wake a thread on another processor takes 20 µs and more, as long as many
 * calls are apart. So the tracer looks for the next event for a while before it
 * sleeps, and lets others run between two looks (sched_yield(2)). In ns; a
 * command that waits long is soon left alone.
 */
#define MAX_PATIENCE 500000
#define MIN_PATIENCE 20000

/*
 * Where the command, or another program, shares its processor, it is quicker to
 * sleep: who yields is put behind all who want as much, and who is woken is not
 * (kernel/sched/fair.c, yield_task_fair() and place_entity()). That is so where
 * the kernel has let another one run in its place for half of the events that
 * it found by looking. Then it sleeps for as many as SHORT_REST before it looks
 * again, and for more each time that this is still so.
 */
#define LOOKS	   4
#define SHORT_REST LOOKS
#define LONG_REST  4096

void events_init(struct events *events, bool (*listen)(void *), void *context)
{
	*events = (struct events){
		.listen = listen,
		.context = context,
		.patience = MAX_PATIENCE,
		.rest = SHORT_REST,
	};
}

/* The launcher loads its filter without a word, and then waits perhaps. */
static pid_t wait_for_filter(struct events *events, int *status)
{
	const struct timespec pause = { .tv_nsec = 100000 };

	for (;;) {
		pid_t tid = waitpid(-1, status, __WALL | WNOHANG);

		events->is_listening = events->listen(events->context);
		if (tid != 0)
			return tid;
		if (events->is_listening)
			return waitpid(-1, status, __WALL);
		nanosleep(&pause, NULL);
	}
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* How often another thread has run in place of this one, which wanted to
 * (getrusage(2), ru_nivcsw; kernel/sched/core.c, __schedule()). */
static long n_displaced(void)
{
	struct rusage usage = { 0 };

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

static void on_found(struct events *events)
{
	long n;

	events->patience = MAX_PATIENCE;
	if (++events->n_found < LOOKS)
		return;
	events->n_found = 0;
	n = n_displaced() - events->n_displaced;
	events->n_displaced += n;
	if (n < LOOKS / 2) {
		events->rest = SHORT_REST;
		return;
	}
	events->n_to_sleep = events->rest;
	if (events->rest < LONG_REST)
		events->rest *= 4;
}

/* Looks for an event for a while. */
static pid_t look(struct events *events, int *status)
{
	int64_t end = now() + events->patience;

	do {
		pid_t tid = waitpid(-1, status, __WALL | WNOHANG);

		if (tid != 0) {
			on_found(events);
			return tid;
		}
		sched_yield();
	} while (now() < end);
	if (events->patience > MIN_PATIENCE)
		events->patience /= 2;
	return 0;
}

static pid_t wait_for_event(struct events *events, int *status)
{
	pid_t tid;

	if (!events->is_listening)
		return wait_for_filter(events, status);
	if (events->n_to_sleep == 0) {
		tid = look(events, status);
		if (tid != 0)
			return tid;
	} else if (--events->n_to_sleep == 0) {
		events->n_displaced = n_displaced();
	}
	return waitpid(-1, status, __WALL);
}

/* How many events are to be taken now. */
static size_t max_events(struct events *events, bool is_single)
{
	/* A single thread has one event at a time. */
	if (is_single || events->n_lone++ % LONE_EVENTS > 0)
		return 1;
	return MAX_EVENTS;
}

ssize_t events_take(struct events *events, bool is_single)
{
	const size_t max = max_events(events, is_single);
	size_t n = 0;

	while (n < max) {
		struct event *event = &events->list[n];

		event->tid =
			n == 0 ? wait_for_event(events, &event->status)
			       : waitpid(-1, &event->status, __WALL | WNOHANG);
		if (event->tid < 0 && errno == EINTR)
			continue;
		if (event->tid < 0 && errno != ECHILD)
			return -1;
		if (event->tid <= 0)
			break;
		n++;
	}
	if (n > 1)
		events->n_lone = 0;
	return (ssize_t)n;
}
