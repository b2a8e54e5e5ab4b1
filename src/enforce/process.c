#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../status.h"
#include "ids.h"
#include "process.h"

static pid_t parent;

void process_begin(void)
{
	parent = getppid();
}

/* The setting if the policy has it, else NULL. */
static const struct setting *setting(const struct process *process,
				     enum setting_key key)
{
	const struct setting *setting = &process->policy->settings[key];

	return setting->origin.file ? setting : NULL;
}

static bool fault(const struct origin *origin, const char *what,
		  struct faults *faults)
{
	fault_add(faults, origin->file, origin->line, "%s '%s': %s", what,
		  origin->text, strerror(errno));
	return false;
}

static bool enter_root(const struct process *process, struct faults *faults)
{
	const struct setting *root = setting(process, SETTING_ROOT);
	const struct origin *origin;

	if (!root)
		return true;
	origin = &root->origin;
	if (chdir(origin->text) == 0 && chroot(".") == 0)
		return true;
	if (errno != EPERM)
		return fault(origin, "cannot enter", faults);
	fault_add(faults, origin->file, origin->line,
		  "cannot enter '%s': it takes cap_sys_chroot; start scrun as "
		  "root, or leave the key out",
		  origin->text);
	return false;
}

static bool enter_directory(const struct process *process,
			    struct faults *faults)
{
	const struct setting *directory = setting(process, SETTING_CHDIR);

	if (!directory || chdir(directory->origin.text) == 0)
		return true;
	return fault(&directory->origin, "cannot enter", faults);
}

/* The file of a stream that is for one, else NULL. */
static const char *stream_file(const char *text)
{
	if (strncmp(text, "append:", 7) == 0)
		return text + 7;
	return strcmp(text, "null") == 0 ? NULL : text;
}

/* "null", "/file" (made, and emptied if it is for output), "append:/file" */
static int open_stream(const char *text, bool is_input)
{
	int flags = O_CLOEXEC | O_NOCTTY | (is_input ? O_RDONLY : O_WRONLY);
	const char *file = stream_file(text);

	if (!file)
		return open("/dev/null", flags);
	if (is_input)
		return open(file, flags);
	return open(file, flags | O_CREAT | (file == text ? O_TRUNC : O_APPEND),
		    0666);
}

/* Whether both outputs are for one file. Opened twice, each would write over
 * what the other has written. */
static bool is_one_file(const struct process *process)
{
	const struct setting *out = setting(process, SETTING_STDOUT);
	const struct setting *error = setting(process, SETTING_STDERR);

	return out && error &&
	       strcmp(out->origin.text, error->origin.text) == 0;
}

static bool open_streams(struct process *process, struct faults *faults)
{
	bool opened = true;

	for (int fd = 0; fd < 3; fd++) {
		const struct setting *stream = setting(
			process, (enum setting_key)(SETTING_STDIN + fd));

		process->streams[fd] = -1;
		if (!stream)
			continue;
		if (fd == STDERR_FILENO && is_one_file(process)) {
			process->streams[fd] = process->streams[STDOUT_FILENO];
			continue;
		}
		process->streams[fd] =
			open_stream(stream->origin.text, fd == 0);
		if (process->streams[fd] < 0)
			opened = fault(&stream->origin, "cannot open", faults);
	}
	return opened;
}

bool process_open(struct process *process, struct faults *faults)
{
	const struct setting *mask = setting(process, SETTING_UMASK);
	mode_t own;
	bool opened;

	if (!mask)
		return open_streams(process, faults);
	/* The auditor's files are not the command's. */
	own = umask((mode_t)mask->number);
	opened = open_streams(process, faults);
	umask(own);
	return opened;
}

static bool can_be_made(const char *file)
{
	char directory[PATH_MAX];

	snprintf(directory, sizeof(directory), "%s", file);
	*strrchr(directory, '/') = '\0';
	return faccessat(AT_FDCWD, *directory ? directory : "/", W_OK | X_OK,
			 AT_EACCESS) == 0;
}

bool process_can_open(const struct process *process, struct faults *faults)
{
	bool can_open = true;

	for (int fd = 0; fd < 3; fd++) {
		const struct setting *stream = setting(
			process, (enum setting_key)(SETTING_STDIN + fd));
		const char *file =
			stream ? stream_file(stream->origin.text) : NULL;

		if (!file || faccessat(AT_FDCWD, file, fd ? W_OK : R_OK,
				       AT_EACCESS) == 0)
			continue;
		if (fd == 0 || errno != ENOENT || !can_be_made(file))
			can_open =
				fault(&stream->origin, "cannot open", faults);
	}
	return can_open;
}

static bool open_oom(struct process *process, struct faults *faults)
{
	const struct setting *oom = setting(process, SETTING_OOM);

	process->oom = -1;
	if (!oom)
		return true;
	process->oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	return process->oom >= 0 ||
	       fault(&oom->origin, "cannot set oom_score_adj to", faults);
}

static bool check_session(const struct process *process, struct faults *faults)
{
	const struct setting *session = setting(process, SETTING_SESSION);

	/* setsid(2): the leader of a process group cannot, and scrun makes no
	 * other process that could. */
	if (!session || !session->number || getsid(0) == getpid() ||
	    getpgrp() != getpid())
		return true;
	fault_add(faults, session->origin.file, session->origin.line,
		  "no new session: scrun leads a process group, as jobs of a "
		  "shell do; start it by setsid(1)");
	return false;
}

bool process_plan(struct process *process, const struct policy *policy,
		  struct faults *faults)
{
	size_t before = faults->n;

	*process = (struct process){ .policy = policy };
	/* All of them, so that one run shows all faults; in the new root, /etc
	 * and /proc may be missing. */
	ids_plan(process, policy, faults);
	open_oom(process, faults);
	check_session(process, faults);
	if (enter_root(process, faults))
		enter_directory(process, faults);
	return faults->n == before;
}

static _Noreturn void fail(const struct setting *setting)
{
	const struct origin *origin = &setting->origin;

	err(STATUS_FAILED, "%s:%u: cannot set %s to %s", origin->file,
	    origin->line, origin->key, origin->text);
}

static void apply_priority(const struct process *process)
{
	const struct setting *nice = setting(process, SETTING_NICE);
	const struct setting *oom = setting(process, SETTING_OOM);

	if (nice && (setpriority(PRIO_PROCESS, 0, (int)nice->number) < 0 ||
		     getpriority(PRIO_PROCESS, 0) != (int)nice->number))
		fail(nice);
	if (!oom)
		return;
	/* The number, for the kernel would read "010" as octal. */
	if (dprintf(process->oom, "%ld", oom->number) < 0)
		fail(oom);
	close(process->oom);
}

void process_redirect(const struct process *process)
{
	for (int fd = 0; fd < 3; fd++) {
		if (process->streams[fd] >= 0 &&
		    dup2(process->streams[fd], fd) < 0)
			err(STATUS_FAILED, "cannot redirect descriptor %d", fd);
	}
}

/* The lowest number from FROM on that is kept, else UINT_MAX. */
static unsigned int next_kept(const struct process *process, unsigned int from)
{
	const struct item *keep;
	unsigned int next = UINT_MAX;

	STAILQ_FOREACH(keep, &process->policy->keep_fds, next) {
		unsigned int number = (unsigned int)keep->number;

		if (number >= from && number < next)
			next = number;
	}
	return next;
}

/*
 * Closed at the exec: until then an auditor has the same table. What is kept is
 * left as it is: what scrun was given does not close at an exec, for it has
 * come through one; what has its number and does is scrun's own.
 */
static void apply_descriptors(const struct process *process)
{
	const struct setting *closes = setting(process, SETTING_CLOSE_FDS);
	unsigned int from = 3, kept;

	if (!closes || !closes->number)
		return;
	do {
		kept = next_kept(process, from);
		if (from < kept &&
		    close_range(from, kept - 1, CLOSE_RANGE_CLOEXEC) < 0)
			fail(closes);
		from = kept + 1;
	} while (kept != UINT_MAX);
}

/* It says nothing but what the mask was before; so it is asked twice. */
static void apply_umask(const struct process *process)
{
	const struct setting *mask = setting(process, SETTING_UMASK);

	if (!mask)
		return;
	umask((mode_t)mask->number);
	errno = EPERM;
	if (umask((mode_t)mask->number) != (mode_t)mask->number)
		fail(mask);
}

static void apply_session(const struct process *process)
{
	const struct setting *session = setting(process, SETTING_SESSION);

	if (session && session->number && getsid(0) != getpid() &&
	    (setsid() < 0 || getsid(0) != getpid()))
		fail(session);
}

void process_apply(const struct process *process)
{
	const struct setting *death = setting(process, SETTING_PDEATHSIG);

	apply_umask(process);
	apply_priority(process);
	apply_session(process);
	apply_descriptors(process);
	ids_apply(process);
	/* The last one: a change of the ids takes it back (prctl(2)). */
	if (!death)
		return;
	if (prctl(PR_SET_PDEATHSIG, death->number, 0, 0, 0) < 0)
		fail(death);
	if (getppid() != parent)
		raise((int)death->number); /* it ended before */
}
