#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../enforce/observe.h"
#include "../policy/verdict.h"
#include "current.h"
#include "events.h"
#include "skip.h"
#include "tracees.h"
#include "tracer.h"
#include "untraced.h"

/* As libc calls the kernel's struct ptrace_syscall_info. */
#define info_of_call __ptrace_syscall_info

/* What ptrace(2) adds to a stop for a call with PTRACE_O_TRACESYSGOOD. */
#define SYSCALL_STOP (SIGTRAP | 0x80)

struct tracer {
	struct watch *watch;
	pid_t launcher;
	bool has_started; /* the launcher has become the command */
	struct tracees tracees;
	struct events events;
};

int tracer_attach(pid_t pid)
{
	const unsigned long options =
		PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD |
		PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |
		PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
		PTRACE_O_TRACEEXIT;

	return ptrace(PTRACE_SEIZE, pid, NULL, options) == 0 ? 0 : errno;
}

static _Noreturn void fail(struct tracer *tracer, const char *what)
{
	int failure = errno;

	pthread_mutex_lock(&tracer->watch->lock);
	errno = failure;
	watch_fail(tracer->watch, what);
}

/* A tracee that has been killed meanwhile is gone (ESRCH): wait4 tells. Any
 * other one would stand still for ever. */
static void check_alive(struct tracer *tracer, long result)
{
	if (result < 0 && errno != ESRCH)
		fail(tracer, "cannot let a stopped thread go on");
}

static void go_on(struct tracer *tracer, const struct tracee *tracee,
		  int signal)
{
	check_alive(tracer,
		    ptrace(tracee->wants_exit ? PTRACE_SYSCALL : PTRACE_CONT,
			   tracee->tid, NULL, (long)signal));
}

/* What a living tracee does not tell is missing in the report. */
static bool get_info(struct tracer *tracer, pid_t tid,
		     struct info_of_call *info)
{
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(*info), info) > 0)
		return true;
	if (errno != ESRCH)
		report_lose(&tracer->watch->report);
	return false;
}

static bool is_tracing(const struct tracer *tracer)
{
	return tracer->watch->report.mode == AUDIT_TRACE;
}

static void on_logged(struct tracer *tracer, const struct call *call)
{
	struct verdict verdict = verdict_of(tracer->watch->policy, call->arch,
					    call->nr, call->args);

	if (verdict.action != ACTION_LOG)
		return;
	pthread_mutex_lock(&tracer->watch->lock);
	watch_verdict(tracer->watch, call, FINDING_LOGGED);
	pthread_mutex_unlock(&tracer->watch->lock);
}

/* What is decoded now cannot be changed by the call, nor by an exec. */
static void decode_entry(struct tracer *tracer, struct tracee *tracee)
{
	if (!tracee->decoded)
		tracee->decoded = malloc(sizeof(*tracee->decoded));
	if (!tracee->decoded) {
		report_lose(&tracer->watch->report);
		return;
	}
	pthread_mutex_lock(&tracer->watch->lock);
	call_decode(tracee->decoded, &tracee->call);
	pthread_mutex_unlock(&tracer->watch->lock);
}

/* exit and exit_group have no result; their line is written at once. */
static void trace_endless(struct tracer *tracer, struct tracee *tracee)
{
	if (!tracee->decoded || strncmp(tracee->decoded->name, "exit", 4) != 0)
		return;
	pthread_mutex_lock(&tracer->watch->lock);
	tracer->watch->report.format->call(
		&tracer->watch->report, tracee->decoded, tracee->tid,
		&(struct result){ .value = 0, .is_none = true });
	pthread_mutex_unlock(&tracer->watch->lock);
}

static bool can_be_refused(struct tracer *tracer, const struct call *call)
{
	bool answer;

	pthread_mutex_lock(&tracer->watch->lock);
	answer = call_can_be_refused(call);
	pthread_mutex_unlock(&tracer->watch->lock);
	return answer;
}

static void learn(struct tracer *tracer, struct tracee *tracee)
{
	struct watch *watch = tracer->watch;

	if (!watch->learn)
		return;
	pthread_mutex_lock(&watch->lock);
	learn_call(watch->learn, &tracee->call, !tracer->has_started,
		   &tracee->pending);
	pthread_mutex_unlock(&watch->lock);
}

/*
 * A filter of the command's own asks for a tracer, which the command has not:
 * the call fails as it does without an audit.
 */
static void on_foreign_stop(struct tracer *tracer, struct tracee *tracee)
{
	tracee->wants_exit = true;
	if (!call_skip(tracee->tid) && errno != ESRCH)
		fail(tracer, "cannot make a call fail that the command's own "
			     "filter forbids");
}

/* Under the filter, before the call: the one stop that every call makes. */
static void on_call(struct tracer *tracer, struct tracee *tracee)
{
	struct info_of_call info;
	struct call *call = &tracee->call;

	if (!get_info(tracer, tracee->tid, &info) ||
	    info.op != PTRACE_SYSCALL_INFO_SECCOMP)
		return;
	*call = (struct call){
		.pid = tracee->tid,
		.arch = info.arch,
		.nr = (uint32_t)info.seccomp.nr,
	};
	memcpy(call->args, info.seccomp.args, sizeof(call->args));
	tally_count(&tracer->watch->tally, call->arch, call->nr)->calls++;
	tracee->wants_exit = is_tracing(tracer) || can_be_refused(tracer, call);
	if (tracer->watch->has_log)
		on_logged(tracer, call);
	if (info.seccomp.ret_data == OBSERVED_STOP)
		learn(tracer, tracee);
	else
		on_foreign_stop(tracer, tracee);
	if (untraced_clear(call))
		tracer->watch->tally.untraced++;
	if (is_tracing(tracer)) {
		decode_entry(tracer, tracee);
		trace_endless(tracer, tracee);
	}
}

static void trace_result(struct tracer *tracer, struct tracee *tracee,
			 const struct result *result)
{
	if (!tracee->decoded)
		return;
	pthread_mutex_lock(&tracer->watch->lock);
	if (!result->is_error)
		call_decode_result(tracee->decoded, &tracee->call,
				   result->value);
	tracer->watch->report.format->call(
		&tracer->watch->report, tracee->decoded, tracee->tid, result);
	pthread_mutex_unlock(&tracer->watch->lock);
	free(tracee->decoded);
	tracee->decoded = NULL;
}

static void learn_from_result(struct tracer *tracer,
			      const struct tracee *tracee, int errnum)
{
	if (!tracer->watch->learn || !tracee->pending)
		return;
	pthread_mutex_lock(&tracer->watch->lock);
	learn_result(tracer->watch->learn, &tracee->call, tracee->pending,
		     errnum);
	pthread_mutex_unlock(&tracer->watch->lock);
}

/*
 * Whether a filter came with it. Of two that deny a call, the later one's
 * answer counts, and it does not come here (seccomp_run_filters() in the
 * kernel's kernel/seccomp.c).
 */
static bool sets_filter(struct tracer *tracer, const struct call *call)
{
	const char *name;
	bool answer;

	if (call->args[0] != SECCOMP_SET_MODE_FILTER &&
	    call->args[0] != SECCOMP_SET_MODE_STRICT &&
	    call->args[0] != PR_SET_SECCOMP)
		return false;
	pthread_mutex_lock(&tracer->watch->lock);
	name = call_name(call->arch, call->nr);
	answer = call->args[0] == PR_SET_SECCOMP ? strcmp(name, "prctl") == 0
						 : strcmp(name, "seccomp") == 0;
	pthread_mutex_unlock(&tracer->watch->lock);
	return answer;
}

static void on_result(struct tracer *tracer, struct tracee *tracee)
{
	struct info_of_call info;
	struct call *call = &tracee->call;
	int errnum;

	if (!tracee->wants_exit)
		return;
	tracee->wants_exit = false;
	if (!get_info(tracer, tracee->tid, &info) ||
	    info.op != PTRACE_SYSCALL_INFO_EXIT)
		return;
	call->pid = tracee->tid; /* another one, after an exec by a thread */
	if (is_tracing(tracer))
		trace_result(tracer, tracee,
			     &(struct result){
				     .value = info.exit.rval,
				     .is_error = info.exit.is_error,
			     });
	learn_from_result(tracer, tracee,
			  info.exit.is_error ? (int)-info.exit.rval : 0);
	if (!info.exit.is_error) {
		tracer->watch->report.is_partial |= sets_filter(tracer, call);
		return;
	}
	/* A call that a signal makes the kernel restart (ERESTARTSYS) is
	 * counted as strace(1) does: as one that failed, and another one. */
	errnum = (int)-info.exit.rval;
	tally_count(&tracer->watch->tally, call->arch, call->nr)->errors++;
	/* EXDEV is also what Landlock says to a rename; what "rt_sigreturn"
	 * returns is the register that it restored. */
	if ((errnum != EPERM && errnum != EACCES && errnum != EXDEV) ||
	    !can_be_refused(tracer, call))
		return;
	pthread_mutex_lock(&tracer->watch->lock);
	watch_refusal(tracer->watch, call, errnum);
	pthread_mutex_unlock(&tracer->watch->lock);
}

/* Whether the clone that TRACEE is in makes a process, and not a thread. */
static bool makes_process(const struct tracee *tracee, int event)
{
	return event != PTRACE_EVENT_CLONE ||
	       !(clone_flags(&tracee->call) & CLONE_THREAD);
}

/* Whether it is still in this stop. Killed meanwhile, it stops once more, at
 * PTRACE_EVENT_EXIT, and what it stopped for before has no message now. */
static bool is_in_stop(pid_t tid, int event)
{
	siginfo_t info;

	return ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) == 0 &&
	       info.si_code >> 8 == event;
}

static void on_child(struct tracer *tracer, const struct tracee *tracee,
		     int event, unsigned long child)
{
	if (!is_in_stop(tracee->tid, event))
		return;
	if (tracees_announce(&tracer->tracees, (pid_t)child) &&
	    makes_process(tracee, event))
		tracer->watch->tally.processes++;
}

static bool is_process(pid_t tid)
{
	return tgkill(tid, tid, 0) == 0 || errno != ESRCH;
}

/* It stops before its parent does, which may be killed before it stops. */
static struct tracee *on_stranger(struct tracer *tracer, pid_t tid)
{
	struct tracee *tracee = tracees_get(&tracer->tracees, tid);

	tracee->is_counted = is_process(tid);
	if (tracee->is_counted)
		tracer->watch->tally.processes++;
	return tracee;
}

/* All other threads are gone without a word, and the one that made the call
 * has the leader's id now: FORMER was its own. */
static struct tracee *on_exec(struct tracer *tracer, struct tracee *leader,
			      pid_t former)
{
	struct tracee *tracee;
	pid_t tid = leader->tid;

	if (tid == tracer->launcher)
		tracer->has_started = true;
	if (former == tid)
		return leader;
	tracee = tracees_find(&tracer->tracees, former);
	if (!tracee)
		return leader;
	tracees_replace(&tracer->tracees, leader, tracee);
	return tracee;
}

/*
 * A call that the policy kills shows only in the end that it leads to. The
 * registers of the thread that made it still hold it.
 */
static void on_killed(struct tracer *tracer, pid_t tid)
{
	struct info_of_call info;
	struct verdict verdict;
	struct call call = { .pid = tid };

	if (!get_info(tracer, tid, &info))
		return;
	if (!call_current(&call)) {
		tracer->watch->tally.unread++;
		return;
	}
	call.arch = info.arch;
	verdict = verdict_of(tracer->watch->policy, call.arch, call.nr,
			     call.args);
	if (verdict.action != ACTION_KILL)
		return;
	pthread_mutex_lock(&tracer->watch->lock);
	tally_count(&tracer->watch->tally, call.arch, call.nr)->denied++;
	watch_verdict(tracer->watch, &call, FINDING_KILLED);
	pthread_mutex_unlock(&tracer->watch->lock);
}

static void trace_event(struct tracer *tracer, pid_t tid, const char *text)
{
	pthread_mutex_lock(&tracer->watch->lock);
	tracer->watch->report.format->event(&tracer->watch->report, tid, text);
	pthread_mutex_unlock(&tracer->watch->lock);
}

/* "SIGTERM", "SIGRT_3" */
static const char *signal_text(int signal, char text[16])
{
	const char *name = sigabbrev_np(signal);

	if (name)
		snprintf(text, 16, "SIG%s", name);
	else
		snprintf(text, 16, "SIGRT_%d", signal - SIGRTMIN);
	return text;
}

static void trace_end(struct tracer *tracer, pid_t tid, int status)
{
	char text[64], name[16];

	if (!is_tracing(tracer))
		return;
	if (WIFEXITED(status))
		snprintf(text, sizeof(text), "+++ exited with %d +++",
			 WEXITSTATUS(status));
	else
		snprintf(text, sizeof(text), "+++ killed by %s +++",
			 signal_text(WTERMSIG(status), name));
	trace_event(tracer, tid, text);
}

/* With process 1 of a namespace all others in it end, the auditor too
 * (pid_namespaces(7)). */
static bool is_last(const struct tracer *tracer, const struct tracee *tracee)
{
	return tracee->tid == 1 ||
	       tracer->tracees.n_exiting == tracer->tracees.n;
}

/* The report is complete before the last thread can end. */
static void on_exit_event(struct tracer *tracer, struct tracee *tracee,
			  unsigned long status)
{
	if (WIFSIGNALED((int)status) && WTERMSIG((int)status) == SIGSYS)
		on_killed(tracer, tracee->tid);
	trace_end(tracer, tracee->tid, (int)status);
	tracees_exiting(&tracer->tracees, tracee);
	if (is_last(tracer, tracee) && tracer->has_started)
		watch_report(tracer->watch);
}

/* One that is killed with its whole group need not have announced its end. */
static void on_end(struct tracer *tracer, struct tracee *tracee, int status)
{
	if (!tracee->is_exiting)
		trace_end(tracer, tracee->tid, status);
	tracees_remove(&tracer->tracees, tracee);
}

/*
 * A stop by a signal of the job control: the thread stays stopped, and a
 * SIGCONT is seen (ptrace(2), "Group-stop"). Else it is a new thread's first
 * stop, or that SIGCONT.
 */
static void on_group_stop(struct tracer *tracer, const struct tracee *tracee,
			  int signal)
{
	if (signal == SIGTRAP)
		go_on(tracer, tracee, 0);
	else
		check_alive(tracer,
			    ptrace(PTRACE_LISTEN, tracee->tid, NULL, NULL));
}

static void on_signal(struct tracer *tracer, const struct tracee *tracee,
		      int signal)
{
	char text[32], name[16];

	snprintf(text, sizeof(text), "--- %s ---", signal_text(signal, name));
	if (is_tracing(tracer))
		trace_event(tracer, tracee->tid, text);
	go_on(tracer, tracee, signal);
}

/* The one place where a stop is served, and ended. */
static void on_stop(struct tracer *tracer, struct tracee *tracee, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;
	unsigned long message = 0;

	if (event == PTRACE_EVENT_STOP) {
		on_group_stop(tracer, tracee, signal);
		return;
	}
	if (event == 0 && signal != SYSCALL_STOP) {
		on_signal(tracer, tracee, signal);
		return;
	}
	if (event != 0 && event != PTRACE_EVENT_SECCOMP &&
	    ptrace(PTRACE_GETEVENTMSG, tracee->tid, NULL, &message) < 0 &&
	    errno != ESRCH)
		fail(tracer, "cannot learn what a thread has stopped for");
	switch (event) {
	case 0:
		on_result(tracer, tracee);
		break;
	case PTRACE_EVENT_SECCOMP:
		on_call(tracer, tracee);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		on_child(tracer, tracee, event, message);
		break;
	case PTRACE_EVENT_EXEC:
		tracee = on_exec(tracer, tracee, (pid_t)message);
		break;
	case PTRACE_EVENT_EXIT:
		on_exit_event(tracer, tracee, message);
		break;
	}
	go_on(tracer, tracee, 0);
}

static void on_event(struct tracer *tracer, const struct event *event)
{
	struct tracee *tracee = tracees_find(&tracer->tracees, event->tid);

	if (WIFSTOPPED(event->status)) {
		if (!tracee)
			tracee = on_stranger(tracer, event->tid);
		on_stop(tracer, tracee, event->status);
		return;
	}
	/* One that is not known is no tracee: a child that scrun was started
	 * with can be the auditor's now. */
	if (tracee)
		on_end(tracer, tracee, event->status);
}

void tracer_run(struct watch *watch, pid_t pid, bool (*listen)(void *),
		void *context)
{
	struct tracer tracer = {
		.watch = watch,
		.launcher = pid,
	};
	ssize_t n;

	events_init(&tracer.events, listen, context);
	watch->tally.processes = 1;
	tracees_announce(&tracer.tracees, pid);
	while ((n = events_take(&tracer.events, tracer.tracees.n)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			on_event(&tracer, &tracer.events.list[i]);
	}
	if (n < 0)
		fail(&tracer, "cannot wait for the command");
	events_free(&tracer.events);
	/* Where the last one was killed, its end was not announced. */
	if (tracer.has_started)
		watch_report(watch);
}
