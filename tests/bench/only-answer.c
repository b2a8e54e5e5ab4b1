/*
 * only-answer deny|read|continue COMMAND...: the limit of an audit by
 * notifications: another process is told of each call, answers, and does
 * nothing else. What it answers to mkdirat(2) is EPERM; where it reads, it has
 * read the path before. To getppid(2): go on.
 */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Linux 6.6: the answer wakes the caller on this processor. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	   SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

#define PATH_SIZE 256 /* what is read of it at once */

enum mode { DENY, READ, CONTINUE };

static int listener_open(unsigned int nr)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err(1, "no_new_privs");
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

/* The command is no more. */
static void end(int signal)
{
	(void)signal;
	_exit(0);
}

static void path_read(const struct seccomp_notif *request)
{
	char path[PATH_SIZE];
	struct iovec here = { path, sizeof(path) };
	struct iovec there = { (void *)request->data.args[1], sizeof(path) };

	if (process_vm_readv((pid_t)request->pid, &here, 1, &there, 1, 0) < 0)
		err(1, "process_vm_readv");
}

static void answer(int listener, enum mode mode)
{
	struct seccomp_notif request;
	struct seccomp_notif_resp response;

	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	      SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	for (;;) {
		memset(&request, 0, sizeof(request));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0)
			continue;
		if (mode == READ)
			path_read(&request);
		response = (struct seccomp_notif_resp){ .id = request.id };
		if (mode == CONTINUE)
			response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		else
			response.error = -EPERM;
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
	}
}

int main(int argc, char **argv)
{
	static const char *const modes[] = { "deny", "read", "continue" };
	int fds[2], listener;
	enum mode mode = DENY;
	long pid;

	while (argc > 2 && mode < 3 && strcmp(argv[1], modes[mode]) != 0)
		mode++;
	if (argc < 3 || mode == 3 || pipe(fds) < 0)
		errx(2, "usage: only-answer deny|read|continue COMMAND...");
	signal(SIGCHLD, end);
	/* One table of descriptors, until the command is executed. */
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid < 0)
		err(1, "clone");
	if (pid == 0) {
		listener = listener_open(mode == CONTINUE ? SYS_getppid
							  : SYS_mkdirat);
		if (listener < 0 ||
		    write(fds[1], &listener, sizeof(listener)) < 0)
			err(1, "listener");
		execvp(argv[2], argv + 2);
		err(1, "%s", argv[2]);
	}
	if (read(fds[0], &listener, sizeof(listener)) != sizeof(listener))
		err(1, "no listener");
	answer(listener, mode);
}
