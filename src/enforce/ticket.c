#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../policy/verdict.h"
#include "ticket.h"

/* User space ends at 2^47 on x86-64, at 2^48 at most on aarch64 (Linux,
 * Documentation/arch/x86/x86_64/mm.rst, .../arm64/memory.rst). */
#define ADDRESS_BITS 46
#define MAX_TRIES    64

bool ticket_needed(const struct policy *policy)
{
	static const uint64_t args[6];
	struct verdict verdict =
		verdict_of(policy, seccomp_arch_native(), SYS_execve, args);

	return verdict.action >= ACTION_DENY;
}

/* SIZE bytes at a random place, 16 bytes aligned, or NULL with errno set. */
static void *random_place(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t random[2];

	for (int i = 0; i < MAX_TRIES; i++) {
		uint64_t start, offset;
		char *map;

		if (getrandom(random, sizeof(random), 0) != sizeof(random))
			return NULL;
		start = random[0] % (1ull << ADDRESS_BITS) / page * page;
		offset = random[1] % page / 16 * 16;
		map = mmap((void *)start, size + page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			   -1, 0);
		if (map == (void *)start)
			return map + offset;
		/* A kernel before 4.17 takes the address for a hint. */
		if (map != MAP_FAILED)
			munmap(map, size + page);
		else if (errno != EEXIST && errno != EPERM && errno != ENOMEM)
			return NULL;
	}
	errno = EEXIST;
	return NULL;
}

static bool copy_out(uint64_t *address, const void *from, size_t size)
{
	void *copy = random_place(size);

	if (!copy)
		return false;
	memcpy(copy, from, size);
	*address = (uint64_t)(uintptr_t)copy;
	return true;
}

static size_t vector_size(char *const vector[])
{
	size_t n = 0;

	while (vector[n])
		n++;
	return (n + 1) * sizeof(vector[0]);
}

bool ticket_issue(struct ticket *ticket, const char *path, char *const argv[],
		  char *const envp[])
{
	ticket->arch = seccomp_arch_native();
	ticket->nr = SYS_execve;
	return copy_out(&ticket->path, path, strlen(path) + 1) &&
	       copy_out(&ticket->argv, argv, vector_size(argv)) &&
	       copy_out(&ticket->envp, envp, vector_size(envp));
}

/* Six different words, which the constants of system calls do not have. */
struct ticket ticket_blank(void)
{
	return (struct ticket){
		.arch = seccomp_arch_native(),
		.nr = SYS_execve,
		.path = 0x7ce71c0a7ce71c0b,
		.argv = 0x7ce71c0c7ce71c0d,
		.envp = 0x7ce71c0e7ce71c0f,
	};
}

/* Whether WORD is half of BLANK; then it becomes that half of ADDRESS. */
static bool fill_word(uint32_t *word, uint64_t blank, uint64_t address)
{
	if (*word == (uint32_t)blank)
		*word = (uint32_t)address;
	else if (*word == blank >> 32)
		*word = (uint32_t)(address >> 32);
	else
		return false;
	return true;
}

void ticket_fill(struct program *program, const struct ticket *ticket)
{
	const struct ticket blank = ticket_blank();

	for (size_t i = 0; i < program->n; i++) {
		struct sock_filter *insn = &program->code[i];

		if (insn->code == (BPF_JMP | BPF_JEQ | BPF_K) &&
		    !fill_word(&insn->k, blank.path, ticket->path) &&
		    !fill_word(&insn->k, blank.argv, ticket->argv))
			fill_word(&insn->k, blank.envp, ticket->envp);
	}
}
