#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../status.h"
#include "attribution.h"
#include "printable.h"
#include "refusal/refusal.h"
#include "report_json.h"
#include "watch.h"

static void caller_read(struct caller *caller, pid_t pid)
{
	char path[64], comm[32];
	ssize_t n = -1;
	int fd;

	caller->pid = pid;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, comm, sizeof(comm));
		close(fd);
	}
	if (n > 0 && comm[n - 1] == '\n')
		n--;
	printable(caller->comm, sizeof(caller->comm), comm,
		  n > 0 ? (size_t)n : 0);
}

static void tell(struct watch *watch, const struct finding *like,
		 const struct decoded *decoded, pid_t pid)
{
	const struct finding *first = tally_find(&watch->tally, like);
	struct caller caller;

	if (!first)
		return;
	caller_read(&caller, pid);
	watch->report.format->finding(&watch->report, first, decoded, &caller);
}

/* A policy says nothing of an architecture that it does not list. */
static void explain_architecture(const struct call *call,
				 const struct verdict *verdict, char *reason,
				 size_t size, char *allow, size_t allow_size)
{
	bool is_x32 = call->arch == SCMP_ARCH_X86_64;
	const char *name = is_x32 ? "x32" : arch_name(call->arch);

	reason[0] = '\0';
	if (verdict->origin || !name)
		return;
	snprintf(reason, size, "the policy does not list %s", name);
	snprintf(allow, allow_size, "[syscalls] architectures = native %s",
		 name);
}

/* The default says ENOSYS to nothing else (scrun.ini(5), Calls that programs
 * probe for). */
static bool is_probed(const struct policy *policy,
		      const struct verdict *verdict)
{
	return verdict->origin &&
	       strcmp(verdict->origin->key, "default") == 0 &&
	       verdict->errnum == ENOSYS && policy->default_errnum != ENOSYS;
}

/* What is told of a finding the first time only. */
static void tell_verdict(struct watch *watch, const struct finding *like,
			 const struct call *call, const struct verdict *verdict,
			 const struct decoded *decoded)
{
	char reason[64], allow[640], none[] = "";
	struct finding whole = *like;

	attribution_allow(watch->policy, call, verdict, decoded, allow,
			  sizeof(allow));
	explain_architecture(call, verdict, reason, sizeof(reason), allow,
			     sizeof(allow));
	if (is_probed(watch->policy, verdict))
		snprintf(reason, sizeof(reason),
			 "tried only: programs do without");
	whole.reason = reason;
	whole.allow = like->kind == FINDING_LOGGED ? none : allow;
	tell(watch, &whole, decoded, call->pid);
}

static void note_verdict(struct watch *watch, const struct call *call,
			 enum finding_kind kind, const struct verdict *verdict)
{
	struct decoded decoded;
	char brief[512];
	struct finding like = {
		.kind = kind,
		.errnum = verdict->errnum,
		.origin = verdict->origin,
		.arch = call->arch,
		.nr = call->nr,
		.brief = brief,
	};

	call_decode(&decoded, call);
	decoded_print_brief(&decoded, brief, sizeof(brief));
	if (!tally_find_again(&watch->tally, &like))
		tell_verdict(watch, &like, call, verdict, &decoded);
	if (watch->report.mode == AUDIT_TRACE && kind == FINDING_DENIED)
		watch->report.format->call(&watch->report, &decoded, call->pid,
					   &(struct result){
						   .value = -verdict->errnum,
						   .is_error = true,
						   .is_denied = true,
					   });
}

int watch_verdict(struct watch *watch, const struct call *call,
		  enum finding_kind kind)
{
	struct verdict verdict =
		verdict_of(watch->policy, call->arch, call->nr, call->args);

	/* Nothing comes after the end of a report. */
	if (!watch->has_reported)
		note_verdict(watch, call, kind, &verdict);
	/* Only what is denied has an errno; no other verdict comes here from
	 * the kernel, unless the two disagree, and then it is denied. */
	return verdict.errnum ? verdict.errnum : EPERM;
}

/* What is to be learned, and what may be no refusal at all, is explained each
 * time: that two file systems are two is none. */
static bool is_told_once(const struct watch *watch, int errnum)
{
	return !watch->learn && errnum != EXDEV;
}

void watch_refusal(struct watch *watch, const struct call *call, int errnum)
{
	struct refusal refusal = { 0 };
	struct decoded decoded;
	char brief[512];
	struct finding like = {
		.kind = FINDING_REFUSED,
		.errnum = errnum,
		.arch = call->arch,
		.nr = call->nr,
		.brief = brief,
		.reason = refusal.reason,
		.allow = refusal.allow,
	};

	call_decode(&decoded, call);
	decoded_print_brief(&decoded, brief, sizeof(brief));
	if (is_told_once(watch, errnum) &&
	    tally_find_again(&watch->tally, &like))
		return;
	refusal_explain(&refusal, watch->policy, call, errnum);
	refusal_limit(&refusal, watch->permitted);
	if (watch->learn)
		learn_refusal(watch->learn, call, &refusal);
	if (errnum != EXDEV || *refusal.reason)
		tell(watch, &like, &decoded, call->pid);
}

/* learn_end's tell. */
static void note(void *context, const char *line)
{
	struct report *report = context;

	report->format->note(report, line);
}

/* learn_tell's write. */
static void tell_fact(void *context, json_t *line)
{
	report_json_line(context, line);
}

static void end_learning(struct watch *watch)
{
	if (!watch->learn)
		return;
	learn_close(watch->learn);
	if (watch->report.format == &report_json)
		learn_tell(watch->learn, tell_fact, &watch->report);
	if (learn_writes(watch->learn))
		learn_end(watch->learn, note, &watch->report);
}

_Noreturn void watch_fail(struct watch *watch, const char *what)
{
	struct report *report = &watch->report;
	char text[160];
	int n = snprintf(text, sizeof(text),
			 "the auditor %s: %s; this report is not complete",
			 what, strerrordesc_np(errno));

	report->format->failure(report, n > 0 ? text : what);
	_exit(STATUS_FAILED);
}

void watch_report(struct watch *watch)
{
	const struct timespec *start = &watch->report.start;
	struct timespec now;

	pthread_mutex_lock(&watch->lock);
	if (!watch->has_reported) {
		end_learning(watch);
		clock_gettime(CLOCK_MONOTONIC, &now);
		watch->report.format->end(
			&watch->report, &watch->tally,
			(double)(now.tv_sec - start->tv_sec) +
				(double)(now.tv_nsec - start->tv_nsec) / 1e9);
	}
	watch->has_reported = true;
	pthread_mutex_unlock(&watch->lock);
}
