#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "report.h"

/* The end of a report, grown as it is written: it goes out in one piece. */
struct page {
	char *text; /* owned */
	size_t used, size;
	bool is_cut; /* for want of memory */
};

#define NOT_COMPLETE "scrun: this report is not complete"

__attribute__((format(printf, 2, 3))) static void add(struct page *page,
						      const char *format, ...)
{
	va_list args;
	char *line;
	int length;

	va_start(args, format);
	length = vasprintf(&line, format, args);
	va_end(args);
	if (length < 0) {
		page->is_cut = true;
		return;
	}
	if (page->used + (size_t)length >= page->size) {
		size_t size = 2 * (page->used + (size_t)length) + 4096;
		char *text = realloc(page->text, size);

		if (!text) {
			page->is_cut = true;
			free(line);
			return;
		}
		page->text = text;
		page->size = size;
	}
	memcpy(page->text + page->used, line, (size_t)length);
	page->used += (size_t)length;
	free(line);
}

static const char *errno_text(int errnum)
{
	const char *name = strerrorname_np(errnum);

	return name ? name : "an unknown error";
}

/* A kind's colour, and the heading of its rows at the end. */
static const struct {
	const char *colour, *heading;
} kinds[N_FINDING_KINDS] = {
	[FINDING_DENIED] = { "\33[1;31m", "denied by policy" },
	[FINDING_REFUSED] = { "\33[1;33m", "refused by the kernel" },
	[FINDING_KILLED] = { "\33[1;31m", "killed by policy" },
	[FINDING_LOGGED] = { "\33[1m", "logged by policy" },
};

static void add_origin(struct page *page, const struct origin *origin)
{
	char file[256];

	/* The rest the parser has seen; a file may be called anything. */
	printable(file, sizeof(file), origin->file, strlen(origin->file));
	add(page, "  %s:%u %s = %s", file, origin->line, origin->key,
	    origin->text);
}

static void write_page(struct report *report, struct page *page)
{
	if (page->is_cut)
		report_lose(report);
	else
		report_write(report, page->text, page->used);
	free(page->text);
}

/* Without memory what there is, and that it is not all. */
static void write_last_page(struct report *report, struct page *page)
{
	static const char cut[] =
		"\n" NOT_COMPLETE ": memory ran out at the end\n";

	if (page->text)
		report_write(report, page->text, page->used);
	if (page->is_cut)
		report_write(report, cut, sizeof(cut) - 1);
	free(page->text);
}

static void text_start(struct report *report)
{
	(void)report; /* a person knows what was started */
}

static void text_finding(struct report *report, const struct finding *finding,
			 const struct decoded *decoded,
			 const struct caller *caller)
{
	struct page page = { 0 };
	char call[1200];

	decoded_print(decoded, call, sizeof(call));
	add(&page, "scrun: %s%s%s %s",
	    report->has_colour ? kinds[finding->kind].colour : "",
	    report_kind_name(finding->kind), report->has_colour ? "\33[m" : "",
	    call);
	if (finding->kind == FINDING_KILLED)
		add(&page, ": SIGSYS");
	else if (finding->errnum)
		add(&page, ": %s", errno_text(finding->errnum));
	add(&page, "  %s[%d]", caller->comm, caller->pid);
	if (finding->origin)
		add_origin(&page, finding->origin);
	else if (*finding->reason)
		add(&page, "  %s", finding->reason);
	add(&page, "\n");
	write_page(report, &page);
}

/* What the kernel keeps to itself (include/linux/errno.h): after the signal
 * the call is made again, or it fails with EINTR. */
static const char *restart_name(int errnum)
{
	static const char *const names[] = {
		"ERESTARTSYS", "ERESTARTNOINTR",	"ERESTARTNOHAND",
		"ENOIOCTLCMD", "ERESTART_RESTARTBLOCK",
	};

	if (errnum < 512 || errnum > 516)
		return "an unknown error";
	return names[errnum - 512];
}

/* The calls whose result is an address (their manual pages). */
static bool returns_address(const char *name)
{
	static const char *const names[] = { "brk", "mmap", "mmap2", "mremap",
					     "shmat" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static void text_call(struct report *report, const struct decoded *decoded,
		      pid_t pid, const struct result *result)
{
	char line[1536];
	size_t used = (size_t)snprintf(line, sizeof(line), "%d ", pid);
	int errnum = result->is_error ? (int)-result->value : 0;
	int n;

	used += decoded_print(decoded, line + used, 1200);
	if (result->is_none)
		n = snprintf(line + used, sizeof(line) - used, " = ?\n");
	else if (!result->is_error)
		n = snprintf(line + used, sizeof(line) - used,
			     returns_address(decoded->name) ? " = 0x%llx\n"
							    : " = %lld\n",
			     (long long)result->value);
	else if (strerrorname_np(errnum))
		n = snprintf(line + used, sizeof(line) - used,
			     " = -1 %s (%s)%s\n", strerrorname_np(errnum),
			     strerrordesc_np(errnum),
			     result->is_denied ? " by policy" : "");
	else
		n = snprintf(line + used, sizeof(line) - used, " = ? %s\n",
			     restart_name(errnum));
	report_write(report, line, used + (size_t)n);
}

static void text_event(struct report *report, pid_t pid, const char *text)
{
	struct page page = { 0 };

	add(&page, "%d %s\n", pid, text);
	write_page(report, &page);
}

static void text_failure(struct report *report, const char *text)
{
	struct page page = { 0 };

	add(&page, "scrun: %s\n", text);
	write_page(report, &page);
}

static void add_table(struct page *page, const struct tally *tally)
{
	struct counted *list;
	size_t n;

	list = report_sort(tally, &n);
	page->is_cut |= !list;
	add(page, "%9s %8s %8s  %s\n", "calls", "errors", "denied", "syscall");
	for (size_t i = 0; list && i < n; i++) {
		const struct count *count = list[i].count;
		uint64_t made = count->calls + count->denied;
		char name[64];

		report_call_name(list[i].arch, list[i].nr, name, sizeof(name));
		add(page, "%9llu %8llu %8llu  %s\n", (unsigned long long)made,
		    (unsigned long long)count->errors,
		    (unsigned long long)count->denied, name);
	}
	free(list);
}

static void add_findings(struct page *page, const struct tally *tally,
			 enum finding_kind kind, bool has_colour)
{
	bool is_first = true;

	for (size_t i = 0; i < tally->n_findings; i++) {
		const struct finding *finding = &tally->findings[i];

		if (finding->kind != kind || finding->count == 0)
			continue;
		if (is_first)
			add(page, "%s%s%s\n",
			    has_colour ? kinds[kind].colour : "",
			    kinds[kind].heading, has_colour ? "\33[m" : "");
		is_first = false;
		add(page, "%9llu  %s", (unsigned long long)finding->count,
		    finding->brief);
		if (finding->origin)
			add_origin(page, finding->origin);
		else if (finding->errnum)
			add(page, " %s", errno_text(finding->errnum));
		if (*finding->reason)
			add(page, "  %s", finding->reason);
		if (*finding->allow)
			add(page, "  to allow: %s", finding->allow);
		add(page, "\n");
	}
	if (tally->n_more[kind])
		add(page, "%9llu  more, of other kinds\n",
		    (unsigned long long)tally->n_more[kind]);
}

static uint64_t count_findings(const struct tally *tally)
{
	uint64_t n = 0;

	for (size_t i = 0; i < tally->n_findings; i++)
		n += tally->findings[i].count;
	return n;
}

static void text_end(struct report *report, const struct tally *tally,
		     double seconds)
{
	struct page page = { 0 };
	char command[256];

	report_command(report, command, sizeof(command));
	add(&page, "scrun: audit of %s: ", command);
	if (report->mode != AUDIT_DENIED)
		add(&page, "%llu process%s, ",
		    (unsigned long long)tally->processes,
		    tally->processes == 1 ? "" : "es");
	add(&page, "%.3f s\n", seconds);
	if (report->lost)
		add(&page,
		    NOT_COMPLETE ": %lu part%s of it could not be had or "
				 "written\n",
		    (unsigned long)report->lost, report->lost == 1 ? "" : "s");
	if (report->is_partial)
		add(&page, "scrun: not all was seen: there was another seccomp "
			   "filter, the command's own or one from before, and "
			   "what it denies does not come here\n");
	if (tally->untraced)
		add(&page,
		    "scrun: CLONE_UNTRACED was taken out of %llu clone3\n",
		    (unsigned long long)tally->untraced);
	if (tally->unread)
		add(&page,
		    "scrun: SIGSYS ended %llu process%s at a call that could "
		    "not be read: the program may only be executed\n",
		    (unsigned long long)tally->unread,
		    tally->unread == 1 ? "" : "es");
	if (report->mode != AUDIT_DENIED)
		add_table(&page, tally);
	for (int kind = 0; kind < N_FINDING_KINDS; kind++)
		add_findings(&page, tally, (enum finding_kind)kind,
			     report->has_colour);
	if (report->mode == AUDIT_DENIED && count_findings(tally) == 0)
		add(&page, "nothing was denied\n");
	write_last_page(report, &page);
}

static void text_note(struct report *report, const char *line)
{
	struct page page = { 0 };

	add(&page, "scrun: %s\n", line);
	write_page(report, &page);
}

const struct report_format report_text = {
	.start = text_start,
	.finding = text_finding,
	.call = text_call,
	.event = text_event,
	.note = text_note,
	.failure = text_failure,
	.end = text_end,
	.exhausted = "scrun: the auditor has no memory; this report is not "
		     "complete\n",
	.crashed = "scrun: the auditor crashed; this report is not complete\n",
};

static void none_start(struct report *report)
{
	(void)report;
}

static void none_finding(struct report *report, const struct finding *finding,
			 const struct decoded *decoded,
			 const struct caller *caller)
{
	(void)report;
	(void)finding;
	(void)decoded;
	(void)caller;
}

static void none_end(struct report *report, const struct tally *tally,
		     double seconds)
{
	(void)report;
	(void)tally;
	(void)seconds;
}

/* Without the lines of a trace, which have their own option. */
const struct report_format report_none = {
	.start = none_start,
	.finding = none_finding,
	.note = text_note,
	.failure = text_failure,
	.end = none_end,
	.exhausted = "scrun: the auditor has no memory; nothing is learned\n",
	.crashed = "scrun: the auditor crashed; nothing is learned\n",
};
