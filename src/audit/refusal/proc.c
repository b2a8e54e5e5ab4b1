#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../last_words.h"
#include "proc.h"

/* /proc/PID/NAME to read, or NULL with errno. */
static FILE *proc_open(pid_t pid, const char *name)
{
	char path[48];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	file = fopen(path, "re");
	if (!file && errno == ENOMEM)
		exhausted();
	return file;
}

/* Its next line; false at its end, with errno where that is not the last. */
static bool proc_line(FILE *file, char **line, size_t *size)
{
	errno = 0;
	if (getline(line, size, file) > 0)
		return true;
	if (errno == ENOMEM)
		exhausted();
	return false;
}

/* Up to N numbers after "KEY:" in LINE; false if it is another line. */
static bool take(const char *line, const char *key, int base, uint64_t *numbers,
		 unsigned int n)
{
	size_t length = strlen(key);
	char *at;

	if (strncmp(line, key, length) != 0 || line[length] != ':')
		return false;
	at = (char *)line + length + 1;
	for (unsigned int i = 0; i < n; i++)
		numbers[i] = strtoull(at, &at, base);
	return true;
}

/* Takes a line of proc_pid_status(5); returns the bit of its field. */
static unsigned int take_line(struct credentials *credentials, const char *line)
{
	struct credentials *c = credentials;
	uint64_t ids[4]; /* real, effective, saved, of the file system */

	if (take(line, "Tgid", 10, ids, 1)) {
		c->process = (pid_t)ids[0];
		return 1;
	}
	if (take(line, "TracerPid", 10, ids, 1)) {
		c->tracer = (pid_t)ids[0];
		return 2;
	}
	if (take(line, "Uid", 10, ids, 4)) {
		c->uid = (uid_t)ids[0];
		c->euid = (uid_t)ids[1];
		c->suid = (uid_t)ids[2];
		c->fsuid = (uid_t)ids[3];
		return 4;
	}
	if (take(line, "Gid", 10, ids, 4)) {
		c->gid = (gid_t)ids[0];
		c->fsgid = (gid_t)ids[3];
		return 8;
	}
	if (strncmp(line, "Groups:", 7) == 0 && !c->groups) {
		c->groups = strdup(line + 7);
		if (!c->groups)
			exhausted();
		return 16;
	}
	return take(line, "CapEff", 16, &c->capabilities, 1) ? 32 : 0;
}

#define ALL_FIELDS 63u

bool credentials_read(struct credentials *credentials, pid_t pid)
{
	FILE *file = proc_open(pid, "status");
	unsigned int taken = 0;
	char *line = NULL;
	size_t size = 0;
	int error;

	memset(credentials, 0, sizeof(*credentials));
	while (file && proc_line(file, &line, &size))
		taken |= take_line(credentials, line);
	error = errno;
	free(line);
	if (file)
		fclose(file);
	if (taken == ALL_FIELDS)
		return true;
	credentials->capabilities = 0;
	errno = error;
	return false;
}

void credentials_free(struct credentials *credentials)
{
	free(credentials->groups);
	credentials->groups = NULL;
}

bool credentials_in_group(const struct credentials *credentials, gid_t gid)
{
	char *at = credentials->groups, *end;

	if (credentials->fsgid == gid)
		return true;
	for (; at; at = end) {
		unsigned long group = strtoul(at, &end, 10);

		if (end == at)
			return false;
		if (group == gid)
			return true;
	}
	return false;
}

bool credentials_can(const struct credentials *credentials, int capability)
{
	return credentials->capabilities >> capability & 1;
}

bool credentials_are_audited(const struct credentials *credentials)
{
	char path[48];
	struct stat file;

	snprintf(path, sizeof(path), "/proc/self/task/%d",
		 (int)credentials->tracer);
	return credentials->tracer && stat(path, &file) == 0;
}

pid_t process_of_pidfd(pid_t pid, int fd)
{
	uint64_t process = 0;
	char name[32], *line = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(name, sizeof(name), "fdinfo/%d", fd);
	file = proc_open(pid, name);
	while (file && proc_line(file, &line, &size) &&
	       !take(line, "Pid", 10, &process, 1))
		;
	free(line);
	if (file)
		fclose(file);
	return (pid_t)process;
}

/*
 * Whether a line of proc_pid_mountinfo(5) is of FUSE, and of DEVICE, which is
 * its third word. Its free text has no spaces (they are written as \040).
 */
static bool is_fuse_on(const char *line, const char *device)
{
	const char *third = strchr(line, ' ');
	size_t length = strlen(device);

	third = third ? strchr(third + 1, ' ') : NULL;
	return third && strncmp(third + 1, device, length) == 0 &&
	       third[1 + length] == ' ' && strstr(line, " - fuse");
}

bool mount_is_fuse(pid_t pid, unsigned int major, unsigned int minor)
{
	FILE *file = proc_open(pid, "mountinfo");
	char device[32], *line = NULL;
	bool found = false;
	size_t size = 0;

	snprintf(device, sizeof(device), "%u:%u", major, minor);
	while (file && !found && proc_line(file, &line, &size))
		found = is_fuse_on(line, device);
	free(line);
	if (file)
		fclose(file);
	return found;
}

long sysctl_number(const char *name, long otherwise)
{
	char path[96], line[32], *end;
	long number = otherwise;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	file = fopen(path, "re");
	if (!file)
		return otherwise;
	if (fgets(line, sizeof(line), file)) {
		number = strtol(line, &end, 10);
		if (end == line)
			number = otherwise;
	}
	fclose(file);
	return number;
}
