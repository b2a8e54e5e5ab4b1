/*
 * only-stop COMMAND [ARGUMENT]...: the limit of an audit by ptrace: one stop
 * for a call, which it counts by its number, and nothing else. Prints the sum.
 */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                             \
	(PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

static unsigned long counts[1024];

static void command_become(char **argv)
{
	struct sock_filter trace = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	struct sock_fprog program = { 1, &trace };

	raise(SIGSTOP); /* until it is traced */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		err(1, "seccomp");
	execvp(argv[0], argv);
	err(1, "%s", argv[0]);
}

/* What a stop is for decides how its thread goes on. */
static void stop_handle(pid_t pid, int status)
{
	int event = status >> 16, signal = WSTOPSIG(status);
	struct __ptrace_syscall_info info;

	if (event == PTRACE_EVENT_SECCOMP &&
	    ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0)
		counts[info.seccomp.nr % 1024]++;
	if (event == PTRACE_EVENT_STOP && signal != SIGTRAP)
		ptrace(PTRACE_LISTEN, pid, 0, 0);
	else
		ptrace(PTRACE_CONT, pid, 0, event ? 0 : signal);
}

int main(int argc, char **argv)
{
	unsigned long sum = 0;
	int status;
	pid_t pid;

	if (argc < 2 || (pid = fork()) < 0)
		errx(1, "usage: only-stop COMMAND...");
	if (pid == 0)
		command_become(argv + 1);
	if (waitpid(pid, &status, WSTOPPED) < 0 ||
	    ptrace(PTRACE_SEIZE, pid, 0, OPTIONS) < 0)
		err(1, "cannot trace");
	kill(pid, SIGCONT);
	while ((pid = wait4(-1, &status, __WALL, NULL)) > 0) {
		if (WIFSTOPPED(status))
			stop_handle(pid, status);
	}
	for (size_t i = 0; i < 1024; i++)
		sum += counts[i];
	fprintf(stderr, "%lu calls\n", sum);
	return 0;
}
