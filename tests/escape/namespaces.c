/*
 * New user namespaces, in which one is root before most of the kernel's code,
 * for a policy that denies them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "escape.h"

/* clone(2) in all the sizes that struct clone_args has had, the padding that a
 * newer one would have, and some that are none. */
static const size_t sizes[] = { 64, 80, 88, 4096, 63, 65, 0, 4097, SIZE_MAX };

static enum outcome unshare_user(void)
{
	return unshare(CLONE_NEWUSER) == 0 ? ESCAPED : HELD;
}

static enum outcome unshare_user_and_more(void)
{
	const int flags = CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_FS;

	return unshare(flags) == 0 ? ESCAPED : HELD;
}

/* A process in it says so by its status. */
static enum outcome reap(long pid)
{
	if (pid == 0)
		_exit(ESCAPED);
	return pid < 0 ? HELD : wait_outcome((pid_t)pid);
}

static enum outcome clone_user(void)
{
	return reap(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
}

static enum outcome clone_user_high_bits(void)
{
	const unsigned long flags = 0xffffffff00000000;

	return reap(syscall(SYS_clone, flags | CLONE_NEWUSER | SIGCHLD, 0, 0, 0,
			    0));
}

/* The flags are in memory, where no filter sees them. */
static enum outcome clone3_sizes(void)
{
	static union {
		struct clone_args args;
		char padding[8192];
	} u = { .args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD } };
	enum outcome outcome = HELD;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (reap(syscall(SYS_clone3, &u, sizes[i])) == ESCAPED)
			outcome = ESCAPED;
	}
	return outcome;
}

/* In the first size, and with a flag that would leave an audit. */
static enum outcome clone3_untraced(void)
{
	struct clone_args args = { .flags = CLONE_NEWUSER | CLONE_UNTRACED,
				   .exit_signal = SIGCHLD };

	return reap(syscall(SYS_clone3, &args, CLONE_ARGS_SIZE_VER0));
}

/* That of this process, of which EINVAL says that it is there already. */
static enum outcome setns_user(void)
{
	int fd = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		skip("no /proc/self/ns");
	if (setns(fd, CLONE_NEWUSER) == 0 || errno == EINVAL)
		return ESCAPED;
	return HELD;
}

static const struct attempt attempts[] = {
	{ "userns-unshare", unshare_user },
	{ "userns-unshare-and-more", unshare_user_and_more },
	{ "userns-clone", clone_user },
	{ "userns-clone-high-bits", clone_user_high_bits },
	{ "userns-clone3-sizes", clone3_sizes },
	{ "userns-clone3-untraced", clone3_untraced },
	{ "userns-setns", setns_user },
};

ESCAPE_MAIN(attempts)
