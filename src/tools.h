/* What scrun does with a policy when it runs no command. */
#ifndef SCRUN_TOOLS_H
#define SCRUN_TOOLS_H

/* --list: WHAT is groups, syscalls or capabilities. Returns the status. */
int tool_list(const char *what);

#endif
