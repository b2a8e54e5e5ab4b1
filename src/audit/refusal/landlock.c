#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../../policy/network.h"
#include "../../policy/paths.h"
#include "../decode/decode.h"
#include "../decode/show_memory.h"
#include "landlock.h"
#include "needs.h"
#include "place.h"

/* What an entry of a policy can hold (scrun.ini(5), Limits). */
#define MAX_ENTRY 190

#define READ	  (1u << PATHS_READ)
#define WRITE	  (1u << PATHS_WRITE)
#define EXECUTE	  (1u << PATHS_EXECUTE)

static bool is_one_of(const char *name, const char *const *names)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

static bool say(struct refusal *refusal, const char *reason)
{
	snprintf(refusal->reason, sizeof(refusal->reason), "%s", reason);
	return true;
}

/* ---- Sockets ---- */

static size_t address_of(const struct call *call,
			 struct sockaddr_storage *address)
{
	struct shown shown = { .call = call, .roles = call_roles(call) };

	for (; shown.index < 6; shown.index++) {
		enum role_kind kind = shown_role(&shown)->kind;

		if (kind == ROLE_SOCKADDR || kind == ROLE_MSGHDR)
			return shown_sockaddr(&shown, address);
	}
	return 0;
}

/*
 * Where it cannot be told, it is: most are, and the rule was not there. A file
 * is not asked: its file system may be served by the command, which waits for
 * us.
 */
static bool is_tcp(const struct call *call)
{
	static const char socket[] = "socket:[";
	char path[64], link[32], protocol[16] = "";
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)call->pid,
		 (int)call_argument(call, 0));
	n = readlink(path, link, sizeof(link));
	if (n < (ssize_t)strlen(socket) ||
	    strncmp(link, socket, strlen(socket)) != 0 ||
	    getxattr(path, "system.sockprotoname", protocol,
		     sizeof(protocol) - 1) < 0)
		return true;
	return strncmp(protocol, "TCP", 3) == 0;
}

bool landlock_port(const struct call *call, enum port_use use,
		   unsigned int *port)
{
	struct sockaddr_storage address;
	struct sockaddr_in internet; /* sockaddr_in6 begins in the same way */
	size_t size = offsetof(struct sockaddr_in, sin_addr);

	if (address_of(call, &address) < size)
		return false;
	memcpy(&internet, &address, size);
	*port = ntohs(internet.sin_port);
	/* bind(2) takes AF_UNSPEC for AF_INET. */
	return (internet.sin_family == AF_INET ||
		internet.sin_family == AF_INET6 ||
		(use == PORTS_BIND && internet.sin_family == AF_UNSPEC)) &&
	       is_tcp(call);
}

/* EACCES of a TCP port that the policy does not list. */
static bool explain_port(struct refusal *refusal, const struct policy *policy,
			 const struct call *call, enum port_use use)
{
	unsigned int port;

	if (!policy->port_origins[use].file ||
	    !landlock_port(call, use, &port) || port_allowed(policy, use, port))
		return false;
	snprintf(refusal->allow, sizeof(refusal->allow), "[network] %s = %u",
		 port_key(use), port);
	return say(refusal, "Landlock: no [network] rule for it");
}

/* EPERM of a socket whose name is none of a file (unix(7), Abstract). */
static bool explain_abstract(struct refusal *refusal,
			     const struct policy *policy,
			     const struct call *call)
{
	struct sockaddr_storage address;
	size_t start = offsetof(struct sockaddr_un, sun_path);

	if (!policy->scopes[SCOPE_ABSTRACT_SOCKETS].file ||
	    address_of(call, &address) <= start ||
	    address.ss_family != AF_UNIX || ((char *)&address)[start] != '\0')
		return false;
	return say(refusal, "Landlock: it is in another scope");
}

bool landlock_explain_socket(struct refusal *refusal,
			     const struct policy *policy,
			     const struct call *call, const char *name,
			     int errnum)
{
	static const char *const senders[] = { "connect", "sendmsg", "sendto",
					       NULL };

	if (errnum == EACCES && strcmp(name, "bind") == 0)
		return explain_port(refusal, policy, call, PORTS_BIND);
	if (errnum == EACCES && strcmp(name, "connect") == 0)
		return explain_port(refusal, policy, call, PORTS_CONNECT);
	if (errnum == EPERM && is_one_of(name, senders))
		return explain_abstract(refusal, policy, call);
	return false;
}

/* ---- Mounts and processes ---- */

/* As in the kernel's security/landlock/fs.c, hook_sb_mount() and its like. */
static const char *const mounters[] = { "mount",  "move_mount", "pivot_root",
					"umount", "umount2",	NULL };

/* A call on a process, and the argument that says which. */
struct reach {
	const char *name;
	unsigned int arg;
	bool is_pidfd;
};

/* clang-format off */
/* security/landlock/task.c, hook_task_kill() */
static const struct reach signals[] = {
	{ "kill", 0, false },
	{ "pidfd_send_signal", 0, true },
	{ "rt_sigqueueinfo", 0, false },
	{ "rt_tgsigqueueinfo", 1, false },
	{ "tgkill", 1, false },
	{ "tkill", 0, false },
	{ NULL, 0, false },
};

/* There, hook_ptrace_access_check(); who asks: ptrace_may_access(). */
static const struct reach traces[] = {
	{ "get_robust_list", 0, false },
	{ "kcmp", 0, false },
	{ "kcmp", 1, false },
	{ "migrate_pages", 0, false },
	{ "move_pages", 0, false },
	{ "pidfd_getfd", 0, true },
	{ "process_madvise", 0, true },
	{ "process_vm_readv", 0, false },
	{ "process_vm_writev", 0, false },
	{ "ptrace", 1, false },
	{ NULL, 0, false },
};
/* clang-format on */

/*
 * Whether it is a process to which the command's rules do not extend: none of
 * the command's. A group (kill(2)) is taken for one, and what cannot be looked
 * at (hidepid=, proc(5)); 0 is the caller itself.
 */
static bool is_outside(const struct reach *reach, const struct call *call)
{
	pid_t pid = (pid_t)call_argument(call, reach->arg);
	struct credentials target;
	bool is_audited;

	if (reach->is_pidfd)
		pid = process_of_pidfd(call->pid, (int)pid);
	else if (pid == 0 && strcmp(reach->name, "kill") != 0)
		return false;
	if (pid <= 0 || !credentials_read(&target, pid))
		return true;
	is_audited = credentials_are_audited(&target);
	credentials_free(&target);
	return !is_audited;
}

static bool reaches_outside(const struct reach *reach, const struct call *call,
			    const char *name)
{
	for (; reach->name; reach++) {
		if (strcmp(reach->name, name) == 0 && is_outside(reach, call))
			return true;
	}
	return false;
}

/* PTRACE_TRACEME asks the tracer's rules, and that has none. */
static bool is_traceme(const struct call *call, const char *name)
{
	return strcmp(name, "ptrace") == 0 &&
	       call_argument(call, 0) == PTRACE_TRACEME;
}

bool landlock_explain_process(struct refusal *refusal,
			      const struct policy *policy,
			      const struct call *call, const char *name,
			      int errnum)
{
	/* Of memory it can be EACCES: process_madvise(2). */
	if (policy_has_landlock(policy) && !is_traceme(call, name) &&
	    reaches_outside(traces, call, name))
		return say(refusal, "Landlock: only processes under the same "
				    "rules can be traced");
	if (errnum != EPERM)
		return false;
	if (policy->paths_origin.file && is_one_of(name, mounters))
		return say(refusal,
			   "Landlock: [paths] lets nobody change mounts");
	if (policy->scopes[SCOPE_SIGNALS].file &&
	    reaches_outside(signals, call, name))
		return say(refusal, "Landlock: it is in another scope");
	return false;
}

/* ---- Files ---- */

/* A file of a call, with what the policy gives to it, or to its directory. */
struct asked {
	struct place place;
	unsigned int granted;
};

static const char no_rule[] = "Landlock: no [paths] rule for it";

static bool find(struct asked *asked, const struct policy *policy,
		 const struct call *call, const char *name,
		 const struct credentials *caller, unsigned int index)
{
	struct walk *walk = &asked->place.walk;

	if (!place_find(&asked->place, call, name, caller->process, index))
		return false;
	asked->granted = paths_granted(policy, walk->root, walk->path);
	return true;
}

/* A policy's paths are those of our root: one that chroot(2) changed has
 * others. */
static bool has_our_root(pid_t pid)
{
	struct stat its, ours;
	char path[48];

	snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
	return stat(path, &its) == 0 && stat("/", &ours) == 0 &&
	       its.st_dev == ours.st_dev && its.st_ino == ours.st_ino;
}

/* Whether a list can have the path, and a terminal show it. */
static bool can_be_written(const char *path)
{
	for (const char *at = path; *at; at++) {
		if (*at <= ' ' || *at > '~' || *at == '(' || *at == ')')
			return false;
	}
	return strlen(path) < MAX_ENTRY;
}

/* The path to name: a process's directory is another one the next time. */
static const char *path_to_name(const struct place *place)
{
	const char *path = place->walk.path;

	if (strncmp(path, "/proc/", 6) == 0 && path[6] >= '0' && path[6] <= '9')
		return "/proc";
	return *path ? path : "/";
}

/* Of the uses that are MISSING, the one that gives the others, too. */
static bool explain_missing(struct refusal *refusal, const struct place *place,
			    unsigned int missing, const char *reason)
{
	const char *path = path_to_name(place);
	enum path_use use = missing & EXECUTE ? PATHS_EXECUTE
			    : missing & WRITE ? PATHS_WRITE
					      : PATHS_READ;

	if (has_our_root(place->walk.pid) && can_be_written(path))
		snprintf(refusal->allow, sizeof(refusal->allow),
			 "[paths] %s = %.*s", path_key(use), MAX_ENTRY, path);
	return say(refusal, reason);
}

static bool explain_files(struct refusal *refusal, const struct policy *policy,
			  const struct call *call, const char *name,
			  const struct credentials *caller)
{
	struct asked asked;
	unsigned int missing;

	for (unsigned int i = 0; i < 2; i++) {
		if (!find(&asked, policy, call, name, caller, i))
			continue;
		missing = place_uses(&asked.place) & ~asked.granted;
		if (missing)
			return explain_missing(refusal, &asked.place, missing,
					       no_rule);
	}
	return false;
}

/*
 * EXDEV: a file may go only where no more is allowed than where it is
 * (landlock(7), LANDLOCK_ACCESS_FS_REFER). Between two mounts it is the
 * kernel's own answer.
 */
static bool explain_move(struct refusal *refusal, const struct policy *policy,
			 const struct call *call, const char *name,
			 const struct credentials *caller)
{
	struct asked from, to;
	const struct statx *a = &from.place.walk.parent,
			   *b = &to.place.walk.parent;

	if (!find(&from, policy, call, name, caller, 0) ||
	    !find(&to, policy, call, name, caller, 1) ||
	    a->stx_dev_major != b->stx_dev_major ||
	    a->stx_dev_minor != b->stx_dev_minor ||
	    a->stx_mnt_id != b->stx_mnt_id)
		return false;
	if (!(from.granted & WRITE))
		return explain_missing(refusal, &from.place, WRITE, no_rule);
	if (!(to.granted & WRITE))
		return explain_missing(refusal, &to.place, WRITE, no_rule);
	if (to.granted & ~from.granted)
		return explain_missing(
			refusal, &from.place, to.granted & ~from.granted,
			"Landlock: [paths] allows more where it would go");
	return false;
}

bool landlock_explain(struct refusal *refusal, const struct policy *policy,
		      const struct call *call, const char *name,
		      const struct credentials *caller, int errnum)
{
	static const char *const movers[] = { "link",	  "linkat",    "rename",
					      "renameat", "renameat2", NULL };

	if (!policy->paths_origin.file)
		return false;
	if (errnum == EXDEV && is_one_of(name, movers))
		return explain_move(refusal, policy, call, name, caller);
	if (errnum == EACCES && place_is_asked(name))
		return explain_files(refusal, policy, call, name, caller);
	return false;
}
