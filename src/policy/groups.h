/* Groups of system calls: the policy's own, and those that come with scrun. */
#ifndef SCRUN_GROUPS_H
#define SCRUN_GROUPS_H

#include "policy.h"

/*
 * The group called NAME (with its '@'), or NULL. Scrun's own are read from
 * their text when they are first asked for.
 */
struct group *group_find(struct policy *policy, const char *name,
			 struct faults *faults);

/* Reads those that nobody has asked for yet into POLICY's list as well. */
void groups_read_all(struct policy *policy, struct faults *faults);

/*
 * Adds the members in VALUE to the group that ORIGIN's key names. IS_BUILTIN:
 * the text is scrun's own; no other may change a group of it.
 */
void group_add(struct policy *policy, struct origin *origin, const char *value,
	       bool is_builtin, bool is_family, struct faults *faults);

#endif
