#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/mempolicy.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../memory.h"
#include "conditions.h"
#include "needs.h"
#include "privileges.h"

/* ip(7), ip_unprivileged_port_start: of the auditor's network namespace. */
static bool binds_low_port(const struct call *call,
			   const struct credentials *caller, unsigned int arg)
{
	struct sockaddr_in address; /* sockaddr_in6 begins in the same way */
	size_t size = offsetof(struct sockaddr_in, sin_addr);
	long start;

	(void)caller;
	if (memory_read(call->pid, call_argument(call, arg), &address, size) !=
	    (ssize_t)size)
		return false;
	if (address.sin_family != AF_INET && address.sin_family != AF_INET6)
		return false;
	start = sysctl_number("net/ipv4/ip_unprivileged_port_start", 1024);
	return ntohs(address.sin_port) && ntohs(address.sin_port) < start;
}

/* socket(2), packet(7), raw(7). Netlink's raw sockets are for everybody. */
static bool is_raw_socket(const struct call *call,
			  const struct credentials *caller, unsigned int arg)
{
	uint64_t family = call_argument(call, arg);
	uint64_t type = call_argument(call, arg + 1) & 017; /* SOCK_TYPE_MASK */

	(void)caller;
	return family == AF_PACKET ||
	       (type == SOCK_RAW && family != AF_NETLINK);
}

static bool is_socket_level(const struct call *call,
			    const struct credentials *caller, unsigned int arg)
{
	(void)caller;
	return (uint32_t)call_argument(call, arg - 1) == SOL_SOCKET;
}

/*
 * namespaces(7). With a user namespace the others need nothing: then whoever
 * refuses is the system's configuration, or user_namespaces(7).
 */
static bool is_namespaces(uint64_t flags)
{
	const uint64_t others = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET |
				CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS;

	return (flags & others) && !(flags & CLONE_NEWUSER);
}

static bool makes_namespaces(const struct call *call,
			     const struct credentials *caller, unsigned int arg)
{
	(void)caller;
	return is_namespaces(call_argument(call, arg));
}

/* struct clone_args of clone3(2) begins with the flags. */
static bool clone3_makes_namespaces(const struct call *call,
				    const struct credentials *caller,
				    unsigned int arg)
{
	uint64_t flags;

	(void)caller;
	return memory_read(call->pid, call_argument(call, arg), &flags,
			   sizeof(flags)) == sizeof(flags) &&
	       is_namespaces(flags);
}

/* unshare(2): CLONE_NEWTIME is none of clone's, where the bit is a signal's. */
static bool unshares_namespaces(const struct call *call,
				const struct credentials *caller,
				unsigned int arg)
{
	(void)caller;
	return is_namespaces(call_argument(call, arg)) ||
	       call_argument(call, arg) == CLONE_NEWTIME;
}

/*
 * kill(2), EPERM: whether the target is another user's. One that is hidden
 * (hidepid=, proc(5)) or gone, or that is a group, is taken for that.
 */
static bool is_others(const struct credentials *caller, pid_t pid)
{
	struct credentials target;

	if (pid <= 0)
		return true;
	if (!credentials_read(&target, pid))
		return errno == ENOENT || errno == ESRCH || errno == EACCES ||
		       errno == EPERM;
	credentials_free(&target);
	return caller->uid != target.uid && caller->uid != target.suid &&
	       caller->euid != target.uid && caller->euid != target.suid;
}

static bool is_others_process(const struct call *call,
			      const struct credentials *caller,
			      unsigned int arg)
{
	return is_others(caller, (pid_t)call_argument(call, arg));
}

static bool is_others_pidfd(const struct call *call,
			    const struct credentials *caller, unsigned int arg)
{
	return is_others(caller,
			 process_of_pidfd(call->pid,
					  (int)call_argument(call, arg)));
}

static bool makes_device(const struct call *call,
			 const struct credentials *caller, unsigned int arg)
{
	mode_t mode = (mode_t)call_argument(call, arg);

	(void)caller;
	return S_ISCHR(mode) || S_ISBLK(mode);
}

/* Whether the extended attribute's name begins with PREFIX (xattr(7)). */
static bool attribute_begins(const struct call *call, unsigned int arg,
			     const char *prefix)
{
	size_t length = strlen(prefix);
	char name[32];

	return memory_read(call->pid, call_argument(call, arg), name, length) ==
		       (ssize_t)length &&
	       strncmp(name, prefix, length) == 0;
}

static bool is_file_capability(const struct call *call,
			       const struct credentials *caller,
			       unsigned int arg)
{
	(void)caller;
	return attribute_begins(call, arg, "security.capability");
}

static bool is_privileged_attribute(const struct call *call,
				    const struct credentials *caller,
				    unsigned int arg)
{
	(void)caller;
	return attribute_begins(call, arg, "trusted.") ||
	       (attribute_begins(call, arg, "security.") &&
		!attribute_begins(call, arg, "security.capability"));
}

enum { P = 1, A = 2, PA = P | A }; /* EPERM, EACCES */

#define NONE (-1) /* no capability helps */

struct row {
	const char *name;
	int capability; /* or NONE: rows after it are not looked at */
	int errnums;
	/* Only where argument ARG, under the mask (0: none), is VALUE, ... */
	unsigned int arg;
	uint32_t mask, value;
	condition *applies; /* ... and this is so (NULL: always). */
};

#define ALL UINT32_MAX

/*
 * Sorted by name; of several rows that apply, the first whose capability the
 * caller lacks. From capabilities(7) and the pages of section 2, ERRORS, except
 * for devices' requests, which are numbers of <asm/ioctls.h> and the like:
 * those of a kind begin with the same byte.
 */
/* clang-format off */
#define ROWS_OF_SIGNAL(name, arg) \
	{ name, CAP_KILL, P, arg, 0, 0, is_others_process }
static const struct row rows[] = {
	{ "acct", CAP_SYS_PACCT, P, 0, 0, 0, NULL },
	{ "adjtimex", CAP_SYS_TIME, P, 0, 0, 0, NULL },
	{ "bind", CAP_NET_BIND_SERVICE, A, 1, 0, 0, binds_low_port },
	{ "bpf", CAP_BPF, P, 0, 0, 0, NULL },
	{ "bpf", CAP_NET_ADMIN, P, 1, 0, 0, is_network_program },
	{ "bpf", CAP_PERFMON, P, 1, 0, 0, is_tracing_program },
	{ "bpf", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "chown", CAP_CHOWN, P, 0, 0, 0, NULL },
	{ "chroot", CAP_SYS_CHROOT, P, 0, 0, 0, NULL },
	{ "clock_adjtime", CAP_SYS_TIME, P, 0, 0, 0, NULL },
	/* CLOCK_REALTIME_ALARM and CLOCK_BOOTTIME_ALARM: 8, 9 */
	{ "clock_nanosleep", CAP_WAKE_ALARM, P, 0, ~1u, 8, NULL },
	{ "clock_settime", CAP_SYS_TIME, P, 0, 0, 0, NULL },
	{ "clone", CAP_SYS_ADMIN, P, 0, 0, 0, makes_namespaces },
	{ "clone3", CAP_SYS_ADMIN, P, 0, 0, 0, clone3_makes_namespaces },
	{ "create_module", CAP_SYS_MODULE, P, 0, 0, 0, NULL },
	{ "delete_module", CAP_SYS_MODULE, P, 0, 0, 0, NULL },
	{ "fanotify_init", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "fanotify_mark", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "fchown", CAP_CHOWN, P, 0, 0, 0, NULL },
	{ "fchownat", CAP_CHOWN, P, 0, 0, 0, NULL },
	{ "fcntl", CAP_LEASE, A, 1, ALL, F_SETLEASE, NULL },
	{ "fcntl", CAP_SYS_RESOURCE, P, 1, ALL, F_SETPIPE_SZ, NULL },
	{ "finit_module", CAP_SYS_MODULE, P, 0, 0, 0, NULL },
	{ "fremovexattr", CAP_SETFCAP, P, 1, 0, 0, is_file_capability },
	{ "fremovexattr", CAP_SYS_ADMIN, P, 1, 0, 0, is_privileged_attribute },
	{ "fsconfig", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "fsetxattr", CAP_SETFCAP, P, 1, 0, 0, is_file_capability },
	{ "fsetxattr", CAP_SYS_ADMIN, P, 1, 0, 0, is_privileged_attribute },
	{ "fsmount", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "fsopen", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "fspick", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "get_robust_list", CAP_SYS_PTRACE, P, 0, 0, 0, NULL },
	{ "init_module", CAP_SYS_MODULE, P, 0, 0, 0, NULL },
	/* SIOC*, TUNSET*, FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR */
	{ "ioctl", CAP_NET_ADMIN, P, 1, 0xff00, 0x8900, NULL },
	{ "ioctl", CAP_NET_ADMIN, P, 1, 0xfff0, 0x54c0, NULL },
	{ "ioctl", CAP_NET_ADMIN, P, 1, 0xfff0, 0x54d0, NULL },
	{ "ioctl", CAP_FOWNER, P, 1, 0xffff, 0x6602, is_others_file },
	{ "ioctl", CAP_FOWNER, P, 1, 0xffff, 0x5820, is_others_file },
	{ "ioctl", CAP_LINUX_IMMUTABLE, P, 1, 0xffff, 0x6602, changes_immutable },
	{ "ioctl", CAP_LINUX_IMMUTABLE, P, 1, 0xffff, 0x5820, changes_immutable },
	/* FIFREEZE, FITHAW, FITRIM, BLK*, LOOP_* */
	{ "ioctl", CAP_SYS_ADMIN, P, 1, 0xffff, 0x5877, NULL },
	{ "ioctl", CAP_SYS_ADMIN, P, 1, 0xffff, 0x5878, NULL },
	{ "ioctl", CAP_SYS_ADMIN, P, 1, 0xffff, 0x5879, NULL },
	{ "ioctl", CAP_SYS_ADMIN, PA, 1, 0xff00, 0x1200, NULL },
	{ "ioctl", CAP_SYS_ADMIN, PA, 1, 0xff00, 0x4c00, NULL },
	/* TIOCSTI, TIOCCONS, TIOCLINUX, TIOCVHANGUP (ioctl_tty(2)) */
	{ "ioctl", CAP_SYS_ADMIN, P, 1, ALL, TIOCSTI, NULL },
	{ "ioctl", CAP_SYS_ADMIN, P, 1, ALL, TIOCCONS, NULL },
	{ "ioctl", CAP_SYS_ADMIN, P, 1, ALL, TIOCLINUX, NULL },
	{ "ioctl", CAP_SYS_ADMIN, P, 1, ALL, TIOCVHANGUP, NULL },
	/* KD*, VT_* (ioctl_console(2)); FIBMAP; RTC_SET_TIME (rtc(4)) */
	{ "ioctl", CAP_SYS_TTY_CONFIG, P, 1, 0xff00, 0x4b00, NULL },
	{ "ioctl", CAP_SYS_TTY_CONFIG, P, 1, 0xff00, 0x5600, NULL },
	{ "ioctl", CAP_SYS_RAWIO, P, 1, ALL, FIBMAP, NULL },
	{ "ioctl", CAP_SYS_TIME, PA, 1, 0xffff, 0x700a, NULL },
	{ "ioperm", CAP_SYS_RAWIO, P, 0, 0, 0, NULL },
	{ "iopl", CAP_SYS_RAWIO, P, 0, 0, 0, NULL },
	{ "ioprio_set", CAP_SYS_NICE, P, 0, 0, 0, NULL },
	{ "kcmp", CAP_SYS_PTRACE, P, 0, 0, 0, NULL },
	{ "kexec_file_load", CAP_SYS_BOOT, P, 0, 0, 0, NULL },
	{ "kexec_load", CAP_SYS_BOOT, P, 0, 0, 0, NULL },
	{ "keyctl", CAP_SYS_ADMIN, A, 0, ALL, 4, NULL }, /* KEYCTL_CHOWN */
	ROWS_OF_SIGNAL("kill", 0),
	{ "lchown", CAP_CHOWN, P, 0, 0, 0, NULL },
	{ "listmount", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "lookup_dcookie", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "lremovexattr", CAP_SETFCAP, P, 1, 0, 0, is_file_capability },
	{ "lremovexattr", CAP_SYS_ADMIN, P, 1, 0, 0, is_privileged_attribute },
	{ "lsetxattr", CAP_SETFCAP, P, 1, 0, 0, is_file_capability },
	{ "lsetxattr", CAP_SYS_ADMIN, P, 1, 0, 0, is_privileged_attribute },
	{ "mbind", CAP_SYS_NICE, P, 5, MPOL_MF_MOVE_ALL, MPOL_MF_MOVE_ALL, NULL },
	{ "memfd_create", CAP_IPC_LOCK, P, 1, MFD_HUGETLB, MFD_HUGETLB, NULL },
	{ "migrate_pages", CAP_SYS_NICE, P, 0, 0, 0, NULL },
	{ "mknod", CAP_MKNOD, P, 1, 0, 0, makes_device },
	{ "mknodat", CAP_MKNOD, P, 2, 0, 0, makes_device },
	{ "mlock", CAP_IPC_LOCK, P, 0, 0, 0, NULL },
	{ "mlock2", CAP_IPC_LOCK, P, 0, 0, 0, NULL },
	{ "mlockall", CAP_IPC_LOCK, P, 0, 0, 0, NULL },
	{ "mmap", CAP_IPC_LOCK, P, 3, MAP_LOCKED, MAP_LOCKED, NULL },
	{ "mmap2", CAP_IPC_LOCK, P, 3, MAP_LOCKED, MAP_LOCKED, NULL },
	{ "mount", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "mount_setattr", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "move_mount", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	/* mm/migrate.c: kernel_move_pages(), then find_mm_struct() */
	{ "move_pages", CAP_SYS_NICE, P, 5, MPOL_MF_MOVE_ALL, MPOL_MF_MOVE_ALL, NULL },
	{ "move_pages", CAP_SYS_PTRACE, P, 0, 0, 0, NULL },
	{ "msgctl", CAP_SYS_ADMIN, P, 0, 0, 0, is_others_queue },
	{ "msgctl", CAP_SYS_RESOURCE, P, 2, 0, 0, is_large_queue },
	{ "msgget", CAP_IPC_OWNER, A, 0, 0, 0, NULL },
	{ "msgrcv", CAP_IPC_OWNER, A, 0, 0, 0, NULL },
	{ "msgsnd", CAP_IPC_OWNER, A, 0, 0, 0, NULL },
	{ "nice", CAP_SYS_NICE, P, 0, 0, 0, NULL },
	{ "open_by_handle_at", CAP_DAC_READ_SEARCH, P, 0, 0, 0, NULL },
	{ "open_tree", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "pciconfig_iobase", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "pciconfig_read", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "pciconfig_write", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "perf_event_open", CAP_PERFMON, PA, 0, 0, 0, NULL },
	{ "pidfd_getfd", CAP_SYS_PTRACE, P, 0, 0, 0, NULL },
	{ "pidfd_send_signal", NONE, P, 2, 0, 0, is_forged_signal },
	{ "pidfd_send_signal", CAP_KILL, P, 0, 0, 0, is_others_pidfd },
	{ "pivot_root", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "prctl", CAP_SETPCAP, P, 0, ALL, PR_CAPBSET_DROP, NULL },
	{ "prctl", CAP_SETPCAP, P, 0, ALL, PR_SET_SECUREBITS, NULL },
	{ "prctl", CAP_SYS_RESOURCE, P, 0, ALL, PR_SET_MM, NULL },
	{ "prlimit", CAP_SYS_RESOURCE, P, 0, 0, 0, NULL },
	{ "process_madvise", CAP_SYS_PTRACE, A, 0, 0, 0, NULL },
	{ "process_madvise", CAP_SYS_NICE, P, 0, 0, 0, NULL },
	{ "process_vm_readv", CAP_SYS_PTRACE, P, 0, 0, 0, NULL },
	{ "process_vm_writev", CAP_SYS_PTRACE, P, 0, 0, 0, NULL },
	{ "ptrace", CAP_SYS_PTRACE, P, 0, 0, 0, NULL },
	{ "quotactl", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "quotactl_fd", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "reboot", CAP_SYS_BOOT, P, 0, 0, 0, NULL },
	{ "removexattr", CAP_SETFCAP, P, 1, 0, 0, is_file_capability },
	{ "removexattr", CAP_SYS_ADMIN, P, 1, 0, 0, is_privileged_attribute },
	{ "rt_sigqueueinfo", NONE, P, 2, 0, 0, is_forged_signal },
	ROWS_OF_SIGNAL("rt_sigqueueinfo", 0),
	{ "rt_tgsigqueueinfo", NONE, P, 3, 0, 0, is_forged_signal },
	ROWS_OF_SIGNAL("rt_tgsigqueueinfo", 1),
	{ "sched_setaffinity", CAP_SYS_NICE, P, 0, 0, 0, NULL },
	{ "sched_setattr", CAP_SYS_NICE, P, 0, 0, 0, NULL },
	{ "sched_setparam", CAP_SYS_NICE, P, 0, 0, 0, NULL },
	{ "sched_setscheduler", CAP_SYS_NICE, P, 0, 0, 0, NULL },
	{ "seccomp", CAP_SYS_ADMIN, A, 0, 0, 0, NULL },
	{ "semctl", CAP_IPC_OWNER, A, 0, 0, 0, NULL },
	{ "semctl", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "semget", CAP_IPC_OWNER, A, 0, 0, 0, NULL },
	{ "semop", CAP_IPC_OWNER, A, 0, 0, 0, NULL },
	{ "semtimedop", CAP_IPC_OWNER, A, 0, 0, 0, NULL },
	{ "setdomainname", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "setgid", CAP_SETGID, P, 0, 0, 0, NULL },
	{ "setgroups", CAP_SETGID, P, 0, 0, 0, NULL },
	{ "sethostname", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "setns", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "setpriority", CAP_SYS_NICE, PA, 0, 0, 0, NULL },
	{ "setregid", CAP_SETGID, P, 0, 0, 0, NULL },
	{ "setresgid", CAP_SETGID, P, 0, 0, 0, NULL },
	{ "setresuid", CAP_SETUID, P, 0, 0, 0, NULL },
	{ "setreuid", CAP_SETUID, P, 0, 0, 0, NULL },
	{ "setrlimit", CAP_SYS_RESOURCE, P, 0, 0, 0, NULL },
	{ "setsockopt", NONE, P, 2, 0, 0, is_socket_filter },
	{ "setsockopt", CAP_NET_RAW, P, 2, 0, 0, is_ipv6_header },
	{ "setsockopt", NONE, P, 2, 0, 0, is_ipv6_header },
	{ "setsockopt", CAP_NET_RAW, P, 2, ALL, SO_BINDTODEVICE, is_socket_level },
	{ "setsockopt", CAP_NET_ADMIN, PA, 2, 0, 0, is_socket_level },
	{ "setsockopt", CAP_NET_ADMIN, P, 1, ALL, IPPROTO_IP, NULL },
	{ "setsockopt", CAP_NET_ADMIN, P, 1, ALL, IPPROTO_IPV6, NULL },
	{ "setsockopt", CAP_NET_ADMIN, P, 1, ALL, IPPROTO_TCP, NULL },
	{ "settimeofday", CAP_SYS_TIME, P, 0, 0, 0, NULL },
	{ "setuid", CAP_SETUID, P, 0, 0, 0, NULL },
	{ "setxattr", CAP_SETFCAP, P, 1, 0, 0, is_file_capability },
	{ "setxattr", CAP_SYS_ADMIN, P, 1, 0, 0, is_privileged_attribute },
	{ "shmat", CAP_IPC_OWNER, A, 0, 0, 0, NULL },
	{ "shmctl", CAP_IPC_LOCK, P, 1, ALL, SHM_LOCK, NULL },
	{ "shmctl", CAP_IPC_LOCK, P, 1, ALL, SHM_UNLOCK, NULL },
	{ "shmctl", CAP_IPC_OWNER, A, 0, 0, 0, NULL },
	{ "shmctl", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "shmget", CAP_IPC_LOCK, P, 2, SHM_HUGETLB, SHM_HUGETLB, NULL },
	{ "shmget", CAP_IPC_OWNER, A, 0, 0, 0, NULL },
	{ "socket", CAP_NET_RAW, P, 0, 0, 0, is_raw_socket },
	{ "statmount", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "stime", CAP_SYS_TIME, P, 0, 0, 0, NULL },
	{ "swapoff", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "swapon", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "syslog", CAP_SYSLOG, P, 0, 0, 0, NULL },
	ROWS_OF_SIGNAL("tgkill", 1),
	{ "timer_create", CAP_WAKE_ALARM, P, 0, ~1u, 8, NULL },
	{ "timerfd_create", CAP_WAKE_ALARM, P, 0, ~1u, 8, NULL },
	ROWS_OF_SIGNAL("tkill", 0),
	{ "umount", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "umount2", CAP_SYS_ADMIN, P, 0, 0, 0, NULL },
	{ "unshare", CAP_SYS_ADMIN, P, 0, 0, 0, unshares_namespaces },
	{ "userfaultfd", CAP_SYS_PTRACE, P, 0, 0, 0, NULL },
	{ "vhangup", CAP_SYS_TTY_CONFIG, P, 0, 0, 0, NULL },
};
/* clang-format on */

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

/* The first row of NAME, or N_ROWS. */
static size_t find(const char *name)
{
	size_t from = 0, to = N_ROWS;

	while (from < to) {
		size_t middle = (from + to) / 2;

		if (strcmp(rows[middle].name, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool applies(const struct row *row, const struct call *call,
		    const struct credentials *caller, int errnum)
{
	uint32_t value = (uint32_t)call_argument(call, row->arg);

	if (!(row->errnums & (errnum == EPERM ? P : A)))
		return false;
	if (row->mask && (value & row->mask) != row->value)
		return false;
	return !row->applies || row->applies(call, caller, row->arg);
}

int privilege_missing(const struct call *call, const char *name, int errnum,
		      const struct credentials *caller)
{
	for (size_t i = find(name);
	     i < N_ROWS && strcmp(rows[i].name, name) == 0; i++) {
		int capability = rows[i].capability;

		if ((capability == NONE ||
		     !credentials_can(caller, capability)) &&
		    applies(&rows[i], call, caller, errnum))
			return capability;
	}
	return -1;
}
