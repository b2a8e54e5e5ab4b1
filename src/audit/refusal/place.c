#include <limits.h>
#include <string.h>

#include "../../policy/policy.h"
#include "../decode/decode.h"
#include "needs.h"
#include "place.h"

#define READ	(1u << PATHS_READ)
#define WRITE	(1u << PATHS_WRITE)
#define EXECUTE (1u << PATHS_EXECUTE)

/* The calls that Landlock looks at; of others it is no reason. */
static const char *const file_calls[] = {
	"bind",	   "creat",	"execve",   "execveat", "ioctl",     "link",
	"linkat",  "mkdir",	"mkdirat",  "mknod",	"mknodat",   "open",
	"openat",  "openat2",	"rename",   "renameat", "renameat2", "rmdir",
	"symlink", "symlinkat", "truncate", "unlink",	"unlinkat",  NULL,
};

bool place_is_asked(const char *name)
{
	const char *const *known = file_calls;

	while (*known && strcmp(*known, name) != 0)
		known++;
	return *known;
}

/* Takes the last name off, so that the directory is what is left. */
static void go_to_directory(struct place *place)
{
	char *slash = strrchr(place->walk.path, '/');

	if (slash)
		*slash = '\0';
}

static bool needs_file(unsigned int *needs, const struct call *call,
		       const char *name, unsigned int index)
{
	if (strcmp(name, "ioctl") != 0)
		return needs_of(needs, call, name, index);
	*needs = NEED_WRITE | NEED_OPEN;
	return index == 0;
}

/* Goes to file INDEX of CALL, or to its directory if that has to allow it. */
bool place_find(struct place *place, const struct call *call, const char *name,
		pid_t process, unsigned int index)
{
	struct walk *walk = &place->walk;
	char path[PATH_MAX];
	enum walk_step step;

	if (!needs_file(&place->needs, call, name, index) ||
	    !call_path(call, index, path, sizeof(path)))
		return false;
	walk->pid = call->pid;
	walk->process = process;
	walk->follow = !(place->needs & NEED_LINK);
	if (!walk_begin(walk, path))
		return false;
	while ((step = walk_next(walk)) < WALK_END)
		;
	if (step == WALK_LOST)
		return false;
	place->is_directory = place->needs & (NEED_ENTRY | NEED_SOURCE) ||
			      (place->needs & NEED_CREATE && !walk->exists);
	if (place->is_directory)
		go_to_directory(place);
	return true;
}

unsigned int place_uses(const struct place *place)
{
	unsigned int wanted = 0;

	/* link(2): its source must be REFERed to, which is EXDEV. */
	if (place->is_directory)
		return place->needs & NEED_SOURCE ? 0 : WRITE;
	if (!place->walk.exists)
		return 0;
	if (place->needs & NEED_OPEN && !S_ISCHR(place->walk.file.stx_mode) &&
	    !S_ISBLK(place->walk.file.stx_mode))
		return 0;
	if (place->needs & NEED_READ)
		wanted |= READ;
	if (place->needs & NEED_WRITE)
		wanted |= WRITE;
	if (place->needs & NEED_PROGRAM)
		wanted |= EXECUTE;
	return wanted;
}
