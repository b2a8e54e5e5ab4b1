/*
 * meddlers [ROUNDS]: in each round a child for everything that meddles with
 * tracing and with filters, all at the same time. What comes of it differs with
 * the audit; prints how often ptrace(2) and seccomp(2) were called.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "storms.h"

static struct meddling {
	atomic_long ptrace, seccomp;
} * meddling;

static long trace(int request, pid_t pid, unsigned long data)
{
	meddling->ptrace++;
	return syscall(SYS_ptrace, request, pid, 0, data);
}

/* A filter with ACTION for a call that nothing else makes. */
static long filter(unsigned int flags, unsigned int action)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	meddling->seccomp++;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void be_traced(void)
{
	trace(PTRACE_TRACEME, 0, 0);
}

static void trace_parent(void)
{
	trace(PTRACE_SEIZE, getppid(), 0);
	counts->getppid++;
}

static void trace_child(void)
{
	pid_t pid = fork_counted();

	if (pid == 0) {
		for (;;)
			pause();
	}
	if (trace(PTRACE_SEIZE, pid, PTRACE_O_TRACESYSGOOD) == 0)
		trace(PTRACE_INTERRUPT, pid, 0);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) != pid)
		;
}

static void filter_errno(void)
{
	filter(0, SECCOMP_RET_ERRNO | EACCES);
	syscall(SYS_getpriority, 0, 0);
}

static void filter_trace(void)
{
	filter(0, SECCOMP_RET_TRACE | 7);
	syscall(SYS_getpriority, 0, 0);
}

/* In an audit there is one already (EBUSY). */
static void filter_notify(void)
{
	filter(SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_RET_USER_NOTIF);
}

static void filter_kill(void)
{
	filter(0, SECCOMP_RET_KILL_PROCESS);
	call();
	call_denied();
	syscall(SYS_getpriority, 0, 0);
}

static void filter_strict(void)
{
	meddling->seccomp++;
	syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
}

static const struct {
	void (*run)(void);
	int status;
} meddlers[] = {
	{ be_traced, 0 },     { trace_parent, 0 },     { trace_child, 0 },
	{ filter_errno, 0 },  { filter_trace, 0 },     { filter_notify, 0 },
	{ filter_strict, 0 }, { filter_kill, SIGSYS },
};

#define N_MEDDLERS (sizeof(meddlers) / sizeof(meddlers[0]))

static pid_t start(void (*run)(void))
{
	pid_t pid = fork_counted();

	if (pid == 0) {
		run();
		call();
		call_denied();
		_exit(0);
	}
	return pid;
}

int main(int argc, char **argv)
{
	long rounds = number(argc, argv, 1, 50);
	pid_t children[N_MEDDLERS];

	storm_begin();
	meddling = share(sizeof(*meddling));
	for (long round = 0; round < rounds; round++) {
		for (size_t i = 0; i < N_MEDDLERS; i++)
			children[i] = start(meddlers[i].run);
		for (size_t i = 0; i < N_MEDDLERS; i++)
			wait_for(children[i], meddlers[i].status);
	}
	printf("ptrace: %ld\nseccomp: %ld\n", meddling->ptrace,
	       meddling->seccomp);
	storm_end();
	return 0;
}
