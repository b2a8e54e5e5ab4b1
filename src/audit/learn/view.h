/* What an entry for a call looks at: calls that are many calls in one. */
#ifndef SCRUN_LEARN_VIEW_H
#define SCRUN_LEARN_VIEW_H

#include "../../policy/policy.h"
#include "../call.h"

#define MAX_VIEW_TEXT                                          \
	198 /* an entry's, with its end (scrun.ini(5), Limits) \
	     */

struct view {
	/* Where an entry needs CALL under: static, or NULL where libseccomp
	 * has no name for it. */
	const char *name;
	uint64_t masks[6]; /* 0: the argument is not looked at */
	uint64_t values[6];
};

/*
 * How CALL is told from others of its name: by what makes it another call
 * (ioctl's request), and by the bits that POLICY's allowing entries on it look
 * at (POLICY may be NULL). To be called by one thread at a time.
 */
struct view view_of(const struct call *call, const struct policy *policy);

/* Whether it looks at nothing but the name. */
bool view_is_whole(const struct view *view);

/* Whether the call NAME is many calls in one. */
bool view_chooses(const char *name);

bool view_equal(const struct view *a, const struct view *b);

/* For sorting: by name, then by values. */
int view_compare(const struct view *a, const struct view *b);

/*
 * Writes the entry that allows what VIEW, of CALL, shows:
 * "socket(domain == AF_INET && type & 0xf == SOCK_STREAM)".
 */
void view_print(const struct view *view, const struct call *call,
		char text[MAX_VIEW_TEXT]);

#endif
