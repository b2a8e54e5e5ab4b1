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

bool program_valid(const struct program *program)
{
	if (program->n == 0 || program->n > BPF_MAXINSNS)
		return false;
	for (size_t i = 0; i < program->n; i++) {
		const struct sock_filter *insn = &program->code[i];

		if (!code_known(insn->code) ||
		    !constant_valid(insn, program->n - i - 1))
			return false;
	}
	return BPF_CLASS(program->code[program->n - 1].code) == BPF_RET;
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

/* A run over a range of numbers. */
struct range_run {
	const struct seccomp_data *data;
	range_fn *each;
	void *context;
};

/* Where it stands: the accumulator holds the number itself, or A. */
struct range_state {
	const struct sock_filter *insn;
	bool holds_nr;
	bool saw_args;
	uint32_t a;
};

static bool run_range(const struct range_run *run, struct range_state state,
		      uint32_t first, uint32_t last);

/* The numbers FIRST to LAST go on at STATE's instruction plus OFFSET. */
static bool branch(const struct range_run *run, struct range_state state,
		   uint32_t offset, uint64_t first, uint64_t last)
{
	if (first > last)
		return true;
	state.insn += 1 + offset;
	return run_range(run, state, (uint32_t)first, (uint32_t)last);
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* A jump on the number: those from LOW to HIGH take it, the others do not. */
static bool split(const struct range_run *run, const struct range_state *state,
		  uint64_t first, uint64_t last)
{
	const struct sock_filter *insn = state->insn;
	uint64_t low = insn->k, high = UINT32_MAX;

	if (insn->code == (BPF_JMP | BPF_JEQ | BPF_K))
		high = insn->k;
	else if (insn->code == (BPF_JMP | BPF_JGT | BPF_K))
		low++;
	else if (insn->code != (BPF_JMP | BPF_JGE | BPF_K))
		return false;
	if (low > 0 &&
	    !branch(run, *state, insn->jf, first, min(last, low - 1)))
		return false;
	return branch(run, *state, insn->jt, max(first, low),
		      min(last, high)) &&
	       branch(run, *state, insn->jf, max(first, high + 1), last);
}

static bool run_range(const struct range_run *run, struct range_state state,
		      uint32_t first, uint32_t last)
{
	for (;; state.insn++) {
		const struct sock_filter *insn = state.insn;

		switch (insn->code) {
		case BPF_RET | BPF_K:
			return run->each(run->context, first, last, insn->k,
					 state.saw_args);
		case BPF_LD | BPF_W | BPF_ABS:
			state.holds_nr =
				insn->k == offsetof(struct seccomp_data, nr);
			state.saw_args |=
				insn->k >= offsetof(struct seccomp_data, args);
			state.a = load(run->data, insn->k);
			continue;
		case BPF_JMP | BPF_JA:
			state.insn += insn->k;
			continue;
		}
		if (BPF_CLASS(insn->code) == BPF_JMP && state.holds_nr)
			return split(run, &state, first, last);
		if (BPF_CLASS(insn->code) == BPF_JMP &&
		    BPF_SRC(insn->code) == BPF_K)
			state.insn += jumps(insn->code, state.a, insn->k)
					      ? insn->jt
					      : insn->jf;
		else if (insn->code == (BPF_ALU | BPF_AND | BPF_K) &&
			 !state.holds_nr)
			state.a &= insn->k;
		else
			return false;
	}
}

bool program_run_range(const struct program *program,
		       const struct seccomp_data *data, uint32_t first,
		       uint32_t last, range_fn *each, void *context)
{
	const struct range_run run = { data, each, context };
	const struct range_state start = { .insn = program->code };

	return run_range(&run, start, first, last);
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
			walk->each(walk->context, offset, mask, insn->k);
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
