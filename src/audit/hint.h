/* What keeps an auditor from attaching, and what to do. */
#ifndef SCRUN_HINT_H
#define SCRUN_HINT_H

/* Ends the process with 125 and a message: attaching to it failed with ERRNUM.
 */
_Noreturn void hint_attach(int errnum);

/* The value of the line KEY of /proc/self/status, or -1. */
long hint_status(const char *key);

#endif
