#include <seccomp.h>
#include <string.h>

#include "ready.h"

bool ready_take(struct policy *policy, const char *name)
{
	for (size_t i = 0; i < n_ready_policies; i++) {
		const struct ready *ready = &ready_policies[i];

		if (strcmp(ready->name, name) != 0)
			continue;
		policy->is_ready = true;
		policy->default_action = ready->default_action;
		policy->default_errnum = ready->default_errnum;
		policy->default_origin = ready->default_origin;
		policy->architectures[0] = seccomp_arch_native();
		policy->n_architectures = 1;
		policy->rules = ready->rules;
		policy->n_rules = ready->n_rules;
		return true;
	}
	return false;
}
