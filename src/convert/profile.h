/*
 * A seccomp profile as Docker, Podman and Kubernetes read it, and as it comes
 * to a runtime in an OCI bundle: JSON, less what does not hold for this machine
 * and these capabilities.
 */
#ifndef SCRUN_PROFILE_H
#define SCRUN_PROFILE_H

#include <jansson.h>

#include "../policy/policy.h"

/* One element of "syscalls" that applies. */
struct profile_entry {
	size_t index; /* in "syscalls" */
	enum action action;
	int errnum;	     /* of ACTION_DENY, else 0 */
	json_t *names;	     /* an array of strings, or one string; borrowed */
	const char *comment; /* NULL: none; borrowed */
	/* Comparisons of whole registers, all of which must hold; or one, where
	 * two are of the same argument: so runc and crun compile it. */
	struct condition *conditions; /* owned */
	size_t n_conditions;
	bool are_alternatives;
	/* Says what the default says: runc and crun drop it. */
	bool is_idle;
};

struct profile {
	const char *file; /* as given */
	char *text;	  /* owned, as all below */
	json_t *json;
	enum action default_action;
	int default_errnum;
	uint32_t architectures[MAX_ARCHITECTURES]; /* the native one is first */
	size_t n_architectures;
	struct profile_entry *entries;
	size_t n_entries;
};

/*
 * Reads the profile FILE ("-": standard input). Of the entries that ask for
 * capabilities those apply that do for a process which has CAPABILITIES, a bit
 * for each number. Returns false with a fault added; adds to LOSSES what scrun
 * has no word for, and has read as something stricter.
 */
bool profile_read(struct profile *profile, const char *file,
		  uint64_t capabilities, struct faults *faults,
		  struct faults *losses);
void profile_free(struct profile *profile);

/* The names of ENTRY, by index; NULL past the last one. */
const char *profile_name(const struct profile_entry *entry, size_t index);

/*
 * The line of the profile at which PATH, such as "defaultAction", stands.
 */
unsigned int profile_line(const struct profile *profile, const char *path);

#endif
