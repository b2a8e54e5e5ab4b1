/* The verifier, on programs that are wrong in ways with a name. */

#include <sys/syscall.h>

#include "enforce/verify.h"
#include "program.h"

#define POLICY "[syscalls]\ndefault = EPERM\nallow = read\n"

#ifdef __x86_64__
#define NATIVE	  SCMP_ARCH_X86_64
#define CHECK_X32 BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_SYSCALL_BIT, 0, 1)
#else
#define NATIVE	  SCMP_ARCH_AARCH64
#define CHECK_X32 BPF_STMT(BPF_JMP | BPF_JA, 1)
#endif

#define IF(value, jt, jf) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, jt, jf)

enum { ARCH, ARCH_CHECK, NUMBER, X32_CHECK, NO_CALL, READ, DENIED, ALLOWED };

/* The filter of POLICY, as one would write it by hand. */
static const struct sock_filter by_hand[] = {
	[ARCH] = LOAD(offsetof(struct seccomp_data, arch)),
	[ARCH_CHECK] = IF(NATIVE, 0, 6),
	[NUMBER] = LOAD(offsetof(struct seccomp_data, nr)),
	[X32_CHECK] = CHECK_X32,
	[NO_CALL] = IF(UINT32_MAX, 0, 3),
	[READ] = IF(SYS_read, 1, 0),
	[DENIED] = RET(SECCOMP_RET_ERRNO | EPERM),
	[ALLOWED] = RET(SECCOMP_RET_ALLOW),
	RET(SECCOMP_RET_KILL_PROCESS),
};

static bool verifies_for(const char *text, const struct ticket *ticket,
			 const struct sock_filter *code, size_t n)
{
	const struct program program = { (struct sock_filter *)code, n };
	struct policy *policy = policy_of(text);
	struct difference difference;
	bool same = program_valid(&program) &&
		    programs_verify(&program, 1, policy, ticket,
				    OBSERVE_NOTHING, &difference);

	policy_free(policy);
	return same;
}

static bool verifies(const struct sock_filter *code, size_t n)
{
	return verifies_for(POLICY, NULL, code, n);
}

/* The filter made by hand, with one instruction changed. */
static bool verifies_with(size_t index, struct sock_filter insn)
{
	struct sock_filter code[ARRAY_SIZE(by_hand)];

	memcpy(code, by_hand, sizeof(code));
	code[index] = insn;
	return verifies(code, ARRAY_SIZE(code));
}

TEST(a_filter_made_by_hand_verifies)
{
	assert_true(verifies(by_hand, ARRAY_SIZE(by_hand)));
	assert_true(verifies_with(READ, by_hand[READ]));
}

TEST(a_changed_number_is_found)
{
	assert_false(
		verifies_with(READ, (struct sock_filter)IF(SYS_write, 1, 0)));
	assert_false(verifies_with(READ,
				   (struct sock_filter)IF(SYS_read + 1, 1, 0)));
	assert_false(verifies_with(
		READ, (struct sock_filter)IF(0x10000 + SYS_read, 1, 0)));
}

TEST(a_number_nobody_has_that_is_allowed_as_well_is_found)
{
	/* By what stands in the place of the check for -1. */
	assert_false(verifies_with(NO_CALL,
				   (struct sock_filter)IF(0x50505050, 2, 3)));
	assert_false(verifies_with(X32_CHECK,
				   (struct sock_filter)IF(0x123456, 3, 1)));
}

TEST(a_changed_jump_is_found)
{
	assert_false(
		verifies_with(READ, (struct sock_filter)IF(SYS_read, 0, 1)));
	assert_false(
		verifies_with(READ, (struct sock_filter)IF(SYS_read, 1, 1)));
	assert_false(
		verifies_with(READ, (struct sock_filter)IF(SYS_read, 1, 2)));
}

TEST(a_changed_action_is_found)
{
	static const uint32_t actions[] = {
		SECCOMP_RET_ERRNO | EIO, SECCOMP_RET_ERRNO,
		SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP,
		SECCOMP_RET_LOG,	 SECCOMP_RET_TRACE,
	};

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		assert_false(verifies_with(
			DENIED, (struct sock_filter)RET(actions[i])));
		assert_false(verifies_with(
			ALLOWED, (struct sock_filter)RET(actions[i])));
		assert_false(verifies_with(
			ALLOWED + 1, (struct sock_filter)RET(actions[i])));
	}
}

TEST(a_missing_architecture_check_is_found)
{
	assert_false(verifies_with(ARCH_CHECK,
				   (struct sock_filter)IF(NATIVE, 0, 0)));
	assert_false(verifies_with(
		ARCH_CHECK, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0)));
	/* One architecture more, and only for what it calls 0. */
	assert_false(verifies_with(
		ARCH_CHECK,
		(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K,
					     0x80000000, 0, 6)));
}

#ifdef __x86_64__
TEST(a_missing_x32_check_is_found)
{
	assert_false(verifies_with(
		X32_CHECK, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1)));
	assert_false(verifies_with(X32_CHECK, (struct sock_filter)BPF_JUMP(
						      BPF_JMP | BPF_JGT | BPF_K,
						      X32_SYSCALL_BIT, 0, 1)));
	assert_false(verifies_with(
		X32_CHECK,
		(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
					     X32_SYSCALL_BIT + 0x1000, 0, 1)));
	assert_false(verifies_with(
		NO_CALL, (struct sock_filter)IF(UINT32_MAX - 1, 0, 3)));
}
#endif

TEST(a_load_of_something_else_is_found)
{
	for (uint32_t offset = 0; offset < 64; offset += 4) {
		if (offset != by_hand[ARCH].k)
			assert_false(verifies_with(
				ARCH, (struct sock_filter)LOAD(offset)));
		if (offset != by_hand[NUMBER].k)
			assert_false(verifies_with(
				NUMBER, (struct sock_filter)LOAD(offset)));
	}
}

/* What comes before the N instructions for each call, and after them. */
#define BEFORE(n)                                                          \
	LOAD(offsetof(struct seccomp_data, arch)), IF(NATIVE, 0, (n) + 3), \
		LOAD(offsetof(struct seccomp_data, nr)), CHECK_X32,        \
		IF(UINT32_MAX, 0, n)
#define AFTER		    RET(SECCOMP_RET_KILL_PROCESS)

#define ALLOW		    RET(SECCOMP_RET_ALLOW)
#define REFUSE		    RET(SECCOMP_RET_ERRNO | EPERM)
#define LOW(arg)	    LOAD(16 + 8 * (arg))
#define HIGH(arg)	    LOAD(20 + 8 * (arg))
#define OVER(value, jt, jf) BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, value, jt, jf)

/* A call that the policy denies whatever its arguments, let through by one. */
TEST(a_call_that_passes_with_a_secret_argument_is_found)
{
	static const struct sock_filter code[] = {
		BEFORE(6),
		IF(SYS_read, 4, 0),
		IF(SYS_getpid, 0, 2),
		LOW(2),
		IF(0x12345678, 1, 0),
		REFUSE,
		ALLOW,
		AFTER,
	};

	assert_false(verifies(code, ARRAY_SIZE(code)));
}

/* No policy says anything of the place that a call comes from. */
TEST(a_call_that_passes_from_a_secret_place_is_found)
{
	static const struct sock_filter code[] = {
		BEFORE(6),
		LOAD(offsetof(struct seccomp_data, instruction_pointer)),
		IF(0x12345678, 3, 0),
		LOAD(offsetof(struct seccomp_data, nr)),
		IF(SYS_read, 1, 0),
		REFUSE,
		ALLOW,
		AFTER,
	};

	assert_false(verifies(code, ARRAY_SIZE(code)));
}

TEST(a_value_far_from_the_policys_that_passes_is_found)
{
	static const char policy[] = "[syscalls]\ndefault = EPERM\n"
				     "allow = kexec_load(entry > 0xfffff)\n";
	static const struct sock_filter right[] = {
		BEFORE(7), IF(SYS_kexec_load, 0, 4), HIGH(0), OVER(0, 3, 0),
		LOW(0),	   OVER(0xfffff, 1, 0),	     REFUSE,  ALLOW,
		AFTER,
	};
	static const struct sock_filter wrong[] = {
		BEFORE(8),
		IF(SYS_kexec_load, 0, 5),
		HIGH(0),
		OVER(0, 4, 0),
		LOW(0),
		IF(0x1234, 2, 0),
		OVER(0xfffff, 1, 0),
		REFUSE,
		ALLOW,
		AFTER,
	};

	assert_true(verifies_for(policy, NULL, right, ARRAY_SIZE(right)));
	assert_false(verifies_for(policy, NULL, wrong, ARRAY_SIZE(wrong)));
}

TEST(a_hole_in_a_range_is_found)
{
	static const char policy[] = "[syscalls]\ndefault = EPERM\n"
				     "allow = kexec_load(entry > 0xfffff)\n";
	static const struct sock_filter code[] = {
		BEFORE(9),
		IF(SYS_kexec_load, 0, 6),
		HIGH(0),
		OVER(0, 5, 0),
		LOW(0),
		OVER(0xfffff, 0, 2),
		OVER(0x3ffffff, 0, 2),
		OVER(0x7ffffff, 1, 0),
		REFUSE,
		ALLOW,
		AFTER,
	};

	assert_false(verifies_for(policy, NULL, code, ARRAY_SIZE(code)));
}

TEST(a_bit_that_is_not_compared_is_found)
{
	static const char policy[] = "[syscalls]\ndefault = allow\n"
				     "deny = kexec_load(entry != 5)\n";
	static const struct sock_filter right[] = {
		BEFORE(7), IF(SYS_kexec_load, 0, 4),
		LOW(0),	   IF(5, 0, 3),
		HIGH(0),   IF(0, 0, 1),
		ALLOW,	   REFUSE,
		AFTER,
	};

	assert_true(verifies_for(policy, NULL, right, ARRAY_SIZE(right)));
	for (unsigned int bit = 0; bit < 64; bit++) {
		const struct sock_filter mask =
			BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~(1u << bit % 32));
		const struct sock_filter wrong[] = {
			BEFORE(9),
			IF(SYS_kexec_load, 0, 6),
			LOW(0),
			bit < 32 ? mask : right[6],
			IF(bit == 0 || bit == 2 ? 5 & ~(1u << bit) : 5, 0, 4),
			HIGH(0),
			bit < 32 ? right[8] : mask,
			IF(0, 0, 1),
			ALLOW,
			REFUSE,
			AFTER,
		};

		assert_false(
			verifies_for(policy, NULL, wrong, ARRAY_SIZE(wrong)));
	}
}

static const struct ticket ticket = {
	.arch = NATIVE,
	.nr = SYS_execve,
	.path = 0x123456789010,
	.argv = 0x234567891020,
	.envp = 0x345678912030,
};

/* The three addresses of the ticket, six halves; JF to the denial. */
#define THE_REST                                                          \
	HIGH(0), IF(0x1234, 0, 9), LOW(1), IF(0x67891020, 0, 7), HIGH(1), \
		IF(0x2345, 0, 5), LOW(2), IF(0x78912030, 0, 3), HIGH(2),  \
		IF(0x3456, 0, 1), ALLOW, REFUSE, AFTER

TEST(a_ticket_for_another_address_is_found)
{
	static const char policy[] =
		"[syscalls]\ndefault = allow\ndeny = execve\n";
	static const struct sock_filter right[] = {
		BEFORE(15), IF(SYS_execve, 0, 12),
		LOW(0),	    IF(0x56789010, 0, 11),
		THE_REST,
	};
	static const struct sock_filter wrong[] = {
		BEFORE(16),	      IF(SYS_execve, 0, 13), LOW(0),
		IF(0x66666666, 1, 0), IF(0x56789010, 0, 11), THE_REST,
	};

	assert_true(verifies_for(policy, &ticket, right, ARRAY_SIZE(right)));
	assert_false(verifies_for(policy, &ticket, wrong, ARRAY_SIZE(wrong)));
	assert_false(verifies_for(policy, NULL, right, ARRAY_SIZE(right)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_made_by_hand_verifies),
		cmocka_unit_test(a_changed_number_is_found),
		cmocka_unit_test(
			a_number_nobody_has_that_is_allowed_as_well_is_found),
		cmocka_unit_test(a_changed_jump_is_found),
		cmocka_unit_test(a_changed_action_is_found),
		cmocka_unit_test(a_missing_architecture_check_is_found),
#ifdef __x86_64__
		cmocka_unit_test(a_missing_x32_check_is_found),
#endif
		cmocka_unit_test(a_load_of_something_else_is_found),
		cmocka_unit_test(
			a_call_that_passes_with_a_secret_argument_is_found),
		cmocka_unit_test(
			a_call_that_passes_from_a_secret_place_is_found),
		cmocka_unit_test(
			a_value_far_from_the_policys_that_passes_is_found),
		cmocka_unit_test(a_hole_in_a_range_is_found),
		cmocka_unit_test(a_bit_that_is_not_compared_is_found),
		cmocka_unit_test(a_ticket_for_another_address_is_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
