#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "runs.h"
#include "stack.h"

/* Instructions that are looked at, some nanoseconds each. */
#define MAX_STEPS (1u << 24)

/* Where the words of struct seccomp_data are, if not anywhere. */
struct known {
	struct {
		uint32_t low, high;
	} words[N_WORDS];
};

/* Where an evaluation is: in which program, before which instruction, with
 * which word's bits in the accumulator, and with what result of those before.
 */
struct place {
	size_t level, at;
	size_t word;
	uint32_t mask, result;
	struct known known;
};

/* What was found at a place: most are come to again. */
struct memory {
	size_t evaluation; /* which; of another one it is worth nothing */
	struct place place;
	uint16_t node;
};

#define N_MEMORIES 1024

/* How an instruction was seen when cuts were made. */
struct sight {
	size_t cutting; /* which */
	uint32_t mask;
};

static bool go(struct stack *stack, struct place place, uint16_t *node);

static const struct sock_filter *insn_at(const struct stack *stack,
					 const struct place *place)
{
	return &stack->programs[place->level].code[place->at];
}

static uint32_t mix(uint32_t hash, size_t value)
{
	return (hash ^ (uint32_t)value) * 0x9e3779b1u; /* Knuth 6.4 */
}

/* Where what was found at PLACE is, or is to be. */
static struct memory *memory_at(const struct stack *stack,
				const struct place *place)
{
	uint32_t hash = mix(mix(0, place->level), place->at);

	hash = mix(mix(mix(hash, place->word), place->mask), place->result);
	for (size_t i = WORD(args); i < N_WORDS; i++) {
		hash = mix(hash, place->known.words[i].low);
		hash = mix(hash >> 5 ^ hash, place->known.words[i].high);
	}
	return &stack->memories[(hash >> 16 ^ hash) & (N_MEMORIES - 1)];
}

static uint32_t offset_of(size_t word)
{
	return (uint32_t)(word * sizeof(uint32_t));
}

/* ---- What is known ------------------------------------------------------- */

bool stack_asks(const struct stack *stack, uint32_t arch)
{
	for (size_t i = 0; i < stack->n_archs; i++) {
		if (stack->archs[i] == arch)
			return true;
	}
	return false;
}

static void know(struct known *known, size_t word, uint32_t low, uint32_t high)
{
	known->words[word].low = low;
	known->words[word].high = high;
}

static void forget_arguments(struct known *known)
{
	for (size_t i = WORD(args); i < N_WORDS; i++)
		know(known, i, 0, UINT32_MAX);
}

static void load(const struct stack *stack, struct place *place,
		 uint32_t offset)
{
	const size_t word = offset / sizeof(uint32_t);

	if (stack->forgets && word != place->word)
		forget_arguments(&place->known);
	place->word = word;
	place->mask = UINT32_MAX;
}

/* Whether INSN asks the number or the architecture as libseccomp does: so that
 * what holds for the one that is read holds for all that it stands for. */
static bool is_usual(const struct stack *stack, const struct place *place,
		     const struct sock_filter *insn)
{
	if (place->word == WORD(nr))
		return place->mask == UINT32_MAX &&
		       insn->code != (BPF_JMP | BPF_JSET | BPF_K);
	if (place->word == WORD(arch))
		return place->mask == UINT32_MAX &&
		       insn->code == (BPF_JMP | BPF_JEQ | BPF_K) &&
		       stack_asks(stack, insn->k);
	return true;
}

enum decision { JUMPS, JUMPS_NOT, EITHER };

/* What INSN does, as far as the word at PLACE is known. */
static enum decision decide(const struct place *place,
			    const struct sock_filter *insn)
{
	const uint32_t first = place->known.words[place->word].low;
	const uint32_t last = place->known.words[place->word].high;
	uint64_t low, high;

	if (!jump_range(insn, place->mask, &low, &high))
		return EITHER;
	if (first >= low && last <= high)
		return JUMPS;
	return last < low || first > high ? JUMPS_NOT : EITHER;
}

/* ---- What is not --------------------------------------------------------- */

static bool cut(struct stack *stack, const struct place *place,
		struct runs *runs, uint64_t at)
{
	if (at < place->known.words[place->word].low ||
	    at > place->known.words[place->word].high)
		return true;
	if (runs_cut(runs, (uint32_t)at))
		return true;
	stack->lacks_memory = true;
	return false;
}

/*
 * Cuts where the comparisons from PLACE on, as long as the word stays the same,
 * can change their mind. Returns false where there is one that asks for a part
 * of the words that is not in a row.
 */
static bool cut_from(struct stack *stack, struct place place, struct runs *runs)
{
	for (; stack->steps > 0; place.at++, stack->steps--) {
		const struct sock_filter *insn = insn_at(stack, &place);
		struct sight *sight = &stack->sights[place.level][place.at];
		struct place taken = place;
		uint64_t low, high;

		switch (insn->code) {
		case BPF_RET | BPF_K:
			return true;
		case BPF_LD | BPF_W | BPF_ABS:
			if (insn->k != offset_of(place.word))
				return true;
			place.mask = UINT32_MAX;
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			place.mask &= insn->k;
			continue;
		case BPF_JMP | BPF_JA:
			place.at += insn->k;
			continue;
		}
		if (!jump_range(insn, place.mask, &low, &high))
			return false;
		if (sight->cutting == stack->cuttings &&
		    sight->mask == place.mask)
			return true;
		*sight = (struct sight){ stack->cuttings, place.mask };
		taken.at += 1 + insn->jt;
		if (!cut(stack, &place, runs, low) ||
		    !cut(stack, &place, runs, high + 1) ||
		    !cut_from(stack, taken, runs))
			return false;
		place.at += insn->jf;
	}
	return false;
}

static bool ask_runs(struct stack *stack, struct place place, struct runs *runs,
		     uint16_t *node)
{
	const uint32_t last = place.known.words[place.word].high;

	runs_sort(runs);
	for (size_t i = 0; i < runs->n; i++) {
		know(&place.known, place.word, runs->list[i].first,
		     i + 1 < runs->n ? runs->list[i + 1].first - 1 : last);
		if (!go(stack, place, &runs->list[i].node))
			return false;
	}
	return runs_ask(runs, stack->diagram, offset_of(place.word), node);
}

/* The jump at PLACE as it is. */
static bool ask_jump(struct stack *stack, const struct place *place,
		     uint16_t *node)
{
	const struct sock_filter *insn = insn_at(stack, place);
	struct node question = {
		.code = insn->code,
		.offset = offset_of(place->word),
		.mask = place->mask,
		.k = insn->k,
	};
	struct place yes = *place, no = *place;

	yes.at += 1 + insn->jt;
	no.at += 1 + insn->jf;
	return go(stack, yes, &question.yes) && go(stack, no, &question.no) &&
	       diagram_ask(stack->diagram, &question, node);
}

static bool is_same_place(const struct place *a, const struct place *b)
{
	return a->level == b->level && a->at == b->at && a->word == b->word &&
	       a->mask == b->mask && a->result == b->result &&
	       memcmp(&a->known, &b->known, sizeof(a->known)) == 0;
}

/* What the word at PLACE, which can be any, decides. */
static bool ask_word(struct stack *stack, const struct place *place,
		     uint16_t *node)
{
	struct memory *memory = memory_at(stack, place);
	struct runs runs = { 0 };
	bool is_found;

	if (memory->evaluation == stack->evaluations &&
	    is_same_place(&memory->place, place)) {
		*node = memory->node;
		return true;
	}
	stack->cuttings++;
	if (cut(stack, place, &runs, place->known.words[place->word].low) &&
	    cut_from(stack, *place, &runs))
		is_found = ask_runs(stack, *place, &runs, node);
	else
		is_found = ask_jump(stack, place, node);
	free(runs.list);
	if (!is_found || stack->lacks_memory)
		return false;
	*memory = (struct memory){ stack->evaluations, *place, *node };
	return true;
}

/* ---- One call ------------------------------------------------------------ */

/* The kernel goes from the newest program to the oldest. */
static bool go_down(struct stack *stack, struct place place, uint32_t result,
		    uint16_t *node)
{
	place.result = stricter(place.result, result);
	if (stricter(place.result, stack->strictest[place.level]) ==
	    place.result)
		return diagram_answer(stack->diagram, place.result, node);
	if (stack->forgets)
		forget_arguments(&place.known);
	place.level--;
	place.at = 0;
	place.word = NOTHING;
	return go(stack, place, node);
}

/* The node that answers as the programs do from PLACE on. */
static bool go(struct stack *stack, struct place place, uint16_t *node)
{
	for (; stack->steps > 0; place.at++, stack->steps--) {
		const struct sock_filter *insn = insn_at(stack, &place);

		switch (insn->code) {
		case BPF_RET | BPF_K:
			return go_down(stack, place, insn->k, node);
		case BPF_LD | BPF_W | BPF_ABS:
			load(stack, &place, insn->k);
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			place.mask &= insn->k;
			continue;
		case BPF_JMP | BPF_JA:
			place.at += insn->k;
			continue;
		}
		if (place.word == NOTHING || !is_usual(stack, &place, insn))
			return false;
		switch (decide(&place, insn)) {
		case JUMPS:
			place.at += insn->jt;
			break;
		case JUMPS_NOT:
			place.at += insn->jf;
			break;
		case EITHER:
			return ask_word(stack, &place, node);
		}
	}
	return false;
}

bool stack_evaluate(struct stack *stack, uint32_t arch, uint32_t nr,
		    uint16_t *node)
{
	struct place place = {
		.level = stack->n - 1,
		.word = NOTHING,
		.result = SECCOMP_RET_ALLOW,
	};

	stack->evaluations++;
	for (size_t i = 0; i < N_WORDS; i++)
		know(&place.known, i, 0, UINT32_MAX);
	know(&place.known, WORD(nr), nr, nr);
	know(&place.known, WORD(arch), arch, arch);
	return go(stack, place, node);
}

/* ---- The stack ----------------------------------------------------------- */

/* Whether PROGRAM has no instructions but what stack_evaluate() understands. */
static bool is_program_plain(const struct program *program)
{
	for (size_t i = 0; i < program->n; i++) {
		const uint16_t code = program->code[i].code;

		if (code != (BPF_LD | BPF_W | BPF_ABS) &&
		    code != (BPF_ALU | BPF_AND | BPF_K) &&
		    code != (BPF_RET | BPF_K) &&
		    (BPF_CLASS(code) != BPF_JMP || BPF_SRC(code) != BPF_K))
			return false;
	}
	return true;
}

static uint32_t strictest_of(const struct program *program)
{
	uint32_t strictest = SECCOMP_RET_ALLOW;

	for (size_t i = 0; i < program->n; i++) {
		if (program->code[i].code == (BPF_RET | BPF_K))
			strictest = stricter(strictest, program->code[i].k);
	}
	return strictest;
}

/* Those that PROGRAM asks for at its beginning, one after the other. */
static bool gather_archs(struct stack *stack, const struct program *program)
{
	const struct sock_filter *insn = program->code;

	if (insn->code != (BPF_LD | BPF_W | BPF_ABS) ||
	    insn->k != offsetof(struct seccomp_data, arch))
		return true;
	for (insn++; BPF_CLASS(insn->code) == BPF_JMP; insn++) {
		if (insn->code == (BPF_JMP | BPF_JA)) {
			insn += insn->k;
			continue;
		}
		if (insn->code == (BPF_JMP | BPF_JEQ | BPF_K) &&
		    !stack_asks(stack, insn->k)) {
			if (stack->n_archs == MAX_ASKED)
				return false;
			stack->archs[stack->n_archs++] = insn->k;
		}
		insn += insn->jf;
	}
	return true;
}

bool stack_begin(struct stack *stack, const struct program *programs, size_t n,
		 bool forgets)
{
	uint32_t strictest = SECCOMP_RET_ALLOW;
	bool is_plain = true;

	*stack = (struct stack){
		.programs = programs,
		.n = n,
		.forgets = forgets,
		.diagram = diagram_new(),
		.memories = calloc(N_MEMORIES, sizeof(struct memory)),
		.steps = MAX_STEPS,
	};
	stack->lacks_memory = !stack->diagram || !stack->memories;
	for (size_t i = 0; i < n; i++) {
		stack->strictest[i] = strictest;
		strictest = stricter(strictest, strictest_of(&programs[i]));
		stack->sights[i] =
			calloc(programs[i].n, sizeof(stack->sights[i][0]));
		stack->lacks_memory |= !stack->sights[i];
		is_plain &= is_program_plain(&programs[i]) &&
			    gather_archs(stack, &programs[i]);
	}
	return is_plain && !stack->lacks_memory;
}

void stack_end(struct stack *stack)
{
	for (size_t i = 0; i < stack->n; i++)
		free(stack->sights[i]);
	free(stack->memories);
	free(stack->diagram);
}
