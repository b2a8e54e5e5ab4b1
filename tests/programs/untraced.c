/*
 * untraced clone|clone3: makes a child that asks not to be traced. The child
 * calls getppid(2) five times and prints what became of it; the parent prints
 * the errno where there is no child.
 */
#include <err.h>
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long untraced_child(const char *call)
{
	struct clone_args args = { .flags = CLONE_UNTRACED,
				   .exit_signal = SIGCHLD };

	if (strcmp(call, "clone3") == 0)
		return syscall(SYS_clone3, &args, sizeof(args));
	return syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
}

/* One write, whatever stdio would do. */
static void child(void)
{
	char text[64];
	int answered = 0;

	for (int i = 0; i < 5; i++)
		answered += syscall(SYS_getppid) > 0;
	snprintf(text, sizeof(text), "the child got %d answers\n", answered);
	if (write(1, text, strlen(text)) < 0)
		_exit(1);
	_exit(0);
}

int main(int argc, char **argv)
{
	long pid;
	int status;

	if (argc != 2)
		errx(2, "usage: untraced clone|clone3");
	pid = untraced_child(argv[1]);
	if (pid == 0)
		child();
	if (pid < 0) {
		puts(strerrorname_np(errno));
		return 0;
	}
	if (waitpid((pid_t)pid, &status, 0) < 0)
		err(1, "wait");
	if (status != 0)
		printf("the child ended with 0x%x\n", status);
	return 0;
}
