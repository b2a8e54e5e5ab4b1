#include <err.h>
#include <seccomp.h>
#include <stdlib.h>

#include "../policy/names.h"
#include "../policy/verdict.h"
#include "../status.h"
#include "losses.h"

void loss_add(struct faults *losses, const struct origin *origin,
	      const char *section, const char *what)
{
	if (origin->file)
		fault_add(losses, origin->file, origin->line,
			  "[%s] %s: %s has no word for it; left out", section,
			  origin->key, what);
}

void losses_add_paths(const struct policy *policy, const char *what,
		      struct faults *losses)
{
	loss_add(losses, &policy->paths_origin, "paths", what);
}

void losses_add_network(const struct policy *policy, const char *what,
			struct faults *losses)
{
	for (size_t i = 0; i < N_PORT_USES; i++)
		loss_add(losses, &policy->port_origins[i], "network", what);
	for (size_t i = 0; i < N_SCOPES; i++)
		loss_add(losses, &policy->scopes[i], "network", what);
}

struct rule *rules_but_network(const struct policy *policy, size_t *n)
{
	struct rule *rules = calloc(policy->n_rules + 1, sizeof(*rules));

	*n = 0;
	if (!rules)
		err(STATUS_FAILED, "memory");
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = &policy->rules[i];

		if (rule->rank != RANK_IMPLIED || !rule->n_conditions)
			rules[(*n)++] = *rule;
	}
	return rules;
}

static void add_process(const struct policy *policy, const char *what,
			struct faults *losses)
{
	const struct item *item;

	for (size_t i = 0; i < N_SETTINGS; i++)
		loss_add(losses, &policy->settings[i].origin, "process", what);
	loss_add(losses, &policy->supplementary_origin, "process", what);
	if ((item = STAILQ_FIRST(&policy->keep_fds)))
		loss_add(losses, &item->origin, "process", what);
}

static void add_environment(const struct policy *policy, const char *what,
			    struct faults *losses)
{
	const struct variable_list *lists[] = {
		&policy->environment_unset,
		&policy->environment_set,
	};

	loss_add(losses, &policy->environment_origin, "environment", what);
	loss_add(losses, &policy->environment_keep_origin, "environment", what);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct variable *first = STAILQ_FIRST(lists[i]);

		if (first)
			loss_add(losses, &first->origin, "environment", what);
	}
}

void losses_add_sections(const struct policy *policy, const char *what,
			 struct faults *losses)
{
	loss_add(losses, &policy->capability_origin, "capabilities", what);
	add_process(policy, what, losses);
	add_environment(policy, what, losses);
	for (size_t i = 0; i < N_LIMITS; i++)
		loss_add(losses, &policy->limits[i].origin, "limits", what);
	losses_add_paths(policy, what, losses);
	losses_add_network(policy, what, losses);
}

void losses_add_ticket(const struct policy *policy, const char *what,
		       struct faults *losses)
{
	static const uint64_t zeros[6];
	uint32_t arch = policy->architectures[0];
	int nr = syscall_number(arch, "execve");
	struct verdict verdict = verdict_of(policy, arch, (uint32_t)nr, zeros);

	if (verdict.action < ACTION_DENY)
		return;
	fault_add(losses, verdict.origin->file, verdict.origin->line,
		  "'%s = %s' denies execve: scrun starts the command all the "
		  "same, and %s keeps it from being started",
		  verdict.origin->key, verdict.origin->text, what);
}
