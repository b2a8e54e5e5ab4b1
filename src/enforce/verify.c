#include <err.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/condition.h"
#include "../policy/names.h"
#include "../policy/verdict.h"
#include "../status.h"
#include "compile.h"
#include "probes.h"
#include "verify.h"

#define N_ARGS 6

/* How many combinations of arguments a call is tried with at most. */
#define MAX_TRIES 4096

struct check {
	const struct program *programs;
	size_t n;
	const struct policy *policy;
	const struct ticket *ticket;
	enum observation observation;
	struct difference *difference;
};

static bool is_ticket(const struct ticket *ticket, uint32_t arch, uint32_t nr,
		      const uint64_t args[N_ARGS])
{
	return ticket && arch == ticket->arch && nr == ticket->nr &&
	       args[0] == ticket->path && args[1] == ticket->argv &&
	       args[2] == ticket->envp;
}

static bool differ(const struct check *check, const struct seccomp_data *data,
		   uint32_t wanted, uint32_t got)
{
	*check->difference = (struct difference){
		.arch = data->arch,
		.nr = (uint32_t)data->nr,
		.wanted = wanted,
		.got = got,
	};
	memcpy(check->difference->args, data->args, sizeof(data->args));
	return false;
}

/* Whether the ticket is for DATA's call; check_ticket looks at those. */
static bool is_ticket_call(const struct check *check,
			   const struct seccomp_data *data)
{
	return check->ticket && data->arch == check->ticket->arch &&
	       (uint32_t)data->nr == check->ticket->nr;
}

static uint32_t wanted_for(const struct check *check,
			   const struct seccomp_data *data)
{
	const uint64_t *args = (const uint64_t *)data->args;
	uint32_t nr = (uint32_t)data->nr;
	struct verdict verdict;

	if (is_ticket(check->ticket, data->arch, nr, args))
		return observed(check->policy->default_action == ACTION_LOG
					? SECCOMP_RET_LOG
					: SECCOMP_RET_ALLOW,
				check->observation);
	verdict = verdict_of(check->policy, data->arch, nr, args);
	return observed(kernel_action(verdict.action, verdict.errnum),
			check->observation);
}

static bool check_call(const struct check *check, uint32_t arch, uint32_t nr,
		       const uint64_t args[N_ARGS])
{
	struct seccomp_data data = { .nr = (int)nr, .arch = arch };
	uint32_t wanted, got;

	memcpy(data.args, args, sizeof(data.args));
	wanted = wanted_for(check, &data);
	got = programs_run(check->programs, check->n, &data);
	return got == wanted || differ(check, &data, wanted, got);
}

static uint64_t count_combinations(const struct probes probes[N_ARGS])
{
	uint64_t combinations = 1;

	for (unsigned int i = 0; i < N_ARGS; i++) {
		if (probes[i].n && combinations <= UINT32_MAX)
			combinations *= probes[i].n;
	}
	return combinations;
}

/* The values of a single argument can all be tried, however many. */
static uint64_t max_tries(const struct probes probes[N_ARGS])
{
	unsigned int used = 0;

	for (unsigned int i = 0; i < N_ARGS; i++)
		used += probes[i].n > 0;
	return used > 1 ? MAX_TRIES : UINT32_MAX;
}

/*
 * All combinations where they are few enough, else a fixed choice of them:
 * counting by a step that is odd against most numbers of combinations. What no
 * condition looks at is all zeros and all ones in turn.
 */
static bool check_combinations(const struct check *check, uint32_t arch,
			       uint32_t nr, const struct probes probes[N_ARGS])
{
	uint64_t combinations = count_combinations(probes);
	uint64_t max = max_tries(probes), step = 1, at = 0;

	if (combinations > max)
		step = combinations / max * 7 + 1;
	for (unsigned int try = 0; try < combinations && try < max;
	     try++, at += step) {
		uint64_t args[N_ARGS], rest = at;

		for (unsigned int i = 0; i < N_ARGS; i++) {
			if (probes[i].n == 0) {
				args[i] = try % 2 ? UINT64_MAX : 0;
				continue;
			}
			args[i] = probes[i].values[rest % probes[i].n];
			rest /= probes[i].n;
		}
		if (!check_call(check, arch, nr, args))
			return false;
	}
	return true;
}

/* Whether all of RULE's conditions on argument ARG hold for VALUE. */
static bool argument_meets(const struct rule *rule, unsigned int arg,
			   uint64_t value)
{
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct condition *c = &rule->conditions[i];

		if (c->arg == arg &&
		    !condition_holds(c, value, rule->action >= ACTION_DENY))
			return false;
	}
	return true;
}

/* Arguments that RULE matches, as far as the probes have them. */
static void satisfy(const struct rule *rule, const struct probes probes[N_ARGS],
		    uint64_t args[N_ARGS])
{
	for (unsigned int i = 0; i < N_ARGS; i++) {
		size_t j = 0;

		while (j < probes[i].n &&
		       !argument_meets(rule, i, probes[i].values[j]))
			j++;
		args[i] = j < probes[i].n ? probes[i].values[j] : 0;
	}
}

/* Each argument in turn goes through its values while the rule holds. */
static bool check_around(const struct check *check, const struct rule *rule,
			 uint32_t nr, const struct probes probes[N_ARGS])
{
	uint32_t arch =
		rule->arch == SCMP_ARCH_X32 ? SCMP_ARCH_X86_64 : rule->arch;
	uint64_t args[N_ARGS];

	satisfy(rule, probes, args);
	for (unsigned int i = 0; i < N_ARGS; i++) {
		uint64_t kept = args[i];

		for (size_t j = 0; j < probes[i].n; j++) {
			args[i] = probes[i].values[j];
			if (!check_call(check, arch, nr, args))
				return false;
		}
		args[i] = kept;
	}
	return true;
}

static bool check_rules(const struct check *check, uint32_t arch, uint32_t nr,
			const struct rule *rules, size_t n)
{
	const struct seccomp_data data = { .nr = (int)nr, .arch = arch };
	struct probes probes[N_ARGS];
	bool same = true;

	probes_gather(probes, check->programs, check->n, &data, rules, n);
	/* A choice of combinations may miss the neighbourhood of a rule. */
	for (size_t i = 0;
	     i < n && same && count_combinations(probes) > max_tries(probes);
	     i++)
		same = check_around(check, &rules[i], nr, probes);
	same = same && check_combinations(check, arch, nr, probes);
	probes_free(probes);
	return same;
}

/*
 * The numbers of ARCH at which the verdict can change: those which rules name,
 * the ones behind them, and where x32 and the number -1 begin. From one to the
 * next, every number has the verdict of the first.
 */
struct point {
	uint32_t nr;
	bool is_conditional; /* the verdict depends on arguments */
};

struct points {
	struct point *list; /* sorted; owned */
	size_t n;
};

/* Adds a point at or behind the last one, or one of the last two again. */
static void points_add(struct points *points, uint32_t nr, bool is_conditional)
{
	size_t i = points->n;

	while (i > 0 && points->list[i - 1].nr > nr)
		i--;
	if (i > 0 && points->list[i - 1].nr == nr)
		points->list[i - 1].is_conditional |= is_conditional;
	else
		points->list[points->n++] =
			(struct point){ nr, is_conditional };
}

/* The rules of ABI, an architecture or x32, come sorted by number. */
static void points_add_rules(struct points *points, const struct policy *policy,
			     uint32_t abi)
{
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = &policy->rules[i];

		if (rule->arch != abi)
			continue;
		points_add(points, rule->nr, rule->n_conditions > 0);
		points_add(points, rule->nr + 1, false);
	}
}

static struct points points_of(const struct policy *policy, uint32_t arch)
{
	struct points points = {
		.list = calloc(2 * policy->n_rules + 3, sizeof(struct point)),
	};

	if (!points.list)
		err(STATUS_FAILED, "memory");
	points_add(&points, 0, false);
	points_add_rules(&points, policy, arch);
	points_add(&points, X32_SYSCALL_BIT, false);
	if (arch == SCMP_ARCH_X86_64)
		points_add_rules(&points, policy, SCMP_ARCH_X32);
	points_add(&points, UINT32_MAX, false);
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
	const struct check *check;
	const struct points *points;
	struct seccomp_data data; /* architecture and arguments */
	size_t left;		  /* programs that are still to run */
	uint32_t result;	  /* of those that have run */
	bool saw_args;		  /* one of them looked at arguments */
};

static bool sweep_number(struct sweep *sweep, uint32_t nr)
{
	uint32_t wanted;

	sweep->data.nr = (int)nr;
	wanted = wanted_for(sweep->check, &sweep->data);
	/* The policy does not look at arguments here, nor may a program. */
	if (sweep->saw_args && !is_ticket_call(sweep->check, &sweep->data))
		return differ(sweep->check, &sweep->data, wanted, wanted);
	return sweep->result == wanted ||
	       differ(sweep->check, &sweep->data, wanted, sweep->result);
}

/* The stack returns the same from FIRST to LAST. So must the policy. */
static bool sweep_part(struct sweep *sweep, uint32_t first, uint32_t last)
{
	const struct points *points = sweep->points;
	const struct point *at = point_at(points, first);
	const struct point *end = points->list + points->n;

	if (at->nr < first && !sweep_number(sweep, first))
		return false;
	if (at->nr < first)
		at++;
	for (; at < end && at->nr <= last; at++) {
		/* What depends on arguments is left to check_conditions. */
		if (!at->is_conditional && !sweep_number(sweep, at->nr))
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
	return program_run_range(&next.check->programs[next.left], &next.data,
				 first, last, sweep_on, &next);
}

/*
 * All 2^32 numbers, but for those with conditions. The arguments are zero, and
 * could be any: a program that looks at them is refused, and what it does not
 * look at changes nothing.
 */
static bool check_numbers(const struct check *check, uint32_t arch,
			  const struct points *points)
{
	struct sweep sweep = {
		.check = check,
		.points = points,
		.data.arch = arch,
		.left = check->n,
		.result = SECCOMP_RET_ALLOW,
	};

	/* What is not compiled by libseccomp may not be told in this way. */
	*check->difference = (struct difference){ .arch = arch };
	return sweep_on(&sweep, 0, UINT32_MAX, SECCOMP_RET_ALLOW, false);
}

static bool check_conditions(const struct check *check, uint32_t arch,
			     const struct points *points)
{
	for (size_t i = 0; i < points->n; i++) {
		uint32_t nr = points->list[i].nr;
		bool is_x32 = arch == SCMP_ARCH_X86_64 && nr >= X32_SYSCALL_BIT;
		const struct rule *rules;
		size_t n;

		if (!points->list[i].is_conditional)
			continue;
		rules = rules_of(check->policy, is_x32 ? SCMP_ARCH_X32 : arch,
				 nr, &n);
		if (!check_rules(check, arch, nr, rules, n))
			return false;
	}
	return true;
}

static bool check_arch(const struct check *check, uint32_t arch)
{
	struct points points = points_of(check->policy, arch);
	bool same = check_numbers(check, arch, &points) &&
		    check_conditions(check, arch, &points);

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
static bool check_ticket(const struct check *check)
{
	const struct ticket *ticket = check->ticket;
	struct ticket_look look = { .ticket = ticket };
	struct seccomp_data data = {
		.nr = (int)ticket->nr,
		.arch = ticket->arch,
		.args = { ticket->path, ticket->argv, ticket->envp },
	};
	uint64_t args[N_ARGS] = { ticket->path, ticket->argv, ticket->envp };

	for (size_t i = 0; i < check->n; i++)
		program_comparisons(&check->programs[i], &data, look_at_ticket,
				    &look);
	if (look.is_other)
		return differ(check, &data, SECCOMP_RET_ALLOW,
			      SECCOMP_RET_ALLOW);
	if (!check_call(check, ticket->arch, ticket->nr, args))
		return false;
	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int bit = 0; bit < 64; bit++) {
			args[i] ^= 1ull << bit;
			if (!check_call(check, ticket->arch, ticket->nr, args))
				return false;
			args[i] ^= 1ull << bit;
		}
	}
	memset(args, 0xff, sizeof(args));
	return check_call(check, ticket->arch, ticket->nr, args);
}

/*
 * The address of the instruction that makes the call is nothing that a policy
 * can speak of. Returns false where a program asks for it.
 */
static bool check_loads(const struct check *check)
{
	const size_t first = offsetof(struct seccomp_data, instruction_pointer);
	const size_t end = offsetof(struct seccomp_data, args);

	*check->difference = (struct difference){ 0 };
	for (size_t i = 0; i < check->n; i++) {
		const struct program *program = &check->programs[i];

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
static bool check_other_archs(const struct check *check)
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
			if (!check_call(check, arch, nrs[j], zeros))
				return false;
		}
	}
	return true;
}

bool programs_verify(const struct program *programs, size_t n,
		     const struct policy *policy, const struct ticket *ticket,
		     enum observation observation,
		     struct difference *difference)
{
	const struct check check = { programs, n,	    policy,
				     ticket,   observation, difference };

	if (!check_loads(&check))
		return false;
	for (size_t i = 0; i < policy->n_architectures; i++) {
		/* The kernel reports x32 as x86-64. */
		if (policy->architectures[i] != SCMP_ARCH_X32 &&
		    !check_arch(&check, policy->architectures[i]))
			return false;
	}
	return check_other_archs(&check) && (!ticket || check_ticket(&check));
}
