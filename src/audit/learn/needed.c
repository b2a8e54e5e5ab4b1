#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/kd.h>
#include <linux/sockios.h>
#include <linux/vt.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "../decode/decode.h"
#include "../memory.h"
#include "../refusal/needs.h"
#include "../refusal/permissions.h"
#include "../refusal/privileges.h"
#include "../refusal/refusal.h"
#include "../refusal/walk.h"
#include "needed.h"

/*
 * privilege_missing() knows which capability a call failed for want of; here it
 * has not failed, and most calls of some kinds need none. Those are asked more.
 */
typedef bool condition(const struct call *call,
		       const struct credentials *caller, unsigned int arg);

static bool never(const struct call *call, const struct credentials *caller,
		  unsigned int arg)
{
	(void)call;
	(void)caller;
	(void)arg;
	return false;
}

static uint32_t argument(const struct call *call, unsigned int arg)
{
	return (uint32_t)call_argument(call, arg);
}

/* adjtimex(2): struct timex begins with the modes; without one it reads. */
static bool sets_clock(const struct call *call,
		       const struct credentials *caller, unsigned int arg)
{
	uint32_t modes = 0;

	(void)caller;
	memory_read(call->pid, call_argument(call, arg), &modes, sizeof(modes));
	return modes != 0;
}

static bool follows_link(const struct call *call)
{
	char name[MAX_BASE_NAME];

	call_base_name(name, call);
	if (strcmp(name, "fchownat") == 0)
		return !(argument(call, 4) & AT_SYMLINK_NOFOLLOW);
	return strcmp(name, "lchown") != 0;
}

/* chown(2): the owner may give a file to a group of his, and to nobody. ARG is
 * the user's; the group's follows. */
static bool gives_away(const struct call *call,
		       const struct credentials *caller, unsigned int arg)
{
	uid_t uid = argument(call, arg);
	gid_t gid = argument(call, arg + 1);
	struct walk walk = { .pid = call->pid, .process = caller->process };
	enum walk_step step;
	char path[PATH_MAX];

	if (!call_path(call, 0, path, sizeof(path)) || !walk_begin(&walk, path))
		return true;
	walk.follow = follows_link(call);
	while ((step = walk_next(&walk)) < WALK_END)
		;
	if (step == WALK_LOST || !walk.exists)
		return true;
	if (uid != (uid_t)-1 && uid != walk.file.stx_uid)
		return true;
	return walk.file.stx_uid != caller->fsuid ||
	       (gid != (gid_t)-1 && gid != walk.file.stx_gid &&
		!credentials_in_group(caller, gid));
}

static bool is_large_pipe(const struct call *call,
			  const struct credentials *caller, unsigned int arg)
{
	(void)caller;
	return call_argument(call, arg) >
	       (uint64_t)sysctl_number("fs/pipe-max-size", 1048576);
}

/* Whether the process is another user's. */
static bool is_others(const struct call *call, const struct credentials *caller,
		      unsigned int arg)
{
	pid_t pid = (pid_t)argument(call, arg);
	struct credentials target;
	bool is_other;

	if (pid <= 0 || !credentials_read(&target, pid))
		return false;
	is_other = caller->euid != target.euid && caller->euid != target.uid;
	credentials_free(&target);
	return is_other;
}

/*
 * Whether no group of processes is meant: to have signalled any one of it is
 * success (kernel/signal.c, __kill_pgrp_info()), and none need be another's.
 */
static bool is_one_process(const struct call *call,
			   const struct credentials *caller, unsigned int arg)
{
	(void)caller;
	return (int32_t)argument(call, arg) > 0;
}

static bool attaches_to_others(const struct call *call,
			       const struct credentials *caller,
			       unsigned int arg)
{
	uint32_t request = argument(call, 0);

	return (request == PTRACE_ATTACH || request == PTRACE_SEIZE) &&
	       is_others(call, caller, arg);
}

/* netdevice(7), arp(7), bridges, tun: what sets something. */
static bool sets_network(const struct call *call,
			 const struct credentials *caller, unsigned int arg)
{
	static const uint32_t requests[] = {
		SIOCADDRT,	SIOCDELRT,	SIOCSIFFLAGS,	SIOCSIFADDR,
		SIOCSIFDSTADDR, SIOCSIFBRDADDR, SIOCSIFNETMASK, SIOCSIFMETRIC,
		SIOCSIFMTU,	SIOCSIFNAME,	SIOCSIFHWADDR,	SIOCADDMULTI,
		SIOCDELMULTI,	SIOCDIFADDR,	SIOCSIFTXQLEN,	SIOCSARP,
		SIOCDARP,	SIOCBRADDBR,	SIOCBRDELBR,	SIOCBRADDIF,
		SIOCBRDELIF,	SIOCSHWTSTAMP,	TUNSETIFF,
	};

	(void)caller;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (argument(call, arg) == requests[i])
			return true;
	}
	return false;
}

/* ioctl_iflags(2) */
static bool sets_immutable(const struct call *call,
			   const struct credentials *caller, unsigned int arg)
{
	uint32_t flags = 0;

	(void)caller;
	memory_read(call->pid, call_argument(call, arg + 1), &flags,
		    sizeof(flags));
	return flags & (FS_IMMUTABLE_FL | FS_APPEND_FL);
}

/* FIFREEZE and FITHAW and what changes a block device. */
static bool sets_device(const struct call *call,
			const struct credentials *caller, unsigned int arg)
{
	uint32_t request = argument(call, arg);

	(void)caller;
	return request >> 8 != 0x12 || request == BLKROSET ||
	       request == BLKFLSBUF || request == BLKRRPART;
}

static bool sets_console(const struct call *call,
			 const struct credentials *caller, unsigned int arg)
{
	static const uint32_t requests[] = {
		KDSETMODE,   KDSKBMODE,	    VT_SETMODE,
		VT_ACTIVATE, VT_WAITACTIVE, VT_DISALLOCATE,
	};

	(void)caller;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (argument(call, arg) == requests[i])
			return true;
	}
	return false;
}

/* ioprio_set(2): IOPRIO_CLASS_RT */
static bool is_real_time_io(const struct call *call,
			    const struct credentials *caller, unsigned int arg)
{
	(void)caller;
	return argument(call, arg) >> 13 == 1;
}

/* The numbers of a line of /proc/PID/limits; unlimited is RLIM_INFINITY. */
static struct rlimit limit_of(pid_t pid, const char *name)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	char path[48], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/limits", (int)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		char *at = line + strlen(name);

		if (strncmp(line, name, strlen(name)) != 0)
			continue;
		at += strspn(at, " ");
		if (*at != 'u')
			limit.rlim_cur = strtoul(at, NULL, 10);
		at += strcspn(at, " ");
		at += strspn(at, " ");
		if (*at != 'u')
			limit.rlim_max = strtoul(at, NULL, 10);
		break;
	}
	if (file)
		fclose(file);
	return limit;
}

/* mlock(2): as far as one call's own length tells. */
static bool locks_much(const struct call *call,
		       const struct credentials *caller, unsigned int arg)
{
	(void)caller;
	return call_argument(call, arg) >
	       limit_of(call->pid, "Max locked memory").rlim_cur;
}

static bool locks_all(const struct call *call, const struct credentials *caller,
		      unsigned int arg)
{
	(void)caller;
	(void)arg;
	return limit_of(call->pid, "Max locked memory").rlim_cur !=
	       RLIM_INFINITY;
}

static bool is_negative(const struct call *call,
			const struct credentials *caller, unsigned int arg)
{
	(void)caller;
	return (int32_t)argument(call, arg) < 0;
}

/* As the kernel counts the resources (asm-generic/resource.h). */
static const char *const limit_names[] = {
	"Max cpu time",		"Max file size",      "Max data size",
	"Max stack size",	"Max core file size", "Max resident set",
	"Max processes",	"Max open files",     "Max locked memory",
	"Max address space",	"Max file locks",     "Max pending signals",
	"Max msgqueue size",	"Max nice priority",  "Max realtime priority",
	"Max realtime timeout",
};

/* setrlimit(2): ARG is the resource, and the new limits follow. */
static bool raises_limit(const struct call *call,
			 const struct credentials *caller, unsigned int arg)
{
	uint32_t resource = argument(call, arg);
	uint64_t address = call_argument(call, arg + 1);
	bool has_process = arg > 0; /* prlimit(2) */
	pid_t pid = has_process ? (pid_t)argument(call, 0) : 0;
	uint64_t limits[2];

	if (has_process && is_others(call, caller, 0))
		return true;
	if (!address || call_argument(call, arg) != resource ||
	    resource >= sizeof(limit_names) / sizeof(limit_names[0]) ||
	    memory_read(call->pid, address, limits, sizeof(limits)) !=
		    sizeof(limits))
		return false;
	return limits[1] >
	       limit_of(pid ? pid : call->pid, limit_names[resource]).rlim_max;
}

/* sched_setscheduler(2): SCHED_FIFO and SCHED_RR */
static bool is_real_time(const struct call *call,
			 const struct credentials *caller, unsigned int arg)
{
	uint32_t policy = argument(call, arg) & ~(uint32_t)SCHED_RESET_ON_FORK;

	(void)caller;
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

/* sched_setattr(2): the policy is the second 32 bits. */
static bool is_real_time_attr(const struct call *call,
			      const struct credentials *caller,
			      unsigned int arg)
{
	uint32_t words[2] = { 0 };

	(void)caller;
	memory_read(call->pid, call_argument(call, arg), words, sizeof(words));
	return words[1] == SCHED_FIFO || words[1] == SCHED_RR ||
	       words[1] == 6; /* SCHED_DEADLINE */
}

static bool is_own_user(const struct credentials *caller, uid_t uid)
{
	return uid == (uid_t)-1 || uid == caller->uid || uid == caller->euid ||
	       uid == caller->suid;
}

/* /proc has four of a thread's group ids, and these two differ seldom. */
static bool is_own_group(const struct credentials *caller, gid_t gid)
{
	return gid == (gid_t)-1 || gid == caller->gid || gid == caller->fsgid;
}

/* setuid(2), setresuid(2): whether one of ARG + 1 users is a new one. */
static bool becomes_user(const struct call *call,
			 const struct credentials *caller, unsigned int arg)
{
	for (unsigned int i = 0; i <= arg; i++) {
		if (!is_own_user(caller, argument(call, i)))
			return true;
	}
	return false;
}

static bool becomes_group(const struct call *call,
			  const struct credentials *caller, unsigned int arg)
{
	for (unsigned int i = 0; i <= arg; i++) {
		if (!is_own_group(caller, argument(call, i)))
			return true;
	}
	return false;
}

/* socket(7), ip(7), ipv6(7): the options that are the administrator's. */
static bool sets_for_administrator(const struct call *call,
				   const struct credentials *caller,
				   unsigned int arg)
{
	uint32_t level = argument(call, 1), option = argument(call, arg);

	(void)caller;
	switch (level) {
	case SOL_SOCKET:
		return option == SO_SNDBUFFORCE || option == SO_RCVBUFFORCE ||
		       option == SO_MARK || option == SO_DEBUG;
	case IPPROTO_IP:
		return option == IP_TRANSPARENT || option == IP_IPSEC_POLICY ||
		       option == IP_XFRM_POLICY;
	case IPPROTO_IPV6:
		return option == IPV6_TRANSPARENT ||
		       option == IPV6_IPSEC_POLICY ||
		       option == IPV6_XFRM_POLICY;
	}
	return false;
}

/* syslog(2): two of its actions are everybody's unless the system says so. */
static bool is_privileged_log(const struct call *call,
			      const struct credentials *caller,
			      unsigned int arg)
{
	uint32_t action = argument(call, arg);

	(void)caller;
	return (action != 3 && action != 10) ||
	       sysctl_number("kernel/dmesg_restrict", 0);
}

/* userfaultfd(2): UFFD_USER_MODE_ONLY is everybody's. */
static bool faults_in_kernel(const struct call *call,
			     const struct credentials *caller, unsigned int arg)
{
	(void)caller;
	return !(argument(call, arg) & 1) &&
	       !sysctl_number("vm/unprivileged_userfaultfd", 0);
}

/* clang-format off */
/*
 * Where a call is not here, or not with the capability, it needs what it might
 * have failed for want of. Of System V IPC, what is whose is not looked at.
 */
static const struct row {
	const char *name;
	condition *applies;
	int capability; /* -1: all of them */
	unsigned int arg;
} rows[] = {
	{ "adjtimex", sets_clock, -1, 0 },
	{ "chown", gives_away, -1, 1 },
	{ "clock_adjtime", sets_clock, -1, 1 },
	{ "fchown", gives_away, -1, 1 },
	{ "fchownat", gives_away, -1, 2 },
	{ "fcntl", never, CAP_LEASE, 0 },
	{ "fcntl", is_large_pipe, CAP_SYS_RESOURCE, 2 },
	{ "get_robust_list", is_others, -1, 0 },
	{ "ioctl", sets_immutable, CAP_LINUX_IMMUTABLE, 1 },
	{ "ioctl", sets_network, CAP_NET_ADMIN, 1 },
	{ "ioctl", sets_device, CAP_SYS_ADMIN, 1 },
	{ "ioctl", sets_console, CAP_SYS_TTY_CONFIG, 1 },
	{ "ioprio_set", is_real_time_io, -1, 2 },
	{ "kcmp", is_others, -1, 1 },
	{ "kill", is_one_process, -1, 0 },
	{ "lchown", gives_away, -1, 1 },
	{ "listmount", never, -1, 0 },
	{ "migrate_pages", is_others, -1, 0 },
	{ "mlock", locks_much, -1, 1 },
	{ "mlock2", locks_much, -1, 1 },
	{ "mlockall", locks_all, -1, 0 },
	{ "mmap", locks_much, -1, 1 },
	{ "mmap2", locks_much, -1, 1 },
	{ "move_pages", is_others, -1, 0 },
	{ "msgctl", never, -1, 0 },
	{ "msgget", never, -1, 0 },
	{ "msgrcv", never, -1, 0 },
	{ "msgsnd", never, -1, 0 },
	{ "nice", is_negative, -1, 0 },
	{ "pidfd_getfd", never, -1, 0 },
	{ "pidfd_send_signal", never, -1, 0 },
	{ "prlimit", raises_limit, -1, 1 },
	{ "process_madvise", never, -1, 0 },
	{ "process_vm_readv", is_others, -1, 0 },
	{ "process_vm_writev", is_others, -1, 0 },
	{ "ptrace", attaches_to_others, -1, 1 },
	{ "sched_setaffinity", is_others, -1, 0 },
	{ "sched_setattr", is_real_time_attr, -1, 1 },
	{ "sched_setparam", is_others, -1, 0 },
	{ "sched_setscheduler", is_real_time, -1, 1 },
	{ "seccomp", never, -1, 0 }, /* no_new_privs is set */
	{ "semctl", never, -1, 0 },
	{ "semget", never, -1, 0 },
	{ "semop", never, -1, 0 },
	{ "semtimedop", never, -1, 0 },
	{ "setgid", becomes_group, -1, 0 },
	{ "setpriority", is_negative, -1, 2 },
	{ "setregid", becomes_group, -1, 1 },
	{ "setresgid", becomes_group, -1, 2 },
	{ "setresuid", becomes_user, -1, 2 },
	{ "setreuid", becomes_user, -1, 1 },
	{ "setrlimit", raises_limit, -1, 0 },
	{ "setsockopt", sets_for_administrator, CAP_NET_ADMIN, 2 },
	/* A socket that was bound before; Linux 5.7. */
	{ "setsockopt", never, CAP_NET_RAW, 2 },
	{ "setuid", becomes_user, -1, 0 },
	{ "shmat", never, -1, 0 },
	{ "shmctl", never, -1, 0 },
	{ "shmget", never, CAP_IPC_OWNER, 0 },
	{ "statmount", never, -1, 0 },
	{ "syslog", is_privileged_log, -1, 0 },
	{ "userfaultfd", faults_in_kernel, -1, 0 },
};
/* clang-format on */

static bool applies(const struct call *call, const char *name, int capability,
		    const struct credentials *caller)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		if (strcmp(row->name, name) == 0 &&
		    (row->capability < 0 || row->capability == capability))
			return row->applies(call, caller, row->arg);
	}
	return true;
}

static int privilege_needed(const struct call *call, const char *name,
			    const struct credentials *caller)
{
	struct credentials without = *caller;
	int capability;

	/* Of several that would do, the next one is tried: a call that asks
	 * for one thing does not ask for another. */
	without.capabilities = 0;
	do {
		capability = privilege_missing(call, name, EPERM, &without);
		if (capability < 0)
			capability =
				privilege_missing(call, name, EACCES, &without);
		if (capability >= 0 && applies(call, name, capability, caller))
			return capability;
		if (capability >= 0)
			without.capabilities |= 1ull << capability;
	} while (capability >= 0);
	return -1;
}

/* Above the modes of files: the one that gives less, where it is enough. */
static int permission_needed(const struct call *call, const char *name,
			     const struct credentials *caller)
{
	struct credentials without = *caller;
	char reason[256];

	without.capabilities = 0;
	if (permissions_explain(reason, sizeof(reason), call, name, &without,
				EPERM) == BLAME_OWNER)
		return CAP_FOWNER;
	if (permissions_explain(reason, sizeof(reason), call, name, &without,
				EACCES) != BLAME_MODE)
		return -1;
	if (!credentials_can(caller, CAP_DAC_READ_SEARCH))
		return CAP_DAC_OVERRIDE;
	without.capabilities = 1ull << CAP_DAC_READ_SEARCH;
	return permissions_explain(reason, sizeof(reason), call, name, &without,
				   EACCES) == BLAME_NOTHING
		       ? CAP_DAC_READ_SEARCH
		       : CAP_DAC_OVERRIDE;
}

int capability_needed(const struct call *call, const struct credentials *caller)
{
	char name[MAX_BASE_NAME];
	int capability;

	call_base_name(name, call);
	capability = privilege_needed(call, name, caller);
	if (capability < 0)
		capability = permission_needed(call, name, caller);
	/* What it has not, it did without. */
	return capability >= 0 && credentials_can(caller, capability)
		       ? capability
		       : -1;
}
