/*
 * Calls that the kernel refuses, really or made up. A child makes the call and
 * waits; its parent has it explained.
 */
#ifndef SCRUN_TESTS_REFUSED_H
#define SCRUN_TESTS_REFUSED_H

#include <fcntl.h>
#include <signal.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "audit/refusal/refusal.h"
#include "fixture.h"

#define NOBODY		 65534

#define POINTER(pointer) ((uint64_t)(uintptr_t)(pointer))
#define CWD		 ((uint64_t)AT_FDCWD)

/* A policy without [paths] and [network]. */
static const struct policy no_rules;

/* Who makes the call. */
enum role {
	AS_WE_ARE,
	AS_NOBODY,    /* user and group 65534 without capabilities */
	AS_BARE_ROOT, /* user 0 without capabilities, as under scrun */
};

/* What the child sends. */
struct result {
	long value;
	int errnum;
};

struct child {
	pid_t pid;
	int from; /* a pipe of its results */
};

static inline void drop_capabilities(void)
{
	cap_t none = cap_init();

	if (!none || cap_set_proc(none) < 0)
		_exit(1);
	cap_free(none);
}

static inline void become(enum role role)
{
	if (role == AS_NOBODY && geteuid() == 0 &&
	    (syscall(SYS_setgroups, 0, NULL) < 0 ||
	     setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	     setresuid(NOBODY, NOBODY, NOBODY) < 0))
		_exit(1);
	if (role != AS_WE_ARE)
		drop_capabilities();
}

/* Makes the call NR in a child, which waits then to be killed. */
static inline struct child child_start(enum role role, const char *root,
				       const struct call *call,
				       struct result *result)
{
	struct child child;
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child.pid = fork();
	if (child.pid == 0) {
		const uint64_t *args = call->args;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (root && (chroot(root) < 0 || chdir("/") < 0))
			_exit(1);
		become(role);
		result->value = syscall((long)call->nr, args[0], args[1],
					args[2], args[3], args[4], args[5]);
		result->errnum = errno;
		if (write(ends[1], result, sizeof(*result)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	child.from = ends[0];
	if (read(child.from, result, sizeof(*result)) != sizeof(*result))
		result->value = result->errnum = 0;
	return child;
}

static inline void child_end(const struct child *child)
{
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
	close(child->from);
}

static inline struct call call_of(const char *name, const uint64_t args[6])
{
	uint32_t arch = seccomp_arch_native();
	struct call call = { .arch = arch, .nr = number_of(arch, name) };

	memcpy(call.args, args, sizeof(call.args));
	return call;
}

/* Whether the call failed with ERRNUM; then REFUSAL explains it. */
static inline bool refused_in(const char *root, struct refusal *refusal,
			      enum role role, int errnum, const char *name,
			      const uint64_t args[6])
{
	struct call call = call_of(name, args);
	struct result result;
	struct child child = child_start(role, root, &call, &result);
	bool is_refused = result.value == -1 && result.errnum == errnum;

	call.pid = child.pid;
	if (is_refused)
		refusal_explain(refusal, &no_rules, &call, errnum);
	else
		print_message("# %s: %ld, %s\n", name, result.value,
			      strerror(result.errnum));
	child_end(&child);
	return is_refused;
}

/* The call is not made, only explained, as if ROLE had made it under POLICY. */
static inline struct refusal made_up_under(const struct policy *policy,
					   enum role role, int errnum,
					   const char *name,
					   const uint64_t args[6])
{
	static const uint64_t none[6];
	struct call call = call_of(name, args);
	struct call harmless = call_of("getpid", none);
	struct refusal refusal;
	struct result result;
	struct child child = child_start(role, NULL, &harmless, &result);

	assert_true(result.value > 0);
	call.pid = child.pid;
	refusal_explain(&refusal, policy, &call, errnum);
	child_end(&child);
	return refusal;
}

static inline struct refusal made_up(enum role role, int errnum,
				     const char *name, const uint64_t args[6])
{
	return made_up_under(&no_rules, role, errnum, name, args);
}

#define ARGS(...)      ((const uint64_t[6]){ __VA_ARGS__ })
#define REFUSED(...)   assert_true(refused_in(NULL, &refusal, __VA_ARGS__))
#define ROOT_ONLY(why) skip_unless(geteuid() == 0, why)

#define skip_unless(condition, why)                         \
	do {                                                \
		if (!(condition)) {                         \
			print_message("# skip: %s\n", why); \
			skip();                             \
		}                                           \
	} while (0)

static inline void assert_refusal(const struct refusal *refusal,
				  const char *reason, const char *allow)
{
	if (strcmp(refusal->reason, reason) || strcmp(refusal->allow, allow))
		print_error("# %s\n# %s\n", refusal->reason, refusal->allow);
	assert_string_equal(refusal->reason, reason);
	assert_string_equal(refusal->allow, allow);
}

#endif
