#include <err.h>
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../../enforce/caps.h"
#include "../../enforce/landlock.h"
#include "../../policy/groups.h"
#include "../../policy/names.h"
#include "../../policy/paths.h"
#include "../../policy/verdict.h"
#include "../../status.h"
#include "../decode/decode.h"
#include "../last_words.h"
#include "../memory.h"
#include "learn_state.h"
#include "needed.h"
#include "visits.h"
#include "waits.h"

struct pending {
	int capability; /* that it needs; -1: none */
	char example[160];
	bool changes_mounts, makes_stream, opens_fast;
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

/* Why there can be no rules of WANTED's kind, or nothing. */
static void explain_abi(char reason[80], int abi, int wanted)
{
	if (abi >= wanted)
		return;
	if (abi >= 0 || abi == -ENOSYS || abi == -EOPNOTSUPP)
		snprintf(reason, 80,
			 "the kernel has no Landlock that can do it");
	else
		snprintf(reason, 80, "Landlock cannot be asked: %s",
			 strerror(-abi));
}

/* What the kernel cannot do, no policy of this machine may ask for. */
static void look_at_landlock(struct learn *learn)
{
	int abi = landlock_abi();

	explain_abi(learn->no_paths, abi, LANDLOCK_PATHS);
	explain_abi(learn->no_ports, abi, LANDLOCK_PORTS);
}

void learn_into(struct learn *learn, const char *name)
{
	struct faults faults;

	look_at_landlock(learn);
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
}

static void facts_begin(struct facts *facts, char *const *argv)
{
	static const char *home;

	home = getenv("HOME");
	if (home && *home == '/') {
		facts->places.homes = &home;
		facts->places.n_homes = 1;
	}
	facts->places.process = getpid();
	clock_gettime(CLOCK_REALTIME_COARSE, &facts->begin);
	provenance_begin(&facts->provenance, argv);
}

struct learn *learn_new(const char *name, const struct policy *policy,
			char *const *argv, bool tells)
{
	struct learn *learn = calloc(1, sizeof(*learn));

	if (!learn)
		err(STATUS_FAILED, "memory");
	learn->held = caps_permitted();
	learn->has_root = policy->settings[SETTING_ROOT].origin.file;
	if (name)
		learn_into(learn, name);
	facts_begin(&learn->facts, argv);
	learn->runs = &learn->facts.provenance;
	learn->n_runs = 1;
	if (!tells)
		return learn;
	learn->all =
		learn->old ? calloc(1, sizeof(*learn->all)) : &learn->facts;
	if (!learn->all)
		err(STATUS_FAILED, "memory");
	if (learn->old)
		facts_begin(learn->all, argv);
	return learn;
}

bool learn_writes(const struct learn *learn)
{
	return learn && learn->target.name;
}

size_t learn_fds(const struct learn *learn, int fds[N_LEARN_FDS])
{
	if (!learn_writes(learn))
		return 0;
	fds[0] = learn->target.directory;
	fds[1] = learn->target.file;
	return N_LEARN_FDS;
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

/* Whether the old policy leaves nothing to say of CALL: it allows it, or has an
 * entry that denies it. */
static bool is_settled(struct facts *facts, const struct call *call)
{
	struct verdict verdict;
	char example[160];

	if (!facts->old)
		return false;
	verdict = verdict_of(facts->old, call->arch, call->nr, call->args);
	if (verdict.action <= ACTION_LOG)
		return true;
	if (!verdict.origin || verdict.origin == &facts->old->default_origin)
		return false;
	print_example(call, example, sizeof(example));
	add_conflict(facts, verdict.origin, example);
	return true;
}

/* AS is CALL, or what is learned in its place. */
static void add_call(struct facts *facts, const struct call *call,
		     const struct call *as, enum phase phase)
{
	uint32_t abi = abi_of(call->arch, call->nr);
	struct view view;

	if (is_settled(facts, call) ||
	    (as->nr != call->nr && is_settled(facts, as)))
		return;
	view = view_of(as, facts->old);
	if (!view.name) {
		add_unnamed(facts, call->arch, call->nr);
		return;
	}
	if (abi != seccomp_arch_native() &&
	    (!facts->old ||
	     !verdict_of(facts->old, call->arch, call->nr, call->args).origin))
		add_foreign(facts, abi);
	seen_add(&facts->seen, &view, as, call, phase);
}

static void pending_reset(struct pending *pending)
{
	pending->capability = -1;
	pending->has_visits = pending->changes_mounts = false;
	pending->makes_stream = pending->opens_fast = false;
}

static struct pending *pending_get(struct pending **pending)
{
	if (!*pending) {
		*pending = calloc(1, sizeof(**pending));
		if (!*pending)
			exhausted();
		pending_reset(*pending);
	}
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

	if (!visits_likely(call) || !visits_find(&visits, call, process))
		return;
	pending_get(pending)->has_visits = true;
	(*pending)->visits = visits;
}

/* What Landlock lets nobody do who is held to paths (security/landlock/fs.c,
 * hook_sb_mount() and those after it). */
static bool changes_mounts(const struct call *call)
{
	static const char *const names[] = { "mount", "move_mount",
					     "pivot_root", "umount",
					     "umount2" };
	const char *name = call_name(call->arch, call->nr);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* socket(2): one that speaks TCP. */
static bool makes_internet(const struct call *call)
{
	return strcmp(call_name(call->arch, call->nr), "socket") == 0 &&
	       ((int)call->args[0] == AF_INET ||
		(int)call->args[0] == AF_INET6) &&
	       (call->args[1] & 0xf) == SOCK_STREAM;
}

/* What [network] forbids, as Landlock does not see it (policy/network.c). */
static bool makes_stream(const struct call *call)
{
	return makes_internet(call) && (uint32_t)call->args[2] & ~7u;
}

static bool opens_fast(const struct call *call)
{
	const char *name = call_name(call->arch, call->nr);
	unsigned int arg = strcmp(name, "sendmsg") == 0 ? 2 : 3;

	return (arg == 2 || strcmp(name, "sendto") == 0 ||
		strcmp(name, "sendmmsg") == 0) &&
	       call->args[arg] & MSG_FASTOPEN;
}

static void look_at_limits(const struct call *call, struct pending **pending)
{
	if (changes_mounts(call))
		pending_get(pending)->changes_mounts = true;
	if (makes_stream(call))
		pending_get(pending)->makes_stream = true;
	if (opens_fast(call))
		pending_get(pending)->opens_fast = true;
}

/* Where facts are gathered, ended by NULL. */
static struct facts *const *every(struct learn *learn, struct facts *list[3])
{
	list[0] = &learn->facts;
	list[1] = learn->all != &learn->facts ? learn->all : NULL;
	list[2] = NULL;
	return list;
}

static void look(struct learn *learn, const struct call *call, bool begins,
		 struct pending **pending)
{
	struct facts *list[3], *const *facts = every(learn, list);
	bool is_likely = visits_likely(call);
	struct credentials caller;
	bool is_known;

	if (!call_can_be_refused(call) || (!learn->held && !is_likely))
		return;
	is_known = credentials_read(&caller, call->pid);
	for (; *facts; facts++)
		(*facts)->n_unread += !is_known;
	if (begins)
		learn->given = caller.capabilities;
	if (is_known && caller.capabilities)
		look_at_capability(call, &caller, pending);
	if (is_likely)
		look_at_visits(call, is_known ? caller.process : call->pid,
			       pending);
	credentials_free(&caller);
}

static void gather(struct learn *learn, const struct call *call)
{
	struct facts *list[3], *const *facts = every(learn, list);
	struct call as = *call;

	if (strcmp(call_name(call->arch, call->nr), "clone3") == 0)
		as = as_clone(call);
	for (; *facts; facts++)
		add_call(*facts, call, &as, learn->phase);
}

void learn_call(struct learn *learn, const struct call *call, bool begins,
		struct pending **pending)
{
	struct facts *list[3], *const *facts = every(learn, list);

	if (*pending)
		pending_reset(*pending);
	/* scrun's own execve has a ticket (launch.h). */
	if (!begins)
		gather(learn, call);
	if (!begins && call_waits(call))
		learn->phase = PHASE_RUNNING;
	for (; *facts; facts++)
		(*facts)->has_internet |= makes_internet(call);
	look_at_limits(call, pending);
	look(learn, call, begins, pending);
}

/* What the rules of Landlock cannot be for. */
static void add_limits(struct facts *facts, const struct pending *pending,
		       int errnum)
{
	facts->changes_mounts |= pending->changes_mounts && errnum == 0;
	facts->has_stream |= pending->makes_stream && errnum == 0;
	facts->has_fast_open |=
		pending->opens_fast && (errnum == 0 || errnum == EINPROGRESS);
}

void learn_result(struct learn *learn, const struct call *call,
		  const struct pending *pending, int errnum)
{
	struct facts *list[3], *const *facts = every(learn, list);

	for (; *facts; facts++) {
		add_limits(*facts, pending, errnum);
		if (pending->has_visits)
			visits_add(*facts, &pending->visits, call->pid, errnum);
		if (pending->capability >= 0 && errnum == 0)
			add_need(*facts, pending->capability, pending->example,
				 true);
	}
}

void learn_refusal(struct learn *learn, const struct call *call,
		   const struct refusal *refusal)
{
	struct facts *list[3], *const *facts = every(learn, list);
	char example[160];

	/* One that the command has begun with has been dropped by a program
	 * that knows what it does. */
	if (refusal->capability < 0 || learn->given >> refusal->capability & 1)
		return;
	print_example(call, example, sizeof(example));
	for (; *facts; facts++)
		add_need(*facts, refusal->capability, example, false);
}

void learn_close(struct learn *learn)
{
	struct facts *list[3], *const *facts = every(learn, list);

	for (; *facts; facts++)
		provenance_end(&(*facts)->provenance);
}
