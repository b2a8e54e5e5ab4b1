#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "listener.h"

/* Linux 6.6, after the headers of Debian 12 (linux/seccomp.h): the answer wakes
 * the caller on this processor, so that neither waits for another one. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	   SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

struct listener {
	struct seccomp_notif *request;
	size_t request_size; /* as the kernel has it */
	struct seccomp_notif_resp *response;
};

struct listener *listener_new(void)
{
	struct listener *listener = calloc(1, sizeof(*listener));
	struct seccomp_notif_sizes sizes;
	int result;

	if (!listener)
		return NULL;
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		result = -errno;
	else
		result = seccomp_notify_alloc(&listener->request,
					      &listener->response);
	if (result == 0) {
		listener->request_size = sizes.seccomp_notif;
		return listener;
	}
	free(listener);
	errno = -result;
	return NULL;
}

static struct call call_of(const struct seccomp_notif *request)
{
	struct call call = {
		.pid = (pid_t)request->pid,
		.arch = request->data.arch,
		.nr = (uint32_t)request->data.nr,
	};

	memcpy(call.args, request->data.args, sizeof(call.args));
	return call;
}

static bool answer(struct listener *listener, int fd)
{
	int result;

	do
		result = seccomp_notify_respond(fd, listener->response);
	while (result < 0 && errno == EINTR);
	return result == 0;
}

/*
 * Told before it is answered: the caller's memory is still as it was, and who
 * sees the call fail finds it in the report. Returns false if there was none.
 */
static bool serve(struct listener *listener, int fd, struct watch *watch)
{
	struct call call;
	int errnum, result;

	/* The kernel takes an empty message only, and libseccomp's call does
	 * not see to that (seccomp_unotify(2); EINVAL). */
	memset(listener->request, 0, listener->request_size);
	result = seccomp_notify_receive(fd, listener->request);
	if (result == -ECANCELED && (errno == ENOENT || errno == EINTR))
		return false; /* nobody is left, or the caller was killed */
	pthread_mutex_lock(&watch->lock);
	if (result < 0)
		watch_fail(watch, "cannot be told of denied calls");
	call = call_of(listener->request);
	tally_count(&watch->tally, call.arch, call.nr)->denied++;
	errnum = watch_verdict(watch, &call, FINDING_DENIED);
	*listener->response = (struct seccomp_notif_resp){
		.id = listener->request->id,
		.error = -errnum,
	};
	/* The caller has been killed, or, before 5.19, a signal has interrupted
	 * the call, and it is made again: it is counted when it is answered. */
	if (!answer(listener, fd)) {
		if (errno != ENOENT)
			watch_fail(watch, "cannot answer a denied call");
		tally_count(&watch->tally, call.arch, call.nr)->denied--;
		tally_undo(&watch->tally);
	}
	pthread_mutex_unlock(&watch->lock);
	return true;
}

void listener_run(struct listener *listener, int fd, struct watch *watch)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };

	/* Only a gain in speed; older kernels do without. */
	ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	      SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	for (;;) {
		/* A poll(2) before each would cost a tenth of a denied call. */
		if (serve(listener, fd, watch))
			continue;
		if (poll(&waiting, 1, -1) < 0) {
			if (errno == EINTR)
				continue;
			/* Unanswered, a denied call would wait for ever. */
			pthread_mutex_lock(&watch->lock);
			watch_fail(watch, "cannot wait for denied calls");
		}
		if (!(waiting.revents & POLLIN))
			return;
	}
}
