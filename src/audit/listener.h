/* The listener: answers each denied call with the policy's errno, and tells. */
#ifndef SCRUN_LISTENER_H
#define SCRUN_LISTENER_H

#include "watch.h"

struct listener; /* opaque: what libseccomp's calls need */

/* Asks the kernel how large its messages are; NULL with errno set. */
struct listener *listener_new(void);

/*
 * Serves FD until the last process under its filter has ended, and for ever
 * where the kernel does not tell those who wait of that (before Linux 6.11,
 * kernel/seccomp.c, recv_wait_event): poll(2) does. Never lets a call go on
 * (SECCOMP_USER_NOTIF_FLAG_CONTINUE): a fault here can only deny.
 */
void listener_run(struct listener *listener, int fd, struct watch *watch);

#endif
