/*
 * exits status N | signal N: ends with this exit status, or sends itself this
 * signal, with the disposition that a new process has. A signal that does not
 * end it leaves 0.
 */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long none = 0;
	long number;

	if (argc != 3)
		errx(125, "usage: exits status|signal N");
	number = strtol(argv[2], NULL, 10);
	if (strcmp(argv[1], "status") == 0)
		_exit((int)number);
	/* Past libc, which keeps two real-time signals to itself. */
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
	if (syscall(SYS_kill, getpid(), number) < 0)
		err(125, "signal %ld", number);
	return 0;
}
