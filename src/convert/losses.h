/* What a policy says beside system calls, which another format may not. */
#ifndef SCRUN_LOSSES_H
#define SCRUN_LOSSES_H

#include "../policy/policy.h"

/*
 * Adds to LOSSES that the format WHAT ("a seccomp profile") has no word for
 * what ORIGIN wrote in SECTION; does nothing where ORIGIN has no file.
 */
void loss_add(struct faults *losses, const struct origin *origin,
	      const char *section, const char *what);

/* Adds all sections of POLICY but [syscalls], for a format that has only it. */
void losses_add_sections(const struct policy *policy, const char *what,
			 struct faults *losses);

/* And the parts that a unit has no word for. */
void losses_add_paths(const struct policy *policy, const char *what,
		      struct faults *losses);
void losses_add_network(const struct policy *policy, const char *what,
			struct faults *losses);

/*
 * The rules of POLICY but those under conditions that [network] brings: they
 * keep from ways around its ports, which are lost. To be freed; *N of them.
 */
struct rule *rules_but_network(const struct policy *policy, size_t *n);

/*
 * Adds that POLICY denies execve: scrun starts the command all the same, and
 * nobody else can.
 */
void losses_add_ticket(const struct policy *policy, const char *what,
		       struct faults *losses);

#endif
