/*
 * hold [calm]: prints its pid, its parent's and its descriptors, and waits for
 * a signal. With `calm` SIGTERM ends it with status 0.
 */
#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void stop(int signal)
{
	_exit(signal == SIGTERM ? 0 : 1);
}

static void print_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	char target[PATH_MAX];

	if (!dir)
		err(1, "/proc/self/fd");
	while ((entry = readdir(dir))) {
		ssize_t n;

		if (entry->d_name[0] == '.' ||
		    atoi(entry->d_name) == dirfd(dir))
			continue;
		n = readlinkat(dirfd(dir), entry->d_name, target,
			       sizeof(target));
		if (n < 0)
			err(1, "descriptor %s", entry->d_name);
		printf("fd %s: %.*s\n", entry->d_name, (int)n, target);
	}
	closedir(dir);
}

int main(int argc, char **argv)
{
	if (argc > 1 && argv[1][0] == 'c')
		signal(SIGTERM, stop);
	printf("pid: %d\nparent: %d\n", getpid(), getppid());
	print_descriptors();
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
