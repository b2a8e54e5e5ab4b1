#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <paths.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "../policy/paths.h"
#include "../status.h"
#include "command.h"

/* The kernel looks at this much of a file (BINPRM_BUF_SIZE), and follows
 * this many interpreters (fs/exec.c). */
#define HEAD_SIZE	 256
#define MAX_INTERPRETERS 5

/* 0, or the errno for which PATH cannot be executed. */
static int why_not_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? errno : 0;
}

static void *no_memory_is_fatal(void *memory)
{
	if (!memory)
		err(STATUS_FAILED, "memory");
	return memory;
}

/* As execvp(3): what cannot be executed counts only if nothing else can. */
static char *search_path(const char *name)
{
	const char *path = getenv("PATH");
	int failure = ENOENT;

	if (!path)
		path = _PATH_DEFPATH;
	for (;;) {
		size_t length = strcspn(path, ":");
		char *file;
		int why;

		if (asprintf(&file, "%.*s%s%s", (int)length, path,
			     length ? "/" : "./", name) < 0)
			err(STATUS_FAILED, "memory");
		why = why_not_executable(file);
		if (why == 0)
			return file;
		free(file);
		if (why != ENOENT && why != ENOTDIR)
			failure = why;
		if (!path[length])
			break;
		path += length + 1;
	}
	if (failure == ENOENT)
		errx(STATUS_NOT_FOUND, "'%s': not found in PATH", name);
	errno = failure;
	err(STATUS_NOT_RUNNABLE, "'%s' in PATH", name);
}

/*
 * The first bytes of a file. Returns their number, or -1: what cannot be read
 * may still be executed.
 */
static ssize_t read_head(const char *path, char head[HEAD_SIZE + 1])
{
	/* O_NONBLOCK: what is a FIFO would be waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	ssize_t n = -1;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read(fd, head, HEAD_SIZE);
	if (fd >= 0)
		close(fd);
	head[n > 0 ? n : 0] = '\0';
	return n;
}

/* Bytes that no script has before its first line ends, as sh judges it. */
static bool is_text(const char *head, size_t n)
{
	const char *eol = memchr(head, '\n', n);

	return !memchr(head, '\0', eol ? (size_t)(eol - head) : n);
}

static void run_by_shell(struct command *command)
{
	size_t n = 0;
	char **argv;

	while (command->argv[n])
		n++;
	argv = no_memory_is_fatal(calloc(n + 2, sizeof(argv[0])));
	argv[0] = command->argv[0];
	argv[1] = command->path;
	memcpy(&argv[2], &command->argv[1], n * sizeof(argv[0]));
	command->argv = argv;
	command->script = command->path;
	command->path = no_memory_is_fatal(strdup(_PATH_BSHELL));
}

static bool is_elf(const char *head, size_t n)
{
	return n >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0;
}

/* The program that a "#!" line names, cut out of HEAD; NULL: there is none. */
static char *script_interpreter(char *head, size_t n)
{
	char *start;

	if (n < 2 || memcmp(head, "#!", 2) != 0)
		return NULL;
	start = head + 2 + strspn(head + 2, " \t");
	start[strcspn(start, " \t\n")] = '\0';
	return *start ? start : NULL;
}

/* Files have a dozen segments; PT_INTERP is among the first (elf(5)). */
#define MAX_SEGMENTS 32

/* The loader that a 64-bit ELF file asks for, or NULL; to be freed. */
static char *elf_interpreter(const char *path, const char *head, size_t n)
{
	Elf64_Phdr segments[MAX_SEGMENTS] = { 0 };
	Elf64_Ehdr header;
	char *name = NULL;
	int fd;

	if (n < sizeof(header) || head[EI_CLASS] != ELFCLASS64)
		return NULL;
	memcpy(&header, head, sizeof(header));
	if (header.e_phentsize != sizeof(segments[0]))
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return NULL;
	if (pread(fd, segments, sizeof(segments), (off_t)header.e_phoff) < 0)
		header.e_phnum = 0;
	for (unsigned int i = 0; i < header.e_phnum && i < MAX_SEGMENTS; i++) {
		const Elf64_Phdr *segment = &segments[i];

		if (segment->p_type != PT_INTERP || segment->p_filesz > 4096)
			continue;
		name = no_memory_is_fatal(calloc(1, segment->p_filesz + 1));
		if (pread(fd, name, segment->p_filesz,
			  (off_t)segment->p_offset) < 0)
			*name = '\0';
		break;
	}
	close(fd);
	return name;
}

/* Landlock says it to nobody but execve(2): see what the rules say. */
static void check_rules(const struct policy *policy, const char *path,
			const char *user_of_it)
{
	char resolved[PATH_MAX], advice[PATH_MAX + 32];

	if (paths_allow(policy, path, PATHS_EXECUTE))
		return;
	if (!realpath(path, resolved))
		err(STATUS_NOT_RUNNABLE, "'%s'", path);
	if (strpbrk(resolved, " \t")) /* which no list can have */
		snprintf(advice, sizeof(advice), "name");
	else
		snprintf(advice, sizeof(advice), "write 'execute = %s', or",
			 resolved);
	errx(STATUS_NOT_RUNNABLE,
	     "'%s'%s%s%s: no [paths] rule allows to execute it; %s a directory "
	     "above it",
	     user_of_it ? user_of_it : path, user_of_it ? " needs '" : "",
	     user_of_it ? path : "", user_of_it ? "'" : "", advice);
}

static _Noreturn void refuse_capability(const char *path, int cap)
{
	char *name = no_memory_is_fatal(cap_to_name(cap));

	errx(STATUS_NOT_RUNNABLE,
	     "'%s' has %s as a file capability, and the kernel does not "
	     "execute "
	     "it where that is dropped; write 'keep = %s', or take it off the "
	     "file by 'setcap -r'",
	     path, name, name);
}

/*
 * A file whose effective capabilities cannot be had is not executed, instead of
 * getting less (bprm_caps_from_vfs_caps() in the kernel's
 * security/commoncap.c). "nosuid" lets none count.
 */
static void check_capabilities(const char *path)
{
	cap_t state = cap_get_file(path);
	struct statvfs fs;

	if (!state)
		return;
	if (statvfs(path, &fs) == 0 && !(fs.f_flag & ST_NOSUID)) {
		for (int cap = 0; cap < cap_max_bits(); cap++) {
			cap_flag_value_t permitted = CAP_CLEAR;
			cap_flag_value_t effective = CAP_CLEAR;

			cap_get_flag(state, cap, CAP_PERMITTED, &permitted);
			cap_get_flag(state, cap, CAP_EFFECTIVE, &effective);
			if (permitted && effective && cap_get_bound(cap) == 0)
				refuse_capability(path, cap);
		}
	}
	cap_free(state);
}

static void check_file(const struct policy *policy, const char *path,
		       const char *user_of_it, int depth)
{
	char head[HEAD_SIZE + 1];
	int why = why_not_executable(path);
	char *interpreter;
	ssize_t length;
	size_t n;

	if (why != 0) {
		errno = why;
		if (user_of_it)
			err(why == ENOENT ? STATUS_NOT_FOUND
					  : STATUS_NOT_RUNNABLE,
			    "'%s' needs '%s'", user_of_it, path);
		err(why == ENOENT || why == ENOTDIR ? STATUS_NOT_FOUND
						    : STATUS_NOT_RUNNABLE,
		    "'%s'", path);
	}
	check_rules(policy, path, user_of_it);
	length = read_head(path, head);
	if (length < 0)
		return;
	n = (size_t)length;
	if (is_elf(head, n)) {
		check_capabilities(path);
		interpreter = elf_interpreter(path, head, n);
		if (interpreter && *interpreter && depth > 0)
			check_file(policy, interpreter, path, 0);
		free(interpreter);
		return;
	}
	interpreter = script_interpreter(head, n);
	if (interpreter && depth == 0)
		errx(STATUS_NOT_RUNNABLE, "'%s': too many interpreters", path);
	if (interpreter)
		check_file(policy, interpreter, path, depth - 1);
}

/* Whether execve(2) would say ENOEXEC and execvp(3) go on with the shell. */
static bool is_for_shell(const char *path)
{
	char head[HEAD_SIZE + 1];
	ssize_t n = read_head(path, head);

	return n >= 0 && !is_elf(head, (size_t)n) &&
	       !script_interpreter(head, (size_t)n) && is_text(head, (size_t)n);
}

void command_find(struct command *command, char **argv)
{
	command->argv = argv;
	command->script = NULL;
	if (argv[0][0] == '\0')
		errx(STATUS_NOT_FOUND, "the command's name is empty");
	command->path = strchr(argv[0], '/')
				? no_memory_is_fatal(strdup(argv[0]))
				: search_path(argv[0]);
	if (why_not_executable(command->path) == 0 &&
	    is_for_shell(command->path))
		run_by_shell(command);
}

void command_check(const struct command *command, const struct policy *policy)
{
	if (command->script)
		check_file(policy, command->script, NULL, 0);
	check_file(policy, command->path, command->script, MAX_INTERPRETERS);
}
