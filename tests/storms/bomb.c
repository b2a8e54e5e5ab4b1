/*
 * bomb [FORKS]: every process forks, and so do its children, until they have
 * tried it so many times. One that is refused another child waits for those
 * that it has. Prints how often that was.
 */
#include "storms.h"

static struct bomb {
	atomic_long tries, refused;
} * bomb;

/* Whether there was one. */
static bool wait_for_child(void)
{
	int status;

	if (wait(&status) < 0)
		return false;
	if (status != 0)
		errx(1, "a process ended with 0x%x", status);
	return true;
}

/* Returns in each process, when there is nothing more to do for it. */
static void explode(long forks, bool is_first)
{
	while (bomb->tries++ < forks) {
		pid_t pid = fork();

		if (pid == 0) {
			is_first = false;
			counts->processes++;
			call();
			call_denied();
		} else if (pid < 0 && errno == EAGAIN) {
			bomb->refused++;
			if (!wait_for_child() && !is_first)
				break;
		} else if (pid < 0) {
			err(1, "fork");
		}
	}
	while (wait_for_child())
		;
	if (!is_first)
		_exit(0);
}

int main(int argc, char **argv)
{
	storm_begin();
	bomb = share(sizeof(*bomb));
	explode(number(argc, argv, 1, 1000), true);
	printf("refused: %ld\n", bomb->refused);
	storm_end();
	return 0;
}
