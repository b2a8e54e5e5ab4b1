/* What /proc tells: a thread's credentials, mounts, the kernel's settings. */
#ifndef SCRUN_PROC_H
#define SCRUN_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A thread's, in this process's user and PID namespace. */
struct credentials {
	pid_t process; /* that the thread is one of */
	pid_t tracer;  /* 0: none */
	uid_t uid, euid, suid, fsuid;
	gid_t gid, fsgid;
	char *groups; /* owned: the supplementary ones, in decimal */
	uint64_t capabilities;
};

/*
 * Reads those of the thread PID; to be freed by credentials_free either way.
 * Returns false, errno and no capabilities where it cannot. Ends the process
 * where there is no memory.
 */
bool credentials_read(struct credentials *credentials, pid_t pid);
void credentials_free(struct credentials *credentials);

/* Whether one of the groups is GID. */
bool credentials_in_group(const struct credentials *credentials, gid_t gid);

/* Whether CAPABILITY (CAP_*) is effective. */
bool credentials_can(const struct credentials *credentials, int capability);

/* Whether the thread is traced by one of this process: it is under this audit,
 * and so under the rules that scrun gave to the command. */
bool credentials_are_audited(const struct credentials *credentials);

/* The process that the descriptor FD of the thread PID stands for
 * (pidfd_open(2)), or 0 where it stands for none. */
pid_t process_of_pidfd(pid_t pid, int fd);

/*
 * Whether the file system on the device MAJOR:MINOR, as mounted for PID, is
 * served by a process (FUSE): by one under audit perhaps, which then waits for
 * us while we wait for it.
 */
bool mount_is_fuse(pid_t pid, unsigned int major, unsigned int minor);

/* The number in /proc/sys/NAME, or OTHERWISE. */
long sysctl_number(const char *name, long otherwise);

#endif
