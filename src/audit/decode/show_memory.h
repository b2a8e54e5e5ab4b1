/* Arguments that point into the caller's memory, as text. */
#ifndef SCRUN_SHOW_MEMORY_H
#define SCRUN_SHOW_MEMORY_H

#include <sys/socket.h>

#include "show.h"

/*
 * Adds what the argument points to, by its role. Returns false and adds nothing
 * where that cannot be read or is still to be written.
 */
bool show_memory(struct text *text, const struct shown *shown);

/* The same where the argument is known to be a string. */
bool show_string(struct text *text, const struct shown *shown);

/* Whether it is for the kernel to write to. */
bool shown_is_output(const struct shown *shown);

/* As show_memory, of such an argument after the call has returned RESULT. */
bool show_output(struct text *text, const struct shown *shown, int64_t result);

/*
 * Reads the address of a socket out of a ROLE_SOCKADDR or ROLE_MSGHDR. Returns
 * its length, 0 where there is none.
 */
size_t shown_sockaddr(const struct shown *shown,
		      struct sockaddr_storage *address);

#endif
