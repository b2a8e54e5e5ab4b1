#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

static const struct {
	const char *name;
	uint32_t number;
	bool is_32bit;
} architectures[] = {
	{ "x86_64", SCMP_ARCH_X86_64, false },
	{ "x86", SCMP_ARCH_X86, true },
	{ "x32", SCMP_ARCH_X32, false },
	{ "aarch64", SCMP_ARCH_AARCH64, false },
	{ "arm", SCMP_ARCH_ARM, true },
	{ "riscv64", SCMP_ARCH_RISCV64, false },
	{ "ppc64le", SCMP_ARCH_PPC64LE, false },
	{ "ppc64", SCMP_ARCH_PPC64, false },
	{ "ppc", SCMP_ARCH_PPC, true },
	{ "s390x", SCMP_ARCH_S390X, false },
	{ "s390", SCMP_ARCH_S390, true },
	{ "mips64", SCMP_ARCH_MIPS64, false },
	{ "mips", SCMP_ARCH_MIPS, true },
	{ "mipsel64", SCMP_ARCH_MIPSEL64, false },
	{ "mipsel", SCMP_ARCH_MIPSEL, true },
};
#define N_ARCHITECTURES (sizeof(architectures) / sizeof(architectures[0]))

/*
 * Where there is socketcall(2) or ipc(2), libseccomp gives the calls that can
 * be made through them these numbers, from socket to shmctl, even where newer
 * kernels have direct ones as well.
 */
#define MULTIPLEXED_FIRST (-101)
#define MULTIPLEXED_LAST  (-224)

/* x86 has direct ones from 359 to 402, ppc from 326 on. */
enum { DIRECT_FIRST = 326, DIRECT_END = 403 };

/* The names of ARCH's calls there. libseccomp searches for each of them among
 * all, so they are kept until another architecture is asked for. */
static char *const *direct_names(uint32_t arch)
{
	static char *names[DIRECT_END - DIRECT_FIRST];
	static uint32_t known;

	for (int nr = DIRECT_FIRST; nr < DIRECT_END && known != arch; nr++) {
		char **name = &names[nr - DIRECT_FIRST];

		free(*name);
		*name = seccomp_syscall_resolve_num_arch(arch, nr);
	}
	known = arch;
	return names;
}

/* The direct number of a call that ARCH also multiplexes. */
static int direct_number(uint32_t arch, const char *name)
{
	char *const *names;

	/* Where these are but names, libseccomp numbers them no otherwise. */
	if (seccomp_syscall_resolve_name_arch(arch, "socketcall") < 0)
		return SYSCALL_ABSENT;
	names = direct_names(arch);
	for (int nr = DIRECT_FIRST; nr < DIRECT_END; nr++) {
		const char *known = names[nr - DIRECT_FIRST];

		if (known && strcmp(known, name) == 0)
			return nr;
	}
	return SYSCALL_ABSENT;
}

int syscall_number(uint32_t arch, const char *name)
{
	int nr = seccomp_syscall_resolve_name_arch(arch, name);

	/* -1 is unknown; other negative numbers are libseccomp's names for
	 * calls of other architectures (seccomp-syscalls.h, __PNR_*). */
	if (nr == __NR_SCMP_ERROR)
		return SYSCALL_UNKNOWN;
	if (nr <= MULTIPLEXED_FIRST && nr >= MULTIPLEXED_LAST)
		return direct_number(arch, name);
	return nr < 0 ? SYSCALL_ABSENT : nr;
}

void syscall_suggest(struct suggestion *suggestion, uint32_t arch)
{
	uint32_t bit = arch == SCMP_ARCH_X32 ? X32_SYSCALL_BIT : 0;

	for (uint32_t i = 0; i < N_SYSCALLS; i++) {
		char *name =
			seccomp_syscall_resolve_num_arch(arch, (int)(i | bit));

		if (name)
			suggestion_try(suggestion, name);
		free(name);
	}
}

uint32_t abi_of(uint32_t arch, uint32_t nr)
{
	if (arch == SCMP_ARCH_X86_64 && nr >= X32_SYSCALL_BIT &&
	    nr != UINT32_MAX)
		return SCMP_ARCH_X32;
	return arch;
}

bool arch_is_32bit(uint32_t arch)
{
	for (size_t i = 0; i < N_ARCHITECTURES; i++) {
		if (architectures[i].number == arch)
			return architectures[i].is_32bit;
	}
	return true;
}

const char *arch_name(uint32_t arch)
{
	for (size_t i = 0; i < N_ARCHITECTURES; i++) {
		if (architectures[i].number == arch)
			return architectures[i].name;
	}
	return NULL;
}

uint32_t arch_number(const char *name)
{
	if (strcmp(name, "native") == 0)
		return seccomp_arch_native();
	for (size_t i = 0; i < N_ARCHITECTURES; i++) {
		if (strcmp(architectures[i].name, name) == 0)
			return architectures[i].number;
	}
	return 0;
}

const char *arch_list(size_t index)
{
	return index < N_ARCHITECTURES ? architectures[index].name : NULL;
}

uint32_t arch_list_number(size_t index)
{
	return index < N_ARCHITECTURES ? architectures[index].number : 0;
}

/* Linux numbers errnos up to 4095; the named ones end far below. */
#define MAX_ERRNO 200

int errno_number(const char *name)
{
	static const struct {
		const char *name;
		int errnum;
	} others[] = {
		{ "EWOULDBLOCK", EWOULDBLOCK },
		{ "EDEADLOCK", EDEADLOCK },
		{ "ENOTSUP", ENOTSUP },
	};

	for (int i = 1; i < MAX_ERRNO; i++) {
		const char *known = strerrorname_np(i);

		if (known && strcmp(known, name) == 0)
			return i;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(others[i].name, name) == 0)
			return others[i].errnum;
	}
	return 0;
}

const char *errno_name(int errnum)
{
	static char number[16];
	const char *name = strerrorname_np(errnum);

	if (name)
		return name;
	snprintf(number, sizeof(number), "%d", errnum);
	return number;
}
