#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
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

#ifdef __x86_64__
/*
 * Where the kernel enters a static program instead of at _start, for libc
 * writes to most pages of the data as soon as it relocates them: madvise(2) of
 * what is between the first constructor and the end of the data,
 * MADV_POPULATE_WRITE. The register that _start wants as it is (System V ABI,
 * AMD64, 3.4.1), rdx, is kept.
 */
asm(".pushsection .text\n"
    ".globl prefault_data\n"
    ".type prefault_data, @function\n"
    "prefault_data:\n"
    "	endbr64\n"
    "	mov %rdx, %r8\n"
    "	lea __init_array_start(%rip), %rdi\n"
    "	and $-4096, %rdi\n"
    "	lea _edata(%rip), %rsi\n"
    "	sub %rdi, %rsi\n"
    "	mov $23, %edx\n"
    "	mov $28, %eax\n"
    "	syscall\n"
    "	mov %r8, %rdx\n"
    "	jmp _start\n"
    ".size prefault_data, . - prefault_data\n"
    ".popsection\n");
_Static_assert(MADV_POPULATE_WRITE == 23 && SYS_madvise == 28, "prefault_data");
#endif
