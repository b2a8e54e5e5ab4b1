#include <seccomp.h>
#include <string.h>

#include "../../policy/names.h"
#include "../../policy/verdict.h"
#include "implied.h"

/*
 * Which of them a run shows is a matter of chance: of a signal that comes, of
 * another thread that is late, of how much memory there is, of the clock that
 * the machine has. None of them gives a program power that it has not.
 */
static const struct {
	const char *seen;
	const char *name;
	const char *why;
} table[] = {
#define RESTARTS "a wait that a signal has stopped goes on with it"
	{ "clock_nanosleep", "restart_syscall", RESTARTS },
	{ "futex", "restart_syscall", RESTARTS },
	{ "nanosleep", "restart_syscall", RESTARTS },
	{ "poll", "restart_syscall", RESTARTS },
#define ENDS "a program can end in several ways"
	{ "mmap", "exit_group", ENDS },
	{ "brk", "exit_group", ENDS },
	{ "set_robust_list", "exit", ENDS },
	{ "rt_sigaction", "rt_sigreturn", "a signal's handler ends with it" },
	{ "clone", "futex", "threads that meet wait for each other" },
	{ "clone", "sched_yield", "who waits for another thread can yield" },
#define MEMORY "more or less memory than here"
	{ "mmap", "brk", MEMORY },
	{ "mmap", "madvise", MEMORY },
	{ "mmap", "mremap", MEMORY },
	{ "mmap", "munmap", MEMORY },
	{ "mmap", "mprotect", MEMORY },
	{ "brk", "mmap", MEMORY },
#define VDSO "where the vDSO cannot answer, it makes the call"
	{ "mmap", "clock_gettime", VDSO },
	{ "mmap", "gettimeofday", VDSO },
	{ "mmap", "time", VDSO },
	{ "mmap", "getcpu", VDSO },
};

static bool was_seen(const struct seen *seen, const char *name)
{
	for (size_t i = 0; i < seen->n; i++) {
		if (strcmp(seen->sights[i].view.name, name) == 0 &&
		    !seen->sights[i].is_implied)
			return true;
	}
	return false;
}

/* Allowed already, or denied on purpose. */
static bool is_settled(const struct policy *policy, const struct call *call)
{
	struct verdict verdict =
		verdict_of(policy, call->arch, call->nr, call->args);

	return verdict.action <= ACTION_LOG ||
	       verdict.origin != &policy->default_origin;
}

void imply(struct seen *seen, const struct policy *policy)
{
	uint32_t arch = seccomp_arch_native();

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int nr = syscall_number(arch, table[i].name);
		struct call call = { .arch = arch, .nr = (uint32_t)nr };
		struct view view;

		if (nr < 0 || !was_seen(seen, table[i].seen) ||
		    (policy && is_settled(policy, &call)))
			continue;
		view = view_of(&call, policy);
		seen_imply(seen, &view, &call, table[i].why);
	}
}
