#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../policy/names.h"
#include "../memory.h"
#include "needs.h"

void call_base_name(char name[MAX_BASE_NAME], const struct call *call)
{
	static const char *const suffixes[] = { "_time64", "64", "32" };

	snprintf(name, MAX_BASE_NAME, "%s", call_name(call->arch, call->nr));
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t length = strlen(name), end = strlen(suffixes[i]);

		if (length <= end ||
		    strcmp(name + length - end, suffixes[i]) != 0)
			continue;
		name[length - end] = '\0';
		return;
	}
}

#define ENTRY  (NEED_ENTRY | NEED_LINK)
#define DELETE (NEED_ENTRY | NEED_DELETE | NEED_LINK)

uint64_t call_argument(const struct call *call, unsigned int index)
{
	uint64_t value = call->args[index];

	return arch_is_32bit(call->arch) ? (uint32_t)value : value;
}

/* open(2), "File access mode" and the flags that ask for more. */
static unsigned int open_needs(uint64_t flags)
{
	static const unsigned int modes[] = {
		[O_RDONLY] = NEED_READ,
		[O_WRONLY] = NEED_WRITE,
		[O_RDWR] = NEED_READ | NEED_WRITE,
		[O_ACCMODE] = NEED_READ | NEED_WRITE,
	};
	unsigned int needs = modes[flags & O_ACCMODE];

	if (flags & O_PATH)
		return flags & O_NOFOLLOW ? NEED_LINK : 0;
	if (flags & O_TRUNC)
		needs |= NEED_WRITE;
	if (flags & O_CREAT)
		needs |= NEED_CREATE;
	if (flags & O_NOATIME)
		needs |= NEED_OWNER;
	if (flags & O_NOFOLLOW || (flags & O_CREAT && flags & O_EXCL))
		needs |= NEED_LINK;
	/* O_TMPFILE: a file without a name, but in that directory. */
	if ((flags & O_TMPFILE) == O_TMPFILE)
		needs = NEED_WRITE | NEED_EXECUTE;
	return needs;
}

static unsigned int open_of(const struct call *call, unsigned int arg)
{
	return open_needs(call_argument(call, arg));
}

/* struct open_how of openat2(2) begins with the flags. */
static unsigned int open_how_of(const struct call *call, unsigned int arg)
{
	uint64_t flags = 0;

	if (memory_read(call->pid, call_argument(call, arg), &flags,
			sizeof(flags)) != sizeof(flags))
		return 0;
	return open_needs(flags);
}

/* R_OK, W_OK and X_OK are the bits of a mode. */
static unsigned int access_of(const struct call *call, unsigned int arg)
{
	return (call_argument(call, arg) & 07) | NEED_REAL;
}

static unsigned int faccessat2_of(const struct call *call, unsigned int arg)
{
	unsigned int needs = access_of(call, arg);
	uint64_t flags = call_argument(call, arg + 1);

	return flags & AT_EACCESS ? needs & ~NEED_REAL : needs;
}

/* utime(2): to set the present time asks for less. */
static unsigned int times_of(const struct call *call, unsigned int arg)
{
	return call_argument(call, arg) ? NEED_OWNER : NEED_TIMES;
}

static unsigned int utimensat_of(const struct call *call, unsigned int arg)
{
	return times_of(call, arg) | (call_argument(call, 1) ? 0 : NEED_OPEN);
}

/* xattr(7): "user." goes by the mode, "system." by the owner. */
static unsigned int xattr_of(const struct call *call, unsigned int arg)
{
	char name[8];

	if (memory_read(call->pid, call_argument(call, arg), name,
			sizeof(name)) < 5)
		return 0;
	return strncmp(name, "user.", 5) == 0 ? NEED_WRITE : NEED_OWNER;
}

struct row {
	const char *name;
	/* Adds what argument ARG asks of the first file. */
	unsigned int (*more)(const struct call *call, unsigned int arg);
	unsigned int arg;
	unsigned int n;	       /* files */
	unsigned int needs[2]; /* of the first, of the second */
};

/* clang-format off */
/* Of connect and its like the file is the socket (unix(7), Pathname). */
static const struct row rows[] = {
	{ "access", access_of, 1, 1, { 0 } },
	{ "acct", NULL, 0, 1, { NEED_WRITE } },
	{ "bind", NULL, 0, 1, { ENTRY } },
	{ "chdir", NULL, 0, 1, { NEED_EXECUTE } },
	{ "chmod", NULL, 0, 1, { NEED_OWNER } },
	{ "chown", NULL, 0, 1, { NEED_CHANGE } },
	{ "chroot", NULL, 0, 1, { NEED_EXECUTE } },
	{ "connect", NULL, 0, 1, { NEED_WRITE } },
	{ "creat", NULL, 0, 1, { NEED_WRITE | NEED_CREATE } },
	{ "execve", NULL, 0, 1, { NEED_EXECUTE | NEED_PROGRAM } },
	{ "execveat", NULL, 0, 1, { NEED_EXECUTE | NEED_PROGRAM } },
	{ "faccessat", access_of, 2, 1, { 0 } },
	{ "faccessat2", faccessat2_of, 2, 1, { 0 } },
	{ "fchdir", NULL, 0, 1, { NEED_EXECUTE | NEED_OPEN } },
	{ "fchmod", NULL, 0, 1, { NEED_OWNER | NEED_OPEN } },
	{ "fchmodat", NULL, 0, 1, { NEED_OWNER } },
	{ "fchmodat2", NULL, 0, 1, { NEED_OWNER } },
	{ "fchown", NULL, 0, 1, { NEED_CHANGE | NEED_OPEN } },
	{ "fchownat", NULL, 0, 1, { NEED_CHANGE } },
	{ "fsetxattr", xattr_of, 1, 1, { NEED_OPEN } },
	{ "fstatat", NULL, 0, 1, { 0 } },
	{ "futimesat", times_of, 2, 1, { 0 } },
	{ "getxattr", NULL, 0, 1, { NEED_READ } },
	{ "inotify_add_watch", NULL, 0, 1, { NEED_READ } },
	{ "lchown", NULL, 0, 1, { NEED_CHANGE | NEED_LINK } },
	{ "lgetxattr", NULL, 0, 1, { NEED_READ | NEED_LINK } },
	{ "link", NULL, 0, 2, { NEED_SOURCE | NEED_LINK, ENTRY } },
	{ "linkat", NULL, 0, 2, { NEED_SOURCE | NEED_LINK, ENTRY } },
	{ "listxattr", NULL, 0, 1, { 0 } },
	{ "llistxattr", NULL, 0, 1, { NEED_LINK } },
	{ "lremovexattr", xattr_of, 1, 1, { NEED_LINK } },
	{ "lsetxattr", xattr_of, 1, 1, { NEED_LINK } },
	{ "lstat", NULL, 0, 1, { NEED_LINK } },
	{ "mkdir", NULL, 0, 1, { ENTRY } },
	{ "mkdirat", NULL, 0, 1, { ENTRY } },
	{ "mknod", NULL, 0, 1, { ENTRY } },
	{ "mknodat", NULL, 0, 1, { ENTRY } },
	{ "name_to_handle_at", NULL, 0, 1, { NEED_LINK } },
	{ "newfstatat", NULL, 0, 1, { 0 } },
	{ "open", open_of, 1, 1, { 0 } },
	{ "openat", open_of, 2, 1, { 0 } },
	{ "openat2", open_how_of, 2, 1, { 0 } },
	{ "readlink", NULL, 0, 1, { NEED_LINK } },
	{ "readlinkat", NULL, 0, 1, { NEED_LINK } },
	{ "removexattr", xattr_of, 1, 1, { 0 } },
	{ "rename", NULL, 0, 2, { DELETE, DELETE } },
	{ "renameat", NULL, 0, 2, { DELETE, DELETE } },
	{ "renameat2", NULL, 0, 2, { DELETE, DELETE } },
	{ "rmdir", NULL, 0, 1, { DELETE } },
	{ "sendmsg", NULL, 0, 1, { NEED_WRITE } },
	{ "sendto", NULL, 0, 1, { NEED_WRITE } },
	{ "setxattr", xattr_of, 1, 1, { 0 } },
	{ "stat", NULL, 0, 1, { 0 } },
	{ "statfs", NULL, 0, 1, { 0 } },
	{ "statx", NULL, 0, 1, { 0 } },
	{ "symlink", NULL, 0, 1, { ENTRY } },
	{ "symlinkat", NULL, 0, 1, { ENTRY } },
	{ "truncate", NULL, 0, 1, { NEED_WRITE } },
	{ "unlink", NULL, 0, 1, { DELETE } },
	{ "unlinkat", NULL, 0, 1, { DELETE } },
	{ "utime", times_of, 1, 1, { 0 } },
	{ "utimensat", utimensat_of, 2, 1, { 0 } },
	{ "utimes", times_of, 1, 1, { 0 } },
};
/* clang-format on */

static int compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct row *)row)->name);
}

bool needs_of(unsigned int *needs, const struct call *call, const char *name,
	      unsigned int index)
{
	const struct row *row =
		bsearch(name, rows, sizeof(rows) / sizeof(rows[0]),
			sizeof(rows[0]), compare);

	if (!row || index >= row->n)
		return false;
	*needs = row->needs[index];
	if (index == 0 && row->more)
		*needs |= row->more(call, row->arg);
	return true;
}
