/* One short program in place of a stack: each call gets what the stack gives.
 */
#include "fixture.h"

#include "enforce/compile.h"
#include "enforce/condense.h"

#define LD_ARCH	      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4)
#define LD_NR	      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)
#define LD_ARG(i)     BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16 + 8 * (i))
#define RET(result)   BPF_STMT(BPF_RET | BPF_K, (result))
#define ELSE(value)   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1)
#define MAX_ANSWERS   1500
#define N_STACKS      1500
#define ERRNO(number) (SECCOMP_RET_ERRNO | (number))

struct stack {
	struct program programs[MAX_LAYERS]; /* owned */
	size_t n;
};

static void stack_free(struct stack *stack)
{
	while (stack->n > 0)
		free(stack->programs[--stack->n].code);
}

static struct stack stack_copy(const struct stack *from)
{
	struct stack to = { .n = from->n };

	for (size_t i = 0; i < from->n; i++) {
		const struct program *program = &from->programs[i];
		size_t size = program->n * sizeof(program->code[0]);

		to.programs[i] = (struct program){ malloc(size), program->n };
		assert_non_null(to.programs[i].code);
		memcpy(to.programs[i].code, program->code, size);
	}
	return to;
}

/* Condensed, to N programs. */
static struct stack condense(const struct stack *stack, size_t n)
{
	struct stack condensed = stack_copy(stack);

	assert_true(programs_condense(condensed.programs, &condensed.n));
	assert_int_equal(condensed.n, n);
	for (size_t i = 0; i < condensed.n; i++)
		assert_true(program_valid(&condensed.programs[i]));
	return condensed;
}

static uint32_t run(const struct stack *stack, const struct seccomp_data *data)
{
	return programs_run(stack->programs, stack->n, data);
}

/* ---- Stacks by hand ---- */

/* One more program, whose argument at its own index says which of the N
 * ANSWERS it gives. */
static void push(struct stack *stack, const uint32_t *answers, size_t n)
{
	struct program *program = &stack->programs[stack->n];
	struct sock_filter *to;

	assert_true(n > 0 && n <= MAX_ANSWERS && stack->n < MAX_LAYERS);
	to = program->code = calloc(2 * n + 1, sizeof(*to));
	assert_non_null(to);
	*to++ = (struct sock_filter)LD_ARG((uint32_t)stack->n);
	for (size_t i = 0; i + 1 < n; i++) {
		*to++ = (struct sock_filter)ELSE((uint32_t)i);
		*to++ = (struct sock_filter)RET(answers[i]);
	}
	*to++ = (struct sock_filter)RET(answers[n - 1]);
	program->n = (size_t)(to - program->code);
	stack->n++;
}

static const uint32_t all[] = {
	SECCOMP_RET_ALLOW,
	SECCOMP_RET_LOG,
	SECCOMP_RET_TRACE,
	SECCOMP_RET_TRACE | 7,
	SECCOMP_RET_USER_NOTIF,
	ERRNO(1),
	ERRNO(2),
	SECCOMP_RET_TRAP,
	SECCOMP_RET_KILL_THREAD,
	SECCOMP_RET_KILL_PROCESS,
};

TEST(three_programs_with_every_answer_are_one)
{
	const size_t n = ARRAY_SIZE(all);
	struct stack stack = { .n = 0 }, condensed;

	for (int i = 0; i < 3; i++)
		push(&stack, all, n);
	condensed = condense(&stack, 1);
	for (size_t i = 0; i < n * n * n; i++) {
		const struct seccomp_data data = {
			.args = { i % n, i / n % n, i / n / n },
		};

		assert_int_equal(run(&condensed, &data), run(&stack, &data));
	}
	stack_free(&stack);
	stack_free(&condensed);
}

static size_t count_loads(const struct program *program, uint32_t offset)
{
	size_t n = 0;

	for (size_t i = 0; i < program->n; i++)
		n += program->code[i].code == (BPF_LD | BPF_W | BPF_ABS) &&
		     program->code[i].k == offset;
	return n;
}

/* As a policy's layers: the lower one is asked once, by one of four. */
TEST(what_nothing_below_can_change_is_answered_at_once)
{
	static const uint32_t lower[] = { ERRNO(1), SECCOMP_RET_ALLOW };
	static const uint32_t upper[] = { ERRNO(2), ERRNO(3),
					  SECCOMP_RET_KILL_PROCESS,
					  SECCOMP_RET_ALLOW };
	struct stack stack = { .n = 0 }, condensed;

	push(&stack, lower, ARRAY_SIZE(lower));
	push(&stack, upper, ARRAY_SIZE(upper));
	condensed = condense(&stack, 1);
	assert_int_equal(count_loads(&condensed.programs[0], 16), 1);
	assert_int_equal(count_loads(&condensed.programs[0], 24), 1);
	assert_true(condensed.programs[0].n <=
		    stack.programs[0].n + stack.programs[1].n);
	stack_free(&stack);
	stack_free(&condensed);
}

/* The lower program differs by which of three the upper one has come to. */
TEST(a_stack_that_would_be_too_large_for_the_kernel_stays)
{
	uint32_t lower[1500], upper[1500];

	for (size_t n = 750; n <= 1500; n *= 2) {
		struct stack stack = { .n = 0 }, condensed;

		for (uint32_t i = 0; i < n; i++) {
			lower[i] = i % 2 ? ERRNO(1) : SECCOMP_RET_ALLOW;
			upper[i] = SECCOMP_RET_TRACE | (i % 3 + 1);
		}
		push(&stack, lower, n);
		push(&stack, upper, n);
		condensed = condense(&stack, n == 750 ? 1 : 2);
		for (uint64_t i = 0; i < 5 * n; i++) {
			const struct seccomp_data data = {
				.args = { i % n, i * 7 % n },
			};

			assert_int_equal(run(&condensed, &data),
					 run(&stack, &data));
		}
		stack_free(&stack);
		stack_free(&condensed);
	}
}

TEST(one_program_is_itself_and_none_is_none)
{
	struct stack stack = { .n = 0 };

	stack_free(&(struct stack[]){ condense(&stack, 0) }[0]);
	push(&stack, all, ARRAY_SIZE(all));
	stack_free(&(struct stack[]){ condense(&stack, 1) }[0]);
	stack_free(&stack);
}

/* ---- What becomes shorter ---- */

#define MASK(bits)	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (bits))
#define IF(op, k, t, f) BPF_JUMP(BPF_JMP | (op) | BPF_K, (k), (t), (f))

static struct stack stack_with(const struct sock_filter *code, size_t n)
{
	return stack_copy(&(struct stack){
		.programs = { { (struct sock_filter *)code, n } },
		.n = 1,
	});
}

/* Whether CODE, of N instructions, becomes the N_WANTED of WANTED. */
static void becomes(const struct sock_filter *code, size_t n,
		    const struct sock_filter *wanted, size_t n_wanted)
{
	struct stack stack = stack_with(code, n);

	assert_true(programs_condense(stack.programs, &stack.n));
	assert_int_equal(stack.n, 1);
	assert_int_equal(stack.programs[0].n, n_wanted);
	assert_memory_equal(stack.programs[0].code, wanted,
			    n_wanted * sizeof(wanted[0]));
	stack_free(&stack);
}

#define BECOMES(code, wanted) \
	becomes((code), ARRAY_SIZE(code), (wanted), ARRAY_SIZE(wanted))

TEST(numbers_in_a_row_take_one_comparison)
{
	static const struct sock_filter code[] = {
		LD_NR,	       ELSE(3),
		RET(ERRNO(1)), ELSE(4),
		RET(ERRNO(1)), ELSE(5),
		RET(ERRNO(1)), ELSE(6),
		RET(ERRNO(1)), RET(SECCOMP_RET_ALLOW),
	};
	static const struct sock_filter wanted[] = {
		LD_NR,	       IF(BPF_JGE, 3, 0, 2),   IF(BPF_JGE, 7, 1, 0),
		RET(ERRNO(1)), RET(SECCOMP_RET_ALLOW),
	};

	BECOMES(code, wanted);
}

TEST(bits_that_lead_to_the_same_are_asked_for_together)
{
	static const struct sock_filter some[] = {
		LD_ARG(0),
		MASK(4),
		IF(BPF_JEQ, 4, 6, 0),
		LD_ARG(0),
		MASK(1),
		IF(BPF_JEQ, 1, 3, 0),
		LD_ARG(0),
		MASK(0x30),
		IF(BPF_JEQ, 0, 1, 0),
		RET(ERRNO(1)),
		RET(SECCOMP_RET_ALLOW),
	};
	static const struct sock_filter set[] = {
		LD_ARG(0),
		IF(BPF_JSET, 0x35, 1, 0),
		RET(SECCOMP_RET_ALLOW),
		RET(ERRNO(1)),
	};
	static const struct sock_filter all_bits[] = {
		LD_ARG(1),     MASK(0xffff0000),       IF(BPF_JEQ, 0, 0, 3),
		LD_ARG(1),     MASK(0xffff),	       IF(BPF_JEQ, 0, 1, 0),
		RET(ERRNO(1)), RET(SECCOMP_RET_ALLOW),
	};
	static const struct sock_filter zero[] = {
		LD_ARG(1),
		IF(BPF_JEQ, 0, 1, 0),
		RET(ERRNO(1)),
		RET(SECCOMP_RET_ALLOW),
	};

	BECOMES(some, set);
	BECOMES(all_bits, zero);
}

/* The second comparison of the first argument is never true. */
TEST(what_is_known_is_not_asked_for_again)
{
	static const struct sock_filter code[] = {
		LD_ARG(0),     IF(BPF_JEQ, 2, 0, 4),
		LD_ARG(1),     IF(BPF_JEQ, 1, 3, 0),
		LD_ARG(0),     IF(BPF_JEQ, 3, 1, 0),
		RET(ERRNO(2)), RET(ERRNO(1)),
	};
	static const struct sock_filter wanted[] = {
		LD_ARG(0),     IF(BPF_JEQ, 2, 0, 2),
		LD_ARG(1),     IF(BPF_JEQ, 1, 1, 0),
		RET(ERRNO(2)), RET(ERRNO(1)),
	};

	BECOMES(code, wanted);
}

/* Each is as short as it can be, or is nothing that libseccomp writes. */
TEST(other_programs_stay_as_they_are)
{
	static const struct sock_filter programs[][6] = {
		{ LD_NR, ELSE(1), RET(ERRNO(1)), RET(SECCOMP_RET_ALLOW) },
		{ LD_NR, MASK(1), ELSE(1), RET(ERRNO(1)),
		  RET(SECCOMP_RET_ALLOW) },
		{ LD_NR, IF(BPF_JSET, 1, 0, 1), RET(ERRNO(1)),
		  RET(SECCOMP_RET_ALLOW) },
		{ LD_ARCH, IF(BPF_JGE, 1, 0, 1), RET(ERRNO(1)),
		  RET(SECCOMP_RET_ALLOW) },
		{ LD_ARG(0), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1), ELSE(1),
		  RET(ERRNO(1)), RET(SECCOMP_RET_ALLOW) },
		{ LD_ARG(0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1),
		  RET(ERRNO(1)), RET(SECCOMP_RET_ALLOW) },
		{ LD_ARG(0), BPF_STMT(BPF_RET | BPF_A, 0) },
		{ BPF_STMT(BPF_ST, 0), BPF_STMT(BPF_LD | BPF_MEM, 0), ELSE(1),
		  RET(ERRNO(1)), RET(SECCOMP_RET_ALLOW) },
		{ ELSE(0), RET(ERRNO(1)), RET(SECCOMP_RET_ALLOW) },
		{ LD_ARG(0), MASK(6), ELSE(6), RET(ERRNO(1)),
		  RET(SECCOMP_RET_ALLOW) },
		{ LD_NR, LD_ARCH, ELSE(7), RET(ERRNO(1)),
		  RET(SECCOMP_RET_ALLOW) },
		{ LD_ARCH, ELSE(0), RET(ERRNO(1)), RET(SECCOMP_RET_ALLOW) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		size_t n = ARRAY_SIZE(programs[i]);

		while (programs[i][n - 1].code == 0)
			n--;
		becomes(programs[i], n, programs[i], n);
	}
}

/* The lower one can be stricter, though no constant in it is. */
TEST(so_does_a_stack_with_one)
{
	static const struct sock_filter any[] = {
		LD_ARG(0),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct stack stack = stack_with(any, ARRAY_SIZE(any));
	static const uint32_t answers[] = { ERRNO(1), SECCOMP_RET_ALLOW };

	push(&stack, answers, ARRAY_SIZE(answers));
	assert_true(programs_condense(stack.programs, &stack.n));
	assert_int_equal(stack.n, 2);
	stack_free(&stack);
}

/* Jumps reach 255 instructions: what is further takes another instruction. */
TEST(a_jump_over_many_instructions_goes_where_it_should)
{
	static struct sock_filter code[4 * 700];
	struct stack stack, condensed;
	size_t n = 0;

	code[n++] = (struct sock_filter)LD_NR;
	for (uint32_t i = 0; i < 600; i++) {
		code[n++] = (struct sock_filter)ELSE(2 * i);
		code[n++] = (struct sock_filter)RET(ERRNO(i % 256 * 2 + i % 2));
		code[n++] = (struct sock_filter)IF(BPF_JEQ, 2 * i + 1, 0, 1);
		code[n] = (struct sock_filter)BPF_STMT(
			BPF_JMP | BPF_JA, (uint32_t)(4 * 600 + 1 - n - 1));
		n++;
	}
	code[n - 2] = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
	code[n - 1] = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)LD_ARG(0);
	code[n++] = (struct sock_filter)ELSE(7);
	code[n++] = (struct sock_filter)RET(SECCOMP_RET_LOG);
	code[n++] = (struct sock_filter)RET(SECCOMP_RET_TRACE);
	stack = stack_with(code, n);
	condensed = condense(&stack, 1);
	assert_true(condensed.programs[0].n < n);
	for (uint64_t i = 0; i < 1300 * 2; i++) {
		const struct seccomp_data data = {
			.nr = (int)i / 2,
			.args = { i % 2 ? 7 : 8 },
		};

		assert_int_equal(run(&condensed, &data), run(&stack, &data));
	}
	stack_free(&stack);
	stack_free(&condensed);
}

/* Jumps from every distance: numbers lead in turn to two questions, which are
 * at the end, with more and more answers between. */
TEST(a_jump_that_just_reaches_is_no_further_than_that)
{
	for (uint32_t between = 0; between < 12; between++) {
		static struct sock_filter code[4096];
		struct stack stack, condensed;
		size_t n = 0, last = 2 * (between + 400) + 1;

		code[n++] = (struct sock_filter)LD_NR;
		for (uint32_t i = 0; i < between + 400; i++) {
			code[n++] = (struct sock_filter)ELSE(i);
			code[n] = (struct sock_filter)RET(ERRNO(i));
			if (i >= between)
				code[n] = (struct sock_filter)BPF_STMT(
					BPF_JMP | BPF_JA,
					(uint32_t)(last - n - 1 +
						   (i % 2 ? 1 : 5)));
			n++;
		}
		code[n++] = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
		for (uint32_t i = 0; i < 2; i++) {
			code[n++] = (struct sock_filter)LD_ARG(i);
			code[n++] = (struct sock_filter)ELSE(7);
			code[n++] = (struct sock_filter)RET(SECCOMP_RET_LOG);
			code[n++] = (struct sock_filter)RET(SECCOMP_RET_TRACE);
		}
		stack = stack_with(code, n);
		condensed = condense(&stack, 1);
		for (uint64_t i = 0; i < 4 * 420; i++) {
			const struct seccomp_data data = {
				.nr = (int)i / 4,
				.args = { i & 1 ? 7 : 8, i & 2 ? 7 : 8 },
			};

			assert_int_equal(run(&condensed, &data),
					 run(&stack, &data));
		}
		stack_free(&stack);
		stack_free(&condensed);
	}
}

/* ---- Any programs ---- */

static const uint32_t constants[] = {
	0,
	1,
	2,
	3,
	4,
	7,
	8,
	9,
	0xffff,
	0xff00,
	1u << 31,
	SCMP_ARCH_X86_64,
	SCMP_ARCH_X86,
	UINT32_MAX,
};

static uint32_t pick(const uint32_t *list, size_t n)
{
	return list[(size_t)random() % n];
}

/* An instruction of libseccomp's, REST of which follow. */
static struct sock_filter some_insn(size_t rest)
{
	static const uint16_t jumps[] = { BPF_JEQ, BPF_JEQ, BPF_JGT, BPF_JGE };
	const uint32_t k = pick(constants, ARRAY_SIZE(constants));
	const size_t far = rest < 12 ? rest : 12;

	switch (random() % 10) {
	case 0:
	case 1:
		return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						    16 + 4 * (k % 4));
	case 2:
		return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						    0);
	case 3:
		return (struct sock_filter)MASK(k);
	case 4:
		return (struct sock_filter)BPF_STMT(
			BPF_JMP | BPF_JA, (uint32_t)((size_t)random() % far));
	case 5:
		return (struct sock_filter)RET(pick(all, ARRAY_SIZE(all)));
	default:
		return (struct sock_filter)BPF_JUMP(
			BPF_JMP | jumps[random() % 4] | BPF_K, k,
			(uint8_t)((size_t)random() % far),
			(uint8_t)((size_t)random() % far));
	}
}

/* It begins as libseccomp's do, with the architecture. */
static void push_some(struct stack *stack)
{
	struct program *program = &stack->programs[stack->n++];
	size_t n = 8 + (size_t)random() % 40;

	program->n = n;
	program->code = calloc(n, sizeof(program->code[0]));
	assert_non_null(program->code);
	program->code[0] = (struct sock_filter)LD_ARCH;
	program->code[1] =
		(struct sock_filter)ELSE(random() % 4 ? SCMP_ARCH_X86_64 : 0);
	program->code[2] = (struct sock_filter)LD_ARG(1);
	program->code[3] = (struct sock_filter)LD_NR;
	for (size_t i = 4; i + 1 < n; i++)
		program->code[i] = some_insn(n - i - 1);
	program->code[n - 1] = (struct sock_filter)RET(ERRNO(3));
	assert_true(program_valid(program));
}

static struct seccomp_data some_data(void)
{
	struct seccomp_data data = {
		.arch = pick(constants, ARRAY_SIZE(constants)),
		.nr = (int)pick(constants, ARRAY_SIZE(constants)),
	};

	for (unsigned int i = 0; i < 2; i++)
		data.args[i] =
			((uint64_t)pick(constants, ARRAY_SIZE(constants)) -
			 (uint64_t)random() % 3 +
			 1) << 32 |
			(pick(constants, ARRAY_SIZE(constants)) -
			 (uint32_t)random() % 3 + 1);
	return data;
}

TEST(random_stacks_answer_the_same)
{
	unsigned int n_condensed = 0;

	srandom(1);
	for (unsigned int i = 0; i < N_STACKS; i++) {
		struct stack stack = { .n = 0 }, condensed;

		for (unsigned int j = 0; j <= i % 3; j++)
			push_some(&stack);
		condensed = stack_copy(&stack);
		assert_true(
			programs_condense(condensed.programs, &condensed.n));
		n_condensed += condensed.programs[0].n != stack.programs[0].n;
		for (unsigned int j = 0; j < 200; j++) {
			struct seccomp_data data = some_data();

			assert_int_equal(run(&condensed, &data),
					 run(&stack, &data));
		}
		stack_free(&stack);
		stack_free(&condensed);
	}
	print_message("# %u of %d condensed\n", n_condensed, N_STACKS);
	assert_true(n_condensed > N_STACKS / 2);
}

/* ---- A policy's layers ---- */

/* Several errnos, conditions and kills on one call. */
static const struct {
	const char *text;
	size_t layers; /* at least */
} policies[] = {
	{ "[syscalls]\ndefault = allow\nlog = socket(domain == AF_UNIX)\n"
	  "deny = socket(type == 1):EACCES socket(type == 2):EPERM\n"
	  "kill = socket(protocol == 7)\n",
	  4 },
	{ "[syscalls]\ndefault = deny\nallow = socket\n"
	  "deny = socket(domain == AF_INET):EAFNOSUPPORT\n"
	  "  socket(domain == AF_INET6):EINVAL\nkill = socket(protocol < 3)\n",
	  3 },
	{ "[syscalls]\ndefault = deny\narchitectures = native x86 x32\n"
	  "allow = read ioctl(request == TCGETS)\nkill = ioctl(fd == 9)\n",
	  2 },
	/* What is to be logged comes first, and then layers that deny. */
	{ "[syscalls]\ndefault = log\ndeny = socket(domain == AF_UNIX):EACCES\n"
	  "deny = socket(domain == AF_INET):EPERM socket(domain == 3):EIO\n",
	  3 },
	{ "[syscalls]\ndefault = log\narchitectures = native aarch64\n"
	  "deny = socket(domain == 4):EACCES socket(domain == 5):EPERM\n"
	  "kill = socket(protocol == 7)\nallow = read ioctl(request == 3)\n",
	  3 },
};

static struct stack stack_of(const struct policy *policy)
{
	struct stack stack = { .n = 0 };
	struct plan plan;

	assert_null(plan_make(&plan, policy, NULL));
	for (; stack.n < plan.n; stack.n++)
		assert_int_equal(layer_compile(&plan.layers[stack.n], policy,
					       &stack.programs[stack.n]),
				 0);
	plan_free(&plan);
	return stack;
}

static struct seccomp_data some_call(unsigned int i)
{
	static const uint32_t archs[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86,
					  SCMP_ARCH_AARCH64 };
	const int socket = seccomp_syscall_resolve_name("socket");
	const int ioctl = seccomp_syscall_resolve_name("ioctl");
	struct seccomp_data data = {
		.arch = archs[i % ARRAY_SIZE(archs)],
		.nr = i % 11 == 0  ? ioctl
		      : i % 2 == 0 ? socket
				   : (int)(i / 3 % 400),
	};

	if (i % 7 == 0)
		data.nr |= 0x40000000; /* x32 */
	for (unsigned int arg = 0; arg < 6; arg++)
		data.args[arg] = (uint64_t)random() % 12;
	return data;
}

TEST(each_call_gets_what_the_layers_give_it)
{
	srandom(1);
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		struct policy *policy = policy_of(policies[i].text);
		struct stack stack = stack_of(policy),
			     condensed = condense(&stack, 1);

		assert_true(stack.n >= policies[i].layers);
		for (unsigned int j = 0; j < 20000; j++) {
			struct seccomp_data data = some_call(j);

			assert_int_equal(run(&condensed, &data),
					 run(&stack, &data));
		}
		stack_free(&stack);
		stack_free(&condensed);
		policy_free(policy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_programs_with_every_answer_are_one),
		cmocka_unit_test(
			what_nothing_below_can_change_is_answered_at_once),
		cmocka_unit_test(
			a_stack_that_would_be_too_large_for_the_kernel_stays),
		cmocka_unit_test(numbers_in_a_row_take_one_comparison),
		cmocka_unit_test(
			bits_that_lead_to_the_same_are_asked_for_together),
		cmocka_unit_test(what_is_known_is_not_asked_for_again),
		cmocka_unit_test(other_programs_stay_as_they_are),
		cmocka_unit_test(so_does_a_stack_with_one),
		cmocka_unit_test(
			a_jump_over_many_instructions_goes_where_it_should),
		cmocka_unit_test(
			a_jump_that_just_reaches_is_no_further_than_that),
		cmocka_unit_test(random_stacks_answer_the_same),
		cmocka_unit_test(one_program_is_itself_and_none_is_none),
		cmocka_unit_test(each_call_gets_what_the_layers_give_it),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
