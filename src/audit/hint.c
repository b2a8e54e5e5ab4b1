#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../status.h"
#include "hint.h"

long hint_status(const char *key)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	long value = -1;
	size_t length = strlen(key);

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, length) == 0 && line[length] == ':')
			value = strtol(line + length + 1, NULL, 10);
	}
	if (file)
		fclose(file);
	return value;
}

static long yama_scope(void)
{
	FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	char line[16] = "0"; /* a kernel without Yama */

	if (file && !fgets(line, sizeof(line), file))
		line[0] = '\0';
	if (file)
		fclose(file);
	return strtol(line, NULL, 10);
}

static void name_of(long pid, char *name, size_t size)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
	snprintf(name, size, "another program\n");
	file = fopen(path, "re");
	if (file && !fgets(name, (int)size, file))
		name[0] = '\0';
	if (file)
		fclose(file);
	name[strcspn(name, "\n")] = '\0';
}

_Noreturn void hint_attach(int errnum)
{
	long tracer = hint_status("TracerPid"), scope = yama_scope();
	char name[64];

	if (errnum == EPERM && tracer > 0) {
		name_of(tracer, name, sizeof(name));
		errx(STATUS_FAILED,
		     "cannot audit: this process is traced already, by "
		     "%s[%ld]; "
		     "--audit=denied needs no tracing",
		     name, tracer);
	}
	if (errnum == EPERM && scope >= 2)
		errx(STATUS_FAILED,
		     "cannot audit: kernel.yama.ptrace_scope is %ld, and "
		     "nobody may trace%s; --audit=denied needs no tracing",
		     scope, scope == 2 ? " without cap_sys_ptrace" : "");
	errno = errnum;
	if (hint_status("Seccomp") == 2)
		err(STATUS_FAILED,
		    "cannot audit: a filter that scrun was started under "
		    "seems to deny ptrace; --audit=denied needs no tracing");
	err(STATUS_FAILED, "cannot audit: the auditor cannot attach; "
			   "--audit=denied needs no tracing");
}
