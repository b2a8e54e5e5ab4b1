/* The file whose mode or owner made the kernel refuse a call. */

#include <ftw.h>
#include <limits.h>
#include <linux/fs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "audit/refusal/proc.h"
#include "audit/refusal/walk.h"
#include "refused.h"

static char directory[PATH_MAX]; /* the tests' own, anybody may search it */

/* The path of NAME in the tests' directory; free it. */
static char *path_of(const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
	return path;
}

/* The same of a file of OWNER (only root can choose) with MODE. */
static char *file_of(const char *name, uid_t owner, mode_t mode)
{
	char *path = path_of(name);

	write_all(open(path, O_WRONLY | O_CREAT | O_EXCL, 0600), "x", 1);
	if (geteuid() == 0)
		assert_int_equal(chown(path, owner, owner), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static char *directory_of(const char *name, mode_t mode)
{
	char *path = path_of(name);

	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

/* What is to be said of PATH, by a way of its own: the names of getent. */
static const char *described(const char *path)
{
	static char text[PATH_MAX + 100];
	char command[PATH_MAX + 100];
	FILE *output;

	snprintf(command, sizeof(command),
		 "stat -c '%%n: owner %%U, group %%G, mode 0%%03a' '%s'", path);
	output = popen(command, "r");
	assert_non_null(output);
	assert_non_null(fgets(text, sizeof(text), output));
	pclose(output);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

TEST(a_file_that_the_mode_closes_is_described)
{
	const char *path = "/etc/shadow";
	struct refusal refusal;

	skip_unless(access(path, F_OK) == 0, "no /etc/shadow");
	REFUSED(AS_NOBODY, EACCES, "openat", ARGS(CWD, POINTER(path)));
	assert_refusal(&refusal, described(path), "");
	refusal = made_up(AS_NOBODY, EACCES, "openat",
			  ARGS(CWD, POINTER("/etc/passwd"), O_RDWR));
	assert_refusal(&refusal, described("/etc/passwd"), "");
	refusal = made_up(AS_NOBODY, EACCES, "faccessat",
			  ARGS(CWD, POINTER("/etc/passwd"), R_OK | X_OK));
	assert_refusal(&refusal, described("/etc/passwd"), "");
}

TEST(a_file_that_the_mode_opens_is_not_blamed)
{
	struct refusal refusal =
		made_up(AS_NOBODY, EACCES, "openat",
			ARGS(CWD, POINTER("/etc/passwd"), O_RDONLY));

	assert_refusal(&refusal, "", "");
	refusal = made_up(AS_NOBODY, EACCES, "openat",
			  ARGS(CWD, POINTER("/nonexistent/x"), O_RDONLY));
	assert_refusal(&refusal, "", "");
}

TEST(a_directory_on_the_way_that_cannot_be_searched_is_described)
{
	char *closed = directory_of("closed", 0700);
	char *path = file_of("closed/x", 0, 0644), *link = path_of("link");
	struct refusal refusal;

	assert_int_equal(chmod(closed, 0600), 0);
	assert_int_equal(symlink("./closed//x", link), 0);
	REFUSED(AS_NOBODY, EACCES, "openat", ARGS(CWD, POINTER(path)));
	assert_refusal(&refusal, described(closed), "");
	REFUSED(AS_NOBODY, EACCES, "openat", ARGS(CWD, POINTER(link)));
	assert_refusal(&refusal, described(closed), "");
	REFUSED(AS_NOBODY, EACCES, "newfstatat",
		ARGS(CWD, POINTER(path), POINTER(&(struct stat){ 0 })));
	assert_refusal(&refusal, described(closed), "");
	assert_int_equal(chmod(closed, 0700), 0);
	assert_int_equal(unlink(path) | unlink(link) | rmdir(closed), 0);
	free(closed);
	free(path);
	free(link);
}

/* Each of these wants to write to the directory. */
TEST(a_directory_that_cannot_be_written_to_is_described)
{
	char *closed = directory_of("dir", 0700);
	char *old = file_of("dir/x", 0, 0666), *new = path_of("dir/y");
	const char *wanted;
	struct refusal refusal;

	assert_int_equal(chmod(closed, 0555), 0);
	wanted = described(closed);
	REFUSED(AS_NOBODY, EACCES, "mkdirat", ARGS(CWD, POINTER(new), 0700));
	assert_refusal(&refusal, wanted, "");
	REFUSED(AS_NOBODY, EACCES, "unlinkat", ARGS(CWD, POINTER(old)));
	assert_refusal(&refusal, wanted, "");
	REFUSED(AS_NOBODY, EACCES, "renameat2",
		ARGS(CWD, POINTER(old), CWD, POINTER(new)));
	assert_refusal(&refusal, wanted, "");
	REFUSED(AS_NOBODY, EACCES, "openat",
		ARGS(CWD, POINTER(new), O_WRONLY | O_CREAT, 0600));
	assert_refusal(&refusal, wanted, "");
	assert_int_equal(chmod(closed, 0755), 0);
	assert_int_equal(unlink(old) | rmdir(closed), 0);
	free(closed);
	free(old);
	free(new);
}

TEST(a_program_that_cannot_be_executed_is_described)
{
	char *path = file_of("program", 0, 0644);
	char *const argv[] = { path, NULL };
	struct refusal refusal;

	REFUSED(AS_NOBODY, EACCES, "execve",
		ARGS(POINTER(path), POINTER(argv), POINTER(argv + 1)));
	assert_refusal(&refusal, described(path), "");
	REFUSED(AS_NOBODY, EACCES, "execve",
		ARGS(POINTER("/etc"), POINTER(argv), POINTER(argv + 1)));
	assert_refusal(&refusal, "/etc: not a regular file", "");
	if (geteuid() == 0) {
		REFUSED(AS_BARE_ROOT, EACCES, "execve",
			ARGS(POINTER(path), POINTER(argv), POINTER(argv + 1)));
		assert_refusal(&refusal, described(path), "");
	}
	unlink(path);
	free(path);
}

TEST(another_users_file_is_described_to_who_changes_it)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	const char *wanted = described("/etc/passwd");
	const char *allow = "[capabilities] keep = cap_fowner";
	struct refusal refusal;

	REFUSED(AS_NOBODY, EPERM, "fchmodat",
		ARGS(CWD, POINTER("/etc/passwd"), 0644));
	assert_refusal(&refusal, wanted, allow);
	REFUSED(AS_NOBODY, EPERM, "fchmod", ARGS((uint64_t)fd, 0644));
	assert_refusal(&refusal, wanted, allow);
	REFUSED(AS_NOBODY, EACCES, "utimensat",
		ARGS(CWD, POINTER("/etc/passwd")));
	assert_refusal(&refusal, wanted, "");
	close(fd);
}

TEST(another_users_file_is_described_to_who_links_it)
{
	char *path = path_of("name");
	struct refusal refusal;

	skip_unless(sysctl_number("fs/protected_hardlinks", 0),
		    "fs.protected_hardlinks is 0");
	/* Made up: /etc can be another file system, which is another error. */
	refusal =
		made_up(AS_NOBODY, EPERM, "linkat",
			ARGS(CWD, POINTER("/etc/passwd"), CWD, POINTER(path)));
	free(path);
	assert_refusal(&refusal,
		       "/etc/passwd: owner root (fs.protected_hardlinks)",
		       "[capabilities] keep = cap_fowner");
}

/* connect(2): to write to it is to have the permission. */
TEST(a_socket_that_the_mode_closes_is_described)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *path = path_of("socket");
	struct refusal refusal;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)),
			 0);
	assert_int_equal(chmod(path, 0444), 0);
	REFUSED(AS_NOBODY, EACCES, "connect",
		ARGS((uint64_t)fd, POINTER(&address), sizeof(address)));
	assert_refusal(&refusal, described(path), "");
	close(fd);
	unlink(path);
	free(path);
}

TEST(root_without_capabilities_is_told_to_keep_cap_dac_override)
{
	const char *allow = "[capabilities] keep = cap_dac_override";
	struct refusal refusal;
	char *path;

	ROOT_ONLY("root's");
	path = file_of("private", NOBODY, 0600);
	REFUSED(AS_BARE_ROOT, EACCES, "openat", ARGS(CWD, POINTER(path)));
	assert_refusal(&refusal, described(path), allow);
	refusal =
		made_up(AS_WE_ARE, EACCES, "openat", ARGS(CWD, POINTER(path)));
	assert_refusal(&refusal, "", "");
	unlink(path);
	free(path);
}

TEST(to_execute_what_nobody_may_no_capability_is_named)
{
	struct refusal refusal;
	char *path;

	ROOT_ONLY("root's");
	path = file_of("text", NOBODY, 0644);
	REFUSED(AS_BARE_ROOT, EACCES, "faccessat",
		ARGS(CWD, POINTER(path), X_OK));
	assert_refusal(&refusal, described(path), "");
	unlink(path);
	free(path);
}

TEST(a_sticky_directory_is_said)
{
	char *sticky, *path, *link, reason[PATH_MAX + 100];
	struct refusal refusal;

	ROOT_ONLY("only root can make another user's file");
	sticky = directory_of("sticky", 01777);
	path = file_of("sticky/x", 0, 0666);
	link = path_of("sticky/link");
	REFUSED(AS_NOBODY, EPERM, "unlinkat", ARGS(CWD, POINTER(path)));
	snprintf(reason, sizeof(reason),
		 "%s: owner root, in a sticky directory", path);
	assert_refusal(&refusal, reason, "[capabilities] keep = cap_fowner");

	assert_int_equal(chown(path, 1, 1), 0);
	assert_int_equal(symlink("x", link) | lchown(link, 1, 1), 0);
	refusal = made_up(AS_NOBODY, EACCES, "openat",
			  ARGS(CWD, POINTER(path), O_RDWR | O_CREAT));
	if (sysctl_number("fs/protected_regular", 0))
		assert_non_null(strstr(refusal.reason, "protected_regular)"));
	refusal = made_up(AS_NOBODY, EACCES, "openat",
			  ARGS(CWD, POINTER(link), O_RDWR));
	if (sysctl_number("fs/protected_symlinks", 0))
		assert_non_null(strstr(refusal.reason, "protected_symlinks)"));
	assert_string_equal(refusal.allow, "");
	assert_int_equal(unlink(path) | unlink(link) | rmdir(sticky), 0);
	free(sticky);
	free(path);
	free(link);
}

static bool set_flags(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool done = ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;

	close(fd);
	return done;
}

TEST(an_immutable_file_is_said)
{
	char *path = file_of("immutable", 0, 0666), reason[PATH_MAX + 100];
	bool can = geteuid() == 0 && set_flags(path, FS_IMMUTABLE_FL);
	struct refusal refusal;
	bool refused =
		can && refused_in(NULL, &refusal, AS_WE_ARE, EPERM, "openat",
				  ARGS(CWD, POINTER(path), O_WRONLY));

	if (can)
		set_flags(path, 0);
	unlink(path);
	snprintf(reason, sizeof(reason), "%s: immutable (chattr +i)", path);
	free(path);
	skip_unless(can, "cannot make a file immutable");
	assert_true(refused);
	assert_refusal(&refusal, reason, "");
}

/* notify_change() in the kernel's fs/attr.c asks this before the capability. */
TEST(an_immutable_file_is_given_to_nobody)
{
	char *path = file_of("given", 0, 0666), reason[PATH_MAX + 100];
	bool can = geteuid() == 0 && set_flags(path, FS_IMMUTABLE_FL);
	struct refusal refusals[3] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (can) {
		refusals[0] = made_up(AS_WE_ARE, EPERM, "fchownat",
				      ARGS(CWD, POINTER(path), 1, 1));
		refusals[1] = made_up(AS_NOBODY, EPERM, "fchownat",
				      ARGS(CWD, POINTER(path), 1, 1));
		refusals[2] = made_up(AS_NOBODY, EPERM, "fchown",
				      ARGS((uint64_t)fd, 1, 1));
		set_flags(path, 0);
	}
	close(fd);
	unlink(path);
	snprintf(reason, sizeof(reason), "%s: immutable (chattr +i)", path);
	free(path);
	skip_unless(can, "cannot make a file immutable");
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		assert_refusal(&refusals[i], reason, "");
}

/* acl(5): "user::rwx,user:65534:MODE,group::r-x,mask::MODE,other::r-x" */
static bool set_list(const char *path, uint16_t mode)
{
	const struct {
		uint32_t version;
		struct {
			uint16_t tag, mode;
			uint32_t id;
		} entries[5];
	} list = { 2,
		   { { 1, 7, UINT32_MAX },
		     { 2, mode, NOBODY },
		     { 4, 5, UINT32_MAX },
		     { 16, mode, UINT32_MAX },
		     { 32, 5, UINT32_MAX } } };

	return setxattr(path, "system.posix_acl_access", &list, sizeof(list),
			0) == 0;
}

TEST(a_file_with_an_access_control_list_is_not_blamed)
{
	struct refusal refusal;
	char *path;

	ROOT_ONLY("only root can make another user's file");
	path = file_of("list", 0, 0600);
	if (set_list(path, 6)) {
		refusal = made_up(AS_NOBODY, EACCES, "openat",
				  ARGS(CWD, POINTER(path), O_RDWR));
		assert_refusal(&refusal, "", "");
	} else {
		print_message("# no access control lists here\n");
	}
	unlink(path);
	free(path);
}

TEST(nor_is_a_directory_with_one)
{
	char *dir, *path;
	struct refusal refusal = { 0 };
	bool can;

	ROOT_ONLY("only root can make another user's directory");
	dir = directory_of("listed", 0755);
	path = path_of("listed/new");
	can = set_list(dir, 7);
	if (can)
		refusal = made_up(AS_NOBODY, EACCES, "mkdirat",
				  ARGS(CWD, POINTER(path), 0700));
	rmdir(dir);
	free(dir);
	free(path);
	skip_unless(can, "no access control lists here");
	assert_refusal(&refusal, "", "");
}

TEST(paths_are_those_that_the_caller_sees)
{
	struct refusal refusal;
	char *root, *path;

	ROOT_ONLY("only root can chroot");
	root = directory_of("root", 0755);
	path = file_of("root/secret", 0, 0600);
	assert_true(refused_in(root, &refusal, AS_NOBODY, EACCES, "openat",
			       ARGS(CWD, POINTER("/../secret"))));
	assert_refusal(&refusal, "/secret: owner root, group root, mode 0600",
		       "");
	assert_int_equal(unlink(path) | rmdir(root), 0);
	free(root);
	free(path);
}

TEST(hostile_paths_are_made_printable_and_cut)
{
	char *dir = directory_of("\33[2J\n", 0700), *path;
	struct refusal refusal;
	char name[256];

	memset(name, 'x', 255);
	name[255] = '\0';
	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	write_all(open(path, O_WRONLY | O_CREAT | O_EXCL, 0), "x", 1);
	assert_int_equal(chmod(path, 0) | chmod(dir, 0711), 0);
	REFUSED(AS_NOBODY, EACCES, "openat", ARGS(CWD, POINTER(path)));
	assert_non_null(strstr(refusal.reason, "\\33[2J\\n/xxx"));
	assert_non_null(strstr(refusal.reason, "…: owner "));
	assert_non_null(strstr(refusal.reason, ", mode 0000"));
	assert_int_equal(unlink(path) | rmdir(dir), 0);
	free(path);
	free(dir);
}

TEST(paths_without_an_end_are_given_up)
{
	char *loop = path_of("loop"), *longest = malloc(PATH_MAX);
	struct refusal refusal;

	assert_int_equal(symlink("loop/../loop/../loop", loop), 0);
	refusal =
		made_up(AS_NOBODY, EACCES, "openat", ARGS(CWD, POINTER(loop)));
	assert_refusal(&refusal, "", "");
	for (size_t i = 0; i < PATH_MAX; i += 2)
		memcpy(longest + i, i % 4 ? ".." : "./", 2);
	longest[0] = '/';
	longest[PATH_MAX - 1] = '\0';
	refusal = made_up(AS_NOBODY, EACCES, "openat",
			  ARGS(CWD, POINTER(longest)));
	assert_refusal(&refusal, "", "");
	unlink(loop);
	free(loop);
	free(longest);
}

static void assert_walk(const char *path, const char *end)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	enum walk_step step;

	walk->pid = walk->process = getpid();
	walk->follow = true;
	assert_true(walk_begin(walk, path));
	while ((step = walk_next(walk)) < WALK_END)
		;
	assert_int_equal(step, WALK_END);
	assert_true(walk->exists);
	assert_string_equal(walk->path, end);
	free(walk);
}

TEST(a_walk_ends_where_the_kernels_does)
{
	char text[64];

	assert_walk("/", "");
	assert_walk("//", "");
	assert_walk("/..", "");
	assert_walk("/etc/../etc/./passwd", "/etc/passwd");
	snprintf(text, sizeof(text), "/proc/%d/status", getpid());
	assert_walk("/proc/self/status", text);
	snprintf(text, sizeof(text), "/proc/%d/task/%d/stat", getpid(),
		 getpid());
	assert_walk("/proc/thread-self/stat", text);
}

/*
 * In a mount namespace of its own: a file system served by a process that
 * never answers, us. Exits with 0 if we got past it.
 */
static int meet_fuse(const char *path)
{
	struct call call = call_of("openat", ARGS(CWD, 0));
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	struct refusal refusal;
	char options[100], *file;

	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (fd < 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("x", path, "fuse.test", 0, options) < 0)
		return 2;
	if (asprintf(&file, "%s/x/y", path) < 0)
		return 2;
	call.pid = getpid();
	call.args[1] = POINTER(file);
	alarm(5);
	refusal_explain(&refusal, &no_rules, &call, EACCES);
	return *refusal.reason != '\0';
}

TEST(a_file_system_that_a_process_serves_is_not_asked)
{
	char *path = directory_of("fuse", 0755);
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		_exit(meet_fuse(path));
	waitpid(pid, &status, 0);
	rmdir(path);
	free(path);
	skip_unless(!WIFEXITED(status) || WEXITSTATUS(status) != 2,
		    "cannot mount FUSE");
	assert_int_equal(status, 0);
}

static int noexec(const char *path)
{
	struct call call = call_of("execve", ARGS(0));
	struct refusal refusal;
	char *program = NULL, *const end = NULL;

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("x", path, "tmpfs", MS_NOEXEC, NULL) < 0 ||
	    asprintf(&program, "%s/x", path) < 0)
		return 2;
	write_all(open(program, O_WRONLY | O_CREAT, 0755), "#!/bin/sh\n", 10);
	call.pid = getpid();
	call.args[0] = POINTER(program);
	if (execve(program, &program, &end) == 0 || errno != EACCES)
		return 1;
	refusal_explain(&refusal, &no_rules, &call, EACCES);
	return !strstr(refusal.reason, "noexec/x: mounted noexec");
}

TEST(a_mount_without_programs_is_said)
{
	char *path = directory_of("noexec", 0755);
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		_exit(noexec(path));
	waitpid(pid, &status, 0);
	rmdir(path);
	free(path);
	skip_unless(!WIFEXITED(status) || WEXITSTATUS(status) != 2,
		    "cannot mount");
	assert_int_equal(status, 0);
}

static int group_setup(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "%s/refusal-XXXXXX",
		 temporary());
	return mkdtemp(directory) && chmod(directory, 0755) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *file, int type,
		      struct FTW *at)
{
	(void)file;
	(void)type;
	(void)at;
	return remove(path);
}

/* What a failed test left. */
static int group_teardown(void **state)
{
	(void)state;
	nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_the_mode_closes_is_described),
		cmocka_unit_test(a_file_that_the_mode_opens_is_not_blamed),
		cmocka_unit_test(
			a_directory_on_the_way_that_cannot_be_searched_is_described),
		cmocka_unit_test(
			a_directory_that_cannot_be_written_to_is_described),
		cmocka_unit_test(
			a_program_that_cannot_be_executed_is_described),
		cmocka_unit_test(
			another_users_file_is_described_to_who_changes_it),
		cmocka_unit_test(
			another_users_file_is_described_to_who_links_it),
		cmocka_unit_test(a_socket_that_the_mode_closes_is_described),
		cmocka_unit_test(
			root_without_capabilities_is_told_to_keep_cap_dac_override),
		cmocka_unit_test(
			to_execute_what_nobody_may_no_capability_is_named),
		cmocka_unit_test(a_sticky_directory_is_said),
		cmocka_unit_test(an_immutable_file_is_said),
		cmocka_unit_test(an_immutable_file_is_given_to_nobody),
		cmocka_unit_test(
			a_file_with_an_access_control_list_is_not_blamed),
		cmocka_unit_test(nor_is_a_directory_with_one),
		cmocka_unit_test(paths_are_those_that_the_caller_sees),
		cmocka_unit_test(hostile_paths_are_made_printable_and_cut),
		cmocka_unit_test(paths_without_an_end_are_given_up),
		cmocka_unit_test(a_walk_ends_where_the_kernels_does),
		cmocka_unit_test(
			a_file_system_that_a_process_serves_is_not_asked),
		cmocka_unit_test(a_mount_without_programs_is_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
