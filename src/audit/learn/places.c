#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../policy/paths.h"
#include "../last_words.h"
#include "directories.h"
#include "places.h"

#define READ	  (1u << PATHS_READ)
#define WRITE	  (1u << PATHS_WRITE)
#define EXECUTE	  (1u << PATHS_EXECUTE)

#define MAX_ENTRY 190 /* bytes of a path in a list (scrun.ini(5), Limits) */

static const char by_system[] = "widened: a directory of the system";
static const char by_many[] = "widened: several files of it";
static const char by_names[] = "names were made, changed or removed in it";
static const char by_programs[] = "programs were made in it, and run";
static const char by_list[] = "it was listed";
static const char by_blank[] = "widened: a list cannot have the file's name";
static const char by_process[] = "widened: each process has another directory";
static const char by_making[] = "files are made in it";
static const char is_missing[] = "it was not there";

struct spot {
	char *path; /* owned */
	unsigned int uses[N_PLACE_KINDS];
	const char *note;
};

static unsigned int uses_of(const struct spot *spot)
{
	unsigned int uses = 0;

	for (unsigned int kind = 0; kind < N_PLACE_KINDS; kind++)
		uses |= spot->uses[kind];
	return uses;
}

/* Whenever it was looked for. */
static bool was_missing(const struct spot *spot)
{
	return uses_of(spot) && !spot->uses[PLACE_FILE] &&
	       !spot->uses[PLACE_DIRECTORY];
}

static bool is_home(const struct places *places, const char *path)
{
	for (size_t i = 0; i < places->n_homes; i++) {
		if (strcmp(places->homes[i], path) == 0)
			return true;
	}
	return strncmp(path, "/home/", 6) == 0 && !strchr(path + 6, '/');
}

static bool is_never(const struct places *places, const char *path)
{
	return directory_is_nobodys(path) || is_home(places, path);
}

/* Whether it is many programs' directory. */
static bool is_many(const struct places *places, const char *path)
{
	return is_never(places, path) || directory_is_shared(path);
}

static char *copy(const char *text, size_t length)
{
	char *copied = strndup(text, length);

	if (!copied)
		exhausted();
	return copied;
}

/* ---- What was used ---- */

/* A power of two, twice the spots that there can be. */
#define TABLE_SIZE 8192
_Static_assert(TABLE_SIZE >= 4 * MAX_SPOTS, "the table has free places");

/* FNV-1a */
static size_t hash(const char *path, size_t length)
{
	uint32_t value = 2166136261u;

	for (size_t i = 0; i < length; i++)
		value = (value ^ (unsigned char)path[i]) * 16777619u;
	return value % TABLE_SIZE;
}

/* Where in the table the spot of the path is that LENGTH bytes are, or would
 * be. */
static size_t find(const struct places *places, const char *path, size_t length)
{
	size_t at = hash(path, length);
	const struct spot *spot;

	while ((spot = places->table[at])) {
		if (strlen(spot->path) == length &&
		    memcmp(spot->path, path, length) == 0)
			break;
		at = (at + 1) % TABLE_SIZE;
	}
	return at;
}

/* A new spot has no uses. NULL: there are too many. */
static struct spot *get(struct places *places, const char *path, size_t length)
{
	struct spot *spot;
	size_t at;

	if (!places->table)
		places->table = calloc(TABLE_SIZE, sizeof(struct spot *));
	if (!places->table)
		exhausted();
	at = find(places, path, length);
	if (places->table[at])
		return places->table[at];
	places->is_cut |= places->n == 2 * MAX_SPOTS;
	if (places->is_cut)
		return NULL;
	spot = calloc(1, sizeof(*spot));
	if (!spot)
		exhausted();
	spot->path = copy(path, length);
	places->table[at] = spot;
	places->n++;
	return spot;
}

static void add(struct places *places, const char *path, size_t length,
		unsigned int uses, enum place_kind kind, const char *note)
{
	struct spot *spot = get(places, path, length);

	if (!spot)
		return;
	spot->uses[kind] |= uses;
	if (note && (!spot->note || note == by_names))
		spot->note = note;
}

/* /proc/PID is another one the next time. Only reading can be widened: to write
 * there is to have power over others. */
static bool widen_process(struct places *places, const char *path,
			  unsigned int uses, enum place_kind kind)
{
	if (!path_is_below(path, "/proc"))
		return false;
	if (uses & WRITE && path_is_below(path, "/proc/self"))
		add(places, "/proc/self", strlen("/proc/self"), WRITE,
		    PLACE_DIRECTORY, by_process);
	else if (uses & WRITE)
		add(places, path, strlen(path), WRITE, kind, NULL);
	if (uses & READ)
		add(places, "/proc", strlen("/proc"), READ, PLACE_DIRECTORY,
		    by_process);
	return true;
}

/* What a list of a policy can hold, and a terminal show. */
static bool can_be_written(const char *path)
{
	for (const char *at = path; *at; at++) {
		if (*at <= ' ' || *at > '~' || strchr("();", *at))
			return false;
	}
	return strlen(path) < MAX_ENTRY;
}

/* Adds what a rule can be for. */
static void add_wide(struct places *places, const char *path, unsigned int uses,
		     enum place_kind kind)
{
	const char *system = directory_of_system(path);
	const char *note = kind != PLACE_DIRECTORY ? NULL
			   : uses & WRITE	   ? by_names
						   : by_list;
	char shorter[PATH_MAX];

	if (widen_process(places, path, uses, kind))
		return;
	if (system && uses & READ) {
		if (kind != PLACE_MISSING)
			add(places, system, strlen(system), READ,
			    PLACE_DIRECTORY, by_system);
		uses &= ~READ;
	}
	if (!uses)
		return;
	snprintf(shorter, sizeof(shorter), "%s", path);
	/* Next time it need not be there. */
	if (kind == PLACE_MADE) {
		shorter[parent_length(shorter)] = '\0';
		kind = PLACE_DIRECTORY;
		note = by_making;
	}
	if (note == by_making && is_many(places, shorter)) {
		snprintf(shorter, sizeof(shorter), "%s", path);
		kind = PLACE_FILE;
		note = NULL;
	}
	/* Its directory would be much, for what nobody has had. */
	if (kind == PLACE_MISSING && !can_be_written(shorter))
		return;
	while (!can_be_written(shorter)) {
		shorter[parent_length(shorter)] = '\0';
		kind = PLACE_DIRECTORY;
		note = by_blank;
	}
	if (places->n >= MAX_SPOTS && kind == PLACE_MISSING)
		return;
	if (places->n >= MAX_SPOTS && kind == PLACE_FILE) {
		shorter[parent_length(shorter)] = '\0';
		kind = PLACE_DIRECTORY;
		note = by_many;
	}
	add(places, shorter, strlen(shorter), uses, kind, note);
}

static int compare_spots(const void *left, const void *right)
{
	const struct spot *const *a = left, *const *b = right;

	return strcmp((*a)->path, (*b)->path);
}

/* The spots, by their paths; to be freed. */
static struct spot **sort(const struct places *places)
{
	struct spot **list = calloc(places->n + 1, sizeof(struct spot *));
	size_t n = 0;

	if (!list)
		exhausted();
	for (size_t i = 0; places->table && i < TABLE_SIZE; i++) {
		if (places->table[i])
			list[n++] = places->table[i];
	}
	qsort(list, n, sizeof(struct spot *), compare_spots);
	return list;
}

static void spot_free(struct spot *spot)
{
	free(spot->path);
	free(spot);
}

/* From what was used to what rules can be for: in an order that does not depend
 * on when it was used. */
static void widen_all(struct places *places)
{
	struct spot **list = sort(places);
	size_t n = places->n;

	free(places->table);
	places->table = NULL;
	places->n = 0;
	places->is_wide = true;
	for (size_t i = 0; i < n; i++) {
		for (unsigned int kind = 0; kind < N_PLACE_KINDS; kind++) {
			if (list[i]->uses[kind])
				add_wide(places, list[i]->path,
					 list[i]->uses[kind],
					 (enum place_kind)kind);
		}
		spot_free(list[i]);
	}
	free(list);
}

/* "/proc/self/fd", if the process is the one that was learned of. */
static const char *own_process(const struct places *places, const char *path,
			       char own[PATH_MAX])
{
	char *rest;
	long pid;

	if (strncmp(path, "/proc/", 6) != 0 || !isdigit(path[6]))
		return path;
	pid = strtol(path + 6, &rest, 10);
	if (pid != places->process || (*rest && *rest != '/'))
		return path;
	snprintf(own, PATH_MAX, "/proc/self%.*s", PATH_MAX - 16, rest);
	return own;
}

void places_add(struct places *places, const char *path, unsigned int uses,
		enum place_kind kind)
{
	char own[PATH_MAX];

	path = own_process(places, *path ? path : "/", own);
	if (!places->is_wide && places->n >= MAX_SPOTS)
		widen_all(places);
	if (places->is_wide)
		add_wide(places, path, uses, kind);
	else
		add(places, path, strlen(path), uses, kind, NULL);
}

bool places_has(const struct places *places, const char *path,
		unsigned int uses)
{
	const struct spot *spot;

	if (!places->table || places->is_wide)
		return places->is_wide;
	spot = places->table[find(places, path, strlen(path))];
	return spot && uses_of(spot) & uses;
}

void places_each(const struct places *places,
		 void (*visit)(void *context, const char *path,
			       enum place_kind kind, unsigned int uses),
		 void *context)
{
	struct spot **list = sort(places);

	for (size_t i = 0; i < places->n; i++) {
		for (unsigned int kind = 0; kind < N_PLACE_KINDS; kind++) {
			if (list[i]->uses[kind])
				visit(context, list[i]->path,
				      (enum place_kind)kind,
				      list[i]->uses[kind]);
		}
	}
	free(list);
}

/* ---- What is to be allowed ---- */

struct list {
	struct grant *grants;
	bool *is_directory; /* of each; owned */
	size_t n;
};

static void append(struct list *list, const char *path, size_t length,
		   enum path_use use, bool is_directory, const char *note)
{
	list->grants[list->n] = (struct grant){
		.use = use,
		.path = copy(path, length),
		.note = note,
	};
	list->is_directory[list->n++] = is_directory;
}

/* Why the rule is for more than what was used, or NULL. */
static const char *note_of(const struct spot *spot, enum path_use use)
{
	if (was_missing(spot))
		return is_missing;
	if (use == PATHS_EXECUTE && spot->note && spot->note != by_many &&
	    spot->note != by_blank)
		return by_programs;
	return spot->note;
}

static void append_spot(struct list *list, const struct spot *spot)
{
	for (unsigned int use = 0; use < N_PATH_USES; use++) {
		if (!(uses_of(spot) & 1u << use))
			continue;
		append(list, spot->path, strlen(spot->path), (enum path_use)use,
		       spot->uses[PLACE_DIRECTORY],
		       note_of(spot, (enum path_use)use));
		list->grants[list->n - 1].optional = was_missing(spot);
	}
}

/* All spots, which are freed. */
static void append_all(struct list *list, struct places *places)
{
	for (size_t i = 0; places->table && i < TABLE_SIZE; i++) {
		if (!places->table[i])
			continue;
		append_spot(list, places->table[i]);
		spot_free(places->table[i]);
	}
	free(places->table);
	places->table = NULL;
	places->n = 0;
}

static void drop(struct list *list, size_t i)
{
	free(list->grants[i].path);
	list->n--;
	memmove(&list->grants[i], &list->grants[i + 1],
		(list->n - i) * sizeof(list->grants[0]));
	memmove(&list->is_directory[i], &list->is_directory[i + 1],
		(list->n - i) * sizeof(list->is_directory[0]));
}

/* Whether a rule for A makes one for B needless. */
static bool covers(const struct list *list, size_t a, size_t b)
{
	const struct grant *one = &list->grants[a], *other = &list->grants[b];
	bool is_same = strcmp(one->path, other->path) == 0;

	if (one->is_refused || a == b)
		return false;
	/* Each use includes reading. */
	if (one->use != other->use && other->use != PATHS_READ)
		return false;
	if (is_same)
		return one->use != other->use || a < b;
	return list->is_directory[a] && path_is_below(other->path, one->path);
}

static void drop_covered(struct list *list)
{
	for (size_t b = 0; b < list->n;) {
		size_t a = 0;

		while (a < list->n && !covers(list, a, b))
			a++;
		if (a < list->n)
			drop(list, b);
		else
			b++;
	}
}

/* Whether grant B stands, with the use of A, in the directory that the first
 * LENGTH bytes of A's path are. */
static bool is_beside(const struct list *list, size_t a, size_t b,
		      size_t length)
{
	const struct grant *one = &list->grants[a], *other = &list->grants[b];

	return one->use == other->use && !other->optional &&
	       !other->is_refused && parent_length(other->path) == length &&
	       strncmp(one->path, other->path, length) == 0;
}

/* Replaces those that stand in A's directory by it, if they are enough. */
static bool widen(struct list *list, const struct places *places, size_t a)
{
	const struct grant *grant = &list->grants[a];
	size_t length = parent_length(grant->path), n = 0;
	enum path_use use = grant->use;
	size_t enough = use == PATHS_EXECUTE ? 8 : 3;
	char *parent;

	if (grant->optional || grant->is_refused)
		return false;
	for (size_t b = 0; b < list->n; b++)
		n += is_beside(list, a, b, length);
	if (n < enough)
		return false;
	parent = copy(grant->path, length);
	if (is_many(places, parent)) {
		free(parent);
		return false;
	}
	/* A takes the directory's place, the others go. */
	for (size_t b = list->n; b-- > 0;) {
		if (b == a || !is_beside(list, a, b, length))
			continue;
		drop(list, b);
		a -= b < a;
	}
	free(list->grants[a].path);
	list->grants[a].path = parent;
	list->grants[a].note = by_many;
	list->is_directory[a] = true;
	return true;
}

static void refuse(struct list *list, const struct places *places)
{
	for (size_t i = 0; i < list->n; i++) {
		struct grant *grant = &list->grants[i];

		if (strcmp(grant->path, "/proc/self") == 0)
			continue;
		if (grant->use == PATHS_READ &&
		    (directory_of_system(grant->path) ||
		     strcmp(grant->path, "/proc") == 0))
			continue;
		grant->is_refused = is_never(places, grant->path) ||
				    path_is_below(grant->path, "/proc");
	}
}

static int compare_grants(const void *left, const void *right)
{
	const struct grant *a = left, *b = right;

	if (a->use != b->use)
		return a->use < b->use ? -1 : 1;
	if (a->optional != b->optional)
		return a->optional ? 1 : -1;
	return strcmp(a->path, b->path);
}

size_t places_generalise(struct places *places, struct grant **grants)
{
	struct list list = { 0 };
	bool has_changed = true;

	if (!places->is_wide)
		widen_all(places);
	list.grants =
		calloc(N_PATH_USES * places->n + 1, sizeof(list.grants[0]));
	list.is_directory = calloc(N_PATH_USES * places->n + 1,
				   sizeof(list.is_directory[0]));
	if (!list.grants || !list.is_directory)
		exhausted();
	append_all(&list, places);
	refuse(&list, places);
	drop_covered(&list);
	while (has_changed) {
		has_changed = false;
		for (size_t i = 0; i < list.n; i++)
			has_changed |= widen(&list, places, i);
		drop_covered(&list);
	}
	free(list.is_directory);
	qsort(list.grants, list.n, sizeof(list.grants[0]), compare_grants);
	*grants = list.grants;
	return list.n;
}

void grants_free(struct grant *grants, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(grants[i].path);
	free(grants);
}
