#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "paths.h"

#define FAULT(...) fault_add(faults, origin->file, origin->line, __VA_ARGS__)

/* What writes a file wants to read it, and a program must be read. */
static const struct {
	const char *key;
	unsigned int grants;
} uses[N_PATH_USES] = {
	[PATHS_READ] = { "read", 1u << PATHS_READ },
	[PATHS_WRITE] = { "write", 1u << PATHS_READ | 1u << PATHS_WRITE },
	[PATHS_EXECUTE] = { "execute", 1u << PATHS_READ | 1u << PATHS_EXECUTE },
};

const char *path_key(enum path_use use)
{
	return uses[use].key;
}

static enum path_use use_of(const char *key)
{
	unsigned int use = 0;

	while (use + 1 < N_PATH_USES && strcmp(uses[use].key, key) != 0)
		use++;
	return (enum path_use)use;
}

bool path_is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (strcmp(directory, "/") == 0)
		return true;
	return strncmp(path, directory, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

void paths_begin(struct policy *policy, const struct origin *origin,
		 struct faults *faults)
{
	(void)faults;
	if (!policy->paths_origin.file)
		policy->paths_origin = *origin;
}

/* Without the slashes that mean nothing, so that '!' finds what it names. */
static const char *tidy(struct policy *policy, const char *path)
{
	char *tidied = policy_strndup(policy, path, strlen(path));
	size_t n = 0;

	for (const char *at = path; *at; at++) {
		if (*at != '/' || (at[1] != '/' && at[1] != '\0'))
			tidied[n++] = *at;
	}
	if (n == 0)
		tidied[n++] = '/';
	tidied[n] = '\0';
	return tidied;
}

static void remove_path(struct path_list *list, const char *name)
{
	struct path *at, *safe = STAILQ_FIRST(list);

	while ((at = safe)) {
		safe = STAILQ_NEXT(at, next);
		if (strcmp(at->name, name) == 0)
			STAILQ_REMOVE(list, at, path, next);
	}
}

void path_take(struct policy *policy, const struct origin *origin,
	       struct faults *faults)
{
	struct path_list *list = &policy->paths[use_of(origin->key)];
	const char *name = origin->text + strspn(origin->text, "!?");
	size_t n_signs = (size_t)(name - origin->text);
	struct path *path;

	if (*name != '/') {
		FAULT("'%s' is no absolute path; write it from the root on, "
		      "such as '/usr'",
		      origin->text);
		return;
	}
	name = tidy(policy, name);
	if (memchr(origin->text, '!', n_signs)) {
		remove_path(list, name);
		return;
	}
	path = policy_alloc(policy, sizeof(*path));
	path->origin = *origin;
	path->name = name;
	path->optional = memchr(origin->text, '?', n_signs);
	STAILQ_INSERT_TAIL(list, path, next);
}

void paths_note(struct policy *policy)
{
	struct path *path;
	struct stat st;

	for (unsigned int use = 0; use < N_PATH_USES; use++) {
		STAILQ_FOREACH(path, &policy->paths[use], next) {
			if (stat(path->name, &st) < 0)
				continue;
			path->device = st.st_dev;
			path->inode = st.st_ino;
		}
	}
}

/* Whether it is the file at NAME. What is not there (no ST) has but a name. */
static bool is_at(const struct path *path, const char *name,
		  const struct stat *st)
{
	if (!st)
		return strcmp(path->name, name) == 0;
	return path->inode && path->inode == st->st_ino &&
	       path->device == st->st_dev;
}

/* What the rules on this very file, not those above it, give. */
static unsigned int granted_by(const struct policy *policy, const char *name,
			       const struct stat *st)
{
	const struct path *path;
	unsigned int granted = 0;

	for (unsigned int use = 0; use < N_PATH_USES; use++) {
		STAILQ_FOREACH(path, &policy->paths[use], next) {
			if (is_at(path, name, st))
				granted |= uses[use].grants;
		}
	}
	return granted;
}

unsigned int paths_granted(const struct policy *policy, const char *root,
			   const char *path)
{
	char name[PATH_MAX + 32];
	size_t start = strlen(root), length = start + strlen(path);
	unsigned int granted = 0;
	struct stat st;

	if (!policy->paths_origin.file || length >= sizeof(name))
		return ~0u;
	memcpy(name, root, start);
	memcpy(name + start, path, length - start + 1);
	/* From the whole name to the root itself, "" or "/proc/1/root". */
	for (;;) {
		while (length > start && name[length - 1] == '/')
			length--;
		name[length] = '\0';
		if (stat(length ? name : "/", &st) == 0)
			granted |= granted_by(policy, name + start, &st);
		else if (errno == ENOENT)
			granted |= granted_by(policy, name + start, NULL);
		if (length == start)
			return granted;
		while (length > start && name[length - 1] != '/')
			length--;
	}
}

bool paths_allow(const struct policy *policy, const char *path,
		 enum path_use use)
{
	char resolved[PATH_MAX];

	if (!policy->paths_origin.file || !realpath(path, resolved))
		return true;
	return paths_granted(policy, "", resolved) & 1u << use;
}
