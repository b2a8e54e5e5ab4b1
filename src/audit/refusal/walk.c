#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"
#include "walk.h"

/*
 * Each step costs the kernel the way so far once more: no path that anybody
 * needs has as many, and nobody can keep us busy for longer.
 */
#define MAX_STEPS 400

void walk_name(const struct walk *walk, char name[PATH_MAX + 32])
{
	snprintf(name, PATH_MAX + 32, "%s%s", walk->root,
		 *walk->path ? walk->path : "/");
}

/*
 * Whether "file" can be told to be there or not. Nothing is asked of file
 * systems that are served by a process (see mount_is_fuse): their root
 * directory is known to the kernel, and there we stop.
 */
static bool look(struct walk *walk)
{
	const int flags =
		AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
	struct statx *file = &walk->file;
	unsigned int major = file->stx_dev_major, minor = file->stx_dev_minor;
	char name[PATH_MAX + 32];

	walk_name(walk, name);
	walk->exists = statx(AT_FDCWD, name, flags,
			     STATX_BASIC_STATS | STATX_BTIME, file) == 0;
	walk->is_missing = !walk->exists && errno == ENOENT;
	if (!walk->exists)
		return walk->is_missing;
	if (file->stx_dev_major == major && file->stx_dev_minor == minor)
		return true;
	return !mount_is_fuse(walk->pid, file->stx_dev_major,
			      file->stx_dev_minor);
}

/* No directory beyond the root: there, ".." is the root itself. */
static void go_up(struct walk *walk)
{
	char *slash = strrchr(walk->path, '/');

	if (slash)
		*slash = '\0';
}

/* Takes the first LENGTH bytes from the rest. */
static void drop(struct walk *walk, size_t length)
{
	memmove(walk->rest, walk->rest + length,
		strlen(walk->rest + length) + 1);
}

/* Takes the first name from the rest and goes there. */
static bool enter(struct walk *walk)
{
	size_t length = strcspn(walk->rest, "/");
	size_t end = strlen(walk->path);
	char name[NAME_MAX + 1];

	if (length > NAME_MAX || end + 1 + length >= PATH_MAX)
		return false;
	memcpy(name, walk->rest, length);
	name[length] = '\0';
	drop(walk, length);
	if (strcmp(name, ".") == 0)
		return true;
	walk->parent = walk->file;
	if (strcmp(name, "..") == 0) {
		go_up(walk);
	} else {
		walk->path[end] = '/';
		memcpy(walk->path + end + 1, name, length + 1);
	}
	return look(walk);
}

/* Where the link points to. For us /proc/self were ourselves. */
static bool read_link(const struct walk *walk, char target[PATH_MAX])
{
	char name[PATH_MAX + 32];
	ssize_t length;

	if (strcmp(walk->path, "/proc/self") == 0) {
		snprintf(target, PATH_MAX, "%d", (int)walk->process);
		return true;
	}
	if (strcmp(walk->path, "/proc/thread-self") == 0) {
		snprintf(target, PATH_MAX, "%d/task/%d", (int)walk->process,
			 (int)walk->pid);
		return true;
	}
	walk_name(walk, name);
	length = readlink(name, target, PATH_MAX - 1);
	if (length <= 0)
		return false;
	target[length] = '\0';
	return true;
}

/*
 * Of a pipe, a socket or a namespace, "pipe:[123]" is no path, but what the
 * kernel shows for one (fs/d_path.c, d_path(), and its callers' d_dname). No
 * link of proc(5) to a path has a colon.
 */
static bool has_no_path(const struct walk *walk, const char *target)
{
	return strncmp(walk->path, "/proc/", 6) == 0 && *target != '/' &&
	       strchr(target, ':');
}

/* Only through a link of the kernel's own: others' may lead to FUSE. */
static bool look_through(struct walk *walk)
{
	const int flags = AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
	char name[PATH_MAX + 32];
	struct statx proc;

	walk->has_no_path = true;
	if (statx(AT_FDCWD, "/proc", flags, STATX_BASIC_STATS, &proc) < 0 ||
	    proc.stx_dev_major != walk->file.stx_dev_major ||
	    proc.stx_dev_minor != walk->file.stx_dev_minor)
		return false;
	walk_name(walk, name);
	walk->exists = statx(AT_FDCWD, name, flags,
			     STATX_BASIC_STATS | STATX_BTIME, &walk->file) == 0;
	return walk->exists;
}

static bool follow_link(struct walk *walk)
{
	char target[PATH_MAX], rest[2 * PATH_MAX];
	int length;

	if (!read_link(walk, target))
		return false;
	if (has_no_path(walk, target))
		return look_through(walk);
	length = snprintf(rest, sizeof(rest), "%s/%s", target, walk->rest);
	if (length >= PATH_MAX)
		return false;
	memcpy(walk->rest, rest, (size_t)length + 1);
	if (*target == '/')
		*walk->path = '\0';
	else
		go_up(walk);
	return look(walk);
}

bool walk_begin(struct walk *walk, const char *path)
{
	size_t length = strlen(path);

	if (length >= sizeof(walk->rest) || *path != '/')
		return false;
	memcpy(walk->rest, path, length + 1);
	*walk->path = '\0';
	walk->n = 0;
	walk->begun = walk->at_link = walk->has_no_path = false;
	memset(&walk->file, 0, sizeof(walk->file));
	snprintf(walk->root, sizeof(walk->root), "/proc/%d/root",
		 (int)walk->pid);
	if (!look(walk) || !walk->exists) {
		/* Not ours to look into (ptrace(2)): likely it is our own. */
		*walk->root = '\0';
		if (!look(walk) || !walk->exists)
			return false;
	}
	walk->parent = walk->file;
	return true;
}

enum walk_step walk_next(struct walk *walk)
{
	if (++walk->n > MAX_STEPS)
		return WALK_LOST;
	if (walk->begun && !(walk->at_link ? follow_link(walk) : enter(walk)))
		return WALK_LOST;
	walk->begun = true;
	drop(walk, strspn(walk->rest, "/"));
	walk->at_link = walk->exists && S_ISLNK(walk->file.stx_mode) &&
			(walk->follow || *walk->rest);
	if (walk->at_link)
		return WALK_LINK;
	if (!*walk->rest)
		return WALK_END;
	if (!walk->exists || !S_ISDIR(walk->file.stx_mode))
		return WALK_LOST;
	return WALK_DIRECTORY;
}
