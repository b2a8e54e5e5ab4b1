/*
 * What the kernel that runs makes of calls under a filter.
 *
 * Below the filter lies another one, the floor, which answers every call with
 * an errno of its own. So no call does anything, whatever its number and its
 * arguments, and one that the filter lets through has an errno that no policy
 * has. (Of equal actions the newest filter's counts: seccomp(2).)
 */
#ifndef SCRUN_TESTS_LIVE_H
#define SCRUN_TESTS_LIVE_H

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "enforce/compile.h"
#include "enforce/filter.h"
#include "program.h"

#define PASSED 4001 /* the floor's errno */
#define KILLED (-1)

/* A number that no call has: the floor kills who makes it. */
#define LAST_CALL 0x3ffffff1

#define MAX_TRIED 4096
#define MAX_KILLS 4

/* A call to make, and what came of it: an errno, PASSED, or KILLED. */
struct tried {
	struct seccomp_data data;
	int result;
};

/* Shared with the child, which can make no call any more. */
struct live {
	struct tried tried[MAX_TRIED];
	size_t n;
	size_t at; /* the call that is being made */
	bool is_loaded;
	bool has_int80;
	unsigned int kills; /* calls to make that a verdict kills */
};

static inline bool load_floor(void)
{
	const uint32_t number = offsetof(struct seccomp_data, nr);
	const uint32_t arch = offsetof(struct seccomp_data, arch);
	const uint32_t operation = offsetof(struct seccomp_data, args);
	struct sock_filter code[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 0,
			 5),
		LOAD(number),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LAST_CALL, 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 2),
		LOAD(operation),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_SET_MODE_FILTER, 1,
			 0),
		RET(SECCOMP_RET_ERRNO | PASSED),
		RET(SECCOMP_RET_ALLOW),
		RET(SECCOMP_RET_KILL_PROCESS),
	};
	const struct sock_fprog program = { ARRAY_SIZE(code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

/* By int $0x80, the way of 32-bit programs; the errno. */
static inline int int80(const struct seccomp_data *data)
{
#ifdef __x86_64__
	const uint64_t *args = (const uint64_t *)data->args;
	long result = data->nr;
	register uint64_t last __asm__("r12") = args[5];

	/* No operand is in memory: the frame pointer is the last argument. */
	__asm__ volatile("xchg %%rbp, %%r12\n\t"
			 "int $0x80\n\t"
			 "xchg %%rbp, %%r12"
			 : "+a"(result), "+r"(last)
			 : "b"(args[0]), "c"(args[1]), "d"(args[2]),
			   "S"(args[3]), "D"(args[4])
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)-result;
#else
	(void)data;
	return ENOSYS;
#endif
}

static inline _Noreturn void try_int80(void)
{
	const struct seccomp_data getpid_of_i386 = { .nr = 20 };

	/* A kernel without 32-bit calls sends it, and cmocka tells of it. */
	signal(SIGSEGV, SIG_DFL);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	_exit(int80(&getpid_of_i386) == -getpid() ? 0 : 1);
}

static inline _Noreturn void try_floor(void)
{
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (load_floor())
		syscall(LAST_CALL);
	_exit(1);
}

static inline int status_of_child(void (*child)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		child();
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static inline bool has_int80(void)
{
	return status_of_child(try_int80) == 0;
}

static inline bool has_filters(void)
{
	int status = status_of_child(try_floor);

	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static inline struct live *live_new(void)
{
	struct live *live = mmap(NULL, sizeof(*live), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(live != MAP_FAILED);
	live->has_int80 = has_int80();
	return live;
}

static inline void live_free(struct live *live)
{
	assert_int_equal(munmap(live, sizeof(*live)), 0);
}

static inline int call_once(const struct seccomp_data *data)
{
	const uint64_t *args = (const uint64_t *)data->args;
	long result;

	if (data->arch != seccomp_arch_native())
		return int80(data);
	result = syscall(data->nr, args[0], args[1], args[2], args[3], args[4],
			 args[5]);
	return result == -1 ? errno : 0;
}

static inline _Noreturn void make_calls(struct live *live,
					const struct filter *filter)
{
	int ignored;

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* a death by SIGSYS dumps core */
	if (!load_floor() || !filter_load(filter, &ignored))
		_exit(1);
	live->is_loaded = true;
	for (; live->at < live->n; live->at++) {
		struct tried *tried = &live->tried[live->at];

		tried->result = call_once(&tried->data);
	}
	for (;;)
		syscall(LAST_CALL);
}

/* The calls of LIVE under FILTER, in as many processes as are killed. */
static inline void live_run(struct live *live, const struct filter *filter)
{
	live->is_loaded = false;
	for (live->at = 0; live->at < live->n; live->at++) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			make_calls(live, filter);
		assert_true(pid > 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(live->is_loaded);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
		if (live->at < live->n)
			live->tried[live->at].result = KILLED;
	}
}

/* What becomes of a call by POLICY, as a result of struct tried. */
static inline int live_wanted(const struct policy *policy,
			      const struct seccomp_data *data)
{
	struct verdict verdict =
		verdict_of(policy, data->arch, (uint32_t)data->nr,
			   (const uint64_t *)data->args);

	if (verdict.action == ACTION_KILL)
		return KILLED;
	return verdict.action == ACTION_DENY ? verdict.errnum : PASSED;
}

/*
 * Whether this machine can be asked about a call. The kernel makes uretprobe
 * and uprobe of x86-64 whatever a filter says, since 6.14 and 6.18
 * (seccomp_uprobe_exception in kernel/seccomp.c).
 */
static inline bool live_can(const struct live *live,
			    const struct seccomp_data *data)
{
	if (data->arch != seccomp_arch_native())
		return data->arch == SCMP_ARCH_X86 && live->has_int80;
	if (data->arch == SCMP_ARCH_X86_64 &&
	    (data->nr == 335 || data->nr == 336))
		return false;
	/* What the floor itself needs. */
	return data->nr != LAST_CALL &&
	       (data->nr != SYS_seccomp ||
		(uint32_t)data->args[0] != SECCOMP_SET_MODE_FILTER);
}

/* Adds a call, unless POLICY has killed enough: each takes a process. */
static inline void live_add(struct live *live, const struct policy *policy,
			    const struct seccomp_data *data)
{
	if (live->n == MAX_TRIED || !live_can(live, data))
		return;
	if (live_wanted(policy, data) == KILLED && live->kills++ >= MAX_KILLS)
		return;
	live->tried[live->n++].data = *data;
}

/* How many results are not POLICY's; the first few are printed. */
static inline unsigned int live_differences(const struct live *live,
					    const struct policy *policy)
{
	unsigned int n = 0;

	for (size_t i = 0; i < live->n; i++) {
		const struct tried *tried = &live->tried[i];
		const struct seccomp_data *data = &tried->data;
		int wanted = live_wanted(policy, data);

		if (tried->result == wanted || n++ > 3)
			continue;
		print_error("# call %d of 0x%x (0x%llx, 0x%llx, 0x%llx, 0x%llx,"
			    " 0x%llx, 0x%llx): the kernel says %d, the verdict "
			    "is %d\n",
			    data->nr, data->arch, data->args[0], data->args[1],
			    data->args[2], data->args[3], data->args[4],
			    data->args[5], tried->result, wanted);
	}
	return n;
}

#endif
