#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include "../decode/decode.h"
#include "../printable.h"
#include "needs.h"
#include "permissions.h"
#include "walk.h"

#define MAX_NAME  40  /* of an owner */
#define MAX_SHOWN 128 /* bytes of a path */

/* One file of a call, and what its caller wants of it. */
struct wish {
	const struct credentials *caller;
	unsigned int needs;
	struct walk walk;
	char *reason; /* not owned; size bytes */
	size_t size;
};

/*
 * The names of IDs, from our own /etc: getpwuid(3) would load the modules of
 * nsswitch.conf(5), which may ask a server. Without a name, the number.
 */
static void user_name(uid_t uid, char text[MAX_NAME])
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd entry, *found;
	char line[1024];

	snprintf(text, MAX_NAME, "%u", uid);
	while (file &&
	       fgetpwent_r(file, &entry, line, sizeof(line), &found) == 0) {
		if (entry.pw_uid != uid)
			continue;
		printable(text, MAX_NAME, entry.pw_name, strlen(entry.pw_name));
		break;
	}
	if (file)
		fclose(file);
}

static void group_name(gid_t gid, char text[MAX_NAME])
{
	FILE *file = fopen("/etc/group", "re");
	struct group entry, *found;
	char line[16384];

	snprintf(text, MAX_NAME, "%u", gid);
	while (file &&
	       fgetgrent_r(file, &entry, line, sizeof(line), &found) == 0) {
		if (entry.gr_gid != gid)
			continue;
		printable(text, MAX_NAME, entry.gr_name, strlen(entry.gr_name));
		break;
	}
	if (file)
		fclose(file);
}

/* The path of "file" or, if PARENT, of its directory, to be shown. */
static void show_path(const struct walk *walk, bool parent,
		      char text[MAX_SHOWN])
{
	const char *slash = strrchr(walk->path, '/');
	size_t length = strlen(walk->path);

	if (parent && slash)
		length = (size_t)(slash - walk->path);
	if (length)
		printable(text, MAX_SHOWN, walk->path, length);
	else
		snprintf(text, MAX_SHOWN, "/");
}

/* "/etc/shadow: owner root, group shadow, mode 0640" */
static enum blame blame_mode(const struct wish *wish, bool parent)
{
	const struct walk *walk = &wish->walk;
	const struct statx *file = parent ? &walk->parent : &walk->file;
	char owner[MAX_NAME], group[MAX_NAME], path[MAX_SHOWN];

	user_name(file->stx_uid, owner);
	group_name(file->stx_gid, group);
	show_path(walk, parent, path);
	snprintf(wish->reason, wish->size, "%s: owner %s, group %s, mode %04o",
		 path, owner, group, file->stx_mode & 07777u);
	return BLAME_MODE;
}

/* "/tmp/x: owner root, in a sticky directory" */
static enum blame blame_owner(const struct wish *wish, const char *note)
{
	char owner[MAX_NAME], path[MAX_SHOWN];

	user_name(wish->walk.file.stx_uid, owner);
	show_path(&wish->walk, false, path);
	snprintf(wish->reason, wish->size, "%s: owner %s%s", path, owner, note);
	return BLAME_OWNER;
}

/* "/srv/x: mounted noexec" */
static enum blame blame_file(const struct wish *wish, bool parent,
			     const char *note)
{
	char path[MAX_SHOWN];

	show_path(&wish->walk, parent, path);
	snprintf(wish->reason, wish->size, "%s: %s", path, note);
	return BLAME_FILE;
}

/* As acl_permission_check() in the kernel's fs/namei.c, without lists. */
static unsigned int granted_by_mode(const struct credentials *caller,
				    const struct statx *file)
{
	if (caller->fsuid == file->stx_uid)
		return file->stx_mode >> 6 & 07;
	if (credentials_in_group(caller, file->stx_gid))
		return file->stx_mode >> 3 & 07;
	return file->stx_mode & 07;
}

/* As generic_permission() there; also capabilities(7). */
static unsigned int granted_by_capability(const struct credentials *caller,
					  const struct statx *file)
{
	bool is_directory = S_ISDIR(file->stx_mode);
	unsigned int granted = 0;

	if (credentials_can(caller, CAP_DAC_READ_SEARCH))
		granted |= NEED_READ | (is_directory ? NEED_EXECUTE : 0);
	if (credentials_can(caller, CAP_DAC_OVERRIDE))
		granted |= NEED_READ | NEED_WRITE;
	if (credentials_can(caller, CAP_DAC_OVERRIDE) &&
	    (is_directory || file->stx_mode & 0111))
		granted |= NEED_EXECUTE;
	return granted;
}

/* acl(5): whom a list of "file" or, if PARENT, of its directory gives more than
 * the mode says, we do not read. */
static bool has_list(const struct walk *walk, bool parent)
{
	char name[PATH_MAX + 32];

	walk_name(walk, name);
	if (parent)
		memcpy(strrchr(name, '/') + 1, ".", 2);
	return lgetxattr(name, "system.posix_acl_access", NULL, 0) > 0;
}

/* Whether WANTED, bits of a mode, are not all given to the caller. */
static bool lacks(const struct wish *wish, const struct statx *file,
		  unsigned int wanted)
{
	const struct credentials *caller = wish->caller;

	wanted &= ~granted_by_mode(caller, file);
	return wanted & ~granted_by_capability(caller, file);
}

/* As generic_permission() in the kernel's fs/namei.c: nobody executes a file
 * that has no x at all. */
static bool is_no_program(const struct statx *file, unsigned int needs)
{
	return needs & NEED_EXECUTE && !S_ISDIR(file->stx_mode) &&
	       !(file->stx_mode & 0111);
}

static bool is_immutable(const struct statx *file)
{
	return file->stx_attributes & STATX_ATTR_IMMUTABLE;
}

/*
 * proc_sys_fs(5), protected_symlinks and protected_regular: in a sticky
 * directory that others may write to, a file of somebody who is neither the
 * caller nor the directory's owner is not used.
 */
static bool is_planted(const struct wish *wish, mode_t others,
		       const char *setting)
{
	const struct statx *file = &wish->walk.file;
	const struct statx *parent = &wish->walk.parent;

	return (parent->stx_mode & S_ISVTX) && (parent->stx_mode & others) &&
	       file->stx_uid != wish->caller->fsuid &&
	       file->stx_uid != parent->stx_uid && sysctl_number(setting, 0);
}

/* What execve(2) wants more. */
static enum blame check_program(const struct wish *wish)
{
	char name[PATH_MAX + 32];
	struct statvfs mount;

	if (!S_ISREG(wish->walk.file.stx_mode))
		return blame_file(wish, false, "not a regular file");
	if (is_no_program(&wish->walk.file, wish->needs))
		return blame_mode(wish, false), BLAME_FILE;
	walk_name(&wish->walk, name);
	if (statvfs(name, &mount) == 0 && mount.f_flag & ST_NOEXEC)
		return blame_file(wish, false, "mounted noexec");
	return BLAME_NOTHING;
}

/* EACCES of a file that was reached. */
static enum blame check_access(const struct wish *wish)
{
	const struct walk *walk = &wish->walk;
	const struct statx *file = &walk->file;
	unsigned int needs = wish->needs;
	enum blame blame = BLAME_NOTHING;

	if (needs & NEED_ENTRY || (needs & NEED_CREATE && !walk->exists))
		return lacks(wish, &walk->parent, NEED_WRITE) &&
				       !has_list(walk, true)
			       ? blame_mode(wish, true)
			       : BLAME_NOTHING;
	if (!walk->exists)
		return BLAME_NOTHING;
	if (needs & NEED_PROGRAM)
		blame = check_program(wish);
	if (blame != BLAME_NOTHING)
		return blame;
	if (needs & NEED_TIMES && file->stx_uid != wish->caller->fsuid)
		needs |= NEED_WRITE;
	if (is_no_program(file, needs))
		return blame_mode(wish, false), BLAME_FILE;
	if (lacks(wish, file, needs & 07) && !has_list(walk, false))
		return blame_mode(wish, false);
	if (needs & NEED_CREATE && !S_ISDIR(file->stx_mode) &&
	    is_planted(wish, S_IWOTH | S_IWGRP, "fs/protected_regular"))
		return blame_owner(wish, ", in a sticky directory "
					 "(fs.protected_regular)"),
		       BLAME_FILE;
	return BLAME_NOTHING;
}

/* proc_sys_fs(5), protected_hardlinks */
static bool is_protected(const struct wish *wish)
{
	const struct statx *file = &wish->walk.file;

	return !S_ISDIR(file->stx_mode) &&
	       (!S_ISREG(file->stx_mode) || file->stx_mode & S_ISUID ||
		lacks(wish, file, NEED_READ | NEED_WRITE)) &&
	       sysctl_number("fs/protected_hardlinks", 0);
}

/* EPERM of a file that was reached. */
static enum blame check_owner(const struct wish *wish)
{
	const struct statx *file = &wish->walk.file;
	const struct statx *parent = &wish->walk.parent;
	uid_t fsuid = wish->caller->fsuid;
	bool is_owner = file->stx_uid == fsuid ||
			credentials_can(wish->caller, CAP_FOWNER);
	unsigned int changes = NEED_WRITE | NEED_OWNER | NEED_TIMES |
			       NEED_DELETE | NEED_CHANGE;

	if (wish->needs & NEED_ENTRY && is_immutable(parent))
		return blame_file(wish, true, "immutable (chattr +i)");
	if (!wish->walk.exists)
		return BLAME_NOTHING;
	if (wish->needs & changes && is_immutable(file))
		return blame_file(wish, false, "immutable (chattr +i)");
	if (wish->needs & changes && file->stx_attributes & STATX_ATTR_APPEND)
		return blame_file(wish, false, "append-only (chattr +a)");
	if (wish->needs & NEED_DELETE && !is_owner &&
	    parent->stx_mode & S_ISVTX && parent->stx_uid != fsuid)
		return blame_owner(wish, ", in a sticky directory");
	if (wish->needs & NEED_SOURCE && !is_owner && is_protected(wish))
		return blame_owner(wish, " (fs.protected_hardlinks)");
	if (wish->needs & NEED_OWNER && !is_owner)
		return blame_mode(wish, false), BLAME_OWNER;
	return BLAME_NOTHING;
}

/* What is in the caller's way before the end. */
static enum blame check_step(const struct wish *wish, enum walk_step step)
{
	const struct walk *walk = &wish->walk;

	if (wish->needs & NEED_OPEN)
		return BLAME_NOTHING;
	if (step == WALK_LINK) {
		/* may_follow_link() in the kernel's fs/namei.c */
		if (walk->parent.stx_mode & S_IWOTH &&
		    is_planted(wish, S_IWOTH, "fs/protected_symlinks"))
			return blame_owner(wish, ", a link in a sticky "
						 "directory "
						 "(fs.protected_symlinks)"),
			       BLAME_FILE;
		return BLAME_NOTHING;
	}
	if (lacks(wish, &walk->file, NEED_EXECUTE) && !has_list(walk, false))
		return blame_mode(wish, false);
	return BLAME_NOTHING;
}

static enum blame check(struct wish *wish, const char *path, int errnum)
{
	enum walk_step step;

	if (!walk_begin(&wish->walk, path))
		return BLAME_NOTHING;
	while ((step = walk_next(&wish->walk)) < WALK_END) {
		enum blame blame = BLAME_NOTHING;

		if (errnum == EACCES)
			blame = check_step(wish, step);
		if (blame != BLAME_NOTHING)
			return blame;
	}
	if (step == WALK_LOST)
		return BLAME_NOTHING;
	return errnum == EACCES ? check_access(wish) : check_owner(wish);
}

/* access(2): by the real IDs; if not root's, without capabilities. */
static struct credentials real(const struct credentials *caller)
{
	struct credentials credentials = *caller;

	credentials.fsuid = caller->uid;
	credentials.fsgid = caller->gid;
	if (caller->uid != 0)
		credentials.capabilities = 0;
	return credentials;
}

enum blame permissions_explain(char *reason, size_t size,
			       const struct call *call, const char *name,
			       const struct credentials *caller, int errnum)
{
	struct wish wish = { .reason = reason, .size = size };
	struct credentials real_caller = real(caller);
	enum blame blame = BLAME_NOTHING;
	char path[PATH_MAX];

	*reason = '\0';
	for (unsigned int i = 0; i < 2 && blame == BLAME_NOTHING; i++) {
		if (!needs_of(&wish.needs, call, name, i) ||
		    !call_path(call, i, path, sizeof(path)))
			continue;
		wish.caller = wish.needs & NEED_REAL ? &real_caller : caller;
		wish.walk.pid = call->pid;
		wish.walk.process = caller->process;
		wish.walk.follow = !(wish.needs & NEED_LINK);
		blame = check(&wish, path, errnum);
	}
	return blame;
}
