#include <errno.h>
#include <linux/futex.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../policy/names.h"
#include "call.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Architectures whose calls are remembered, and calls with numbers that no
 * table holds. The tracee chooses its numbers: what is kept must have an end.
 */
#define MAX_ARCHITECTURES 8
#define MAX_STRANGERS	  64
#define MAX_NAME	  32

/* "syscall_" and the number; the name for good, so in memory of its own. */
struct stranger {
	uint32_t arch;
	uint32_t nr;
	char name[MAX_NAME];
};

enum refusal_kind {
	REFUSAL_UNKNOWN, /* not looked up yet */
	REFUSAL_POSSIBLE,
	REFUSAL_NEVER,
	REFUSAL_ALARM_CLOCK, /* for clocks that wake the machine only */
	REFUSAL_LLSEEK,	     /* as REFUSAL_SEEK, of the last argument */
	REFUSAL_PI,	     /* for futexes with priority inheritance only */
	REFUSAL_SEEK,	     /* where the end is the file system's word */
};

struct known {
	char *name; /* owned, kept for good; NULL: not looked up yet */
	uint8_t refusal;
};

struct architecture {
	uint32_t arch; /* 0: a free place */
	struct known calls[N_SYSCALLS];
};

/* NULL: a number or an architecture that is not remembered. */
static struct known *known_call(uint32_t arch, uint32_t nr)
{
	static struct architecture architectures[MAX_ARCHITECTURES];
	uint32_t abi = abi_of(arch, nr);
	uint32_t index = abi == SCMP_ARCH_X32 ? nr & ~X32_SYSCALL_BIT : nr;

	if (index >= N_SYSCALLS)
		return NULL;
	for (size_t i = 0; i < MAX_ARCHITECTURES; i++) {
		if (!architectures[i].arch)
			architectures[i].arch = abi;
		if (architectures[i].arch == abi)
			return &architectures[i].calls[index];
	}
	return NULL;
}

/* As libseccomp names it; NULL where it does not. Allocated. */
static char *resolve(uint32_t arch, uint32_t nr)
{
	return seccomp_syscall_resolve_num_arch(abi_of(arch, nr), (int)nr);
}

static const char *stranger_name(uint32_t arch, uint32_t nr)
{
	static struct stranger strangers[MAX_STRANGERS];
	static size_t n;
	char *name;

	for (size_t i = 0; i < n; i++) {
		if (strangers[i].arch == arch && strangers[i].nr == nr)
			return strangers[i].name;
	}
	if (n == MAX_STRANGERS)
		return "syscall_unknown";
	/* arm has a few real calls up there (names.h). */
	name = resolve(arch, nr);
	strangers[n].arch = arch;
	strangers[n].nr = nr;
	if (name)
		snprintf(strangers[n].name, MAX_NAME, "%s", name);
	else
		snprintf(strangers[n].name, MAX_NAME, "syscall_0x%x", nr);
	free(name);
	return strangers[n++].name;
}

const char *call_name(uint32_t arch, uint32_t nr)
{
	struct known *known = known_call(arch, nr);

	if (!known)
		return stranger_name(arch, nr);
	if (known->name)
		return known->name;
	errno = 0;
	known->name = resolve(arch, nr);
	/* Out of memory; perhaps the next time there is some. */
	if (!known->name && errno == ENOMEM)
		return stranger_name(arch, nr);
	if (!known->name && asprintf(&known->name, "syscall_0x%x", nr) < 0)
		known->name = NULL;
	return known->name ? known->name : stranger_name(arch, nr);
}

/* clang-format off */
/*
 * Sorted, for bsearch(). Neither the manual nor the kernel has a way to EPERM
 * or EACCES out of these, nor has a security module a hook in them. Decided
 * where the two differ, or where it depends:
 *
 * clock_nanosleep: EPERM for the alarm clocks without CAP_WAKE_ALARM
 *   (alarm_timer_nsleep(), kernel/time/alarmtimer.c).
 * close: as the manual says; only a file system of FUSE's or the network's may
 *   have kept a refusal of earlier writes for it. It is too frequent a call to
 *   stop twice for those.
 * futex: EPERM for priority inheritance (kernel/futex/pi.c). The EACCES of the
 *   manual is EFAULT in the kernel (get_futex_key(), kernel/futex/core.c).
 * getcwd: the EACCES of the manual is that of libc's own search.
 * lseek: where the end, data or a hole lies may be another's word: FUSE's, NFS's.
 *
 * Not here: munmap, EPERM for sealed memory (mseal(2)); sched_getaffinity, for
 * SELinux's and Smack's security_task_getscheduler(); sigaltstack, EPERM on
 * the stack in use; read and write, for procfs and sealed memfds; rseq.
 */
static const struct {
	const char *name;
	enum refusal_kind kind;
} unrefused[] = {
	{ "_llseek", REFUSAL_LLSEEK },
	{ "_newselect", REFUSAL_NEVER },
	{ "alarm", REFUSAL_NEVER },
	{ "brk", REFUSAL_NEVER },
	{ "clock_getres", REFUSAL_NEVER },
	{ "clock_getres_time64", REFUSAL_NEVER },
	{ "clock_gettime", REFUSAL_NEVER },
	{ "clock_gettime64", REFUSAL_NEVER },
	{ "clock_nanosleep", REFUSAL_ALARM_CLOCK },
	{ "clock_nanosleep_time64", REFUSAL_ALARM_CLOCK },
	{ "close", REFUSAL_NEVER },
	{ "dup", REFUSAL_NEVER },
	{ "dup2", REFUSAL_NEVER },
	{ "dup3", REFUSAL_NEVER },
	{ "epoll_create", REFUSAL_NEVER },
	{ "epoll_create1", REFUSAL_NEVER },
	{ "epoll_pwait", REFUSAL_NEVER },
	{ "epoll_pwait2", REFUSAL_NEVER },
	{ "epoll_wait", REFUSAL_NEVER },
	{ "eventfd", REFUSAL_NEVER },
	{ "eventfd2", REFUSAL_NEVER },
	{ "exit", REFUSAL_NEVER },
	{ "exit_group", REFUSAL_NEVER },
	{ "futex", REFUSAL_PI },
	{ "futex_time64", REFUSAL_PI },
	{ "futex_waitv", REFUSAL_NEVER },
	{ "getcpu", REFUSAL_NEVER },
	{ "getcwd", REFUSAL_NEVER },
	{ "getegid", REFUSAL_NEVER },
	{ "getegid32", REFUSAL_NEVER },
	{ "geteuid", REFUSAL_NEVER },
	{ "geteuid32", REFUSAL_NEVER },
	{ "getgid", REFUSAL_NEVER },
	{ "getgid32", REFUSAL_NEVER },
	{ "getgroups", REFUSAL_NEVER },
	{ "getgroups32", REFUSAL_NEVER },
	{ "getitimer", REFUSAL_NEVER },
	{ "getpgrp", REFUSAL_NEVER },
	{ "getpid", REFUSAL_NEVER },
	{ "getppid", REFUSAL_NEVER },
	{ "getrandom", REFUSAL_NEVER },
	{ "getresgid", REFUSAL_NEVER },
	{ "getresgid32", REFUSAL_NEVER },
	{ "getresuid", REFUSAL_NEVER },
	{ "getresuid32", REFUSAL_NEVER },
	{ "getrlimit", REFUSAL_NEVER },
	{ "getrusage", REFUSAL_NEVER },
	{ "gettid", REFUSAL_NEVER },
	{ "gettimeofday", REFUSAL_NEVER },
	{ "getuid", REFUSAL_NEVER },
	{ "getuid32", REFUSAL_NEVER },
	{ "lseek", REFUSAL_SEEK },
	{ "nanosleep", REFUSAL_NEVER },
	{ "pause", REFUSAL_NEVER },
	{ "pipe", REFUSAL_NEVER },
	{ "pipe2", REFUSAL_NEVER },
	{ "poll", REFUSAL_NEVER },
	{ "ppoll", REFUSAL_NEVER },
	{ "ppoll_time64", REFUSAL_NEVER },
	{ "pselect6", REFUSAL_NEVER },
	{ "pselect6_time64", REFUSAL_NEVER },
	{ "restart_syscall", REFUSAL_NEVER },
	{ "rt_sigaction", REFUSAL_NEVER },
	{ "rt_sigpending", REFUSAL_NEVER },
	{ "rt_sigprocmask", REFUSAL_NEVER },
	{ "rt_sigreturn", REFUSAL_NEVER },
	{ "rt_sigsuspend", REFUSAL_NEVER },
	{ "rt_sigtimedwait", REFUSAL_NEVER },
	{ "rt_sigtimedwait_time64", REFUSAL_NEVER },
	{ "sched_yield", REFUSAL_NEVER },
	{ "select", REFUSAL_NEVER },
	{ "set_robust_list", REFUSAL_NEVER },
	{ "set_tid_address", REFUSAL_NEVER },
	{ "setitimer", REFUSAL_NEVER },
	{ "sigaction", REFUSAL_NEVER },
	{ "signal", REFUSAL_NEVER },
	{ "sigpending", REFUSAL_NEVER },
	{ "sigprocmask", REFUSAL_NEVER },
	{ "sigreturn", REFUSAL_NEVER },
	{ "sigsuspend", REFUSAL_NEVER },
	{ "sync", REFUSAL_NEVER },
	{ "sysinfo", REFUSAL_NEVER },
	{ "time", REFUSAL_NEVER },
	{ "timerfd_gettime", REFUSAL_NEVER },
	{ "timerfd_gettime64", REFUSAL_NEVER },
	{ "times", REFUSAL_NEVER },
	{ "ugetrlimit", REFUSAL_NEVER },
	{ "umask", REFUSAL_NEVER },
	{ "uname", REFUSAL_NEVER },
	{ "wait4", REFUSAL_NEVER },
	{ "waitid", REFUSAL_NEVER },
	{ "waitpid", REFUSAL_NEVER },
};
/* clang-format on */

static int compare_name(const void *name, const void *entry)
{
	return strcmp(name, *(const char *const *)entry);
}

static enum refusal_kind refusal_of(const char *name)
{
	const void *found = bsearch(name, unrefused, ARRAY_SIZE(unrefused),
				    sizeof(unrefused[0]), compare_name);
	const char *start = (const char *)unrefused;

	if (!found)
		return REFUSAL_POSSIBLE;
	return unrefused[(size_t)((const char *)found - start) /
			 sizeof(unrefused[0])]
		.kind;
}

static bool has_priority_inheritance(uint64_t op)
{
	switch (op & 0x7f) {
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
	case FUTEX_UNLOCK_PI:
	case FUTEX_TRYLOCK_PI:
	case FUTEX_WAIT_REQUEUE_PI:
	case FUTEX_CMP_REQUEUE_PI:
		return true;
	}
	return false;
}

static bool is_alarm_clock(uint64_t clock)
{
	return (uint32_t)clock == CLOCK_REALTIME_ALARM ||
	       (uint32_t)clock == CLOCK_BOOTTIME_ALARM;
}

static bool asks_file_system(uint64_t whence)
{
	return (uint32_t)whence != SEEK_SET && (uint32_t)whence != SEEK_CUR;
}

bool call_can_be_refused(const struct call *call)
{
	struct known *known = known_call(call->arch, call->nr);

	if (!known)
		return true;
	if (known->refusal == REFUSAL_UNKNOWN)
		known->refusal =
			(uint8_t)refusal_of(call_name(call->arch, call->nr));
	switch ((enum refusal_kind)known->refusal) {
	case REFUSAL_NEVER:
		return false;
	case REFUSAL_ALARM_CLOCK:
		return is_alarm_clock(call->args[0]);
	case REFUSAL_LLSEEK:
		return asks_file_system(call->args[4]);
	case REFUSAL_PI:
		return has_priority_inheritance(call->args[1]);
	case REFUSAL_SEEK:
		return asks_file_system(call->args[2]);
	case REFUSAL_UNKNOWN:
	case REFUSAL_POSSIBLE:
		break;
	}
	return true;
}
