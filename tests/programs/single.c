/*
 * single: makes a fixed mix of system calls, the same in every run, some of
 * which fail, and prints nothing.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Past libc, which keeps some answers and makes other calls of some. */
static void repeat(int times, long call, unsigned long a, unsigned long b,
		   unsigned long c)
{
	while (times-- > 0)
		syscall(call, a, b, c, 0, 0, 0);
}

static void succeed(void)
{
	char name[16];
	struct sigaction action;
	int fds[2];

	repeat(17, SYS_getppid, 0, 0, 0);
	repeat(13, SYS_getpid, 0, 0, 0);
	repeat(11, SYS_gettid, 0, 0, 0);
	repeat(7, SYS_getuid, 0, 0, 0);
	repeat(5, SYS_getegid, 0, 0, 0);
	repeat(3, SYS_umask, 022, 0, 0);
	repeat(9, SYS_sched_yield, 0, 0, 0);
	repeat(4, SYS_getpgid, 0, 0, 0);
	repeat(6, SYS_prctl, 16 /* PR_GET_NAME */, (unsigned long)name, 0);
	repeat(8, SYS_rt_sigaction, SIGUSR1, 0, (unsigned long)&action);
	if (pipe2(fds, O_CLOEXEC) < 0)
		err(1, "pipe");
	for (int i = 0; i < 10; i++) {
		if (write(fds[1], "word", 4) != 4 || read(fds[0], name, 4) != 4)
			err(1, "pipe");
	}
	for (int i = 0; i < 3; i++) {
		int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0 || close(fd) < 0)
			err(1, "/");
	}
}

static void fail(void)
{
	repeat(5, SYS_close, (unsigned long)-1, 0, 0);	       /* EBADF */
	repeat(4, SYS_lseek, (unsigned long)-1, 0, 0);	       /* EBADF */
	repeat(2, SYS_fchmod, (unsigned long)-1, 0, 0);	       /* EBADF */
	repeat(3, SYS_chdir, (unsigned long)"/no/such", 0, 0); /* ENOENT */
	repeat(6, SYS_kill, (unsigned long)getpid(), 999, 0);  /* EINVAL */
	repeat(2, SYS_mkdirat, (unsigned long)-1, 0, 0755);    /* EFAULT */
	repeat(1, SYS_dup3, 0, 0, 0);			       /* EINVAL */
	repeat(7, SYS_openat, (unsigned long)-1, 0, O_RDONLY); /* EFAULT */
}

int main(void)
{
	succeed();
	fail();
	return 0;
}
