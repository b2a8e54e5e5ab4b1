#include <err.h>
#include <stdio.h>
#include <sys/capability.h>

#include "../policy/limits.h"
#include "../status.h"
#include "limits.h"

/* Whether this process may raise hard limits (getrlimit(2)). */
static bool may_raise(void)
{
	cap_flag_value_t is_set = CAP_CLEAR;
	cap_t state = cap_get_proc();

	if (!state ||
	    cap_get_flag(state, CAP_SYS_RESOURCE, CAP_EFFECTIVE, &is_set) < 0)
		err(STATUS_FAILED, "cannot read the capabilities");
	cap_free(state);
	return is_set == CAP_SET;
}

const char *limit_text(rlim_t value, char text[LIMIT_TEXT])
{
	if (value == RLIM_INFINITY)
		return "unlimited";
	snprintf(text, LIMIT_TEXT, "%llu", (unsigned long long)value);
	return text;
}

static void fault_raise(const struct origin *origin, rlim_t wanted, rlim_t hard,
			struct faults *faults)
{
	char wanted_text[LIMIT_TEXT], hard_text[LIMIT_TEXT];

	fault_add(faults, origin->file, origin->line,
		  "cannot set '%s' to %s: the hard limit is %s, and to raise "
		  "it takes cap_sys_resource; write no more, or start scrun "
		  "with a higher one",
		  origin->key, limit_text(wanted, wanted_text),
		  limit_text(hard, hard_text));
}

static bool plan(struct rlimit *value, size_t index, const struct limit *limit,
		 struct faults *faults)
{
	struct rlimit now;

	if (getrlimit(limit_resource(index), &now) < 0)
		err(STATUS_FAILED, "limit '%s'", limit->origin.key);
	*value = now;
	if (limit->has_soft)
		value->rlim_cur = limit->soft;
	if (limit->has_hard)
		value->rlim_max = limit->hard;
	/* ":HARD" alone takes a soft limit above it down, as it must. */
	if (!limit->has_soft && value->rlim_cur > value->rlim_max)
		value->rlim_cur = value->rlim_max;
	if (value->rlim_max > now.rlim_max && !may_raise()) {
		fault_raise(&limit->origin, value->rlim_max, now.rlim_max,
			    faults);
		return false;
	}
	if (value->rlim_cur > value->rlim_max) {
		fault_raise(&limit->origin, value->rlim_cur, now.rlim_max,
			    faults);
		return false;
	}
	return true;
}

bool limits_plan(struct limits *limits, const struct policy *policy,
		 struct faults *faults)
{
	bool possible = true;

	*limits = (struct limits){ 0 };
	for (size_t i = 0; i < N_LIMITS; i++) {
		const struct limit *limit = &policy->limits[i];

		if (!limit->origin.file)
			continue;
		limits->is_set[i] = true;
		possible &= plan(&limits->values[i], i, limit, faults);
	}
	return possible;
}

void limits_apply(const struct limits *limits)
{
	for (size_t i = 0; i < N_LIMITS; i++) {
		const struct rlimit *wanted = &limits->values[i];
		struct rlimit now;

		if (!limits->is_set[i])
			continue;
		if (setrlimit(limit_resource(i), wanted) < 0 ||
		    getrlimit(limit_resource(i), &now) < 0)
			err(STATUS_FAILED, "cannot set the limit '%s'",
			    limit_name(i));
		if (now.rlim_cur != wanted->rlim_cur ||
		    now.rlim_max != wanted->rlim_max)
			errx(STATUS_FAILED,
			     "the limit '%s' was set and is not there",
			     limit_name(i));
	}
}
