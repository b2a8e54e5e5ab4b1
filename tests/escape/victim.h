/* Whom attempts are made on. */
#ifndef VICTIM_H
#define VICTIM_H

#include <dirent.h>
#include <fcntl.h>

#include "escape.h"

/* Whether FILE of the process has WANTED in it; words end in a null byte. */
static inline bool has_text(int pid, const char *file, const char *wanted)
{
	char path[64], text[8192] = "";
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text));
	close(fd);
	return n > 0 && memmem(text, (size_t)n, wanted, strlen(wanted)) != NULL;
}

/* The process named scrun whose command line has this command's report. */
static inline pid_t auditor_pid(const char *report)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	pid_t pid = 0;

	if (!directory)
		err(2, "/proc");
	while (!pid && (entry = readdir(directory))) {
		int number = atoi(entry->d_name);

		if (number > 0 && has_text(number, "comm", "scrun\n") &&
		    has_text(number, "cmdline", report))
			pid = number;
	}
	closedir(directory);
	if (!pid)
		errx(2, "%s: no auditor", attempt_name);
	return pid;
}

/* That of VICTIM, which a control has; else the auditor. */
static inline pid_t victim(void)
{
	const char *text = getenv("VICTIM"), *report = getenv("REPORT");
	static pid_t pid; /* to look for it takes thousands of calls */

	if (pid)
		return pid;
	if (!text && !report)
		errx(2, "neither VICTIM nor REPORT");
	pid = text ? atoi(text) : auditor_pid(report);
	return pid;
}

#endif
