/*
 * Any instructions are refused, or end in a return within the program; a run
 * over all numbers, or all values of an argument, tells what runs for single
 * ones do; and what is made of programs to be shorter answers the same.
 */
#include <linux/audit.h>

#include "enforce/bpf.h"
#include "enforce/condense.h"
#include "fuzz.h"

struct parts {
	const struct program *program;
	struct seccomp_data data;
	uint32_t flipped; /* what the arguments are changed by */
	uint64_t next;	  /* the first number of the next part */
	uint64_t seed;
	unsigned int n_boxes;
};

/* They can be as many as the square of the comparisons. */
#define MAX_BOXES 1000

static uint32_t result_of(struct parts *parts, uint32_t nr, bool is_flipped)
{
	struct seccomp_data data = parts->data;

	data.nr = (int)nr;
	for (unsigned int i = 0; is_flipped && i < 6; i++)
		data.args[i] ^= parts->flipped * 0x100000001ull;
	return program_run(parts->program, &data);
}

/* The parts follow each other; within one, all numbers have one result. */
static bool part_of(void *context, uint32_t first, uint32_t last,
		    uint32_t result, bool saw_args)
{
	struct parts *parts = context;
	uint32_t inside =
		first + (uint32_t)(parts->seed % ((uint64_t)last - first + 1));

	CHECK(first == parts->next && first <= last);
	parts->next = (uint64_t)last + 1;
	CHECK(result_of(parts, first, false) == result);
	CHECK(result_of(parts, last, false) == result);
	CHECK(result_of(parts, inside, false) == result);
	CHECK(saw_args || result_of(parts, inside, true) == result);
	return true;
}

/* At the corners of each part of the box its result is that of a single run. */
static bool box_part_of(void *context, const struct box *box, uint32_t result,
			bool saw_args)
{
	struct parts *parts = context;
	const struct range *low = &box->words[0], *high = &box->words[1];
	struct seccomp_data data = parts->data;

	CHECK(low->first <= low->last && high->first <= high->last);
	for (unsigned int i = 0; i < 4; i++) {
		data.args[0] = (uint64_t)(i & 1 ? high->first : high->last)
				       << 32 |
			       (i & 2 ? low->first : low->last);
		CHECK(program_run(parts->program, &data) == result);
		if (saw_args)
			continue;
		data.args[1] ^= parts->seed;
		CHECK(program_run(parts->program, &data) == result);
	}
	return ++parts->n_boxes < MAX_BOXES;
}

static void see_comparison(void *context, uint32_t offset, uint32_t mask,
			   uint32_t value)
{
	(void)mask;
	(void)value;
	CHECK(offset >= offsetof(struct seccomp_data, args) &&
	      offset < sizeof(struct seccomp_data) && offset % 4 == 0);
	++*(size_t *)context;
}

/* Numbers and words of arguments that the program may compare. */
static struct seccomp_data some_data(const struct program *program,
				     const struct seccomp_data *data,
				     uint64_t seed)
{
	struct seccomp_data some = *data;
	uint32_t words[16];

	memcpy(words, &some, sizeof(words));
	for (unsigned int i = 0; i < 16; i++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		if (seed >> 60 != 0)
			words[i] = program->code[(seed >> 33) % program->n].k +
				   (uint32_t)(seed >> 56 & 3) - 1;
	}
	memcpy(&some, words, sizeof(some));
	return some;
}

static void check_condensed(const struct program *program,
			    const struct seccomp_data *data, uint64_t seed)
{
	const struct program stack[] = { *program, *program };
	struct program condensed[2];
	size_t n = 1 + seed % 2;

	for (size_t i = 0; i < n; i++) {
		condensed[i] = *program;
		condensed[i].code =
			malloc(program->n * sizeof(program->code[0]));
		memcpy(condensed[i].code, program->code,
		       program->n * sizeof(program->code[0]));
	}
	CHECK(programs_condense(condensed, &n));
	for (unsigned int i = 0; i < 30; i++) {
		struct seccomp_data some = some_data(program, data, seed + i);

		CHECK(program_valid(&condensed[0]));
		CHECK(programs_run(condensed, n, &some) ==
		      programs_run(stack, 1 + seed % 2, &some));
	}
	while (n > 0)
		free(condensed[--n].code);
}

/* Its steps are counted by another who only follows the jumps. */
static bool ends_within(const struct program *program)
{
	bool *reached = calloc(program->n + 256, sizeof(*reached));
	bool ends = true;

	reached[0] = true;
	for (size_t i = 0; i < program->n; i++) {
		const struct sock_filter *insn = &program->code[i];
		size_t jt = 0, jf = 0;

		if (!reached[i] || BPF_CLASS(insn->code) == BPF_RET)
			continue;
		if (insn->code == (BPF_JMP | BPF_JA))
			jt = jf = insn->k;
		else if (BPF_CLASS(insn->code) == BPF_JMP)
			jt = insn->jt, jf = insn->jf;
		ends &= i + 1 + jt < program->n && i + 1 + jf < program->n;
		if (!ends)
			break;
		reached[i + 1 + jt] = reached[i + 1 + jf] = true;
	}
	free(reached);
	return ends;
}

static void check_program(const struct program *program,
			  const struct seccomp_data *data, uint64_t seed)
{
	struct parts parts = {
		.program = program,
		.data = *data,
		.flipped = (uint32_t)seed,
		.seed = seed >> 8,
	};
	const struct program twice[] = { *program, *program };
	const uint32_t low = offsetof(struct seccomp_data, args);
	const struct box first_argument = { {
		{ low, 0, UINT32_MAX },
		{ low + 4, 0, UINT32_MAX },
	} };
	uint32_t result = program_run(program, data);
	size_t n = 0;

	CHECK(ends_within(program));
	/* What allows has no data that counts (kernel/seccomp.c). */
	if ((result & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ALLOW)
		result = SECCOMP_RET_ALLOW;
	CHECK(programs_run(twice, 2, data) == result);
	if (program_run_range(program, data, 0, UINT32_MAX, part_of, &parts))
		CHECK(parts.next == 1ull << 32);
	program_run_box(program, data, &first_argument, box_part_of, &parts);
	program_comparisons(program, data, see_comparison, &n);
	CHECK(n <= 2 * 16 * program->n);
	if (seed % 32 == 1) /* it takes thirty times as long as the rest */
		check_condensed(program, data, seed >> 5);
}

/* What libseccomp makes is among these, and most of what the kernel takes. */
static const uint16_t codes[] = {
	BPF_LD | BPF_W | BPF_ABS,
	BPF_JMP | BPF_JEQ | BPF_K,
	BPF_JMP | BPF_JGT | BPF_K,
	BPF_JMP | BPF_JGE | BPF_K,
	BPF_JMP | BPF_JA,
	BPF_RET | BPF_K,
	BPF_ALU | BPF_AND | BPF_K,
	BPF_JMP | BPF_JSET | BPF_K,
	BPF_ALU | BPF_ADD | BPF_X,
	BPF_ALU | BPF_DIV | BPF_X,
	BPF_ALU | BPF_LSH | BPF_X,
	BPF_ALU | BPF_NEG,
	BPF_LDX | BPF_IMM,
	BPF_LD | BPF_MEM,
	BPF_ST,
	BPF_STX,
	BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA,
	BPF_RET | BPF_A,
	BPF_LD | BPF_W | BPF_LEN,
};

/* Makes of INSN, of which REST follow, one that the kernel would take. */
static void mend(struct sock_filter *insn, size_t rest)
{
	insn->code = codes[insn->code % (sizeof(codes) / sizeof(codes[0]))];
	if (rest == 0)
		insn->code = BPF_RET | BPF_K;
	if (insn->code == (BPF_LD | BPF_W | BPF_ABS))
		insn->k = insn->k % 16 * 4;
	else if (BPF_CLASS(insn->code) == BPF_ST ||
		 BPF_CLASS(insn->code) == BPF_STX ||
		 insn->code == (BPF_LD | BPF_MEM))
		insn->k %= BPF_MEMWORDS;
	else if (insn->code == (BPF_JMP | BPF_JA))
		insn->k %= (uint32_t)rest;
	else if (BPF_CLASS(insn->code) == BPF_JMP) {
		insn->jt = (uint8_t)(insn->jt % rest);
		insn->jf = (uint8_t)(insn->jf % rest);
	}
}

/* The call, then the program as it is, then again as a valid one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct program program = { 0 };
	struct seccomp_data call;

	if (size < sizeof(call))
		return 0;
	memcpy(&call, data, sizeof(call));
	program.n = (size - sizeof(call)) / sizeof(struct sock_filter);
	/* Of its size exactly, so that all that is outside is seen. */
	program.code = malloc(program.n * sizeof(struct sock_filter));
	memcpy(program.code, data + sizeof(call),
	       program.n * sizeof(struct sock_filter));
	if (program_valid(&program))
		check_program(&program, &call, seed_of(data, size));
	for (size_t i = 0; i < program.n; i++)
		mend(&program.code[i], program.n - i - 1);
	CHECK(program_valid(&program) ==
	      (program.n > 0 && program.n <= BPF_MAXINSNS));
	if (program_valid(&program))
		check_program(&program, &call, seed_of(data, size));
	free(program.code);
	return 0;
}
