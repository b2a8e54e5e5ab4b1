/* The files that a run has used, and the rules for paths that allow it. */
#ifndef SCRUN_LEARN_PLACES_H
#define SCRUN_LEARN_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "../../policy/policy.h"

enum place_kind {
	PLACE_FILE,
	PLACE_DIRECTORY, /* itself: listed, or names in it made or removed */
	PLACE_MADE,	 /* a file that would have been made, if need be */
	PLACE_MISSING,	 /* a file that was looked for and is not there */
};
#define N_PLACE_KINDS 4

struct places {
	struct spot **table; /* by a hash of the path; owned, NULL at first */
	size_t n;	     /* spots */
	bool is_wide;	     /* spots are what rules can be for, not files */
	bool is_cut;	     /* there were too many */
	int process;	     /* whose /proc/PID is "/proc/self"; 0: nobody's */
	const char **homes;  /* no rule is for them, nor for "/" */
	size_t n_homes;
};

/* Of more files it is remembered what rules could be for; of more of these the
 * directories, and of twice as many none. */
#define MAX_SPOTS ((size_t)2000)

/* The file at PATH, absolute and without links, was put to USES, the bit
 * 1 << PATHS_* for each. */
void places_add(struct places *places, const char *path, unsigned int uses,
		enum place_kind kind);

/* Whether the file at PATH was put to one of USES, or, of too many files, may
 * have been. */
bool places_has(const struct places *places, const char *path,
		unsigned int uses);

/* Visits what was used, sorted by path and kind: given to another's places_add,
 * it makes the same rules. */
void places_each(const struct places *places,
		 void (*visit)(void *context, const char *path,
			       enum place_kind kind, unsigned int uses),
		 void *context);

/* One entry of [paths]. */
struct grant {
	enum path_use use;
	char *path; /* owned */
	bool optional;
	bool is_refused;  /* too much for a rule: to be told, not written */
	const char *note; /* what was widened, and why; static, or NULL */
};

/*
 * Generalises: fills *GRANTS, to be freed by grants_free, sorted by use and
 * path, and returns how many they are. PLACES is empty then.
 *
 * What is read in a directory of the system (/usr, /proc, ...) is that whole
 * directory. A directory that was listed, or in which a name was made or
 * removed, is itself, and so is that of a file that was opened to be made.
 * Three files or more that are used alike in a directory are the directory,
 * eight where they are executed; and so on upwards, but for directories that
 * many programs share (/etc, /tmp, /var/lib, homes). All others are themselves.
 * No directory that is more than a service's own (/, /etc, /usr, homes) is ever
 * written: there, a grant is refused.
 */
size_t places_generalise(struct places *places, struct grant **grants);

void grants_free(struct grant *grants, size_t n);

#endif
