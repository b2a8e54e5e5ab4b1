#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "../status.h"
#include "exhausted.h"
#include "report.h"

static struct report *told;

void exhausted_tell(struct report *report)
{
	told = report;
}

_Noreturn void exhausted(void)
{
	static const char line[] = "scrun: there is no memory left\n";
	ssize_t ignored;

	if (told) {
		report_write(told, told->format->exhausted,
			     strlen(told->format->exhausted));
	} else {
		ignored = write(STDERR_FILENO, line, sizeof(line) - 1);
		(void)ignored;
	}
	_exit(STATUS_FAILED);
}
