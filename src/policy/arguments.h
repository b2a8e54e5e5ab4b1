/* The arguments of system calls, by the names the manual gives them. */

#ifndef SCRUN_POLICY_ARGUMENTS_H
#define SCRUN_POLICY_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * One argument, as the kernel reads it from its register.
 *
 * A register has 64 bits, and the kernel drops those above its parameter's
 * type without a word: ioctl(0, TIOCSTI | 1UL << 32, ...) is TIOCSTI. Whoever
 * compares an argument must therefore look at its low bits only.
 */
struct argument {
	char name[16];	/* as in the call's manual page */
	uint8_t bits;	/* 16, 32 or 64: how much the kernel's parameter has;
			 * 0: 32 or 64, as another argument says */
	bool is_signed; /* int, long, pid_t ...: decides what < and > mean */
};

/*
 * The six arguments of a system call, in the order of the registers; NULL when
 * the call is not in the table. Entries after the last argument have an
 * empty name; a call with six has none such, so look at no more than six. The
 * array is static: the caller neither frees nor changes it.
 *
 * Order and widths are those of the 64-bit calls of the architecture this is
 * compiled for. On a 32-bit architecture a call of the same name may take
 * others: on i386 mmap and select take one pointer, setuid and its kin take
 * 16 bits, and an offset takes two registers.
 *
 * The manual calls the second argument of keyctl and prctl "arg2", and so does
 * the table: there, argN is no position counted from 0.
 */
const struct argument *arguments_of(const char *syscall);

#endif
