/* The exit statuses that are scrun's own, as in env(1) and timeout(1). */
#ifndef SCRUN_STATUS_H
#define SCRUN_STATUS_H

enum {
	STATUS_FAILED = 125, /* scrun failed; the command did not run */
	STATUS_NOT_RUNNABLE = 126,
	STATUS_NOT_FOUND = 127,
};

#endif
