#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "report.h"
#include "report_json.h"

/* The members of the lines are a promise: scrun(1), AUDIT FILES. */

/* Jansson's own; a member that could not be made is left out in silence. */
static bool is_cut;

static void *allocate(size_t size)
{
	void *memory = malloc(size);

	is_cut |= !memory;
	return memory;
}

/* A text of printable ASCII, "…" apart; what is not is null. */
static json_t *string(const char *text)
{
	json_t *value = json_string(text);

	return value ? value : json_null();
}

/* A name that a person chose, with the escapes of the text report. */
static json_t *chosen(const char *text)
{
	char escaped[1024];

	printable(escaped, sizeof(escaped), text, strlen(text));
	return string(escaped);
}

void report_json_line(struct report *report, json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT | JSON_ENSURE_ASCII);

	if (!text || is_cut) {
		report_lose(report);
	} else {
		size_t length = strlen(text);

		text[length] = '\n'; /* in place of the end: one write */
		report_write(report, text, length + 1);
	}
	free(text);
	json_decref(line);
	is_cut = false;
}

static const char *mode_name(enum audit_mode mode)
{
	static const char *const names[] = {
		[AUDIT_NONE] = "none",
		[AUDIT_DENIED] = "denied",
		[AUDIT_CALLS] = "calls",
		[AUDIT_TRACE] = "trace",
	};

	return names[mode];
}

static void json_start(struct report *report)
{
	struct timespec now;
	char command[4096];
	json_t *line;

	json_set_alloc_funcs(allocate, free);
	report_command(report, command, sizeof(command));
	clock_gettime(CLOCK_REALTIME, &now);
	line = json_pack("{s:s, s:s, s:s, s:o, s:o, s:i, s:f}", "event",
			 "start", "version", VERSION, "mode",
			 mode_name(report->mode), "command", string(command),
			 "policy", chosen(report->policy->name), "pid",
			 (int)report->pid, "time",
			 (double)now.tv_sec + (double)now.tv_nsec / 1e9);
	report_json_line(report, line);
}

static void set_name(json_t *object, uint32_t arch, uint32_t nr)
{
	char name[64];

	report_call_name(arch, nr, name, sizeof(name));
	json_object_set_new(object, "syscall", string(name));
}

/* What a finding's line has in common with its row at the end. */
static void set_finding(json_t *object, const struct finding *finding)
{
	const struct origin *origin = finding->origin;
	char entry[512];

	set_name(object, finding->arch, finding->nr);
	if (finding->kind == FINDING_KILLED)
		json_object_set_new(object, "signal", string("SIGSYS"));
	else if (finding->errnum)
		json_object_set_new(object, "errno",
				    string(strerrorname_np(finding->errnum)));
	if (origin) {
		snprintf(entry, sizeof(entry), "%s = %s", origin->key,
			 origin->text);
		json_object_set_new(object, "file", chosen(origin->file));
		json_object_set_new(object, "line", json_integer(origin->line));
		json_object_set_new(object, "entry", string(entry));
	}
	if (*finding->reason)
		json_object_set_new(object, "reason", string(finding->reason));
	if (*finding->allow)
		json_object_set_new(object, "allow", string(finding->allow));
}

static void json_finding(struct report *report, const struct finding *finding,
			 const struct decoded *decoded,
			 const struct caller *caller)
{
	json_t *line = json_object(), *args = json_array();
	char call[1200];

	decoded_print(decoded, call, sizeof(call));
	json_object_set_new(line, "event",
			    string(report_kind_name(finding->kind)));
	set_finding(line, finding);
	json_object_set_new(line, "call", string(call));
	json_object_set_new(line, "brief", string(finding->brief));
	for (unsigned int i = 0; i < decoded->n; i++)
		json_array_append_new(args, string(decoded->args[i]));
	json_object_set_new(line, "args", args);
	json_object_set_new(line, "pid", json_integer(caller->pid));
	json_object_set_new(line, "comm", string(caller->comm));
	report_json_line(report, line);
}

static void json_call(struct report *report, const struct decoded *decoded,
		      pid_t pid, const struct result *result)
{
	json_t *line = json_object();
	char call[1200];

	decoded_print(decoded, call, sizeof(call));
	json_object_set_new(line, "event", string("call"));
	json_object_set_new(line, "pid", json_integer(pid));
	json_object_set_new(line, "call", string(call));
	/* An errno that the kernel keeps to itself: the call is made again. */
	if (!result->is_none &&
	    (!result->is_error || strerrorname_np((int)-result->value)))
		json_object_set_new(
			line, "result",
			json_integer(result->is_error ? -1 : result->value));
	if (result->is_error && strerrorname_np((int)-result->value))
		json_object_set_new(
			line, "errno",
			string(strerrorname_np((int)-result->value)));
	if (result->is_denied)
		json_object_set_new(line, "denied", json_true());
	report_json_line(report, line);
}

static void json_event(struct report *report, pid_t pid, const char *text)
{
	json_t *line = json_pack("{s:s, s:i, s:s}", "event", "thread", "pid",
				 (int)pid, "text", text);

	report_json_line(report, line);
}

static void json_failure(struct report *report, const char *text)
{
	report_json_line(report, json_pack("{s:s, s:s}", "event", "failure",
					   "text", text));
}

static json_t *calls_array(const struct tally *tally)
{
	struct counted *list;
	json_t *array = json_array();
	size_t n;

	list = report_sort(tally, &n);
	for (size_t i = 0; list && i < n; i++) {
		const struct count *count = list[i].count;
		uint64_t made = count->calls + count->denied;
		json_t *row = json_object();

		set_name(row, list[i].arch, list[i].nr);
		json_object_set_new(row, "calls",
				    json_integer((json_int_t)made));
		json_object_set_new(row, "errors",
				    json_integer((json_int_t)count->errors));
		json_object_set_new(row, "denied",
				    json_integer((json_int_t)count->denied));
		json_array_append_new(array, row);
	}
	is_cut |= !list;
	free(list);
	return array;
}

static json_t *findings_array(const struct tally *tally, enum finding_kind kind)
{
	json_t *array = json_array();

	for (size_t i = 0; i < tally->n_findings; i++) {
		const struct finding *finding = &tally->findings[i];
		json_t *row;

		if (finding->kind != kind || finding->count == 0)
			continue;
		row = json_object();
		set_finding(row, finding);
		json_object_set_new(row, "call", string(finding->brief));
		json_object_set_new(row, "count",
				    json_integer((json_int_t)finding->count));
		json_array_append_new(array, row);
	}
	return array;
}

static void json_end(struct report *report, const struct tally *tally,
		     double seconds)
{
	static const char cut[] = "{\"event\":\"end\",\"lost\":1}\n";
	json_t *line = json_object();
	uint64_t more = 0;
	bool is_last_cut;

	json_object_set_new(line, "event", string("end"));
	json_object_set_new(line, "seconds", json_real(seconds));
	if (report->mode != AUDIT_DENIED) {
		json_object_set_new(line, "processes",
				    json_integer((json_int_t)tally->processes));
		json_object_set_new(line, "untraced",
				    json_integer((json_int_t)tally->untraced));
		json_object_set_new(line, "unread",
				    json_integer((json_int_t)tally->unread));
		json_object_set_new(line, "calls", calls_array(tally));
	}
	for (int kind = 0; kind < N_FINDING_KINDS; kind++) {
		json_object_set_new(
			line, report_kind_name((enum finding_kind)kind),
			findings_array(tally, (enum finding_kind)kind));
		more += tally->n_more[kind];
	}
	json_object_set_new(line, "more", json_integer((json_int_t)more));
	json_object_set_new(line, "partial", json_boolean(report->is_partial));
	json_object_set_new(line, "lost",
			    json_integer((json_int_t)report->lost));
	is_last_cut = is_cut;
	report_json_line(report, line);
	if (is_last_cut)
		report_write(report, cut, sizeof(cut) - 1);
}

static void json_note(struct report *report, const char *text)
{
	json_t *line = json_object();

	json_object_set_new(line, "event", string("learned"));
	json_object_set_new(line, "text", string(text));
	report_json_line(report, line);
}

const struct report_format report_json = {
	.start = json_start,
	.finding = json_finding,
	.call = json_call,
	.event = json_event,
	.note = json_note,
	.failure = json_failure,
	.end = json_end,
	.exhausted = "{\"event\":\"failure\",\"text\":\"the auditor has no "
		     "memory; this report is not complete\"}\n",
	.crashed = "{\"event\":\"failure\",\"text\":\"the auditor crashed; "
		   "this report is not complete\"}\n",
};
