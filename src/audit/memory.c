#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "memory.h"

/* What one reading of a string takes at most: paths are short. */
#define CHUNK 256

/* In words that lie within a page each, so that none fails half. */
static ssize_t peek(pid_t pid, uintptr_t address, char *buffer, size_t size)
{
	size_t n = 0;

	while (n < size) {
		size_t offset = (address + n) % sizeof(long);
		size_t length = sizeof(long) - offset;
		long word;

		if (length > size - n)
			length = size - n;
		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, pid,
			      (void *)(address + n - offset), NULL);
		if (errno)
			break;
		memcpy(buffer + n, (const char *)&word + offset, length);
		n += length;
	}
	return n ? (ssize_t)n : -1;
}

/* Readings that have been begun and ended, by all threads. */
static atomic_ulong begun, ended;

bool memory_waits(unsigned long *last)
{
	unsigned long before = *last, now = atomic_load(&ended);

	*last = atomic_load(&begun) == now ? NO_READING : now;
	return *last != NO_READING && *last == before;
}

ssize_t memory_read(pid_t pid, uint64_t address, void *buffer, size_t size)
{
	struct iovec local, remote;
	ssize_t n;

	if (!size || address > UINTPTR_MAX)
		return -1;
	if (size - 1 > UINTPTR_MAX - address)
		size = (size_t)(UINTPTR_MAX - address) + 1;
	local = (struct iovec){ .iov_base = buffer, .iov_len = size };
	remote = (struct iovec){
		.iov_base = (void *)(uintptr_t)address,
		.iov_len = size,
	};
	atomic_fetch_add(&begun, 1);
	n = process_vm_readv(pid, &local, 1, &remote, 1, 0);
	atomic_fetch_add(&ended, 1);
	if (n < 0 && errno != EFAULT)
		return peek(pid, (uintptr_t)address, buffer, size);
	return n > 0 ? n : -1;
}

ssize_t memory_read_string(pid_t pid, uint64_t address, char *buffer,
			   size_t size)
{
	size_t at = 0;

	while (at < size) {
		size_t wanted = size - at < CHUNK ? size - at : CHUNK;
		const char *end;
		ssize_t n;

		if (at > UINT64_MAX - address)
			return -1;
		n = memory_read(pid, address + at, buffer + at, wanted);
		if (n < 0)
			return -1;
		end = memchr(buffer + at, '\0', (size_t)n);
		if (end)
			return end - buffer;
		at += (size_t)n;
	}
	return (ssize_t)size;
}
