/*
 * Other ways to say a system call's number, for a policy that denies unshare(2)
 * with CLONE_NEWUSER, and time(2): x32's, those of 32-bit programs, numbers
 * with high bits, and the old page of system calls.
 */
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "escape.h"

#define HIGH_BIT     (1L << 32)
#define X32_BIT	     0x40000000L
#define I386_GETPID  20
#define I386_UNSHARE 310

/* An own user namespace, by a number that should be unshare's. */
static enum outcome unshare_by(long number)
{
	long result = syscall(number, CLONE_NEWUSER);

	return result == 0 ? ESCAPED : HELD;
}

static enum outcome by_name(void)
{
	return unshare_by(SYS_unshare);
}

/* The kernel looks at the low 32 bits of the register. */
static enum outcome high_bit(void)
{
	return unshare_by(SYS_unshare | HIGH_BIT);
}

static enum outcome top_bit(void)
{
	return unshare_by((long)((uint64_t)SYS_unshare | 1ull << 63));
}

static enum outcome all_high_bits(void)
{
	return unshare_by((long)((uint64_t)SYS_unshare | ~0ull << 32));
}

/* A kernel without x32 answers ENOSYS: the number has come through. */
static enum outcome x32(void)
{
#ifdef __x86_64__
	syscall(X32_BIT | SYS_unshare, CLONE_NEWUSER);
	return ESCAPED;
#else
	skip("x86-64 only");
#endif
}

static enum outcome x32_high_bit(void)
{
#ifdef __x86_64__
	syscall(HIGH_BIT | X32_BIT | SYS_unshare, CLONE_NEWUSER);
	return ESCAPED;
#else
	skip("x86-64 only");
#endif
}

#ifdef __x86_64__
static long int80(long number, long argument)
{
	__asm__ volatile("int $0x80"
			 : "+a"(number)
			 : "b"(argument)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)number;
}

/* Where the kernel has no 32-bit calls, it is a fault like others. In a sandbox
 * it is not asked: the attempt is made. */
static bool has_int80(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct rlimit no_core = { 0, 0 };

		setrlimit(RLIMIT_CORE, &no_core);
		int80(I386_GETPID, 0);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(2, "a child");
	return !WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV;
}
#endif

static enum outcome int80_unshare(void)
{
#ifdef __x86_64__
	if (getenv("CONTROL") && !has_int80())
		skip("the kernel has no 32-bit calls");
	return int80(I386_UNSHARE, CLONE_NEWUSER) == 0 ? ESCAPED : HELD;
#else
	skip("x86-64 only");
#endif
}

/* The page at a fixed address, where the kernel makes the call itself. */
static enum outcome vsyscall(void)
{
#ifdef __x86_64__
	time_t (*old_time)(time_t *) =
		(time_t(*)(time_t *))(uintptr_t)0xffffffffff600400;
	FILE *maps = fopen("/proc/self/maps", "re");
	bool is_there = false;
	char line[512];

	if (!maps)
		err(2, "maps");
	while (fgets(line, sizeof(line), maps))
		is_there |= strstr(line, "[vsyscall]") != NULL;
	fclose(maps);
	if (!is_there)
		skip("the kernel has no such page");
	return old_time(NULL) > 0 ? ESCAPED : HELD;
#else
	skip("x86-64 only");
#endif
}

static const struct attempt attempts[] = {
	{ "number-by-name", by_name },
	{ "number-high-bit", high_bit },
	{ "number-top-bit", top_bit },
	{ "number-all-high-bits", all_high_bits },
	{ "number-x32", x32 },
	{ "number-x32-high-bit", x32_high_bit },
	{ "number-int80", int80_unshare },
	{ "number-vsyscall", vsyscall },
};

ESCAPE_MAIN(attempts)
