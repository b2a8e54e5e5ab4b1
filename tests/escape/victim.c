/*
 * victim: a process outside of the sandbox that attempts are made on. Prints
 * its pid, and listens to the abstract socket "scrun-escape-PID" until it is
 * killed.
 */
#include <err.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int length =
		snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1,
			 "scrun-escape-%d", getpid());

	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			     (size_t)length)) < 0 ||
	    listen(fd, 64) < 0)
		err(1, "socket");
	printf("%d\n", getpid());
	fflush(stdout);
	for (;;)
		pause();
}
