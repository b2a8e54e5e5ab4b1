/*
 * int80calls: calls of a 64-bit program by int $0x80, the way of 32-bit ones:
 * twenty of getpid, seven of getppid, three of mkdir that fail; beside them,
 * two of getppid in the ordinary way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__
#define I386_GETPID  20
#define I386_MKDIR   39
#define I386_GETPPID 64

static void repeat(int times, long call)
{
	while (times-- > 0) {
		long result = call;

		__asm__ volatile("int $0x80"
				 : "+a"(result)
				 : "b"(0), "c"(0)
				 : "memory", "r8", "r9", "r10", "r11");
	}
}

int main(void)
{
	repeat(20, I386_GETPID);
	repeat(7, I386_GETPPID);
	repeat(3, I386_MKDIR); /* of no path: EFAULT */
	for (int i = 0; i < 2; i++)
		syscall(SYS_getppid);
	return EXIT_SUCCESS;
}
#else
int main(void)
{
	fputs("int80calls: not an x86-64 processor\n", stderr);
	return EXIT_FAILURE;
}
#endif
