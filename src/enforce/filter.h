/* A policy's seccomp filters: compiled, verified, loaded. */
#ifndef SCRUN_FILTER_H
#define SCRUN_FILTER_H

#include <stdio.h>

#include "bpf.h"
#include "observe.h"
#include "plan.h"

struct filter {
	struct program programs[MAX_LAYERS]; /* in the order of loading */
	size_t n;
	struct ticket ticket;
	bool has_ticket;
	bool is_kept; /* compiled before (keep.h) */
	enum observation observation;
};

/*
 * Compiles POLICY, or takes what was compiled before, and verifies the result;
 * TICKET may be NULL where no command is to be run. Returns false with a fault
 * added. Takes at most MAX_SECONDS (deadline.h) of processor time: past that,
 * the process ends with 125 and a message.
 */
bool filter_make(struct filter *filter, const struct policy *policy,
		 const struct ticket *ticket, struct faults *faults);

/*
 * Makes of a filter that filter_make has made the one for an audit, and
 * verifies it. Returns false with a fault added.
 */
bool filter_observe(struct filter *filter, const struct policy *policy,
		    enum observation observation, struct faults *faults);

/*
 * Loads the filter into this thread. Nothing but execve may follow: whatever
 * else the caller does is under the filter. Returns false with errno set. Where
 * the filter is for an audit, *LISTENER is the descriptor that denied calls are
 * told to, closed on exec; errno is EBUSY if there is another one above it.
 */
bool filter_load(const struct filter *filter, int *listener);

/* Prints POLICY's filters as libseccomp's pseudo filter code; may add a fault.
 */
void filter_print(FILE *to, const struct policy *policy, struct faults *faults);

/* Instructions in all programs. */
size_t filter_size(const struct filter *filter);

void filter_free(struct filter *filter);

/*
 * The built-in policies as the build compiled them. A start under one of them
 * spares libseccomp's work, not the verification.
 */
struct precompiled {
	const char *name; /* of the built-in policy */
	struct program programs[MAX_LAYERS];
	size_t n;
};
extern const struct precompiled precompiled[];
extern const size_t n_precompiled;

#endif
