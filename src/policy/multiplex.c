#include <linux/ipc.h>
#include <linux/net.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "multiplex.h"
#include "names.h"

/* Sorted by name. */
static const struct multiplexed {
	const char *name;
	const char *through;
	uint32_t selector;
} calls[] = {
	{ "accept", "socketcall", SYS_ACCEPT },
	{ "accept4", "socketcall", SYS_ACCEPT4 },
	{ "bind", "socketcall", SYS_BIND },
	{ "connect", "socketcall", SYS_CONNECT },
	{ "getpeername", "socketcall", SYS_GETPEERNAME },
	{ "getsockname", "socketcall", SYS_GETSOCKNAME },
	{ "getsockopt", "socketcall", SYS_GETSOCKOPT },
	{ "listen", "socketcall", SYS_LISTEN },
	{ "msgctl", "ipc", MSGCTL },
	{ "msgget", "ipc", MSGGET },
	{ "msgrcv", "ipc", MSGRCV },
	{ "msgsnd", "ipc", MSGSND },
	{ "recv", "socketcall", SYS_RECV },
	{ "recvfrom", "socketcall", SYS_RECVFROM },
	{ "recvmmsg", "socketcall", SYS_RECVMMSG },
	{ "recvmsg", "socketcall", SYS_RECVMSG },
	{ "semctl", "ipc", SEMCTL },
	{ "semget", "ipc", SEMGET },
	{ "semop", "ipc", SEMOP },
	{ "semtimedop", "ipc", SEMTIMEDOP },
	{ "send", "socketcall", SYS_SEND },
	{ "sendmmsg", "socketcall", SYS_SENDMMSG },
	{ "sendmsg", "socketcall", SYS_SENDMSG },
	{ "sendto", "socketcall", SYS_SENDTO },
	{ "setsockopt", "socketcall", SYS_SETSOCKOPT },
	{ "shmat", "ipc", SHMAT },
	{ "shmctl", "ipc", SHMCTL },
	{ "shmdt", "ipc", SHMDT },
	{ "shmget", "ipc", SHMGET },
	{ "shutdown", "socketcall", SYS_SHUTDOWN },
	{ "socket", "socketcall", SYS_SOCKET },
	{ "socketpair", "socketcall", SYS_SOCKETPAIR },
};

static int compare_names(const void *name, const void *call)
{
	return strcmp(name, ((const struct multiplexed *)call)->name);
}

/* Without socketcall(2) an architecture does not have ipc(2), either. */
bool arch_multiplexes(uint32_t arch)
{
	return syscall_number(arch, "socketcall") >= 0;
}

bool multiplex_find(uint32_t arch, const char *name,
		    struct multiplex *multiplex)
{
	const struct multiplexed *call =
		bsearch(name, calls, sizeof(calls) / sizeof(calls[0]),
			sizeof(calls[0]), compare_names);

	if (!call)
		return false;
	multiplex->nr = syscall_number(arch, call->through);
	multiplex->selector = call->selector;
	/* ipc's upper 16 bits are a version (kernel, ipc/syscall.c). */
	multiplex->mask =
		strcmp(call->through, "ipc") == 0 ? 0xffff : UINT32_MAX;
	return multiplex->nr >= 0;
}

const char *multiplexed_name(const char *through, uint64_t selector)
{
	/* ipc's upper 16 bits are a version, as above. */
	uint32_t wanted = (uint32_t)selector &
			  (strcmp(through, "ipc") == 0 ? 0xffff : UINT32_MAX);

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(calls[i].through, through) == 0 &&
		    calls[i].selector == wanted)
			return calls[i].name;
	}
	return NULL;
}

bool arguments_differ(uint32_t arch, const char *name)
{
	/* In the kernel's syscall_32.tbl: sys_old_mmap and sys_old_select,
	 * 16-bit ids, and offsets in two registers. */
	static const char *const names[] = {
		"chown",       "fadvise64",	"fadvise64_64",
		"fallocate",   "fanotify_mark", "fchown",
		"ftruncate64", "lchown",	"lookup_dcookie",
		"mmap",	       "pread64",	"pwrite64",
		"readahead",   "select",	"setfsgid",
		"setfsuid",    "setgid",	"setgroups",
		"setregid",    "setresgid",	"setresuid",
		"setreuid",    "setuid",	"sync_file_range",
		"truncate64",
	};

	if (arch == SCMP_ARCH_S390X)
		return strcmp(name, "mmap") == 0;
	if (!arch_is_32bit(arch))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}
