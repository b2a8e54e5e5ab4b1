#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/names.h"
#include "../policy/satisfy.h"
#include "../policy/verdict.h"
#include "../status.h"
#include "namings.h"

/* More rules on one call than any policy could compile. */
#define MAX_ON_CALL 4096

unsigned int entry_line(const struct profile *profile,
			const struct profile_entry *entry)
{
	char path[64];

	snprintf(path, sizeof(path), "syscalls[%zu]", entry->index);
	return profile_line(profile, path);
}

static int compare_namings(const void *left, const void *right)
{
	const struct naming *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	if (order != 0)
		return order;
	return a->entry->index < b->entry->index
		       ? -1
		       : a->entry->index > b->entry->index;
}

void namings_make(struct namings *namings, const struct profile *profile)
{
	const char *name;
	size_t n = 0;

	for (size_t i = 0; i < profile->n_entries; i++) {
		for (size_t j = 0; profile_name(&profile->entries[i], j); j++)
			n++;
	}
	*namings = (struct namings){ .profile = profile };
	namings->list = calloc(n + 1, sizeof(namings->list[0]));
	if (!namings->list)
		err(STATUS_FAILED, "memory");
	for (size_t i = 0; i < profile->n_entries; i++) {
		const struct profile_entry *entry = &profile->entries[i];

		for (size_t j = 0; (name = profile_name(entry, j)); j++)
			namings->list[namings->n++] =
				(struct naming){ name, entry };
	}
	if (n)
		qsort(namings->list, n, sizeof(namings->list[0]),
		      compare_namings);
}

void namings_free(struct namings *namings)
{
	free(namings->list);
	*namings = (struct namings){ 0 };
}

const struct naming *namings_of(const struct namings *namings, const char *name,
				size_t *n)
{
	size_t low = 0, high = namings->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(namings->list[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n = 0; low + *n < namings->n; ++*n) {
		if (strcmp(namings->list[low + *n].name, name) != 0)
			break;
	}
	return &namings->list[low];
}

/* ---- Entries that contradict each other ---- */

size_t entry_alternatives(const struct profile_entry *entry)
{
	return entry->are_alternatives && entry->n_conditions
		       ? entry->n_conditions
		       : 1;
}

const struct condition *entry_alternative(const struct profile_entry *entry,
					  size_t index, size_t *n)
{
	bool is_one = entry->are_alternatives && entry->n_conditions;

	*n = is_one ? 1 : entry->n_conditions;
	return is_one ? &entry->conditions[index] : entry->conditions;
}

/* Whether two lists ask different values of the same bits: most do. */
static bool exclude(const struct condition *a, size_t n_a,
		    const struct condition *b, size_t n_b)
{
	for (size_t i = 0; i < n_a; i++) {
		for (size_t j = 0; j < n_b; j++) {
			if (a[i].arg == b[j].arg && a[i].comparison == CMP_EQ &&
			    b[j].comparison == CMP_EQ &&
			    (a[i].value ^ b[j].value) & a[i].mask & b[j].mask)
				return true;
		}
	}
	return false;
}

bool lists_overlap(const struct condition *a, size_t n_a,
		   const struct condition *b, size_t n_b)
{
	return !exclude(a, n_a, b, n_b) &&
	       conjunctions_overlap(&(struct conjunction){ a, n_a, true },
				    &(struct conjunction){ b, n_b, true });
}

static bool overlap(const struct profile_entry *a,
		    const struct profile_entry *b)
{
	for (size_t i = 0; i < entry_alternatives(a); i++) {
		for (size_t j = 0; j < entry_alternatives(b); j++) {
			const struct condition *x, *y;
			size_t n_x, n_y;

			x = entry_alternative(a, i, &n_x);
			y = entry_alternative(b, j, &n_y);
			if (lists_overlap(x, n_x, y, n_y))
				return true;
		}
	}
	return false;
}

bool same_effect(const struct profile_entry *a, const struct profile_entry *b)
{
	return a->action == b->action && a->errnum == b->errnum;
}

/*
 * Whether IDLE, which says what the default says and so is no rule at all, is
 * meant to narrow OTHER: it is the stricter one, and not just what holds where
 * OTHER's comparisons do not.
 */
static bool is_ignored(const struct profile_entry *idle,
		       const struct profile_entry *other)
{
	return idle->action > other->action &&
	       (idle->n_conditions || !other->n_conditions);
}

/*
 * Whether A and B, on one call, want different things. libseccomp takes one of
 * them without a word, and a policy the stricter.
 */
static bool contradict(const struct profile_entry *a,
		       const struct profile_entry *b)
{
	if (same_effect(a, b))
		return false;
	if ((a->is_idle && !is_ignored(a, b)) ||
	    (b->is_idle && !is_ignored(b, a)))
		return false;
	return overlap(a, b);
}

static void fault_contradiction(const struct profile *profile,
				struct faults *faults, const struct naming *a,
				const struct naming *b)
{
	const struct profile_entry *x = a->entry, *y = b->entry;
	char errnum[16] = "";

	if (y->action == ACTION_DENY)
		snprintf(errnum, sizeof(errnum), " with %s",
			 errno_name(y->errnum));
	fault_add(faults, profile->file, entry_line(profile, y),
		  "syscalls[%zu]: %s %s%s, and syscalls[%zu] in line %u %s it "
		  "%s; take the call out of one, or make their args exclude "
		  "each other",
		  y->index, action_name(y->action), b->name, errnum, x->index,
		  entry_line(profile, x), action_name(x->action),
		  x->action == ACTION_DENY ? errno_name(x->errnum) : "as well");
}

/* The N namings of one call. */
static void check_call(const struct profile *profile, struct faults *faults,
		       const struct naming *list, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += entry_alternatives(list[i].entry);
	if (size > MAX_ON_CALL) {
		fault_add(faults, profile->file,
			  entry_line(profile, list[n - 1].entry),
			  "syscalls[%zu]: %s has more than %d rules",
			  list[n - 1].entry->index, list->name, MAX_ON_CALL);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++) {
			if (!contradict(list[j].entry, list[i].entry))
				continue;
			fault_contradiction(profile, faults, &list[j],
					    &list[i]);
			return;
		}
	}
}

void namings_check(const struct namings *namings, struct faults *faults)
{
	size_t n;

	for (size_t i = 0; i < namings->n; i += n) {
		namings_of(namings, namings->list[i].name, &n);
		check_call(namings->profile, faults, &namings->list[i], n);
	}
}
