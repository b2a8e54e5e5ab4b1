/* A call that is not made. */
#ifndef SCRUN_SKIP_H
#define SCRUN_SKIP_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Lets the call fail with ENOSYS for which the thread TID has stopped at
 * PTRACE_EVENT_SECCOMP. Returns false with errno: ESRCH if it was killed,
 * ENOSYS where this is not known of the processor.
 */
bool call_skip(pid_t tid);

#endif
