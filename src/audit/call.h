/* A system call that a process under audit makes. */
#ifndef SCRUN_CALL_H
#define SCRUN_CALL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct call {
	pid_t pid;	  /* the thread that makes it */
	uint32_t arch;	  /* SCMP_ARCH_*, which are the kernel's AUDIT_ARCH_* */
	uint32_t nr;	  /* as the kernel counts, x32 with its bit 30 */
	uint64_t args[6]; /* the registers as they are */
};

/*
 * The name that libseccomp knows for NR of ARCH, or "syscall_0x1d4" where it
 * knows none. Static; to be called by one thread at a time.
 */
const char *call_name(uint32_t arch, uint32_t nr);

/*
 * Whether a call that went to the kernel can fail with EPERM or EACCES, by the
 * manual pages of section 2 and the kernel's code: only then is its result
 * worth a second stop. To be called by one thread at a time.
 */
bool call_can_be_refused(const struct call *call);

#endif
