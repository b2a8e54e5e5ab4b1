#include <stddef.h>
#include <stdlib.h>

#include "assemble.h"
#include "condense.h"
#include "runs.h"
#include "stack.h"

/* A program, all ways through which are looked at. */
struct walk {
	const struct program *program;
	uint32_t *seen; /* at each instruction: a bit for each word held */
	struct runs *runs;
};

/* Cuts at all numbers at which a comparison from AT on can change its mind, the
 * accumulator holding WORD of struct seccomp_data. */
static bool cut_from(const struct walk *walk, size_t at, size_t word)
{
	for (; !(walk->seen[at] >> word & 1); at++) {
		const struct sock_filter *insn = &walk->program->code[at];

		walk->seen[at] |= 1u << word;
		if (BPF_CLASS(insn->code) == BPF_RET)
			return true;
		if (BPF_CLASS(insn->code) == BPF_LD)
			word = insn->k / sizeof(uint32_t);
		if (insn->code == (BPF_JMP | BPF_JA)) {
			at += insn->k;
		} else if (BPF_CLASS(insn->code) == BPF_JMP) {
			if (word == WORD(nr) &&
			    (!runs_cut(walk->runs, insn->k) ||
			     !runs_cut(walk->runs, insn->k + 1)))
				return false;
			if (!cut_from(walk, at + 1 + insn->jt, word))
				return false;
			at += insn->jf;
		}
	}
	return true;
}

/* The numbers from each cut on to the next are one to all programs. */
static bool cut_numbers(const struct stack *stack, struct runs *runs)
{
	bool is_cut = runs_cut(runs, 0);

	for (size_t i = 0; i < stack->n && is_cut; i++) {
		const struct program *program = &stack->programs[i];
		const struct walk walk = {
			.program = program,
			.seen = calloc(program->n, sizeof(uint32_t)),
			.runs = runs,
		};

		is_cut = walk.seen && cut_from(&walk, 0, NOTHING);
		free(walk.seen);
	}
	return is_cut;
}

static bool ask_number(struct stack *stack, uint32_t arch, uint16_t *node)
{
	struct runs runs = { 0 };
	bool is_made = cut_numbers(stack, &runs);

	if (is_made)
		runs_sort(&runs);
	else
		stack->lacks_memory = true;
	for (size_t i = 0; i < runs.n && is_made; i++)
		is_made = stack_evaluate(stack, arch, runs.list[i].first,
					 &runs.list[i].node);
	is_made = is_made && runs_ask(&runs, stack->diagram,
				      offsetof(struct seccomp_data, nr), node);
	free(runs.list);
	return is_made;
}

/* Whether it is ARCH; if not, NODE. */
static bool ask_arch(struct stack *stack, uint32_t arch, uint16_t *node)
{
	struct node question = {
		.code = BPF_JMP | BPF_JEQ | BPF_K,
		.offset = offsetof(struct seccomp_data, arch),
		.mask = UINT32_MAX,
		.k = arch,
		.no = *node,
	};

	return ask_number(stack, arch, &question.yes) &&
	       diagram_ask(stack->diagram, &question, node);
}

/* The root of a diagram of the whole stack. */
static bool ask_all(struct stack *stack, uint16_t *root)
{
	uint32_t other = 0;

	while (stack_asks(stack, other))
		other++;
	if (!ask_number(stack, other, root))
		return false;
	/* The first that is asked for is the last one here. */
	for (size_t i = stack->n_archs; i-- > 0;) {
		if (!ask_arch(stack, stack->archs[i], root))
			return false;
	}
	return true;
}

/* Without code where there is none such; false: no memory. */
static bool condense(const struct program *programs, size_t n, bool forgets,
		     struct program *condensed)
{
	struct stack stack;
	uint16_t root;

	*condensed = (struct program){ 0 };
	if (stack_begin(&stack, programs, n, forgets) && ask_all(&stack, &root))
		stack.lacks_memory =
			!program_of(stack.diagram, root, condensed);
	stack_end(&stack);
	return !stack.lacks_memory;
}

bool programs_condense(struct program *programs, size_t *n)
{
	struct program condensed;

	if (*n == 0)
		return true;
	if (!condense(programs, *n, false, &condensed) ||
	    (!condensed.code && !condense(programs, *n, true, &condensed)))
		return false;
	if (!condensed.code)
		return true;
	if (*n == 1 && condensed.n >= programs[0].n) {
		free(condensed.code);
		return true;
	}
	for (size_t i = 0; i < *n; i++)
		free(programs[i].code);
	programs[0] = condensed;
	*n = 1;
	return true;
}
