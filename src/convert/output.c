#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../policy/message.h"
#include "../status.h"
#include "output.h"

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

/* A terminal, a pipe or /dev/null: there is nothing to replace. */
static bool is_special(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 && !S_ISREG(st.st_mode);
}

static void write_special(const char *name, const char *text, size_t size)
{
	FILE *to = fopen(name, "we");

	if (!to || write_to(fileno(to), text, size) != 0 || fclose(to) != 0)
		err(STATUS_FAILED, "cannot write '%s'", name);
}

/* The file that NAME leads to: a link stays, and what it names is replaced. */
static char *target(const char *name)
{
	char *path = realpath(name, NULL);

	if (!path)
		path = strdup(name);
	if (!path)
		err(STATUS_FAILED, "memory");
	return path;
}

/* The mode of the file that is replaced, or that of any new file. */
static mode_t wanted_mode(const char *path)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	return stat(path, &st) == 0 ? st.st_mode & 07777 : 0666 & ~mask;
}

static void write_file(const char *name, const char *text, size_t size)
{
	char *path = target(name), *other;
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
	free(path);
}

void output_write(const char *name, const char *text, size_t size)
{
	if (!name) {
		if (write_to(STDOUT_FILENO, text, size) != 0)
			err(STATUS_FAILED, "cannot write to standard output");
	} else if (is_special(name)) {
		write_special(name, text, size);
	} else {
		write_file(name, text, size);
	}
}
