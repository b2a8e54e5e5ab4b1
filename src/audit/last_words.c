#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "../policy/message.h"
#include "../status.h"
#include "last_words.h"
#include "report.h"

static struct report *told;

void last_words_to(struct report *report)
{
	told = report;
}

static void write_line(const char *line)
{
	report_write(told, line, strlen(line));
}

_Noreturn void exhausted(void)
{
	static const char line[] = "scrun: there is no memory left\n";
	ssize_t ignored;

	if (told) {
		write_line(told->format->exhausted);
	} else {
		ignored = write(STDERR_FILENO, line, sizeof(line) - 1);
		(void)ignored;
	}
	_exit(STATUS_FAILED);
}

static void tell(const char *text)
{
	unsigned long lost = told->lost;

	told->format->failure(told, text);
	if (told->lost != lost) /* for want of memory to make the line */
		write_line(told->format->exhausted);
}

void messages_tell(void)
{
	message_to(tell);
}

/* Another thread goes on until the end: a reader that waits is not waited for,
 * lest the command be held. Nothing here but what signal-safety(7) lists. */
static void on_crash(int signal)
{
	struct pollfd ready = { .fd = told->fd, .events = POLLOUT };

	(void)signal;
	if (poll(&ready, 1, 0) > 0)
		write_line(told->format->crashed);
	_exit(STATUS_FAILED);
}

int crash_tell(void)
{
	/* abort(3) raises none where the filter denies tgkill, and crashes. */
	static const int crashes[] = { SIGSEGV, SIGBUS,	 SIGFPE,
				       SIGILL,	SIGTRAP, SIGABRT };
	struct sigaction action = { .sa_handler = on_crash };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++) {
		sigaddset(&set, crashes[i]);
		if (sigaction(crashes[i], &action, NULL) < 0)
			return -1;
	}
	return sigprocmask(SIG_UNBLOCK, &set, NULL);
}
