/* One element of a seccomp profile's "syscalls", and what it is made of. */
#ifndef SCRUN_PROFILE_ENTRY_H
#define SCRUN_PROFILE_ENTRY_H

#include "profile.h"

struct profile_reader {
	struct profile *profile;
	uint64_t capabilities; /* of the process, a bit for each */
	struct faults *faults, *losses;
	uint32_t default_compiled; /* what "defaultAction" is to libseccomp */
};

/* Add a fault, or a loss, at PATH of the profile ("": the whole). */
__attribute__((format(printf, 3, 4))) void
profile_fault(struct profile_reader *reader, const char *path,
	      const char *format, ...);
__attribute__((format(printf, 3, 4))) void
profile_loss(struct profile_reader *reader, const char *path,
	     const char *format, ...);

/* The number JSON at PATH, from 0 to MAX; false with a fault added. */
bool profile_number(struct profile_reader *reader, const char *path,
		    const json_t *json, uint64_t max, uint64_t *number);

/* The members that an object can have, separated by blanks. */
#define PROFILE_KEYS                                                  \
	" defaultAction defaultErrnoRet defaultErrno archMap "        \
	"architectures flags listenerPath listenerMetadata syscalls " \
	"comment "

/* A fault for each member of OBJECT, at PATH, that is not among KEYS, or of
 * another type, and not null. */
void profile_keys(struct profile_reader *reader, const char *path,
		  json_t *object, const char *keys);

/* What the members are called that say what happens to a call. */
struct action_keys {
	const char *action, *errnum, *errno_name;
};

/* What happens to a call: as scrun has it, and the SCMP_ACT_* as written. */
struct profile_action {
	enum action action;
	int errnum;
	uint32_t compiled;
};

/*
 * What OBJECT at PATH says happens to a call. Returns false with a fault added.
 */
bool profile_action(struct profile_reader *reader, const char *path,
		    const json_t *object, const struct action_keys *keys,
		    struct profile_action *action);

/* The SCMP_ARCH_* of "SCMP_ARCH_X86" or "native", if it can run here; or 0. */
uint32_t profile_arch(const char *name);

/*
 * Reads JSON, the element ENTRY->index. Returns false where the entry does not
 * apply, or with a fault added.
 */
bool profile_entry_read(struct profile_reader *reader,
			struct profile_entry *entry, json_t *json);

/* Whether "includes" and "excludes" of the entry JSON at PATH let it apply. */
bool profile_applies(struct profile_reader *reader, const char *path,
		     const json_t *json);

#endif
