/* The end of an auditor that can do no more than say so, and has no standard
 * error: without a word, a command that is killed with it (PTRACE_O_EXITKILL)
 * would not know why. */
#ifndef SCRUN_LAST_WORDS_H
#define SCRUN_LAST_WORDS_H

struct report;

/* Of this process, REPORT is to have them; it has to stay. Without, standard
 * error has. */
void last_words_to(struct report *report);

/* Says that there is no memory, without any, and ends the process with 125.
 * (cppcheck knows no _Noreturn.) */
__attribute__((noreturn)) void exhausted(void);

/* From now on messages, such as err(3)'s, go to the report. */
void messages_tell(void);

/* From now on a crash of this process is told of, and ends it with 125. The
 * signals of a crash are not blocked afterwards. -1 and errno where that is not
 * to be had. */
int crash_tell(void);

#endif
