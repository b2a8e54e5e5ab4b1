/*
 * storm [CALLS]: so many calls of mkdir (100000), each of another path, and the
 * number of them that ended with EPERM. None can succeed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	long calls = argc > 1 ? atol(argv[1]) : 100000, denied = 0;
	char path[64];

	for (long i = 0; i < calls; i++) {
		snprintf(path, sizeof(path), "/no/such/directory/%ld", i);
		denied += mkdir(path, 0755) < 0 && errno == EPERM;
	}
	printf("%ld\n", denied);
	return 0;
}
