#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "../memory.h"
#include "decode.h"
#include "link.h"
#include "show_memory.h"
#include "sockaddr.h"

/* Joins PATH to where FD of the caller leads; an absolute PATH stays. */
static bool join(const struct shown *shown, int fd, const char *path,
		 char *buffer, size_t size)
{
	size_t length = strlen(path), at = 0;
	ssize_t n;

	if (path[0] != '/') {
		n = link_target(shown->call->pid, fd, buffer, size);
		/* Neither a socket nor "(unreachable)/...". */
		if (n <= 0 || buffer[0] != '/')
			return false;
		at = (size_t)n;
		if (length && buffer[at - 1] != '/')
			buffer[at++] = '/'; /* where the end was */
	}
	if (length >= size - at)
		return false;
	memcpy(buffer + at, path, length + 1);
	return true;
}

static bool path_of_string(const struct shown *shown, char *buffer, size_t size)
{
	const struct role *role = shown_role(shown);
	uint64_t address = shown_value(shown);
	char path[PATH_MAX] = "";
	int fd = AT_FDCWD;

	if (role->kind == ROLE_PATH_AT)
		fd = (int)shown_other(shown);
	/* None stands for the descriptor itself (utimensat(2), statx(2)), as
	 * does an empty one with AT_EMPTY_PATH; without a descriptor it is
	 * an error of another kind. */
	if (address) {
		ssize_t n = memory_read_string(shown->call->pid, address, path,
					       sizeof(path));

		if (n < 0 || (size_t)n == sizeof(path))
			return false;
	}
	if (!path[0] && role->kind == ROLE_PATH)
		return false;
	return join(shown, fd, path, buffer, size);
}

static bool path_of_sockaddr(const struct shown *shown, char *buffer,
			     size_t size)
{
	char path[MAX_SOCKADDR + 1];
	struct sockaddr_storage address;
	const char *found;
	size_t n = sockaddr_path(&address, shown_sockaddr(shown, &address),
				 &found);

	if (!n)
		return false;
	memcpy(path, found, n);
	path[n] = '\0';
	return join(shown, AT_FDCWD, path, buffer, size);
}

static bool path_of_fd(const struct shown *shown, char *buffer, size_t size)
{
	return link_target(shown->call->pid, (int)shown_value(shown), buffer,
			   size) > 0 &&
	       buffer[0] == '/';
}

static bool names_file(enum role_kind kind)
{
	return kind == ROLE_PATH || kind == ROLE_PATH_AT ||
	       kind == ROLE_SOCKADDR || kind == ROLE_MSGHDR;
}

static bool path_of(const struct shown *shown, char *buffer, size_t size)
{
	switch ((enum role_kind)shown_role(shown)->kind) {
	case ROLE_PATH:
	case ROLE_PATH_AT:
		return path_of_string(shown, buffer, size);
	case ROLE_SOCKADDR:
	case ROLE_MSGHDR:
		return path_of_sockaddr(shown, buffer, size);
	case ROLE_FD:
		return (int)shown_value(shown) >= 0 &&
		       path_of_fd(shown, buffer, size);
	default:
		return false;
	}
}

bool call_path(const struct call *call, unsigned int index, char *buffer,
	       size_t size)
{
	struct shown shown = { .call = call, .roles = call_roles(call) };
	bool has_names = false;

	for (unsigned int i = 0; i < 6; i++)
		has_names |= names_file(shown.roles->args[i].kind);
	/* Where a call names its file, a descriptor is something else: the
	 * socket of connect, the queue of inotify_add_watch. */
	for (; size && shown.index < 6; shown.index++) {
		enum role_kind kind = shown_role(&shown)->kind;

		if (has_names ? !names_file(kind) : kind != ROLE_FD)
			continue;
		if (index-- == 0)
			return path_of(&shown, buffer, size);
	}
	return false;
}
