/* The text of a learned policy. */
#ifndef SCRUN_LEARN_DRAFT_H
#define SCRUN_LEARN_DRAFT_H

#include <stdio.h>

#include "facts.h"

struct draft {
	const char *file;	  /* its name, for messages */
	const struct policy *old; /* what is there already; NULL: nothing */
	struct policy *groups;	  /* one that has read all groups */
	uint64_t held; /* the capabilities that scrun had, 1 << CAP_* */

	/* Why there are no rules of Landlock's; empty: there are. */
	const char *no_paths, *no_ports;

	FILE *text;
	size_t n_added; /* entries, capabilities, and so on */

	/* Told of each thing that was added, if there was a policy, and of each
	 * that was not. */
	void (*tell)(void *context, const char *line);
	void *context;
};

/* Says a line to DRAFT's tell. */
__attribute__((format(printf, 2, 3))) void draft_tell(struct draft *draft,
						      const char *format, ...);

/*
 * Adds a line to the text: "KEY = ENTRY ; COMMENT", without the key where it is
 * not the first of its list. COMMENT may be NULL.
 */
void draft_entry(struct draft *draft, const char *key, bool *is_first,
		 const char *entry, const char *comment);

/* Write [capabilities] and [syscalls], of what OLD does not allow already.
 * FACTS is sorted. */
void draft_capabilities(struct draft *draft, const struct facts *facts);
void draft_syscalls(struct draft *draft, struct facts *facts);
void draft_paths(struct draft *draft, struct facts *facts);
void draft_network(struct draft *draft, const struct facts *facts);

#endif
