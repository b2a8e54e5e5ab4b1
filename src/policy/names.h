/* Names that stand for numbers: system calls, architectures, errnos. */
#ifndef SCRUN_NAMES_H
#define SCRUN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "suggest.h"

/*
 * Above the highest number of a system call of any architecture here: Linux
 * 6.18 has some 470, x32's own end at 547, and about five a year are added.
 * (arm has a few of its own from 0xf0000 on.)
 */
#define N_SYSCALLS 640

/* The x32 ABI's mark in a system call number (asm/unistd.h). */
#define X32_SYSCALL_BIT 0x40000000u

/*
 * The number of the call NAME on ARCH (SCMP_ARCH_*), x32 with its bit. Returns
 * SYSCALL_ABSENT where only another architecture has it, SYSCALL_UNKNOWN where
 * libseccomp does not know the name.
 */
#define SYSCALL_ABSENT	(-1)
#define SYSCALL_UNKNOWN (-2)
int syscall_number(uint32_t arch, const char *name);

/* Tries the names of all calls of ARCH. */
void syscall_suggest(struct suggestion *suggestion, uint32_t arch);

/*
 * ARCH, or SCMP_ARCH_X32 where NR is one of x32: it shares x86-64's
 * architecture and differs by bit 30 of the number; there is no call of x86-64
 * above it. -1 is no call at all: the kernel keeps it for tracers that skip
 * one.
 */
uint32_t abi_of(uint32_t arch, uint32_t nr);

/* Whether ARCH's registers hold 32 bits. */
bool arch_is_32bit(uint32_t arch);

/* The name of ARCH as libseccomp knows it ("x86_64"), or NULL; static. */
const char *arch_name(uint32_t arch);

/* The SCMP_ARCH_* of NAME or of "native"; 0 if there is none. */
uint32_t arch_number(const char *name);

/* The name of the architecture at INDEX, or NULL past the end; static. */
const char *arch_list(size_t index);
uint32_t arch_list_number(size_t index);

/* The errno called NAME ("EPERM"), or 0. */
int errno_number(const char *name);

/* "EPERM"; a number where there is no name. Valid until the next call. */
const char *errno_name(int errnum);

#endif
