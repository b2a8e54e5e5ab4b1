#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "prefault.h"

/* What libc's heap has when it begins, less what libc takes of it before main:
 * the 128 KB of mallopt(3), M_TOP_PAD. */
#define FIRST_HEAP (120 << 10)

void prefault_heap(size_t size)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t before;
	char *start;

	/* As a part of the heap, which keeps it when it is free again. */
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 1 << 20);
	/* It is written to behind what it gives, so no more than must be. */
	start = malloc(size > FIRST_HEAP ? size : 1);
	if (!start)
		return;
	before = (uintptr_t)start % page;
	madvise(start - before, before + size, MADV_POPULATE_WRITE);
	free(start);
}

#ifdef __x86_64__
/*
 * Where the kernel enters a static program instead of at _start: madvise(2) of
 *  - the code and the constants, to be read;
 *  - what is between the first constructor and the end of the data, for libc
 *    writes to most of its pages as soon as it relocates them;
 *  - the end of what begins as zeros, where libc's own variables are, behind
 *    large ones of ours that most starts do not come to;
 *  - the stack, as far as most starts come.
 * The register that _start wants as it is (System V ABI, AMD64, 3.4.1), rdx, is
 * kept in r8.
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
    "	call 1f\n"
    "	lea _end(%rip), %rsi\n"
    "	lea -40960(%rsi), %rdi\n"
    "	call 1f\n"
    "	mov %rsp, %rsi\n"
    "	lea -20480(%rsi), %rdi\n"
    "	call 1f\n"
    "	mov %r8, %rdx\n"
    "	jmp _start\n"
    "1:	and $-4096, %rdi\n"
    "	sub %rdi, %rsi\n"
    "	mov $23, %edx\n"
    "	mov $28, %eax\n"
    "	syscall\n"
    "	ret\n"
    ".size prefault_program, . - prefault_program\n"
    ".popsection\n");
_Static_assert(MADV_POPULATE_READ == 22 && MADV_POPULATE_WRITE == 23 &&
		       SYS_madvise == 28,
	       "prefault_program");
#endif
