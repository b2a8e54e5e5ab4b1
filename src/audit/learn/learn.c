#include <err.h>
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/syscall.h>

#include "../../policy/groups.h"
#include "../../policy/names.h"
#include "../../policy/verdict.h"
#include "../../status.h"
#include "../decode/decode.h"
#include "../memory.h"
#include "draft.h"
#include "learn.h"
#include "needed.h"
#include "target.h"
#include "waits.h"

struct learn {
	struct target target;
	struct policy *old;    /* what it holds, or NULL; owned */
	struct policy *groups; /* owned */
	char *const *argv;
	enum phase phase;
	uint64_t held;	/* capabilities: that scrun had, ... */
	uint64_t given; /* ... and that the command began with */
	struct facts facts;
};

struct pending {
	int capability; /* that it needs; -1: none */
	char example[160];
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

static uint64_t permitted(void)
{
	cap_t state = cap_get_proc();
	uint64_t held = 0;

	if (!state)
		err(STATUS_FAILED, "cap_get_proc");
	for (int value = 0; value < cap_max_bits(); value++) {
		cap_flag_value_t is_held = CAP_CLEAR;

		if (cap_get_flag(state, value, CAP_PERMITTED, &is_held) == 0 &&
		    is_held == CAP_SET)
			held |= 1ull << value;
	}
	cap_free(state);
	return held;
}

struct learn *learn_new(const char *name, char *const *argv)
{
	struct learn *learn = calloc(1, sizeof(*learn));
	struct faults faults;

	if (!learn)
		err(STATUS_FAILED, "memory");
	learn->argv = argv;
	learn->held = permitted();
	target_open(&learn->target, name);
	/* An empty file is one to be written, and no policy. */
	if (learn->target.exists && learn->target.before.st_size > 0)
		learn->old = load(name, learn->target.path);
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
		abort();
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
		abort();
	(*pending)->capability = -1;
	return *pending;
}

/* What the call needs is known before it is made, and that it was enough when
 * it has succeeded. */
static void look_at_capabilities(struct learn *learn, const struct call *call,
				 bool begins, struct pending **pending)
{
	struct credentials caller;
	int capability = -1;

	if (!learn->held || !call_can_be_refused(call))
		return;
	if (credentials_read(&caller, call->pid)) {
		if (begins)
			learn->given = caller.capabilities;
		if (caller.capabilities)
			capability = capability_needed(call, &caller);
	}
	credentials_free(&caller);
	if (capability < 0)
		return;
	pending_get(pending)->capability = capability;
	print_example(call, (*pending)->example, sizeof((*pending)->example));
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
	look_at_capabilities(learn, call, begins, pending);
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
		abort();
	need->is_used |= is_used;
	need->is_refused |= !is_used;
}

void learn_result(struct learn *learn, const struct pending *pending,
		  int errnum)
{
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

/* ---- The end ---- */

static void write_head(struct draft *draft, const struct learn *learn)
{
	(void)learn;
	if (draft->old)
		return;
	fprintf(draft->text,
		"; Learned by scrun " VERSION
		": what was seen is allowed, all else is denied. See\n"
		"; LEARNING in scrun(1). It can be changed: to learn again "
		"only adds.\n");
}

/* The old text, and whether a line has to be ended first. */
static void write_old(struct draft *draft, const struct target *target)
{
	size_t length = target->text ? strlen(target->text) : 0;

	fwrite(target->text, 1, length, draft->text);
	if (length && target->text[length - 1] != '\n')
		fputc('\n', draft->text);
}

static void tell_result(struct draft *draft, int result)
{
	if (result == ESTALE)
		draft_tell(draft, "not written: it was changed meanwhile");
	else if (result)
		draft_tell(draft, "not written: %s", strerror(result));
	else if (draft->old)
		draft_tell(draft, "%zu line%s added", draft->n_added,
			   draft->n_added == 1 ? "" : "s");
	else
		draft_tell(draft, "learned: %zu lines", draft->n_added);
}

void learn_end(struct learn *learn,
	       void (*tell)(void *context, const char *line), void *context)
{
	char *text = NULL;
	size_t size = 0;
	struct draft draft = {
		.file = learn->target.name,
		.old = learn->old,
		.groups = learn->groups,
		.held = learn->held,
		.tell = tell,
		.context = context,
	};

	draft.text = open_memstream(&text, &size);
	if (!draft.text)
		abort();
	if (draft.old)
		write_old(&draft, &learn->target);
	write_head(&draft, learn);
	draft_capabilities(&draft, &learn->facts);
	draft_syscalls(&draft, &learn->facts);
	if (fclose(draft.text) != 0)
		abort();
	if (draft.old && draft.n_added == 0)
		draft_tell(&draft, "nothing to add");
	else
		tell_result(&draft, target_replace(&learn->target, text, size));
	free(text);
}
