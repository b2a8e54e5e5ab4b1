#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../policy/names.h"
#include "../policy/policy.h"
#include "../status.h"
#include "audit_file.h"
#include "decode/text.h"
#include "report.h"
#include "slots.h"
#include "sums.h"

/* Of the lines that wait for their `end`, as many as an audit can have. */
#define MAX_TOLD ((size_t)N_FINDING_KINDS * MAX_FINDINGS)

struct sums {
	struct tally tally;
	void *origins; /* of slot_of, struct origin */
	uint64_t audits;
	uint64_t lost; /* parts that are not here, or a whole end */
	double seconds;
	bool has_calls; /* in one of them at least */
	bool is_partial;
	bool is_denied;
	char command[256]; /* of all, or of the first one */
	bool has_other_commands;
};

/* An audit whose `end` has not come yet. */
struct open_audit {
	struct audit_line start; /* no file: there is none */
	json_t *told[MAX_TOLD];
	size_t n_told;
};

struct reading {
	struct sums *sums;
	struct open_audit open;
};

/* What the member `syscall` of ROW is counted as. */
static void count_as(const struct audit_line *place, const json_t *row,
		     uint32_t *arch, uint32_t *nr)
{
	const char *text = audit_text(place, row, "syscall", NULL);
	const char *colon = strchr(text, ':');

	if (audit_call(text, arch, nr))
		return;
	*nr = N_SYSCALLS;
	if (strcmp(colon ? colon + 1 : text, "unknown") != 0)
		warnx("%s:%zu: '%s' is not known here; counted as unknown",
		      place->file, place->line, text);
}

/* The one origin of this entry; NULL for what is the kernel's doing. */
static const struct origin *
origin_of(struct sums *sums, const struct audit_line *place, const json_t *row)
{
	const char *entry, *equals;
	struct origin like, *origin;
	char *text;
	void **slot;

	if (!json_object_get(row, "entry"))
		return NULL;
	entry = audit_text(place, row, "entry", NULL);
	equals = strstr(entry, " = ");
	if (!equals)
		audit_refuse(place, "'entry' is not 'KEY = TEXT'");
	like.file = audit_text(place, row, "file", NULL);
	like.line = (unsigned int)audit_number(place, row, "line");
	if (asprintf(&text, "%s:%u %s", like.file, like.line, entry) < 0)
		err(STATUS_FAILED, "memory");
	slot = slot_of(&sums->origins, text);
	free(text);
	origin = *slot;
	if (origin)
		return origin;
	origin = malloc(sizeof(*origin));
	like.file = strdup(like.file);
	like.key = strndup(entry, (size_t)(equals - entry));
	like.text = strdup(equals + 3);
	if (!origin || !like.file || !like.key || !like.text)
		err(STATUS_FAILED, "memory");
	*origin = like;
	*slot = origin;
	return origin;
}

static void add_finding(struct sums *sums, const struct audit_line *place,
			enum finding_kind kind, const json_t *row,
			uint64_t count)
{
	struct tally *tally = &sums->tally;
	const char *errno_name = audit_text(place, row, "errno", "");
	struct finding like = {
		.kind = kind,
		.origin = origin_of(sums, place, row),
		/* In a row at the end, "call" is it. */
		.brief = (char *)audit_text(place, row, "brief",
					    audit_text(place, row, "call",
						       NULL)),
		.reason = (char *)audit_text(place, row, "reason", ""),
		.allow = (char *)audit_text(place, row, "allow", ""),
	};

	count_as(place, row, &like.arch, &like.nr);
	like.errnum = *errno_name ? errno_number(errno_name) : 0;
	if (*errno_name && !like.errnum)
		audit_refuse(place, "unknown errno '%s'", errno_name);
	if (count == 0)
		return;
	if (kind == FINDING_DENIED || kind == FINDING_KILLED)
		sums->is_denied = true;
	tally_find(tally, &like);
	if (tally->last)
		tally->last->count += count - 1;
	else
		tally->n_more[kind] += count - 1;
}

static void add_calls(struct sums *sums, const struct audit_line *place,
		      const json_t *calls)
{
	for (size_t i = 0; i < json_array_size(calls); i++) {
		const json_t *row = json_array_get(calls, i);
		uint64_t made = audit_number(place, row, "calls");
		uint64_t denied = audit_number(place, row, "denied");
		struct count *count;
		uint32_t arch, nr;

		if (denied > made)
			audit_refuse(place, "more calls denied than made");
		count_as(place, row, &arch, &nr);
		count = tally_count(&sums->tally, arch, nr);
		count->calls += made - denied;
		count->denied += denied;
		count->errors += audit_number(place, row, "errors");
		sums->is_denied |= denied > 0;
	}
}

static void add_findings(struct sums *sums, const struct audit_line *place,
			 enum finding_kind kind, const json_t *rows)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		add_finding(sums, place, kind, row,
			    audit_number(place, row, "count"));
	}
}

static void add_end(struct sums *sums, const struct audit_line *place,
		    const json_t *line)
{
	const json_t *seconds = json_object_get(line, "seconds");

	if (!json_is_number(seconds))
		audit_refuse(place, "'seconds' is no number");
	sums->seconds += json_number_value(seconds);
	sums->is_partial |= json_is_true(json_object_get(line, "partial"));
	if (json_object_get(line, "lost"))
		sums->lost += audit_number(place, line, "lost");
	/* Of which kind they were is not known: they came after a thousand. */
	sums->tally.n_more[FINDING_DENIED] += audit_number(place, line, "more");
	if (json_object_get(line, "processes")) {
		sums->has_calls = true;
		sums->tally.processes += audit_number(place, line, "processes");
		sums->tally.untraced += audit_number(place, line, "untraced");
		sums->tally.unread += audit_number(place, line, "unread");
		add_calls(sums, place, audit_list(place, line, "calls"));
	}
	for (int kind = 0; kind < N_FINDING_KINDS; kind++)
		add_findings(
			sums, place, (enum finding_kind)kind,
			audit_list(place, line,
				   report_kind_name((enum finding_kind)kind)));
}

/* The kind of finding that EVENT tells of, or N_FINDING_KINDS. */
static int kind_of(const char *event)
{
	int kind = 0;

	while (kind < N_FINDING_KINDS &&
	       strcmp(report_kind_name((enum finding_kind)kind), event) != 0)
		kind++;
	return kind;
}

/* An audit that was cut off has told each denial once, and has no counts. */
static void add_unfinished(struct sums *sums, struct open_audit *open)
{
	if (!open->start.file)
		return;
	warnx("%s:%zu: this audit has no end; what it told is counted once",
	      open->start.file, open->start.line);
	sums->lost++;
	for (size_t i = 0; i < open->n_told; i++) {
		const json_t *told = open->told[i];
		int kind =
			kind_of(audit_text(&open->start, told, "event", NULL));

		add_finding(sums, &open->start, (enum finding_kind)kind, told,
			    1);
	}
}

static void close_audit(struct open_audit *open)
{
	for (size_t i = 0; i < open->n_told; i++)
		json_decref(open->told[i]);
	open->n_told = 0;
	open->start.file = NULL;
}

static void add_start(struct sums *sums, const struct audit_line *place,
		      const json_t *line)
{
	char command[sizeof(sums->command)];
	struct text text;

	text_init(&text, command, sizeof(command));
	text_add(&text, audit_text(place, line, "command", NULL));
	sums->audits++;
	if (sums->audits == 1)
		memcpy(sums->command, command, text.length + 1);
	else if (strcmp(sums->command, command) != 0)
		sums->has_other_commands = true;
}

/* The end of an audit for which memory had run out: it has no sums. */
static bool is_bare(const json_t *end)
{
	return json_object_get(end, "lost") && !json_object_get(end, "seconds");
}

static void add_line(struct sums *sums, struct open_audit *open,
		     const struct audit_line *place, json_t *line)
{
	const char *event = audit_text(place, line, "event", NULL);

	if (strcmp(event, "start") == 0) {
		add_unfinished(sums, open);
		close_audit(open);
		add_start(sums, place, line);
		open->start = *place;
		return;
	}
	if (!open->start.file)
		audit_refuse(place, "'%s' before any 'start'", event);
	if (strcmp(event, "end") == 0 && !is_bare(line)) {
		add_end(sums, place, line);
		close_audit(open);
	} else if (kind_of(event) < N_FINDING_KINDS &&
		   open->n_told < MAX_TOLD) {
		open->told[open->n_told++] = json_incref(line);
	}
}

static void take_line(void *context, const struct audit_line *place,
		      json_t *line)
{
	struct reading *reading = context;

	add_line(reading->sums, &reading->open, place, line);
}

static void add_file(struct sums *sums, const char *name)
{
	struct reading reading = { .sums = sums };

	audit_file_read(name, take_line, &reading);
	add_unfinished(sums, &reading.open);
	close_audit(&reading.open);
}

/* "sh -c ...", "sh -c ... and others, 3 audits" */
static void describe(const struct sums *sums, char *text, size_t size)
{
	if (sums->audits == 1)
		snprintf(text, size, "%s", sums->command);
	else
		snprintf(text, size, "%s%s, %" PRIu64 " audits", sums->command,
			 sums->has_other_commands ? " and others" : "",
			 sums->audits);
}

int sums_report(char *const *files, const struct audit_options *options)
{
	const uint32_t archs[] = {
		SCMP_ARCH_X86_64,    SCMP_ARCH_X32,	 SCMP_ARCH_X86,
		SCMP_ARCH_AARCH64,   SCMP_ARCH_ARM,	 SCMP_ARCH_RISCV64,
		SCMP_ARCH_PPC64LE,   SCMP_ARCH_S390X,	 SCMP_ARCH_S390,
		SCMP_ARCH_MIPS,	     SCMP_ARCH_MIPSEL,	 SCMP_ARCH_MIPS64,
		SCMP_ARCH_MIPS64N32, SCMP_ARCH_MIPSEL64, SCMP_ARCH_MIPSEL64N32,
	};
	struct sums sums = { 0 };
	struct report report = { 0 };
	char text[320];
	int failure = 0;

	tally_init(&sums.tally, archs, sizeof(archs) / sizeof(archs[0]));
	for (; *files; files++)
		add_file(&sums, *files);
	report_open(&report, options, STDOUT_FILENO);
	describe(&sums, text, sizeof(text));
	report.command = text;
	report.mode = sums.has_calls ? AUDIT_CALLS : AUDIT_DENIED;
	report.is_partial = sums.is_partial;
	report.lost = sums.lost;
	report.failure = &failure;
	report.format->end(&report, &sums.tally, sums.seconds);
	if (failure) {
		errno = failure;
		err(STATUS_FAILED, "cannot write the report");
	}
	return sums.is_denied ? 1 : 0;
}
