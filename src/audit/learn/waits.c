#include <stdlib.h>
#include <string.h>

#include "waits.h"

#define NONE 6

/* Sorted. With a timeout of 0, in milliseconds, a call only looks. */
static const struct row {
	const char *name;
	unsigned int timeout; /* its argument, or NONE */
} rows[] = {
	{ "_newselect", NONE },
	{ "accept", NONE },
	{ "accept4", NONE },
	{ "clock_nanosleep", NONE },
	{ "clock_nanosleep_time64", NONE },
	{ "epoll_pwait", 3 },
	{ "epoll_pwait2", NONE },
	{ "epoll_wait", 3 },
	{ "io_getevents", NONE },
	{ "mq_timedreceive", NONE },
	{ "msgrcv", NONE },
	{ "nanosleep", NONE },
	{ "pause", NONE },
	{ "poll", 2 },
	{ "ppoll", NONE },
	{ "ppoll_time64", NONE },
	{ "pselect6", NONE },
	{ "pselect6_time64", NONE },
	{ "rt_sigsuspend", NONE },
	{ "rt_sigtimedwait", NONE },
	{ "select", NONE },
	{ "sigsuspend", NONE },
	{ "wait4", NONE },
	{ "waitid", NONE },
	{ "waitpid", NONE },
};

static int compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct row *)row)->name);
}

bool call_waits(const struct call *call)
{
	const struct row *row = bsearch(call_name(call->arch, call->nr), rows,
					sizeof(rows) / sizeof(rows[0]),
					sizeof(rows[0]), compare);

	return row &&
	       (row->timeout == NONE || (int)call->args[row->timeout] != 0);
}
