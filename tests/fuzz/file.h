/*
 * The files that policies are read from, in memory; there are no others. The
 * linker's --wrap leads open(2) and its like here.
 */
#ifndef SCRUN_TESTS_FUZZ_FILE_H
#define SCRUN_TESTS_FUZZ_FILE_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "same_policy.h"

/* Scrun's own groups are many, and not what is to be tested here. */
static const char groups[] = "[groups]\n"
			     "@probed = clone3 rseq\n"
			     "@file = @open read lseek ?nosuch\n"
			     "@net = socket bind\n"
			     "[families]\n"
			     "@open = open openat ?openat2\n"
			     "@kill = kill tkill\n";

/* That of the command line, and one that it may include. */
#define FILE_NAME     "/policy.ini"
#define INCLUDED_NAME "/included.ini"
#define FIRST_FD      1000

static struct file_text {
	const char *name, *text;
	size_t size, at;
} files[] = {
	{ .name = FILE_NAME },
	{ .name = INCLUDED_NAME },
	{ SYSCONFDIR "/groups.ini", groups, sizeof(groups) - 1, 0 },
};

int __wrap_open(const char *name, int flags, ...);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_lstat(const char *name, struct stat *st);
ssize_t __wrap_read(int fd, void *buffer, size_t size);
int __wrap_close(int fd);
ssize_t __real_read(int fd, void *buffer, size_t size);
int __real_close(int fd);

int __wrap_open(const char *name, int flags, ...)
{
	(void)flags;
	for (int i = 0; i < (int)ARRAY_SIZE(files); i++) {
		if (strcmp(files[i].name, name) != 0)
			continue;
		files[i].at = 0;
		return FIRST_FD + i;
	}
	errno = ENOENT;
	return -1;
}

int __wrap_fstat(int fd, struct stat *st)
{
	*st = (struct stat){
		.st_mode = S_IFREG | 0600,
		.st_uid = geteuid(),
		.st_ino = (ino_t)fd,
		.st_size = (off_t)files[fd - FIRST_FD].size,
	};
	return 0;
}

int __wrap_lstat(const char *name, struct stat *st)
{
	(void)name;
	(void)st;
	errno = ENOENT;
	return -1;
}

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	struct file_text *file;

	if (fd < FIRST_FD) /* the pipe of program_export */
		return __real_read(fd, buffer, size);
	file = &files[fd - FIRST_FD];
	if (size > file->size - file->at)
		size = file->size - file->at;
	memcpy(buffer, file->text + file->at, size);
	file->at += size;
	return (ssize_t)size;
}

int __wrap_close(int fd)
{
	return fd < FIRST_FD ? __real_close(fd) : 0;
}

/* Reads the file of these bytes; what follows a NUL byte is the other file. */
static inline struct reading reading_of_files(const char *bytes, size_t size)
{
	const char *end = size ? memchr(bytes, '\0', size) : NULL;
	size_t length = end ? (size_t)(end - bytes) : size;
	struct reading reading;

	files[0].text = bytes;
	files[0].size = length;
	files[1].text = end ? end + 1 : "";
	files[1].size = end ? size - length - 1 : 0;
	faults_init(&reading.faults);
	reading.policy = policy_load_entries(FILE_NAME, &reading.faults);
	CHECK(!reading.policy == (reading.faults.n > 0));
	check_faults(&reading.faults);
	return reading;
}

/* What scrun itself has written is a policy without a fault. */
static inline struct policy *policy_written(const char *text)
{
	struct reading reading = reading_of_files(text, strlen(text));

	if (!reading.policy)
		fprintf(stderr, "%s\nin what was written:\n%s\n",
			fault_text(&reading.faults, 0), text);
	CHECK(reading.policy);
	return reading.policy;
}

/* Whether A and B agree on each call that A has a rule for. */
static inline bool agree_on_rules(const struct policy *a,
				  const struct policy *b)
{
	for (size_t i = 0; i < a->n_rules; i++) {
		const struct rule *rule = &a->rules[i];
		uint32_t arch = rule->arch;

		if (i > 0 && rule[-1].arch == arch && rule[-1].nr == rule->nr)
			continue;
		if (arch == SCMP_ARCH_X32)
			arch = SCMP_ARCH_X86_64;
		if (!same_call(a, b, arch, rule->nr))
			return false;
	}
	return same_call(a, b, seccomp_arch_native(), N_SYSCALLS);
}

static inline void check_same(const struct policy *a, const struct policy *b)
{
	CHECK(agree_on_rules(a, b));
	CHECK(agree_on_rules(b, a));
}

#endif
