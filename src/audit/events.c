#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "events.h"
#include "last_words.h"

/* To look in vain for a second event costs a system call each time: where the
 * last time had but one, it is done for one event in so many. */
#define LONE_EVENTS 8

/* From so many on, each thread that had one last time is asked for its next:
 * wait4(2) for any goes through all of them up to one that has (kernel/exit.c,
 * ptrace_do_wait()), and for a single one straight to it (do_wait_pid()). */
#define MANY_EVENTS 16

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

void events_free(struct events *events)
{
	free(events->list);
	free(events->latest);
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

/* Whether more than one event is to be looked for now. */
static bool wants_all(struct events *events, size_t n_tracees)
{
	/* A single thread has one event at a time. */
	return n_tracees > 1 && events->n_lone++ % LONE_EVENTS == 0;
}

static void reserve(struct events *events, size_t n_tracees)
{
	if (events->size > n_tracees)
		return;
	events->size = 2 * (n_tracees + 1);
	events->list = reallocarray(events->list, events->size,
				    sizeof(events->list[0]));
	events->latest = reallocarray(events->latest, events->size,
				      sizeof(events->latest[0]));
	if (!events->list || !events->latest)
		exhausted();
}

/* Takes an event of TID, or of any thread (-1), if there is one. */
static bool take(struct events *events, pid_t tid)
{
	struct event *event = &events->list[events->n];

	event->tid = waitpid(tid, &event->status, __WALL | WNOHANG);
	if (event->tid <= 0)
		return false;
	events->n++;
	return true;
}

/* Those that had one last time are asked first, and the others follow. */
static void take_all(struct events *events)
{
	for (size_t i = 0; i < events->n_latest && events->n < events->size;
	     i++)
		take(events, events->latest[i]);
	while (events->n < events->size && take(events, -1))
		;
	for (size_t i = 0; i < events->n; i++)
		events->latest[i] = events->list[i].tid;
	events->n_latest = events->n >= MANY_EVENTS ? events->n : 0;
	if (events->n > 1)
		events->n_lone = 0;
}

ssize_t events_take(struct events *events, size_t n_tracees)
{
	struct event *first;

	reserve(events, n_tracees);
	first = &events->list[0];
	do
		first->tid = wait_for_event(events, &first->status);
	while (first->tid < 0 && errno == EINTR);
	if (first->tid < 0)
		return errno == ECHILD ? 0 : -1;
	events->n = 1;
	if (wants_all(events, n_tracees))
		take_all(events);
	return (ssize_t)events->n;
}
