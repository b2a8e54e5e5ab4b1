/* The arguments of a call as a person reads them, by a table of their roles. */
#ifndef SCRUN_DECODE_H
#define SCRUN_DECODE_H

#include <stddef.h>

#include "../call.h"

#define MAX_ARGUMENT 160 /* bytes of one argument's text, with its end */

struct decoded {
	const char *name; /* call_name's */
	unsigned int n; /* arguments of the call; 6 where the table is silent */

	/* Printable ASCII, but for the "…" (UTF-8) where something was cut:
	 * "AT_FDCWD", "\"/etc/hostname\"", "O_RDONLY|O_CLOEXEC", "0755". */
	char args[6][MAX_ARGUMENT];

	/* Bit i: args[i] tells one denial of this call from another: a path, a
	 * socket's domain or address, a request; not a buffer, a size, a mode,
	 * nor a descriptor. */
	unsigned int telling;
};

/*
 * Decodes CALL while its thread waits in the kernel. What its memory cannot
 * give is an address in hexadecimal.
 */
void call_decode(struct decoded *decoded, const struct call *call);

/*
 * What only the result makes readable, such as the buffer of read: to be
 * called after call_decode when the call has returned RESULT, not an error.
 */
void call_decode_result(struct decoded *decoded, const struct call *call,
			int64_t result);

/* Whether CALL has arguments that only its result makes readable. */
bool call_has_output(const struct call *call);

/* "mkdir("/srv/x", 0755)", all of it. Returns its length, below SIZE. */
size_t decoded_print(const struct decoded *decoded, char *buffer, size_t size);

/* "mkdir("/srv/x")": the telling arguments only; "write" where none is. */
size_t decoded_print_brief(const struct decoded *decoded, char *buffer,
			   size_t size);

/*
 * The file that CALL is about, as its caller would reach it: an absolute path,
 * the raw bytes of it, terminated. A relative one is joined to the caller's
 * working directory, or to the one that its dirfd stands for. For a call on a
 * descriptor (fchmod), what the descriptor points to. INDEX 0 is the call's
 * first file, 1 its second (rename's new name). Returns false where there is
 * none or it cannot be read.
 */
bool call_path(const struct call *call, unsigned int index, char *buffer,
	       size_t size);

#endif
