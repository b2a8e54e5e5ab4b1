/*
 * parts POLICY: what the parts of a start cost, in µs: reading the policy,
 * making its filter, and of that the verification. Each round is a process of
 * its own, as each start is.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "enforce/filter.h"
#include "enforce/verify.h"

#define ROUNDS 50

struct costs {
	double load, make, verify;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct costs measure(const char *name)
{
	struct difference difference = { 0 };
	struct policy *policy;
	struct faults faults;
	struct filter filter;
	double start = now(), loaded, made, verified;

	faults_init(&faults);
	policy = policy_load(name, &faults);
	loaded = now();
	if (!policy || !filter_make(&filter, policy, NULL, &faults)) {
		faults_print(&faults);
		errx(EXIT_FAILURE, "policy '%s'", name);
	}
	made = now();
	if (!programs_verify(filter.programs, filter.n, policy, NULL,
			     OBSERVE_NOTHING, &difference))
		errx(EXIT_FAILURE, "verification");
	verified = now();
	return (struct costs){ loaded - start, made - loaded, verified - made };
}

static struct costs measure_in_child(const char *name)
{
	struct costs costs;
	int fds[2];
	pid_t pid;

	if (pipe(fds) < 0 || (pid = fork()) < 0)
		err(EXIT_FAILURE, "fork");
	if (pid == 0) {
		costs = measure(name);
		_exit(write(fds[1], &costs, sizeof(costs)) != sizeof(costs));
	}
	if (read(fds[0], &costs, sizeof(costs)) != sizeof(costs))
		errx(EXIT_FAILURE, "no answer");
	close(fds[0]);
	close(fds[1]);
	waitpid(pid, NULL, 0);
	return costs;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double median(double *times)
{
	qsort(times, ROUNDS, sizeof(times[0]), compare);
	return times[ROUNDS / 2];
}

int main(int argc, char **argv)
{
	static double load[ROUNDS], make[ROUNDS], verify[ROUNDS];

	if (argc != 2)
		errx(2, "usage: parts POLICY");
	for (size_t i = 0; i < ROUNDS; i++) {
		struct costs costs = measure_in_child(argv[1]);

		load[i] = costs.load;
		make[i] = costs.make;
		verify[i] = costs.verify;
	}
	printf("read\t%.1f\nfilter\t%.1f\nverify\t%.1f\n", median(load),
	       median(make), median(verify));
	return 0;
}
