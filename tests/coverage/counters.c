/*
 * gcov's counters, shared through a file by all processes that a program ever
 * was. gcov itself writes them down when a process exits or executes another
 * program; scrun does that under a filter and under Landlock, where nothing can
 * be written, and the auditor is locked in.
 *
 * The files are in COUNTERS, each with the name of a program. With
 * WRITE_COVERAGE in its environment, a program writes its .gcda files, and does
 * nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern char counters_begin[], counters_end[]; /* counters.ld */

void __real___gcov_exit(void);
void __wrap___gcov_exit(void);

static bool is_written;

/* Called by each object, when a program exits. */
void __wrap___gcov_exit(void)
{
	if (is_written)
		__real___gcov_exit();
}

/*
 * Before main, and after gcov's own constructors, whose priority is 100. Where
 * there is no such file, as in another root directory, what is counted is lost.
 */
__attribute__((constructor(101))) static void counters_share(void)
{
	size_t size = (size_t)(counters_end - counters_begin);
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", COUNTERS,
		 program_invocation_short_name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	if (mmap(counters_begin, size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		abort();
	close(fd);
	is_written = getenv("WRITE_COVERAGE");
	if (is_written)
		exit(0);
}
