/* A source is the text of one policy file, or of one that is built in. */
#ifndef SCRUN_SOURCE_H
#define SCRUN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "policy.h"

/* A policy of conf/, embedded by the build. */
struct builtin {
	const char *name;
	const char *start, *end;
	bool is_internal; /* scrun's own use alone: "<NAME>" finds it, and no
			   * bare NAME */
};
extern const struct builtin builtins[];
extern const size_t n_builtins;

struct source {
	const char *name; /* what messages call it; owned by the policy */
	const char *text; /* not terminated; owned by the policy, or static */
	size_t length;
	const struct builtin *builtin; /* whose text this is, or NULL */
	dev_t device;		       /* 0, 0 when read from no file */
	ino_t inode;
};

/* A bare word names an installed or built-in policy; see scrun(1), -c. */
bool source_is_bare_name(const char *name);

/*
 * Opens the policy NAME, which the entry FROM includes (NULL: the command line
 * names it), and reads it whole. A relative file name is
 * looked up beside the including file. Refuses what is not a regular file, is
 * larger than 1 MiB or, read by root, could have been written by another user.
 * Returns false with a fault added.
 */
bool source_read(struct policy *policy, struct source *source, const char *name,
		 const struct origin *from, struct faults *faults);

/* Reads SIZE bytes, or returns false with errno set; ESTALE where the file has
 * less. */
bool read_exactly(int fd, char *text, size_t size);

#endif
