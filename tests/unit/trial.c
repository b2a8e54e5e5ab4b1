/* What is proven of a call with conditions, and what is left to be tried. */

#include "enforce/trial.h"
#include "policy/names.h"
#include "subject.h"

#define DENY  "[syscalls]\ndefault = EPERM\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

/* Of the programs that POLICY's became, for the native CALL. */
static enum proof prove(const struct subject *subject, const char *call,
			struct difference *difference)
{
	const uint32_t arch = seccomp_arch_native();
	const int nr = syscall_number(arch, call);
	const struct seccomp_data data = { .nr = nr, .arch = arch };
	const struct trial trial = {
		.programs = subject->filter.programs,
		.n = subject->filter.n,
		.policy = subject->policy,
		.observation = OBSERVE_NOTHING,
		.difference = difference,
	};
	const struct rule *rules;
	size_t n;

	rules = rules_of(subject->policy, arch, (uint32_t)nr, &n);
	assert_true(n > 0);
	return trial_prove(&trial, &data, rules, n);
}

static enum proof proof_of(const char *text, const char *call)
{
	struct subject subject = subject_of(text);
	struct difference difference;
	enum proof proof = prove(&subject, call, &difference);

	subject_free(&subject);
	return proof;
}

TEST(the_order_of_one_argument_is_proven)
{
	static const char *const rows[][2] = {
		{ DENY "allow = socket(domain == 1)\n", "socket" },
		{ DENY "allow = socket(raw0 < 38) socket(raw0 == 39)\n"
		       "  socket(raw0 > 40)\n",
		  "socket" },
		{ ALLOW "deny = kill(pid < 0)\n", "kill" },
		{ ALLOW "deny = lseek(offset >= -5)\n", "lseek" },
		{ ALLOW "deny = fcntl(arg == 0x80000000)\n", "fcntl" },
		{ DENY "allow = fcntl(arg == -1)\n", "fcntl" },
		{ DENY "allow = lseek\ndeny = lseek(fd == 2):EIO\n"
		       "kill = lseek(fd > 1000)\n",
		  "lseek" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(proof_of(rows[i][0], rows[i][1]), PROVEN);
}

TEST(other_conditions_are_left_to_be_tried)
{
	static const char *const rows[][2] = {
		{ DENY "allow = socket(domain == 1 && type == 1)\n", "socket" },
		{ DENY "allow = lseek(fd == 1) lseek(whence == 1)\n", "lseek" },
		{ ALLOW "deny = clone(flags & 0x10000000 == 0x10000000)\n",
		  "clone" },
		{ ALLOW "deny = kexec_load(entry & 0xffffffffffff0000 == 0)\n",
		  "kexec_load" },
		{ ALLOW "deny = fchmod(mode > 0777)\n", "fchmod" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(proof_of(rows[i][0], rows[i][1]), UNDECIDED);
}

/* One value of 2^64, far from all that the policy speaks of. */
TEST(a_single_value_that_differs_refutes)
{
	struct sock_filter code[] = {
		LOAD(offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x1234, 0, 2),
		LOAD(offsetof(struct seccomp_data, args[0]) + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x5678, 1, 0),
		RET(SECCOMP_RET_ALLOW),
		RET(SECCOMP_RET_KILL_PROCESS),
	};
	struct subject subject = subject_of(
		ALLOW "deny = kexec_load(entry > 0xffffffffffffff)\n");
	struct program whole = subject.filter.programs[0];
	struct difference difference;

	/* Beside the right one: the strictest of both counts. */
	assert_int_equal(subject.filter.n, 1);
	subject.filter.programs[1] = (struct program){ code, ARRAY_SIZE(code) };
	subject.filter.n = 2;
	assert_int_equal(prove(&subject, "kexec_load", &difference), REFUTED);
	assert_int_equal(difference.args[0], 0x567800001234);
	assert_int_equal(difference.wanted, SECCOMP_RET_ALLOW);
	assert_int_equal(difference.got, SECCOMP_RET_KILL_PROCESS);

	/* What looks at another argument is nothing for this proof. */
	code[0].k = offsetof(struct seccomp_data, args[1]);
	assert_int_equal(prove(&subject, "kexec_load", &difference), UNDECIDED);
	subject.filter.n = 1;
	assert_ptr_equal(subject.filter.programs[0].code, whole.code);
	subject_free(&subject);
}

/* Two arguments and a mask: tried where there are no steps, proven where there
 * are, and not tried then. */
TEST(what_steps_are_left_for_is_proven)
{
	struct subject subject = subject_of(
		DENY "allow = lseek(offset & 0xff00 == 0 && fd < 5)\n");
	const uint32_t arch = seccomp_arch_native();
	const uint32_t nr = (uint32_t)syscall_number(arch, "lseek");
	struct difference difference;
	size_t n, n_steps = 1 << 16, left = n_steps;
	const struct rule *rules = rules_of(subject.policy, arch, nr, &n);
	struct trial trial = {
		.programs = subject.filter.programs,
		.n = 1,
		.policy = subject.policy,
		.difference = &difference,
	};

	assert_true(trial_arguments(&trial, arch, nr, rules, n));
	trial.steps = &left;
	assert_true(trial_arguments(&trial, arch, nr, rules, n));
	assert_true(left < n_steps);
	subject_free(&subject);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_steps_are_left_for_is_proven),
		cmocka_unit_test(the_order_of_one_argument_is_proven),
		cmocka_unit_test(other_conditions_are_left_to_be_tried),
		cmocka_unit_test(a_single_value_that_differs_refutes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
