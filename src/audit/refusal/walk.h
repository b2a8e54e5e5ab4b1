/* The way to a file, as another process goes it: directory by directory. */
#ifndef SCRUN_WALK_H
#define SCRUN_WALK_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

enum walk_step {
	WALK_DIRECTORY, /* "file" is a directory, about to be searched */
	WALK_LINK,	/* "file" is a symbolic link, about to be followed */
	WALK_END,	/* "file" is what the path leads to */
	WALK_LOST,	/* it leads nowhere, or where we do not go */
};

struct walk {
	pid_t pid;     /* the thread in whose view ... */
	pid_t process; /* ... of this process ... */
	bool follow;   /* ... also a link at the end is followed */

	char path[PATH_MAX]; /* of "file" in that view, no link in it; "": / */
	bool exists;	     /* at WALK_END: the last name need not */
	bool is_missing;     /* "file" does not exist, for certain */
	bool has_no_path;    /* a pipe or the like: "path" is the link to it */
	struct statx file, parent;

	char root[32];	     /* our name of its root directory, or "" */
	char rest[PATH_MAX]; /* what is still to be gone */
	unsigned int n;	     /* steps so far */
	bool begun, at_link;
};

/*
 * Begins at the root directory of WALK's pid, with pid, process and follow set,
 * to go to the absolute PATH. Returns false where there is no way to begin.
 */
bool walk_begin(struct walk *walk, const char *path);

/*
 * Goes on to the next place that the caller needs permission for, or to the
 * end. It ends, whatever others do to the files meanwhile.
 */
enum walk_step walk_next(struct walk *walk);

/* The name by which this process reaches "file". */
void walk_name(const struct walk *walk, char name[PATH_MAX + 32]);

#endif
