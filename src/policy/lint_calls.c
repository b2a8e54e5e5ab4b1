#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#include "answer.h"
#include "lint_kinds.h"
#include "names.h"
#include "uring.h"

/* The answers to CALL, as in an entry, on ARCH; false where it has none. */
static bool ask(const struct lint *lint, const char *call, uint32_t arch,
		struct answers *answers)
{
	struct policy *policy = lint->policy;
	struct question question;
	const struct entry *entry;
	struct faults faults;

	faults_init(&faults);
	entry = question_parse(policy, call, &faults);
	faults_free(&faults);
	if (!entry || !question_on(policy, entry, arch, &question))
		return false;
	*answers = answers_of(policy, &question);
	return true;
}

/* What lets CALL be made, with some arguments at least; NULL: nothing does. */
static const struct origin *opened_by(const struct lint *lint, const char *call)
{
	const struct policy *policy = lint->policy;
	struct answers answers;

	for (size_t i = 0; i < policy->n_architectures; i++) {
		if (!ask(lint, call, policy->architectures[i], &answers))
			continue;
		for (size_t j = 0; j < answers.n; j++) {
			if (answers.list[j].verdict.action < ACTION_DENY)
				return answers.list[j].verdict.origin;
		}
	}
	return NULL;
}

/* Whether CALL is denied natively, with some arguments at least, and for its
 * own sake. */
static bool is_denied(const struct lint *lint, const char *call)
{
	struct answers answers;

	if (!ask(lint, call, lint->policy->architectures[0], &answers))
		return false;
	for (size_t i = 0; i < answers.n; i++) {
		const struct verdict *verdict = &answers.list[i].verdict;

		if (verdict->action >= ACTION_DENY && verdict->errnum != ENOSYS)
			return true;
	}
	return false;
}

/* Names joined by commas: the first of them, and how many more there are. */
struct names {
	char text[160];
	unsigned int n;
};
#define MAX_NAMES 6

static void names_add(struct names *names, const char *name, size_t length)
{
	size_t used = strlen(names->text);

	if (names->n++ < MAX_NAMES)
		snprintf(names->text + used, sizeof(names->text) - used,
			 "%s%.*s", used ? ", " : "", (int)length, name);
}

/* "a, b", "a, b and 3 more"; owned by the policy. */
static const char *names_text(const struct lint *lint,
			      const struct names *names)
{
	if (names->n <= MAX_NAMES)
		return policy_printf(lint->policy, "%s", names->text);
	return policy_printf(lint->policy, "%s and %u more", names->text,
			     names->n - MAX_NAMES);
}

void lint_uring(struct lint *lint)
{
	const struct origin *origin = opened_by(lint, "io_uring_setup");
	struct names names = { .n = 0 };
	const char *name;

	if (!origin)
		return;
	for (size_t i = 0; (name = uring_operation(i)); i++) {
		if (is_denied(lint, name))
			names_add(&names, name, strlen(name));
	}
	if (!names.n)
		return;
	finding_add(lint, origin,
		    "%s lets io_uring do what other entries deny, without the "
		    "call: %s; write deny = io_uring_setup:ENOSYS",
		    written(lint, origin), names_text(lint, &names));
}

/*
 * One finding for each entry that opens some of the N CALLS: they are named
 * without their conditions behind WHAT, and before ADVICE.
 */
static void find_open(struct lint *lint, const char *const *calls, size_t n,
		      const char *what, const char *advice)
{
	const struct origin *origins[8] = { NULL };

	for (size_t i = 0; i < n; i++)
		origins[i] = opened_by(lint, calls[i]);
	for (size_t i = 0; i < n; i++) {
		const struct origin *origin = origins[i];
		struct names names = { .n = 0 };
		const char *last = "";

		for (size_t j = i; j < n && origin; j++) {
			size_t length = strcspn(calls[j], "(");

			if (origins[j] != origin)
				continue;
			origins[j] = NULL;
			if (strncmp(last, calls[j], length) != 0)
				names_add(&names, calls[j], length);
			last = calls[j];
		}
		if (origin)
			finding_add(lint, origin,
				    "%s lets the command %s: %s; %s",
				    written(lint, origin), what,
				    names_text(lint, &names), advice);
	}
}

#define FIND_OPEN(lint, calls, what, advice) \
	find_open(lint, calls, sizeof(calls) / sizeof((calls)[0]), what, advice)

void lint_other_processes(struct lint *lint)
{
	static const char *const calls[] = {
		"ptrace(request == PTRACE_ATTACH)",
		"ptrace(request == PTRACE_SEIZE)",
		"process_vm_writev",
		"pidfd_getfd",
	};

	/* Processes trace only those that are under the same rules. */
	if (policy_has_landlock(lint->policy))
		return;
	FIND_OPEN(lint, calls,
		  "take over processes that are not under the policy",
		  "write deny = ptrace(request == PTRACE_ATTACH) "
		  "ptrace(request == PTRACE_SEIZE) process_vm_writev "
		  "pidfd_getfd");
}

static bool keeps(const struct policy *policy, int value)
{
	const struct capability *capability;

	STAILQ_FOREACH(capability, &policy->capabilities, next) {
		if (capability->value == value)
			return policy->capability_mode == CAPABILITIES_KEEP;
	}
	return policy->capability_mode == CAPABILITIES_DROP;
}

/*
 * A session of its own has no terminal, and only its own terminal takes input
 * from who lacks CAP_SYS_ADMIN (tiocsti(), drivers/tty/tty_io.c).
 */
void lint_terminal(struct lint *lint)
{
	static const char *const calls[] = {
		"ioctl(request == TIOCSTI)",
		"ioctl(request == TIOCLINUX)",
	};

	if (lint->policy->settings[SETTING_SESSION].number &&
	    !keeps(lint->policy, CAP_SYS_ADMIN))
		return;
	FIND_OPEN(lint, calls,
		  "type into the terminal that scrun was started from",
		  "write deny = ioctl(request == TIOCSTI) "
		  "ioctl(request == TIOCLINUX)");
}

/* Threads do not get a namespace of users (copy_process(), kernel/fork.c). */
void lint_user_namespaces(struct lint *lint)
{
	static const char *const calls[] = {
		"unshare(flags & CLONE_NEWUSER == CLONE_NEWUSER)",
		"clone(flags & CLONE_NEWUSER|CLONE_THREAD == CLONE_NEWUSER)",
		"clone3",
	};

	FIND_OPEN(lint, calls,
		  "make user namespaces, in which it is root before most of "
		  "the kernel's code",
		  "write deny = unshare(flags & CLONE_NEWUSER == "
		  "CLONE_NEWUSER) clone(flags & CLONE_NEWUSER == "
		  "CLONE_NEWUSER) clone3:ENOSYS");
}

static bool has_mmap2(const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_architectures; i++) {
		if (syscall_number(policy->architectures[i], "mmap2") >= 0)
			return true;
	}
	return false;
}

void lint_write_execute(struct lint *lint)
{
	static const char *const calls[] = {
		"mmap(prot & PROT_WRITE|PROT_EXEC == PROT_WRITE|PROT_EXEC)",
		"mmap2(arg2 & PROT_WRITE|PROT_EXEC == PROT_WRITE|PROT_EXEC)",
		"mprotect(prot & PROT_EXEC == PROT_EXEC)",
		"pkey_mprotect(prot & PROT_EXEC == PROT_EXEC)",
	};
	bool is_exec_open = opened_by(lint, "execve");

	FIND_OPEN(lint, calls,
		  is_exec_open ? "execute memory that it has written"
			       : "execute memory that it has written, though "
				 "it can execute no files",
		  policy_printf(lint->policy,
				"unless it compiles as it runs, write "
				"deny = mmap(prot & PROT_WRITE|PROT_EXEC == "
				"PROT_WRITE|PROT_EXEC) %smprotect(prot & "
				"PROT_EXEC == PROT_EXEC) pkey_mprotect(prot & "
				"PROT_EXEC == PROT_EXEC)",
				has_mmap2(lint->policy)
					? "?mmap2(arg2 & PROT_WRITE|PROT_EXEC "
					  "== PROT_WRITE|PROT_EXEC) "
					: ""));
}
