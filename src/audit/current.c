#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "current.h"

bool call_current(struct call *call)
{
	uint64_t *args = call->args;
	char path[64], line[256];
	ssize_t n;
	int fd, nr;

	snprintf(path, sizeof(path), "/proc/%d/syscall", call->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (n <= 0)
		return false;
	line[n] = '\0';
	if (sscanf(line,
		   "%d %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
		   " %" SCNx64,
		   &nr, &args[0], &args[1], &args[2], &args[3], &args[4],
		   &args[5]) != 7)
		return false;
	call->nr = (uint32_t)nr;
	return true;
}
