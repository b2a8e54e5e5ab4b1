/* Policies into programs: compiled, verified, and the same in meaning. */

#include <sys/syscall.h>

#include "enforce/compile.h"
#include "enforce/filter.h"
#include "enforce/verify.h"
#include "fixture.h"
#include "live.h"

#define DENY  "[syscalls]\ndefault = deny\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

/* ---- Policy and filter side by side ---- */

static bool is_ticket(const struct filter *filter, uint32_t arch, uint32_t nr,
		      const uint64_t args[6])
{
	const struct ticket *ticket = &filter->ticket;

	return filter->has_ticket && arch == ticket->arch && nr == ticket->nr &&
	       args[0] == ticket->path && args[1] == ticket->argv &&
	       args[2] == ticket->envp;
}

static void assert_same_call(const struct policy *policy,
			     const struct filter *filter, uint32_t arch,
			     uint32_t nr, const uint64_t args[6])
{
	struct seccomp_data data = { .nr = (int)nr, .arch = arch };
	struct verdict verdict = verdict_of(policy, arch, nr, args);
	uint32_t wanted = kernel_action(verdict.action, verdict.errnum), got;

	if (is_ticket(filter, arch, nr, args))
		wanted = policy->default_action == ACTION_LOG
				 ? SECCOMP_RET_LOG
				 : SECCOMP_RET_ALLOW;
	memcpy(data.args, args, sizeof(data.args));
	got = programs_run(filter->programs, filter->n, &data);
	if (got != wanted)
		print_error("# call %u of 0x%x (0x%llx 0x%llx 0x%llx): 0x%x\n",
			    nr, arch, (unsigned long long)args[0],
			    (unsigned long long)args[1],
			    (unsigned long long)args[2], got);
	assert_int_equal(got, wanted);
}

/* Values around those which the policies of this file compare with. */
static uint64_t random_argument(uint64_t *seed)
{
	static const uint64_t values[] = { 0, 1, 5, 7, 0x100, 1ull << 32 };
	uint64_t value = values[random_below(seed, ARRAY_SIZE(values))];

	if (random_below(seed, 4) == 0)
		return random_value(seed);
	return value + random_below(seed, 3) - 1;
}

static uint32_t random_number(uint64_t *seed, const struct policy *policy)
{
	unsigned int rule;

	switch (random_below(seed, 8)) {
	case 0:
		return random_below(seed, 500);
	case 1:
		return random_below(seed, 500) | X32_SYSCALL_BIT;
	case 2:
		return (uint32_t)random_value(seed);
	}
	if (policy->n_rules == 0)
		return 0;
	rule = random_below(seed, (unsigned int)policy->n_rules);
	return policy->rules[rule].nr;
}

static void assert_same(const struct policy *policy,
			const struct filter *filter, unsigned int samples)
{
	static const uint32_t archs[] = { SCMP_ARCH_X86, SCMP_ARCH_ARM, 0 };
	uint64_t seed = 0x5eed1000;

	for (unsigned int i = 0; i < samples; i++) {
		uint32_t arch = policy->architectures[random_below(
			&seed, (unsigned int)policy->n_architectures)];
		uint64_t args[6];

		if (random_below(&seed, 16) == 0)
			arch = archs[random_below(&seed, ARRAY_SIZE(archs))];
		if (arch == SCMP_ARCH_X32)
			arch = SCMP_ARCH_X86_64;
		for (unsigned int j = 0; j < 6; j++)
			args[j] = random_argument(&seed);
		assert_same_call(policy, filter, arch,
				 random_number(&seed, policy), args);
	}
}

static const struct ticket ticket = {
	.path = 0x123456789010,
	.argv = 0x234567891020,
	.envp = 0x345678912030,
};

/* The filter of POLICY, with a ticket of these addresses where it needs one. */
static struct filter filter_with(const struct policy *policy, const char *text,
				 struct ticket native)
{
	struct filter filter;
	struct faults faults;
	bool made;

	native.arch = seccomp_arch_native();
	native.nr = SYS_execve;
	faults_init(&faults);
	made = filter_make(&filter, policy, &native, &faults);
	print_faults(&faults);
	faults_free(&faults);
	if (!made)
		print_error("# in the policy:\n%s\n", text);
	assert_true(made);
	return filter;
}

/* The filter of POLICY, which must be possible; TEXT is for messages. */
static struct filter filter_of(const struct policy *policy, const char *text)
{
	return filter_with(policy, text, ticket);
}

static void assert_compiles(const char *text, unsigned int samples)
{
	struct policy *policy = policy_of(text);
	struct filter filter = filter_of(policy, text);

	assert_same(policy, &filter, samples);
	filter_free(&filter);
	policy_free(policy);
}

/* ---- Combinations ---- */

/* What a list may say of a call whose parameters have 64 bits. */
static const char *const kinds[] = {
	"",
	"kexec_load",
	"kexec_load(entry == 5)",
	"kexec_load(entry >= 5 && flags == 7) kexec_load(flags != 0x100)",
};

TEST(any_entries_on_one_call_compile_under_any_default)
{
	static const char *const defaults[] = { "allow", "log", "deny", "kill",
						"EIO" };
	unsigned int n = 0;
	char text[512];

	for (; n < ARRAY_SIZE(defaults) << 8; n++) {
		snprintf(text, sizeof(text),
			 "[syscalls]\ndefault = %s\n"
			 "allow = %s\nlog = %s\ndeny = %s\nkill = %s\n",
			 defaults[n >> 8], kinds[n & 3], kinds[n >> 2 & 3],
			 kinds[n >> 4 & 3], kinds[n >> 6 & 3]);
		assert_compiles(text, 100);
	}
	print_message("# %u policies\n", n);
}

TEST(denials_with_several_errnos_compile)
{
	static const char *const texts[] = {
		ALLOW "deny = @debug ptrace:EIO mount:ENOSYS\n",
		ALLOW "deny = @debug:EIO ptrace(request == 1):ENOSYS\n",
		ALLOW
		"deny = kexec_load(entry == 1):EIO\n"
		"  kexec_load(entry == 2):ENOSYS kexec_load(entry == 3)\n",
		DENY "deny = kexec_load(entry == 1):EIO\nkill = kexec_load\n",
		DENY "allow = kexec_load\ndeny = kexec_load(entry < 5):EIO\n"
		     "  kexec_load(entry == 5):ENOSYS @reboot:EPERM\n",
		DENY "allow = clone3(size == 5)\ndeny = statx(flags == 1)\n",
		("[syscalls]\ndefault = EIO\ndeny = kexec_load(entry == 1)\n"
		 "allow = kexec_load(entry < 5)\n"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_compiles(texts[i], 5000);
}

/* ---- Architectures ---- */

static const char *const many_archs[] = {
	"native x86",
	"native arm",
	"native aarch64 x86_64",
	"native riscv64 arm x86",
#ifdef __x86_64__
	"native x32",
	"x86 x32 native",
#endif
};

static const char *const on_many[] = {
	"deny = ptrace mount\n",
	"allow = @basic ?open ?stat64\n",
	"deny = socket ?semop ?shmget msgsnd\n",
	"allow = socket(domain == 1) bind ?semctl(cmd == 1) read\n",
	"deny = ioctl(request == TIOCSTI) lseek(whence < 7) fcntl(cmd == -1)\n",
	"allow = ioctl(request != TIOCSTI) ?mmap(fd == -1) setuid(uid == 5)\n",
	"deny = read:EIO\nkill = ?stat64 ?mmap2\nlog = write(fd == 1)\n",
	"allow = @system-service\ndeny = clone(flags & 0x10000000 != 0)\n",
	/* 0 on both, the last rule of one and the first of the other. */
	"deny = ?x86:restart_syscall ?x86_64:read\n",
};

TEST(several_architectures_compile_into_one_filter)
{
	for (size_t i = 0; i < ARRAY_SIZE(many_archs); i++) {
		for (size_t j = 0; j < 2 * ARRAY_SIZE(on_many); j++) {
			char text[512];

			snprintf(text, sizeof(text), "%sarchitectures = %s\n%s",
				 j % 2 ? DENY : ALLOW, many_archs[i],
				 on_many[j / 2]);
			assert_compiles(text, 1000);
		}
	}
}

/* libseccomp looks at 32 bits of each argument there. */
TEST(conditions_on_32_bit_architectures_compile)
{
	assert_compiles(ALLOW "architectures = native x86 arm\n"
			      "deny = lseek(offset < 0) fcntl(arg == -1)\n"
			      "  kexec_load(flags & 0x100 == 0x100)\n",
			10000);
	assert_compiles(DENY "architectures = native x86 arm\n"
			     "allow = lseek(offset < 0) fcntl(arg == -1)\n"
			     "  kexec_load(entry >= 5) ?mmap2(arg1 > 7)\n",
			10000);
}

#ifdef __x86_64__
/* It looks at 32 bits on x32, too, where the kernel takes 64. */
TEST(conditions_on_64_bits_are_right_on_x32_or_a_fault)
{
	static const char *const texts[] = {
		ALLOW "architectures = native x32\ndeny = lseek(offset < 0)\n",
		ALLOW "architectures = native x32\ndeny = fcntl(arg == -1)\n",
		DENY "architectures = native x32\nallow = fcntl(arg == 5)\n",
		DENY "architectures = native x32\nallow = mmap(prot == 1)\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct policy *policy = policy_of(texts[i]);
		struct filter filter;
		struct faults faults;

		faults_init(&faults);
		if (filter_make(&filter, policy, NULL, &faults))
			assert_same(policy, &filter, 10000);
		else
			assert_true(faults.n > 0);
		filter_free(&filter);
		faults_free(&faults);
		policy_free(policy);
	}
}
#endif

/* A tree of no rules at all is what libseccomp up to 2.5.4 gets wrong. */
TEST(an_architecture_may_have_none_of_many_rules)
{
	assert_compiles(
		ALLOW
		"architectures = native aarch64\n"
		"deny = ?open ?stat ?lstat ?poll ?access ?pipe ?select ?dup2\n"
		"  ?pause ?alarm ?fork ?vfork ?getdents ?rename ?mkdir ?rmdir\n"
		"  ?creat ?link ?unlink ?symlink ?readlink ?chmod ?chown "
		"?time\n"
		"  ?lchown ?utime ?mknod ?uselib ?ustat ?sysfs ?getpgrp ?iopl\n"
		"  ?utimes ?futimesat ?inotify_init ?epoll_create ?epoll_wait\n"
		"  ?signalfd ?eventfd ?ioperm ?modify_ldt ?arch_prctl\n",
		5000);
}

/* ---- Layers ---- */

TEST(no_more_layers_than_a_policy_needs)
{
	static const struct {
		const char *text;
		size_t layers;
	} rows[] = {
		{ ALLOW, 1 },
		{ DENY, 1 },
		{ ALLOW "deny = ptrace mount\nkill = kexec_load\n", 1 },
		{ ALLOW "deny = ptrace:EIO @mount\nlog = read\n", 1 },
		{ DENY "allow = @basic @file-read\n", 1 },
		{ DENY "allow = ioctl(request == 1) ioctl(request == 2)\n", 1 },
		{ DENY "allow = lseek(offset >= 5 && fd == 3)\n", 1 },
		{ ALLOW "deny = ioctl(request == TIOCSTI) lseek(fd < 3)\n", 1 },
		{ ALLOW "allow = lseek(fd == 1)\ndeny = lseek(fd == 2)\n", 1 },
		{ DENY "deny = lseek(fd == 1)\nallow = lseek(fd == 2)\n", 2 },
		{ DENY "allow = lseek\ndeny = lseek(fd == 2)\n", 2 },
		{ DENY "allow = lseek read\ndeny = lseek(fd == 2)\n"
		       "  read(fd == 2)\n",
		  2 },
		{ ALLOW "deny = lseek(fd == 1)\nkill = lseek(fd == 2)\n", 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct policy *policy = policy_of(rows[i].text);
		struct filter filter = filter_of(policy, rows[i].text);
		struct plan plan;

		assert_null(plan_make(&plan, policy, NULL));
		if (plan.n != rows[i].layers)
			print_error("# %zu layers for\n%s", plan.n,
				    rows[i].text);
		assert_int_equal(plan.n, rows[i].layers);
		assert_int_equal(filter.n, 1);
		plan_free(&plan);
		filter_free(&filter);
		policy_free(policy);
	}
}

/* Of several programs, where one could not say it, each is loaded. */
TEST(a_stack_is_loaded_whole)
{
	struct policy *policies[] = { policy_of(ALLOW "deny = getppid:EIO\n"),
				      policy_of(ALLOW
						"deny = getuid:EACCES\n") };
	const int nrs[] = { SYS_getppid, SYS_getuid, SYS_getpid };
	const int errnos[] = { EIO, EACCES, PASSED };
	struct filter stack = { .n = 0 };
	struct live *live;

	if (!has_filters())
		skip();
	live = live_new();
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		struct filter filter = filter_of(policies[i], "");

		stack.programs[stack.n++] = filter.programs[0];
	}
	for (size_t i = 0; i < ARRAY_SIZE(nrs); i++)
		live->tried[live->n++].data = (struct seccomp_data){
			.nr = nrs[i],
			.arch = seccomp_arch_native(),
		};
	live_run(live, &stack);
	for (size_t i = 0; i < ARRAY_SIZE(nrs); i++)
		assert_int_equal(live->tried[i].result, errnos[i]);
	live_free(live);
	filter_free(&stack);
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
		policy_free(policies[i]);
}

/* ---- The ticket ---- */

static const char *const without_exec[] = {
	ALLOW "deny = execve\n",
	ALLOW "deny = @exec:EIO\n",
	ALLOW "kill = execve\n",
	DENY,
	DENY "deny = execve\n",
	DENY "deny = execve:EIO\n",
	DENY "kill = execve\n",
	"[syscalls]\ndefault = kill\n",
	"[syscalls]\ndefault = kill\ndeny = execve\n",
	"[syscalls]\ndefault = log\nkill = execve\n",
	DENY "architectures = native x86\nallow = read\n",
	ALLOW "deny = execve lseek(fd == 1)\nkill = lseek(fd == 2)\n",
};

/* Each of the three addresses must be right in all its bits. */
static void assert_ticket(const struct policy *policy,
			  const struct filter *filter)
{
	const struct ticket *t = &filter->ticket;
	uint64_t args[6] = { t->path, t->argv, t->envp, 1, 2, 3 };

	assert_true(filter->has_ticket);
	assert_same_call(policy, filter, t->arch, t->nr, args);
	for (unsigned int bit = 0; bit < 3 * 64; bit++) {
		args[bit / 64] ^= 1ull << bit % 64;
		assert_false(is_ticket(filter, t->arch, t->nr, args));
		assert_same_call(policy, filter, t->arch, t->nr, args);
		args[bit / 64] ^= 1ull << bit % 64;
	}
	/* It is for execve, not for another call. */
	assert_same_call(policy, filter, t->arch, SYS_execveat, args);
}

TEST(the_ticket_lets_one_execve_through_where_the_policy_denies_it)
{
	for (size_t i = 0; i < ARRAY_SIZE(without_exec); i++) {
		struct policy *policy = policy_of(without_exec[i]);
		struct filter filter = filter_of(policy, without_exec[i]);

		assert_ticket(policy, &filter);
		assert_same(policy, &filter, 1000);
		filter_free(&filter);
		policy_free(policy);
	}
}

/* They are chosen at random: one start in five thousand has a word of zeros. */
TEST(a_ticket_may_have_any_addresses)
{
	static const struct ticket tickets[] = {
		{ .path = 0x598da150, .argv = 0x10, .envp = 0x7fffffffffff },
		{ .path = 0x234500000000, .argv = 0x1, .envp = 0xffffffff },
		{ .path = 0x100000001,
		  .argv = 0x100000002,
		  .envp = 0x200000001 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tickets); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(without_exec); j++) {
			struct policy *policy = policy_of(without_exec[j]);
			struct filter filter = filter_with(
				policy, without_exec[j], tickets[i]);

			assert_ticket(policy, &filter);
			filter_free(&filter);
			policy_free(policy);
		}
	}
}

TEST(there_is_no_ticket_where_execve_is_allowed)
{
	static const char *const texts[] = {
		ALLOW,
		DENY "allow = execve\n",
		DENY "log = execve\n",
		ALLOW "deny = execveat\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct policy *policy = policy_of(texts[i]);
		struct filter filter = filter_of(policy, texts[i]);

		assert_false(filter.has_ticket);
		filter_free(&filter);
		policy_free(policy);
	}
}

/* ---- The policies that come with scrun ---- */

static void assert_precompiled(const struct policy *policy, const char *name)
{
	const struct ticket blank = ticket_blank();
	struct difference difference;

	for (size_t i = 0; i < n_precompiled; i++) {
		const struct precompiled *ready = &precompiled[i];

		if (strcmp(ready->name, name) != 0)
			continue;
		for (size_t j = 0; j < ready->n; j++)
			assert_true(program_valid(&ready->programs[j]));
		assert_true(
			programs_verify(ready->programs, ready->n, policy,
					ticket_needed(policy) ? &blank : NULL,
					OBSERVE_NOTHING, &difference));
		print_message("# %s: %zu programs, precompiled\n", name,
			      ready->n);
	}
}

TEST(the_built_in_policies_compile_and_their_programs_verify)
{
	static const char *const names[] = { "default", "strict", "service" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char label[32];
		struct reading reading;
		struct filter filter;

		snprintf(label, sizeof(label), "<%s>", names[i]);
		reading = reading_of_name(label);
		print_faults(&reading.faults);
		assert_non_null(reading.policy);
		filter = filter_of(reading.policy, label);
		assert_same(reading.policy, &filter, 20000);
		assert_precompiled(reading.policy, names[i]);
		print_message("# %s: %zu instructions in %zu programs\n",
			      names[i], filter_size(&filter), filter.n);
		filter_free(&filter);
		reading_free(&reading);
	}
}

/* The wrong one is no shortcut. */
TEST(a_precompiled_program_does_not_verify_for_another_policy)
{
	struct policy *policy = policy_of(ALLOW "deny = getcpu\n");
	struct difference difference;

	for (size_t i = 0; i < n_precompiled; i++)
		assert_false(programs_verify(precompiled[i].programs,
					     precompiled[i].n, policy, NULL,
					     OBSERVE_NOTHING, &difference));
	policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			any_entries_on_one_call_compile_under_any_default),
		cmocka_unit_test(denials_with_several_errnos_compile),
		cmocka_unit_test(several_architectures_compile_into_one_filter),
		cmocka_unit_test(conditions_on_32_bit_architectures_compile),
		cmocka_unit_test(
			conditions_on_64_bits_are_right_on_x32_or_a_fault),
		cmocka_unit_test(an_architecture_may_have_none_of_many_rules),
		cmocka_unit_test(no_more_layers_than_a_policy_needs),
		cmocka_unit_test(a_stack_is_loaded_whole),
		cmocka_unit_test(
			the_ticket_lets_one_execve_through_where_the_policy_denies_it),
		cmocka_unit_test(a_ticket_may_have_any_addresses),
		cmocka_unit_test(there_is_no_ticket_where_execve_is_allowed),
		cmocka_unit_test(
			the_built_in_policies_compile_and_their_programs_verify),
		cmocka_unit_test(
			a_precompiled_program_does_not_verify_for_another_policy),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
