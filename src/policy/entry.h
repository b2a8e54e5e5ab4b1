/* The text of one entry of a list: [!?]ARCH:name(conditions):ERRNO */
#ifndef SCRUN_ENTRY_H
#define SCRUN_ENTRY_H

#include "policy.h"

/*
 * Parses ORIGIN's text. Returns the entry, owned by the policy, or NULL with a
 * fault added. Names of calls and groups are not looked up yet.
 */
struct entry *entry_parse(struct policy *policy, const struct origin *origin,
			  struct faults *faults);

/*
 * Splits VALUE at blanks outside parentheses: the word at *AT, its length in
 * *LENGTH, and *AT moved behind it; NULL at the end.
 */
const char *entry_next_word(const char **at, size_t *length);

#endif
