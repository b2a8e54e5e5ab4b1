/*
 * loop CALLS [THREADS]: calls getppid(2) so many times in each of so many
 * threads (one) and prints the ns that a call took: the whole time by the
 * calls of all threads.
 */
#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long calls;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *loop(void *argument)
{
	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	return argument;
}

int main(int argc, char **argv)
{
	long threads = argc > 2 ? atol(argv[2]) : 1;
	pthread_t *ids;
	double start;

	if (argc < 2 || (calls = atol(argv[1])) < 1 || threads < 1)
		errx(2, "usage: loop CALLS [THREADS]");
	ids = calloc((size_t)threads, sizeof(*ids));
	if (!ids)
		err(1, "memory");
	start = now();
	for (long i = 1; i < threads; i++) {
		if (pthread_create(&ids[i], NULL, loop, NULL) != 0)
			errx(1, "no thread %ld", i);
	}
	loop(NULL);
	for (long i = 1; i < threads; i++)
		pthread_join(ids[i], NULL);
	printf("%.1f\n", (now() - start) / (double)(calls * threads));
	free(ids);
	return 0;
}
