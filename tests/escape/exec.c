/*
 * Executing something under a policy that denies it: by every call, from a file
 * that has no name, and by guessing the ticket, which lets one execve through
 * that has the right three addresses.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>

#include "escape.h"

#define ADDRESS_BITS 46
#define PAGE	     4096u
#define GUESSES	     2000

static char self[] = "/proc/self/exe", word[] = EXECUTED;
static char *words[] = { self, word, NULL };

/* In a child, whose status says whether it has become a program. */
static enum outcome in_child(void (*execute)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		execute();
		_exit(HELD);
	}
	return wait_outcome(pid);
}

static void call_execve(void)
{
	execve(self, words, environ);
}

static void call_execveat(void)
{
	syscall(SYS_execveat, AT_FDCWD, self, words, environ, 0);
}

/* By a descriptor, without a name. */
static void call_execveat_descriptor(void)
{
	int fd = open(self, O_PATH | O_CLOEXEC);

	syscall(SYS_execveat, fd, "", words, environ, AT_EMPTY_PATH);
}

/* This program's copy, in memory only. */
static int memfd(void)
{
	int copy = memfd_create("escape", 0);
	int from = open(self, O_RDONLY | O_CLOEXEC);

	if (copy < 0 || from < 0)
		err(2, "memfd");
	while (sendfile(copy, from, NULL, 1 << 20) > 0)
		;
	close(from);
	return copy;
}

static void call_fexecve(void)
{
	fexecve(memfd(), words, environ);
}

static void execve_memfd(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", memfd());
	execve(path, words, environ);
}

static void *in_thread(void *nothing)
{
	call_execve();
	return nothing;
}

static void execve_in_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, in_thread, NULL) == 0)
		pthread_join(thread, NULL);
}

static void execve_high_bit(void)
{
	syscall(SYS_execve | 1L << 32, self, words, environ);
}

/* The three that the kernel and libc leave in memory. */
static void known_addresses(void)
{
	char *path = (char *)(uintptr_t)getauxval(AT_EXECFN);
	char **vector = environ;

	/* The name is longer than this: it is a path of the build's. */
	if (strlen(path) < sizeof(self))
		errx(2, "too short a name: %s", path);
	memcpy(path, self, sizeof(self));
	vector[0] = path;
	vector[1] = word;
	vector[2] = NULL;
	execve(path, vector, NULL);
	execve(path, vector, vector);
}

/* Many at once: an auditor may trace each call. */
static uint64_t random_number(void)
{
	static uint64_t numbers[512];
	static size_t left;

	if (left == 0) {
		if (getrandom(numbers, sizeof(numbers), 0) != sizeof(numbers))
			err(2, "getrandom");
		left = sizeof(numbers) / sizeof(numbers[0]);
	}
	return numbers[--left];
}

/* SIZE bytes at a random address, as scrun takes it. */
static void *random_copy(const void *from, size_t size)
{
	uint64_t random;
	char *page;

	do {
		random = random_number() % (1ull << ADDRESS_BITS);
		page = mmap((void *)(uintptr_t)(random / PAGE * PAGE), 2 * PAGE,
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			    -1, 0);
	} while (page == MAP_FAILED);
	return memcpy(page + random % PAGE / 16 * 16, from, size);
}

static void guess(void)
{
	char *none[] = { NULL };

	for (int i = 0; i < GUESSES; i++) {
		char *path = random_copy(self, sizeof(self));
		char **vector = random_copy(words, sizeof(words));
		char **variables = random_copy(none, sizeof(none));

		execve(path, vector, variables);
	}
}

static enum outcome plain(void)
{
	return in_child(call_execve);
}

static enum outcome at(void)
{
	return in_child(call_execveat);
}

static enum outcome at_descriptor(void)
{
	return in_child(call_execveat_descriptor);
}

static enum outcome of_memfd(void)
{
	return in_child(call_fexecve);
}

static enum outcome of_memfd_by_name(void)
{
	return in_child(execve_memfd);
}

static enum outcome by_thread(void)
{
	return in_child(execve_in_thread);
}

static enum outcome high_bit(void)
{
	return in_child(execve_high_bit);
}

static enum outcome ticket_known(void)
{
	return in_child(known_addresses);
}

static enum outcome ticket_guessed(void)
{
	return in_child(guess);
}

static const struct attempt attempts[] = {
	{ "exec-execve", plain },
	{ "exec-execveat", at },
	{ "exec-execveat-descriptor", at_descriptor },
	{ "exec-fexecve-memfd", of_memfd },
	{ "exec-execve-memfd", of_memfd_by_name },
	{ "exec-thread", by_thread },
	{ "exec-high-bit", high_bit },
	{ "exec-ticket-known-addresses", ticket_known },
	{ "exec-ticket-guesses", ticket_guessed },
};

ESCAPE_MAIN(attempts)
