#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../status.h"
#include "decode/text.h"
#include "printable.h"
#include "report.h"

const char *report_kind_name(enum finding_kind kind)
{
	static const char *const names[N_FINDING_KINDS] = {
		[FINDING_DENIED] = "denied",
		[FINDING_REFUSED] = "refused",
		[FINDING_KILLED] = "killed",
		[FINDING_LOGGED] = "logged",
	};

	return names[kind];
}

void report_open(struct report *report, const struct audit_options *options,
		 int fd)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

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
	report->is_cut = false;
	report->mode = options->mode;
	report->format = options->is_silent ? &report_none
			 : options->is_json ? &report_json
					    : &report_text;
	report->has_colour = isatty(report->fd) &&
			     (!no_colour || !*no_colour) &&
			     (!term || strcmp(term, "dumb") != 0);
}

void report_lose(struct report *report)
{
	report->lost++;
}

/* Returns false with errno, and what was written ends within a line. */
static bool write_all(struct report *report, const char *text, size_t length)
{
	struct pollfd ready = { .fd = report->fd, .events = POLLOUT };

	while (length > 0) {
		ssize_t n = write(report->fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		/* The command may have set O_NONBLOCK on what both have. */
		if (n < 0 && errno == EAGAIN && poll(&ready, 1, -1) > 0)
			continue;
		if (n <= 0)
			return false;
		text += n;
		length -= (size_t)n;
		report->is_cut = length > 0;
	}
	return true;
}

void report_write(struct report *report, const char *text, size_t length)
{
	/* Where there was no room for the rest of a line, this is another. */
	if ((!report->is_cut || write_all(report, "\n", 1)) &&
	    write_all(report, text, length))
		return;
	if (report->failure)
		*report->failure = errno;
	report_lose(report);
}

void report_command(const struct report *report, char *buffer, size_t size)
{
	static const char more[] = " …";
	char *const *word = report->argv;
	struct text text;
	size_t used = 0;

	buffer[0] = '\0';
	if (report->command) {
		text_init(&text, buffer, size);
		text_add(&text, report->command);
		return;
	}
	for (; *word && used + 2 * sizeof(more) < size; word++) {
		/* Where another word follows, there must be room to say so. */
		size_t kept = word[1] ? sizeof(more) - 1 : 0;

		if (used)
			buffer[used++] = ' ';
		used += printable(buffer + used, size - used - kept, *word,
				  strlen(*word));
	}
	if (*word && (used < 3 || strcmp(buffer + used - 3, "…") != 0))
		snprintf(buffer + used, size - used, "%s", more);
}

void report_call_name(uint32_t arch, uint32_t nr, char *buffer, size_t size)
{
	uint32_t abi = abi_of(arch, nr);
	const char *name = arch_name(abi);
	char call[48];

	/* Counted under x32, the number is without its bit. */
	if (arch == SCMP_ARCH_X32) {
		arch = SCMP_ARCH_X86_64;
		nr |= X32_SYSCALL_BIT;
	}
	if ((nr & ~X32_SYSCALL_BIT) >= N_SYSCALLS)
		snprintf(call, sizeof(call), "unknown");
	else if (name)
		snprintf(call, sizeof(call), "%s", call_name(arch, nr));
	else /* of one of several architectures */
		snprintf(call, sizeof(call), "syscall_0x%x", nr);
	if (abi == seccomp_arch_native())
		snprintf(buffer, size, "%s", call);
	else
		snprintf(buffer, size, "%s:%s", name ? name : "other", call);
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
