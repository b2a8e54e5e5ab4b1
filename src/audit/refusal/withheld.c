#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../printable.h"
#include "withheld.h"

#define MAX_NAME 64 /* of a program */

/* execve(2), and capabilities(7), "File capabilities"; NULL: nothing. */
static const char *rights_of(const char *program,
			     const struct credentials *caller)
{
	struct stat file;

	if (stat(program, &file) < 0)
		return NULL;
	if (file.st_mode & S_ISUID && file.st_uid != caller->euid)
		return "is set-user-ID";
	/* Without the right to execute, the bit means something else. */
	if (file.st_mode & S_ISGID && file.st_mode & S_IXGRP &&
	    !credentials_in_group(caller, file.st_gid))
		return "is set-group-ID";
	if (getxattr(program, "security.capability", NULL, 0) > 0)
		return "has file capabilities";
	return NULL;
}

void withheld_append(char *reason, size_t size, pid_t pid,
		     const struct credentials *caller)
{
	char link[48], path[PATH_MAX], name[MAX_NAME];
	size_t used = strlen(reason);
	const char *rights;
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)pid);
	rights = rights_of(link, caller);
	length = readlink(link, path, sizeof(path) - 1);
	if (!rights || length <= 0)
		return;
	path[length] = '\0';
	printable(name, sizeof(name), basename(path), strlen(basename(path)));
	snprintf(reason + used, size - used,
		 "; %s %s, which no_new_privs ignores", name, rights);
}
