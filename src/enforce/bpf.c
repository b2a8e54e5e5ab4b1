#include <err.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../status.h"
#include "bpf.h"

/* The accumulator, the index register and the scratch memory. */
struct machine {
	uint32_t a, x;
	uint32_t memory[BPF_MEMWORDS];
};

/* The instructions of seccomp_check_filter() in the kernel's seccomp.c. */
static bool code_known(uint16_t code)
{
	switch (code) {
	case BPF_LD | BPF_W | BPF_ABS:
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_ALU | BPF_NEG:
	case BPF_JMP | BPF_JA:
		return true;
	}
	if (code > UINT8_MAX)
		return false;
	if (BPF_CLASS(code) == BPF_ALU)
		return BPF_OP(code) < BPF_NEG || BPF_OP(code) == BPF_XOR;
	if (BPF_CLASS(code) == BPF_JMP)
		return BPF_OP(code) > BPF_JA && BPF_OP(code) <= BPF_JSET;
	return false;
}

/* Whether an instruction's constant is in range, REST being what follows. */
static bool constant_valid(const struct sock_filter *insn, size_t rest)
{
	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return insn->k % 4 == 0 &&
		       insn->k < sizeof(struct seccomp_data);
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
		return insn->k < BPF_MEMWORDS;
	case BPF_JMP | BPF_JA:
		return insn->k < rest;
	case BPF_ALU | BPF_DIV | BPF_K:
		return insn->k != 0;
	case BPF_ALU | BPF_LSH | BPF_K:
	case BPF_ALU | BPF_RSH | BPF_K:
		return insn->k < 32;
	}
	if (BPF_CLASS(insn->code) == BPF_JMP)
		return insn->jt < rest && insn->jf < rest;
	return true;
}

bool program_sound(const struct program *program)
{
	if (program->n == 0)
		return false;
	for (size_t i = 0; i < program->n; i++) {
		const struct sock_filter *insn = &program->code[i];

		if (!code_known(insn->code) ||
		    !constant_valid(insn, program->n - i - 1))
			return false;
	}
	return BPF_CLASS(program->code[program->n - 1].code) == BPF_RET;
}

bool program_valid(const struct program *program)
{
	return program->n <= BPF_MAXINSNS && program_sound(program);
}

static uint32_t load(const struct seccomp_data *data, uint32_t offset)
{
	uint32_t word;

	memcpy(&word, (const char *)data + offset, sizeof(word));
	return word;
}

/* A division by zero ends the program with 0: SECCOMP_RET_KILL_THREAD. */
static bool compute(struct machine *m, uint16_t code, uint32_t operand)
{
	switch (BPF_OP(code)) {
	case BPF_ADD:
		m->a += operand;
		break;
	case BPF_SUB:
		m->a -= operand;
		break;
	case BPF_MUL:
		m->a *= operand;
		break;
	case BPF_DIV:
		if (operand == 0)
			return false;
		m->a /= operand;
		break;
	case BPF_OR:
		m->a |= operand;
		break;
	case BPF_AND:
		m->a &= operand;
		break;
	case BPF_XOR:
		m->a ^= operand;
		break;
	case BPF_LSH:
		m->a <<= operand & 31;
		break;
	case BPF_RSH:
		m->a >>= operand & 31;
		break;
	case BPF_NEG:
		m->a = 0 - m->a;
		break;
	}
	return true;
}

static bool jumps(uint16_t code, uint32_t a, uint32_t operand)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return a == operand;
	case BPF_JGT:
		return a > operand;
	case BPF_JGE:
		return a >= operand;
	}
	return (a & operand) != 0; /* BPF_JSET */
}

static void move(struct machine *m, const struct sock_filter *insn,
		 const struct seccomp_data *data)
{
	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		m->a = load(data, insn->k);
		break;
	case BPF_LD | BPF_W | BPF_LEN:
		m->a = sizeof(*data);
		break;
	case BPF_LDX | BPF_W | BPF_LEN:
		m->x = sizeof(*data);
		break;
	case BPF_LD | BPF_IMM:
		m->a = insn->k;
		break;
	case BPF_LDX | BPF_IMM:
		m->x = insn->k;
		break;
	case BPF_LD | BPF_MEM:
		m->a = m->memory[insn->k];
		break;
	case BPF_LDX | BPF_MEM:
		m->x = m->memory[insn->k];
		break;
	case BPF_ST:
		m->memory[insn->k] = m->a;
		break;
	case BPF_STX:
		m->memory[insn->k] = m->x;
		break;
	case BPF_MISC | BPF_TAX:
		m->x = m->a;
		break;
	case BPF_MISC | BPF_TXA:
		m->a = m->x;
		break;
	}
}

uint32_t program_run(const struct program *program,
		     const struct seccomp_data *data)
{
	struct machine m = { 0 };

	for (const struct sock_filter *insn = program->code;; insn++) {
		uint32_t operand = BPF_SRC(insn->code) == BPF_X ? m.x : insn->k;

		switch (BPF_CLASS(insn->code)) {
		case BPF_RET:
			return BPF_RVAL(insn->code) == BPF_A ? m.a : insn->k;
		case BPF_JMP:
			if (BPF_OP(insn->code) == BPF_JA)
				insn += insn->k;
			else if (jumps(insn->code, m.a, operand))
				insn += insn->jt;
			else
				insn += insn->jf;
			break;
		case BPF_ALU:
			if (!compute(&m, insn->code, operand))
				return SECCOMP_RET_KILL_THREAD;
			break;
		default:
			move(&m, insn, data);
		}
	}
}

struct program program_rest(const struct program *program,
			    const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t at = 0;; at++) {
		const struct sock_filter *insn = &program->code[at];
		const uint16_t code = insn->code;
		const bool is_load = code == (BPF_LD | BPF_W | BPF_ABS);

		if ((is_load &&
		     insn->k >= offsetof(struct seccomp_data, args)) ||
		    code == (BPF_RET | BPF_K))
			return (struct program){ program->code + at,
						 program->n - at };
		if (is_load)
			a = load(data, insn->k);
		else if (code == (BPF_JMP | BPF_JA))
			at += insn->k;
		else if (BPF_CLASS(code) == BPF_JMP && BPF_SRC(code) == BPF_K)
			at += jumps(code, a, insn->k) ? insn->jt : insn->jf;
		else
			return *program;
	}
}

bool jump_range(const struct sock_filter *insn, uint32_t mask, uint64_t *low,
		uint64_t *high)
{
	const uint32_t unseen = ~mask;

	*low = insn->k;
	*high = UINT32_MAX;
	/* The high bits: all words that have these are in a row. */
	if (insn->code == (BPF_JMP | BPF_JEQ | BPF_K) &&
	    (unseen & (unseen + 1)) == 0 && (insn->k & unseen) == 0)
		*high = insn->k | unseen;
	else if (insn->code == (BPF_JMP | BPF_JGT | BPF_K) && unseen == 0)
		++*low;
	else if (insn->code != (BPF_JMP | BPF_JGE | BPF_K) || unseen != 0)
		return false;
	return true;
}

/* A run over a box. */
struct box_run {
	const struct seccomp_data *data;
	box_fn *each;
	void *context;
};

/*
 * Where it stands: the accumulator has the bits in MASK of a word of the box,
 * or of A where HELD is BOX_WORDS.
 */
struct box_state {
	const struct sock_filter *insn;
	struct box box;
	size_t held;
	uint32_t mask, a;
	bool saw_args;
};

static bool run_box(const struct box_run *run, struct box_state state);

/* The words of the held range from FIRST to LAST go on at OFFSET more. */
static bool branch(const struct box_run *run, const struct box_state *state,
		   uint32_t offset, uint64_t first, uint64_t last)
{
	struct box_state next = *state;

	if (first > last)
		return true;
	next.insn += 1 + offset;
	next.box.words[next.held].first = (uint32_t)first;
	next.box.words[next.held].last = (uint32_t)last;
	return run_box(run, next);
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* A jump on a word of the box. */
static bool split(const struct box_run *run, const struct box_state *state)
{
	const struct sock_filter *insn = state->insn;
	const struct range *range = &state->box.words[state->held];
	const uint64_t first = range->first, last = range->last;
	uint64_t low, high;

	if (!jump_range(insn, state->mask, &low, &high))
		return false;
	if (low > 0 && !branch(run, state, insn->jf, first, min(last, low - 1)))
		return false;
	return branch(run, state, insn->jt, max(first, low), min(last, high)) &&
	       branch(run, state, insn->jf, max(first, high + 1), last);
}

/* The accumulator gets the word at OFFSET. */
static void load_word(const struct box_run *run, struct box_state *state,
		      uint32_t offset)
{
	state->mask = UINT32_MAX;
	state->held = 0;
	while (state->held < BOX_WORDS &&
	       state->box.words[state->held].offset != offset)
		state->held++;
	if (state->held < BOX_WORDS)
		return;
	state->a = load(run->data, offset);
	state->saw_args |= offset >= offsetof(struct seccomp_data, args);
}

static bool run_box(const struct box_run *run, struct box_state state)
{
	for (;; state.insn++) {
		const struct sock_filter *insn = state.insn;

		switch (insn->code) {
		case BPF_RET | BPF_K:
			return run->each(run->context, &state.box, insn->k,
					 state.saw_args);
		case BPF_LD | BPF_W | BPF_ABS:
			load_word(run, &state, insn->k);
			continue;
		case BPF_JMP | BPF_JA:
			state.insn += insn->k;
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			state.mask &= insn->k;
			continue;
		}
		if (BPF_CLASS(insn->code) != BPF_JMP ||
		    BPF_SRC(insn->code) != BPF_K)
			return false;
		if (state.held < BOX_WORDS)
			return split(run, &state);
		state.insn += jumps(insn->code, state.a & state.mask, insn->k)
				      ? insn->jt
				      : insn->jf;
	}
}

bool program_run_box(const struct program *program,
		     const struct seccomp_data *data, const struct box *box,
		     box_fn *each, void *context)
{
	const struct box_run run = { data, each, context };

	return run_box(&run, (struct box_state){
				     .insn = program->code,
				     .box = *box,
				     .held = BOX_WORDS,
				     .mask = UINT32_MAX,
			     });
}

/* For whom only the number is of the box. */
struct range_run {
	range_fn *each;
	void *context;
};

/* A box_fn. */
static bool run_each(void *context, const struct box *box, uint32_t result,
		     bool saw_args)
{
	const struct range_run *run = context;

	return run->each(run->context, box->words[0].first, box->words[0].last,
			 result, saw_args);
}

bool program_run_range(const struct program *program,
		       const struct seccomp_data *data, uint32_t first,
		       uint32_t last, range_fn *each, void *context)
{
	const struct box numbers = { {
		{ offsetof(struct seccomp_data, nr), first, last },
		{ .offset = NO_WORD },
	} };
	struct range_run run = { each, context };

	return program_run_box(program, data, &numbers, run_each, &run);
}

/* How an instruction was last come to, and how often in different ways. */
struct visit {
	uint32_t offset, mask;
	unsigned int n;
};

/* A word can come from as many places as struct seccomp_data has words. */
#define MAX_VISITS (sizeof(struct seccomp_data) / sizeof(uint32_t))

/* A walk over all that a program can do for one number. */
struct walk {
	const struct program *program;
	const struct seccomp_data *data;
	struct visit *visits; /* of each instruction; owned */
	compare_fn *each;
	void *context;
};

static bool visit_again(struct visit *visit, uint32_t offset, uint32_t mask)
{
	if (visit->n == MAX_VISITS ||
	    (visit->n && visit->offset == offset && visit->mask == mask))
		return false;
	*visit = (struct visit){ offset, mask, visit->n + 1 };
	return true;
}

/* From the instruction AT, the accumulator holding OFFSET's word in MASK. */
static void walk_from(struct walk *walk, size_t at, uint32_t offset,
		      uint32_t mask)
{
	const size_t args = offsetof(struct seccomp_data, args);

	for (; visit_again(&walk->visits[at], offset, mask); at++) {
		const struct sock_filter *insn = &walk->program->code[at];

		if (BPF_CLASS(insn->code) == BPF_RET)
			return;
		if (insn->code == (BPF_LD | BPF_W | BPF_ABS)) {
			offset = insn->k;
			mask = UINT32_MAX;
		} else if (insn->code == (BPF_ALU | BPF_AND | BPF_K)) {
			mask &= insn->k;
		} else if (insn->code == (BPF_JMP | BPF_JA)) {
			at += insn->k;
		} else if (BPF_CLASS(insn->code) == BPF_JMP && offset < args) {
			at += jumps(insn->code, load(walk->data, offset) & mask,
				    insn->k)
				      ? insn->jt
				      : insn->jf;
		} else if (BPF_CLASS(insn->code) == BPF_JMP) {
			if (BPF_OP(insn->code) == BPF_JSET)
				walk->each(walk->context, offset,
					   mask & insn->k, 0);
			else
				walk->each(walk->context, offset, mask,
					   insn->k);
			walk_from(walk, at + 1 + insn->jt, offset, mask);
			at += insn->jf;
		}
	}
}

void program_comparisons(const struct program *program,
			 const struct seccomp_data *data, compare_fn *each,
			 void *context)
{
	struct walk walk = {
		.program = program,
		.data = data,
		.visits = calloc(program->n, sizeof(struct visit)),
		.each = each,
		.context = context,
	};

	if (!walk.visits)
		err(STATUS_FAILED, "memory");
	walk_from(&walk, 0, 0, UINT32_MAX);
	free(walk.visits);
}

uint32_t stricter(uint32_t newer, uint32_t older)
{
	/* As signed numbers: KILL_PROCESS is the smallest. */
	return (int32_t)(older & SECCOMP_RET_ACTION_FULL) <
			       (int32_t)(newer & SECCOMP_RET_ACTION_FULL)
		       ? older
		       : newer;
}

uint32_t programs_run(const struct program *programs, size_t n,
		      const struct seccomp_data *data)
{
	uint32_t strictest = SECCOMP_RET_ALLOW;

	/* The kernel goes from the newest to the oldest. */
	while (n-- > 0)
		strictest =
			stricter(strictest, program_run(&programs[n], data));
	return strictest;
}
