/* The memory of a process under audit, read and never trusted. */
#ifndef SCRUN_MEMORY_H
#define SCRUN_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Reads up to SIZE bytes at ADDRESS of PID's memory. Returns how many there
 * were before the first page that cannot be read, or -1 if there were none.
 * Tries process_vm_readv(2), then, for a tracee that is stopped,
 * PTRACE_PEEKDATA: the only way into a program that may not be dumped.
 */
ssize_t memory_read(pid_t pid, uint64_t address, void *buffer, size_t size);

/*
 * The same up to and with the first NUL byte. Returns the string's length, or
 * SIZE where no end was found in SIZE bytes, or -1. BUFFER is terminated only
 * where the length is below SIZE.
 */
ssize_t memory_read_string(pid_t pid, uint64_t address, char *buffer,
			   size_t size);

/* For a LAST that knows of no reading yet. */
#define NO_READING (~0ul)

/*
 * Whether a reading has been going on since the call before, which left LAST:
 * of a page that userfaultfd(2) or a FUSE file system is to fill, and does not.
 * A thread comes back from that only to be killed.
 */
bool memory_waits(unsigned long *last);

#endif
