#include <err.h>
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "../policy/message.h"
#include "../status.h"
#include "output.h"

#define MAX_LINKS 40 /* as the kernel */

static int write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		text += n;
		size -= (size_t)n;
	}
	return 0;
}

/* A terminal is shown what it must not obey: lines and tabs are all it gets. */
static int write_terminal(int fd, const char *text, size_t size)
{
	char escaped[1024];

	while (size > 0) {
		bool is_blank = *text == '\n' || *text == '\t';
		size_t n = 1;

		while (!is_blank && n < size && n < 200 && text[n] != '\n' &&
		       text[n] != '\t')
			n++;
		if (is_blank
			    ? write_all(fd, text, n) != 0
			    : write_all(fd, escaped,
					message_escape(escaped, sizeof(escaped),
						       text, n)) != 0)
			return -1;
		text += n;
		size -= n;
	}
	return 0;
}

static int write_to(int fd, const char *text, size_t size)
{
	return isatty(fd) ? write_terminal(fd, text, size)
			  : write_all(fd, text, size);
}

static int directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (int)(slash - path) + 1 : 0;
}

/* Links in /proc are no names: what they lead to may have none. */
static bool is_in_proc(const char *path)
{
	char directory[PATH_MAX];
	struct statfs fs;

	snprintf(directory, sizeof(directory), "./%.*s", directory_length(path),
		 path);
	return statfs(directory + (*path == '/' ? 2 : 0), &fs) == 0 &&
	       fs.f_type == PROC_SUPER_MAGIC;
}

/* What the link PATH names, to be freed; NULL: it is none. */
static char *follow(const char *path)
{
	char link[PATH_MAX], *to;
	ssize_t n = readlink(path, link, sizeof(link) - 1);

	if (n < 0)
		return NULL;
	link[n] = '\0';
	if (asprintf(&to, "%.*s%s", *link == '/' ? 0 : directory_length(path),
		     path, link) < 0)
		err(STATUS_FAILED, "memory");
	return to;
}

/*
 * What NAME leads to, to be freed: a link stays, and what it names, which need
 * not be there yet, is written. A link still, if that is one in /proc.
 */
static char *target(const char *name)
{
	char *path = strdup(name), *next;

	if (!path)
		err(STATUS_FAILED, "memory");
	for (int i = 0; i < MAX_LINKS && !is_in_proc(path); i++) {
		next = follow(path);
		if (!next)
			break;
		free(path);
		path = next;
	}
	return path;
}

/* The descriptor that /dev/stdout or /dev/fd/7 stands for; -1: none. */
static int descriptor_of(const char *path)
{
	struct stat link, open;
	char *end;
	long fd = strtol(path + directory_length(path), &end, 10);

	if (*end || fd < 0 || fd > INT_MAX || !is_in_proc(path) ||
	    stat(path, &link) != 0 || fstat((int)fd, &open) != 0 ||
	    link.st_dev != open.st_dev || link.st_ino != open.st_ino)
		return -1;
	return (int)fd;
}

/* A terminal, a pipe or /dev/null, or another process's descriptor: there is
 * nothing to replace. */
static bool is_special(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static void write_special(const char *name, const char *text, size_t size)
{
	FILE *to = fopen(name, "ae");

	if (!to || write_to(fileno(to), text, size) != 0 || fclose(to) != 0)
		err(STATUS_FAILED, "cannot write '%s'", name);
}

/* The mode of the file that is replaced, or that of any new file. */
static mode_t wanted_mode(const char *path)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	return stat(path, &st) == 0 ? st.st_mode & 07777 : 0666 & ~mask;
}

static void write_file(const char *name, const char *path, const char *text,
		       size_t size)
{
	char *other;
	mode_t mode = wanted_mode(path);
	int fd, failed;

	/* The directory may let one replace what one may not write. */
	if (access(path, F_OK) == 0 && access(path, W_OK) != 0)
		err(STATUS_FAILED, "cannot write '%s'", name);
	if (asprintf(&other, "%s.XXXXXX", path) < 0)
		err(STATUS_FAILED, "memory");
	fd = mkstemp(other);
	if (fd < 0)
		err(STATUS_FAILED, "cannot write '%s'", name);
	if (write_all(fd, text, size) != 0 || fchmod(fd, mode) != 0 ||
	    fsync(fd) != 0 || close(fd) != 0 || rename(other, path) != 0) {
		failed = errno;
		unlink(other);
		errno = failed;
		err(STATUS_FAILED, "cannot write '%s'", name);
	}
	free(other);
}

void output_write(const char *name, const char *text, size_t size)
{
	char *path;
	int fd;

	if (!name) {
		if (write_to(STDOUT_FILENO, text, size) != 0)
			err(STATUS_FAILED, "cannot write to standard output");
		return;
	}
	path = target(name);
	fd = descriptor_of(path);
	if (fd < 0 && is_special(path))
		write_special(name, text, size);
	else if (fd < 0)
		write_file(name, path, text, size);
	else if (write_to(fd, text, size) != 0)
		err(STATUS_FAILED, "cannot write '%s'", name);
	free(path);
}
