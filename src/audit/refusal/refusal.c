#include <linux/ptrace.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#include "landlock.h"
#include "needs.h"
#include "permissions.h"
#include "privileges.h"
#include "refusal.h"
#include "withheld.h"

/* The process that ptrace(2) is to attach to; 0: none. */
static pid_t tracee_of(const struct call *call)
{
	switch (call_argument(call, 0)) {
	case PTRACE_TRACEME:
		return call->pid;
	case PTRACE_ATTACH:
	case PTRACE_SEIZE:
		return (pid_t)call_argument(call, 1);
	}
	return 0;
}

/* A process has one tracer; under audit it is the auditor. */
static bool is_traced(struct refusal *refusal, const struct call *call)
{
	pid_t tracee = tracee_of(call);
	struct credentials credentials;

	if (tracee <= 0)
		return false;
	credentials_read(&credentials, tracee);
	credentials_free(&credentials);
	if (!credentials.tracer)
		return false;
	snprintf(refusal->reason, sizeof(refusal->reason),
		 "process %d is traced already, by %s", (int)tracee,
		 credentials_are_audited(&credentials) ? "this audit"
						       : "another process");
	return true;
}

static void need(struct refusal *refusal, int capability)
{
	char *name = cap_to_name(capability);

	if (!name)
		return;
	refusal->capability = capability;
	if (!*refusal->reason)
		snprintf(refusal->reason, sizeof(refusal->reason), "needs %s",
			 name);
	snprintf(refusal->allow, sizeof(refusal->allow),
		 "[capabilities] keep = %s", name);
	cap_free(name);
}

/*
 * What would have been above the file's mode. A user other than root has no
 * such capability to keep, as a rule: there a person changes the mode.
 */
static void need_for_file(struct refusal *refusal, enum blame blame,
			  const struct credentials *caller)
{
	if (blame == BLAME_OWNER)
		need(refusal, CAP_FOWNER);
	else if (blame == BLAME_MODE && caller->uid == 0 &&
		 !credentials_can(caller, CAP_DAC_OVERRIDE))
		need(refusal, CAP_DAC_OVERRIDE);
}

/*
 * What the kernel asks first stands first: of files the mode, of sockets
 * Landlock (fs/namei.c, net/socket.c). But first of all stands what no
 * capability is above, whenever it is asked: Landlock's rules for processes and
 * mounts, and files that nobody may change. Whether other rights of the caller
 * would have helped.
 */
static bool explain(struct refusal *refusal, const struct policy *policy,
		    const struct call *call, int errnum,
		    const struct credentials *caller, bool is_known)
{
	enum blame blame = BLAME_NOTHING;
	char name[MAX_BASE_NAME];
	int capability;

	call_base_name(name, call);
	if (strcmp(name, "ptrace") == 0 && is_traced(refusal, call))
		return false;
	if (landlock_explain_socket(refusal, policy, call, name, errnum) ||
	    landlock_explain_process(refusal, policy, call, name, errnum))
		return false;
	if (is_known)
		blame = permissions_explain(refusal->reason,
					    sizeof(refusal->reason), call, name,
					    caller, errnum);
	if (blame == BLAME_FILE)
		return false;
	capability = privilege_missing(call, name, errnum, caller);
	if (capability >= 0) {
		*refusal->reason = '\0';
		need(refusal, capability);
		return true;
	}
	need_for_file(refusal, blame, caller);
	if (is_known && blame == BLAME_NOTHING)
		landlock_explain(refusal, policy, call, name, caller, errnum);
	return blame == BLAME_OWNER || blame == BLAME_MODE;
}

void refusal_explain(struct refusal *refusal, const struct policy *policy,
		     const struct call *call, int errnum)
{
	struct credentials caller;
	bool is_known = credentials_read(&caller, call->pid);

	*refusal->reason = *refusal->allow = '\0';
	refusal->capability = -1;
	if (explain(refusal, policy, call, errnum, &caller, is_known))
		withheld_append(refusal->reason, sizeof(refusal->reason),
				call->pid, &caller);
	credentials_free(&caller);
}

void refusal_limit(struct refusal *refusal, uint64_t permitted)
{
	if (refusal->capability >= 0 && !(permitted >> refusal->capability & 1))
		*refusal->allow = '\0';
}
