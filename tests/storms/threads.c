/*
 * threads [THREADS]: so many threads, all of which are there when the first of
 * them begins to call, and still when the numbers are printed.
 */
#include <pthread.h>

#include "storms.h"

#define CALLS 10

static pthread_barrier_t begin, end;

static void *thread(void *argument)
{
	pthread_barrier_wait(&begin);
	for (int i = 0; i < CALLS; i++)
		call();
	call_denied();
	pthread_barrier_wait(&end);
	pause();
	return argument;
}

int main(int argc, char **argv)
{
	unsigned int threads = (unsigned int)number(argc, argv, 1, 500);
	pthread_attr_t attributes;
	pthread_t id;

	storm_begin();
	pthread_barrier_init(&begin, NULL, threads);
	pthread_barrier_init(&end, NULL, threads + 1);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 65536);
	for (unsigned int i = 0; i < threads; i++) {
		if (pthread_create(&id, &attributes, thread, NULL) != 0)
			errx(1, "no thread %u", i);
	}
	pthread_barrier_wait(&end);
	storm_end();
	return 0;
}
