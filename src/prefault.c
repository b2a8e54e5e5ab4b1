#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "prefault.h"

static void populate(char *start, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t before = (uintptr_t)start % page;

	madvise(start - before, before + size, MADV_POPULATE_WRITE);
}

void prefault_heap(size_t size)
{
	char *start;

	/* As a part of the heap, which keeps it when it is free again. */
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 1 << 20);
	start = malloc(size);
	if (start)
		populate(start, size);
	free(start);
}

void prefault_stack(size_t size)
{
	populate((char *)__builtin_frame_address(0) - size, size);
}
