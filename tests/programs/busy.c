/*
 * busy [THREADS [CALLS]]: so many threads (80) call getppid(2) without end, and
 * the one that made them calls getpgid(2) so many times (50), with a short
 * sleep before each. Prints how often they called for each call of this one.
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long threads = 80, calls = 50;
static pthread_barrier_t begin;
static atomic_long n_others;

static void *busy(void *argument)
{
	pthread_barrier_wait(&begin);
	for (;;) {
		syscall(SYS_getppid);
		n_others++;
	}
	return argument;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		threads = atol(argv[1]);
	if (argc > 2)
		calls = atol(argv[2]);
	if (pthread_barrier_init(&begin, NULL, (unsigned int)threads + 1) != 0)
		errx(1, "no barrier");
	for (long i = 0; i < threads; i++) {
		pthread_t id;

		if (pthread_create(&id, NULL, busy, NULL) != 0)
			errx(1, "no thread %ld", i);
	}
	pthread_barrier_wait(&begin);
	for (long i = 0; i < calls; i++) {
		nanosleep(&(struct timespec){ .tv_nsec = 50000 }, NULL);
		syscall(SYS_getpgid, 0);
	}
	printf("%ld\n", n_others / calls);
	return 0;
}
