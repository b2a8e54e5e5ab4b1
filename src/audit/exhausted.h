/* The end of an auditor that has no memory: without a word, a command that is
 * killed with it (PTRACE_O_EXITKILL) would not know why. */
#ifndef SCRUN_EXHAUSTED_H
#define SCRUN_EXHAUSTED_H

struct report;

/* Of this process, REPORT is to say so; it has to stay. Without, standard
 * error does. */
void exhausted_tell(struct report *report);

/* Says so, without memory, and ends the process with 125. (cppcheck knows no
 * _Noreturn.) */
__attribute__((noreturn)) void exhausted(void);

#endif
