#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"

#define MAX_SIZE ((off_t)1024 * 1024)

/* Where a fault is: at the include, or the command line's file itself. */
static struct origin place(const char *name, const struct origin *from)
{
	return from ? *from : (struct origin){ .file = name };
}

bool source_is_bare_name(const char *name)
{
	size_t length = strlen(name);

	return !strchr(name, '/') &&
	       (length < 4 || strcmp(name + length - 4, ".ini") != 0);
}

/* "x.ini" included by "/etc/svc/main.ini" is /etc/svc/x.ini. */
static const char *path_beside(struct policy *policy, const char *name,
			       const struct origin *from)
{
	const char *slash = from ? strrchr(from->file, '/') : NULL;

	if (name[0] == '/' || !slash)
		return policy_strndup(policy, name, strlen(name));
	return policy_printf(policy, "%.*s%s", (int)(slash + 1 - from->file),
			     from->file, name);
}

static const struct builtin *builtin_find(const char *name)
{
	for (size_t i = 0; i < n_builtins; i++) {
		if (!builtins[i].is_internal &&
		    strcmp(builtins[i].name, name) == 0)
			return &builtins[i];
	}
	return NULL;
}

/* "<default>": the built-in text itself, whatever /etc/scrun holds. */
static const struct builtin *builtin_by_label(const char *label)
{
	for (size_t i = 0; i < n_builtins; i++) {
		size_t length = strlen(builtins[i].name);

		if (strncmp(label + 1, builtins[i].name, length) == 0 &&
		    strcmp(label + 1 + length, ">") == 0)
			return &builtins[i];
	}
	return NULL;
}

static void builtin_names(char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < n_builtins && used < size; i++) {
		if (builtins[i].is_internal ||
		    strcmp(builtins[i].name, "groups") == 0)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 used ? ", " : "", builtins[i].name);
	}
}

/* What fstat says of the open file must hold before a byte of it counts. */
static const char *why_not_trusted(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return "is a directory, not a policy";
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_size > MAX_SIZE)
		return "is larger than 1 MiB, too large for a policy";
	if (geteuid() != 0)
		return NULL;
	if (st->st_uid != 0)
		return "does not belong to root, who is to run it; "
		       "'chown root' it once you have read it";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "can be written by others than root; "
		       "'chmod go-w' it once you have read it";
	return NULL;
}

bool read_exactly(int fd, char *text, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, text + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0) {
			errno = ESTALE;
			return false;
		}
		done += (size_t)n;
	}
	return true;
}

static bool source_fill(struct policy *policy, struct source *source, int fd,
			const struct origin *from, struct faults *faults)
{
	const char *name = source->name;
	const struct origin at = place(name, from);
	const char *complaint;
	struct stat st;
	char *text;

	if (fstat(fd, &st) < 0) {
		fault_add(faults, at.file, at.line, "cannot stat '%s': %s",
			  name, strerror(errno));
		return false;
	}
	complaint = why_not_trusted(&st);
	if (complaint) {
		fault_add(faults, at.file, at.line, "'%s' %s", name, complaint);
		return false;
	}
	source->length = (size_t)st.st_size;
	source->device = st.st_dev;
	source->inode = st.st_ino;
	text = policy_alloc(policy, source->length + 1);
	source->text = text;
	if (!read_exactly(fd, text, source->length)) {
		fault_add(faults, at.file, at.line, "cannot read '%s': %s",
			  name, strerror(errno));
		return false;
	}
	return true;
}

/* Reads what was opened as FD, or else says why it was not; closes FD. */
static bool source_take(struct policy *policy, struct source *source, int fd,
			const struct origin *from, struct faults *faults)
{
	const struct origin at = place(source->name, from);
	bool ok;

	if (fd < 0) {
		fault_add(faults, at.file, at.line, "cannot open '%s': %s",
			  source->name, strerror(errno));
		return false;
	}
	ok = source_fill(policy, source, fd, from, faults);
	close(fd);
	return ok;
}

static void source_use_builtin(struct policy *policy, struct source *source,
			       const struct builtin *builtin)
{
	source->name = policy_printf(policy, "<%s>", builtin->name);
	source->text = builtin->start;
	source->length = (size_t)(builtin->end - builtin->start);
	source->builtin = builtin;
}

/* The administrator's copy in /etc/scrun counts before the built-in text. */
static bool source_read_named(struct policy *policy, struct source *source,
			      const char *name, const struct origin *from,
			      struct faults *faults)
{
	const struct builtin *builtin = builtin_find(name);
	const struct origin at = place(name, from);
	struct stat st;
	char known[200];
	bool ok;
	int fd;

	source->name = policy_printf(policy, SYSCONFDIR "/%s.ini", name);
	fd = open(source->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	/* A link to nothing is there, and was meant. */
	if (fd < 0 && errno == ENOENT && builtin &&
	    lstat(source->name, &st) < 0) {
		source_use_builtin(policy, source, builtin);
		return true;
	}
	if (fd < 0 && errno == ENOENT && !builtin) {
		builtin_names(known, sizeof(known));
		fault_add(faults, at.file, at.line,
			  "no policy '%s': there is no %s, and built in are "
			  "%s; a file needs a '/' or '.ini' in its name",
			  name, source->name, known);
		return false;
	}
	ok = source_take(policy, source, fd, from, faults);
	if (ok && builtin &&
	    source->length == (size_t)(builtin->end - builtin->start) &&
	    memcmp(source->text, builtin->start, source->length) == 0)
		source->builtin = builtin;
	return ok;
}

bool source_read(struct policy *policy, struct source *source, const char *name,
		 const struct origin *from, struct faults *faults)
{
	int fd;

	memset(source, 0, sizeof(*source));
	if (name[0] == '<' && builtin_by_label(name)) {
		source_use_builtin(policy, source, builtin_by_label(name));
		return true;
	}
	if (source_is_bare_name(name))
		return source_read_named(policy, source, name, from, faults);
	source->name = path_beside(policy, name, from);
	/* O_NONBLOCK: a FIFO is refused, not waited for. */
	fd = open(source->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return source_take(policy, source, fd, from, faults);
}
