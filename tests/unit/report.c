/* What the audit writes, for people and as JSON lines. */

#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "audit/report.h"
#include "tallied.h"

static const struct origin entry = { "policy.ini", 3, "deny", "@mkdir" };
static const struct origin own_default = { "<strict>", 12, "default", "deny" };
/* A file may have any name, and a policy is shown by it. */
static const struct origin hostile = { "\33[2J\n\"\x80 f.ini", 1, "deny",
				       "mkdir(mode == 0)" };

static char *words[] = { "sh", "-c", "mkdir new", NULL };
static const struct policy policy = { .name = "policy.ini" };
static struct tally tally;

static struct report report_in(const struct report_format *format,
			       enum audit_mode mode)
{
	struct report report = {
		.fd = memfd_create("report", MFD_CLOEXEC),
		.mode = mode,
		.format = format,
		.policy = &policy,
		.argv = words,
		.pid = 811,
	};

	assert_true(report.fd >= 0);
	return report;
}

/* What REPORT has written since the last time; static. */
static const char *written(struct report *report)
{
	static char text[1 << 20];
	ssize_t n = pread(report->fd, text, sizeof(text) - 1, 0);

	assert_true(n >= 0);
	text[n] = '\0';
	assert_int_equal(strlen(text), n);
	assert_int_equal(ftruncate(report->fd, 0), 0);
	assert_int_equal(lseek(report->fd, 0, SEEK_SET), 0);
	return text;
}

/* The line of the finding LIKE, made by CALL in the process 812. */
static const char *finding_line(struct report *report, struct finding like,
				struct call call)
{
	static const struct caller caller = { .pid = 812, .comm = "mkdir" };
	struct decoded decoded;

	call_decode(&decoded, &call);
	like.arch = call.arch;
	like.nr = call.nr;
	report->format->finding(report, &like, &decoded, &caller);
	return written(report);
}

static const char *call_line(struct report *report, struct call call,
			     struct result result)
{
	struct decoded decoded;

	call_decode(&decoded, &call);
	report->format->call(report, &decoded, 812, &result);
	return written(report);
}

static struct finding explained(struct finding finding, const char *reason,
				const char *allow)
{
	finding.reason = (char *)reason; /* borrowed, as all of a finding */
	finding.allow = (char *)allow;
	return finding;
}

#define MKDIR	     NATIVE("mkdir", P("new"), 0777)
#define MKDIR_TEXT   "mkdir(\"new\", 0777)"
#define HOSTILE_NAME "\\33[2J\\n\\\"\\200 f.ini"

TEST(a_denied_call_is_told_with_the_entry_that_decided)
{
	struct report report = report_in(&report_text, AUDIT_CALLS);

	assert_string_equal(
		finding_line(&report,
			     finding_of(FINDING_DENIED, EPERM, &entry, ""),
			     MKDIR),
		"scrun: denied " MKDIR_TEXT ": EPERM  mkdir[812]  "
		"policy.ini:3 deny = @mkdir\n");
	assert_string_equal(finding_line(&report,
					 finding_of(FINDING_DENIED, ENOSYS,
						    &own_default, ""),
					 MKDIR),
			    "scrun: denied " MKDIR_TEXT ": ENOSYS  mkdir[812]  "
			    "<strict>:12 default = deny\n");
	assert_string_equal(
		finding_line(&report,
			     finding_of(FINDING_DENIED, 4000, &entry, ""),
			     MKDIR),
		"scrun: denied " MKDIR_TEXT ": an unknown error  mkdir[812]  "
		"policy.ini:3 deny = @mkdir\n");
	close(report.fd);
}

TEST(a_refused_call_is_told_with_the_reason_where_it_is_known)
{
	struct report report = report_in(&report_text, AUDIT_CALLS);
	struct finding like = finding_of(FINDING_REFUSED, EACCES, NULL, "");

	assert_string_equal(
		finding_line(&report,
			     explained(like, "/: owner root, mode 0755", "x"),
			     MKDIR),
		"scrun: refused " MKDIR_TEXT ": EACCES  mkdir[812]  "
		"/: owner root, mode 0755\n");
	assert_string_equal(finding_line(&report, like, MKDIR),
			    "scrun: refused " MKDIR_TEXT
			    ": EACCES  mkdir[812]\n");
	close(report.fd);
}

TEST(a_killed_call_is_told_with_its_signal_and_a_logged_one_without)
{
	struct report report = report_in(&report_text, AUDIT_CALLS);
	struct finding foreign = finding_of(FINDING_KILLED, 0, NULL, "");

	assert_string_equal(
		finding_line(&report, finding_of(FINDING_KILLED, 0, &entry, ""),
			     MKDIR),
		"scrun: killed " MKDIR_TEXT ": SIGSYS  mkdir[812]  "
		"policy.ini:3 deny = @mkdir\n");
	assert_string_equal(
		finding_line(&report,
			     explained(foreign, "the policy does not list x86",
				       ""),
			     I386("getpid", 0)),
		"scrun: killed getpid(): SIGSYS  mkdir[812]  "
		"the policy does not list x86\n");
	assert_string_equal(
		finding_line(&report, finding_of(FINDING_LOGGED, 0, &entry, ""),
			     MKDIR),
		"scrun: logged " MKDIR_TEXT "  mkdir[812]  "
		"policy.ini:3 deny = @mkdir\n");
	close(report.fd);
}

TEST(on_a_terminal_the_kind_is_in_colour)
{
	static const struct {
		enum finding_kind kind;
		const char *wanted;
	} rows[] = {
		{ FINDING_DENIED, "scrun: \33[1;31mdenied\33[m mkdir(" },
		{ FINDING_REFUSED, "scrun: \33[1;33mrefused\33[m mkdir(" },
		{ FINDING_KILLED, "scrun: \33[1;31mkilled\33[m mkdir(" },
		{ FINDING_LOGGED, "scrun: \33[1mlogged\33[m mkdir(" },
	};
	struct report report = report_in(&report_text, AUDIT_CALLS);

	report.has_colour = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *line =
			finding_line(&report,
				     finding_of(rows[i].kind, 0, &entry, ""),
				     MKDIR);

		assert_memory_equal(line, rows[i].wanted,
				    strlen(rows[i].wanted));
		assert_null(strchr(line + strlen(rows[i].wanted), '\33'));
	}
	close(report.fd);
}

/* Results of calls, in both formats. */
static const struct {
	const char *name;
	struct result result;
	const char *text; /* what follows the call */
	const char *json; /* the members that it has besides */
} results[] = {
	{ "getpid", { .value = 5 }, " = 5\n", "\"result\":5}\n" },
	{ "lseek", { .value = -1 }, " = -1\n", "\"result\":-1}\n" },
	{ "lseek",
	  { .value = INT64_MIN },
	  " = -9223372036854775808\n",
	  "\"result\":-9223372036854775808}\n" },
	{ "mmap",
	  { .value = 0x7f0012345000 },
	  " = 0x7f0012345000\n",
	  "\"result\":139638282145792}\n" },
	{ "brk", { .value = 0x1000 }, " = 0x1000\n", "\"result\":4096}\n" },
	{ "mremap", { .value = 0x1000 }, " = 0x1000\n", "\"result\":4096}\n" },
	{ "shmat", { .value = 0x1000 }, " = 0x1000\n", "\"result\":4096}\n" },
	{ "mmap",
	  { .value = -ENOMEM, .is_error = true },
	  " = -1 ENOMEM (Cannot allocate memory)\n",
	  "\"result\":-1,\"errno\":\"ENOMEM\"}\n" },
	{ "getpid",
	  { .value = -ENOENT, .is_error = true },
	  " = -1 ENOENT (No such file or directory)\n",
	  "\"result\":-1,\"errno\":\"ENOENT\"}\n" },
	{ "getpid",
	  { .value = -EACCES, .is_error = true, .is_denied = true },
	  " = -1 EACCES (Permission denied) by policy\n",
	  "\"result\":-1,\"errno\":\"EACCES\",\"denied\":true}\n" },
	{ "exit_group", { .is_none = true }, " = ?\n", "}\n" },
	{ "pause",
	  { .value = -512, .is_error = true },
	  " = ? ERESTARTSYS\n",
	  "}\n" },
	{ "pause",
	  { .value = -513, .is_error = true },
	  " = ? ERESTARTNOINTR\n",
	  "}\n" },
	{ "pause",
	  { .value = -514, .is_error = true },
	  " = ? ERESTARTNOHAND\n",
	  "}\n" },
	{ "pause",
	  { .value = -516, .is_error = true },
	  " = ? ERESTART_RESTARTBLOCK\n",
	  "}\n" },
	{ "pause",
	  { .value = -4000, .is_error = true },
	  " = ? an unknown error\n",
	  "}\n" },
};

TEST(a_traced_call_is_a_line_with_its_result)
{
	struct report report = report_in(&report_text, AUDIT_TRACE);

	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		const char *line = call_line(
			&report, NATIVE(results[i].name, 0), results[i].result);
		char start[64];

		snprintf(start, sizeof(start), "812 %s(", results[i].name);
		assert_memory_equal(line, start, strlen(start));
		assert_string_equal(strstr(line, ") = ") + 1, results[i].text);
	}
	assert_string_equal(call_line(&report, MKDIR,
				      (struct result){ .value = 0 }),
			    "812 " MKDIR_TEXT " = 0\n");
	close(report.fd);
}

TEST(a_signal_and_an_end_are_lines_of_their_own)
{
	struct report text = report_in(&report_text, AUDIT_TRACE);
	struct report json = report_in(&report_json, AUDIT_TRACE);

	text.format->event(&text, 812, "--- SIGTERM ---");
	text.format->event(&text, 812, "+++ exited with 0 +++");
	assert_string_equal(written(&text), "812 --- SIGTERM ---\n"
					    "812 +++ exited with 0 +++\n");
	json.format->event(&json, 812, "--- SIGTERM ---");
	assert_string_equal(written(&json), "{\"event\":\"thread\",\"pid\":812,"
					    "\"text\":\"--- SIGTERM ---\"}\n");
	close(text.fd);
	close(json.fd);
}

static void count(uint32_t arch, const char *name, struct count counted)
{
	*tally_count(&tally, arch, number_of(arch, name)) = counted;
}

static void find(struct finding like, unsigned int times)
{
	while (times--)
		tally_find(&tally, &like);
}

/* A small audit: three kinds of findings, and a table of seven rows. */
static void begin(void)
{
	const uint32_t native = seccomp_arch_native();
	const uint32_t archs[] = { native, SCMP_ARCH_X86 };

	tally_init(&tally, archs, ARRAY_SIZE(archs));
	tally.processes = 3;
	count(native, "read", (struct count){ 5, 0, 0 });
	count(native, "openat", (struct count){ 80, 37, 0 });
	count(native, "mkdir", (struct count){ 1, 1, 4 });
	count(native, "close", (struct count){ 5, 0, 0 });
	count(SCMP_ARCH_X86, "getpid", (struct count){ 0, 0, 6 });
	count(SCMP_ARCH_X86_64, "mount", (struct count){ 0, 9, 0 });
	tally_count(&tally, native, N_SYSCALLS)->denied = 2;
	tally_count(&tally, 0xdead, N_SYSCALLS)->calls = 1000000000000;
	find(explained(finding_of(FINDING_DENIED, EPERM, &entry,
				  "mkdir(\"new\")"),
		       "", "[syscalls] deny = !mkdir"),
	     4);
	find(explained(finding_of(FINDING_REFUSED, EACCES, NULL,
				  "openat(\"/etc/shadow\")"),
		       "/etc/shadow: owner root, mode 0640",
		       "[capabilities] keep = cap_dac_read_search"),
	     1);
	find(explained(finding_of(FINDING_KILLED, 0, NULL, "getpid()"),
		       "the policy does not list x86", ""),
	     6);
}

#define HEAD "scrun: audit of sh -c mkdir new: "
#define DENIED                                                              \
	"denied by policy\n"                                                \
	"        4  mkdir(\"new\")  policy.ini:3 deny = @mkdir  to allow: " \
	"[syscalls] deny = !mkdir\n"
#define REFUSED                                          \
	"refused by the kernel\n"                        \
	"        1  openat(\"/etc/shadow\") EACCES  "    \
	"/etc/shadow: owner root, mode 0640  to allow: " \
	"[capabilities] keep = cap_dac_read_search\n"
#define KILLED               \
	"killed by policy\n" \
	"        6  getpid()  the policy does not list x86\n"

static void assert_end(struct report *report, double seconds,
		       const char *wanted)
{
	report->format->end(report, &tally, seconds);
	assert_string_equal(written(report), wanted);
}

TEST(the_end_has_a_table_by_calls_and_the_findings_by_kind)
{
	struct report report = report_in(&report_text, AUDIT_CALLS);

	if (seccomp_arch_native() != SCMP_ARCH_X86_64) {
		print_message("# skip: the names of x86-64\n");
		skip();
	}
	begin();
	assert_end(
		&report, 0.0214,
		HEAD
		"3 processes, 0.021 s\n"
		"    calls   errors   denied  syscall\n"
		"1000000000000        0        0  other:unknown\n"
		"       80       37        0  openat\n"
		"        6        0        6  x86:getpid\n"
		"        5        0        0  read\n"
		"        5        0        0  close\n"
		"        5        1        4  mkdir\n"
		"        2        0        2  unknown\n" DENIED REFUSED KILLED);
	tally_free(&tally);
	close(report.fd);
}

TEST(with_denied_the_end_has_neither_table_nor_processes)
{
	struct report report = report_in(&report_text, AUDIT_DENIED);

	begin();
	assert_end(&report, 2, HEAD "2.000 s\n" DENIED REFUSED KILLED);
	tally_free(&tally);
	tally_init(&tally, NULL, 0);
	assert_end(&report, 0, HEAD "0.000 s\nnothing was denied\n");
	tally_free(&tally);
	close(report.fd);
}

TEST(the_end_says_one_process_and_what_was_not_seen)
{
	struct report report = report_in(&report_text, AUDIT_TRACE);

	tally_init(&tally, NULL, 0);
	tally.processes = 1;
	assert_end(&report, 0,
		   HEAD "1 process, 0.000 s\n"
			"    calls   errors   denied  syscall\n");
	tally.processes = 2;
	tally.untraced = 4;
	tally.unread = 1;
	report.is_partial = true;
	assert_end(&report, 0,
		   HEAD "2 processes, 0.000 s\n"
			"scrun: not all was seen: there was another seccomp "
			"filter, the command's own or one from before, and "
			"what it denies does not come here\n"
			"scrun: CLONE_UNTRACED was taken out of 4 clone3\n"
			"scrun: SIGSYS ended 1 process at a call that could "
			"not be read: the program may only be executed\n"
			"    calls   errors   denied  syscall\n");
	tally_free(&tally);
	close(report.fd);
}

TEST(the_headings_of_the_end_are_in_colour_on_a_terminal)
{
	struct report report = report_in(&report_text, AUDIT_DENIED);

	report.has_colour = true;
	tally_init(&tally, NULL, 0);
	find(finding_of(FINDING_LOGGED, 0, &entry, "mkdir"), 2);
	find(finding_of(FINDING_REFUSED, EPERM, NULL, "mount"), 1);
	find(finding_of(FINDING_DENIED, EPERM, &entry, "mkdir"), 1);
	assert_end(&report, 0,
		   HEAD "0.000 s\n"
			"\33[1;31mdenied by policy\33[m\n"
			"        1  mkdir  policy.ini:3 deny = @mkdir\n"
			"\33[1;33mrefused by the kernel\33[m\n"
			"        1  mount EPERM\n"
			"\33[1mlogged by policy\33[m\n"
			"        2  mkdir  policy.ini:3 deny = @mkdir\n");
	tally_free(&tally);
	close(report.fd);
}

TEST(what_was_not_told_apart_is_counted_at_the_end)
{
	struct report text = report_in(&report_text, AUDIT_DENIED);
	struct report json = report_in(&report_json, AUDIT_DENIED);

	tally_init(&tally, NULL, 0);
	find(finding_of(FINDING_DENIED, EPERM, &entry, "mkdir"), 1);
	tally.n_more[FINDING_DENIED] = 70;
	tally.n_more[FINDING_KILLED] = 7;
	assert_end(&text, 0,
		   HEAD "0.000 s\n"
			"denied by policy\n"
			"        1  mkdir  policy.ini:3 deny = @mkdir\n"
			"       70  more, of other kinds\n"
			"        7  more, of other kinds\n");
	json.format->end(&json, &tally, 0);
	assert_non_null(strstr(written(&json), "\"more\":77,"));
	tally_free(&tally);
	close(text.fd);
	close(json.fd);
}

TEST(what_was_undone_is_not_told_at_the_end)
{
	struct report text = report_in(&report_text, AUDIT_DENIED);
	struct report json = report_in(&report_json, AUDIT_DENIED);

	tally_init(&tally, NULL, 0);
	find(finding_of(FINDING_DENIED, EPERM, &entry, "mkdir"), 1);
	tally_undo(&tally);
	json.format->end(&json, &tally, 0);
	assert_non_null(strstr(written(&json), "\"denied\":[]"));
	assert_end(&text, 0, HEAD "0.000 s\nnothing was denied\n");
	tally_free(&tally);
	close(text.fd);
	close(json.fd);
}

/* The one line of TEXT, an object in ASCII whose members are NAMES, joined by
 * blanks; to be freed. */
static json_t *object_of(const char *text, const char *names)
{
	json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	char list[512] = "";
	const char *name;
	json_t *value;

	assert_true(json_is_object(object));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	for (const char *c = text; *c != '\n'; c++)
		assert_true(*c >= ' ' && *c < 0x7f);
	json_object_foreach(object, name, value)
	{
		strcat(list, *list ? " " : "");
		strcat(list, name);
	}
	assert_string_equal(list, names);
	return object;
}

static void assert_string(const json_t *object, const char *name,
			  const char *wanted)
{
	const char *value = json_string_value(json_object_get(object, name));

	assert_non_null(value);
	assert_string_equal(value, wanted);
}

static void assert_number(const json_t *object, const char *name,
			  json_int_t wanted)
{
	const json_t *value = json_object_get(object, name);

	assert_true(json_is_integer(value));
	assert_int_equal(json_integer_value(value), wanted);
}

TEST(json_begins_with_the_command_and_its_policy)
{
	static const char *const modes[] = { [AUDIT_DENIED] = "denied",
					     [AUDIT_CALLS] = "calls",
					     [AUDIT_TRACE] = "trace" };

	for (int mode = AUDIT_DENIED; mode <= AUDIT_TRACE; mode++) {
		struct report report =
			report_in(&report_json, (enum audit_mode)mode);
		json_t *line;

		report.format->start(&report);
		line = object_of(written(&report),
				 "event version mode command policy pid time");
		assert_string(line, "event", "start");
		assert_string(line, "version", VERSION);
		assert_string(line, "mode", modes[mode]);
		assert_string(line, "command", "sh -c mkdir new");
		assert_string(line, "policy", "policy.ini");
		assert_number(line, "pid", 811);
		assert_true(json_real_value(json_object_get(line, "time")) -
				    (double)time(NULL) <
			    1.5);
		json_decref(line);
		close(report.fd);
	}
}

TEST(text_does_not_tell_the_start)
{
	struct report report = report_in(&report_text, AUDIT_TRACE);

	report.format->start(&report);
	assert_string_equal(written(&report), "");
	close(report.fd);
}

TEST(json_tells_a_denied_call_with_its_entry_and_arguments)
{
	struct report report = report_in(&report_json, AUDIT_CALLS);
	struct finding like = finding_of(FINDING_DENIED, EPERM, &entry, "");
	json_t *line, *args;

	line = object_of(
		finding_line(&report,
			     explained(like, "", "[syscalls] deny = !mkdir"),
			     MKDIR),
		"event syscall errno file line entry allow call brief args pid "
		"comm");
	assert_string(line, "event", "denied");
	assert_string(line, "syscall", "mkdir");
	assert_string(line, "errno", "EPERM");
	assert_string(line, "file", "policy.ini");
	assert_number(line, "line", 3);
	assert_string(line, "entry", "deny = @mkdir");
	assert_string(line, "allow", "[syscalls] deny = !mkdir");
	assert_string(line, "call", MKDIR_TEXT);
	assert_number(line, "pid", 812);
	assert_string(line, "comm", "mkdir");
	args = json_object_get(line, "args");
	assert_int_equal(json_array_size(args), 2);
	assert_string_equal(json_string_value(json_array_get(args, 0)),
			    "\"new\"");
	assert_string_equal(json_string_value(json_array_get(args, 1)), "0777");
	json_decref(line);
	close(report.fd);
}

TEST(json_tells_what_the_kernel_refused_what_was_killed_and_logged)
{
	struct report report = report_in(&report_json, AUDIT_CALLS);
	struct finding refused = finding_of(FINDING_REFUSED, EACCES, NULL, "");
	struct finding foreign = finding_of(FINDING_KILLED, 0, NULL, "");
	json_t *line;

	line = object_of(
		finding_line(&report, explained(refused, "why", "line"), MKDIR),
		"event syscall errno reason allow call brief args pid comm");
	assert_string(line, "event", "refused");
	assert_string(line, "errno", "EACCES");
	assert_string(line, "reason", "why");
	assert_string(line, "allow", "line");
	json_decref(line);

	line = object_of(
		finding_line(&report, explained(foreign, "not listed", ""),
			     I386("getpid", 0)),
		"event syscall signal reason call brief args pid comm");
	assert_string(line, "event", "killed");
	assert_string(line, "syscall", "x86:getpid");
	assert_string(line, "signal", "SIGSYS");
	assert_string(line, "call", "getpid()");
	assert_int_equal(json_array_size(json_object_get(line, "args")), 0);
	json_decref(line);

	line = object_of(
		finding_line(&report, finding_of(FINDING_LOGGED, 0, &entry, ""),
			     MKDIR),
		"event syscall file line entry call brief args pid comm");
	assert_string(line, "event", "logged");
	json_decref(line);
	close(report.fd);
}

TEST(json_tells_the_call_of_x32_by_its_architecture)
{
	struct report report = report_in(&report_json, AUDIT_CALLS);
	json_t *line;
	struct call call = { .pid = getpid(), .arch = SCMP_ARCH_X86_64 };

	call.nr = number_of(SCMP_ARCH_X32, "getpid");
	line = object_of(finding_line(&report,
				      finding_of(FINDING_KILLED, 0, NULL, ""),
				      call),
			 "event syscall signal call brief args pid comm");
	assert_string(line, "syscall", "x32:getpid");
	json_decref(line);
	close(report.fd);
}

TEST(json_tells_a_traced_call_with_its_result)
{
	struct report report = report_in(&report_json, AUDIT_TRACE);

	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		struct call call = NATIVE(results[i].name, 0);
		const char *line = call_line(&report, call, results[i].result);
		json_t *object = json_loads(line, 0, NULL);
		struct decoded decoded;
		char text[1100];

		call_decode(&decoded, &call);
		decoded_print(&decoded, text, sizeof(text));
		assert_string(object, "event", "call");
		assert_string(object, "call", text);
		assert_number(object, "pid", 812);
		assert_string_equal(line + strlen(line) -
					    strlen(results[i].json),
				    results[i].json);
		assert_int_equal(json_object_size(object),
				 3 + (strstr(line, "\"result\"") != NULL) +
					 (strstr(line, "\"errno\"") != NULL) +
					 (strstr(line, "\"denied\"") != NULL));
		json_decref(object);
	}
	close(report.fd);
}

/* Row INDEX of LINE's array NAME. */
static const json_t *row(const json_t *line, const char *name, size_t index)
{
	const json_t *array = json_object_get(line, name);

	assert_true(json_is_array(array));
	return json_array_get(array, index);
}

TEST(json_ends_with_the_sums)
{
	struct report report = report_in(&report_json, AUDIT_CALLS);
	json_t *line;

	begin();
	tally.untraced = 5;
	tally.unread = 6;
	report.format->end(&report, &tally, 1.5);
	line = object_of(written(&report),
			 "event seconds processes untraced unread calls denied "
			 "refused killed logged more partial lost");
	assert_string(line, "event", "end");
	assert_true(json_real_value(json_object_get(line, "seconds")) == 1.5);
	assert_number(line, "processes", 3);
	assert_number(line, "untraced", 5);
	assert_number(line, "unread", 6);
	assert_number(line, "more", 0);
	assert_true(json_is_false(json_object_get(line, "partial")));

	assert_int_equal(json_array_size(json_object_get(line, "calls")), 7);
	assert_number(row(line, "calls", 0), "calls", 1000000000000);
	assert_string(row(line, "calls", 1), "syscall", "openat");
	assert_number(row(line, "calls", 1), "calls", 80);
	assert_number(row(line, "calls", 1), "errors", 37);
	assert_number(row(line, "calls", 1), "denied", 0);
	assert_string(row(line, "calls", 2), "syscall", "x86:getpid");
	assert_number(row(line, "calls", 2), "calls", 6);
	assert_number(row(line, "calls", 2), "denied", 6);

	assert_string(row(line, "denied", 0), "call", "mkdir(\"new\")");
	assert_number(row(line, "denied", 0), "count", 4);
	assert_string(row(line, "denied", 0), "entry", "deny = @mkdir");
	assert_string(row(line, "refused", 0), "errno", "EACCES");
	assert_string(row(line, "killed", 0), "signal", "SIGSYS");
	assert_number(row(line, "killed", 0), "count", 6);
	assert_null(row(line, "logged", 0));
	json_decref(line);
	tally_free(&tally);
	close(report.fd);
}

TEST(json_with_denied_ends_without_calls_and_processes)
{
	struct report report = report_in(&report_json, AUDIT_DENIED);
	json_t *line;

	begin();
	report.is_partial = true;
	report.format->end(&report, &tally, 0);
	line = object_of(written(&report), "event seconds denied refused "
					   "killed logged more partial lost");
	assert_true(json_is_true(json_object_get(line, "partial")));
	json_decref(line);
	tally_free(&tally);
	close(report.fd);
}

TEST(hostile_names_are_escaped_in_text)
{
	static char *hostile_words[] = {
		"a\nscrun: denied", "\33]0;x\a", "\xff\xfe", "\"\\", "ü", NULL
	};
	struct report report = report_in(&report_text, AUDIT_DENIED);

	report.argv = hostile_words;
	assert_string_equal(
		finding_line(&report,
			     finding_of(FINDING_DENIED, EPERM, &hostile, ""),
			     NATIVE("mkdir", P("\33[2J\n\xff"), 0755)),
		"scrun: denied mkdir(\"\\33[2J\\n\\377\", 0755): EPERM  "
		"mkdir[812]  " HOSTILE_NAME ":1 deny = mkdir(mode == 0)\n");
	tally_init(&tally, NULL, 0);
	find(finding_of(FINDING_DENIED, EPERM, &hostile, "mkdir"), 1);
	assert_end(&report, 0,
		   "scrun: audit of a\\nscrun: denied \\33]0;x\\a \\377\\376 "
		   "\\\"\\\\ \\303\\274: 0.000 s\n"
		   "denied by policy\n"
		   "        1  mkdir  " HOSTILE_NAME
		   ":1 deny = mkdir(mode == 0)\n");
	tally_free(&tally);
	close(report.fd);
}

TEST(hostile_names_are_escaped_in_json_as_in_text)
{
	static char *hostile_words[] = { "a\n{\"event\":\"end\"}", "\33]0;x\a",
					 "\xff\xfe", NULL };
	const struct policy named = { .name = hostile.file };
	struct report report = report_in(&report_json, AUDIT_DENIED);
	json_t *line;

	report.argv = hostile_words;
	report.policy = &named;
	report.format->start(&report);
	line = object_of(written(&report),
			 "event version mode command policy pid time");
	assert_string(line, "command",
		      "a\\n{\\\"event\\\":\\\"end\\\"} \\33]0;x\\a \\377\\376");
	assert_string(line, "policy", HOSTILE_NAME);
	json_decref(line);

	line = object_of(
		finding_line(&report,
			     finding_of(FINDING_DENIED, EPERM, &hostile, ""),
			     NATIVE("mkdir", P("\33[2J\n\xff"), 0755)),
		"event syscall errno file line entry call brief args pid comm");
	assert_string(line, "file", HOSTILE_NAME);
	assert_string(line, "entry", "deny = mkdir(mode == 0)");
	assert_string(line, "call", "mkdir(\"\\33[2J\\n\\377\", 0755)");
	json_decref(line);

	tally_init(&tally, NULL, 0);
	find(finding_of(FINDING_DENIED, EPERM, &hostile, "mkdir"), 1);
	report.format->end(&report, &tally, 0);
	line = object_of(written(&report), "event seconds denied refused "
					   "killed logged more partial lost");
	assert_string(row(line, "denied", 0), "file", HOSTILE_NAME);
	json_decref(line);
	tally_free(&tally);
	close(report.fd);
}

TEST(what_was_cut_is_marked_and_still_ascii_in_json)
{
	char name[3000];
	const struct origin named = { name, 1, "deny", "mkdir" };
	struct report report = report_in(&report_json, AUDIT_DENIED);
	json_t *line;

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	line = object_of(
		finding_line(&report,
			     finding_of(FINDING_DENIED, EPERM, &named, ""),
			     NATIVE("mkdir", P(name), 0)),
		"event syscall errno file line entry call brief args pid comm");
	assert_non_null(
		strstr(json_string_value(json_object_get(line, "file")), "x…"));
	assert_non_null(strstr(json_string_value(json_object_get(line, "call")),
			       "x\"…, "));
	json_decref(line);
	close(report.fd);
}

static const char *command_of(char *const *argv, size_t size)
{
	static char text[4096];
	const struct report report = { .argv = argv };

	memset(text, 'z', sizeof(text));
	report_command(&report, text, size);
	assert_true(strlen(text) < size);
	return text;
}

TEST(a_long_command_is_cut_and_says_so)
{
	static char longest[] = "0123456789012345678901234567890123456789";
	char *one[] = { longest, NULL };
	char *many[] = { "abcd", longest, "x", NULL };
	char *none[] = { NULL };

	assert_string_equal(command_of(none, 32), "");
	assert_string_equal(command_of(one, 64), longest);
	assert_string_equal(command_of(one, 32),
			    "0123456789012345678901234567…");
	assert_string_equal(command_of(many, 32), "abcd 0123456789012345678…");
	for (size_t size = 9; size < 64; size++)
		command_of(many, size);
}

TEST(words_that_have_no_room_are_said_to_be_cut)
{
	char *words_that_fill[] = { "0123456789012345678901234", "end", NULL };

	assert_non_null(strstr(command_of(words_that_fill, 32), "…"));
}

static void assert_name(uint32_t arch, uint32_t nr, const char *wanted)
{
	char name[64];

	report_call_name(arch, nr, name, sizeof(name));
	assert_string_equal(name, wanted);
}

TEST(a_foreign_call_is_named_with_its_architecture)
{
	uint32_t native = seccomp_arch_native();

	assert_name(native, number_of(native, "mkdir"), "mkdir");
	assert_name(native, N_SYSCALLS - 1, "syscall_0x27f");
	assert_name(native, N_SYSCALLS, "unknown");
	assert_name(SCMP_ARCH_X86, 20, "x86:getpid");
	assert_name(SCMP_ARCH_X32, 39, "x32:getpid");
	assert_name(SCMP_ARCH_X32, 520, "x32:execve");
	assert_name(SCMP_ARCH_S390X, 20, "s390x:getpid");
	assert_name(0, N_SYSCALLS, "other:unknown");
}

/* Which architecture it was is not known, and 20 is getpid of many. */
TEST(a_call_of_an_architecture_that_is_not_listed_has_no_native_name)
{
	assert_name(0, 20, "other:syscall_0x14");
}

TEST(the_output_is_emptied_and_kept_away_from_the_standard_ones)
{
	struct audit_options options = { .mode = AUDIT_TRACE, .is_json = true };
	struct report report;
	char path[256];
	struct report into = report_in(&report_text, AUDIT_CALLS);

	report_write(&into, "old\n", 4);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", into.fd);
	options.output = path;
	report_open(&report, &options, STDERR_FILENO);
	assert_true(report.fd > STDERR_FILENO);
	assert_int_equal(fcntl(report.fd, F_GETFD), FD_CLOEXEC);
	assert_ptr_equal(report.format, &report_json);
	assert_int_equal(report.mode, AUDIT_TRACE);
	assert_false(report.has_colour);
	report_write(&report, "new\n", 4);
	assert_string_equal(written(&into), "new\n");
	close(report.fd);
	close(into.fd);

	options = (struct audit_options){ .mode = AUDIT_CALLS };
	report_open(&report, &options, STDERR_FILENO);
	assert_ptr_equal(report.format, &report_text);
	assert_true(report.fd > STDERR_FILENO);
	close(report.fd);
}

TEST(after_half_a_line_another_one_begins)
{
	struct report report = { .fd = fileno(tmpfile()) };
	struct rlimit whole, small;
	char text[32] = "";

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
	small = (struct rlimit){ 4, whole.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	report_write(&report, "one two\n", 8);
	report_write(&report, "three\n", 6);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
	report_write(&report, "four\n", 5);
	report_write(&report, "five\n", 5);
	assert_int_equal(pread(report.fd, text, sizeof(text) - 1, 0), 15);
	assert_string_equal(text, "one \nfour\nfive\n");
	assert_int_equal(report.lost, 2);
	close(report.fd);
}

TEST(a_full_disk_does_not_matter)
{
	struct report report = { .fd = open("/dev/full", O_WRONLY) };

	assert_true(report.fd >= 0);
	report_write(&report, "text\n", 5);
	close(report.fd);
	report_write(&report, "text\n", 5); /* nor does a closed descriptor */
}

TEST(a_report_has_room_for_every_call_of_every_architecture)
{
	static const uint32_t archs[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86 };
	struct counted *list;
	size_t n, wanted;

	tally_init(&tally, archs, ARRAY_SIZE(archs));
	wanted = tally.n_archs * (N_SYSCALLS + 1);
	for (size_t i = 0; i < tally.n_archs; i++) {
		for (uint32_t nr = 0; nr <= N_SYSCALLS; nr++)
			tally.archs[i].counts[nr].denied = 1 + nr;
	}
	list = report_sort(&tally, &n);
	assert_non_null(list);
	assert_int_equal(n, wanted);
	assert_true(malloc_usable_size(list) >= wanted * sizeof(*list));
	for (size_t i = 1; i < n; i++)
		assert_true(list[i - 1].count->denied >= list[i].count->denied);
	free(list);
	tally_free(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_denied_call_is_told_with_the_entry_that_decided),
		cmocka_unit_test(
			a_refused_call_is_told_with_the_reason_where_it_is_known),
		cmocka_unit_test(
			a_killed_call_is_told_with_its_signal_and_a_logged_one_without),
		cmocka_unit_test(on_a_terminal_the_kind_is_in_colour),
		cmocka_unit_test(a_traced_call_is_a_line_with_its_result),
		cmocka_unit_test(a_signal_and_an_end_are_lines_of_their_own),
		cmocka_unit_test(
			the_end_has_a_table_by_calls_and_the_findings_by_kind),
		cmocka_unit_test(
			with_denied_the_end_has_neither_table_nor_processes),
		cmocka_unit_test(
			the_end_says_one_process_and_what_was_not_seen),
		cmocka_unit_test(
			the_headings_of_the_end_are_in_colour_on_a_terminal),
		cmocka_unit_test(what_was_not_told_apart_is_counted_at_the_end),
		cmocka_unit_test(what_was_undone_is_not_told_at_the_end),
		cmocka_unit_test(json_begins_with_the_command_and_its_policy),
		cmocka_unit_test(text_does_not_tell_the_start),
		cmocka_unit_test(
			json_tells_a_denied_call_with_its_entry_and_arguments),
		cmocka_unit_test(
			json_tells_what_the_kernel_refused_what_was_killed_and_logged),
		cmocka_unit_test(
			json_tells_the_call_of_x32_by_its_architecture),
		cmocka_unit_test(json_tells_a_traced_call_with_its_result),
		cmocka_unit_test(json_ends_with_the_sums),
		cmocka_unit_test(
			json_with_denied_ends_without_calls_and_processes),
		cmocka_unit_test(hostile_names_are_escaped_in_text),
		cmocka_unit_test(hostile_names_are_escaped_in_json_as_in_text),
		cmocka_unit_test(
			what_was_cut_is_marked_and_still_ascii_in_json),
		cmocka_unit_test(a_long_command_is_cut_and_says_so),
		cmocka_unit_test(words_that_have_no_room_are_said_to_be_cut),
		cmocka_unit_test(a_foreign_call_is_named_with_its_architecture),
		cmocka_unit_test(
			a_call_of_an_architecture_that_is_not_listed_has_no_native_name),
		cmocka_unit_test(
			the_output_is_emptied_and_kept_away_from_the_standard_ones),
		cmocka_unit_test(after_half_a_line_another_one_begins),
		cmocka_unit_test(a_full_disk_does_not_matter),
		cmocka_unit_test(
			a_report_has_room_for_every_call_of_every_architecture),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
