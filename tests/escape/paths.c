/*
 * Reading, writing and executing what [paths] does not name. In the working
 * directory there are `open`, under write, and `closed`, which is under none of
 * the keys and has the file `secret`; descriptor 8 is `closed` itself, if the
 * driver gave it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "escape.h"

#define CLOSED_FD 8

/* Whether FD, which it closes, is the secret file's. */
static enum outcome reads(int fd)
{
	char text[16] = "";
	ssize_t n;

	if (fd < 0)
		return HELD;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	return n > 0 && strncmp(text, "secret", 6) == 0 ? ESCAPED : HELD;
}

static enum outcome opens(const char *path)
{
	return reads(open(path, O_RDONLY | O_CLOEXEC));
}

static enum outcome direct(void)
{
	return opens("closed/secret");
}

static enum outcome dotdot(void)
{
	return opens("open/../closed/secret");
}

static enum outcome dotdot_of_directory(void)
{
	if (chdir("open") < 0)
		err(2, "open");
	return opens("../closed/secret");
}

static enum outcome symbolic_link(void)
{
	if (symlink("../closed/secret", "open/symlink") < 0)
		return HELD;
	return opens("open/symlink");
}

static enum outcome symbolic_link_to_directory(void)
{
	if (symlink("../closed", "open/symlink") < 0)
		return HELD;
	return opens("open/symlink/secret");
}

static enum outcome hard_link(void)
{
	if (link("closed/secret", "open/hard") < 0)
		return HELD;
	return opens("open/hard");
}

/* By a descriptor that only names the file. */
static enum outcome hard_link_of_descriptor(void)
{
	int fd = open("closed/secret", O_PATH | O_CLOEXEC);
	char path[64];

	if (fd < 0)
		return HELD;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (linkat(fd, "", AT_FDCWD, "open/hard", AT_EMPTY_PATH) < 0 &&
	    linkat(AT_FDCWD, path, AT_FDCWD, "open/hard", AT_SYMLINK_FOLLOW) <
		    0)
		return HELD;
	return opens("open/hard");
}

static enum outcome rename_file(void)
{
	if (rename("closed/secret", "open/renamed") < 0)
		return HELD;
	return opens("open/renamed");
}

static enum outcome rename_directory(void)
{
	if (rename("closed", "open/renamed") < 0)
		return HELD;
	return opens("open/renamed/secret");
}

static enum outcome rename_exchange(void)
{
	if (mkdir("open/directory", 0755) < 0)
		err(2, "mkdir");
	if (renameat2(AT_FDCWD, "open/directory", AT_FDCWD, "closed",
		      RENAME_EXCHANGE) < 0)
		return HELD;
	return opens("open/directory/secret");
}

static enum outcome proc_root(void)
{
	char path[4096], *directory = getcwd(NULL, 0);

	if (!directory)
		err(2, "getcwd");
	snprintf(path, sizeof(path), "/proc/self/root%s/closed/secret",
		 directory);
	return opens(path);
}

static enum outcome proc_cwd(void)
{
	return opens("/proc/self/cwd/closed/secret");
}

static enum outcome reopen_descriptor(void)
{
	int fd = open("closed/secret", O_PATH | O_CLOEXEC);
	char path[64];

	if (fd < 0)
		return HELD;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return opens(path);
}

static enum outcome inherited_directory(void)
{
	if (fcntl(CLOSED_FD, F_GETFD) < 0)
		skip("no descriptor was given");
	return reads(openat(CLOSED_FD, "secret", O_RDONLY | O_CLOEXEC));
}

static enum outcome enter_inherited_directory(void)
{
	if (fchdir(CLOSED_FD) < 0)
		skip("no descriptor was given");
	return opens("secret");
}

static enum outcome openat2_in_root(void)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT };
	int directory = open("closed", O_PATH | O_CLOEXEC);

	return reads((int)syscall(SYS_openat2, directory, "/secret", &how,
				  sizeof(how)));
}

/* The file by its number on the disk, past all directories. */
static enum outcome by_handle(void)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u;
	int mount_id, mount = open("open", O_RDONLY | O_CLOEXEC);

	u.handle.handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(AT_FDCWD, "closed/secret", &u.handle, &mount_id,
			      0) < 0)
		skip("this file system has no handles");
	return reads(open_by_handle_at(mount, &u.handle, O_RDONLY));
}

/* In a namespace of its own, by the driver's doing. */
static enum outcome bind_mount(void)
{
	char shown[4096];

	if (mkdir("open/mounted", 0755) < 0)
		err(2, "mkdir");
	if (readlink("/proc/self/ns/mnt", shown, sizeof(shown)) < 0 ||
	    !getenv("OWN_MOUNTS"))
		skip("no namespace was made");
	if (mount("closed", "open/mounted", NULL, MS_BIND, NULL) < 0)
		return HELD;
	return opens("open/mounted/secret");
}

static enum outcome mount_by_descriptor(void)
{
	int tree;

	if (mkdir("open/mounted", 0755) < 0)
		err(2, "mkdir");
	if (!getenv("OWN_MOUNTS"))
		skip("no namespace was made");
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, "closed", 1 /* clone */);
	return reads(openat(tree, "secret", O_RDONLY | O_CLOEXEC));
}

static enum outcome change_root(void)
{
	if (chroot("closed") < 0)
		return HELD;
	return opens("/secret");
}

static enum outcome watch_memory(void)
{
	int fd = open("closed/secret", O_RDWR | O_CLOEXEC);
	const char *text;

	if (fd < 0)
		return HELD;
	text = mmap(NULL, 6, PROT_READ, MAP_SHARED, fd, 0);
	return text != MAP_FAILED && text[0] == 's' ? ESCAPED : HELD;
}

static enum outcome truncates(void)
{
	return truncate("closed/secret", 0) == 0 ? ESCAPED : HELD;
}

/* Every way to leave something in a directory, or to take it away. */
static enum outcome makes(void)
{
	struct stat st;
	int fd = open("closed/new", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd >= 0 || mkdir("closed/directory", 0755) == 0 ||
	    mknod("closed/pipe", S_IFIFO | 0644, 0) == 0 ||
	    symlink("secret", "closed/symlink") == 0 ||
	    link("closed/secret", "closed/hard") == 0 ||
	    rename("closed/secret", "closed/other") == 0 ||
	    unlink("closed/secret") == 0 ||
	    open("closed", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644) >= 0)
		return ESCAPED;
	return stat("closed/secret", &st) == 0 ? HELD : ESCAPED;
}

/* `readable` can be read, and is to stay as it is. */
static enum outcome writes_readable(void)
{
	int fd = open("readable/file", O_WRONLY | O_CLOEXEC);
	char path[64];

	if (fd >= 0)
		return ESCAPED;
	fd = open("readable/file", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(2, "readable/file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (open(path, O_RDWR | O_CLOEXEC) >= 0 || truncate(path, 0) == 0)
		return ESCAPED;
	if (link("readable/file", "open/link") == 0 &&
	    open("open/link", O_WRONLY | O_CLOEXEC) >= 0)
		return ESCAPED;
	if (rename("readable/file", "open/moved") == 0)
		return ESCAPED;
	return HELD;
}

/* This program's own copy, in a directory where nothing is to be executed. */
static void copy_self(int copy)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (copy < 0 || from < 0)
		err(2, "copy");
	while (sendfile(copy, from, NULL, 1 << 20) > 0)
		;
	close(from);
}

static enum outcome executes_path(const char *path)
{
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		execl(path, path, EXECUTED, NULL);
		_exit(HELD);
	}
	return wait_outcome(pid);
}

static enum outcome executes_written(void)
{
	int copy = open("open/program", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	copy_self(copy);
	close(copy);
	return executes_path("open/program");
}

/* Not a file of any directory. */
static enum outcome executes_memfd(void)
{
	int copy = memfd_create("escape", 0);
	char path[64];

	copy_self(copy);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", copy);
	return executes_path(path);
}

/* Without writing to it: harmless if it can be opened. */
static enum outcome kernel_settings(void)
{
	if (geteuid() != 0)
		skip("needs root's files");
	return open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC) >= 0
		       ? ESCAPED
		       : HELD;
}

/* What is in memory can be written to whatever its protection is. */
static enum outcome own_text(void)
{
	static const char text[] = "constant";
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return HELD;
	if (pwrite(fd, "x", 1, (off_t)(size_t)text) != 1)
		return HELD;
	return *(const volatile char *)text == 'x' ? ESCAPED : HELD;
}

static const struct attempt attempts[] = {
	{ "path-direct", direct },
	{ "path-dotdot", dotdot },
	{ "path-dotdot-of-directory", dotdot_of_directory },
	{ "path-symlink", symbolic_link },
	{ "path-symlink-to-directory", symbolic_link_to_directory },
	{ "path-hard-link", hard_link },
	{ "path-hard-link-of-descriptor", hard_link_of_descriptor },
	{ "path-rename", rename_file },
	{ "path-rename-directory", rename_directory },
	{ "path-rename-exchange", rename_exchange },
	{ "path-proc-root", proc_root },
	{ "path-proc-cwd", proc_cwd },
	{ "path-reopen-descriptor", reopen_descriptor },
	{ "path-inherited-directory", inherited_directory },
	{ "path-enter-inherited-directory", enter_inherited_directory },
	{ "path-openat2-in-root", openat2_in_root },
	{ "path-by-handle", by_handle },
	{ "path-bind-mount", bind_mount },
	{ "path-mount-by-descriptor", mount_by_descriptor },
	{ "path-chroot", change_root },
	{ "path-mmap", watch_memory },
	{ "path-truncate", truncates },
	{ "path-make", makes },
	{ "path-write-readable", writes_readable },
	{ "path-execute-written", executes_written },
	{ "path-execute-memfd", executes_memfd },
	{ "path-kernel-settings", kernel_settings },
	{ "path-own-text", own_text },
};

ESCAPE_MAIN(attempts)
