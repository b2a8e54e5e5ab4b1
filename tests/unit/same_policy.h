/* Two policies that are to mean the same. */
#ifndef SCRUN_TESTS_SAME_POLICY_H
#define SCRUN_TESTS_SAME_POLICY_H

#include "fixture.h"
#include "policy/condition.h"

/* The values at which a condition of the call changes its mind. */
struct argument_values {
	uint64_t list[4096];
	size_t n;
};

static inline void values_gather(struct argument_values values[6],
				 const struct policy *policy, uint32_t arch,
				 uint32_t nr)
{
	const struct rule *rule;
	size_t n;

	rule = rules_of(policy, arch, nr, &n);
	for (; n > 0; n--, rule++) {
		for (size_t i = 0; i < rule->n_conditions; i++) {
			const struct condition *c = &rule->conditions[i];
			struct argument_values *to = &values[c->arg];

			if (to->n + MAX_PROBES <= ARRAY_SIZE(to->list))
				to->n += condition_probes(c, &to->list[to->n]);
		}
	}
}

static inline bool same_at(const struct policy *a, const struct policy *b,
			   uint32_t arch, uint32_t nr, const uint64_t args[6])
{
	struct verdict x = verdict_of(a, arch, nr, args);
	struct verdict y = verdict_of(b, arch, nr, args);

	if (x.action == y.action && x.errnum == y.errnum)
		return true;
	print_error("# call %u of 0x%x (0x%llx, 0x%llx, 0x%llx): %s %s, and "
		    "then",
		    nr, arch, (unsigned long long)args[0],
		    (unsigned long long)args[1], (unsigned long long)args[2],
		    action_name(x.action), errno_name(x.errnum));
	print_error(" %s %s\n", action_name(y.action), errno_name(y.errnum));
	return false;
}

#ifndef MAX_SAME_TRIES
#define MAX_SAME_TRIES 5000u
#endif

static inline bool same_call(const struct policy *a, const struct policy *b,
			     uint32_t arch, uint32_t nr)
{
	static struct argument_values values[6];
	uint32_t abi = abi_of(arch, nr);
	uint64_t seed = nr + 1;

	for (size_t i = 0; i < 6; i++)
		values[i].n = 0;
	values_gather(values, a, abi, nr);
	values_gather(values, b, abi, nr);
	for (size_t try = 0; try < MAX_SAME_TRIES; try++) {
		uint64_t args[6];
		bool looked = false;

		for (size_t i = 0; i < 6; i++) {
			args[i] = try % 2 ? UINT64_MAX : 0;
			if (!values[i].n)
				continue;
			looked = true;
			args[i] = values[i].list[random_below(
				&seed, (unsigned int)values[i].n)];
			if (arch_is_32bit(arch))
				args[i] &= UINT32_MAX;
		}
		if (!same_at(a, b, arch, nr, args))
			return false;
		if (!looked && try > 0)
			break;
	}
	return true;
}

static inline bool same_policies(const struct policy *a, const struct policy *b)
{
	static const uint32_t arches[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86,
					   SCMP_ARCH_AARCH64, SCMP_ARCH_ARM };

	for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
		for (uint32_t nr = 0; nr < N_SYSCALLS; nr++) {
			if (!same_call(a, b, arches[i], nr) ||
			    !same_call(a, b, arches[i], nr | X32_SYSCALL_BIT))
				return false;
		}
	}
	return true;
}

#endif
