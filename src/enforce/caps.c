#include <err.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "../status.h"
#include "caps.h"

static uint64_t bit(cap_value_t value)
{
	return 1ull << value;
}

static uint64_t set_of(cap_t state, cap_flag_t flag)
{
	uint64_t set = 0;

	for (cap_value_t value = 0; value < cap_max_bits(); value++) {
		cap_flag_value_t is_set;

		if (cap_get_flag(state, value, flag, &is_set) < 0)
			err(STATUS_FAILED, "cap_get_flag");
		if (is_set == CAP_SET)
			set |= bit(value);
	}
	return set;
}

/* What libcap answers about a capability: 0, 1, or -1. */
static bool is_in(int answer)
{
	if (answer < 0)
		err(STATUS_FAILED, "cannot read the capabilities");
	return answer == 1;
}

/*
 * libcap asks the kernel for its last capability when it is loaded; whoever
 * denied it an answer then would hide capabilities from us.
 */
static void check_last(void)
{
	if (prctl(PR_CAPBSET_READ, cap_max_bits(), 0, 0, 0) >= 0)
		errx(STATUS_FAILED,
		     "libcap does not know all capabilities of this kernel");
}

/* The three sets that a process has as a whole. */
static struct cap_sets process_sets(void)
{
	cap_t state = cap_get_proc();
	struct cap_sets sets = { 0 };

	if (!state)
		err(STATUS_FAILED, "cap_get_proc");
	sets.permitted = set_of(state, CAP_PERMITTED);
	sets.effective = set_of(state, CAP_EFFECTIVE);
	sets.inheritable = set_of(state, CAP_INHERITABLE);
	cap_free(state);
	return sets;
}

uint64_t caps_permitted(void)
{
	return process_sets().permitted;
}

/* And the two that it is asked for bit by bit, a system call each. */
static uint64_t bounding_set(void)
{
	uint64_t set = 0;

	for (cap_value_t value = 0; value < cap_max_bits(); value++) {
		if (is_in(cap_get_bound(value)))
			set |= bit(value);
	}
	return set;
}

static uint64_t ambient_set(const struct cap_sets *sets)
{
	uint64_t set = 0;

	for (cap_value_t value = 0; value < cap_max_bits(); value++) {
		/* No other one can be ambient (capabilities(7)). */
		if ((sets->permitted & sets->inheritable & bit(value)) &&
		    is_in(cap_get_ambient(value)))
			set |= bit(value);
	}
	return set;
}

/* The capabilities that the policy names; to be kept, they must be there. */
static uint64_t named(const struct policy *policy, const struct cap_sets *now,
		      struct faults *faults)
{
	bool keeps = policy->capability_mode == CAPABILITIES_KEEP;
	const struct capability *capability;
	uint64_t set = 0;

	STAILQ_FOREACH(capability, &policy->capabilities, next) {
		const struct origin *origin = &capability->origin;
		bool held = (now->permitted & bit(capability->value)) &&
			    is_in(cap_get_bound(capability->value));

		if (held || !keeps)
			set |= bit(capability->value);
		else if (!capability->optional)
			fault_add(faults, origin->file, origin->line,
				  "cannot keep %s: scrun was started without "
				  "it; start it with the capability, or write "
				  "'?%s' to keep it only where it is there",
				  origin->text, origin->text);
	}
	return set;
}

bool caps_plan(struct caps *caps, const struct policy *policy,
	       struct faults *faults)
{
	bool keeps = policy->capability_mode == CAPABILITIES_KEEP, can_lower;
	struct cap_sets now;
	size_t before = faults->n;
	uint64_t set;

	check_last();
	now = process_sets();
	can_lower = now.effective & bit(CAP_SETPCAP);
	now.ambient = ambient_set(&now);
	set = named(policy, &now, faults);
	/* What is lowered to SET is not asked for: to drop what is not there
	 * changes nothing. */
	if (keeps && can_lower)
		now.bounding = UINT64_MAX;
	else
		now.bounding = bounding_set();
	caps->before = now;
	if (keeps)
		caps->after = (struct cap_sets){ set, set, set, set, set };
	else
		caps->after = (struct cap_sets){
			.permitted = now.permitted & ~set,
			.effective = now.effective & ~set,
			.inheritable = now.inheritable & ~set,
			.ambient = now.ambient & ~set,
			.bounding = now.bounding & ~set,
		};
	/* Without it the bounding set cannot be lowered. It stays, and
	 * no_new_privs keeps the command from gaining any of it. */
	if (!can_lower)
		caps->after.bounding = now.bounding;
	return faults->n == before;
}

struct cap_sets caps_executed(const struct caps *caps, uid_t uid)
{
	struct cap_sets sets = caps->after;
	bool is_root = uid == 0 && !(cap_get_secbits() & SECBIT_NOROOT);

	if (is_root) {
		/* For root each file has all; no_new_privs lets none of them
		 * come that was not permitted before. */
		sets.permitted &= sets.inheritable | sets.bounding;
		sets.effective = sets.permitted;
	} else {
		sets.permitted = sets.ambient;
		sets.effective = sets.ambient;
	}
	return sets;
}

static void flag_set(cap_t state, cap_flag_t flag, uint64_t set)
{
	for (cap_value_t value = 0; value < cap_max_bits(); value++) {
		if ((set & bit(value)) &&
		    cap_set_flag(state, flag, 1, &value, CAP_SET) < 0)
			err(STATUS_FAILED, "cap_set_flag");
	}
}

static void set_process(const struct cap_sets *sets)
{
	cap_t state = cap_init();

	if (!state)
		err(STATUS_FAILED, "cap_init");
	flag_set(state, CAP_PERMITTED, sets->permitted);
	flag_set(state, CAP_EFFECTIVE, sets->effective);
	flag_set(state, CAP_INHERITABLE, sets->inheritable);
	if (cap_set_proc(state) < 0)
		err(STATUS_FAILED, "cannot set the capabilities");
	cap_free(state);
}

static bool sets_equal(const struct cap_sets *a, const struct cap_sets *b)
{
	return a->permitted == b->permitted && a->effective == b->effective &&
	       a->inheritable == b->inheritable && a->ambient == b->ambient &&
	       a->bounding == b->bounding;
}

void caps_apply(const struct caps *caps)
{
	const struct cap_sets *before = &caps->before, *after = &caps->after;
	struct cap_sets now = process_sets();

	/* A change of the user leaves no capability effective. */
	now.effective = before->effective & now.permitted;
	set_process(&now);
	/* First the bounding set: lowering it needs CAP_SETPCAP, which the
	 * next step may take. */
	for (cap_value_t value = 0; value < cap_max_bits(); value++) {
		if ((before->bounding & ~after->bounding & bit(value)) &&
		    cap_drop_bound(value) < 0)
			err(STATUS_FAILED,
			    "cannot drop %s from the bounding "
			    "set",
			    cap_to_name(value));
	}
	if (before->ambient & ~after->ambient && cap_reset_ambient() < 0)
		err(STATUS_FAILED, "cannot clear the ambient capabilities");
	set_process(after);
	/* Ambient ones must be permitted and inheritable before. */
	for (cap_value_t value = 0; value < cap_max_bits(); value++) {
		if ((after->ambient & bit(value)) &&
		    cap_set_ambient(value, CAP_SET) < 0)
			err(STATUS_FAILED, "cannot make %s ambient",
			    cap_to_name(value));
	}
	now = process_sets();
	now.ambient = ambient_set(&now);
	now.bounding = bounding_set();
	if (!sets_equal(&now, after))
		errx(STATUS_FAILED, "the kernel did not set the capabilities "
				    "that it was asked for");
}
