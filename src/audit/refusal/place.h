/* What Landlock asks about a call's files. */
#ifndef SCRUN_PLACE_H
#define SCRUN_PLACE_H

#include "../call.h"
#include "walk.h"

/* One file of a call, at the end of the way to it. */
struct place {
	struct walk walk;
	unsigned int needs;
	bool is_directory; /* that is asked, not the file: walk's path is its */
};

/* Whether Landlock looks at files of the call NAME (call_base_name). */
bool place_is_asked(const char *name);

/*
 * Goes to file INDEX of CALL, which a thread of PROCESS makes, or to its
 * directory if that has to allow it. Returns false where there is none.
 */
bool place_find(struct place *place, const struct call *call, const char *name,
		pid_t process, unsigned int index);

/* Which uses of it (1 << PATHS_*) the call asks for. */
unsigned int place_uses(const struct place *place);

#endif
