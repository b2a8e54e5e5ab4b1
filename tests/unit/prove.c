/* What is proven of a call on whose arguments several things are asked. */
#include "enforce/prove.h"
#include "enforce/probes.h"
#include "policy/names.h"
#include "subject.h"

#define DENY  "[syscalls]\ndefault = EPERM\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

static const char *const policies[][2] = {
	{ ALLOW "deny = clone(flags & CLONE_NEWUSER == CLONE_NEWUSER)\n",
	  "clone" },
	{ DENY "allow = socket(domain == 1 && type & 0xf == 1)\n"
	       "  socket(domain == 2 && type & 0xf == 1 && protocol == 6)\n",
	  "socket" },
	{ ALLOW "deny = ioctl(fd < 3 && request == TIOCSTI):EIO\n"
		"  ioctl(request & 0xff00 == 0x5400 && fd > 9)\n",
	  "ioctl" },
	{ DENY "allow = lseek(offset & 0xfff0000000000000 == 0 && fd < 5)\n",
	  "lseek" },
	{ DENY "allow = mmap(prot & 4 == 0 && flags & 0xf == 2)\n", "mmap" },
	{ ALLOW "kill = kill(pid < 0 && sig >= 9)\n", "kill" },
	/* Nobody knows how wide fcntl's third argument is. */
	{ ALLOW "deny = fcntl(cmd == 6 && arg & 0xff00 != 0x100)\n", "fcntl" },
	{ DENY "allow = fcntl(fd < 3 && arg == -2) fcntl(cmd == 1)\n",
	  "fcntl" },
};

struct question {
	struct trial trial;
	struct difference difference;
	struct program rest;
	struct seccomp_data data;
	const struct rule *rules;
	size_t n, steps;
};

static void ask(struct question *question, const struct subject *subject,
		const char *call)
{
	const uint32_t arch = seccomp_arch_native();
	const int nr = syscall_number(arch, call);

	*question = (struct question){
		.data = { .nr = nr, .arch = arch },
		.steps = 1u << 24,
	};
	question->rules =
		rules_of(subject->policy, arch, (uint32_t)nr, &question->n);
	assert_true(question->n > 0);
	assert_int_equal(subject->filter.n, 1);
	question->rest =
		program_rest(&subject->filter.programs[0], &question->data);
	question->trial = (struct trial){
		.programs = &question->rest,
		.n = 1,
		.policy = subject->policy,
		.observation = OBSERVE_NOTHING,
		.difference = &question->difference,
		.steps = &question->steps,
	};
}

static enum proof proof_of(struct question *question)
{
	return prove(&question->trial, &question->data, question->rules,
		     question->n);
}

static bool differs_on(const struct question *question,
		       const struct seccomp_data *data)
{
	struct verdict verdict =
		verdict_among(question->trial.policy, question->rules,
			      question->n, (const uint64_t *)data->args);

	return programs_run(&question->rest, 1, data) !=
	       trial_wanted(&question->trial, data, verdict);
}

/* Whether one of many arguments gets what the policy does not say. */
static bool is_seen_to_differ(const struct question *question)
{
	struct seccomp_data data = question->data;
	struct probes probes[6] = { 0 };
	bool differs = false;

	probes_gather(probes, &question->rest, 1, &question->data,
		      question->rules, question->n);
	for (unsigned int try = 0; try < 2000 && !differs; try++) {
		for (unsigned int i = 0; i < 6; i++)
			data.args[i] =
				probes[i].n
					? probes[i].values[(size_t)random() %
							   probes[i].n]
					: (uint64_t)random();
		differs = differs_on(question, &data);
	}
	probes_free(probes);
	return differs;
}

TEST(several_arguments_and_masks_are_proven)
{
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		struct subject subject = subject_of(policies[i][0]);
		struct question question;

		ask(&question, &subject, policies[i][1]);
		assert_int_equal(proof_of(&question), PROVEN);
		assert_false(is_seen_to_differ(&question));
		subject_free(&subject);
	}
}

static void change(struct sock_filter *insn, unsigned int way)
{
	unsigned char jt = insn->jt;

	if (BPF_CLASS(insn->code) == BPF_JMP && way == 32) {
		insn->jt = insn->jf;
		insn->jf = jt;
	} else if (insn->code == (BPF_JMP | BPF_JEQ | BPF_K) && way == 33) {
		insn->code = BPF_JMP | BPF_JGE | BPF_K;
	} else if (insn->code != (BPF_LD | BPF_W | BPF_ABS)) {
		insn->k ^= 1u << way % 32;
	}
}

/* The kernel has no use for what a result that allows says beside that. */
static bool is_allowing(const struct sock_filter *insn)
{
	return insn->code == (BPF_RET | BPF_K) &&
	       (insn->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ALLOW;
}

/* What is seen to differ is not proven; and what is refuted differs. */
static void expect_no_lie(struct question *question, unsigned int counts[3])
{
	bool differs = is_seen_to_differ(question);
	enum proof proof;

	question->steps = 1u << 24;
	proof = proof_of(question);
	counts[proof]++;
	if (proof == PROVEN)
		assert_false(differs);
	if (proof == REFUTED) {
		memcpy(question->data.args, question->difference.args,
		       sizeof(question->data.args));
		assert_true(differs_on(question, &question->data));
	}
}

TEST(no_change_of_a_program_is_proven_that_does_anything)
{
	unsigned int counts[3] = { 0 };

	srandom(1);
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		struct subject subject = subject_of(policies[i][0]);
		struct question question;

		ask(&question, &subject, policies[i][1]);
		for (size_t at = 0; at < question.rest.n && at < 40; at++) {
			struct sock_filter kept = question.rest.code[at];

			for (unsigned int way = 0; way < 34; way += 3) {
				change(&question.rest.code[at], way);
				if (!is_allowing(&question.rest.code[at]) &&
				    program_valid(&subject.filter.programs[0]))
					expect_no_lie(&question, counts);
				question.rest.code[at] = kept;
			}
		}
		subject_free(&subject);
	}
	print_message("# %u changes proven to do nothing, %u refuted, "
		      "%u undecided\n",
		      counts[PROVEN], counts[REFUTED], counts[UNDECIDED]);
	assert_true(counts[REFUTED] > 200);
	assert_int_equal(counts[UNDECIDED], 0);
}

/* Ways without number in libseccomp's program, few in what is made of it. */
TEST(what_would_take_too_long_is_left_to_be_tried)
{
	struct subject subject = subject_of(
		DENY "allow = lseek(offset & 0xfff0000000000000 == 0 && "
		     "fd != 5)\n");
	struct question question;

	ask(&question, &subject, "lseek");
	assert_int_equal(proof_of(&question), PROVEN);
	question.steps = 20;
	assert_int_equal(proof_of(&question), UNDECIDED);
	subject_free(&subject);
}

/* libseccomp 2.5.4 forgets that it has loaded another word meanwhile: this
 * kills lseek(5, 1 << 52), which nobody says. */
TEST(what_libseccomp_gets_wrong_is_refused)
{
	struct policy *policy =
		policy_of(DENY "architectures = native x86 x32\n"
			       "kill = lseek(fd != 5)\n"
			       "  lseek(fd & 0x9b05dbc3 == 1 && offset & "
			       "0xfff0000000000000 == 0)\n");
	const struct seccomp_data data = {
		.arch = seccomp_arch_native(),
		.nr = syscall_number(seccomp_arch_native(), "lseek"),
		.args = { 5, 1ull << 52 },
	};
	struct faults faults;
	struct filter filter;

	faults_init(&faults);
	if (filter_make(&filter, policy, NULL, &faults)) {
		/* Another libseccomp may do better. */
		assert_int_equal(programs_run(filter.programs, filter.n, &data),
				 SECCOMP_RET_ERRNO | EPERM);
		filter_free(&filter);
	} else {
		assert_non_null(
			strstr(fault_text(&faults, 0), "was compiled wrongly"));
		assert_non_null(strstr(fault_text(&faults, 0), "0x5 0x"));
	}
	faults_free(&faults);
	policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_arguments_and_masks_are_proven),
		cmocka_unit_test(
			no_change_of_a_program_is_proven_that_does_anything),
		cmocka_unit_test(what_would_take_too_long_is_left_to_be_tried),
		cmocka_unit_test(what_libseccomp_gets_wrong_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
