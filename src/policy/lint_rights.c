#include <seccomp.h>
#include <sys/capability.h>

#include "lint_kinds.h"
#include "paths.h"

void lint_x32(struct lint *lint)
{
	const struct policy *policy = lint->policy;

	for (size_t i = 0; i < policy->n_architectures; i++) {
		if (policy->architectures[i] != SCMP_ARCH_X32)
			continue;
		finding_add(lint, &policy->architecture_origins[i],
			    "x32 is a second set of all calls, in which a "
			    "filter sees no arguments of 64 bits; hardly a "
			    "program is made for it: leave it out");
	}
}

/* A capability, and what it is good for beside what it is kept for. */
struct power {
	int value;
	const char *what;
};

/* As good as root, or as the kernel, whatever the user. */
static const struct power root_powers[] = {
	{ CAP_SYS_ADMIN, "mount, trace the kernel, and much else" },
	{ CAP_SYS_MODULE, "load code into the kernel" },
	{ CAP_SYS_RAWIO, "reach memory and devices past the kernel" },
	{ CAP_SYS_PTRACE, "take over every other process" },
	{ CAP_SYS_BOOT, "start another kernel" },
	{ CAP_MAC_ADMIN, "change the rules of security modules" },
	{ CAP_MAC_OVERRIDE, "go past the rules of security modules" },
	{ CAP_DAC_READ_SEARCH, "open every file, outside of its root too" },
	{ CAP_BPF, "run programs in the kernel" },
	{ CAP_PERFMON, "read the kernel's memory" },
};

/* As good as the owner of the files of root. */
static const struct power owner_powers[] = {
	{ CAP_DAC_OVERRIDE, "write to every file" },
	{ CAP_CHOWN, "give itself every file" },
	{ CAP_FOWNER, "change the mode of every file" },
	{ CAP_SETUID, "become every user, root too" },
	{ CAP_SETGID, "become every group" },
	{ CAP_SETFCAP, "give capabilities to files" },
	{ CAP_MKNOD, "make devices, disks too" },
};

#define N(powers) (sizeof(powers) / sizeof((powers)[0]))

static const struct capability *find(const struct policy *policy, int value)
{
	const struct capability *capability;

	STAILQ_FOREACH(capability, &policy->capabilities, next) {
		if (capability->value == value)
			return capability;
	}
	return NULL;
}

/* The capabilities of POWERS that `keep` names, each at its line. */
static void lint_keep(struct lint *lint, const struct power *powers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct capability *kept =
			find(lint->policy, powers[i].value);

		if (kept)
			finding_add(lint, &kept->origin,
				    "with %s the command can %s",
				    kept->origin.text, powers[i].what);
	}
}

/* What `drop` leaves of POWERS: the first of them stands for all. */
static void lint_drop(struct lint *lint, const struct power *powers, size_t n)
{
	const struct policy *policy = lint->policy;
	const struct power *first = NULL;
	unsigned int more = 0;
	char *name;

	for (size_t i = n; i-- > 0;) {
		if (find(policy, powers[i].value))
			continue;
		more += first != NULL;
		first = &powers[i];
	}
	if (!first)
		return;
	name = cap_to_name(first->value);
	finding_add(lint, &policy->capability_origin,
		    "'%s' leaves %s, with which the command can %s, and %u of "
		    "its kind; write keep = and what the command needs",
		    policy->capability_origin.key, name ? name : "a capability",
		    first->what, more);
	cap_free(name);
}

static void lint_powers(struct lint *lint, const struct power *powers, size_t n)
{
	if (lint->policy->capability_mode == CAPABILITIES_KEEP)
		lint_keep(lint, powers, n);
	else
		lint_drop(lint, powers, n);
}

void lint_root_capabilities(struct lint *lint)
{
	lint_powers(lint, root_powers, N(root_powers));
}

void lint_owner_capabilities(struct lint *lint)
{
	lint_powers(lint, owner_powers, N(owner_powers));
}

void lint_writable_programs(struct lint *lint)
{
	const struct policy *policy = lint->policy;
	const struct path *run, *other;

	STAILQ_FOREACH(run, &policy->paths[PATHS_EXECUTE], next) {
		STAILQ_FOREACH(other, &policy->paths[PATHS_WRITE], next) {
			if (path_is_below(run->name, other->name) ||
			    path_is_below(other->name, run->name))
				break;
		}
		if (other)
			finding_add(lint, &run->origin,
				    "%s and %s (%s:%u) overlap: the command "
				    "can execute what it writes; keep the two "
				    "apart",
				    written(lint, &run->origin),
				    written(lint, &other->origin),
				    other->origin.file, other->origin.line);
	}
}
