/*
 * only-stop once|twice COMMAND [ARGUMENT]...: the limit of an audit by ptrace:
 * one stop for a call, which it counts by its number, or two, which tell its
 * result as well, and nothing else.
 */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                             \
	(PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL |     \
	 PTRACE_O_TRACESYSGOOD)
#define RESULT_STOP (SIGTRAP | 0x80)

static bool wants_results;
/* Nobody reads them; they are counted all the same. */
static volatile unsigned long counts[1024], n_errors;

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

static void call_count(pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_SECCOMP)
		counts[info.seccomp.nr % 1024]++;
	else
		n_errors += info.exit.is_error;
}

/* What a stop is for decides how its thread goes on. */
static void stop_handle(pid_t pid, int status)
{
	int event = status >> 16, signal = WSTOPSIG(status);
	bool is_call = event == PTRACE_EVENT_SECCOMP;

	if (is_call || signal == RESULT_STOP) {
		call_count(pid);
		signal = 0;
	}
	if (event == PTRACE_EVENT_STOP && signal != SIGTRAP)
		ptrace(PTRACE_LISTEN, pid, 0, 0);
	else
		ptrace(is_call && wants_results ? PTRACE_SYSCALL : PTRACE_CONT,
		       pid, 0, event ? 0 : signal);
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 3 || (pid = fork()) < 0)
		errx(1, "usage: only-stop once|twice COMMAND...");
	wants_results = strcmp(argv[1], "twice") == 0;
	if (pid == 0)
		command_become(argv + 2);
	if (waitpid(pid, &status, WSTOPPED) < 0 ||
	    ptrace(PTRACE_SEIZE, pid, 0, OPTIONS) < 0)
		err(1, "cannot trace");
	kill(pid, SIGCONT);
	while ((pid = wait4(-1, &status, __WALL, NULL)) > 0) {
		if (WIFSTOPPED(status))
			stop_handle(pid, status);
	}
	return 0;
}
