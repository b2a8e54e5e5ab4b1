/* Tables of what a policy does to calls. */
#ifndef SCRUN_TESTS_RULING_H
#define SCRUN_TESTS_RULING_H

#include "fixture.h"

/*
 * A policy, and what it does to calls: "lseek(0, 9) is EPERM:3; lseek is ...",
 * each an action, or the errno of a denial, and the line that decides: 0 where
 * none does. Arguments that are left out are zero; a call may be a number.
 */
struct ruling {
	const char *policy;
	const char *calls;
};

/* "EPERM:3", valid until the next call. */
static inline const char *verdict_text(const struct verdict *verdict)
{
	static char text[40];

	snprintf(text, sizeof(text), "%s:%u",
		 verdict->action == ACTION_DENY ? errno_name(verdict->errnum)
						: action_name(verdict->action),
		 verdict->origin ? verdict->origin->line : 0);
	return text;
}

static inline uint32_t number_of_call(uint32_t arch, const char *call)
{
	if (strchr("-0123456789", call[0]))
		return (uint32_t)strtoll(call, NULL, 0);
	return number_of(arch, call);
}

/* Takes "(0, 9)" at TEXT; returns what follows. */
static inline const char *parse_arguments(const char *text, uint64_t args[6])
{
	memset(args, 0, 6 * sizeof(args[0]));
	for (unsigned int i = 0; *text == '(' || *text == ','; i++) {
		char *end;

		args[i] = strtoull(text + 1, &end, 0);
		text = end;
	}
	return text + (*text == ')');
}

static inline void assert_call(const struct policy *policy, uint32_t arch,
			       const char *call)
{
	/* The kernel reports x32 as x86-64. */
	uint32_t seen = arch == SCMP_ARCH_X32 ? SCMP_ARCH_X86_64 : arch;
	size_t length = strcspn(call, "( ");
	char name[32], wanted[32];
	struct verdict verdict;
	uint64_t args[6];

	snprintf(name, sizeof(name), "%.*s", (int)length, call);
	assert_int_equal(sscanf(parse_arguments(call + length, args),
				" is %31[^;]", wanted),
			 1);
	verdict = verdict_of(policy, seen, number_of_call(arch, name), args);
	if (strcmp(verdict_text(&verdict), wanted) != 0)
		print_error("# it is %s: %s\n", verdict_text(&verdict), call);
	assert_string_equal(verdict_text(&verdict), wanted);
	/* An errno belongs to a denial, and to nothing else. */
	assert_int_equal(verdict.errnum != 0, verdict.action == ACTION_DENY);
}

static inline void assert_rulings_of(uint32_t arch, const struct ruling *rows,
				     size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct policy *policy = policy_of(rows[i].policy);
		const char *call = rows[i].calls;

		do {
			call += strspn(call, "; ");
			assert_call(policy, arch, call);
		} while ((call = strchr(call, ';')));
		policy_free(policy);
	}
}

static inline void assert_rulings(const struct ruling *rows, size_t n)
{
	assert_rulings_of(seccomp_arch_native(), rows, n);
}

#endif
