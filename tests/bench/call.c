/*
 * call NAME COUNT [threads|processes WORKERS]: makes a system call so many
 * times in each of so many threads or processes (one), all of them at the same
 * time, and prints the ns that a call took: the whole time by all calls.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* None of them does anything: what is on the way to it is measured. */
static const struct system_call {
	const char *name;
	long nr;
	long args[3];
} system_calls[] = {
	{ "getppid", SYS_getppid, { 0 } },
	{ "socket", SYS_socket, { AF_UNIX, 99 } }, /* no such type */
	{ "mkdirat", SYS_mkdirat, { AT_FDCWD, (long)"/no/such/path", 0755 } },
	{ "wait", SYS_ppoll, { 0 } }, /* for ever */
};

/* Shared by threads and by processes. */
struct work {
	const struct system_call *call;
	long count;
	pthread_barrier_t begin, end;
	struct {
		double begin, end; /* ns */
	} times[];
};

static struct work *work;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* What a worker costs to start and to end is left out. */
static void *worker(void *argument)
{
	size_t me = (size_t)argument;
	const struct system_call *call = work->call;

	pthread_barrier_wait(&work->begin);
	work->times[me].begin = now();
	for (long i = 0; i < work->count; i++)
		syscall(call->nr, call->args[0], call->args[1], call->args[2],
			0, 0, 0);
	work->times[me].end = now();
	pthread_barrier_wait(&work->end);
	return NULL;
}

static void worker_start(size_t me, bool thread)
{
	pthread_t id;
	pid_t pid;

	if (thread) {
		if (pthread_create(&id, NULL, worker, (void *)me) != 0)
			errx(1, "no thread %zu", me);
		return;
	}
	pid = fork();
	if (pid < 0)
		err(1, "no process %zu", me);
	if (pid == 0) {
		worker((void *)me);
		_exit(0);
	}
}

static void work_make(const char *name, long count, size_t workers)
{
	const size_t n = sizeof(system_calls) / sizeof(system_calls[0]);
	pthread_barrierattr_t shared;

	work = mmap(NULL, sizeof(*work) + workers * sizeof(work->times[0]),
		    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (work == MAP_FAILED)
		err(1, "memory");
	for (size_t i = 0; i < n; i++) {
		if (strcmp(name, system_calls[i].name) == 0)
			work->call = &system_calls[i];
	}
	if (!work->call)
		errx(2, "no call '%s'", name);
	work->count = count;
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&work->begin, &shared, (unsigned int)workers);
	pthread_barrier_init(&work->end, &shared, (unsigned int)workers);
}

int main(int argc, char **argv)
{
	bool threads = argc > 3 && argv[3][0] == 't';
	size_t workers = argc > 4 ? strtoul(argv[4], NULL, 10) : 1;
	long count = argc > 2 ? atol(argv[2]) : 0;
	double begin, end;

	if (count < 1 || workers < 1)
		errx(2, "usage: call NAME COUNT [threads|processes WORKERS]");
	work_make(argv[1], count, workers);
	for (size_t i = 1; i < workers; i++)
		worker_start(i, threads);
	worker(NULL);
	begin = work->times[0].begin;
	end = work->times[0].end;
	for (size_t i = 1; i < workers; i++) {
		if (work->times[i].begin < begin)
			begin = work->times[i].begin;
		if (work->times[i].end > end)
			end = work->times[i].end;
	}
	printf("%.1f\n", (end - begin) / (double)count / (double)workers);
	return 0;
}
