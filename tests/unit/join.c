/* One program in place of a stack: it gives each call what the stack gives. */
#include "fixture.h"

#include "enforce/compile.h"
#include "enforce/join.h"

#define LD_NR	      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)
#define LD_ARG(i)     BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16 + 8 * (i))
#define RET(result)   BPF_STMT(BPF_RET | BPF_K, (result))
#define ELSE(value)   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1)
#define MAX_ANSWERS   40
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

/* Joined, with what it may be. */
static struct stack join(const struct stack *stack, size_t n)
{
	struct stack joined = stack_copy(stack);

	assert_true(programs_join(joined.programs, &joined.n));
	assert_int_equal(joined.n, n);
	for (size_t i = 0; i < joined.n; i++)
		assert_true(program_valid(&joined.programs[i]));
	return joined;
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
	struct stack stack = { .n = 0 }, joined;

	for (int i = 0; i < 3; i++)
		push(&stack, all, n);
	joined = join(&stack, 1);
	for (size_t i = 0; i < n * n * n; i++) {
		const struct seccomp_data data = {
			.args = { i % n, i / n % n, i / n / n },
		};

		assert_int_equal(run(&joined, &data), run(&stack, &data));
	}
	stack_free(&stack);
	stack_free(&joined);
}

/* As a policy's layers: what is final for those below needs no copy of them. */
TEST(what_nothing_below_can_change_is_answered_at_once)
{
	static const uint32_t lower[] = { ERRNO(1), SECCOMP_RET_ALLOW };
	static const uint32_t upper[] = { ERRNO(2), ERRNO(3),
					  SECCOMP_RET_KILL_PROCESS,
					  SECCOMP_RET_ALLOW };
	struct stack stack = { .n = 0 }, joined;

	push(&stack, lower, ARRAY_SIZE(lower));
	push(&stack, upper, ARRAY_SIZE(upper));
	joined = join(&stack, 1);
	assert_int_equal(joined.programs[0].n,
			 stack.programs[0].n + stack.programs[1].n);
	stack_free(&stack);
	stack_free(&joined);
}

TEST(a_stack_that_comes_to_too_much_stays)
{
	static const uint32_t kills[] = { SECCOMP_RET_KILL_PROCESS,
					  SECCOMP_RET_ALLOW };
	uint32_t errnos[17];

	for (uint32_t i = 0; i < ARRAY_SIZE(errnos); i++)
		errnos[i] = ERRNO(i + 1);
	for (size_t n = 16; n <= 17; n++) {
		struct stack stack = { .n = 0 }, joined;

		push(&stack, kills, ARRAY_SIZE(kills));
		push(&stack, errnos, n);
		joined = join(&stack, n == 16 ? 1 : 2);
		for (uint64_t i = 0; i < 2 * n; i++) {
			const struct seccomp_data data = {
				.args = { i % 2, i / 2 },
			};

			assert_int_equal(run(&joined, &data),
					 run(&stack, &data));
		}
		stack_free(&stack);
		stack_free(&joined);
	}
}

/* N instructions that allow. */
static void push_long(struct stack *stack, size_t n)
{
	struct program *program = &stack->programs[stack->n++];

	program->n = n;
	program->code = calloc(n, sizeof(program->code[0]));
	assert_non_null(program->code);
	for (size_t i = 0; i + 1 < n; i++)
		program->code[i] = (struct sock_filter)LD_NR;
	program->code[n - 1] = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
}

TEST(so_does_one_that_would_be_too_large_for_the_kernel)
{
	static const uint32_t denies[] = { ERRNO(1), SECCOMP_RET_ALLOW };
	struct stack stack = { .n = 0 }, joined;

	push(&stack, denies, ARRAY_SIZE(denies));
	push_long(&stack, BPF_MAXINSNS - stack.programs[0].n);
	joined = join(&stack, 1);
	assert_int_equal(joined.programs[0].n, BPF_MAXINSNS);
	stack_free(&stack);
	stack_free(&joined);

	stack = (struct stack){ .n = 0 };
	push(&stack, denies, ARRAY_SIZE(denies));
	push_long(&stack, BPF_MAXINSNS - stack.programs[0].n + 1);
	joined = join(&stack, 2);
	stack_free(&stack);
	stack_free(&joined);
}

TEST(one_program_is_itself_and_none_is_none)
{
	struct stack stack = { .n = 0 };

	stack_free(&(struct stack[]){ join(&stack, 0) }[0]);
	push(&stack, all, ARRAY_SIZE(all));
	stack_free(&(struct stack[]){ join(&stack, 1) }[0]);
	stack_free(&stack);
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
		struct stack stack = stack_of(policy), joined = join(&stack, 1);

		assert_true(stack.n >= policies[i].layers);
		for (unsigned int j = 0; j < 20000; j++) {
			struct seccomp_data data = some_call(j);

			assert_int_equal(run(&joined, &data),
					 run(&stack, &data));
		}
		stack_free(&stack);
		stack_free(&joined);
		policy_free(policy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_programs_with_every_answer_are_one),
		cmocka_unit_test(
			what_nothing_below_can_change_is_answered_at_once),
		cmocka_unit_test(a_stack_that_comes_to_too_much_stays),
		cmocka_unit_test(
			so_does_one_that_would_be_too_large_for_the_kernel),
		cmocka_unit_test(one_program_is_itself_and_none_is_none),
		cmocka_unit_test(each_call_gets_what_the_layers_give_it),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
