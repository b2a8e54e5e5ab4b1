/*
 * only-answer COMMAND...: the limit of an audit of denials: another process is
 * told of each mkdirat(2), answers with EPERM, and does nothing else.
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
#include <unistd.h>

/* Linux 6.6: the answer wakes the caller on this processor. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	   SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

static int listener_open(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 0, 1),
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

static void answer(int listener)
{
	struct seccomp_notif request;
	struct seccomp_notif_resp response;

	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	      SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	for (;;) {
		memset(&request, 0, sizeof(request));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0)
			continue;
		response = (struct seccomp_notif_resp){ .id = request.id,
							.error = -EPERM };
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
	}
}

int main(int argc, char **argv)
{
	int fds[2], listener;
	long pid;

	if (argc < 2 || pipe(fds) < 0)
		errx(2, "usage: only-answer COMMAND...");
	signal(SIGCHLD, end);
	/* One table of descriptors, until the command is executed. */
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid < 0)
		err(1, "clone");
	if (pid == 0) {
		listener = listener_open();
		if (listener < 0 ||
		    write(fds[1], &listener, sizeof(listener)) < 0)
			err(1, "listener");
		execvp(argv[1], argv + 1);
		err(1, "%s", argv[1]);
	}
	if (read(fds[0], &listener, sizeof(listener)) != sizeof(listener))
		err(1, "no listener");
	answer(listener);
}
