/* What is said of calls of which not all arguments are known. */

#include "policy/answer.h"
#include "policy/chain.h"
#include "policy/condition.h"

#include "fixture.h"

#define DENY  "[syscalls]\ndefault = deny\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

static struct answers answers_to(struct policy *policy, const char *call)
{
	struct question question;
	const struct entry *entry;
	struct faults faults;

	faults_init(&faults);
	entry = question_parse(policy, call, &faults);
	print_faults(&faults);
	assert_non_null(entry);
	assert_true(question_on(policy, entry, policy->architectures[0],
				&question));
	return answers_of(policy, &question);
}

/* "allow:3 EPERM:2": the answers in their order, each with its line. */
static void assert_answers(const char *text, const char *call,
			   const char *wanted)
{
	struct policy *policy = policy_of(text);
	struct answers answers = answers_to(policy, call);
	char found[256] = "";

	for (size_t i = 0; i < answers.n; i++) {
		const struct verdict *verdict = &answers.list[i].verdict;
		size_t used = strlen(found);

		snprintf(found + used, sizeof(found) - used, "%s%s:%u",
			 i ? " " : "",
			 verdict->action == ACTION_DENY
				 ? errno_name(verdict->errnum)
				 : action_name(verdict->action),
			 verdict->origin->line);
	}
	policy_free(policy);
	assert_string_equal(found, wanted);
}

TEST(only_what_can_happen_is_an_answer)
{
	static const char socket[] =
		DENY "allow = socket(domain == AF_UNIX)\n"
		     "        socket(domain == AF_INET && type == 1)\n"
		     "kill = socket(domain == AF_INET && type == 3)\n";

	assert_answers(socket, "socket", "kill:5 allow:3 allow:4 EPERM:2");
	assert_answers(socket, "socket(domain == AF_UNIX)", "allow:3");
	assert_answers(socket, "socket(domain == AF_INET)",
		       "kill:5 allow:4 EPERM:2");
	assert_answers(socket, "socket(type == 3)", "kill:5 allow:3 EPERM:2");
	assert_answers(socket, "socket(domain == AF_INET && type == 3)",
		       "kill:5");
	assert_answers(socket, "socket(domain == AF_INET6)", "EPERM:2");
	assert_answers(ALLOW "deny = lseek(fd < 3) lseek(fd >= 3)\n", "lseek",
		       "EPERM:3 EPERM:3");
	assert_answers(ALLOW "deny = lseek(fd < 3) lseek(fd > 3)\n", "lseek",
		       "EPERM:3 EPERM:3 allow:2");
	assert_answers(DENY "allow = clone\n", "clone3", "ENOSYS:2");
}

TEST(an_argument_of_unknown_width_may_have_64_bits)
{
	static const char fcntl[] = ALLOW "deny = fcntl(arg == 5)\n";

	assert_answers(fcntl, "fcntl(arg == 5)", "EPERM:3");
	assert_answers(fcntl, "fcntl(arg == 0x100000005)", "EPERM:3");
	assert_answers(fcntl, "fcntl(arg > 0x100000005)", "EPERM:3 allow:2");
	assert_answers(fcntl, "fcntl(arg == 0x100000006)", "allow:2");
}

TEST(a_rule_that_never_decides_is_idle)
{
	struct policy *policy = policy_of(DENY "allow = ptrace read\n"
					       "deny = ptrace\n");
	struct answers answers = answers_to(policy, "ptrace");

	assert_int_equal(answers.n, 1);
	assert_int_equal(answers.n_idle, 1);
	assert_int_equal(answers.idle[0].verdict.origin->line, 3);
	assert_int_equal(answers_to(policy, "read").n_idle, 0);
	policy_free(policy);
}

TEST(conditions_that_exclude_each_other_have_no_answer)
{
	struct policy *policy = policy_of(ALLOW);

	assert_int_equal(answers_to(policy, "lseek(fd == 1 && fd == 2)").n, 0);
	policy_free(policy);
}

/* The answer of a list for some arguments: the first whose rule matches. */
static const struct verdict *answer_for(const struct answers *answers,
					const uint64_t args[6])
{
	for (size_t i = 0; i < answers->n; i++) {
		const struct rule *rule = answers->list[i].rule;
		bool holds = true;

		for (size_t j = 0; rule && j < rule->n_conditions; j++) {
			const struct condition *c = &rule->conditions[j];

			holds &= condition_holds(c, args[c->arg],
						 rule->action >= ACTION_DENY);
		}
		if (holds)
			return &answers->list[i].verdict;
	}
	return NULL;
}

/* Arguments near what the call's rules and the question ask for. */
static void random_args(const struct policy *policy,
			const struct question *question, uint64_t *seed,
			uint64_t args[6])
{
	size_t n;
	const struct rule *rules =
		rules_of(policy, question->arch, question->nr, &n);

	for (unsigned int i = 0; i < 6; i++)
		args[i] = random_value(seed);
	if (n > 0) {
		rules += random_below(seed, (unsigned int)n);
		for (size_t i = 0; i < rules->n_conditions; i++)
			args[rules->conditions[i].arg] =
				rules->conditions[i].value +
				random_below(seed, 3) - 1;
	}
	for (size_t i = 0; i < question->n_conditions; i++)
		args[question->conditions[i].arg] =
			question->conditions[i].value;
}

static void assert_same(const struct verdict *found,
			const struct verdict *wanted)
{
	assert_non_null(found);
	assert_int_equal(found->action, wanted->action);
	assert_int_equal(found->errnum, wanted->errnum);
	assert_ptr_equal(found->origin, wanted->origin);
}

static void assert_agreement(struct policy *policy,
			     const struct question *question, uint64_t *seed)
{
	struct answers answers = answers_of(policy, question);

	for (unsigned int i = 0; i < 50; i++) {
		struct verdict verdict;
		uint64_t args[6];

		random_args(policy, question, seed, args);
		verdict = verdict_of(policy,
				     question->arch == SCMP_ARCH_X32
					     ? SCMP_ARCH_X86_64
					     : question->arch,
				     question->nr, args);
		assert_same(answer_for(&answers, args), &verdict);
		if (answers.n == 1)
			assert_same(&answers.list[0].verdict, &verdict);
	}
}

TEST(answers_are_the_verdicts_of_all_calls)
{
	static const char *const names[] = { "<default>", "<strict>",
					     "<service>" };
	uint64_t seed = 1;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct reading reading = reading_of_name(names[i]);

		assert_non_null(reading.policy);
		for (uint32_t nr = 0; nr < N_SYSCALLS; nr++) {
			struct question question = {
				.arch = seccomp_arch_native(), .nr = nr
			};

			assert_agreement(reading.policy, &question, &seed);
		}
		reading_free(&reading);
	}
}

TEST(answers_are_the_verdicts_on_every_architecture)
{
	static const char text[] = DENY
		"architectures = native x86 x32\n"
		"allow = @basic @file-read socket(domain == AF_UNIX)\n"
		"        openat(flags & 3 == 1) fcntl(cmd == 3 && arg > 7)\n"
		"        lseek(offset < 5) lseek(offset == 9)\n"
		"log = lseek(whence == 2 && fd < 0)\n"
		"deny = openat(dirfd == 3):EIO fcntl(arg & 6 == 2):EACCES\n"
		"       fcntl(fd == 1):EACCES kill(pid <= 0)\n"
		"kill = fcntl(cmd == 3 && arg == 9) lseek(offset == 3)\n";
	static const char *const calls[] = {
		"openat",
		"openat(flags == 1)",
		"openat(dirfd == 3)",
		"fcntl",
		"fcntl(cmd == 3)",
		"fcntl(arg == 9)",
		"fcntl(fd == 1)",
		"lseek",
		"lseek(offset == 9)",
		"lseek(fd == -1)",
		"kill",
		"kill(pid == 0)",
		"socket",
		"socket(domain == AF_UNIX)",
	};
	struct policy *policy;
	uint64_t seed = 1;

	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		skip();
	policy = policy_of(text);
	for (size_t i = 0; i < ARRAY_SIZE(calls) * 3; i++) {
		struct faults faults;
		struct question question;
		const struct entry *entry;

		faults_init(&faults);
		entry = question_parse(policy, calls[i / 3], &faults);
		assert_non_null(entry);
		assert_true(question_on(policy, entry,
					policy->architectures[i % 3],
					&question));
		for (unsigned int j = 0; j < 40; j++)
			assert_agreement(policy, &question, &seed);
	}
	policy_free(policy);
}

static void assert_no_question(const char *call, const char *pattern)
{
	struct policy *policy = policy_of(ALLOW);
	struct faults faults;

	faults_init(&faults);
	assert_null(question_parse(policy, call, &faults));
	assert_int_equal(faults.n, 1);
	assert_true(says(fault_text(&faults, 0), pattern));
	faults_free(&faults);
	policy_free(policy);
}

TEST(what_is_no_call_is_no_question)
{
	assert_no_question("@open", "'@open' is not a system call");
	assert_no_question("!open", "'!open' is not a system call");
	assert_no_question("?open", "'?open' is not a system call");
	assert_no_question("open:EIO", "'open:EIO' is not a system call");
	assert_no_question("", "'' is not a system call");
	assert_no_question("open(", "missing ')'");
	assert_no_question("socket(domain == 1, type == 2)",
			   "conditions are joined by &&");
	assert_no_question("socket(domian == 1)", "did you mean 'domain'?");
}

/* How the rule on the native call NAME came to be, "@a -> @b -> name". */
static void assert_chain(const char *text, const char *name, const char *wanted)
{
	struct policy *policy = policy_of(text);
	struct answers answers = answers_to(policy, name);
	const struct rule *rule = answers.list[0].rule;
	const struct entry *links[MAX_CHAIN];
	char found[256];
	size_t n;

	assert_non_null(rule);
	n = chain_find(policy, rule->origin->text, name, rule, links);
	snprintf(found, sizeof(found), "%s", rule->origin->text);
	for (size_t i = 0; i < n; i++) {
		strcat(found, " -> ");
		strcat(found, links[i]->origin.text);
	}
	policy_free(policy);
	assert_string_equal(found, wanted);
}

TEST(a_chain_is_the_way_through_groups)
{
	assert_chain(DENY "allow = @basic\n", "read", "@basic -> read");
	assert_chain(DENY "allow = @system-service\n", "read",
		     "@system-service -> @basic-io -> read");
	/* The shortest of several. */
	assert_chain("[groups]\n@a = @b read\n@b = read\n" DENY "allow = @a\n",
		     "read", "@a -> read");
	/* Not the one that is taken out again. */
	assert_chain("[groups]\n@a = read !@b @c\n@b = read\n@c = @d\n"
		     "@d = read\n" DENY "allow = @a\n",
		     "read", "@a -> @c -> @d -> read");
	/* The member with the rule's conditions. */
	assert_chain("[groups]\n@a = lseek(fd == 1) @b\n@b = lseek(fd == 2)\n"
		     "[syscalls]\ndefault = deny\n"
		     "allow = @a !lseek(fd == 1)\n",
		     "lseek", "@a -> @b -> lseek(fd == 2)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_can_happen_is_an_answer),
		cmocka_unit_test(an_argument_of_unknown_width_may_have_64_bits),
		cmocka_unit_test(a_rule_that_never_decides_is_idle),
		cmocka_unit_test(
			conditions_that_exclude_each_other_have_no_answer),
		cmocka_unit_test(answers_are_the_verdicts_of_all_calls),
		cmocka_unit_test(
			answers_are_the_verdicts_on_every_architecture),
		cmocka_unit_test(what_is_no_call_is_no_question),
		cmocka_unit_test(a_chain_is_the_way_through_groups),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
