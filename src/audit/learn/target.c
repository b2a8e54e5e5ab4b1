#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>

#include "../../status.h"
#include "target.h"

#define MAX_TRIES 100

/* Above the standard descriptors, which the auditor fills anew. */
static int keep(int fd)
{
	int kept = fd < 0 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (fd >= 0)
		close(fd);
	return kept;
}

static void read_text(struct target *target)
{
	size_t size = (size_t)target->before.st_size, done = 0;
	int fd = open(target->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = 1;

	target->text = calloc(1, size + 1);
	if (!target->text)
		err(STATUS_FAILED, "memory");
	while (fd >= 0 && done < size && n > 0) {
		n = read(fd, target->text + done, size - done);
		if (n > 0)
			done += (size_t)n;
	}
	if (fd < 0 || done < size)
		err(STATUS_FAILED, "cannot read '%s'", target->name);
	close(fd);
}

/* Where a link leads to is what is replaced, and not the link. */
static void resolve(struct target *target)
{
	char *slash, *copy;
	const char *directory = ".", *base = target->name;
	struct stat link;

	target->path = realpath(target->name, NULL);
	target->exists =
		target->path && stat(target->path, &target->before) == 0;
	if (target->exists)
		return;
	if (errno != ENOENT || lstat(target->name, &link) == 0)
		err(STATUS_FAILED, "cannot learn into '%s'", target->name);
	copy = strdup(target->name);
	slash = copy ? strrchr(copy, '/') : NULL;
	if (slash) {
		base = target->name + (slash + 1 - copy);
		*slash = '\0';
		directory = slash == copy ? "/" : copy;
	}
	directory = realpath(directory, NULL);
	if (!copy || !directory || !*base ||
	    asprintf(&target->path, "%s/%s",
		     strcmp(directory, "/") == 0 ? "" : directory, base) < 0)
		err(STATUS_FAILED, "cannot learn into '%s'", target->name);
	free(copy);
	free((char *)directory);
}

/* A file of the same mode as what it is to replace. */
static void open_nameless(struct target *target, const char *directory)
{
	mode_t mask = umask(0);

	umask(mask);
	target->file =
		keep(open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
	/* What does not know O_TMPFILE sees a directory (open(2), BUGS). */
	if (target->file < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		errx(STATUS_FAILED,
		     "cannot learn into '%s': its file system has no "
		     "O_TMPFILE; "
		     "learn into another one, and copy the file",
		     target->name);
	if (target->file < 0 ||
	    fchmod(target->file, target->exists ? target->before.st_mode & 07777
						: 0644 & ~mask) < 0)
		err(STATUS_FAILED, "cannot learn into '%s'", target->name);
	/* Where that is not ours to do, the file is as any new one. */
	if (target->exists)
		(void)!fchown(target->file, (uid_t)-1, target->before.st_gid);
}

/*
 * Whether names can be made in DIRECTORY without capabilities, which the
 * auditor gives up before it does.
 */
static bool is_own(const char *directory)
{
	cap_t before = cap_get_proc(), without = cap_dup(before);
	bool is_possible;

	if (!before || !without || cap_clear_flag(without, CAP_EFFECTIVE) < 0 ||
	    cap_set_proc(without) < 0)
		err(STATUS_FAILED, "capabilities");
	is_possible =
		faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0;
	if (cap_set_proc(before) < 0)
		err(STATUS_FAILED, "capabilities");
	cap_free(before);
	cap_free(without);
	return is_possible;
}

void target_open(struct target *target, const char *name)
{
	char directory[PATH_MAX];

	*target = (struct target){ .name = name };
	resolve(target);
	if (target->exists && !S_ISREG(target->before.st_mode))
		errx(STATUS_FAILED,
		     "cannot learn into '%s': it is not a regular file", name);
	if (target->exists && access(target->path, W_OK) < 0)
		err(STATUS_FAILED, "cannot learn into '%s'", name);
	target->base = strrchr(target->path, '/') + 1;
	snprintf(directory, sizeof(directory), "%.*s",
		 (int)(target->base - target->path), target->path);
	target->directory =
		keep(open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC));
	if (target->directory < 0)
		err(STATUS_FAILED, "cannot learn into '%s'", name);
	open_nameless(target, directory);
	if (!is_own(directory))
		errx(STATUS_FAILED,
		     "cannot learn into '%s': its directory is another user's, "
		     "and the file is written without capabilities",
		     name);
	if (target->exists)
		read_text(target);
}

int target_write(const struct target *target, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(target->file, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : ENOSPC;
		text += n;
		length -= (size_t)n;
	}
	return fsync(target->file) == 0 ? 0 : errno;
}

/* The name by which this process can read what was written. */
static void written(const struct target *target, char name[48])
{
	snprintf(name, 48, "/proc/self/fd/%d", target->file);
}

static bool is_unchanged(const struct target *target)
{
	const struct stat *before = &target->before;
	struct stat now;

	return fstatat(target->directory, target->base, &now,
		       AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_dev == before->st_dev && now.st_ino == before->st_ino &&
	       now.st_size == before->st_size &&
	       now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

/* Gives the nameless file the name NAME, which nothing must have. */
static int give_name(const struct target *target, const char *name)
{
	char file[48];

	written(target, file);
	return linkat(AT_FDCWD, file, target->directory, name,
		      AT_SYMLINK_FOLLOW) == 0
		       ? 0
		       : errno;
}

/* Whether the file that has got NAME beside the old one is good. */
static bool ask(const struct target *target, const char *name,
		bool (*is_good)(void *context, const char *name), void *context)
{
	char path[PATH_MAX + NAME_MAX];

	snprintf(path, sizeof(path), "%.*s%s",
		 (int)(target->base - target->path), target->path, name);
	return is_good(context, path);
}

/* linkat(2) replaces nothing, but renameat(2) does. */
static int replace(const struct target *target,
		   bool (*is_good)(void *context, const char *name),
		   void *context)
{
	int result = EEXIST;
	char name[NAME_MAX + 1];

	for (int i = 0; i < MAX_TRIES && result == EEXIST; i++) {
		snprintf(name, sizeof(name), ".%.200s.%d", target->base, i);
		result = give_name(target, name);
	}
	if (result != 0)
		return result;
	if (!ask(target, name, is_good, context))
		result = ECANCELED;
	else if (!is_unchanged(target))
		result = ESTALE;
	else if (renameat(target->directory, name, target->directory,
			  target->base) < 0)
		result = errno;
	else
		return 0;
	unlinkat(target->directory, name, 0);
	return result;
}

int target_replace(const struct target *target,
		   bool (*is_good)(void *context, const char *name),
		   void *context)
{
	char name[48];
	int result;

	if (target->exists)
		return replace(target, is_good, context);
	written(target, name);
	if (!is_good(context, name))
		return ECANCELED;
	result = give_name(target, target->base);
	return result == EEXIST ? ESTALE : result;
}
