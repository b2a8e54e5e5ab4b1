/* The keys of [paths], and what they allow. */
#ifndef SCRUN_PATHS_H
#define SCRUN_PATHS_H

#include "policy.h"

/* The key of USE; static. */
const char *path_key(enum path_use use);

/* Whether PATH is DIRECTORY or below it, as they are written: absolute, without
 * a slash at the end. */
bool path_is_below(const char *path, const char *directory);

/* Once for each line of a key: an empty one counts, and allows nothing. */
void paths_begin(struct policy *policy, const struct origin *origin,
		 struct faults *faults);

/* Takes ORIGIN's text, a path, for ORIGIN's key. */
void path_take(struct policy *policy, const struct origin *origin,
	       struct faults *faults);

/* Notes which files POLICY's paths are now, as a ruleset that is made of them
 * does; paths_granted() asks for that. */
void paths_note(struct policy *policy);

/*
 * What POLICY gives to the file at PATH, absolute and without links, below ROOT
 * ("", or "/proc/1/root"): the bit 1 << USE for each use. As Landlock does, it
 * goes up from the file to ROOT and looks for what a rule is on by its inode;
 * of what is not there, by its name. Without [paths] it is everything.
 */
unsigned int paths_granted(const struct policy *policy, const char *root,
			   const char *path);

/*
 * Whether POLICY allows USE of the file at PATH, where its links lead to. True
 * also where that cannot be told: the kernel decides, this only foresees.
 */
bool paths_allow(const struct policy *policy, const char *path,
		 enum path_use use);

#endif
