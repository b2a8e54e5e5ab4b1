/* The interpreter of classic BPF, against results computed by hand. */

#include "program.h"

#define K32 0xfedcba98u

static const struct seccomp_data sample = {
	.nr = -2,
	.arch = 0xc000003e,
	.instruction_pointer = 0x1111111122222222,
	.args = { 0x3333333344444444, 0x5555555566666666, 0x7777777788888888,
		  0x99999999aaaaaaaa, 0xbbbbbbbbcccccccc, 0xddddddddeeeeeeee },
};

struct row {
	struct sock_filter code[MAX_CODE];
	uint32_t wanted;
};

static void assert_results(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct program program = program_of(rows[i].code);

		if (!program_valid(&program) ||
		    program_run(&program, &sample) != rows[i].wanted)
			print_error("# row %zu\n", i);
		assert_true(program_valid(&program));
		assert_int_equal(program_run(&program, &sample),
				 rows[i].wanted);
	}
}

TEST(a_load_takes_a_word_of_seccomp_data)
{
	static const uint32_t words[16] = {
		0xfffffffe, 0xc000003e, 0x22222222, 0x11111111,
		0x44444444, 0x33333333, 0x66666666, 0x55555555,
		0x88888888, 0x77777777, 0xaaaaaaaa, 0x99999999,
		0xcccccccc, 0xbbbbbbbb, 0xeeeeeeee, 0xdddddddd,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		struct row row = { { LOAD(4 * i), RET_A }, words[i] };

		assert_results(&row, 1);
	}
}

TEST(loads_stores_and_moves_do_what_they_say)
{
	static const struct row rows[] = {
		{ { RET(7) }, 7 },
		{ { RET_A }, 0 },
		{ { A(K32), RET_A }, K32 },
		{ { A(5), RET(7) }, 7 },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), RET_A }, 64 },
		{ { BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0),
		    BPF_STMT(BPF_MISC | BPF_TXA, 0), RET_A },
		  64 },
		{ { X(K32), RET_A }, 0 },
		{ { X(K32), BPF_STMT(BPF_MISC | BPF_TXA, 0), RET_A }, K32 },
		{ { A(3), BPF_STMT(BPF_MISC | BPF_TAX, 0), A(4),
		    BPF_STMT(BPF_MISC | BPF_TXA, 0), RET_A },
		  3 },
		{ { A(3), BPF_STMT(BPF_ST, 15), A(4), BPF_STMT(BPF_ST, 0),
		    BPF_STMT(BPF_LD | BPF_MEM, 15), RET_A },
		  3 },
		{ { X(9), BPF_STMT(BPF_STX, 1), X(8),
		    BPF_STMT(BPF_LD | BPF_MEM, 1), RET_A },
		  9 },
		{ { A(6), BPF_STMT(BPF_ST, 2), BPF_STMT(BPF_LDX | BPF_MEM, 2),
		    A(0), BPF_STMT(BPF_MISC | BPF_TXA, 0), RET_A },
		  6 },
	};

	assert_results(rows, ARRAY_SIZE(rows));
}

TEST(arithmetic_is_that_of_32_bits)
{
	static const struct {
		uint16_t op;
		uint32_t a, operand, wanted;
	} rows[] = {
		{ BPF_ADD, 1, 2, 3 },
		{ BPF_ADD, UINT32_MAX, 2, 1 },
		{ BPF_SUB, 5, 7, UINT32_MAX - 1 },
		{ BPF_MUL, 0x10001, 0x10001, 0x20001 },
		{ BPF_DIV, 100, 7, 14 },
		{ BPF_DIV, UINT32_MAX, 2, 0x7fffffff },
		{ BPF_OR, 0xf0f0, 0x0f00, 0xfff0 },
		{ BPF_AND, 0xf0f0, 0xff00, 0xf000 },
		{ BPF_XOR, 0xf0f0, 0xff00, 0x0ff0 },
		{ BPF_LSH, 0x80000001, 4, 0x10 },
		{ BPF_LSH, 3, 31, 0x80000000 },
		{ BPF_RSH, 0x80000001, 4, 0x08000000 },
		{ BPF_RSH, K32, 0, K32 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row both[] = {
			{ { A(rows[i].a),
			    BPF_STMT(BPF_ALU | rows[i].op | BPF_K,
				     rows[i].operand),
			    RET_A },
			  rows[i].wanted },
			{ { A(rows[i].a), X(rows[i].operand), ALU(rows[i].op),
			    RET_A },
			  rows[i].wanted },
		};

		assert_results(both, 2);
	}
}

TEST(negation_and_shifts_by_a_register_are_the_kernels)
{
	static const struct row rows[] = {
		{ { A(5), BPF_STMT(BPF_ALU | BPF_NEG, 0), RET_A },
		  UINT32_MAX - 4 },
		{ { A(0), BPF_STMT(BPF_ALU | BPF_NEG, 0), RET_A }, 0 },
		/* Only five bits of a shift count. */
		{ { A(1), X(32), ALU(BPF_LSH), RET_A }, 1 },
		{ { A(1), X(33), ALU(BPF_LSH), RET_A }, 2 },
		{ { A(4), X(0xffffffe1), ALU(BPF_RSH), RET_A }, 2 },
	};

	assert_results(rows, ARRAY_SIZE(rows));
}

/* The kernel: "the result is 0", which is SECCOMP_RET_KILL_THREAD. */
TEST(a_division_by_a_register_of_zero_kills)
{
	static const struct row rows[] = {
		{ { A(5), ALU(BPF_DIV), RET(SECCOMP_RET_ALLOW) },
		  SECCOMP_RET_KILL_THREAD },
	};

	assert_results(rows, ARRAY_SIZE(rows));
}

TEST(a_jump_compares_without_sign)
{
	static const struct {
		uint16_t op;
		uint32_t a, operand;
		bool wanted;
	} rows[] = {
		{ BPF_JEQ, 5, 5, true },
		{ BPF_JEQ, 5, 6, false },
		{ BPF_JGT, 5, 5, false },
		{ BPF_JGT, 6, 5, true },
		{ BPF_JGT, UINT32_MAX, 5, true },
		{ BPF_JGT, 5, UINT32_MAX, false },
		{ BPF_JGE, 5, 5, true },
		{ BPF_JGE, 4, 5, false },
		{ BPF_JGE, 0x80000000, 0x7fffffff, true },
		{ BPF_JSET, 0xf0, 0x0f, false },
		{ BPF_JSET, 0xf0, 0x1f, true },
		{ BPF_JSET, UINT32_MAX, 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row both[] = {
			{ { A(rows[i].a),
			    BPF_JUMP(BPF_JMP | rows[i].op | BPF_K,
				     rows[i].operand, 1, 0),
			    RET(0), RET(1) },
			  rows[i].wanted },
			{ { A(rows[i].a), X(rows[i].operand),
			    BPF_JUMP(BPF_JMP | rows[i].op | BPF_X, 0, 0, 1),
			    RET(1), RET(0) },
			  rows[i].wanted },
		};

		assert_results(both, 2);
	}
}

TEST(a_jump_goes_over_as_many_as_it_says)
{
	static const struct row rows[] = {
		{ { BPF_STMT(BPF_JMP | BPF_JA, 0), RET(1), RET(2), RET(3) },
		  1 },
		{ { BPF_STMT(BPF_JMP | BPF_JA, 2), RET(1), RET(2), RET(3) },
		  3 },
		{ { BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 1), RET(1),
		    RET(2), RET(3) },
		  3 },
		{ { BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 2, 1), RET(1),
		    RET(2), RET(3) },
		  2 },
	};

	assert_results(rows, ARRAY_SIZE(rows));
}

/* ---- What the kernel would not take ---- */

static void assert_valid(const struct sock_filter *code, size_t n, bool valid)
{
	const struct program program = { (struct sock_filter *)code, n };

	assert_int_equal(program_valid(&program), valid);
}

TEST(an_invalid_program_is_refused)
{
	static const struct sock_filter programs[][MAX_CODE] = {
		{ LOAD(3), RET(0) },
		{ LOAD(61), RET(0) },
		{ LOAD(64), RET(0) },
		{ LOAD(68), RET(0) },
		{ LOAD(0xfffffffc), RET(0) },
		{ A(1) },
		{ RET(0), A(1) },
		{ RET(0), BPF_STMT(BPF_JMP | BPF_JA, 0) },
		{ BPF_STMT(BPF_JMP | BPF_JA, 1), RET(0) },
		{ BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff), RET(0) },
		{ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), RET(0) },
		{ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), RET(0) },
		{ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 255, 0), RET(0) },
		{ BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RET(0) },
		{ BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), RET(0) },
		{ BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 0xffffffff), RET(0) },
		{ A(0), BPF_STMT(BPF_ST, 16), RET(0) },
		{ BPF_STMT(BPF_STX, 16), RET(0) },
		{ BPF_STMT(BPF_LD | BPF_MEM, 16), RET(0) },
		{ BPF_STMT(BPF_LDX | BPF_MEM, 16), RET(0) },
		{ BPF_STMT(0xffff, 0), RET(0) },
		{ BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 1), RET(0) },
		{ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RET(0) },
		{ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0), RET(0) },
		{ BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), RET(0) },
		{ BPF_STMT(BPF_RET | BPF_X, 0) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		assert_valid(programs[i], code_length(programs[i]), false);
}

TEST(a_program_has_between_1_and_4096_instructions)
{
	struct sock_filter *code = calloc(BPF_MAXINSNS + 1, sizeof(*code));

	for (size_t i = 0; i <= BPF_MAXINSNS; i++)
		code[i] = (struct sock_filter)RET(0);
	assert_valid(code, 0, false);
	assert_valid(code, 1, true);
	assert_valid(code, BPF_MAXINSNS, true);
	assert_valid(code, BPF_MAXINSNS + 1, false);
	free(code);
}

/* ---- Several programs ---- */

TEST(of_stacked_programs_the_strictest_wins_whatever_the_order)
{
	/* From the loosest to the strictest (seccomp(2)). */
	static const uint32_t actions[] = {
		SECCOMP_RET_ALLOW,	 SECCOMP_RET_LOG,
		SECCOMP_RET_TRACE,	 SECCOMP_RET_USER_NOTIF,
		SECCOMP_RET_ERRNO,	 SECCOMP_RET_TRAP,
		SECCOMP_RET_KILL_THREAD, SECCOMP_RET_KILL_PROCESS,
	};

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(actions); j++) {
			struct sock_filter first[] = { RET(actions[i]) };
			struct sock_filter second[] = { RET(actions[j]) };
			const struct program programs[] = { { first, 1 },
							    { second, 1 } };

			assert_int_equal(programs_run(programs, 2, &sample),
					 actions[i > j ? i : j]);
		}
	}
}

TEST(among_equals_the_program_loaded_last_wins)
{
	struct sock_filter code[3][1] = {
		{ RET(SECCOMP_RET_ERRNO | 1) },
		{ RET(SECCOMP_RET_ERRNO | 2) },
		{ RET(SECCOMP_RET_ALLOW) },
	};
	const struct program programs[] = { { code[0], 1 },
					    { code[1], 1 },
					    { code[2], 1 } };

	assert_int_equal(programs_run(programs, 1, &sample),
			 SECCOMP_RET_ERRNO | 1);
	assert_int_equal(programs_run(programs, 3, &sample),
			 SECCOMP_RET_ERRNO | 2);
	assert_int_equal(programs_run(&programs[1], 2, &sample),
			 SECCOMP_RET_ERRNO | 2);
	assert_int_equal(programs_run(programs, 0, &sample), SECCOMP_RET_ALLOW);
}

/* ---- All numbers at once ---- */

/* What program_run_range has told so far, and what it ought to tell. */
struct parts {
	const struct program *program;
	struct seccomp_data data;
	struct seccomp_data others; /* other arguments */
	uint64_t covered;	    /* how many numbers */
};

static bool part_of(void *context, uint32_t first, uint32_t last,
		    uint32_t result, bool saw_args)
{
	struct parts *parts = context;
	const uint32_t nrs[] = { first, last, first + (last - first) / 2 };

	assert_true(first <= last);
	parts->covered += (uint64_t)last - first + 1;
	for (size_t i = 0; i < ARRAY_SIZE(nrs); i++) {
		parts->data.nr = (int)nrs[i];
		parts->others.nr = (int)nrs[i];
		assert_int_equal(program_run(parts->program, &parts->data),
				 result);
		if (!saw_args)
			assert_int_equal(program_run(parts->program,
						     &parts->others),
					 result);
	}
	return true;
}

/* As libseccomp's are: loads, comparisons with constants, masks, returns. */
static size_t random_tree(struct sock_filter *code, size_t n, uint64_t *seed)
{
	static const uint16_t ops[] = { BPF_JEQ, BPF_JGT, BPF_JGE };

	code[0] = (struct sock_filter)LOAD(0);
	for (size_t i = 1; i < n; i++) {
		unsigned int rest = (unsigned int)(n - i);
		uint32_t k = (uint32_t)random_value(seed);
		unsigned int kind = random_below(seed, 16);

		code[i] = (struct sock_filter)BPF_JUMP(
			(uint16_t)(BPF_JMP | BPF_K | ops[kind % 3]), k,
			(uint8_t)random_below(seed, rest),
			(uint8_t)random_below(seed, rest));
		if (kind == 0)
			code[i] = (struct sock_filter)LOAD(16 + k % 12 * 4);
		if (kind == 1)
			code[i] = (struct sock_filter)LOAD(0);
		if (kind == 2)
			code[i] = (struct sock_filter)RET(k);
		if (kind == 3)
			code[i] = (struct sock_filter)BPF_STMT(
				BPF_JMP | BPF_JA, random_below(seed, rest));
	}
	code[n] = (struct sock_filter)RET(7);
	return n + 1;
}

TEST(a_run_over_all_numbers_tells_what_single_runs_do)
{
	uint64_t seed = 0x5eed0003;

	for (unsigned int i = 0; i < 20000; i++) {
		struct sock_filter code[40];
		struct program program = { code, 0 };
		struct parts parts = { .program = &program };

		program.n =
			random_tree(code, 2 + random_below(&seed, 30), &seed);
		assert_true(program_valid(&program));
		for (size_t j = 0; j < 6; j++) {
			parts.data.args[j] = random_value(&seed);
			parts.others.args[j] = random_value(&seed);
		}
		assert_true(program_run_range(&program, &parts.data, 0,
					      UINT32_MAX, part_of, &parts));
		assert_int_equal(parts.covered, 1ull << 32);
	}
}

TEST(a_run_over_some_numbers_stays_within_them)
{
	static struct sock_filter code[] = {
		LOAD(0),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 100, 0, 1),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 200, 0, 1),
		RET(1),
		RET(2),
	};
	const struct program program = { code, ARRAY_SIZE(code) };
	struct parts parts = { .program = &program };

	assert_true(program_run_range(&program, &parts.data, 150, 250, part_of,
				      &parts));
	assert_int_equal(parts.covered, 101);
}

/* What it cannot follow it must not pass over. */
TEST(a_number_that_is_computed_with_ends_a_run_over_all)
{
	static const struct sock_filter programs[][MAX_CODE] = {
		{ LOAD(0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff),
		  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0), RET(0) },
		{ LOAD(0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xfffffff0),
		  BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0x10, 0, 0), RET(0) },
		{ LOAD(0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xfffffff0),
		  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x11, 0, 0), RET(0) },
		{ LOAD(0), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1), RET(0) },
		{ LOAD(0), BPF_STMT(BPF_MISC | BPF_TAX, 0), RET(0) },
		{ LOAD(0), BPF_STMT(BPF_ST, 1), RET(0) },
		{ LOAD(0), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 0, 0),
		  RET(0) },
		{ LOAD(0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 0),
		  RET(0) },
		{ LOAD(0), RET_A },
	};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		struct program program = program_of(programs[i]);
		struct parts parts = { .program = &program };

		assert_true(program_valid(&program));
		assert_false(program_run_range(&program, &parts.data, 0,
					       UINT32_MAX, part_of, &parts));
	}
}

/* ---- What a program compares with ---- */

struct comparisons {
	uint32_t list[8][3]; /* offset, mask, value */
	size_t n;
};

static void note_comparison(void *context, uint32_t offset, uint32_t mask,
			    uint32_t value)
{
	struct comparisons *comparisons = context;
	uint32_t *to = comparisons->list[comparisons->n++];

	assert_true(comparisons->n <= ARRAY_SIZE(comparisons->list));
	to[0] = offset;
	to[1] = mask;
	to[2] = value;
}

TEST(all_comparisons_with_arguments_of_one_call_are_told)
{
	static struct sock_filter code[] = {
		LOAD(0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 9),
		LOAD(16),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 2),
		LOAD(20),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 8, 6, 0),
		LOAD(56),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x30, 3, 0),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x3c),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x18, 1, 0),
		RET(0),
		RET(1),
	};
	static const uint32_t wanted[][3] = {
		{ 16, UINT32_MAX, 7 },
		{ 20, UINT32_MAX, 8 },
		{ 56, 0xf0, 0x30 },
		{ 56, 0x10, 0 }, /* the bits that are seen, and set or not */
	};
	const struct program program = { code, ARRAY_SIZE(code) };
	struct seccomp_data data = { .nr = 5 };
	struct comparisons found = { .n = 0 };

	program_comparisons(&program, &data, note_comparison, &found);
	assert_int_equal(found.n, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		size_t j = 0;

		while (j < found.n &&
		       memcmp(found.list[j], wanted[i], sizeof(wanted[i])) != 0)
			j++;
		assert_true(j < found.n);
	}
	/* Another call's are not. */
	data.nr = 6;
	found.n = 0;
	program_comparisons(&program, &data, note_comparison, &found);
	assert_int_equal(found.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_load_takes_a_word_of_seccomp_data),
		cmocka_unit_test(loads_stores_and_moves_do_what_they_say),
		cmocka_unit_test(arithmetic_is_that_of_32_bits),
		cmocka_unit_test(
			negation_and_shifts_by_a_register_are_the_kernels),
		cmocka_unit_test(a_division_by_a_register_of_zero_kills),
		cmocka_unit_test(a_jump_compares_without_sign),
		cmocka_unit_test(a_jump_goes_over_as_many_as_it_says),
		cmocka_unit_test(an_invalid_program_is_refused),
		cmocka_unit_test(a_program_has_between_1_and_4096_instructions),
		cmocka_unit_test(
			of_stacked_programs_the_strictest_wins_whatever_the_order),
		cmocka_unit_test(among_equals_the_program_loaded_last_wins),
		cmocka_unit_test(
			a_run_over_all_numbers_tells_what_single_runs_do),
		cmocka_unit_test(a_run_over_some_numbers_stays_within_them),
		cmocka_unit_test(
			a_number_that_is_computed_with_ends_a_run_over_all),
		cmocka_unit_test(
			all_comparisons_with_arguments_of_one_call_are_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
