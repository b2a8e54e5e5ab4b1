/*
 * fork-held FILE: a process forks, one child after another, until it is killed;
 * then this one prints how many processes there were. In FILE are numbers of
 * four bytes each, which tell those that hold the processes where they stand:
 * the pid of the one that forks, whether it is in a fork, how many children it
 * knows of, how many have begun, and whether one that was left may end.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile struct {
	pid_t forker;
	int is_forking, n_known, n_begun, may_end;
} * place;

/* Makes no call before its parent knows of it. */
static _Noreturn void child(int known)
{
	place->n_begun++;
	while (place->n_known == known && !place->may_end)
		;
	_exit(0);
}

static _Noreturn void fork_forever(void)
{
	for (;;) {
		int known = place->n_known;
		long pid;

		place->is_forking = 1;
		pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
		if (pid == 0)
			child(known);
		place->is_forking = 0;
		place->n_known++;
		if (pid < 0 || waitpid((pid_t)pid, NULL, 0) != pid)
			_exit(1);
	}
}

int main(int argc, char **argv)
{
	int fd = argc > 1 ? open(argv[1], O_RDWR | O_CREAT, 0644) : -1;
	pid_t forker;

	if (fd < 0 || ftruncate(fd, sizeof(*place)) < 0)
		err(1, "file");
	place = mmap(NULL, sizeof(*place), PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	if (place == MAP_FAILED)
		err(1, "mmap");
	forker = fork();
	if (forker < 0)
		err(1, "fork");
	if (forker == 0)
		fork_forever();
	place->forker = forker;
	if (waitpid(forker, NULL, 0) != forker)
		err(1, "wait");
	/* The child that it did not come to know of is one more. */
	printf("%d\n", 2 + place->n_known + 1);
	return 0;
}
