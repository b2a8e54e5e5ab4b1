/* The limit on processor time: it strikes, and it leaves nothing behind. */

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "enforce/deadline.h"
#include "fixture.h"
#include "status.h"

#define MESSAGE "scrun: too late\n"

/* Never comes to an end, as seccomp_rule_add does for some rules. */
static _Noreturn void run_late(int fd)
{
	struct deadline deadline;
	volatile bool forever = true;

	dup2(fd, STDERR_FILENO);
	deadline_begin(&deadline, 1, MESSAGE);
	while (forever)
		;
	_exit(0);
}

/* Reads all that is written into FD, and closes it. */
static void read_all(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	close(fd);
}

static void assert_late(void (*before)(void))
{
	int fds[2], status;
	char text[128];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (before)
			before();
		run_late(fds[1]);
	}
	close(fds[1]);
	read_all(fds[0], text, sizeof(text));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STATUS_FAILED);
	assert_string_equal(text, MESSAGE);
}

TEST(who_is_late_ends_with_125_and_the_message)
{
	assert_late(NULL);
}

/* Whether a program may set what SIGNAL does (signal(7), nptl(7)). */
static bool is_free(int number)
{
	return number != SIGKILL && number != SIGSTOP &&
	       (number < 32 || number >= SIGRTMIN);
}

static void set_all(void (*handler)(int), bool blocked)
{
	sigset_t mask;

	for (int number = 1; number <= SIGRTMAX; number++) {
		if (is_free(number))
			signal(number, handler);
	}
	sigfillset(&mask);
	sigprocmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &mask, NULL);
}

/* As a caller may leave it to its children. */
static void ignore_and_block(void)
{
	set_all(SIG_IGN, true);
}

TEST(the_limit_strikes_where_all_signals_are_blocked_and_ignored)
{
	assert_late(ignore_and_block);
}

static bool all_are(void (*handler)(int), int blocked)
{
	struct sigaction action;
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int number = 1; number <= SIGRTMAX; number++) {
		if (!is_free(number))
			continue;
		sigaction(number, NULL, &action);
		if (action.sa_handler != handler ||
		    sigismember(&mask, number) != blocked)
			return false;
	}
	return true;
}

static void on_signal(int number)
{
	(void)number;
}

static void assert_restored(void (*handler)(int), bool blocked)
{
	struct deadline deadline;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		set_all(handler, blocked);
		deadline_begin(&deadline, 100, MESSAGE);
		deadline_end(&deadline);
		_exit(all_are(handler, blocked) ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

TEST(dispositions_and_mask_are_as_before_afterwards)
{
	assert_restored(SIG_DFL, false);
	assert_restored(SIG_DFL, true);
	assert_restored(SIG_IGN, false);
	assert_restored(SIG_IGN, true);
	assert_restored(on_signal, false);
	assert_restored(on_signal, true);
}

TEST(a_signal_that_waits_for_the_command_still_waits_afterwards)
{
	struct deadline deadline;
	sigset_t both, pending;

	sigemptyset(&both);
	sigaddset(&both, SIGALRM);
	sigaddset(&both, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &both, NULL);
	raise(SIGALRM);
	raise(SIGRTMIN);
	deadline_begin(&deadline, 100, MESSAGE);
	deadline_end(&deadline);
	sigpending(&pending);
	assert_int_equal(sigismember(&pending, SIGALRM), 1);
	assert_int_equal(sigismember(&pending, SIGRTMIN), 1);
	signal(SIGALRM, SIG_IGN);
	signal(SIGRTMIN, SIG_IGN);
	sigprocmask(SIG_UNBLOCK, &both, NULL);
	signal(SIGALRM, SIG_DFL);
	signal(SIGRTMIN, SIG_DFL);
}

TEST(an_alarm_that_was_set_before_is_left_alone)
{
	struct deadline deadline;

	alarm(1000);
	deadline_begin(&deadline, 100, MESSAGE);
	deadline_end(&deadline);
	assert_in_range(alarm(0), 990, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_late_ends_with_125_and_the_message),
		cmocka_unit_test(
			the_limit_strikes_where_all_signals_are_blocked_and_ignored),
		cmocka_unit_test(
			dispositions_and_mask_are_as_before_afterwards),
		cmocka_unit_test(
			a_signal_that_waits_for_the_command_still_waits_afterwards),
		cmocka_unit_test(an_alarm_that_was_set_before_is_left_alone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
