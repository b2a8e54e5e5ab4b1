/*
 * struct policy is the one thing between the policy text and the kernel: the
 * parser writes it, the verdict function gives it its meaning, and whatever
 * enforces, audits or converts reads it from there.
 */
#ifndef SCRUN_POLICY_H
#define SCRUN_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "faults.h"

/* What happens to a system call, from the loosest to the strictest. */
enum action {
	ACTION_ALLOW,
	ACTION_LOG,  /* allowed, and logged by the kernel */
	ACTION_DENY, /* fails with an errno */
	ACTION_KILL, /* ends the process by SIGSYS */
};
#define N_ACTIONS 4

/* Where a piece of policy was written. All strings belong to the policy. */
struct origin {
	const char *file;
	unsigned int line;
	const char *key;  /* "deny", "default", or a group's name */
	const char *text; /* as written: "socket(domain == AF_UNIX)" */
};

enum comparison { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };

/*
 * (argument & mask) COMPARISON value, on as many bits as the kernel's
 * parameter has. The mask is all ones unless the comparison is CMP_EQ or
 * CMP_NE; mask and value are zero above `bits`.
 */
struct condition {
	unsigned int arg;  /* 0 to 5 */
	unsigned int bits; /* 16, 32, 64, or 0: not known, 32 or 64 */
	bool is_signed;
	bool is_raw; /* raw0 to raw5: the register, not the parameter */
	enum comparison comparison;
	uint64_t mask;
	uint64_t value;
};

/* One entry of a list, as written. */
struct entry {
	STAILQ_ENTRY(entry) next;
	struct origin origin;
	const char *name; /* a system call, or a group with its '@' */
	bool optional;	  /* '?': may be unknown here */
	bool removes;	  /* '!': takes out what was gathered so far */
	bool took_out;	  /* and there was something to take */
	bool is_implied;  /* not written: a key of [network] brings it */
	uint32_t arch;	  /* "x86:": of this architecture alone; 0: of all */
	int errnum;	  /* after ':', 0 if there is none */
	size_t n_conditions;
	struct condition *conditions;
};
STAILQ_HEAD(entry_list, entry);

struct group {
	STAILQ_ENTRY(group) next;
	const char *name; /* with its '@' */
	struct origin origin;
	struct entry_list members;
	bool builtin;	/* comes with scrun: no policy may change it */
	bool is_family; /* its members do the same thing */
	bool complete;	/* of scrun's own: all of its members are read */
	bool is_used;	/* by an entry, or by a group that is */
	bool is_read;	/* its members have been looked up */
	bool expanding; /* guards against a group that contains itself */
};
STAILQ_HEAD(group_list, group);

/*
 * How a rule came to name its call; where two rules deny one call with
 * different errnos, the higher rank holds.
 */
enum rank {
	RANK_FALLBACK, /* @probed under `default = deny`: if no other matches */
	RANK_IMPLIED,  /* by another section (network.h) */
	RANK_GROUP,
	RANK_NAME,
};

/* One entry's say on one system call of one architecture. */
struct rule {
	uint32_t arch; /* SCMP_ARCH_* */
	uint32_t nr;   /* as the kernel counts, x32 with its bit 30 */
	enum action action;
	int errnum;
	enum rank rank;
	size_t n_conditions;
	const struct condition *conditions; /* all must hold */
	const struct origin *origin;
};

struct capability {
	STAILQ_ENTRY(capability) next;
	struct origin origin;
	int value;     /* CAP_* */
	bool optional; /* '?': may be lacking */
};
STAILQ_HEAD(capability_list, capability);

enum capability_mode { CAPABILITIES_KEEP, CAPABILITIES_DROP };

/* A key of [limits]. */
struct limit {
	struct origin origin; /* its file is NULL: the policy has none */
	bool has_soft, has_hard;
	uint64_t soft, hard; /* in the units of getrlimit(2) */
};
#define N_LIMITS 16 /* limits.h has their names */

/* A variable of [environment]. */
struct variable {
	STAILQ_ENTRY(variable) next;
	struct origin origin;
	const char *name; /* of keep and unset: or a pattern, "LC_*" */
	char *assignment; /* of set: "NAME=value" */
};
STAILQ_HEAD(variable_list, variable);

/* The keys of [process] with one value; the streams in their order. */
enum setting_key {
	SETTING_USER,
	SETTING_GROUP,
	SETTING_ROOT,
	SETTING_CHDIR,
	SETTING_UMASK,
	SETTING_NICE,
	SETTING_OOM,
	SETTING_SESSION,
	SETTING_STDIN,
	SETTING_STDOUT,
	SETTING_STDERR,
	SETTING_CLOSE_FDS,
	SETTING_PDEATHSIG,
	N_SETTINGS,
};

struct setting {
	struct origin origin; /* its file is NULL: the policy has none */
	long number;	      /* yes is 1; 0 where the text is all there is */
};

/* A word of a list of [process]. */
struct item {
	STAILQ_ENTRY(item) next;
	struct origin origin;
	long number; /* of a descriptor */
};
STAILQ_HEAD(item_list, item);

/* The keys of [paths]. */
enum path_use { PATHS_READ, PATHS_WRITE, PATHS_EXECUTE };
#define N_PATH_USES 3

/* A file or directory that [paths] names, with all that is below it. */
struct path {
	STAILQ_ENTRY(path) next;
	struct origin origin;
	const char *name; /* absolute */
	bool optional;	  /* '?': need not exist */
	/* Of the file that the rule is on, once it is made (landlock.h), so
	 * that it can be told what the rule allows; 0: there is none. */
	uint64_t device, inode;
};
STAILQ_HEAD(path_list, path);

/* The keys of [network] that list TCP ports. */
enum port_use { PORTS_BIND, PORTS_CONNECT };
#define N_PORT_USES 2

struct port {
	STAILQ_ENTRY(port) next;
	struct origin origin;
	uint16_t number;
};
STAILQ_HEAD(port_list, port);

/* What must stay among the command and its descendants. */
enum scope { SCOPE_ABSTRACT_SOCKETS, SCOPE_SIGNALS };
#define N_SCOPES	  2

#define MAX_ARCHITECTURES 16

struct policy {
	const char *name; /* as given to policy_load */
	const char *file; /* of the origins in it, not in what it includes */
	const char *text; /* of that file, LENGTH bytes, not terminated */
	size_t length;

	const char *kept; /* compiled before: KEPT_LENGTH bytes, or NULL */
	size_t kept_length;

	/* The name of the built-in policy which this one equals to the last
	 * byte, with scrun's own groups; NULL for any other. */
	const char *builtin;
	bool is_ready; /* taken from ready.h: there are rules, no entries */
	bool wants_entries; /* must not be */

	/* [capabilities] */
	enum capability_mode capability_mode;
	struct origin capability_origin; /* the keep or drop seen last */
	struct capability_list capabilities;

	/* [syscalls] */
	enum action default_action;
	int default_errnum;
	struct origin default_origin;
	uint32_t architectures[MAX_ARCHITECTURES]; /* the native one is first */
	struct origin architecture_origins[MAX_ARCHITECTURES]; /* or no file */
	size_t n_architectures;
	struct entry_list entries[N_ACTIONS]; /* as written */
	const struct rule *rules;	      /* sorted by arch, then nr */
	size_t n_rules;

	/* [process] */
	struct setting settings[N_SETTINGS];
	struct item_list supplementary, keep_fds;
	struct origin supplementary_origin; /* the first; no file: none */

	/* [environment]; keep clears all others, without a word as well */
	bool environment_clear;
	struct origin environment_origin;      /* of clear */
	struct origin environment_keep_origin; /* the first; no file: none */
	struct variable_list environment_keep, environment_unset,
		environment_set;

	/* [limits] */
	struct limit limits[N_LIMITS];

	/* [paths] */
	struct origin paths_origin; /* the first key; no file: there is none */
	struct path_list paths[N_PATH_USES];

	/* [network] */
	struct origin port_origins[N_PORT_USES]; /* the keys; no file: none */
	struct port_list ports[N_PORT_USES];
	struct origin scopes[N_SCOPES]; /* no file: not asked for */

	/* [groups], and of the ones that come with scrun those that were asked
	 * for (groups.h) */
	struct group_list groups;
	const struct source *groups_source; /* scrun's own, or NULL */

	struct region *region; /* everything above lives here; owned */
};

/*
 * Reads the policy NAME and all that it includes. A name with neither a slash
 * nor ".ini" is /etc/scrun/NAME.ini, or else a built-in policy; anything else
 * is a file. Returns a policy, to be freed with policy_free, or NULL with at
 * least one fault added. Exits with 125 when there is no memory.
 */
struct policy *policy_load(const char *name, struct faults *faults);

/* The same; a built-in policy has its entries as written, too. */
struct policy *policy_load_entries(const char *name, struct faults *faults);
void policy_free(struct policy *policy);

/* Memory that lives as long as the policy: zeros, and never NULL. */
void *policy_alloc(struct policy *policy, size_t size);
char *policy_strndup(struct policy *policy, const char *text, size_t length);
__attribute__((format(printf, 2, 3))) char *
policy_printf(struct policy *policy, const char *format, ...);

/* Whether POLICY has a key of [paths] or [network], which hold by Landlock. */
bool policy_has_landlock(const struct policy *policy);

#endif
