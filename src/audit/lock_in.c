#include <err.h>
#include <errno.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "../status.h"
#include "lock_in.h"

void lock_in_prepare(struct filter *filter, bool learns)
{
	struct faults faults;
	struct policy *policy;

	faults_init(&faults);
	/* The angle brackets: no file can take its place. */
	policy = policy_load(learns ? "<learner>" : "<auditor>", &faults);
	if (!policy || !filter_make(filter, policy, NULL, &faults)) {
		faults_print(&faults);
		errx(STATUS_FAILED, "no filter for the auditor");
	}
	policy_free(policy);
}

/* To read the memory of another user's process, as root's command may become
 * one (ptrace(2), "Ptrace access mode checking"). An ordinary user's auditor
 * does without. */
static bool drop_capabilities(void)
{
	const cap_value_t kept = CAP_SYS_PTRACE;
	cap_flag_value_t is_held = CAP_CLEAR;
	cap_t now = cap_get_proc(), after = cap_init();
	bool done = now && after &&
		    cap_get_flag(now, kept, CAP_PERMITTED, &is_held) == 0;

	if (done && is_held == CAP_SET)
		done = cap_set_flag(after, CAP_PERMITTED, 1, &kept, CAP_SET) ==
			       0 &&
		       cap_set_flag(after, CAP_EFFECTIVE, 1, &kept, CAP_SET) ==
			       0;
	done = done && cap_set_proc(after) == 0;
	cap_free(now);
	cap_free(after);
	return done;
}

int lock_in(const struct filter *filter, const char **step)
{
	if (!drop_capabilities()) {
		*step = "capabilities";
		return errno;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		*step = "no_new_privs";
		return errno;
	}
	if (!filter_load(filter, NULL)) {
		*step = "its filter";
		return errno;
	}
	return 0;
}
