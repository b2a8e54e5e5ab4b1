/* Where a process's descriptors and its working directory lead. */
#ifndef SCRUN_LINK_H
#define SCRUN_LINK_H

#include <stddef.h>
#include <sys/types.h>

/*
 * What /proc says of descriptor FD of PID, or of its working directory where
 * FD is AT_FDCWD: a path or, for others, "socket:[1234]". Raw bytes,
 * terminated. Returns the length, or -1; one that SIZE does not hold is none.
 */
ssize_t link_target(pid_t pid, int fd, char *buffer, size_t size);

#endif
