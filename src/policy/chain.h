/* How a group comes to contain a system call. */
#ifndef SCRUN_CHAIN_H
#define SCRUN_CHAIN_H

#include "policy.h"

#define MAX_CHAIN 8

/*
 * The members that lead from the group GROUP to the call NAME with RULE's
 * conditions, by the shortest way: the last one is the call itself. Writes them
 * to LINKS and returns how many there are; 0 where no way is found.
 */
size_t chain_find(struct policy *policy, const char *group, const char *name,
		  const struct rule *rule,
		  const struct entry *links[MAX_CHAIN]);

/* Whether the group GROUP has the call NAME, with whatever conditions. */
bool group_has(struct policy *policy, const char *group, const char *name);

#endif
