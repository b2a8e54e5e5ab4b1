#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kept.h"
#include "source.h"
#include "status.h"

#define MAX_SIZE ((off_t)1024 * 1024)

bool kept_has_place(const struct policy *policy)
{
	return !policy->builtin && policy->file[0] != '<';
}

char *kept_path(const struct policy *policy)
{
	char *path;

	if (asprintf(&path, "%s.bpf", policy->file) < 0)
		err(STATUS_FAILED, "memory");
	return path;
}

static bool is_trusted(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size <= MAX_SIZE &&
	       (st->st_uid == 0 || st->st_uid == geteuid()) &&
	       !(st->st_mode & (S_IWGRP | S_IWOTH));
}

void kept_read(struct policy *policy)
{
	char *path = kept_path(policy);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
				    O_NOCTTY);
	struct stat st;
	char *bytes;

	free(path);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && is_trusted(&st)) {
		bytes = policy_alloc(policy, (size_t)st.st_size);
		if (read_exactly(fd, bytes, (size_t)st.st_size)) {
			policy->kept = bytes;
			policy->kept_length = (size_t)st.st_size;
		}
	}
	close(fd);
}
