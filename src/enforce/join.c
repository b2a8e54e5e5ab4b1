#include <linux/seccomp.h>
#include <stdlib.h>

#include "join.h"
#include "plan.h"

/* A stack that can come to more is left as it is. */
#define MAX_STATES 16

/*
 * One program of the stack. The joined one has as many copies of it as there
 * are states: what the programs before, which the kernel asks first, can have
 * come to. To return is to jump to the next program's copy for what was come
 * to; so each copy knows the strictest answer before.
 */
struct level {
	const struct program *program;
	uint32_t states[MAX_STATES];
	size_t n;     /* states */
	size_t start; /* of the copies */
};

struct join {
	struct level levels[MAX_LAYERS]; /* in the order of loading */
	struct program joined;
};

static bool returns(const struct sock_filter *insn)
{
	return insn->code == (BPF_RET | BPF_K);
}

/* Whether a program from LEVEL down can be stricter than RESULT. */
static bool can_change(const struct join *join, size_t level, uint32_t result)
{
	for (size_t i = 0; i <= level; i++) {
		const struct program *program = join->levels[i].program;

		for (size_t j = 0; j < program->n; j++) {
			const struct sock_filter *insn = &program->code[j];

			if (returns(insn) &&
			    stricter(result, insn->k) != result)
				return true;
		}
	}
	return false;
}

/* The index of RESULT among the level's states, where it is put if need be;
 * MAX_STATES: there is no room. */
static size_t state_of(struct level *level, uint32_t result)
{
	size_t i = 0;

	while (i < level->n && level->states[i] != result)
		i++;
	if (i == level->n && i < MAX_STATES)
		level->states[level->n++] = result;
	return i;
}

/* What a copy at LEVEL does with RESULT, in the last instruction so far. */
static bool answer(struct join *join, size_t level, uint32_t result)
{
	struct program *joined = &join->joined;
	struct sock_filter *insn = &joined->code[joined->n - 1];
	struct level *below;
	size_t state;

	insn->k = result;
	if (level == 0 || !can_change(join, level - 1, result))
		return true;
	below = &join->levels[level - 1];
	state = state_of(below, result);
	if (state == MAX_STATES)
		return false;
	insn->code = BPF_JMP | BPF_JA;
	insn->k = (uint32_t)(below->start + state * below->program->n -
			     joined->n);
	return true;
}

static bool append_copy(struct join *join, size_t level, uint32_t state)
{
	const struct program *from = join->levels[level].program;
	struct program *to = &join->joined;

	for (size_t i = 0; i < from->n; i++) {
		const struct sock_filter *insn = &from->code[i];

		to->code[to->n++] = *insn;
		if (returns(insn) &&
		    !answer(join, level, stricter(state, insn->k)))
			return false;
	}
	return true;
}

/* All copies of it; the levels above have said which. */
static bool append_level(struct join *join, size_t index)
{
	const struct level *level = &join->levels[index];
	size_t end = level->start + level->n * level->program->n;

	if (end > BPF_MAXINSNS)
		return false;
	if (index > 0)
		join->levels[index - 1].start = end;
	for (size_t i = 0; i < level->n; i++) {
		if (!append_copy(join, index, level->states[i]))
			return false;
	}
	return true;
}

bool programs_join(struct program *programs, size_t *n)
{
	struct join join = { 0 };
	bool fits = true;
	size_t i;

	if (*n < 2)
		return true;
	join.joined.code = calloc(BPF_MAXINSNS, sizeof(struct sock_filter));
	if (!join.joined.code)
		return false;
	for (i = 0; i < *n; i++)
		join.levels[i].program = &programs[i];
	state_of(&join.levels[*n - 1], SECCOMP_RET_ALLOW);
	while (fits && i-- > 0)
		fits = append_level(&join, i);
	if (!fits) {
		free(join.joined.code);
		return true;
	}
	for (i = 0; i < *n; i++)
		free(programs[i].code);
	programs[0] = join.joined;
	*n = 1;
	return true;
}
