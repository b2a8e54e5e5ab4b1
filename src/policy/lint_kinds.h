/* The kinds of findings, each a function that looks for it; see lint.c. */
#ifndef SCRUN_LINT_KINDS_H
#define SCRUN_LINT_KINDS_H

#include "lint.h"

struct kind;

/* A policy while it is gone through. */
struct lint {
	struct policy *policy;
	const struct kind *kind; /* what is looked for at present */
	enum severity threshold;
	struct findings *findings;
};

/* Adds one of the present kind, at the line of ORIGIN. */
__attribute__((format(printf, 3, 4))) void
finding_add(struct lint *lint, const struct origin *origin, const char *format,
	    ...);

/* "'default = allow'", the entry or key as written. */
const char *written(const struct lint *lint, const struct origin *origin);

/* lint_family.c: entries that deny one of several ways to do a thing. */
void lint_families(struct lint *lint);
void lint_uring(struct lint *lint);

/* lint_calls.c: calls that reach further than their names tell. */
void lint_other_processes(struct lint *lint);
void lint_terminal(struct lint *lint);
void lint_user_namespaces(struct lint *lint);
void lint_write_execute(struct lint *lint);

/* lint_rights.c: rights beside the single calls. */
void lint_x32(struct lint *lint);
void lint_root_capabilities(struct lint *lint);
void lint_owner_capabilities(struct lint *lint);
void lint_writable_programs(struct lint *lint);

/* lint_entries.c: entries and groups that do nothing. */
void lint_unreachable(struct lint *lint);
void lint_narrows_nothing(struct lint *lint);
void lint_no_effect(struct lint *lint);
void lint_removes_nothing(struct lint *lint);
void lint_unused_groups(struct lint *lint);

#endif
