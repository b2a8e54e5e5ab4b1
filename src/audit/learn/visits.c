#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../../policy/paths.h"
#include "../refusal/landlock.h"
#include "../refusal/needs.h"
#include "../refusal/place.h"
#include "../refusal/walk.h"
#include "visits.h"

static bool is_call(const char *name, const char *other)
{
	return strcmp(name, other) == 0;
}

/* Linux 6.9 */
#define GET_UUID       0x80111500 /* FS_IOC_GETFSUUID */
#define GET_SYSFS_PATH 0x80811501 /* FS_IOC_GETFSSYSFSPATH */

/* Whether it is no ioctl(2) that Landlock lets through for all files
 * (security/landlock/fs.c, is_masked_device_ioctl()). */
static bool asks_device(const struct call *call)
{
	switch ((uint32_t)call->args[1]) {
	case FIOCLEX:
	case FIONCLEX:
	case FIONBIO:
	case FIOASYNC:
	case FIOQSIZE:
	case FIFREEZE:
	case FITHAW:
	case FS_IOC_FIEMAP:
	case FIGETBSZ:
	case FICLONE:
	case FICLONERANGE:
	case FIDEDUPERANGE:
	case GET_UUID:
	case GET_SYSFS_PATH:
		return false;
	}
	return true;
}

/* Of the descriptor of an ioctl(2): a rule to write is one to control, and
 * there is one for what the run has opened for writing. */
static bool is_read_only(const struct call *call)
{
	char path[64], line[64];
	unsigned int flags = O_RDWR;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)call->pid,
		 (int)call->args[0]);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "flags:", 6) == 0)
			flags = (unsigned int)strtoul(line + 6, NULL, 8);
	}
	if (file)
		fclose(file);
	return (flags & O_ACCMODE) == O_RDONLY;
}

bool visits_likely(const struct call *call)
{
	char name[MAX_BASE_NAME];

	call_base_name(name, call);
	if (is_call(name, "ioctl"))
		return asks_device(call);
	return place_is_asked(name) || is_call(name, "connect") ||
	       is_call(name, "socketcall");
}

/* What a file that is missing was to be opened for. */
static unsigned int wished(const struct place *place)
{
	return place->needs & NEED_READ && !(place->needs & NEED_WRITE)
		       ? 1u << PATHS_READ
		       : 0;
}

static bool find_file(struct visits *visits, const struct call *call,
		      const char *name, pid_t process, unsigned int index)
{
	struct place place;
	unsigned int uses;
	bool is_directory;

	visits->files[index].uses = 0;
	place.walk.is_missing = place.walk.has_no_path = false;
	if (!place_find(&place, call, name, process, index)) {
		/* An address may be none of a file; and what is missing lets
		 * the call fail. */
		visits->files[index].is_unread =
			needs_of(&uses, call, name, index) &&
			!is_call(name, "bind") && !place.walk.is_missing &&
			!place.walk.has_no_path;
		return visits->files[index].is_unread;
	}
	/* security/landlock/fs.c, is_nouser_or_private() */
	if (place.walk.has_no_path)
		return false;
	uses = place_uses(&place);
	is_directory = place.is_directory ||
		       (place.walk.exists && S_ISDIR(place.walk.file.stx_mode));
	visits->files[index].kind =
		is_directory ? PLACE_DIRECTORY
		: place.needs & NEED_CREATE && S_ISREG(place.walk.file.stx_mode)
			? PLACE_MADE
			: PLACE_FILE;
	if (!place.is_directory && !place.walk.exists) {
		uses = wished(&place);
		visits->files[index].kind = PLACE_MISSING;
	}
	visits->files[index].uses = uses;
	snprintf(visits->files[index].path, PATH_MAX, "%s", place.walk.path);
	return uses;
}

static bool find_port(struct visits *visits, const struct call *call,
		      const char *name)
{
	unsigned int port;

	visits->has_port = false;
	if (is_call(name, "bind"))
		visits->use = PORTS_BIND;
	else if (is_call(name, "connect"))
		visits->use = PORTS_CONNECT;
	else
		return false;
	visits->has_port = landlock_port(call, visits->use, &port);
	visits->port = (uint16_t)port;
	return visits->has_port;
}

bool visits_find(struct visits *visits, const struct call *call, pid_t process)
{
	char name[MAX_BASE_NAME];
	bool found = false;

	call_base_name(name, call);
	visits->executes = strncmp(name, "execve", 6) == 0;
	found |= find_port(visits, call, name);
	visits->files[0].uses = visits->files[1].uses = 0;
	visits->files[0].is_unread = visits->files[1].is_unread = false;
	visits->controls = is_call(name, "ioctl");
	if (!place_is_asked(name) || (visits->controls && !is_read_only(call)))
		return found;
	found |= find_file(visits, call, name, process, 0);
	found |= find_file(visits, call, name, process, 1);
	return found || visits->executes;
}

/*
 * Whether the run has made the file. The kernel dates files by its coarse clock
 * (fs/inode.c, current_time()); where a file system does not keep the birth, it
 * is the last change of the inode.
 */
static bool was_made(const struct facts *facts, const struct statx *file)
{
	const struct timespec *begin = &facts->begin;
	const struct statx_timestamp *made = file->stx_mask & STATX_BTIME
						     ? &file->stx_btime
						     : &file->stx_ctime;

	return made->tv_sec > begin->tv_sec || (made->tv_sec == begin->tv_sec &&
						made->tv_nsec > begin->tv_nsec);
}

/* Fills DIRECTORY with the one in which the first of PATH's names is that the
 * run has made. Returns false where it has made none. */
static bool find_workshop(const struct facts *facts, pid_t pid,
			  const char *path, char directory[PATH_MAX])
{
	struct walk walk = { .pid = pid, .process = pid };
	enum walk_step step;

	if (!walk_begin(&walk, path))
		return false;
	while ((step = walk_next(&walk)) != WALK_LOST) {
		char *name = strrchr(walk.path, '/'); /* NULL: the root */

		if (name && walk.exists && was_made(facts, &walk.file)) {
			*name = '\0';
			snprintf(directory, PATH_MAX, "%s", walk.path);
			return true;
		}
		if (step == WALK_END)
			break;
	}
	return false;
}

/* But for what the old policy allows: of a directory of the system it may have
 * the part that was used. */
static void add_place(struct facts *facts, const char *path, unsigned int uses,
		      enum place_kind kind)
{
	if (facts->old)
		uses &= ~paths_granted(facts->old, "", path);
	if (uses)
		places_add(&facts->places, path, uses, kind);
}

/* What the run has made is another file the next time: it will be in the
 * directory that was there before. */
static void add_program(struct facts *facts, pid_t pid, const char *path)
{
	char directory[PATH_MAX];

	if (find_workshop(facts, pid, path, directory))
		add_place(facts, *directory ? directory : "/",
			  1u << PATHS_EXECUTE, PLACE_DIRECTORY);
	else
		add_place(facts, path, 1u << PATHS_EXECUTE, PLACE_FILE);
}

/* The program and its loader, as the kernel has mapped them for the exec. */
static void add_executed(struct facts *facts, pid_t pid)
{
	char path[48], *line = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	file = fopen(path, "re");
	facts->n_unread += !file;
	while (file && getline(&line, &size, file) > 0) {
		char *name = strchr(line, '/');

		/* Only the path, the last column, has slashes. */
		if (!name || strstr(name, " (deleted)"))
			continue;
		name[strcspn(name, "\n")] = '\0';
		add_program(facts, pid, name);
		/* musl's libc is its loader. */
		provenance_opened(&facts->provenance, name);
	}
	free(line);
	if (file)
		fclose(file);
}

/* Whether the call has come past all that Landlock asks. */
static bool was_allowed(const struct visits *visits, unsigned int index,
			int errnum)
{
	if (visits->files[index].kind == PLACE_MISSING)
		return errnum == ENOENT;
	return errnum == 0 || errnum == ENOTEMPTY || errnum == ENXIO;
}

/* What was open before the rules is held to none (security/landlock/fs.c,
 * hook_file_alloc_security()): a terminal, as a rule. */
static bool was_opened(const struct facts *facts, const char *path)
{
	return places_has(&facts->places, path, 1u << PATHS_READ) ||
	       (facts->old &&
		paths_granted(facts->old, "", path) & 1u << PATHS_READ);
}

static void add_file(struct facts *facts, const struct visits *visits,
		     pid_t pid, unsigned int index)
{
	const char *path = visits->files[index].path;
	unsigned int uses = visits->files[index].uses;

	if (visits->controls && !was_opened(facts, path))
		return;
	if (uses & 1u << PATHS_EXECUTE) /* a script, or a program */
		add_program(facts, pid, path);
	add_place(facts, path, uses & ~(1u << PATHS_EXECUTE),
		  visits->files[index].kind);
	if (visits->files[index].kind == PLACE_FILE)
		provenance_opened(&facts->provenance, path);
}

void visits_add(struct facts *facts, const struct visits *visits, pid_t pid,
		int errnum)
{
	for (unsigned int i = 0; i < 2; i++) {
		facts->n_unread += visits->files[i].is_unread && errnum == 0;
		if (visits->files[i].uses && was_allowed(visits, i, errnum))
			add_file(facts, visits, pid, i);
	}
	if (visits->executes && errnum == 0) {
		add_executed(facts, pid);
		provenance_program(&facts->provenance, pid);
	}
	if (visits->has_port && errnum != EACCES && errnum != EPERM)
		add_port(&facts->ports[visits->use], visits->port);
}
