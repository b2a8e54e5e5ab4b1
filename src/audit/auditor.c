#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../status.h"
#include "auditor.h"
#include "hint.h"
#include "last_words.h"
#include "lock_in.h"
#include "memory.h"
#include "tracer.h"

/* A stack for the listener, which calls nothing that is deep. */
#define STACK_SIZE ((size_t)256 * 1024)

/* How long a start may go unnoticed, in ms; the command does not wait. */
#define POLL_TIME 1

/* How long a reading of the command's memory may take at least, in seconds. */
#define READ_TIME 10

void auditor_prepare(struct auditor *auditor, struct watch *watch)
{
	*auditor = (struct auditor){ .watch = watch, .launcher = getpid() };
	watch->permitted = caps_permitted();
	lock_in_prepare(&auditor->filter, learn_writes(watch->learn));
	auditor->listener = listener_new();
	if (!auditor->listener)
		err(STATUS_FAILED, "this kernel cannot tell an auditor of "
				   "denied calls");
	auditor->hand_over =
		mmap(NULL, sizeof(*auditor->hand_over), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	auditor->launcher_pidfd =
		(int)syscall(SYS_pidfd_open, auditor->launcher, 0);
	auditor->may_attach = eventfd(0, EFD_CLOEXEC);
	auditor->has_attached = eventfd(0, EFD_CLOEXEC);
	if (auditor->hand_over == MAP_FAILED || auditor->launcher_pidfd < 0 ||
	    auditor->may_attach < 0 || auditor->has_attached < 0)
		err(STATUS_FAILED, "cannot prepare the audit");
}

/* Waits for FD to be written to, or for the process behind PIDFD to be gone:
 * with a shared table of descriptors there is no end of file. */
static bool wait_for(int fd, int pidfd)
{
	struct pollfd waiting[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};

	while (poll(waiting, 2, -1) < 0) {
		if (errno != EINTR)
			return false;
	}
	return waiting[0].revents & POLLIN;
}

#define MAX_KEPT (2 + N_LEARN_FDS)

static int compare_fds(const void *left, const void *right)
{
	return *(const int *)left - *(const int *)right;
}

/* The descriptors that it needs from now on, in their order. */
static size_t kept_fds(const struct auditor *auditor, int listener,
		       int fds[MAX_KEPT])
{
	const struct watch *watch = auditor->watch;
	size_t n = 2;

	fds[0] = watch->report.fd;
	fds[1] = listener;
	n += learn_fds(watch->learn, fds + n);
	qsort(fds, n, sizeof(fds[0]), compare_fds);
	return n;
}

/*
 * Leaves the launcher's table of descriptors and keeps few: a pipe's reader is
 * to see its end when the command ends. 0 to 2 are filled, lest something write
 * to a file that happens to have their number: not by /dev/null, which a bare
 * root directory lacks.
 */
static bool leave_table(struct auditor *auditor, int *listener)
{
	unsigned int next = 0;
	int fds[MAX_KEPT];
	size_t n;

	/* Above 2, which launch_guard() has filled. */
	*listener = auditor->hand_over->progress.listener;
	n = kept_fds(auditor, *listener, fds);
	/* Not by unshare(2), which containers deny. */
	if (close_range((unsigned int)fds[n - 1] + 1, UINT_MAX,
			CLOSE_RANGE_UNSHARE) < 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned int fd = (unsigned int)fds[i];

		if (next < fd)
			close_range(next, fd - 1, 0);
		next = fd + 1;
	}
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (open("/", O_RDONLY | O_DIRECTORY) != fd)
			return false;
	}
	messages_tell();
	return true;
}

struct listening {
	struct auditor *auditor;
	int fd;
};

static void *listen_beside(void *context)
{
	const struct listening *listening = context;

	listener_run(listening->auditor->listener, listening->fd,
		     listening->auditor->watch);
	return NULL;
}

/* EXITKILL: the command does not run. */
static _Noreturn void fail_late(struct report *report)
{
	report->format->failure(report, "the auditor could not begin, and the "
					"command was ended");
	_exit(STATUS_FAILED);
}

/*
 * A command can have memory that makes its reader wait for ever, and once
 * killed it waits in turn for the reader that traces it: nobody could end it.
 * EXITKILL does. The report's own reader is not waited for.
 */
static void *end_vain_reading(void *context)
{
	struct report *report = context;
	struct pollfd ready = { .fd = report->fd, .events = POLLOUT };
	unsigned long last = NO_READING;

	while (!memory_waits(&last))
		sleep(READ_TIME);
	if (poll(&ready, 1, 0) > 0)
		report->format->failure(report,
					"the command's memory cannot be read, "
					"and the command was ended");
	_exit(STATUS_FAILED);
}

static bool start_thread(void *(*start)(void *), void *context)
{
	pthread_attr_t attributes;
	pthread_t thread;

	return pthread_attr_init(&attributes) == 0 &&
	       pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0 &&
	       pthread_create(&thread, &attributes, start, context) == 0;
}

/* Leaves the launcher's table, and begins the report, before. */
static bool start_listening(struct auditor *auditor, int *fd)
{
	static struct listening listening;

	listening.auditor = auditor;
	if (!leave_table(auditor, &listening.fd))
		return false;
	*fd = listening.fd;
	auditor->watch->report.format->start(&auditor->watch->report);
	return start_thread(listen_beside, &listening);
}

/* The tracer's listen. */
static bool start_listener(void *context)
{
	struct auditor *auditor = context;
	struct report *report = &auditor->watch->report;
	int fd;

	if (!auditor->hand_over->progress.listener)
		return false;
	if (!start_listening(auditor, &fd) ||
	    !start_thread(end_vain_reading, report))
		fail_late(report);
	return true;
}

/* Nobody is left who could make a call. */
static void await_end(int fd, struct watch *watch)
{
	struct pollfd ended = { .fd = fd }; /* POLLHUP comes unasked */

	while (poll(&ended, 1, -1) < 0) {
		if (errno == EINTR)
			continue;
		pthread_mutex_lock(&watch->lock);
		watch_fail(watch, "cannot wait for the command's end");
	}
}

/* Without ptrace, the listener's descriptor appears some time. */
static void audit_denied(struct auditor *auditor)
{
	struct progress *progress = &auditor->hand_over->progress;
	struct report *report = &auditor->watch->report;
	struct pollfd launcher = {
		.fd = auditor->launcher_pidfd,
		.events = POLLIN,
	};
	int fd;

	while (!progress->listener) {
		if (poll(&launcher, 1, POLL_TIME) > 0 && !progress->listener)
			return; /* it ended before */
	}
	if (!start_listening(auditor, &fd)) {
		report->format->failure(report, "the auditor could not begin; "
						"what is denied fails with "
						"ENOSYS");
		return;
	}
	await_end(fd, auditor->watch);
	if (!progress->has_failed)
		watch_report(auditor->watch);
}

/*
 * All signals are blocked: those of a terminal and of an init system are meant
 * for the command. But for those of a crash, where the last words are. And
 * nobody but root can look into the auditor.
 */
static void detach(void)
{
	sigset_t all;

	sigfillset(&all);
	if (sigprocmask(SIG_BLOCK, &all, NULL) < 0 || setsid() < 0 ||
	    chdir("/") < 0 || signal(SIGCHLD, SIG_DFL) == SIG_ERR ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || crash_tell() < 0)
		_exit(STATUS_FAILED);
}

static _Noreturn void auditor_main(struct auditor *auditor)
{
	bool traces = auditor->watch->report.mode != AUDIT_DENIED;
	struct hand_over *hand_over = auditor->hand_over;

	detach();
	if (!wait_for(auditor->may_attach, auditor->launcher_pidfd))
		_exit(STATUS_FAILED);
	if (traces)
		hand_over->failure = tracer_attach(auditor->launcher);
	if (!hand_over->failure)
		hand_over->failure =
			lock_in(&auditor->filter, &hand_over->step);
	clock_gettime(CLOCK_MONOTONIC, &auditor->watch->report.start);
	/* Attached, its end is the launcher's, who has no time for a word. */
	if (eventfd_write(auditor->has_attached, 1) < 0) {
		warn("the auditor cannot tell that it watches");
		_exit(STATUS_FAILED);
	}
	/* Attached, it must stay until the launcher has said why it ends, for
	 * EXITKILL would be sooner. */
	if (hand_over->failure && !(traces && hand_over->step))
		_exit(STATUS_FAILED);
	if (traces)
		tracer_run(auditor->watch, auditor->launcher, start_listener,
			   auditor);
	else
		audit_denied(auditor);
	_exit(0);
}

/* No signal to the parent at the end, who may have had SIGCHLD ignored. */
static pid_t fork_sharing_files(unsigned long flags, int *pidfd)
{
	return (pid_t)syscall(SYS_clone, flags | CLONE_FILES, NULL, pidfd, NULL,
			      NULL);
}

static void fork_auditor(struct auditor *auditor)
{
	struct hand_over *hand_over = auditor->hand_over;
	pid_t pid = fork_sharing_files(CLONE_PIDFD, &hand_over->auditor_pidfd);

	if (pid == 0)
		auditor_main(auditor);
	hand_over->auditor = pid;
}

/* By two forks, so that the auditor is nobody's child that waits for it. */
static void fork_orphan(struct auditor *auditor)
{
	pid_t pid = fork_sharing_files(0, NULL);

	if (pid == 0) {
		fork_auditor(auditor);
		_exit(0);
	}
	if (pid < 0)
		err(STATUS_FAILED, "cannot start the auditor");
	while (waitpid(pid, NULL, __WALL) < 0) {
		if (errno != EINTR)
			err(STATUS_FAILED, "cannot wait for the auditor");
	}
}

/*
 * An orphan would come to this process, and the command would find a child that
 * ends when it ends itself. But one that was made without a signal for its end,
 * and has not become an orphan, is not there for a wait(2) without __WALL or
 * __WCLONE.
 */
static bool adopts_orphans(void)
{
	int is_subreaper = 0;

	return getpid() == 1 ||
	       prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper, 0, 0, 0) < 0 ||
	       is_subreaper;
}

static _Noreturn void fail(const struct hand_over *hand_over)
{
	if (hand_over->step) {
		errno = hand_over->failure;
		err(STATUS_FAILED, "the auditor could not lock itself in: %s",
		    hand_over->step);
	}
	hint_attach(hand_over->failure);
}

void auditor_start(void *context)
{
	struct auditor *auditor = context;
	struct hand_over *hand_over = auditor->hand_over;

	hand_over->auditor = -1;
	if (adopts_orphans())
		fork_auditor(auditor);
	else
		fork_orphan(auditor);
	if (hand_over->auditor < 0)
		errx(STATUS_FAILED, "cannot start the auditor");
	/* Yama lets nobody else attach (ptrace(2)); without it, EINVAL. */
	prctl(PR_SET_PTRACER, (unsigned long)hand_over->auditor, 0, 0, 0);
	if (eventfd_write(auditor->may_attach, 1) < 0)
		err(STATUS_FAILED, "cannot tell the auditor to begin");
	/* At a word from the auditor, never because it is gone. */
	if (!wait_for(auditor->has_attached, hand_over->auditor_pidfd))
		errx(STATUS_FAILED, "the auditor ended before it watched");
	if (hand_over->failure)
		fail(hand_over);
}
