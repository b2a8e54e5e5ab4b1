/* The filter of an audit: as strict as the policy's own, call by call. */
#include <sys/syscall.h>

#include "fixture.h"

#include "enforce/filter.h"
#include "enforce/verify.h"

/* Policies that take one layer, several, and a ticket. */
static const char *const policies[] = {
	"[syscalls]\ndefault = allow\n",
	"[syscalls]\ndefault = deny\nallow = read write exit_group\n",
	"[syscalls]\ndefault = allow\ndeny = @mkdir execve\nlog = chdir\n",
	"[syscalls]\ndefault = kill\nallow = read\nlog = getpid\n"
	"deny = write:EIO\n",
	"[syscalls]\ndefault = deny\nallow = socket\n"
	"deny = socket(domain == AF_INET):EAFNOSUPPORT\n"
	"       socket(domain == AF_INET6):EINVAL\nkill = socket(protocol < "
	"3)\n",
	"[syscalls]\ndefault = deny\narchitectures = native x86 x32\n"
	"allow = read ioctl(request == TCGETS)\nkill = ioctl(fd == 9)\n",
};

struct pair {
	struct policy *policy;
	struct filter plain, observed;
};

static const struct ticket ticket = {
	.path = 0x123456789010,
	.argv = 0x234567891020,
	.envp = 0x345678912030,
};

static struct pair pair_of(const char *text, enum observation observation)
{
	struct pair pair = { .policy = policy_of(text) };
	struct ticket native = ticket;
	struct faults faults;

	native.arch = seccomp_arch_native();
	native.nr = SYS_execve;
	faults_init(&faults);
	assert_true(filter_make(&pair.plain, pair.policy, &native, &faults));
	assert_true(filter_make(&pair.observed, pair.policy, &native, &faults));
	assert_true(filter_observe(&pair.observed, pair.policy, observation,
				   &faults));
	faults_free(&faults);
	return pair;
}

static void pair_free(struct pair *pair)
{
	filter_free(&pair->plain);
	filter_free(&pair->observed);
	policy_free(pair->policy);
}

static struct seccomp_data some_call(unsigned int i)
{
	static const uint32_t archs[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86,
					  SCMP_ARCH_AARCH64 };
	struct seccomp_data data = {
		.arch = archs[i % ARRAY_SIZE(archs)],
		.nr = (int)(i / 3 % 400),
	};

	if (i % 5 == 0)
		data.nr = SYS_socket;
	if (i % 7 == 0)
		data.nr |= (int)X32_SYSCALL_BIT;
	if (i % 11 == 0)
		data.nr = SYS_ioctl;
	for (unsigned int arg = 0; arg < 6; arg++)
		data.args[arg] = (uint64_t)random() % 12;
	return data;
}

TEST(each_call_gets_what_the_plain_filter_gives_it_but_for_the_auditor)
{
	srandom(1);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(policies); i++) {
		enum observation observation =
			i % 2 ? OBSERVE_CALLS : OBSERVE_DENIALS;
		struct pair pair = pair_of(policies[i / 2], observation);

		assert_int_equal(pair.plain.n, 1);
		assert_int_equal(pair.observed.n, 1);
		for (unsigned int j = 0; j < 20000; j++) {
			struct seccomp_data data = some_call(j);

			assert_int_equal(
				programs_run(pair.observed.programs, 1, &data),
				observed(programs_run(pair.plain.programs,
						      pair.plain.n, &data),
					 observation));
		}
		pair_free(&pair);
	}
}

TEST(each_changed_answer_is_found)
{
	struct pair pair = pair_of(policies[4], OBSERVE_CALLS);
	struct program *program = &pair.observed.programs[0];
	struct difference difference;
	unsigned int changed = 0, found = 0;

	for (size_t i = 0; i < program->n; i++) {
		struct sock_filter *insn = &program->code[i];
		struct sock_filter kept = *insn;

		if (insn->code != (BPF_RET | BPF_K) &&
		    insn->code != (BPF_JMP | BPF_JA))
			continue;
		*insn = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
						     SECCOMP_RET_ALLOW);
		changed++;
		if (!programs_verify(program, 1, pair.policy,
				     &pair.observed.ticket, OBSERVE_CALLS,
				     &difference))
			found++;
		*insn = kept;
	}
	assert_true(found >= 2 && found == changed);
	pair_free(&pair);
}

TEST(the_plain_filter_does_not_verify_as_an_audits)
{
	struct pair pair = pair_of(policies[2], OBSERVE_DENIALS);
	struct difference difference;

	assert_false(programs_verify(pair.plain.programs, pair.plain.n,
				     pair.policy, &pair.plain.ticket,
				     OBSERVE_DENIALS, &difference));
	assert_false(programs_verify(pair.observed.programs, 1, pair.policy,
				     &pair.plain.ticket, OBSERVE_NOTHING,
				     &difference));
	pair_free(&pair);
}

TEST(a_denial_without_an_auditor_is_no_permission)
{
	const uint32_t denied = SECCOMP_RET_ERRNO | EPERM;

	assert_int_equal(observed(denied, OBSERVE_DENIALS),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(observed(denied, OBSERVE_CALLS),
			 SECCOMP_RET_USER_NOTIF);
	assert_int_equal(observed(SECCOMP_RET_KILL_PROCESS, OBSERVE_CALLS),
			 SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(observed(SECCOMP_RET_ALLOW, OBSERVE_DENIALS),
			 SECCOMP_RET_ALLOW);
	assert_int_equal(observed(SECCOMP_RET_LOG, OBSERVE_CALLS),
			 SECCOMP_RET_TRACE | OBSERVED_STOP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_call_gets_what_the_plain_filter_gives_it_but_for_the_auditor),
		cmocka_unit_test(each_changed_answer_is_found),
		cmocka_unit_test(the_plain_filter_does_not_verify_as_an_audits),
		cmocka_unit_test(a_denial_without_an_auditor_is_no_permission),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
