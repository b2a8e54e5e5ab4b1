/*
 * The exec ticket: the one execve that scrun itself makes under the filter,
 * told from every other by the random addresses of its three arguments.
 */
#ifndef SCRUN_TICKET_H
#define SCRUN_TICKET_H

#include <stdint.h>

#include "../policy/policy.h"
#include "bpf.h"

struct ticket {
	uint32_t arch, nr;	   /* the native execve */
	uint64_t path, argv, envp; /* addresses */
};

/* Whether the first program's execve needs a ticket under POLICY. */
bool ticket_needed(const struct policy *policy);

/*
 * Copies PATH, ARGV and ENVP (the pointers, not the strings) to addresses that
 * nobody can guess. The copies are gone with the exec. Returns false with errno
 * set; EEXIST when no free address was found.
 */
bool ticket_issue(struct ticket *ticket, const char *path, char *const argv[],
		  char *const envp[]);

/*
 * What programs are compiled for: addresses that no memory has. ticket_fill
 * puts those of TICKET in their place; whether the program then does as the
 * policy says is for the verifier to tell.
 */
struct ticket ticket_blank(void);
void ticket_fill(struct program *program, const struct ticket *ticket);

#endif
