#include <err.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/multiplex.h"
#include "../policy/names.h"
#include "../policy/verdict.h"
#include "../status.h"
#include "systemd_calls.h"

#define COLUMNS 80

/* What a unit allows beside what it lists; `systemd-analyze syscall-filter
 * @default`, of several versions. */
static const char *const implied[] = {
	"arch_prctl",
	"brk",
	"cacheflush",
	"clock_getres",
	"clock_getres_time64",
	"clock_gettime",
	"clock_gettime64",
	"clock_nanosleep",
	"clock_nanosleep_time64",
	"execve",
	"exit",
	"exit_group",
	"futex",
	"futex_time64",
	"futex_waitv",
	"futex_wait",
	"futex_wake",
	"futex_requeue",
	"get_robust_list",
	"get_thread_area",
	"getegid",
	"getegid32",
	"geteuid",
	"geteuid32",
	"getgid",
	"getgid32",
	"getgroups",
	"getgroups32",
	"getpgid",
	"getpgrp",
	"getpid",
	"getppid",
	"getrandom",
	"getresgid",
	"getresgid32",
	"getresuid",
	"getresuid32",
	"getrlimit",
	"getsid",
	"gettid",
	"gettimeofday",
	"getuid",
	"getuid32",
	"landlock_add_rule",
	"landlock_create_ruleset",
	"landlock_restrict_self",
	"lsm_get_self_attr",
	"lsm_list_modules",
	"madvise",
	"map_shadow_stack",
	"membarrier",
	"mmap",
	"mmap2",
	"mprotect",
	"mseal",
	"munmap",
	"nanosleep",
	"pause",
	"prlimit64",
	"restart_syscall",
	"riscv_flush_icache",
	"riscv_hwprobe",
	"rseq",
	"rt_sigreturn",
	"sched_getaffinity",
	"sched_yield",
	"seccomp",
	"set_robust_list",
	"set_thread_area",
	"set_tid_address",
	"set_tls",
	"sigreturn",
	"time",
	"ugetrlimit",
	"uretprobe",
};
#define N_IMPLIED (sizeof(implied) / sizeof(implied[0]))

/* A call as a whole, as a unit speaks of it. */
struct call {
	char *name; /* owned */
	enum action action;
	int errnum;
};

struct calls {
	FILE *to;
	const struct policy *policy;
	struct call *list; /* sorted by name; owned */
	size_t n;
	int column;
};

/* What the policy does to a call, whatever its arguments. */
struct whole {
	struct verdict verdict;
	const struct origin *conditions; /* of what is left out; or NULL */
	uint32_t arch;			 /* whose verdict it is */
	uint32_t other; /* an architecture that has another one; or 0 */
	const struct origin *difference; /* what made it so */
};

/* ---- The whole of a call ---- */

static bool same_verdict(const struct verdict *a, const struct verdict *b)
{
	return a->action == b->action && a->errnum == b->errnum;
}

static struct whole whole_of(const struct policy *policy, const char *name);

/*
 * Whether RULE is on a call that x86 packs others into, NAME, and what it says
 * of one of them is what the unit says of that: libseccomp sees to both ways.
 */
static bool is_seen_to(const struct policy *policy, const char *name,
		       const struct rule *rule)
{
	const struct condition *c = rule->conditions;
	const char *packed = multiplexed_name(name, c->value);
	const uint64_t args[6] = { c->value };
	struct verdict verdict;
	struct whole whole;

	if (!packed || rule->n_conditions != 1 || c->arg != 0 ||
	    c->comparison != CMP_EQ)
		return false;
	verdict = verdict_of(policy, rule->arch, rule->nr, args);
	whole = whole_of(policy, packed);
	return same_verdict(&verdict, &whole.verdict);
}

/* A condition can only be left out so that less is allowed. */
static struct whole whole_on(const struct policy *policy, uint32_t arch,
			     const char *name)
{
	struct verdict otherwise = verdict_default(policy), verdict;
	struct whole whole = { .arch = arch };
	size_t n, n_conditional = 0;
	const struct rule *rules = rules_of(
		policy, arch, (uint32_t)syscall_number(arch, name), &n);

	while (n_conditional < n && rules[n_conditional].n_conditions)
		n_conditional++;
	if (n_conditional < n)
		otherwise = verdict_by(&rules[n_conditional]);
	whole.verdict = otherwise;
	for (size_t i = 0; i < n_conditional; i++) {
		verdict = verdict_by(&rules[i]);
		if (is_seen_to(policy, name, &rules[i]) ||
		    same_verdict(&verdict, &otherwise))
			continue;
		if (!whole.conditions)
			whole.conditions = verdict.origin;
		if (verdict.action > whole.verdict.action)
			whole.verdict = verdict;
	}
	return whole;
}

static void whole_add(struct whole *whole, const struct policy *policy,
		      const struct whole *other)
{
	bool is_stricter = other->verdict.action > whole->verdict.action;

	if (!whole->conditions)
		whole->conditions = other->conditions;
	if (same_verdict(&whole->verdict, &other->verdict))
		return;
	whole->difference = whole->verdict.origin == &policy->default_origin
				    ? other->verdict.origin
				    : whole->verdict.origin;
	whole->other = is_stricter ? whole->arch : other->arch;
	if (is_stricter) {
		whole->verdict = other->verdict;
		whole->arch = other->arch;
	}
}

/* On all architectures that have the call. */
static struct whole whole_of(const struct policy *policy, const char *name)
{
	struct whole whole = { .verdict = verdict_default(policy) };

	for (size_t i = 0; i < policy->n_architectures; i++) {
		uint32_t arch = policy->architectures[i];
		struct whole other;

		if (syscall_number(arch, name) < 0)
			continue;
		other = whole_on(policy, arch, name);
		if (whole.arch)
			whole_add(&whole, policy, &other);
		else
			whole = other;
	}
	return whole;
}

static const char *participle(enum action action)
{
	static const char *const words[N_ACTIONS] = {
		[ACTION_ALLOW] = "allowed",
		[ACTION_LOG] = "logged",
		[ACTION_DENY] = "denied",
		[ACTION_KILL] = "killed",
	};

	return words[action];
}

static void lose(const char *name, const struct whole *whole,
		 struct faults *losses)
{
	const char *now = participle(whole->verdict.action);

	if (whole->conditions)
		fault_add(losses, whole->conditions->file,
			  whole->conditions->line,
			  "the conditions on %s: a unit's SystemCallFilter= "
			  "knows none; it is %s now, whatever the arguments",
			  name, now);
	if (whole->difference)
		fault_add(losses, whole->difference->file,
			  whole->difference->line,
			  "%s: a unit's SystemCallFilter= has one word for all "
			  "architectures, and this policy has another one for "
			  "%s than for %s; it is %s now on all",
			  name, arch_name(whole->other), arch_name(whole->arch),
			  now);
}

static void take_call(struct calls *calls, const char *name,
		      struct faults *losses)
{
	struct verdict otherwise = verdict_default(calls->policy);
	struct whole whole = whole_of(calls->policy, name);
	struct call *call = &calls->list[calls->n];

	lose(name, &whole, losses);
	if (same_verdict(&whole.verdict, &otherwise))
		return;
	*call = (struct call){
		.name = strdup(name),
		.action = whole.verdict.action,
		.errnum = whole.verdict.errnum,
	};
	if (!call->name)
		err(STATUS_FAILED, "memory");
	calls->n++;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The names of all calls that the policy has rules on, some more than once. */
static char **names_of(const struct policy *policy, size_t *n)
{
	char **names = calloc(policy->n_rules + 1, sizeof(names[0]));

	*n = 0;
	if (!names)
		err(STATUS_FAILED, "memory");
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = &policy->rules[i];

		if (i && rule[-1].arch == rule->arch && rule[-1].nr == rule->nr)
			continue;
		names[*n] = seccomp_syscall_resolve_num_arch(rule->arch,
							     (int)rule->nr);
		if (!names[(*n)++])
			err(STATUS_FAILED, "memory");
	}
	qsort(names, *n, sizeof(names[0]), compare_names);
	return names;
}

static void take_calls(struct calls *calls, struct faults *losses)
{
	size_t n;
	char **names = names_of(calls->policy, &n);

	calls->list = calloc(n + 1, sizeof(calls->list[0]));
	if (!calls->list)
		err(STATUS_FAILED, "memory");
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			take_call(calls, names[i], losses);
	}
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* ---- Writing ---- */

/* One word of a list; systemd adds up lines of one key. */
static void write_word(struct calls *calls, const char *key, const char *sign,
		       const char *name, const char *suffix)
{
	int length = (int)(strlen(name) + strlen(suffix)) + 1;

	if (calls->column && calls->column + length > COLUMNS) {
		fputc('\n', calls->to);
		calls->column = 0;
	}
	if (!calls->column)
		calls->column += fprintf(calls->to, "%s=%s%s%s", key, sign,
					 name, suffix);
	else
		calls->column += fprintf(calls->to, " %s%s", name, suffix);
}

static void end_words(struct calls *calls)
{
	if (calls->column)
		fputc('\n', calls->to);
	calls->column = 0;
}

static void write_passed(struct calls *calls, const char *key,
			 enum action action)
{
	for (size_t i = 0; i < calls->n; i++) {
		if (calls->list[i].action <= ACTION_LOG &&
		    calls->list[i].action >= action)
			write_word(calls, key, "", calls->list[i].name, "");
	}
	end_words(calls);
}

/* In a list of what is allowed as well, an errno comes with what is not. */
static void write_refused(struct calls *calls)
{
	for (size_t i = 0; i < calls->n; i++) {
		const struct call *call = &calls->list[i];
		char suffix[24] = ":kill";

		if (call->action < ACTION_DENY)
			continue;
		if (call->action == ACTION_DENY)
			snprintf(suffix, sizeof(suffix), ":%s",
				 errno_name(call->errnum));
		write_word(calls, "SystemCallFilter", "~", call->name, suffix);
	}
	end_words(calls);
}

static bool is_named(const struct calls *calls, const char *name)
{
	for (size_t i = 0; i < calls->n; i++) {
		if (strcmp(calls->list[i].name, name) == 0)
			return true;
	}
	return false;
}

/* What a unit implies, and the policy leaves to a default that denies. */
static void write_not_implied(struct calls *calls)
{
	for (size_t i = 0; i < N_IMPLIED; i++) {
		int nr = seccomp_syscall_resolve_name(implied[i]);

		if (nr != __NR_SCMP_ERROR && !is_named(calls, implied[i]))
			write_word(calls, "SystemCallFilter", "~", implied[i],
				   "");
	}
	end_words(calls);
}

static void write_architectures(FILE *to, const struct policy *policy)
{
	static const struct {
		uint32_t arch;
		const char *name; /* where it is another one */
	} names[] = {
		{ SCMP_ARCH_X86_64, "x86-64" },
		{ SCMP_ARCH_AARCH64, "arm64" },
		{ SCMP_ARCH_PPC64LE, "ppc64-le" },
		{ SCMP_ARCH_MIPSEL, "mips-le" },
		{ SCMP_ARCH_MIPSEL64, "mips64-le" },
	};

	fputs("SystemCallArchitectures=native", to);
	for (size_t i = 1; i < policy->n_architectures; i++) {
		const char *name = arch_name(policy->architectures[i]);

		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			if (names[j].arch == policy->architectures[i])
				name = names[j].name;
		}
		fprintf(to, " %s", name);
	}
	fputc('\n', to);
}

static void write_calls(struct calls *calls)
{
	const struct policy *policy = calls->policy;

	if (policy->default_action == ACTION_DENY)
		fprintf(calls->to, "SystemCallErrorNumber=%s\n",
			errno_name(policy->default_errnum));
	if (policy->default_action < ACTION_DENY) {
		write_refused(calls);
	} else {
		/* The first line makes it a list of what is allowed. */
		fputs("SystemCallFilter=@default\n", calls->to);
		write_passed(calls, "SystemCallFilter", ACTION_ALLOW);
		write_refused(calls);
		write_not_implied(calls);
	}
	write_passed(calls, "SystemCallLog", ACTION_LOG);
}

void systemd_dump_calls(FILE *to, const struct policy *policy,
			struct faults *losses)
{
	struct calls calls = { .to = to, .policy = policy };

	take_calls(&calls, losses);
	if (policy->default_action == ACTION_LOG)
		fault_add(losses, policy->default_origin.file,
			  policy->default_origin.line,
			  "'default = log': a unit logs calls that it lists; "
			  "they are allowed and not logged now");
	write_architectures(to, policy);
	write_calls(&calls);
	for (size_t i = 0; i < calls.n; i++)
		free(calls.list[i].name);
	free(calls.list);
}
