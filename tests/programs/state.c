/*
 * state [-o FILE] [ARGUMENT]...: prints what a process inherits over exec, one
 * thing a line, as "name: value". All is gathered before FILE is opened, which
 * may take a standard descriptor that was closed.
 */
#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

static void print_arguments(FILE *report, char **argv)
{
	char cwd[PATH_MAX];

	for (int i = 0; argv[i]; i++)
		fprintf(report, "argv[%d]: %s\n", i, argv[i]);
	if (!getcwd(cwd, sizeof(cwd)))
		err(1, "getcwd");
	fprintf(report, "cwd: %s\n", cwd);
}

/* The descriptors, but for the one that lists them. */
static void print_descriptors(FILE *report)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	char target[PATH_MAX];
	ssize_t n;

	if (!dir)
		err(1, "/proc/self/fd");
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    atoi(entry->d_name) == dirfd(dir))
			continue;
		n = readlinkat(dirfd(dir), entry->d_name, target,
			       sizeof(target));
		if (n < 0)
			err(1, "descriptor %s", entry->d_name);
		fprintf(report, "fd %s: %.*s\n", entry->d_name, (int)n, target);
	}
	closedir(dir);
}

static void copy_lines(FILE *report, const char *path,
		       const char *const *starts)
{
	FILE *file = fopen(path, "re");
	char line[4096];

	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		for (int i = 0; starts[i]; i++) {
			if (strncmp(line, starts[i], strlen(starts[i])) == 0)
				fputs(line, report);
		}
	}
	fclose(file);
}

static void print_status(FILE *report)
{
	static const char *const lines[] = {
		"Umask:",  "Pid:",    "PPid:",	     "Uid:",
		"Gid:",	   "Groups:", "Threads:",    "SigPnd:",
		"ShdPnd:", "SigBlk:", "SigIgn:",     "SigCgt:",
		"CapInh:", "CapPrm:", "CapEff:",     "CapBnd:",
		"CapAmb:", "Seccomp", "NoNewPrivs:", "Cpus_allowed_list:",
		NULL,
	};
	static const char *const all[] = { "", NULL };

	copy_lines(report, "/proc/self/status", lines);
	copy_lines(report, "/proc/self/limits", all);
	copy_lines(report, "/proc/self/oom_score_adj", all);
}

static void print_timers(FILE *report)
{
	static const struct {
		__itimer_which_t which;
		const char *name;
	} timers[] = {
		{ ITIMER_REAL, "real" },
		{ ITIMER_VIRTUAL, "virtual" },
		{ ITIMER_PROF, "prof" },
	};
	struct itimerval value;

	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		if (getitimer(timers[i].which, &value) < 0)
			err(1, "getitimer");
		fprintf(report, "itimer %s: %s\n", timers[i].name,
			timerisset(&value.it_value) ? "set" : "none");
	}
}

static void print_rest(FILE *report)
{
	int signal;

	if (prctl(PR_GET_PDEATHSIG, &signal) < 0)
		err(1, "PR_GET_PDEATHSIG");
	fprintf(report, "pdeathsig: %d\n", signal);
	fprintf(report, "securebits: %d\n", prctl(PR_GET_SECUREBITS));
	fprintf(report, "dumpable: %d\n", prctl(PR_GET_DUMPABLE));
	fprintf(report, "timerslack: %d\n", prctl(PR_GET_TIMERSLACK));
	fprintf(report, "personality: %d\n", personality(0xffffffff));
	fprintf(report, "nice: %d\n", getpriority(PRIO_PROCESS, 0));
	fprintf(report, "process group: %d\n", getpgrp());
	fprintf(report, "session: %d\n", getsid(0));
	fprintf(report, "AT_SECURE: %lu\n", getauxval(AT_SECURE));
}

int main(int argc, char **argv)
{
	char *text;
	size_t length;
	FILE *report = open_memstream(&text, &length);
	FILE *file = stdout;

	if (!report)
		err(1, "memory");
	print_arguments(report, argv);
	print_descriptors(report);
	print_status(report);
	print_timers(report);
	print_rest(report);
	if (fclose(report) != 0)
		err(1, "memory");
	if (argc > 2 && strcmp(argv[1], "-o") == 0)
		file = fopen(argv[2], "we");
	if (!file || fputs(text, file) == EOF || fclose(file) != 0)
		err(1, "output");
	free(text);
	return 0;
}
