#include <err.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/names.h"
#include "../status.h"
#include "trial.h"

static bool check_call(const struct trial *trial, uint32_t arch, uint32_t nr,
		       const uint64_t args[N_ARGS])
{
	struct seccomp_data data = { .nr = (int)nr, .arch = arch };

	memcpy(data.args, args, sizeof(data.args));
	return trial_holds(trial, &data,
			   verdict_of(trial->policy, arch, nr, args));
}

/*
 * The numbers of ARCH at which the verdict can change: those which rules name,
 * the ones behind them, and where x32 and the number -1 begin. From one to the
 * next, every number has the verdict of the first.
 */
struct point {
	uint32_t nr;
	const struct rule *rules; /* of these numbers; NULL: none */
	size_t n_rules;
	bool is_conditional; /* the verdict depends on arguments */
};

struct points {
	struct point *list; /* sorted; owned */
	size_t n;
};

/* Adds a point behind the last one, or in its place. */
static void points_add(struct points *points, uint32_t nr,
		       const struct rule *rules, size_t n)
{
	struct point *point = &points->list[points->n];

	if (points->n > 0 && point[-1].nr == nr)
		point--;
	else
		points->n++;
	*point = (struct point){ .nr = nr, .rules = rules, .n_rules = n };
	for (size_t i = 0; i < n; i++)
		point->is_conditional |= rules[i].n_conditions > 0;
}

/* The rules of ABI, an architecture or x32, come sorted by number. */
static void points_add_rules(struct points *points, const struct policy *policy,
			     uint32_t abi)
{
	size_t first, end;

	for (first = 0; first < policy->n_rules; first = end) {
		const struct rule *rules = &policy->rules[first];

		for (end = first + 1; end < policy->n_rules; end++) {
			if (policy->rules[end].arch != rules->arch ||
			    policy->rules[end].nr != rules->nr)
				break;
		}
		if (rules->arch != abi)
			continue;
		points_add(points, rules->nr, rules, end - first);
		points_add(points, rules->nr + 1, NULL, 0);
	}
}

static struct points points_of(const struct policy *policy, uint32_t arch)
{
	struct points points = {
		.list = reallocarray(NULL, 2 * policy->n_rules + 3,
				     sizeof(struct point)),
	};

	if (!points.list)
		err(STATUS_FAILED, "memory");
	points_add(&points, 0, NULL, 0);
	points_add_rules(&points, policy, arch);
	points_add(&points, X32_SYSCALL_BIT, NULL, 0);
	if (arch == SCMP_ARCH_X86_64 && arch_is_listed(policy, SCMP_ARCH_X32))
		points_add_rules(&points, policy, SCMP_ARCH_X32);
	points_add(&points, UINT32_MAX, NULL, 0);
	return points;
}

/* The last point at or before NR; the first one is 0. */
static const struct point *point_at(const struct points *points, uint32_t nr)
{
	size_t low = 0, high = points->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (points->list[middle].nr <= nr)
			low = middle + 1;
		else
			high = middle;
	}
	return &points->list[low - 1];
}

/* All numbers of one architecture, on their way through the stack. */
struct sweep {
	const struct trial *trial;
	const struct points *points;
	struct seccomp_data data; /* architecture and arguments */
	size_t left;		  /* programs that are still to run */
	uint32_t result;	  /* of those that have run */
	bool saw_args;		  /* one of them looked at arguments */
};

/* What verdict_of() would say, which would have to look for the rules. */
static struct verdict verdict_at(const struct sweep *sweep,
				 const struct point *at)
{
	const struct policy *policy = sweep->trial->policy;
	const struct seccomp_data *data = &sweep->data;

	if (!arch_is_listed(policy, abi_of(data->arch, (uint32_t)data->nr)))
		return verdict_unlisted();
	return verdict_among(policy, at->rules, at->n_rules,
			     (const uint64_t *)data->args);
}

/* Whether the stack does with NR what the policy says; AT is its point. */
static bool sweep_number(struct sweep *sweep, const struct point *at,
			 uint32_t nr)
{
	uint32_t wanted;

	sweep->data.nr = (int)nr;
	wanted =
		trial_wanted(sweep->trial, &sweep->data, verdict_at(sweep, at));
	/* The policy does not look at arguments here, nor may a program. */
	if (sweep->saw_args && !trial_has_ticket(sweep->trial, &sweep->data))
		return trial_differs(sweep->trial, &sweep->data, wanted,
				     wanted);
	return sweep->result == wanted ||
	       trial_differs(sweep->trial, &sweep->data, wanted, sweep->result);
}

/* The stack returns the same from FIRST to LAST. So must the policy. */
static bool sweep_part(struct sweep *sweep, uint32_t first, uint32_t last)
{
	const struct points *points = sweep->points;
	const struct point *at = point_at(points, first);
	const struct point *end = points->list + points->n;

	if (at->nr < first && !sweep_number(sweep, at, first))
		return false;
	if (at->nr < first)
		at++;
	for (; at < end && at->nr <= last; at++) {
		/* What depends on arguments is left to check_conditions. */
		if (!at->is_conditional && !sweep_number(sweep, at, at->nr))
			return false;
	}
	return true;
}

/* A range_fn: one program more has run for FIRST to LAST. */
static bool sweep_on(void *context, uint32_t first, uint32_t last,
		     uint32_t result, bool saw_args)
{
	struct sweep next = *(struct sweep *)context;

	next.result = stricter(next.result, result);
	next.saw_args |= saw_args;
	if (next.left == 0)
		return sweep_part(&next, first, last);
	next.left--;
	return program_run_range(&next.trial->programs[next.left], &next.data,
				 first, last, sweep_on, &next);
}

/*
 * All 2^32 numbers, but for those with conditions. The arguments are zero, and
 * could be any: a program that looks at them is refused, and what it does not
 * look at changes nothing.
 */
static bool check_numbers(const struct trial *trial, uint32_t arch,
			  const struct points *points)
{
	struct sweep sweep = {
		.trial = trial,
		.points = points,
		.data.arch = arch,
		.left = trial->n,
		.result = SECCOMP_RET_ALLOW,
	};

	/* What is not compiled by libseccomp may not be told in this way. */
	*trial->difference = (struct difference){ .arch = arch };
	return sweep_on(&sweep, 0, UINT32_MAX, SECCOMP_RET_ALLOW, false);
}

static bool check_conditions(const struct trial *trial, uint32_t arch,
			     const struct points *points)
{
	for (size_t i = 0; i < points->n; i++) {
		const struct point *point = &points->list[i];

		if (point->is_conditional &&
		    !trial_arguments(trial, arch, point->nr, point->rules,
				     point->n_rules))
			return false;
	}
	return true;
}

static bool check_arch(const struct trial *trial, uint32_t arch)
{
	struct points points = points_of(trial->policy, arch);
	bool same = check_numbers(trial, arch, &points) &&
		    check_conditions(trial, arch, &points);

	free(points.list);
	return same;
}

/* Whether a program compares with anything but the ticket's addresses. */
struct ticket_look {
	const struct ticket *ticket;
	bool is_other;
};

/* A compare_fn. */
static void look_at_ticket(void *context, uint32_t offset, uint32_t mask,
			   uint32_t value)
{
	struct ticket_look *look = context;
	const uint64_t addresses[] = {
		look->ticket->path,
		look->ticket->argv,
		look->ticket->envp,
	};
	struct seccomp_data data = { 0 };
	uint32_t word;

	memcpy(data.args, addresses, sizeof(addresses));
	memcpy(&word, (const char *)&data + offset, sizeof(word));
	look->is_other |= mask != UINT32_MAX || word != value ||
			  offset < offsetof(struct seccomp_data, args) ||
			  offset >= offsetof(struct seccomp_data, args[3]);
}

/* The ticket passes; with one bit changed, or any other, execve does not. */
static bool check_ticket(const struct trial *trial)
{
	const struct ticket *ticket = trial->ticket;
	struct ticket_look look = { .ticket = ticket };
	struct seccomp_data data = {
		.nr = (int)ticket->nr,
		.arch = ticket->arch,
		.args = { ticket->path, ticket->argv, ticket->envp },
	};
	uint64_t args[N_ARGS] = { ticket->path, ticket->argv, ticket->envp };

	for (size_t i = 0; i < trial->n; i++)
		program_comparisons(&trial->programs[i], &data, look_at_ticket,
				    &look);
	if (look.is_other)
		return trial_differs(trial, &data, SECCOMP_RET_ALLOW,
				     SECCOMP_RET_ALLOW);
	if (!check_call(trial, ticket->arch, ticket->nr, args))
		return false;
	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int bit = 0; bit < 64; bit++) {
			args[i] ^= 1ull << bit;
			if (!check_call(trial, ticket->arch, ticket->nr, args))
				return false;
			args[i] ^= 1ull << bit;
		}
	}
	memset(args, 0xff, sizeof(args));
	return check_call(trial, ticket->arch, ticket->nr, args);
}

/*
 * The address of the instruction that makes the call is nothing that a policy
 * can speak of. Returns false where a program asks for it.
 */
static bool check_loads(const struct trial *trial)
{
	const size_t first = offsetof(struct seccomp_data, instruction_pointer);
	const size_t end = offsetof(struct seccomp_data, args);

	*trial->difference = (struct difference){ 0 };
	for (size_t i = 0; i < trial->n; i++) {
		const struct program *program = &trial->programs[i];

		for (size_t j = 0; j < program->n; j++) {
			const struct sock_filter *insn = &program->code[j];

			if (insn->code == (BPF_LD | BPF_W | BPF_ABS) &&
			    insn->k >= first && insn->k < end)
				return false;
		}
	}
	return true;
}

/* Architectures that the policy may not list, or that do not exist. */
static bool check_other_archs(const struct trial *trial)
{
	static const uint32_t strange[] = { 0, 1, 0x7fffffff, UINT32_MAX };
	static const uint32_t nrs[] = { 0, 1, 59, X32_SYSCALL_BIT, UINT32_MAX };
	static const uint64_t zeros[N_ARGS];
	const size_t n_strange = sizeof(strange) / sizeof(strange[0]);
	const size_t n_nrs = sizeof(nrs) / sizeof(nrs[0]);

	for (size_t i = 0; i < n_strange || arch_list(i - n_strange); i++) {
		uint32_t arch = i < n_strange ? strange[i]
					      : arch_list_number(i - n_strange);

		/* That number is libseccomp's, the kernel never has it. */
		if (arch == SCMP_ARCH_X32)
			continue;
		for (size_t j = 0; j < n_nrs; j++) {
			if (!check_call(trial, arch, nrs[j], zeros))
				return false;
		}
	}
	return true;
}

/* Of proofs (prove.c), for all calls together: less than a tenth of a
 * millisecond, and some milliseconds for what is new. */
#define MAX_STEPS     (1u << 16)
#define MAX_NEW_STEPS (1u << 24)

static bool verify(const struct trial *trial)
{
	const struct policy *policy = trial->policy;

	if (!check_loads(trial))
		return false;
	for (size_t i = 0; i < policy->n_architectures; i++) {
		/* The kernel reports x32 as x86-64. */
		if (policy->architectures[i] != SCMP_ARCH_X32 &&
		    !check_arch(trial, policy->architectures[i]))
			return false;
	}
	return check_other_archs(trial) &&
	       (!trial->ticket || check_ticket(trial));
}

bool programs_verify(const struct program *programs, size_t n,
		     const struct policy *policy, const struct ticket *ticket,
		     enum observation observation,
		     struct difference *difference)
{
	size_t steps = MAX_STEPS;
	const struct trial trial = {
		programs, n, policy, ticket, observation, difference, &steps,
	};

	return verify(&trial);
}

bool programs_prove(const struct program *programs, size_t n,
		    const struct policy *policy, const struct ticket *ticket,
		    struct difference *difference)
{
	size_t steps = MAX_NEW_STEPS;
	const struct trial trial = {
		programs,	 n,	     policy, ticket,
		OBSERVE_NOTHING, difference, &steps,
	};

	return verify(&trial);
}
