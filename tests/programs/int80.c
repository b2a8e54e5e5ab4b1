/*
 * Makes getppid(2) by int $0x80, the way of 32-bit programs, from a 64-bit one,
 * and prints its result or the name of its errno.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define I386_GETPPID 64

int main(void)
{
#ifdef __x86_64__
	long result = I386_GETPPID;

	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 :
			 : "memory", "r8", "r9", "r10", "r11");
	result = (int)result;
	if (result < 0)
		puts(strerrorname_np((int)-result));
	else
		printf("%ld\n", result);
	return EXIT_SUCCESS;
#else
	fputs("int80: not an x86-64 processor\n", stderr);
	return EXIT_FAILURE;
#endif
}
