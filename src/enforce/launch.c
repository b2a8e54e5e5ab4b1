#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../status.h"
#include "launch.h"
#include "prepare.h"

void launch_guard(void)
{
	process_begin();
	/* Set by the kernel for set-user-ID, set-group-ID and file
	 * capabilities (getauxval(3)). scrun is not written for that. */
	if (getauxval(AT_SECURE))
		errx(STATUS_FAILED,
		     "refusing to run set-user-ID, set-group-ID or with file "
		     "capabilities, or where the real and the effective user "
		     "differ");
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (errno != EBADF)
			err(STATUS_FAILED, "cannot look at descriptor %d", fd);
		/* The lowest free number is fd: those below are open. The
		 * wrong way round, so that using it fails as before. */
		if (open("/dev/null",
			 (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) |
				 O_CLOEXEC) != fd)
			err(STATUS_FAILED,
			    "cannot open /dev/null in the place of descriptor "
			    "%d, which is closed",
			    fd);
	}
}

static _Noreturn void fail_load(void)
{
	if (errno == EBUSY)
		errx(STATUS_FAILED,
		     "cannot audit: this process is under another audit, and "
		     "the kernel tells denied calls to one only");
	err(STATUS_FAILED, "cannot load the filter");
}

_Noreturn void launch(const struct policy *policy, char **argv,
		      const struct observer *observer)
{
	struct prepared prepared;
	const struct command *command = &prepared.command;
	const struct filter *filter = &prepared.filter;
	struct faults faults;
	int failure, listener = 0;

	prepare(&prepared, policy, argv,
		observer ? observer->observation : OBSERVE_NOTHING);
	faults_init(&faults);
	if (!process_open(&prepared.process, &faults))
		prepare_refuse(&faults, argv[0]);
	if (observer)
		observer->begin(observer->context);

	limits_apply(&prepared.limits);
	process_apply(&prepared.process);

	/* Whatever is set-user-ID or has file capabilities gives no more. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err(STATUS_FAILED, "no_new_privs");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		errx(STATUS_FAILED, "no_new_privs was set and is not there");
	landlock_apply(&prepared.landlock);
	caps_apply(&prepared.caps);
	command_check(command, policy);
	process_redirect(&prepared.process);

	/* ---- Below this line every call is the policy's to forbid. ---- */

	if (!filter_load(filter, &listener))
		fail_load();
	if (observer)
		observer->progress->listener = listener;
	if (filter->has_ticket)
		execve((const char *)filter->ticket.path,
		       (char *const *)filter->ticket.argv,
		       (char *const *)filter->ticket.envp);
	else
		execve(command->path, command->argv, environ);

	/* Only what command_check cannot foresee: a damaged file, say. The
	 * policy may deny the message, and even the exit: still, the command
	 * does not run. */
	failure = errno;
	if (observer)
		observer->progress->has_failed = true;
	warn("'%s'", argv[0]);
	_exit(failure == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUNNABLE);
}
