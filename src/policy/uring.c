#include <string.h>

#include "family.h"
#include "uring.h"

/*
 * One call for each of io_uring's operations (io_uring/opdef.c, Linux 6.18),
 * those first that policies deny.
 */
static const char *const operations[] = {
	"openat",    "socket",	    "connect",	  "bind",
	"listen",    "accept",	    "sendmsg",	  "recvmsg",
	"read",	     "write",	    "renameat",	  "unlinkat",
	"mkdirat",   "linkat",	    "symlinkat",  "setxattr",
	"truncate",  "close",	    "epoll_ctl",  "epoll_wait",
	"fadvise64", "fallocate",   "fdatasync",  "fsync",
	"ftruncate", "futex_waitv", "getsockopt", "getxattr",
	"madvise",   "pipe2",	    "poll",	  "setsockopt",
	"shutdown",  "splice",	    "statx",	  "sync_file_range",
	"tee",	     "waitid"
};
#define N_OPERATIONS (sizeof(operations) / sizeof(operations[0]))

const char *uring_operation(size_t index)
{
	return index < N_OPERATIONS ? operations[index] : NULL;
}

static bool is_operation(const char *name)
{
	for (size_t i = 0; i < N_OPERATIONS; i++) {
		if (strcmp(operations[i], name) == 0)
			return true;
	}
	return false;
}

bool uring_does(const struct policy *policy, const char *name)
{
	const struct group *group;
	const struct entry *member;

	if (is_operation(name))
		return true;
	STAILQ_FOREACH(group, &policy->groups, next) {
		if (!group->is_family || !family_has(group, name))
			continue;
		STAILQ_FOREACH(member, &group->members, next) {
			if (is_operation(member->name))
				return true;
		}
	}
	return false;
}
