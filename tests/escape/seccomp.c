/*
 * Filters, listeners and tracers of the command's own, against a policy that
 * denies unshare(2) with CLONE_NEWUSER: what is stricter wins, and a number
 * that a tracer has changed is looked at once more.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include "escape.h"

static enum outcome unshare_user(void)
{
	return unshare(CLONE_NEWUSER) == 0 ? ESCAPED : HELD;
}

/* ACTION for the call NR, and all other calls allowed. The result of
 * seccomp(2). */
static long add_filter(int nr, unsigned int action, unsigned int flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void *idle(void *nothing)
{
	pause();
	return nothing;
}

/* Every way to say that from now on all is allowed. */
static enum outcome allow_all(void)
{
	pthread_t thread;
	pid_t pid;

	if (pthread_create(&thread, NULL, idle, NULL) != 0)
		errx(2, "no thread");
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_DISABLED, NULL, 0, 0);
	add_filter(SYS_unshare, SECCOMP_RET_ALLOW, 0);
	add_filter(SYS_unshare, SECCOMP_RET_ALLOW, SECCOMP_FILTER_FLAG_TSYNC);
	add_filter(SYS_unshare, SECCOMP_RET_LOG, 0);
	/* One of many threads may not make it; a child may. */
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (pid == 0)
		_exit((int)unshare_user());
	return wait_outcome(pid);
}

/* Answers one call: go on with it. */
static void *let_through(void *argument)
{
	int fd = *(int *)argument;
	struct seccomp_notif request = { 0 };
	struct seccomp_notif_resp response = {
		.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE,
	};

	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0)
		return NULL;
	response.id = request.id;
	ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &response);
	return NULL;
}

/* With an audit, the kernel has no place for a second listener. */
static enum outcome own_listener(void)
{
	int fd = (int)add_filter(SYS_unshare, SECCOMP_RET_USER_NOTIF,
				 SECCOMP_FILTER_FLAG_NEW_LISTENER);
	pthread_t thread;
	pid_t pid;

	if (fd < 0)
		return unshare_user();
	if (pthread_create(&thread, NULL, let_through, &fd) != 0)
		errx(2, "no thread");
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (pid == 0)
		_exit((int)unshare_user());
	return wait_outcome(pid);
}

#ifdef __x86_64__
/* At every stop of a child that asks for its pid, makes it ask for the
 * namespace. */
static enum outcome rewrite(pid_t pid, enum __ptrace_request request)
{
	const size_t nr = offsetof(struct user, regs.orig_rax);
	const size_t arg = offsetof(struct user, regs.rdi);
	int status;

	for (;;) {
		if (waitpid(pid, &status, 0) != pid)
			err(2, "wait");
		if (!WIFSTOPPED(status))
			return outcome_of(status);
		if (ptrace(PTRACE_PEEKUSER, pid, nr, 0) == SYS_getppid) {
			ptrace(PTRACE_POKEUSER, pid, nr, SYS_unshare);
			ptrace(PTRACE_POKEUSER, pid, arg, CLONE_NEWUSER);
		}
		ptrace(request, pid, 0, 0);
	}
}

static enum outcome traced(enum __ptrace_request request)
{
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			_exit(HELD); /* an audit traces it */
		if (request == PTRACE_CONT &&
		    add_filter(SYS_getppid, SECCOMP_RET_TRACE, 0) < 0)
			err(2, "seccomp");
		raise(SIGSTOP);
		_exit(syscall(SYS_getppid) == 0 ? ESCAPED : HELD);
	}
	if (waitpid(pid, &(int){ 0 }, WUNTRACED) != pid)
		err(2, "wait");
	/* Where it is not traced it has ended. */
	if (ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESECCOMP) < 0)
		return HELD;
	ptrace(request, pid, 0, 0);
	return rewrite(pid, request);
}
#endif

static enum outcome tracer_at_call(void)
{
#ifdef __x86_64__
	return traced(PTRACE_SYSCALL);
#else
	skip("x86-64 only");
#endif
}

static enum outcome tracer_at_filter(void)
{
#ifdef __x86_64__
	return traced(PTRACE_CONT);
#else
	skip("x86-64 only");
#endif
}

/* The filters themselves, which hold the ticket's addresses. */
static enum outcome read_filter(void)
{
	long size;
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			_exit(HELD);
		add_filter(SYS_getppid, SECCOMP_RET_ALLOW, 0);
		raise(SIGSTOP);
		_exit(HELD);
	}
	if (waitpid(pid, &(int){ 0 }, WUNTRACED) != pid)
		err(2, "wait");
	size = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, 0, 0);
	kill(pid, SIGKILL);
	if (size > 0)
		return ESCAPED;
	if (geteuid() != 0)
		skip("needs root to begin with");
	return HELD;
}

static const struct attempt attempts[] = {
	{ "seccomp-allow-all", allow_all },
	{ "seccomp-own-listener", own_listener },
	{ "seccomp-tracer-at-call", tracer_at_call },
	{ "seccomp-tracer-at-filter", tracer_at_filter },
	{ "seccomp-read-filter", read_filter },
};

ESCAPE_MAIN(attempts)
