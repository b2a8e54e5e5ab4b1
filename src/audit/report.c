#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../status.h"
#include "printable.h"
#include "report.h"

void report_open(struct report *report, const struct audit_options *options)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	int fd = STDERR_FILENO;

	if (options->output) {
		fd = open(options->output,
			  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY,
			  0666);
		if (fd < 0)
			err(STATUS_FAILED, "cannot write the audit to '%s'",
			    options->output);
	}
	report->fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (report->fd < 0)
		err(STATUS_FAILED, "cannot keep the audit's output open");
	if (options->output)
		close(fd);
	report->mode = options->mode;
	report->format = options->is_json ? &report_json : &report_text;
	report->has_colour = isatty(report->fd) &&
			     (!no_colour || !*no_colour) &&
			     (!term || strcmp(term, "dumb") != 0);
}

void report_write(const struct report *report, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(report->fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		length -= (size_t)n;
	}
}

void report_command(const struct report *report, char *buffer, size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (char *const *word = report->argv; *word && used + 8 < size;
	     word++) {
		if (used)
			buffer[used++] = ' ';
		used += printable(buffer + used, size - used, *word,
				  strlen(*word));
	}
}

void report_call_name(uint32_t arch, uint32_t nr, char *buffer, size_t size)
{
	const char *name;

	if (nr >= N_SYSCALLS)
		name = "unknown";
	else
		name = call_name(
			arch == SCMP_ARCH_X32 ? SCMP_ARCH_X86_64 : arch,
			arch == SCMP_ARCH_X32 ? nr | X32_SYSCALL_BIT : nr);
	if (arch == seccomp_arch_native())
		snprintf(buffer, size, "%s", name);
	else
		snprintf(buffer, size, "%s:%s",
			 arch_name(arch) ? arch_name(arch) : "other", name);
}

static int compare_counted(const void *left, const void *right)
{
	const struct counted *a = left, *b = right;
	uint64_t na = a->count->calls + a->count->denied;
	uint64_t nb = b->count->calls + b->count->denied;

	if (na != nb)
		return na > nb ? -1 : 1;
	if (a->arch != b->arch)
		return a->arch < b->arch ? -1 : 1;
	return (a->nr > b->nr) - (a->nr < b->nr);
}

struct counted *report_sort(const struct tally *tally, size_t *n)
{
	struct counted *list =
		calloc((N_SYSCALLS + 1) * tally->n_archs, sizeof(*list));

	*n = 0;
	if (!list)
		return NULL;
	for (size_t i = 0; i < tally->n_archs; i++) {
		for (uint32_t nr = 0; nr <= N_SYSCALLS; nr++) {
			const struct count *count = &tally->archs[i].counts[nr];

			if (count->calls + count->denied == 0)
				continue;
			list[(*n)++] = (struct counted){ tally->archs[i].arch,
							 nr, count };
		}
	}
	qsort(list, *n, sizeof(*list), compare_counted);
	return list;
}
