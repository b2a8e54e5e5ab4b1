/*
 * spawn TIMES <COMMANDS: starts each command of the list once in a round, so
 * many rounds, each in another order: what a command leaves to the kernel after
 * its end takes the next one's time. The slow ones take part in one round of
 * five. Prints for each its name, the median time from start to end in µs, and
 * the largest resident size in KB.
 *
 * A line of the list is a name, a tab, and a command's words.
 */
#include <err.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COMMANDS 32
#define MAX_WORDS    32
#define SLOW	     15000.0 /* µs */

struct command {
	char *name;
	char *words[MAX_WORDS + 1];
	double *times; /* µs */
	size_t n;
	long size; /* KB, the largest seen */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void command_time(struct command *command)
{
	double start = now();
	struct rusage usage;
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, command->words[0], NULL, NULL, command->words,
			 environ) != 0)
		err(EXIT_FAILURE, "%s", command->words[0]);
	if (wait4(pid, &status, 0, &usage) < 0)
		err(EXIT_FAILURE, "wait");
	command->times[command->n++] = now() - start;
	if (status != 0)
		errx(EXIT_FAILURE, "%s ended with status 0x%x", command->name,
		     status);
	if (usage.ru_maxrss > command->size)
		command->size = usage.ru_maxrss;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static size_t commands_read(struct command *commands, size_t rounds)
{
	size_t n = 0;
	char line[1024];

	while (n < MAX_COMMANDS && fgets(line, sizeof(line), stdin)) {
		struct command *command = &commands[n++];
		char *save, *word = strtok_r(strdup(line), "\t", &save);
		size_t words = 0;

		command->name = word;
		while (words < MAX_WORDS &&
		       (word = strtok_r(NULL, " \n", &save)))
			command->words[words++] = word;
		command->times = calloc(rounds, sizeof(double));
		if (words == 0 || !command->times)
			errx(EXIT_FAILURE, "bad line: %s", line);
	}
	return n;
}

static void shuffle(size_t *order, size_t n)
{
	for (; n > 1; n--) {
		size_t other = (size_t)random() % n, last = order[n - 1];

		order[n - 1] = order[other];
		order[other] = last;
	}
}

int main(int argc, char **argv)
{
	struct command commands[MAX_COMMANDS] = { 0 };
	size_t order[MAX_COMMANDS], rounds, n;

	if (argc != 2 || (rounds = strtoul(argv[1], NULL, 10)) == 0)
		errx(EXIT_FAILURE, "usage: spawn TIMES <COMMANDS");
	n = commands_read(commands, rounds);
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t round = 0; round < rounds; round++) {
		shuffle(order, n);
		for (size_t i = 0; i < n; i++) {
			struct command *command = &commands[order[i]];

			if (round % 5 == 0 || command->times[0] < SLOW)
				command_time(command);
		}
	}
	for (size_t i = 0; i < n; i++) {
		struct command *command = &commands[i];

		qsort(command->times, command->n, sizeof(double), compare);
		printf("%s\t%.1f\t%ld\n", command->name,
		       command->times[command->n / 2], command->size);
	}
	return 0;
}
