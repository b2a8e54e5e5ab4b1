#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../policy/paths.h"
#include "../status.h"
#include "landlock.h"

/* What the headers of Linux 6.1, which Debian 12 has, lack. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ull << 14) /* Linux 6.2, ABI 3 */
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ull << 15) /* Linux 6.10, ABI 5 */
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_TCP /* Linux 6.7, ABI 4 */
#define LANDLOCK_ACCESS_NET_BIND_TCP	(1ull << 0)
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ull << 1)
#endif
#ifndef LANDLOCK_SCOPE_SIGNAL /* Linux 6.12, ABI 6 */
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ull << 0)
#define LANDLOCK_SCOPE_SIGNAL		    (1ull << 1)
#endif

#define ABI_TRUNCATE  3
#define ABI_NETWORK   4
#define ABI_IOCTL_DEV 5
#define ABI_SCOPE     6

/* As struct landlock_net_port_attr and LANDLOCK_RULE_NET_PORT of 6.7. */
struct net_port_attr {
	uint64_t allowed_access;
	uint64_t port;
};
#define RULE_NET_PORT 2

/* What a rule on a file, not a directory, may give (landlock(7)). */
#define OF_FILE                                                        \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |   \
	 LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | \
	 LANDLOCK_ACCESS_FS_IOCTL_DEV)

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

/* REFER: to rename and link from one directory to another. */
#define WRITE                                                             \
	(READ | LANDLOCK_ACCESS_FS_WRITE_FILE |                           \
	 LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	 LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |     \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |     \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |   \
	 LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER |         \
	 LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_IOCTL_DEV)

#define EXECUTE (READ | LANDLOCK_ACCESS_FS_EXECUTE)

static const uint64_t rights_of[N_PATH_USES] = {
	[PATHS_READ] = READ,
	[PATHS_WRITE] = WRITE,
	[PATHS_EXECUTE] = EXECUTE,
};

static const uint64_t port_rights[N_PORT_USES] = {
	[PORTS_BIND] = LANDLOCK_ACCESS_NET_BIND_TCP,
	[PORTS_CONNECT] = LANDLOCK_ACCESS_NET_CONNECT_TCP,
};

static const uint64_t scope_bits[N_SCOPES] = {
	[SCOPE_ABSTRACT_SOCKETS] = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET,
	[SCOPE_SIGNALS] = LANDLOCK_SCOPE_SIGNAL,
};

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? -errno : (int)abi;
}

/* Whether the kernel has WANTED, which came with Linux LINUX_VERSION. */
static bool check_abi(int abi, int wanted, const char *linux_version,
		      const struct origin *origin, struct faults *faults)
{
	if (abi >= wanted)
		return true;
	if (abi > 0)
		fault_add(faults, origin->file, origin->line,
			  "'%s' needs Linux %s (Landlock ABI %d); this kernel "
			  "has ABI %d",
			  origin->key, linux_version, wanted, abi);
	else if (abi == -EOPNOTSUPP)
		fault_add(faults, origin->file, origin->line,
			  "'%s' needs Landlock, which is off in this kernel; "
			  "boot it with landlock in the list of lsm=",
			  origin->key);
	else
		fault_add(faults, origin->file, origin->line,
			  "'%s' needs Landlock (Linux %s), which this kernel "
			  "or container does not have: %s",
			  origin->key, linux_version, strerror(-abi));
	return false;
}

/*
 * All rights that the kernel knows. Before ABI 3 truncate(2) was for every
 * file, and `read` would not mean reading; what came later only adds to what
 * is refused.
 */
static bool handle_paths(struct landlock_attr *attr,
			 const struct policy *policy, int abi,
			 struct faults *faults)
{
	if (!policy->paths_origin.file)
		return true;
	attr->handled_access_fs = WRITE | LANDLOCK_ACCESS_FS_EXECUTE;
	if (abi < ABI_IOCTL_DEV)
		attr->handled_access_fs &= ~LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return check_abi(abi, ABI_TRUNCATE, "6.2", &policy->paths_origin,
			 faults);
}

static bool handle_network(struct landlock_attr *attr,
			   const struct policy *policy, int abi,
			   struct faults *faults)
{
	bool possible = true;

	for (size_t i = 0; i < N_PORT_USES; i++) {
		if (!policy->port_origins[i].file)
			continue;
		attr->handled_access_net |= port_rights[i];
		possible &= check_abi(abi, ABI_NETWORK, "6.7",
				      &policy->port_origins[i], faults);
	}
	for (size_t i = 0; i < N_SCOPES; i++) {
		if (!policy->scopes[i].file)
			continue;
		attr->scoped |= scope_bits[i];
		possible &= check_abi(abi, ABI_SCOPE, "6.12",
				      &policy->scopes[i], faults);
	}
	return possible;
}

size_t landlock_handle(struct landlock_attr *attr, const struct policy *policy,
		       int abi, struct faults *faults)
{
	bool possible;

	*attr = (struct landlock_attr){ 0 };
	possible = handle_paths(attr, policy, abi, faults);
	possible &= handle_network(attr, policy, abi, faults);
	if (!possible)
		return 0;
	if (abi < ABI_NETWORK)
		return offsetof(struct landlock_attr, handled_access_net);
	if (abi < ABI_SCOPE)
		return offsetof(struct landlock_attr, scoped);
	return sizeof(*attr);
}

/* Opens PATH into FD; -1 where it is not there and need not be. */
static bool open_path(int *fd, const struct path *path, struct faults *faults)
{
	const struct origin *origin = &path->origin;

	*fd = open(path->name, O_PATH | O_CLOEXEC);
	if (*fd >= 0)
		return true;
	if (errno != ENOENT && errno != ENOTDIR) {
		fault_add(faults, origin->file, origin->line,
			  "cannot open '%s': %s", path->name, strerror(errno));
		return false;
	}
	if (!path->optional)
		fault_add(faults, origin->file, origin->line,
			  "no such file or directory '%s'; create or mount it, "
			  "or write '?%s'",
			  path->name, path->name);
	return path->optional;
}

static bool add_path(int ruleset, struct path *path, uint64_t rights,
		     struct faults *faults)
{
	const struct origin *origin = &path->origin;
	struct landlock_path_beneath_attr attr = { .allowed_access = rights };
	bool is_added = false;
	struct stat st;
	int fd;

	if (!open_path(&fd, path, faults))
		return false;
	if (fd < 0)
		return true;
	attr.parent_fd = fd;
	if (fstat(fd, &st) == 0) {
		path->device = st.st_dev;
		path->inode = st.st_ino;
		if (!S_ISDIR(st.st_mode))
			attr.allowed_access &= OF_FILE;
		is_added = syscall(SYS_landlock_add_rule, ruleset,
				   LANDLOCK_RULE_PATH_BENEATH, &attr, 0) == 0 ||
			   /* A pipe or a socket, by way of /dev/stdout: it is
			    * nobody's to restrict (get_path_from_fd() in
			    * security/landlock/syscalls.c). */
			   errno == EBADFD;
	}
	if (!is_added)
		fault_add(faults, origin->file, origin->line,
			  "Landlock cannot take '%s': %s", path->name,
			  strerror(errno));
	close(fd);
	return is_added;
}

static bool add_paths(int ruleset, const struct policy *policy,
		      uint64_t handled, struct faults *faults)
{
	struct path *path;
	bool possible = true;

	for (unsigned int use = 0; use < N_PATH_USES; use++) {
		STAILQ_FOREACH(path, &policy->paths[use], next)
			possible &= add_path(ruleset, path,
					     rights_of[use] & handled, faults);
	}
	return possible;
}

static bool add_ports(int ruleset, const struct policy *policy,
		      struct faults *faults)
{
	const struct port *port;
	bool possible = true;

	for (unsigned int use = 0; use < N_PORT_USES; use++) {
		STAILQ_FOREACH(port, &policy->ports[use], next) {
			struct net_port_attr attr = {
				.allowed_access = port_rights[use],
				.port = port->number,
			};

			if (syscall(SYS_landlock_add_rule, ruleset,
				    RULE_NET_PORT, &attr, 0) == 0)
				continue;
			/* EAFNOSUPPORT: a kernel without TCP */
			fault_add(faults, port->origin.file, port->origin.line,
				  "Landlock cannot take port %u: %s",
				  port->number, strerror(errno));
			possible = false;
		}
	}
	return possible;
}

bool landlock_plan(struct landlock *landlock, const struct policy *policy,
		   struct faults *faults)
{
	struct landlock_attr attr;
	bool possible;
	size_t size;

	landlock->ruleset = -1;
	if (!policy_has_landlock(policy))
		return true;
	size = landlock_handle(&attr, policy, landlock_abi(), faults);
	if (size == 0)
		return false;
	landlock->ruleset =
		(int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (landlock->ruleset < 0)
		err(STATUS_FAILED, "cannot make a Landlock ruleset");
	possible = add_paths(landlock->ruleset, policy, attr.handled_access_fs,
			     faults);
	possible &= add_ports(landlock->ruleset, policy, faults);
	return possible;
}

void landlock_apply(const struct landlock *landlock)
{
	if (landlock->ruleset < 0)
		return;
	/* No ruleset: a kernel that takes it takes nothing. */
	if (syscall(SYS_landlock_restrict_self, -1, 0) == 0)
		errx(STATUS_FAILED, "cannot set Landlock's rules: something "
				    "only says that they are set");
	if (syscall(SYS_landlock_restrict_self, landlock->ruleset, 0) < 0) {
		/* landlock(7): a process can have no more. */
		if (errno == E2BIG)
			errx(STATUS_FAILED, "cannot set Landlock's rules: 16 "
					    "such policies hold already");
		err(STATUS_FAILED, "cannot set Landlock's rules");
	}
	close(landlock->ruleset);
}
