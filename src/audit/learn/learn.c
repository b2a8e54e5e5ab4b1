#include <err.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../enforce/caps.h"
#include "../../enforce/landlock.h"
#include "../../policy/groups.h"
#include "../../policy/names.h"
#include "../../policy/paths.h"
#include "../../policy/verdict.h"
#include "../../status.h"
#include "../decode/decode.h"
#include "../exhausted.h"
#include "../memory.h"
#include "learn_state.h"
#include "needed.h"
#include "visits.h"
#include "waits.h"

struct pending {
	int capability; /* that it needs; -1: none */
	char example[160];
	bool has_visits;
	struct visits visits;
};

/* ---- The beginning ---- */

static struct policy *load(const char *name, const char *path)
{
	struct policy *policy;
	struct faults faults;

	faults_init(&faults);
	policy = policy_load(path, &faults);
	if (policy)
		return policy;
	faults_print(&faults);
	errx(STATUS_FAILED,
	     "%zu fault%s in '%s', which is to be learned into; nothing was "
	     "run",
	     faults.n, faults.n == 1 ? "" : "s", name);
}

/* What the kernel cannot do, no policy of this machine may ask for. */
static void look_at_landlock(struct learn *learn, const struct policy *policy)
{
	int abi = landlock_abi();

	if (abi < LANDLOCK_PATHS)
		snprintf(learn->no_paths, sizeof(learn->no_paths),
			 "the kernel has no Landlock that can do it");
	else if (policy->settings[SETTING_ROOT].origin.file)
		snprintf(learn->no_paths, sizeof(learn->no_paths),
			 "the command had another root directory");
	if (abi < LANDLOCK_PORTS)
		snprintf(learn->no_ports, sizeof(learn->no_ports),
			 "the kernel has no Landlock that can do it");
}

struct learn *learn_new(const char *name, const struct policy *policy,
			char *const *argv)
{
	struct learn *learn = calloc(1, sizeof(*learn));
	struct faults faults;

	if (!learn)
		err(STATUS_FAILED, "memory");
	learn->argv = argv;
	learn->held = caps_permitted();
	learn->facts.places.home = getenv("HOME");
	learn->facts.places.process = getpid();
	provenance_begin(&learn->facts.provenance);
	look_at_landlock(learn, policy);
	target_open(&learn->target, name);
	/* An empty file is one to be written, and no policy. */
	if (learn->target.exists && learn->target.before.st_size > 0)
		learn->old = load(name, learn->target.path);
	if (learn->old)
		paths_note(learn->old);
	learn->facts.old = learn->old;
	learn->groups = load(name, "<learn>");
	faults_init(&faults);
	groups_read_all(learn->groups, &faults);
	faults_free(&faults);
	return learn;
}

void learn_fds(const struct learn *learn, int fds[N_LEARN_FDS])
{
	fds[0] = learn->target.directory;
	fds[1] = learn->target.file;
}

/* ---- A call ---- */

static void print_example(const struct call *call, char *text, size_t size)
{
	struct decoded decoded;

	call_decode(&decoded, call);
	decoded_print_brief(&decoded, text, size);
}

/* struct clone_args (clone(2)), as far as clone has the like. */
struct clone_arguments {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal;
};

/* Linux 5.5 */
#define CLEAR_SIGNAL_HANDLERS 0x100000000ull /* CLONE_CLEAR_SIGHAND */

/*
 * No filter sees the flags of clone3. Where the policy denies it, it fails with
 * ENOSYS (@probed), and libc goes on with clone, whose flags a filter sees: so
 * that is what is learned. Returns CALL itself where clone cannot do the same.
 */
static struct call as_clone(const struct call *call)
{
	struct clone_arguments arguments;
	struct call clone = *call;
	int nr = syscall_number(abi_of(call->arch, call->nr), "clone");
	uint64_t flags;

	if (nr < 0 || memory_read(call->pid, call->args[0], &arguments,
				  sizeof(arguments)) != sizeof(arguments))
		return *call;
	/* Signal handlers are cleared for speed (posix_spawn in libc). */
	flags = arguments.flags & ~CLEAR_SIGNAL_HANDLERS;
	if (flags & ~0xffffff00ull || arguments.exit_signal > 0xff)
		return *call;
	clone.nr = (uint32_t)nr;
	clone.args[0] = flags | arguments.exit_signal;
	return clone;
}

static void add_foreign(struct facts *facts, uint32_t abi)
{
	for (size_t i = 0; i < facts->n_foreign; i++) {
		if (facts->foreign[i] == abi)
			return;
	}
	if (facts->n_foreign < MAX_FOREIGN)
		facts->foreign[facts->n_foreign++] = abi;
}

static void add_unnamed(struct facts *facts, const struct call *call)
{
	for (size_t i = 0; i < facts->n_unnamed; i++) {
		if (facts->unnamed[i].arch == call->arch &&
		    facts->unnamed[i].nr == call->nr)
			return;
	}
	if (facts->n_unnamed == MAX_UNNAMED)
		return;
	facts->unnamed[facts->n_unnamed].arch = call->arch;
	facts->unnamed[facts->n_unnamed++].nr = call->nr;
}

static void add_conflict(struct facts *facts, const struct origin *origin,
			 const struct call *call)
{
	struct conflict *conflict;
	char example[160];

	for (size_t i = 0; i < facts->n_conflicts; i++) {
		if (facts->conflicts[i].origin == origin)
			return;
	}
	if (facts->n_conflicts == MAX_CONFLICTS)
		return;
	print_example(call, example, sizeof(example));
	conflict = &facts->conflicts[facts->n_conflicts++];
	conflict->origin = origin;
	conflict->example = strdup(example);
	if (!conflict->example)
		exhausted();
}

/* Whether the old policy leaves nothing to say of CALL: it allows it, or has an
 * entry that denies it. */
static bool is_settled(struct learn *learn, const struct call *call)
{
	struct verdict verdict;

	if (!learn->old)
		return false;
	verdict = verdict_of(learn->old, call->arch, call->nr, call->args);
	if (verdict.action <= ACTION_LOG)
		return true;
	if (!verdict.origin || verdict.origin == &learn->old->default_origin)
		return false;
	add_conflict(&learn->facts, verdict.origin, call);
	return true;
}

static void add_call(struct learn *learn, const struct call *call)
{
	uint32_t abi = abi_of(call->arch, call->nr);
	struct call as = *call;
	struct view view;

	if (is_settled(learn, call))
		return;
	if (strcmp(call_name(call->arch, call->nr), "clone3") == 0)
		as = as_clone(call);
	if (as.nr != call->nr && is_settled(learn, &as))
		return;
	view = view_of(&as, learn->old);
	if (!view.name) {
		add_unnamed(&learn->facts, call);
		return;
	}
	if (abi != seccomp_arch_native() &&
	    (!learn->old ||
	     !verdict_of(learn->old, call->arch, call->nr, call->args).origin))
		add_foreign(&learn->facts, abi);
	seen_add(&learn->facts.seen, &view, &as, call, learn->phase);
}

static struct pending *pending_get(struct pending **pending)
{
	if (!*pending)
		*pending = calloc(1, sizeof(**pending));
	if (!*pending)
		exhausted();
	(*pending)->capability = -1;
	(*pending)->has_visits = false;
	return *pending;
}

/* What the call needs is known before it is made, and that it was enough when
 * it has succeeded. */
static void look_at_capability(const struct call *call,
			       const struct credentials *caller,
			       struct pending **pending)
{
	int capability = capability_needed(call, caller);

	if (capability < 0)
		return;
	pending_get(pending)->capability = capability;
	print_example(call, (*pending)->example, sizeof((*pending)->example));
}

static void look_at_visits(const struct call *call, pid_t process,
			   struct pending **pending)
{
	struct visits visits;
	int capability = *pending ? (*pending)->capability : -1;

	if (!visits_likely(call) || !visits_find(&visits, call, process))
		return;
	pending_get(pending);
	(*pending)->capability = capability;
	(*pending)->has_visits = true;
	(*pending)->visits = visits;
}

static void look(struct learn *learn, const struct call *call, bool begins,
		 struct pending **pending)
{
	bool is_likely = visits_likely(call);
	struct credentials caller;
	bool is_known;

	if (!call_can_be_refused(call) || (!learn->held && !is_likely))
		return;
	is_known = credentials_read(&caller, call->pid);
	learn->facts.n_unread += !is_known;
	if (begins)
		learn->given = caller.capabilities;
	if (is_known && caller.capabilities)
		look_at_capability(call, &caller, pending);
	if (is_likely)
		look_at_visits(call, is_known ? caller.process : call->pid,
			       pending);
	credentials_free(&caller);
}

/* socket(2): one that speaks TCP. */
static void look_at_socket(struct facts *facts, const struct call *call)
{
	if (strcmp(call_name(call->arch, call->nr), "socket") == 0)
		facts->has_internet |= ((int)call->args[0] == AF_INET ||
					(int)call->args[0] == AF_INET6) &&
				       (call->args[1] & 0xf) == SOCK_STREAM;
}

void learn_call(struct learn *learn, const struct call *call, bool begins,
		struct pending **pending)
{
	if (*pending)
		pending_get(pending);
	/* scrun's own execve has a ticket (launch.h). */
	if (!begins)
		add_call(learn, call);
	if (!begins && call_waits(call))
		learn->phase = PHASE_RUNNING;
	look_at_socket(&learn->facts, call);
	look(learn, call, begins, pending);
}

static void add_need(struct learn *learn, int capability, const char *example,
		     bool is_used)
{
	struct need *need = &learn->facts.needs[capability];

	/* An example of use says more than one of a refusal. */
	if (need->example && (need->is_used || !is_used))
		return;
	free(need->example);
	need->example = strdup(example);
	if (!need->example)
		exhausted();
	need->is_used |= is_used;
	need->is_refused |= !is_used;
}

void learn_result(struct learn *learn, const struct call *call,
		  const struct pending *pending, int errnum)
{
	if (pending->has_visits)
		visits_add(&learn->facts, &pending->visits, call->pid, errnum);
	if (pending->capability >= 0 && errnum == 0)
		add_need(learn, pending->capability, pending->example, true);
}

void learn_refusal(struct learn *learn, const struct call *call,
		   const struct refusal *refusal)
{
	char example[160];

	/* One that the command has begun with has been dropped by a program
	 * that knows what it does. */
	if (refusal->capability < 0 || learn->given >> refusal->capability & 1)
		return;
	print_example(call, example, sizeof(example));
	add_need(learn, refusal->capability, example, false);
}
