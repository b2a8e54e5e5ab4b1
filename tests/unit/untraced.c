/* The entry by which an audit keeps children from leaving it. */

#include <sched.h>
#include <signal.h>

#include "audit/untraced.h"
#include "calls.h"
#include "enforce/filter.h"

#define ALLOW "[syscalls]\ndefault = allow\n"
#define DENY  "[syscalls]\ndefault = deny\n"

static struct policy *audited(const char *text)
{
	struct policy *policy = policy_of(text);

	untraced_deny(policy);
	return policy;
}

static struct verdict clone_verdict(const struct policy *policy, uint32_t arch,
				    uint64_t flags)
{
	const uint64_t args[6] = { flags };

	return verdict_of(policy, arch, number_of(arch, "clone"), args);
}

static void assert_clone(const struct policy *policy, uint64_t flags,
			 enum action action, int errnum)
{
	struct verdict verdict =
		clone_verdict(policy, seccomp_arch_native(), flags);

	assert_int_equal(verdict.action, action);
	assert_int_equal(verdict.errnum, errnum);
}

static bool is_own(const struct rule *rule)
{
	return strcmp(rule->origin->file, "<audit>") == 0;
}

/* By architecture and number, on one call the strictest first. */
static void assert_ordered(const struct policy *policy)
{
	for (size_t i = 1; i < policy->n_rules; i++) {
		const struct rule *a = &policy->rules[i - 1];
		const struct rule *b = &policy->rules[i];

		assert_true(a->arch <= b->arch);
		if (a->arch != b->arch)
			continue;
		assert_true(a->nr <= b->nr);
		if (a->nr == b->nr && b->rank != RANK_FALLBACK)
			assert_true(a->action >= b->action);
	}
}

/* Where the audit's own rules stand is all that tells the two apart. */
static void assert_kept(const struct policy *changed, const char *text)
{
	struct policy *policy = policy_of(text);
	size_t n = 0;

	for (size_t i = 0; i < changed->n_rules; i++) {
		const struct rule *rule = &changed->rules[i];

		if (is_own(rule))
			continue;
		assert_true(n < policy->n_rules);
		assert_int_equal(rule->arch, policy->rules[n].arch);
		assert_int_equal(rule->nr, policy->rules[n].nr);
		assert_int_equal(rule->action, policy->rules[n].action);
		assert_int_equal(rule->errnum, policy->rules[n].errnum);
		n++;
	}
	assert_int_equal(n, policy->n_rules);
	policy_free(policy);
}

static size_t count_own(const struct policy *policy)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->n_rules; i++)
		n += is_own(&policy->rules[i]);
	return n;
}

TEST(the_flag_is_denied_and_clone_is_not)
{
	static const char *const texts[] = {
		ALLOW,
		ALLOW "log = clone\n",
		DENY "allow = read clone write\n",
		ALLOW "deny = @mount\nkill = ptrace\nlog = ?fork ?vfork\n",
		"[syscalls]\ndefault = log\nallow = execve\n",
		"[policy]\ninclude = <default>\n",
		"[policy]\ninclude = <service>\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct policy *policy = audited(texts[i]);

		assert_clone(policy, CLONE_UNTRACED, ACTION_DENY, EPERM);
		assert_clone(policy, CLONE_UNTRACED | CLONE_VM | SIGCHLD,
			     ACTION_DENY, EPERM);
		/* The kernel looks at 32 bits. */
		assert_clone(policy, 1ull << 32 | CLONE_UNTRACED, ACTION_DENY,
			     EPERM);
		assert_true(
			clone_verdict(policy, seccomp_arch_native(), SIGCHLD)
				.action <= ACTION_LOG);
		assert_true(count_own(policy) >= 1);
		assert_ordered(policy);
		assert_kept(policy, texts[i]);
		policy_free(policy);
	}
}

TEST(what_kills_goes_before_it)
{
	static const char *const texts[] = {
		ALLOW "kill = clone(flags == CLONE_UNTRACED)\n",
		DENY "allow = clone\nkill = clone(flags == CLONE_UNTRACED)\n",
		ALLOW "kill = clone(flags == CLONE_UNTRACED)\n"
		      "deny = clone(flags == 5) brk setns\nlog = clone\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct policy *policy = audited(texts[i]);

		assert_clone(policy, CLONE_UNTRACED, ACTION_KILL, 0);
		assert_clone(policy, CLONE_UNTRACED | CLONE_VM, ACTION_DENY,
			     EPERM);
		assert_ordered(policy);
		assert_kept(policy, texts[i]);
		policy_free(policy);
	}
}

TEST(what_denies_and_allows_goes_behind_it)
{
	struct policy *policy =
		audited(ALLOW "deny = clone(flags == CLONE_UNTRACED):EIO\n"
			      "deny = clone(flags & 3 == 3):EIO\n");

	/* The audit's own comes first, or its errno were the entry's. */
	assert_clone(policy, CLONE_UNTRACED, ACTION_DENY, EPERM);
	assert_clone(policy, 3, ACTION_DENY, EIO);
	assert_clone(policy, 4, ACTION_ALLOW, 0);
	assert_ordered(policy);
	policy_free(policy);
	policy = audited(DENY "allow = clone(flags & CLONE_UNTRACED == "
			      "CLONE_UNTRACED)\n");
	assert_clone(policy, CLONE_UNTRACED, ACTION_DENY, EPERM);
	policy_free(policy);
}

TEST(a_default_that_kills_kills_the_flag)
{
	struct policy *policy =
		audited("[syscalls]\ndefault = kill\nallow = clone\n");

	assert_clone(policy, CLONE_UNTRACED, ACTION_KILL, 0);
	assert_clone(policy, 0, ACTION_ALLOW, 0);
	policy_free(policy);
}

TEST(where_clone_is_denied_at_all_the_policy_says_how)
{
	struct policy *policy = audited(ALLOW "deny = clone:EIO\n");

	assert_int_equal(count_own(policy), 0);
	assert_clone(policy, CLONE_UNTRACED, ACTION_DENY, EIO);
	policy_free(policy);

	policy = audited(DENY "allow = read\n");
	assert_int_equal(count_own(policy), 0);
	policy_free(policy);

	policy = audited(ALLOW "kill = clone\n");
	assert_int_equal(count_own(policy), 0);
	policy_free(policy);

	/* But not where only some of its calls are. */
	policy = audited(ALLOW "deny = clone(flags == 1) clone(flags == 2)\n");
	assert_int_equal(count_own(policy), 1);
	policy_free(policy);
}

TEST(each_architecture_has_its_own)
{
	static const uint32_t archs[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86,
					  SCMP_ARCH_X32, SCMP_ARCH_AARCH64 };
	static const char text[] =
		ALLOW "architectures = x86_64 x86 x32 aarch64\n"
		      "deny = mount read\nlog = execve exit\n";
	struct policy *policy = audited(text);

	assert_int_equal(count_own(policy), ARRAY_SIZE(archs));
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = &policy->rules[i];

		if (is_own(rule))
			assert_int_equal(rule->nr,
					 number_of(rule->arch, "clone"));
	}
	assert_ordered(policy);
	assert_kept(policy, text);
	policy_free(policy);
}

/* Which proves the order, call by call (verify.h). */
TEST(the_filter_of_the_changed_policy_can_be_made)
{
	static const char *const texts[] = {
		ALLOW "kill = clone(flags == CLONE_UNTRACED)\nlog = clone\n",
		DENY "allow = @basic clone\n"
		     "kill = clone(flags & 0xff == 0)\n",
		ALLOW "architectures = native x86 x32\ndeny = setns\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct policy *policy = audited(texts[i]);
		struct filter filter;
		struct faults faults;

		faults_init(&faults);
		assert_true(filter_make(&filter, policy, NULL, &faults));
		faults_free(&faults);
		filter_free(&filter);
		policy_free(policy);
	}
}

/* Lest the filter that the build made of it be taken. */
TEST(a_built_in_policy_is_none_any_more)
{
	struct reading reading = reading_of_name("<default>");

	assert_non_null(reading.policy);
	assert_non_null(reading.policy->builtin);
	untraced_deny(reading.policy);
	assert_null(reading.policy->builtin);
	reading_free(&reading);
}

TEST(the_flags_of_clone3_are_read_from_memory)
{
	uint64_t args[8] = { CLONE_UNTRACED | CLONE_VM, 0 };
	struct call clone3 = NATIVE("clone3", P(args), sizeof(args));
	struct call lost = NATIVE("clone3", NOWHERE, sizeof(args));
	struct call clone = NATIVE("clone", CLONE_UNTRACED | SIGCHLD);

	assert_int_equal(clone_flags(&clone3), CLONE_UNTRACED | CLONE_VM);
	assert_int_equal(clone_flags(&lost), 0);
	assert_int_equal(clone_flags(&clone), CLONE_UNTRACED | SIGCHLD);
	/* Nothing is to be cleared here. */
	args[0] = CLONE_VM;
	assert_false(untraced_clear(&clone3));
	assert_false(untraced_clear(&lost));
	assert_false(untraced_clear(&clone));
	assert_int_equal(args[0], CLONE_VM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_flag_is_denied_and_clone_is_not),
		cmocka_unit_test(what_kills_goes_before_it),
		cmocka_unit_test(what_denies_and_allows_goes_behind_it),
		cmocka_unit_test(a_default_that_kills_kills_the_flag),
		cmocka_unit_test(
			where_clone_is_denied_at_all_the_policy_says_how),
		cmocka_unit_test(each_architecture_has_its_own),
		cmocka_unit_test(the_filter_of_the_changed_policy_can_be_made),
		cmocka_unit_test(a_built_in_policy_is_none_any_more),
		cmocka_unit_test(the_flags_of_clone3_are_read_from_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
