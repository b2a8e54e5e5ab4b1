/*
 * reader [PATH]: prints a file (/etc/hostname) that it opens itself, as cat(1)
 * does, but with no loader that opens files before.
 */
#include <err.h>
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/etc/hostname";
	char data[4096];
	ssize_t n;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(1, "%s", path);
	while ((n = read(fd, data, sizeof(data))) > 0) {
		if (write(1, data, (size_t)n) != n)
			err(1, "output");
	}
	return n < 0;
}
