/*
 * What a command finds open. Descriptor 9 is a file, to read, that only the
 * driver gives it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "escape.h"

#define GIVEN_FD 9

/* Any above 2, but for the one that lists them and the given one. */
static enum outcome left_open(void)
{
	DIR *directory = opendir("/proc/self/fd");
	enum outcome outcome = HELD;
	const struct dirent *entry;
	const char *control = getenv("CONTROL");
	int fd;

	if (!directory)
		err(2, "/proc/self/fd");
	if (control && dup(0) < 0)
		err(2, "dup");
	while ((entry = readdir(directory))) {
		fd = atoi(entry->d_name);
		if (fd > 2 && fd != dirfd(directory) && fd != GIVEN_FD)
			outcome = ESCAPED;
	}
	return outcome;
}

/* One that is open to read, again to write. */
static enum outcome reopen(void)
{
	char path[64];

	if (fcntl(GIVEN_FD, F_GETFD) < 0)
		skip("no descriptor was given");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", GIVEN_FD);
	return open(path, O_WRONLY | O_CLOEXEC) >= 0 ? ESCAPED : HELD;
}

/* For a policy that closes it. */
static enum outcome given(void)
{
	return fcntl(GIVEN_FD, F_GETFD) >= 0 ? ESCAPED : HELD;
}

static const struct attempt attempts[] = {
	{ "descriptor-left-open", left_open },
	{ "descriptor-reopen", reopen },
	{ "descriptor-given", given },
};

ESCAPE_MAIN(attempts)
