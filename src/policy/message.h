/*
 * Messages to a person. err(3), errx(3), warn(3) and warnx(3) are scrun's own
 * (message.c): what they are given may be a path, an argument or a line of a
 * file from elsewhere, and is not to write to the terminal but as text.
 */
#ifndef SCRUN_MESSAGE_H
#define SCRUN_MESSAGE_H

#include <stddef.h>

/*
 * Writes the LENGTH bytes of TEXT to BUFFER of SIZE bytes, each that is not
 * printable ASCII as "\x1b": a line feed, too. Cut where there is no room, and
 * terminated: four times LENGTH and four more bytes are room enough. Returns
 * the length written.
 */
size_t message_escape(char *buffer, size_t size, const char *text,
		      size_t length);

/* From now on messages are given to SAY, without the program's name, and are
 * not written to standard error. */
void message_to(void (*say)(const char *text));

#endif
