#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <time.h>

#include "events.h"

/* To look in vain for a second event costs a system call each time: where the
 * last time had but one, it is done for one event in so many. */
#define LONE_EVENTS 8

/*
 * How long the tracer looks for an event before it sleeps, in ns. To wake a
 * thread on another processor takes 20 µs here, as long as many calls are
 * apart; and sched_yield(2) lets the command have the processor at once if
 * there is but one. Where it takes long, others want this processor: then it is
 * little at first, and more with each event. A command that waits long is soon
 * left alone.
 */
#define MIN_PATIENCE  50000
#define MAX_PATIENCE  500000
#define MORE_PATIENCE 1000
#define LONG_YIELD    20000

void events_init(struct events *events, bool (*listen)(void *), void *context)
{
	*events = (struct events){
		.listen = listen,
		.context = context,
		.patience = MIN_PATIENCE,
		.max_patience = MIN_PATIENCE,
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

static void on_eager_event(struct events *events)
{
	if (events->max_patience < MAX_PATIENCE)
		events->max_patience += MORE_PATIENCE;
	events->patience = events->max_patience;
}

/* Looks for an event for a while, and longer if it came last time. */
static pid_t wait_eagerly(struct events *events, int *status)
{
	int64_t end, before, after;

	if (!events->is_listening)
		return wait_for_filter(events, status);
	after = now();
	end = after + events->patience;
	do {
		pid_t tid = waitpid(-1, status, __WALL | WNOHANG);

		if (tid != 0) {
			on_eager_event(events);
			return tid;
		}
		before = after;
		sched_yield();
		after = now();
		if (after - before > LONG_YIELD)
			events->max_patience = MIN_PATIENCE;
	} while (after < end);
	events->patience /= 2;
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
			n == 0 ? wait_eagerly(events, &event->status)
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
