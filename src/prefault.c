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
 * Where the kernel enters a static program instead of at _start: madvise(2) of
 * the code and the constants, MADV_POPULATE_READ, and of what is between the
 * first constructor and the end of the data, MADV_POPULATE_WRITE, for libc
 * writes to most of its pages as soon as it relocates them. The register that
 * _start wants as it is (System V ABI, AMD64, 3.4.1), rdx, is kept.
 */
asm(".pushsection .text\n"
    ".globl prefault_program\n"
    ".type prefault_program, @function\n"
    "prefault_program:\n"
    "	endbr64\n"
    "	mov %rdx, %r8\n"
    "	lea __executable_start(%rip), %rdi\n"
    "	lea __init_array_start(%rip), %rsi\n"
    "	and $-4096, %rsi\n"
    "	sub %rdi, %rsi\n"
    "	mov $22, %edx\n"
    "	mov $28, %eax\n"
    "	syscall\n"
    "	add %rsi, %rdi\n"
    "	lea _edata(%rip), %rsi\n"
    "	sub %rdi, %rsi\n"
    "	mov $23, %edx\n"
    "	mov $28, %eax\n"
    "	syscall\n"
    "	mov %r8, %rdx\n"
    "	jmp _start\n"
    ".size prefault_program, . - prefault_program\n"
    ".popsection\n");
_Static_assert(MADV_POPULATE_READ == 22 && MADV_POPULATE_WRITE == 23 &&
		       SYS_madvise == 28,
	       "prefault_program");
#endif
