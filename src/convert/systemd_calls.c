#include <err.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/names.h"
#include "../status.h"
#include "oci_rules.h"
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
	const char *name; /* of a rule; borrowed */
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

static int compare_rules(const void *left, const void *right)
{
	const struct oci_rule *a = left, *b = right;

	return strcmp(a->name, b->name);
}

/* The other ways that x86 has for some calls: libseccomp sees to them. */
static bool is_way(const struct oci_rule *rule)
{
	return strcmp(rule->name, "socketcall") == 0 ||
	       strcmp(rule->name, "ipc") == 0;
}

/* A condition can only be left out so that less is allowed. */
static void take_conditional(struct calls *calls, const struct oci_rule *rules,
			     size_t n, struct faults *losses)
{
	const struct policy *policy = calls->policy;
	struct call call = {
		.name = rules[0].name,
		.action = policy->default_action,
		.errnum = policy->default_errnum,
	};

	if (is_way(&rules[0]))
		return;
	for (size_t i = 0; i < n; i++) {
		if (rules[i].action <= call.action)
			continue;
		call.action = rules[i].action;
		call.errnum = rules[i].errnum;
	}
	fault_add(
		losses, rules[0].origin->file, rules[0].origin->line,
		"the conditions on %s: a unit's SystemCallFilter= knows none; "
		"it is %s now, whatever the arguments",
		call.name,
		call.action == ACTION_LOG    ? "logged"
		: call.action == ACTION_KILL ? "killed"
					     : "denied");
	if (call.action != policy->default_action ||
	    call.errnum != policy->default_errnum)
		calls->list[calls->n++] = call;
}

static void take_rules(struct calls *calls, struct oci_rules *rules,
		       struct faults *losses)
{
	size_t n;

	if (rules->n)
		qsort(rules->list, rules->n, sizeof(rules->list[0]),
		      compare_rules);
	for (size_t i = 0; i < rules->n; i += n) {
		const struct oci_rule *first = &rules->list[i];

		for (n = 1; i + n < rules->n; n++) {
			if (strcmp(first[n].name, first->name) != 0)
				break;
		}
		if (first->is_conditional)
			take_conditional(calls, first, n, losses);
		else
			calls->list[calls->n++] =
				(struct call){ first->name, first->action,
					       first->errnum };
	}
}

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
	struct oci_rules rules;

	oci_rules_make(&rules, policy, losses);
	calls.list = calloc(rules.n + 1, sizeof(calls.list[0]));
	if (!calls.list)
		err(STATUS_FAILED, "memory");
	take_rules(&calls, &rules, losses);
	if (policy->default_action == ACTION_LOG)
		fault_add(losses, policy->default_origin.file,
			  policy->default_origin.line,
			  "'default = log': a unit logs calls that it lists; "
			  "they are allowed and not logged now");
	write_architectures(to, policy);
	write_calls(&calls);
	free(calls.list);
	oci_rules_free(&rules);
}
