#include <err.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/capability.h>
#include <unistd.h>

#include "../status.h"
#include "accounts.h"
#include "ids.h"

/* A groups_of callback. */
static void group_add(void *context, gid_t gid)
{
	struct process *process = context;

	for (size_t i = 0; i < process->n_groups; i++) {
		if (process->groups[i] == gid)
			return;
	}
	process->groups = reallocarray(process->groups, process->n_groups + 1,
				       sizeof(gid));
	if (!process->groups)
		err(STATUS_FAILED, "memory");
	process->groups[process->n_groups++] = gid;
}

static bool fault(const struct origin *origin, const char *what,
		  const char *file, struct faults *faults)
{
	fault_add(faults, origin->file, origin->line,
		  "no %s '%s' in %s; write a number, or make it", what,
		  origin->text, file);
	return false;
}

static bool plan_user(struct process *process, const struct origin *user,
		      bool has_group, bool has_groups, struct faults *faults)
{
	struct account account;

	if (!account_find(user->text, &account))
		return fault(user, "user", "/etc/passwd", faults);
	process->uid = account.uid;
	if (account.has_entry && !has_group)
		process->gid = account.gid;
	if (account.has_entry && !has_groups) {
		/* What initgroups(3) would give the user. */
		group_add(process, process->gid);
		groups_of(account.name, group_add, process);
	}
	if (account.has_entry || has_group)
		return true;
	fault_add(faults, user->file, user->line,
		  "user %s is not in /etc/passwd, so its group is not known; "
		  "name it by 'group'",
		  user->text);
	return false;
}

static bool plan_groups(struct process *process, const struct policy *policy,
			struct faults *faults)
{
	const struct item *item;
	bool found = true;
	gid_t gid;

	STAILQ_FOREACH(item, &policy->supplementary, next) {
		if (group_number(item->origin.text, &gid))
			group_add(process, gid);
		else
			found = fault(&item->origin, "group", "/etc/group",
				      faults);
	}
	return found;
}

static bool is_among(gid_t gid, const gid_t *groups, size_t n)
{
	while (n > 0 && groups[n - 1] != gid)
		n--;
	return n > 0;
}

/* The kernel has them in an order of its own. The group itself gives no more
 * for being among them. */
static bool has_groups(const struct process *process)
{
	static gid_t groups[NGROUPS_MAX]; /* too large to zero on the stack */
	int n = getgroups(NGROUPS_MAX, groups);

	for (int i = 0; i < n; i++) {
		if (!is_among(groups[i], process->groups, process->n_groups))
			return false;
	}
	for (size_t i = 0; n >= 0 && i < process->n_groups; i++) {
		if (process->groups[i] != process->gid &&
		    !is_among(process->groups[i], groups, (size_t)n))
			return false;
	}
	return n >= 0;
}

static bool has_ids(const struct process *process)
{
	uid_t real, effective, saved;
	gid_t real_group, effective_group, saved_group;

	if (getresuid(&real, &effective, &saved) < 0 ||
	    getresgid(&real_group, &effective_group, &saved_group) < 0)
		err(STATUS_FAILED, "cannot read the ids");
	return real == process->uid && effective == process->uid &&
	       saved == process->uid && real_group == process->gid &&
	       effective_group == process->gid && saved_group == process->gid &&
	       has_groups(process);
}

/* To become another one takes both capabilities; to stay oneself, none. */
static bool check_rights(const struct process *process,
			 const struct origin *origin, struct faults *faults)
{
	cap_flag_value_t setuid = CAP_CLEAR, setgid = CAP_CLEAR;
	cap_t state;

	if (has_ids(process))
		return true;
	state = cap_get_proc();
	if (!state ||
	    cap_get_flag(state, CAP_SETUID, CAP_PERMITTED, &setuid) < 0 ||
	    cap_get_flag(state, CAP_SETGID, CAP_PERMITTED, &setgid) < 0)
		err(STATUS_FAILED, "cannot read the capabilities");
	cap_free(state);
	if (setgid == CAP_SET &&
	    (setuid == CAP_SET || process->uid == geteuid()))
		return true;
	fault_add(faults, origin->file, origin->line,
		  "cannot become '%s': it takes cap_setuid and cap_setgid; "
		  "start scrun as root, or leave the key out",
		  origin->text);
	return false;
}

bool ids_plan(struct process *process, const struct policy *policy,
	      struct faults *faults)
{
	const struct origin *user = &policy->settings[SETTING_USER].origin;
	const struct origin *group = &policy->settings[SETTING_GROUP].origin;
	const struct origin *groups = &policy->supplementary_origin;
	const struct origin *any = user->file	 ? user
				   : group->file ? group
						 : groups;

	if (!any->file)
		return true;
	process->has_ids = true;
	process->uid = geteuid();
	process->gid = getegid();
	if (group->file && !group_number(group->text, &process->gid))
		return fault(group, "group", "/etc/group", faults);
	if (user->file &&
	    !plan_user(process, user, group->file, groups->file, faults))
		return false;
	if (process->n_groups == 0)
		group_add(process, process->gid);
	return plan_groups(process, policy, faults) &&
	       check_rights(process, any, faults);
}

void ids_apply(const struct process *process)
{
	if (!process->has_ids || has_ids(process))
		return;
	/* By libcap, which keeps the permitted capabilities across. */
	if (cap_setgroups(process->gid, process->n_groups, process->groups) < 0)
		err(STATUS_FAILED, "cannot set the groups");
	if (process->uid != geteuid() && cap_setuid(process->uid) < 0)
		err(STATUS_FAILED, "cannot set the user");
	/* The kernel may have been told otherwise by whoever filters scrun. */
	if (!has_ids(process))
		errx(STATUS_FAILED,
		     "the kernel did not set the ids that it was asked for");
}
