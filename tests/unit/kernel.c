/* The interpreter of classic BPF, against the kernel that runs. */

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "program.h"

/* Loads a program into this process; 0, or the errno. */
static int load(const struct program *program)
{
	const struct sock_fprog fprog = { (unsigned short)program->n,
					  program->code };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog) ? errno
									: 0;
}

/* Memory that a child can write to when it can make no call any more. */
static void *shared_new(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	return memory;
}

/* Calls CHILD in a process of its own, and waits for its end. */
static void in_child(void (*child)(void *context), void *context)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		child(context);
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void load_trivial(void *context)
{
	static struct sock_filter code[] = { RET(SECCOMP_RET_ALLOW) };

	*(int *)context = load(&(struct program){ code, 1 });
}

static void skip_without_seccomp(void)
{
	int *result = shared_new(sizeof(*result));
	int failure;

	in_child(load_trivial, result);
	failure = *result;
	munmap(result, sizeof(*result));
	if (failure) {
		print_message("# skipped: no filter can be loaded here: %s\n",
			      strerror(failure));
		skip();
	}
}

#define N_CODES 65536

/* Around what makes any instruction harmless, should the kernel take it. */
static void code_around(struct sock_filter code[MAX_CODE], uint16_t opcode)
{
	const struct sock_filter around[] = {
		A(SECCOMP_RET_ALLOW),	X(1),
		BPF_STMT(BPF_ST, 0),	BPF_JUMP(opcode, 0, 0, 0),
		RET(SECCOMP_RET_ALLOW), RET(SECCOMP_RET_ALLOW),
	};

	memcpy(code, around, sizeof(around));
	if (BPF_CLASS(opcode) == BPF_RET)
		code[3].k = SECCOMP_RET_ALLOW;
	if (BPF_CLASS(opcode) == BPF_ALU)
		code[3].k = 1;
}

static void load_all_codes(void *context)
{
	bool *taken = context;

	for (unsigned int opcode = 0; opcode < N_CODES; opcode++) {
		struct sock_filter code[MAX_CODE];
		const struct program program = { code, 6 };

		code_around(code, (uint16_t)opcode);
		taken[opcode] = load(&program) == 0;
	}
}

TEST(the_kernel_takes_the_same_instructions)
{
	bool *taken;
	unsigned int n = 0, differences = 0;

	skip_without_seccomp();
	taken = shared_new(N_CODES);
	in_child(load_all_codes, taken);
	for (unsigned int opcode = 0; opcode < N_CODES; opcode++) {
		struct sock_filter code[MAX_CODE];
		const struct program program = { code, 6 };

		code_around(code, (uint16_t)opcode);
		n += taken[opcode];
		if (program_valid(&program) == taken[opcode])
			continue;
		if (differences++ < 4)
			print_error("# instruction 0x%x: the kernel says %d\n",
				    opcode, taken[opcode]);
	}
	munmap(taken, N_CODES);
	print_message("# %u instructions of %d are known\n", n, N_CODES);
	assert_int_equal(differences, 0);
}

/* ---- Random programs, here and in the kernel ---- */

#define N_PROGRAMS 300
#define N_CALLS	   16
#define N_PREFIX   20

/* What a child is to do, and what came of it. */
struct trial {
	struct sock_filter code[128];
	struct program programs[2];
	size_t n;
	uint64_t args[N_CALLS][6];
	int failure; /* of a load */
	long results[N_CALLS];
	int errnos[N_CALLS];
};

static void try_in_kernel(void *context)
{
	struct trial *trial = context;

	for (size_t i = 0; i < trial->n && !trial->failure; i++)
		trial->failure = load(&trial->programs[i]);
	for (size_t i = 0; i < N_CALLS && !trial->failure; i++) {
		const uint64_t *a = trial->args[i];

		errno = 0;
		trial->results[i] = syscall(SYS_getppid, a[0], a[1], a[2], a[3],
					    a[4], a[5]);
		trial->errnos[i] = errno;
	}
}

/*
 * Every call but getppid passes, so that the child can end; and all memory is
 * written, for the kernel refuses to read what is not.
 */
static size_t random_prefix(struct sock_filter *code, uint64_t *seed)
{
	static const struct sock_filter check[] = {
		LOAD(offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 1, 0),
		RET(SECCOMP_RET_ALLOW),
	};
	size_t n = ARRAY_SIZE(check);

	memcpy(code, check, sizeof(check));
	code[n++] = (struct sock_filter)A((uint32_t)random_value(seed));
	for (unsigned int i = 0; i < BPF_MEMWORDS; i++)
		code[n++] = (struct sock_filter)BPF_STMT(BPF_ST, i);
	return n;
}

/* A word of seccomp_data that is the same in both runs. */
static uint32_t random_offset(uint64_t *seed)
{
	static const uint32_t first[] = { 0, 4 };
	uint32_t word = random_below(seed, 14);

	return word < 2 ? first[word] : 16 + 4 * (word - 2);
}

static struct sock_filter random_move(uint64_t *seed)
{
	uint32_t k = (uint32_t)random_value(seed);
	uint32_t cell = random_below(seed, BPF_MEMWORDS);
	const struct sock_filter moves[] = {
		LOAD(random_offset(seed)),
		LOAD(random_offset(seed)),
		LOAD(random_offset(seed)),
		A(k),
		X(k),
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_LD | BPF_MEM, cell),
		BPF_STMT(BPF_LDX | BPF_MEM, cell),
		BPF_STMT(BPF_ST, cell),
		BPF_STMT(BPF_STX, cell),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_MISC | BPF_TXA, 0),
		BPF_STMT(BPF_ALU | BPF_NEG, 0),
	};

	return moves[random_below(seed, ARRAY_SIZE(moves))];
}

static struct sock_filter random_alu(uint64_t *seed)
{
	static const uint16_t ops[] = { BPF_ADD, BPF_SUB, BPF_MUL,
					BPF_OR,	 BPF_AND, BPF_XOR,
					BPF_LSH, BPF_RSH, BPF_DIV };
	uint16_t op = ops[random_below(seed, ARRAY_SIZE(ops))];
	uint32_t k = (uint32_t)random_value(seed);

	if (op == BPF_LSH || op == BPF_RSH)
		k %= 32;
	if (op == BPF_DIV)
		return (struct sock_filter)BPF_STMT(BPF_ALU | BPF_DIV | BPF_K,
						    k | 1);
	if (random_below(seed, 2))
		return (struct sock_filter)BPF_STMT(BPF_ALU | op | BPF_X, 0);
	return (struct sock_filter)BPF_STMT(BPF_ALU | op | BPF_K, k);
}

static struct sock_filter random_jump(uint64_t *seed, size_t rest)
{
	static const uint16_t ops[] = { BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET };
	uint16_t op = ops[random_below(seed, ARRAY_SIZE(ops))];
	unsigned int limit = rest < 8 ? (unsigned int)rest : 8;
	uint16_t source = random_below(seed, 4) ? BPF_K : BPF_X;

	if (random_below(seed, 6) == 0)
		return (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
						    random_below(seed, limit));
	return (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | op | source),
					    (uint32_t)random_value(seed),
					    (uint8_t)random_below(seed, limit),
					    (uint8_t)random_below(seed, limit));
}

/* The end: an errno made from the accumulator, or one of its own, or leave. */
static size_t random_end(struct sock_filter *code, uint64_t *seed)
{
	const struct sock_filter end[] = {
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x7ff),
		/* As far as the return below. */
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0x500, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 0, 1),
		RET(SECCOMP_RET_ERRNO | (random_below(seed, 4000) + 1)),
		BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO),
		RET_A,
	};

	memcpy(code, end, sizeof(end));
	code[ARRAY_SIZE(end)] = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
	return ARRAY_SIZE(end) + 1;
}

static size_t random_program(struct sock_filter *code, uint64_t *seed)
{
	size_t n = random_prefix(code, seed);
	size_t body = 4 + random_below(seed, 60);

	for (size_t i = 0; i < body; i++, n++) {
		unsigned int kind = random_below(seed, 4);

		if (kind == 0)
			code[n] = random_jump(seed, body - i);
		else if (kind == 1)
			code[n] = random_alu(seed);
		else
			code[n] = random_move(seed);
	}
	return n + random_end(&code[n], seed);
}

static void trial_make(struct trial *trial, uint64_t *seed)
{
	memset(trial, 0, sizeof(*trial));
	trial->programs[0] = (struct program){ trial->code, 0 };
	trial->programs[0].n = random_program(trial->code, seed);
	trial->n = 1;
	for (size_t i = 0; i < N_CALLS; i++) {
		for (size_t j = 0; j < 6; j++)
			trial->args[i][j] = random_value(seed);
	}
}

/* What the kernel did is what the interpreter says; returns the denials. */
static unsigned int trial_check(const struct trial *trial)
{
	struct seccomp_data data = { .nr = SYS_getppid,
				     .arch = seccomp_arch_native() };
	unsigned int denied = 0;

	assert_int_equal(trial->failure, 0);
	for (size_t i = 0; i < N_CALLS; i++) {
		uint32_t got;

		memcpy(data.args, trial->args[i], sizeof(data.args));
		got = programs_run(trial->programs, trial->n, &data);
		if (got == SECCOMP_RET_ALLOW) {
			assert_int_equal(trial->results[i], getpid());
			continue;
		}
		assert_int_equal(got & SECCOMP_RET_ACTION_FULL,
				 SECCOMP_RET_ERRNO);
		assert_int_equal(trial->errnos[i], got & SECCOMP_RET_DATA);
		denied++;
	}
	return denied;
}

TEST(random_programs_do_here_what_they_do_in_the_kernel)
{
	uint64_t seed = 0x5eed0001;
	struct trial *trial;
	unsigned int denied = 0;

	skip_without_seccomp();
	trial = shared_new(sizeof(*trial));
	print_message("# seed 0x%llx, %d programs, %d calls each\n",
		      (unsigned long long)seed, N_PROGRAMS, N_CALLS);
	for (unsigned int i = 0; i < N_PROGRAMS; i++) {
		trial_make(trial, &seed);
		assert_true(program_valid(&trial->programs[0]));
		in_child(try_in_kernel, trial);
		denied += trial_check(trial);
	}
	munmap(trial, sizeof(*trial));
	print_message("# %u of %d calls denied\n", denied,
		      N_PROGRAMS * N_CALLS);
	/* A test in which nothing happens shows nothing. */
	assert_in_range(denied, N_PROGRAMS * N_CALLS / 10,
			N_PROGRAMS * N_CALLS * 9 / 10);
}

TEST(stacked_programs_do_here_what_they_do_in_the_kernel)
{
	static const uint32_t returns[] = { SECCOMP_RET_ALLOW,
					    SECCOMP_RET_ERRNO | 1,
					    SECCOMP_RET_ERRNO | 2,
					    SECCOMP_RET_LOG };
	uint64_t seed = 0x5eed0002;
	struct trial *trial;

	skip_without_seccomp();
	trial = shared_new(sizeof(*trial));
	for (unsigned int i = 0; i < 9; i++) {
		size_t n;

		memset(trial, 0, sizeof(*trial));
		for (trial->n = 0; trial->n < 2; trial->n++) {
			struct sock_filter *code =
				&trial->code[trial->n * N_PREFIX * 2];

			n = random_prefix(code, &seed);
			code[n++] = (struct sock_filter)RET(
				returns[trial->n ? i / 3 : i % 3]);
			trial->programs[trial->n] = (struct program){ code, n };
		}
		in_child(try_in_kernel, trial);
		trial_check(trial);
	}
	munmap(trial, sizeof(*trial));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_takes_the_same_instructions),
		cmocka_unit_test(
			random_programs_do_here_what_they_do_in_the_kernel),
		cmocka_unit_test(
			stacked_programs_do_here_what_they_do_in_the_kernel),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
