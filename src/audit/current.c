#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "current.h"

/* "0 0x3 0x7ffe...": the number, six arguments, and what does not matter. */
static bool parse(struct call *call, char *line)
{
	char *at = line, *end;

	call->nr = (uint32_t)strtol(at, &end, 10);
	for (int i = 0; i < 6 && end != at; i++) {
		at = end;
		call->args[i] = strtoull(at, &end, 16);
	}
	return end != at;
}

bool call_current(struct call *call)
{
	char path[64], line[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/syscall", call->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (n <= 0)
		return false;
	line[n] = '\0';
	return parse(call, line);
}
