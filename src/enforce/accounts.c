#include <err.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../status.h"
#include "accounts.h"

#define PASSWD "/etc/passwd"
#define GROUP  "/etc/group"

/* Whether TEXT is a number that an id can have; -1 is none (setresuid(2)). */
static bool parse_id(const char *text, unsigned int *id)
{
	unsigned long number;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	number = strtoul(text, &end, 10);
	*id = (unsigned int)number;
	return !*end && number < UINT32_MAX;
}

/* A system without the file has no entries. */
static FILE *open_list(const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file && errno != ENOENT)
		err(STATUS_FAILED, "cannot open '%s'", path);
	return file;
}

/* Whoever stopped before the end had FOUND. Not to be able to read on is no
 * end: the command would lack a group, say. */
static void close_list(FILE *file, const char *path, bool found)
{
	if (!file)
		return;
	if (!found && (ferror(file) || !feof(file)))
		err(STATUS_FAILED, "cannot read '%s'", path);
	fclose(file);
}

bool account_find(const char *text, struct account *account)
{
	FILE *file = open_list(PASSWD);
	const struct passwd *entry = NULL;
	unsigned int id = 0;
	bool is_number = parse_id(text, &id);

	*account = (struct account){ .uid = id };
	while (file && (entry = fgetpwent(file))) {
		if (strcmp(entry->pw_name, text) == 0 ||
		    (is_number && entry->pw_uid == id))
			break;
	}
	if (entry) {
		account->has_entry = true;
		snprintf(account->name, sizeof(account->name), "%s",
			 entry->pw_name);
		account->uid = entry->pw_uid;
		account->gid = entry->pw_gid;
	}
	close_list(file, PASSWD, entry);
	return entry || is_number;
}

bool group_number(const char *text, gid_t *gid)
{
	const struct group *entry;
	bool found = parse_id(text, gid);
	FILE *file;

	if (found)
		return true;
	file = open_list(GROUP);
	while (file && !found && (entry = fgetgrent(file))) {
		found = strcmp(entry->gr_name, text) == 0;
		if (found)
			*gid = entry->gr_gid;
	}
	close_list(file, GROUP, found);
	return found;
}

void groups_of(const char *user, void (*each)(void *context, gid_t gid),
	       void *context)
{
	FILE *file = open_list(GROUP);
	const struct group *entry;

	while (file && (entry = fgetgrent(file))) {
		for (char **member = entry->gr_mem; *member; member++) {
			if (strcmp(*member, user) == 0)
				each(context, entry->gr_gid);
		}
	}
	close_list(file, GROUP, false);
}
