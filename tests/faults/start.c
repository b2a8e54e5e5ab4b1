#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "start.h"

/* Past this, a start hangs: it takes some ten milliseconds. */
#define MAX_SECONDS 10

#define REPORT_FD   9

static char *path_in(const struct place *place, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", place->directory, name) < 0)
		err(1, "memory");
	return path;
}

void place_make(struct place *place, const char *base, unsigned int number)
{
	char *file;
	int fd;

	if (asprintf(&place->directory, "%s/%u", base, number) < 0)
		err(1, "memory");
	/* The command may be another user. */
	if (mkdir(place->directory, 0755) < 0)
		err(1, "%s", place->directory);
	file = path_in(place, "inject");
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || ftruncate(fd, sizeof(*place->inject)) < 0)
		err(1, "%s", file);
	place->inject = mmap(NULL, sizeof(*place->inject),
			     PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (place->inject == MAP_FAILED)
		err(1, "%s", file);
	close(fd);
	free(file);
	/* What is left behind comes here (prctl(2)). */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		err(1, "subreaper");
}

static void remove_file(const struct place *place, const char *name)
{
	char *path = path_in(place, name);

	if (unlink(path) < 0 && errno != ENOENT)
		err(1, "%s", path);
	free(path);
}

void place_remove(struct place *place)
{
	static const char *const names[] = { "inject",	   "output",   "errors",
					     "policy.ini", "base.ini", "seen",
					     LEARNED_FILE };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		remove_file(place, names[i]);
	if (rmdir(place->directory) < 0)
		warn("%s", place->directory);
	munmap(place->inject, sizeof(*place->inject));
	free(place->directory);
}

static void write_learned(const struct place *place)
{
	char *path = path_in(place, LEARNED_FILE);
	FILE *file = fopen(path, "we");

	if (!file || fputs(place->learned, file) == EOF || fclose(file) != 0)
		err(1, "%s", path);
	free(path);
}

struct stream {
	int fd;
	char *text;
	size_t used;
};

/* Returns false at the end. */
static bool stream_read(struct stream *stream)
{
	ssize_t n;

	stream->text = realloc(stream->text, stream->used + 65536);
	if (!stream->text)
		err(1, "memory");
	n = read(stream->fd, stream->text + stream->used, 65535);
	if (n > 0)
		stream->used += (size_t)n;
	stream->text[stream->used] = '\0';
	return n > 0;
}

static char *read_file(const struct place *place, const char *name)
{
	char *path = path_in(place, name);
	struct stream stream = { .fd = open(path, O_RDONLY | O_CLOEXEC) };

	while (stream_read(&stream))
		;
	if (stream.fd >= 0)
		close(stream.fd);
	free(path);
	return stream.text;
}

static _Noreturn void become(const struct place *place, char *const argv[],
			     int errors, int report)
{
	char *output = path_in(place, "output");
	char *inject = path_in(place, "inject");
	int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	struct rlimit no_core = { 0, 0 };

	if (fd < 0 || dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), 0) < 0 ||
	    dup2(report, REPORT_FD) < 0 || dup2(fd, 1) < 0 ||
	    dup2(errors, 2) < 0 || chdir(place->directory) < 0 ||
	    setenv(INJECT_FILE, inject, 1) < 0 ||
	    setrlimit(RLIMIT_CORE, &no_core) < 0)
		err(1, "cannot start");
	umask(022);
	execv(argv[0], argv);
	err(1, "%s", argv[0]);
}

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* All of them are this process's, adopted or not. */
static void kill_children(void)
{
	FILE *file = fopen("/proc/thread-self/children", "re");
	int pid;

	while (file && fscanf(file, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	if (file)
		fclose(file);
}

/* Until nobody has the streams open, which an auditor has. */
static void gather(struct outcome *outcome, struct stream streams[2],
		   long deadline)
{
	struct pollfd waiting[2] = {
		{ .fd = streams[0].fd, .events = POLLIN },
		{ .fd = streams[1].fd, .events = POLLIN },
	};

	while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
		if (poll(waiting, 2, 1000) < 0 && errno != EINTR)
			err(1, "poll");
		for (int i = 0; i < 2; i++) {
			if (waiting[i].fd >= 0 && waiting[i].revents &&
			    !stream_read(&streams[i]))
				waiting[i].fd = -1;
		}
		if (now() >= deadline && !outcome->is_late) {
			outcome->is_late = true;
			kill_children();
		}
	}
}

static void wait_for_all(struct outcome *outcome, pid_t pid, long deadline)
{
	const struct timespec pause = { .tv_nsec = 500000 };
	int status;

	for (;;) {
		pid_t ended = waitpid(-1, &status, __WALL | WNOHANG);

		if (ended == pid)
			outcome->status = status;
		if (ended < 0)
			return;
		if (ended == 0)
			nanosleep(&pause, NULL);
		if (ended == 0 && now() >= deadline) {
			outcome->is_late = true;
			kill_children();
		}
	}
}

static void pipe_make(int ends[2])
{
	/* Room for a whole report, lest its writer wait. */
	if (pipe2(ends, O_CLOEXEC) < 0)
		err(1, "pipe");
	fcntl(ends[1], F_SETPIPE_SZ, 1 << 18);
}

void start(struct outcome *outcome, struct place *place, char *const argv[])
{
	int errors[2], report[2];
	struct stream streams[2] = { 0 };
	long deadline = now() + MAX_SECONDS;
	char *more;
	pid_t pid;

	*outcome = (struct outcome){ 0 };
	remove_file(place, "output");
	remove_file(place, "errors");
	remove_file(place, LEARNED_FILE);
	if (place->learned)
		write_learned(place);
	place->inject->injected = 0;
	memset(place->inject->made, 0, sizeof(place->inject->made));
	pipe_make(errors);
	pipe_make(report);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		become(place, argv, errors[1], report[1]);
	close(errors[1]);
	close(report[1]);
	streams[0].fd = errors[0];
	streams[1].fd = report[0];
	gather(outcome, streams, deadline);
	wait_for_all(outcome, pid, deadline);
	close(errors[0]);
	close(report[0]);
	more = read_file(place, "errors");
	if (asprintf(&outcome->errors, "%s%s", streams[0].text, more) < 0)
		err(1, "memory");
	free(more);
	free(streams[0].text);
	outcome->report = streams[1].text;
	outcome->output = read_file(place, "output");
	outcome->learned = read_file(place, LEARNED_FILE);
}

void outcome_free(struct outcome *outcome)
{
	free(outcome->output);
	free(outcome->errors);
	free(outcome->report);
	free(outcome->learned);
	*outcome = (struct outcome){ 0 };
}
