/* What lists come to: groups, '!', and two errnos for one call. */

#include "fixture.h"

/* Two lines, so that what follows begins in line 3. */
#define DENY  "[syscalls]\ndefault = deny\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

/* ---- Groups, and '!' ---- */

/* What a policy does to some calls: "ptrace-" is denied, "read+" is not. */
static void assert_effect(const char *text, const char *effect)
{
	struct policy *policy = policy_of(text);
	char name[32], sign;
	int used;

	for (; sscanf(effect, " %31[a-z0-9_]%c%n", name, &sign, &used) == 2;
	     effect += used) {
		bool is_denied = action_of(policy, name) >= ACTION_DENY;

		if (is_denied != (sign == '-'))
			print_error("# %s in the policy:\n%s\n", name, text);
		assert_int_equal(is_denied, sign == '-');
	}
	policy_free(policy);
}

struct effect {
	const char *text;
	const char *effect;
};

static void assert_effects(const struct effect *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_effect(rows[i].text, rows[i].effect);
}

TEST(a_policy_may_have_groups_of_its_own)
{
	static const struct effect rows[] = {
		{ DENY "allow = @mine\n[groups]\n@mine = read write\n",
		  "read+ write+ lseek-" },
		{ "[groups]\n@mine = read\n  write\n" DENY "allow = @mine\n",
		  "read+ write+ lseek-" },
		{ "[groups]\n@mine = read\n@mine = write\n" DENY
		  "allow = @mine\n",
		  "read+ write+ lseek-" },
		{ "[groups]\n@a = @b lseek\n@b = read @c\n@c = write\n" DENY
		  "allow = @a\n",
		  "read+ write+ lseek+ ptrace-" },
		{ "[groups]\n@a = @debug read\n" DENY "allow = @a\n",
		  "read+ ptrace+ write-" },
		{ "[groups]\n@a = lseek(whence == 0)\n" DENY "allow = @a\n",
		  "lseek+ write-" },
		{ "[groups]\n@a = lseek(whence == 1)\n" DENY "allow = @a\n",
		  "lseek- write-" },
		{ "[groups]\n@-_9 = read\n" DENY "allow = @-_9\n",
		  "read+ write-" },
	};

	assert_effects(rows, ARRAY_SIZE(rows));
}

TEST(a_group_that_is_wrong_is_a_fault)
{
	static const struct faulty rows[] = {
		{ DENY "[groups]\nmine = read\n",
		  "4:begins with '@', as in '@mine'" },
		{ DENY "[groups]\n@ = read\n", "4:begins with '@'" },
		{ DENY "[groups]\n@mount = read\n",
		  "4:@mount comes with scrun" },
		{ DENY "[groups]\n@open = read\n", "4:@open comes with scrun" },
		{ DENY "[groups]\n@mine = read:ENOSYS\n",
		  "4:an errno belongs to deny" },
		{ DENY "[groups]\n@mine = @mount(arg0 == 1)\n",
		  "4:a group cannot have conditions" },
		{ DENY "allow = @a\n[groups]\n@a = @a read\n",
		  "5:group @a contains itself" },
		{ DENY "allow = @a\n[groups]\n@a = @b\n@b = @c\n@c = @a\n",
		  "7:group @a contains itself" },
		{ DENY "allow = @a\n[groups]\n@a = @b\n",
		  "5:unknown group '@b'" },
		{ DENY "allow = @a\n[groups]\n@a = opneat\n",
		  "5:unknown system call 'opneat'" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(a_group_that_nothing_uses_is_checked_as_well)
{
	static const struct faulty rows[] = {
		{ DENY "[groups]\n@a = opneat\n",
		  "4:unknown system call 'opneat'" },
		{ DENY "[groups]\n@a = @nonsense\n",
		  "4:unknown group '@nonsense'" },
		{ DENY "[groups]\n@a = @a\n", "4:group @a contains itself" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(an_exclamation_mark_takes_out_what_its_key_has_so_far)
{
	static const struct effect rows[] = {
		{ ALLOW "deny = ptrace mount !ptrace\n", "ptrace+ mount-" },
		{ ALLOW "deny = !ptrace ptrace\n", "ptrace-" },
		{ ALLOW "deny = ptrace !ptrace ptrace\n", "ptrace-" },
		{ ALLOW "deny = @mount !mount\n", "mount+ umount2-" },
		{ ALLOW "deny = @mount ptrace !@mount\n",
		  "mount+ umount2+ ptrace-" },
		{ ALLOW "deny = ptrace\ndeny = !ptrace\n", "ptrace+" },
		{ ALLOW "deny = ptrace\nallow = !ptrace\n", "ptrace-" },
		{ ALLOW "deny = !ptrace\nkill = ptrace\n", "ptrace-" },
		{ ALLOW "deny = ptrace:ENOSYS !ptrace\n", "ptrace+" },
		{ DENY "allow = @debug !ptrace\n", "ptrace- perf_event_open+" },
	};

	assert_effects(rows, ARRAY_SIZE(rows));
}

TEST(with_conditions_it_takes_out_just_that_entry)
{
	static const struct effect rows[] = {
		{ ALLOW "deny = lseek(whence == 0) lseek(whence == 1)\n"
			"       !lseek(whence == 0)\n",
		  "lseek+" },
		{ ALLOW "deny = lseek(whence == 0) lseek(whence == 1)\n"
			"       !lseek(whence == 1)\n",
		  "lseek-" },
		{ ALLOW "deny = lseek(whence == 0) lseek(fd == 0) !lseek\n",
		  "lseek+" },
		{ ALLOW "deny = lseek !lseek(whence == 0)\n", "lseek-" },
		{ ALLOW "deny = lseek(whence == 0) !lseek(whence == SEEK_SET)",
		  "lseek+" },
		{ ALLOW "deny = lseek(whence == 0) !lseek(whence != 0)\n",
		  "lseek-" },
		{ ALLOW "deny = lseek(whence == 0) !lseek(fd == 0)\n",
		  "lseek-" },
	};

	assert_effects(rows, ARRAY_SIZE(rows));
}

/* What a group takes out of itself is its own affair. */
TEST(an_exclamation_mark_in_a_group_is_for_that_group_alone)
{
	static const struct effect rows[] = {
		{ "[groups]\n@mine = @debug !ptrace\n" ALLOW "deny = @mine\n",
		  "ptrace+ perf_event_open-" },
		{ "[groups]\n@mine = @debug !ptrace\n" ALLOW
		  "deny = ptrace @mine\n",
		  "ptrace- perf_event_open-" },
		{ "[groups]\n@mine = @debug !ptrace\n" ALLOW
		  "deny = @mine ptrace\n",
		  "ptrace- perf_event_open-" },
		{ "[groups]\n@a = mount @mine\n@mine = @debug !mount\n" ALLOW
		  "deny = @a\n",
		  "mount- ptrace-" },
	};

	assert_effects(rows, ARRAY_SIZE(rows));
}

TEST(to_take_out_a_group_adds_nothing)
{
	static const struct effect rows[] = {
		{ "[groups]\n@risky = @debug !ptrace\n" DENY
		  "allow = read !@risky\n",
		  "read+ ptrace- perf_event_open-" },
		{ "[groups]\n@risky = @debug !ptrace\n" DENY
		  "allow = @debug !@risky\n",
		  "ptrace+ perf_event_open-" },
		{ "[groups]\n@risky = @debug !ptrace\n" ALLOW
		  "deny = mount !@risky\n",
		  "mount- ptrace+" },
	};

	assert_effects(rows, ARRAY_SIZE(rows));
}

/* ---- Two errnos for one call ---- */

static int errno_of(const char *text, const char *name)
{
	static const uint64_t zeros[6];
	uint32_t arch = seccomp_arch_native();
	struct policy *policy = policy_of(text);
	struct verdict verdict =
		verdict_of(policy, arch, number_of(arch, name), zeros);

	policy_free(policy);
	return verdict.errnum;
}

TEST(a_calls_own_name_beats_a_group)
{
	assert_int_equal(errno_of(ALLOW "deny = @debug ptrace:ENOSYS\n",
				  "ptrace"),
			 ENOSYS);
	assert_int_equal(errno_of(ALLOW "deny = ptrace:ENOSYS @debug:EACCES\n",
				  "ptrace"),
			 ENOSYS);
	assert_int_equal(errno_of(ALLOW "deny = ptrace:ENOSYS @debug:EACCES\n",
				  "perf_event_open"),
			 EACCES);
	assert_int_equal(errno_of(ALLOW "deny = ptrace @debug:EACCES\n",
				  "ptrace"),
			 EPERM);
}

TEST(two_errnos_of_one_rank_are_a_fault_that_names_both_lines)
{
	static const struct faulty rows[] = {
		{ ALLOW "deny = ptrace\ndeny = ptrace:ENOSYS\n",
		  "'ptrace:ENOSYS'*ENOSYS*'ptrace' at *.ini:3 " },
		{ ALLOW "deny = @debug:EACCES\n  @debug:ENOSYS\n",
		  "'@debug:ENOSYS'*'@debug:EACCES' at *.ini:3 " },
		{ ALLOW "deny = lseek(whence == 1)\n  lseek(fd > 7):ENOSYS\n",
		  "'lseek(fd > 7):ENOSYS'*.ini:3 " },
		{ ALLOW "deny = lseek(offset > 0x80000000)\n"
			"  lseek(offset & 0xf00 == 0x300):ENOSYS\n",
		  "'lseek(offset & 0xf00 == 0x300):ENOSYS'*:3 " },
		{ ALLOW "deny = lseek(offset & 0xff == 3)\n"
			"  lseek(offset & 0xf00 == 0x300):ENOSYS\n",
		  "'lseek(offset & 0xf00 == 0x300):ENOSYS'*:3 " },
	};

	/* A group of two calls gives the fault for each of them. */
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reading reading = reading_of(rows[i].text);

		assert_null(reading.policy);
		assert_true(is_fault(reading_fault(&reading, 0), 4,
				     rows[i].faults));
		reading_free(&reading);
	}
}

TEST(two_errnos_that_never_meet_are_not_a_fault)
{
	static const char *const texts[] = {
		ALLOW "deny = ptrace:ENOSYS ptrace:ENOSYS\n",
		ALLOW "deny = lseek(whence == 1) lseek(whence == 2):ENOSYS\n",
		ALLOW "deny = lseek(offset < 5) lseek(offset >= 5):ENOSYS\n",
		ALLOW "deny = lseek(offset & 3 == 1) "
		      "lseek(offset & 1 == 0):ENOSYS\n",
		ALLOW "deny = ptrace:ENOSYS !ptrace ptrace:EACCES\n",
		ALLOW "deny = ptrace:ENOSYS\nkill = ptrace\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		policy_free(policy_of(texts[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_may_have_groups_of_its_own),
		cmocka_unit_test(a_group_that_is_wrong_is_a_fault),
		cmocka_unit_test(a_group_that_nothing_uses_is_checked_as_well),
		cmocka_unit_test(
			an_exclamation_mark_takes_out_what_its_key_has_so_far),
		cmocka_unit_test(with_conditions_it_takes_out_just_that_entry),
		cmocka_unit_test(
			an_exclamation_mark_in_a_group_is_for_that_group_alone),
		cmocka_unit_test(to_take_out_a_group_adds_nothing),
		cmocka_unit_test(a_calls_own_name_beats_a_group),
		cmocka_unit_test(
			two_errnos_of_one_rank_are_a_fault_that_names_both_lines),
		cmocka_unit_test(two_errnos_that_never_meet_are_not_a_fault),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
