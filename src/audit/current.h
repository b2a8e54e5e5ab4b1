/* The call that a thread is in, as /proc tells it. */
#ifndef SCRUN_CURRENT_H
#define SCRUN_CURRENT_H

#include "call.h"

/*
 * Sets CALL's number and arguments to those that the registers of its thread
 * hold, which must be stopped (proc(5), /proc/pid/syscall). Returns false where
 * there are none or they cannot be read.
 */
bool call_current(struct call *call);

#endif
