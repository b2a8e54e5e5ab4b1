#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "link.h"

ssize_t link_target(pid_t pid, int fd, char *buffer, size_t size)
{
	char name[64];
	ssize_t n;

	if (fd == AT_FDCWD)
		snprintf(name, sizeof(name), "/proc/%d/cwd", pid);
	else if (fd >= 0)
		snprintf(name, sizeof(name), "/proc/%d/fd/%d", pid, fd);
	else
		return -1;
	n = readlink(name, buffer, size);
	if (n < 0 || (size_t)n >= size)
		return -1;
	buffer[n] = '\0';
	return n;
}
