/*
 * signals: handlers, calls that a signal interrupts, and a sleep that is
 * stopped and continued; prints what came of each. A process that waits for
 * another to sleep looks into /proc by pread(2) and sched_yield(2), and these
 * two are all that is not the same in every run.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t handled;

static void handle(int signal)
{
	handled += signal > 0;
}

static void handler_set(int signal, int flags)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = flags };

	if (sigaction(signal, &action, NULL) < 0)
		err(1, "sigaction");
}

/* Until the process sleeps in a call that waits. */
static void asleep_await(pid_t pid)
{
	char path[64], stat[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		err(1, "%s", path);
	for (;;) {
		const char *state;

		n = pread(fd, stat, sizeof(stat) - 1, 0);
		if (n <= 0)
			err(1, "%s", path);
		stat[n] = '\0';
		state = strrchr(stat, ')');
		if (state && state[2] == 'S')
			break;
		sched_yield();
	}
	close(fd);
}

static pid_t child_make(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	return pid;
}

static void child_await(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status != 0)
		errx(1, "the child failed: 0x%x", status);
}

static void self_sent(void)
{
	handler_set(SIGUSR1, 0);
	handled = 0;
	for (int i = 0; i < 10; i++)
		kill(getpid(), SIGUSR1);
	printf("handled: %d\n", (int)handled);
}

/* A read that a signal interrupts before there is something to read. */
static void interrupted(const char *name, int flags)
{
	pid_t parent = getpid(), pid;
	int fds[2], result;
	char byte;

	handler_set(SIGUSR2, flags);
	handled = 0;
	if (pipe(fds) < 0)
		err(1, "pipe");
	pid = child_make();
	if (pid == 0) {
		asleep_await(parent);
		kill(parent, SIGUSR2);
		if (!(flags & SA_RESTART))
			_exit(0);
		asleep_await(parent);
		_exit(write(fds[1], "", 1) != 1);
	}
	result = read(fds[0], &byte, 1) == 1 ? 0 : errno;
	printf("%s: %s, handled: %d\n", name,
	       result ? strerrorname_np(result) : "read", (int)handled);
	child_await(pid);
	close(fds[0]);
	close(fds[1]);
}

/* The kernel goes on with such a sleep by restart_syscall(2). */
static void stopped_sleep(void)
{
	struct timespec time = { 0, 400 * 1000 * 1000 };
	pid_t pid = child_make();
	int status;

	if (pid == 0)
		_exit(nanosleep(&time, NULL) < 0);
	asleep_await(pid);
	kill(pid, SIGSTOP);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		errx(1, "not stopped: 0x%x", status);
	printf("stopped by: %d\n", WSTOPSIG(status));
	kill(pid, SIGCONT);
	if (waitpid(pid, &status, WCONTINUED) != pid || !WIFCONTINUED(status))
		errx(1, "not continued: 0x%x", status);
	child_await(pid);
	puts("slept to the end");
}

int main(void)
{
	sigset_t child;

	/* In a traced process even an ignored signal interrupts a wait. */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &child, NULL) < 0)
		err(1, "sigprocmask");
	setvbuf(stdout, NULL, _IOLBF, 0);
	self_sent();
	interrupted("plain", 0);
	interrupted("restarted", SA_RESTART);
	stopped_sleep();
	return 0;
}
