#include <stdlib.h>

#include "observe.h"

/* What the programs that have run so far can have come to, the loosest first;
 * SECCOMP_RET_KILL_PROCESS ends the run. */
static const uint32_t states[] = {
	SECCOMP_RET_ALLOW,
	SECCOMP_RET_LOG,
	SECCOMP_RET_TRACE,
	SECCOMP_RET_USER_NOTIF,
};
#define N_STATES (sizeof(states) / sizeof(states[0]))

uint32_t observed(uint32_t result, enum observation observation)
{
	uint32_t action = result & SECCOMP_RET_ACTION_FULL;

	if (observation == OBSERVE_NOTHING)
		return result;
	if (action == SECCOMP_RET_ERRNO)
		return SECCOMP_RET_USER_NOTIF;
	/* A stop outranks the kernel's log, so the auditor has to do both. */
	if (observation == OBSERVE_CALLS &&
	    (action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG))
		return SECCOMP_RET_TRACE;
	return result;
}

static size_t state_of(uint32_t result)
{
	size_t i = 0;

	while (i < N_STATES && states[i] != result)
		i++;
	return i; /* N_STATES: the run ends */
}

/*
 * The joined program: a copy of the main program, then of every other one as
 * many copies as there are states. To return is to jump to the next program's
 * copy for what was come to; so each copy knows the strictest answer before.
 */
struct join {
	const struct program *programs; /* the main one is the last */
	size_t n;
	enum observation observation;
	struct program *joined;
};

static void append(struct join *join, size_t index, size_t state)
{
	const struct program *from = &join->programs[index];
	struct program *to = join->joined;
	size_t end =
		to->n +
		(index + 1 == join->n ? from->n : (N_STATES - state) * from->n);

	for (size_t i = 0; i < from->n; i++, to->n++) {
		struct sock_filter *insn = &to->code[to->n];
		uint32_t result;
		size_t next;

		*insn = from->code[i];
		if (insn->code != (BPF_RET | BPF_K))
			continue;
		result = stricter(states[state],
				  observed(insn->k, join->observation));
		next = state_of(result);
		insn->k = result;
		if (index == 0 || next == N_STATES)
			continue;
		/* Forward, over the rest of this program's copies. */
		insn->code = BPF_JMP | BPF_JA;
		insn->k = (uint32_t)(end + next * join->programs[index - 1].n -
				     to->n - 1);
	}
}

bool programs_observe(struct program *programs, size_t *n,
		      enum observation observation)
{
	struct program joined = { 0 };
	struct join join = { programs, *n, observation, &joined };
	size_t size = programs[*n - 1].n;

	for (size_t i = 0; i + 1 < *n; i++)
		size += N_STATES * programs[i].n;
	joined.code = calloc(size, sizeof(joined.code[0]));
	if (!joined.code)
		return false;
	append(&join, *n - 1, 0);
	for (size_t i = *n - 1; i-- > 0;) {
		for (size_t state = 0; state < N_STATES; state++)
			append(&join, i, state);
	}
	for (size_t i = 0; i < *n; i++)
		free(programs[i].code);
	programs[0] = joined;
	*n = 1;
	return true;
}
