/* Which files and ports a call asks for, as Landlock would see it. */
#ifndef SCRUN_LEARN_VISITS_H
#define SCRUN_LEARN_VISITS_H

#include <limits.h>

#include "../call.h"
#include "facts.h"

/* What is known of a call before it is made; of its files only the path. */
struct visits {
	struct {
		char path[PATH_MAX];
		unsigned int uses; /* 0: there is no such file */
		enum place_kind kind;
		bool is_unread; /* there is one, and we could not go there */
	} files[2];
	bool executes;
	bool controls; /* a device that is open, by ioctl(2) */
	bool has_port;
	enum port_use use;
	uint16_t port;
};

/* Fills VISITS for CALL, which a thread of PROCESS is about to make. Returns
 * false where there is nothing to know. */
bool visits_find(struct visits *visits, const struct call *call, pid_t process);

/* Whether the call may be one that visits_find() has to look at: a cheap test.
 */
bool visits_likely(const struct call *call);

/* Adds what was used to FACTS: the call of VISITS, by the thread PID, has ended
 * with ERRNUM. */
void visits_add(struct facts *facts, const struct visits *visits, pid_t pid,
		int errnum);

#endif
