/* processes [COUNT]: so many children, of which 64 are there at a time. */
#include "storms.h"

#define AT_ONCE 64

static _Noreturn void child(void)
{
	call();
	call_denied();
	_exit(0);
}

int main(int argc, char **argv)
{
	long count = number(argc, argv, 1, 1000);
	pid_t children[AT_ONCE] = { 0 };

	storm_begin();
	for (long i = 0; i < count + AT_ONCE; i++) {
		pid_t *pid = &children[i % AT_ONCE];

		if (*pid)
			wait_for(*pid, 0);
		*pid = i < count ? fork_counted() : 0;
		if (i < count && *pid == 0)
			child();
	}
	storm_end();
	return 0;
}
