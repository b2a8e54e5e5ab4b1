/*
 * handled [plain]: says that it is ready and calls mkdir(2), which a policy
 * denies, once. SIGUSR1 has a handler that has calls restarted; or, with
 * `plain`, not. Prints what the call ended with.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void handle(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	bool is_plain = argc > 1 && strcmp(argv[1], "plain") == 0;
	struct sigaction action = { .sa_handler = handle,
				    .sa_flags = is_plain ? 0 : SA_RESTART };

	if (sigaction(SIGUSR1, &action, NULL) < 0)
		err(1, "sigaction");
	puts("ready");
	fflush(stdout);
	if (mkdir("/no/such/directory", 0755) == 0)
		errx(1, "not denied");
	puts(strerrorname_np(errno));
	return 0;
}
