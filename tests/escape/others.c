/*
 * Getting at another process of the same user: one outside, which VICTIM has
 * the pid of, or this command's auditor, whose report REPORT names. An address
 * that is none tells that the process itself was within reach.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "victim.h"

#define MAX_FD 64

static enum outcome attach_by(enum __ptrace_request request)
{
	pid_t pid = victim();

	if (ptrace(request, pid, 0, 0) < 0)
		return HELD;
	/* An attached one stops, and can be left then. */
	if (request == PTRACE_ATTACH)
		waitpid(pid, &(int){ 0 }, __WALL);
	else if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0)
		waitpid(pid, &(int){ 0 }, __WALL);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	return ESCAPED;
}

static enum outcome attach(void)
{
	return attach_by(PTRACE_ATTACH);
}

static enum outcome seize(void)
{
	return attach_by(PTRACE_SEIZE);
}

static enum outcome vm_writev(void)
{
	char byte = 0;
	struct iovec from = { &byte, 1 }, to = { (void *)1, 1 };

	syscall(SYS_process_vm_writev, victim(), &from, 1, &to, 1, 0);
	return errno == EFAULT ? ESCAPED : HELD;
}

static enum outcome vm_readv(void)
{
	char byte = 0;
	struct iovec to = { &byte, 1 }, from = { (void *)1, 1 };

	syscall(SYS_process_vm_readv, victim(), &to, 1, &from, 1, 0);
	return errno == EFAULT ? ESCAPED : HELD;
}

/* Any of its descriptors: the listener, for one. */
static enum outcome getfd(void)
{
	int pidfd = (int)syscall(SYS_pidfd_open, victim(), 0);

	if (pidfd < 0)
		err(2, "pidfd_open");
	for (int fd = 0; fd < MAX_FD; fd++) {
		if (syscall(SYS_pidfd_getfd, pidfd, fd, 0) >= 0)
			return ESCAPED;
	}
	return HELD;
}

static enum outcome opens(const char *file, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/%d/%s", victim(), file);
	return open(path, flags | O_CLOEXEC) >= 0 ? ESCAPED : HELD;
}

static enum outcome proc_mem(void)
{
	return opens("mem", O_RDWR);
}

static enum outcome proc_mem_of_thread(void)
{
	char path[64];

	snprintf(path, sizeof(path), "task/%d/mem", victim());
	return opens(path, O_RDWR);
}

static enum outcome proc_root(void)
{
	return opens("root/etc/passwd", O_RDONLY);
}

static enum outcome proc_cwd(void)
{
	return opens("cwd/.", O_RDONLY | O_DIRECTORY);
}

static enum outcome proc_fd(void)
{
	char path[64];
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/fd", victim());
	directory = opendir(path);
	if (!directory)
		return HELD;
	for (int fd = 0; fd < MAX_FD; fd++) {
		snprintf(path, sizeof(path), "fd/%d", fd);
		if (opens(path, O_RDONLY) == ESCAPED ||
		    opens(path, O_PATH) == ESCAPED)
			return ESCAPED;
	}
	return HELD;
}

static enum outcome proc_environ(void)
{
	return opens("environ", O_RDONLY);
}

/* Signal 0, which says only whether another one would have been sent. */
static enum outcome signals(void)
{
	union sigval value = { .sival_int = 0 };
	pid_t pid = victim();
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (kill(pid, 0) == 0 || sigqueue(pid, 0, value) == 0 ||
	    syscall(SYS_tgkill, pid, pid, 0) == 0 ||
	    syscall(SYS_tkill, pid, 0) == 0 ||
	    syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0)
		return ESCAPED;
	return HELD;
}

/* By a socket that asks for a signal when there is something to read. */
static enum outcome signal_by_descriptor(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		err(2, "socketpair");
	if (getenv("CONTROL"))
		return ESCAPED; /* it would end the victim */
	if (fcntl(pair[0], F_SETOWN, victim()) < 0 ||
	    fcntl(pair[0], F_SETSIG, SIGKILL) < 0 ||
	    fcntl(pair[0], F_SETFL, O_ASYNC) < 0)
		return HELD;
	if (write(pair[1], "x", 1) != 1)
		err(2, "write");
	usleep(100000);
	return kill(victim(), 0) < 0 && errno == ESRCH ? ESCAPED : HELD;
}

static enum outcome connects(int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	int length =
		snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1,
			 "scrun-escape-%d", victim());

	if (fd < 0)
		err(2, "socket");
	return connect(fd, (const struct sockaddr *)&address,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				   (size_t)length)) == 0
		       ? ESCAPED
		       : HELD;
}

static enum outcome abstract_socket(void)
{
	return connects(SOCK_STREAM);
}

/* With what it has already, so that nothing changes. */
static enum outcome limits(void)
{
	struct rlimit limit;

	if (prlimit(victim(), RLIMIT_NOFILE, NULL, &limit) < 0)
		return HELD;
	return prlimit(victim(), RLIMIT_NOFILE, &limit, NULL) == 0 ? ESCAPED
								   : HELD;
}

static const struct attempt attempts[] = {
	{ "other-ptrace-attach", attach },
	{ "other-ptrace-seize", seize },
	{ "other-process-vm-writev", vm_writev },
	{ "other-process-vm-readv", vm_readv },
	{ "other-pidfd-getfd", getfd },
	{ "other-proc-mem", proc_mem },
	{ "other-proc-mem-of-thread", proc_mem_of_thread },
	{ "other-proc-root", proc_root },
	{ "other-proc-cwd", proc_cwd },
	{ "other-proc-fd", proc_fd },
	{ "other-proc-environ", proc_environ },
	{ "other-signal", signals },
	{ "other-signal-by-descriptor", signal_by_descriptor },
	{ "other-abstract-socket", abstract_socket },
	{ "other-limits", limits },
};

ESCAPE_MAIN(attempts)
