/*
 * Users and groups by name or number, as /etc/passwd and /etc/group have them:
 * a statically linked program can ask no other sources.
 */
#ifndef SCRUN_ACCOUNTS_H
#define SCRUN_ACCOUNTS_H

#include <stdbool.h>
#include <sys/types.h>

/* All three exit with 125 and a message where a list cannot be read. */

struct account {
	bool has_entry; /* else only the number is known */
	char name[256];
	uid_t uid;
	gid_t gid; /* of the entry */
};

/* Returns false for a name without an entry. */
bool account_find(const char *text, struct account *account);

/* The number of the group TEXT; false for a name without an entry. */
bool group_number(const char *text, gid_t *gid);

/* Calls EACH for every group of which USER is a member. */
void groups_of(const char *user, void (*each)(void *context, gid_t gid),
	       void *context);

#endif
