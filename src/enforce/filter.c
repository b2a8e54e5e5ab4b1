#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../policy/names.h"
#include "../status.h"
#include "compile.h"
#include "condense.h"
#include "deadline.h"
#include "filter.h"
#include "keep.h"
#include "verify.h"

#define TOO_LONG                                                    \
	"scrun: this policy takes too long to compile and verify; " \
	"use fewer conditions\n"

/* Linux 5.19, after the headers of Debian 12's libc (linux/seccomp.h). */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1u << 5)
#endif

static void programs_free(struct filter *filter)
{
	while (filter->n > 0)
		free(filter->programs[--filter->n].code);
}

void filter_free(struct filter *filter)
{
	programs_free(filter);
	*filter = (struct filter){ 0 };
}

size_t filter_size(const struct filter *filter)
{
	size_t size = 0;

	for (size_t i = 0; i < filter->n; i++)
		size += filter->programs[i].n;
	return size;
}

static void fault_difference(const struct policy *policy,
			     const struct difference *difference,
			     struct faults *faults)
{
	const uint64_t *args = difference->args;
	const char *arch = arch_name(difference->arch);

	fault_add(faults, policy->name, 0,
		  "this policy was compiled wrongly, so it cannot be "
		  "used: call %u of %s (0x%x) with arguments "
		  "0x%llx 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx would get 0x%x "
		  "instead of 0x%x; please report it with the policy",
		  difference->nr, arch ? arch : "no architecture",
		  difference->arch, (unsigned long long)args[0],
		  (unsigned long long)args[1], (unsigned long long)args[2],
		  (unsigned long long)args[3], (unsigned long long)args[4],
		  (unsigned long long)args[5], difference->got,
		  difference->wanted);
}

static bool filter_valid(const struct filter *filter)
{
	for (size_t i = 0; i < filter->n; i++) {
		if (!program_valid(&filter->programs[i]))
			return false;
	}
	return true;
}

static bool filter_sound(const struct filter *filter)
{
	for (size_t i = 0; i < filter->n; i++) {
		if (!program_sound(&filter->programs[i]))
			return false;
	}
	return true;
}

static void program_copy(struct program *to, const struct program *from)
{
	size_t size = from->n * sizeof(from->code[0]);

	to->n = from->n;
	to->code = malloc(size);
	if (!to->code)
		err(STATUS_FAILED, "memory");
	memcpy(to->code, from->code, size);
}

/* The built-in policy as the build compiled it, or nothing. */
static bool filter_take_precompiled(struct filter *filter,
				    const struct policy *policy)
{
	if (!policy->builtin)
		return false;
	for (size_t i = 0; i < n_precompiled; i++) {
		const struct precompiled *ready = &precompiled[i];

		if (strcmp(ready->name, policy->builtin) != 0)
			continue;
		for (; filter->n < ready->n; filter->n++)
			program_copy(&filter->programs[filter->n],
				     &ready->programs[filter->n]);
		return true;
	}
	return false;
}

/* The layers of POLICY, to be freed; false with a fault added. */
static bool lay_out(struct plan *plan, const struct policy *policy,
		    const struct ticket *ticket, struct faults *faults)
{
	const struct rule *rule = plan_make(plan, policy, ticket);

	if (!rule)
		return true;
	plan_free(plan);
	fault_add(faults, rule->origin->file, rule->origin->line,
		  "'%s': the conditions on this call are too many or "
		  "too complex together; use fewer of < > and !=, "
		  "or fewer different errnos",
		  rule->origin->text);
	return false;
}

static void fault_libseccomp(const struct policy *policy, int result,
			     struct faults *faults)
{
	fault_add(faults, policy->name, 0,
		  "libseccomp cannot compile this policy: %s",
		  result == -E2BIG ? "what comes out is far too large; use "
				     "fewer conditions, and less of < > and !="
				   : strerror(-result));
}

static void filter_condense(struct filter *filter)
{
	if (!programs_condense(filter->programs, &filter->n))
		err(STATUS_FAILED, "memory");
}

/* Programs that were compiled with a blank ticket get the one of this start. */
static void filter_fill(struct filter *filter)
{
	for (size_t i = 0; i < filter->n && filter->has_ticket; i++)
		ticket_fill(&filter->programs[i], &filter->ticket);
}

/* Every start compiles the same, whatever addresses its ticket has. */
static bool filter_compile(struct filter *filter, const struct policy *policy,
			   struct faults *faults)
{
	const struct ticket blank = ticket_blank();
	struct plan plan;
	int result = 0;

	if (!lay_out(&plan, policy, filter->has_ticket ? &blank : NULL, faults))
		return false;
	for (; filter->n < plan.n && result == 0; filter->n++)
		result = layer_compile(&plan.layers[filter->n], policy,
				       &filter->programs[filter->n]);
	plan_free(&plan);
	if (result < 0) {
		fault_libseccomp(policy, result, faults);
		return false;
	}
	if (filter_sound(filter))
		filter_condense(filter);
	filter_fill(filter);
	return true;
}

static bool fault_size(const struct filter *filter, const struct policy *policy,
		       struct faults *faults)
{
	fault_add(faults, policy->name, 0,
		  "the compiled filter is too large for the kernel "
		  "(%zu instructions, at most %d); entries with several "
		  "conditions take most of them",
		  filter_size(filter), BPF_MAXINSNS);
	return false;
}

static bool filter_verify(const struct filter *filter,
			  const struct policy *policy,
			  struct difference *difference)
{
	return programs_verify(filter->programs, filter->n, policy,
			       filter->has_ticket ? &filter->ticket : NULL,
			       filter->observation, difference);
}

static bool filter_prove(const struct filter *filter,
			 const struct policy *policy,
			 struct difference *difference)
{
	return programs_prove(filter->programs, filter->n, policy,
			      filter->has_ticket ? &filter->ticket : NULL,
			      difference);
}

/* IS_NEW: nobody has proven it before. */
static bool filter_check(const struct filter *filter,
			 const struct policy *policy, bool is_new,
			 struct faults *faults)
{
	struct difference difference = { 0 };

	if (!filter_valid(filter))
		return fault_size(filter, policy, faults);
	if (is_new ? filter_prove(filter, policy, &difference)
		   : filter_verify(filter, policy, &difference))
		return true;
	fault_difference(policy, &difference, faults);
	return false;
}

/* Whether programs that were compiled before are POLICY's; else they go. */
static bool filter_serves(struct filter *filter, const struct policy *policy)
{
	struct difference difference = { 0 };

	filter_fill(filter);
	if (filter_valid(filter) && filter_verify(filter, policy, &difference))
		return true;
	programs_free(filter);
	return false;
}

static bool filter_is_kept(struct filter *filter, const struct policy *policy)
{
	filter->is_kept = keep_take(policy, filter->programs, &filter->n) &&
			  filter_serves(filter, policy);
	return filter->is_kept;
}

bool filter_make(struct filter *filter, const struct policy *policy,
		 const struct ticket *ticket, struct faults *faults)
{
	struct deadline deadline;
	bool made;

	*filter = (struct filter){ 0 };
	if (ticket && ticket_needed(policy)) {
		filter->ticket = *ticket;
		filter->has_ticket = true;
	}
	/* Needs no deadline: the build has seen how long it takes. Another
	 * libseccomp may know more calls than the build's. */
	if (filter_take_precompiled(filter, policy) &&
	    filter_serves(filter, policy))
		return true;
	/* seccomp_rule_add is known never to return for some sets of rules. */
	deadline_begin(&deadline, MAX_SECONDS, TOO_LONG);
	made = filter_is_kept(filter, policy) ||
	       (filter_compile(filter, policy, faults) &&
		filter_check(filter, policy, true, faults));
	deadline_end(&deadline);
	if (!made)
		filter_free(filter);
	return made;
}

void filter_print(FILE *to, const struct policy *policy, struct faults *faults)
{
	struct deadline deadline;
	struct plan plan;
	int result = 0;

	deadline_begin(&deadline, MAX_SECONDS, TOO_LONG);
	if (lay_out(&plan, policy, NULL, faults)) {
		for (size_t i = 0; i < plan.n && result == 0; i++) {
			fprintf(to,
				"# filter %zu of %zu; the strictest answer "
				"holds\n",
				i + 1, plan.n);
			result = layer_print(&plan.layers[i], policy, to);
		}
		plan_free(&plan);
	}
	deadline_end(&deadline);
	if (result < 0)
		fault_libseccomp(policy, result, faults);
}

bool filter_observe(struct filter *filter, const struct policy *policy,
		    enum observation observation, struct faults *faults)
{
	struct deadline deadline;
	bool made;

	filter->observation = observation;
	deadline_begin(&deadline, MAX_SECONDS, TOO_LONG);
	for (size_t i = 0; i < filter->n; i++)
		program_observe(&filter->programs[i], observation);
	if (filter->n > 1)
		filter_condense(filter);
	made = filter->n == 1 ? filter_check(filter, policy, false, faults)
			      : fault_size(filter, policy, faults);
	deadline_end(&deadline);
	return made;
}

static long load(const struct program *program, unsigned int flags)
{
	struct sock_fprog code = {
		.len = (unsigned short)program->n,
		.filter = program->code,
	};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &code);
}

/* A signal that comes while a call waits for its answer waits as well, where
 * the kernel can (5.19); else the call would be made, and told, again. */
static long load_with_listener(const struct program *program)
{
	const unsigned int flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	long fd = load(program, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);

	return fd < 0 && errno == EINVAL ? load(program, flags) : fd;
}

/*
 * Whether the kernel takes no filter for one: then whoever filters scrun itself
 * only says that the filter is loaded, as some do for other calls that a
 * container has no right to.
 */
static bool is_pretence(void)
{
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) != 0)
		return false;
	errno = ENOSYS;
	return true;
}

bool filter_load(const struct filter *filter, int *listener)
{
	if (is_pretence())
		return false;
	if (filter->observation != OBSERVE_NOTHING) {
		*listener = (int)load_with_listener(&filter->programs[0]);
		return *listener >= 0;
	}
	for (size_t i = 0; i < filter->n; i++) {
		if (load(&filter->programs[i], 0) != 0)
			return false;
	}
	return true;
}
