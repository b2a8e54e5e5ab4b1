#include <limits.h>
#include <linux/bpf.h>
#include <linux/fs.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../decode/decode.h"
#include "../memory.h"
#include "conditions.h"
#include "needs.h"
#include "walk.h"

static bool read_number(const struct call *call, unsigned int arg,
			size_t offset, uint32_t *number)
{
	return memory_read(call->pid, call_argument(call, arg) + offset, number,
			   sizeof(*number)) == sizeof(*number);
}

/* ---- Programs: kernel/bpf/syscall.c ---- */

#define TYPE(name) (1ull << BPF_PROG_TYPE_##name)

/* Whether the program is of one of TYPES. union bpf_attr begins with it. */
static bool is_program(const struct call *call, unsigned int arg,
		       uint64_t types)
{
	uint32_t type;

	return call_argument(call, arg - 1) == BPF_PROG_LOAD &&
	       read_number(call, arg, 0, &type) && type < 64 &&
	       types >> type & 1;
}

/* is_net_admin_prog_type() there; the header may not know the last one. */
bool is_network_program(const struct call *call,
			const struct credentials *caller, unsigned int arg)
{
	const uint64_t netfilter = 1ull << 32;
	const uint64_t types =
		TYPE(SCHED_CLS) | TYPE(SCHED_ACT) | TYPE(XDP) | TYPE(LWT_IN) |
		TYPE(LWT_OUT) | TYPE(LWT_XMIT) | TYPE(LWT_SEG6LOCAL) |
		TYPE(SK_SKB) | TYPE(SK_MSG) | TYPE(FLOW_DISSECTOR) |
		TYPE(CGROUP_DEVICE) | TYPE(CGROUP_SOCK) |
		TYPE(CGROUP_SOCK_ADDR) | TYPE(CGROUP_SOCKOPT) |
		TYPE(CGROUP_SYSCTL) | TYPE(SOCK_OPS) | TYPE(EXT) | netfilter;

	(void)caller;
	return is_program(call, arg, types);
}

/* is_perfmon_prog_type() there */
bool is_tracing_program(const struct call *call,
			const struct credentials *caller, unsigned int arg)
{
	const uint64_t types = TYPE(KPROBE) | TYPE(TRACEPOINT) |
			       TYPE(PERF_EVENT) | TYPE(RAW_TRACEPOINT) |
			       TYPE(RAW_TRACEPOINT_WRITABLE) | TYPE(TRACING) |
			       TYPE(LSM) | TYPE(STRUCT_OPS) | TYPE(EXT);

	(void)caller;
	return is_program(call, arg, types);
}

/* ---- Files: fs/file_attr.c (fs/ioctl.c before Linux 6.17) ---- */

/* The file of the call's descriptor; false where it cannot be told. */
static bool find_file(struct statx *file, const struct call *call,
		      const struct credentials *caller)
{
	struct walk walk = { .pid = call->pid, .process = caller->process };
	enum walk_step step;
	char path[PATH_MAX];

	if (!call_path(call, 0, path, sizeof(path)) || !walk_begin(&walk, path))
		return false;
	while ((step = walk_next(&walk)) < WALK_END)
		;
	*file = walk.file;
	return step == WALK_END && walk.exists;
}

/* vfs_fileattr_set() there asks this first. */
bool is_others_file(const struct call *call, const struct credentials *caller,
		    unsigned int arg)
{
	struct statx file;

	(void)arg;
	return find_file(&file, call, caller) && file.stx_uid != caller->fsuid;
}

/* fileattr_set_prepare() there; struct fsxattr begins with its flags. */
bool changes_immutable(const struct call *call,
		       const struct credentials *caller, unsigned int arg)
{
	bool is_flags = (call_argument(call, arg) & 0xff00) == 0x6600;
	uint32_t immutable = is_flags ? FS_IMMUTABLE_FL : FS_XFLAG_IMMUTABLE;
	uint32_t append = is_flags ? FS_APPEND_FL : FS_XFLAG_APPEND;
	struct statx file;
	uint32_t flags;

	if (!find_file(&file, call, caller) ||
	    !read_number(call, arg + 1, 0, &flags))
		return true;
	return !(flags & immutable) !=
		       !(file.stx_attributes & STATX_ATTR_IMMUTABLE) ||
	       !(flags & append) != !(file.stx_attributes & STATX_ATTR_APPEND);
}

/* ---- Message queues: ipc/msg.c, msgctl_down() ---- */

/* The columns of /proc/sysvipc/msg, all of them numbers: key, msqid, perms,
 * cbytes, qnum, lspid, lrpid, uid, gid and cuid come first. */
enum column { COLUMN_ID = 1, COLUMN_OWNER = 7, COLUMN_CREATOR = 9, N_COLUMNS };

static bool read_columns(const char *line, long columns[N_COLUMNS])
{
	for (int i = 0; i < N_COLUMNS; i++) {
		char *end;

		columns[i] = strtol(line, &end, 10);
		if (end == line)
			return false;
		line = end;
	}
	return true;
}

/* Of the auditor's IPC namespace; where it is not known there, it is. */
bool is_others_queue(const struct call *call, const struct credentials *caller,
		     unsigned int arg)
{
	int wanted = (int)call_argument(call, arg);
	FILE *file = fopen("/proc/sysvipc/msg", "re");
	bool is_other = true;
	long columns[N_COLUMNS];
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (read_columns(line, columns) && columns[COLUMN_ID] == wanted)
			is_other = columns[COLUMN_OWNER] != caller->euid &&
				   columns[COLUMN_CREATOR] != caller->euid;
	}
	if (file)
		fclose(file);
	return is_other;
}

bool is_large_queue(const struct call *call, const struct credentials *caller,
		    unsigned int arg)
{
	const size_t offset = offsetof(struct msqid_ds, msg_qbytes);
	uint32_t bytes;

	(void)caller;
	return read_number(call, arg, offset, &bytes) &&
	       bytes > sysctl_number("kernel/msgmnb", 16384);
}

/* ---- Signals: kernel/signal.c, do_rt_sigqueueinfo() ---- */

bool is_forged_signal(const struct call *call, const struct credentials *caller,
		      unsigned int arg)
{
	uint32_t code;

	(void)caller;
	return read_number(call, arg, offsetof(siginfo_t, si_code), &code) &&
	       ((int32_t)code >= 0 || (int32_t)code == SI_TKILL);
}

/* ---- Sockets ---- */

/* net/core/filter.c: a filter that SO_LOCK_FILTER has locked stays so. */
bool is_socket_filter(const struct call *call, const struct credentials *caller,
		      unsigned int arg)
{
	(void)caller;
	if ((uint32_t)call_argument(call, arg - 1) != SOL_SOCKET)
		return false;
	switch (call_argument(call, arg)) {
	case SO_ATTACH_FILTER:
	case SO_DETACH_FILTER:
	case SO_LOCK_FILTER:
	case SO_ATTACH_BPF:
	case SO_ATTACH_REUSEPORT_CBPF:
	case SO_ATTACH_REUSEPORT_EBPF:
		return true;
	}
	return false;
}

/* net/ipv6/ipv6_sockglue.c, ipv6_set_opt_hdr(); net/ipv6/datagram.c,
 * ip6_datagram_send_ctl(), of the messages in IPV6_2292PKTOPTIONS. */
bool is_ipv6_header(const struct call *call, const struct credentials *caller,
		    unsigned int arg)
{
	(void)caller;
	if ((uint32_t)call_argument(call, arg - 1) != IPPROTO_IPV6)
		return false;
	switch (call_argument(call, arg)) {
	case IPV6_HOPOPTS:
	case IPV6_RTHDRDSTOPTS:
	case IPV6_DSTOPTS:
	case IPV6_2292PKTOPTIONS:
		return true;
	}
	return false;
}
