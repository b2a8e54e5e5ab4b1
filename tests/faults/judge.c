#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "judge.h"

/* ---- The command ----------------------------------------------------------
 */

static bool begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* Without its auditor a denied call fails with ENOSYS: denied all the same. */
static bool is_denied_by_none(const char *line, size_t length,
			      const char *clean, size_t clean_length)
{
	static const char with[] = ": ENOSYS";
	size_t name = length - (sizeof(with) - 1);

	return length > sizeof(with) && clean_length > name &&
	       strncmp(line + name, with, sizeof(with) - 1) == 0 &&
	       strncmp(line, clean, name) == 0 &&
	       !begins(clean + name, ": done");
}

enum state {
	STATE_NONE,
	STATE_EQUAL,
	STATE_BEGUN,	/* and equal as far as it goes */
	STATE_ORPHANED, /* equal, but for what ENOSYS denies */
	STATE_OTHER,
};

/* What the command saw, held against what it sees without a fault. */
static enum state compare(const char *output, const char *clean)
{
	enum state state = STATE_EQUAL;

	if (!*output)
		return STATE_NONE;
	while (*output && *clean) {
		size_t n = strcspn(output, "\n"), m = strcspn(clean, "\n");

		if (n != m || strncmp(output, clean, n) != 0) {
			if (!is_denied_by_none(output, n, clean, m))
				return STATE_OTHER;
			state = STATE_ORPHANED;
		}
		output += n + (output[n] == '\n');
		clean += m + (clean[m] == '\n');
	}
	if (*output)
		return STATE_OTHER;
	return *clean ? STATE_BEGUN : state;
}

/* ---- The report -----------------------------------------------------------
 */

/* The rows of a table are "calls errors denied name"; a name alone is none. */
static bool is_row(const char *line)
{
	int numbers = 0;

	while (*line == ' ') {
		line += strspn(line, " ");
		if (*line < '0' || *line > '9')
			break;
		line += strspn(line, "0123456789");
		numbers++;
	}
	return numbers == 3;
}

static const char *next_line(const char *text)
{
	text += strcspn(text, "\n");
	return *text ? text + 1 : text;
}

static const char *end_of(const char *report)
{
	const char *end = strstr(report, "scrun: audit of ");

	return end ? end : strstr(report, "{\"event\":\"end\"");
}

/* The findings' numbers, added up: a word that could not be read makes two
 * of one, and no more. */
static long findings(const char *end)
{
	long sum = 0;

	for (const char *line = end; *line; line = next_line(line)) {
		if (*line == ' ' && !is_row(line))
			sum += strtol(line, NULL, 10);
	}
	return sum;
}

/* "PID call(...) = result", and not "PID --- SIGSYS ---", which inject.c has
 * caused while scrun was traced already. */
static bool numbers_call(const char *line)
{
	size_t digits = strspn(line, "0123456789");

	return digits && line[digits] == ' ' && line[digits + 1] != '-' &&
	       line[digits + 1] != '+';
}

static size_t count_traced(const char *report)
{
	size_t n = 0;

	for (const char *line = report; *line; line = next_line(line))
		n += numbers_call(line);
	return n;
}

/* Up to END. Where there was no memory for a call's name, it has its number. */
static bool same_text(const char *a, const char *b, char end)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_0123456789";

	while (*a && *b && *b != end) {
		if (begins(a, "syscall_0x")) {
			a += strspn(a, letters);
			b += strspn(b, letters);
		} else if (*a++ != *b++) {
			return false;
		}
	}
	return *a == *b;
}

/* The table of counts in the JSON report is one member of the last line. */
static bool same_members(const char *end, const char *clean, const char *name)
{
	const char *a = strstr(end, name), *b = strstr(clean, name);

	if (!a || !b)
		return !a && !b;
	return same_text(a, b, ']');
}

static bool same_counts(const char *report, const char *clean)
{
	const char *end = end_of(report), *right = end_of(clean);

	if (*right == '{')
		return same_members(end, right, "\"calls\":[");
	if (count_traced(report) != count_traced(clean) ||
	    findings(end) != findings(right))
		return false;
	for (;;) {
		while (*end && !is_row(end))
			end = next_line(end);
		while (*right && !is_row(right))
			right = next_line(right);
		if (!*end || !*right)
			return !*end && !*right;
		if (!same_text(end, right, '\n'))
			return false;
		end = next_line(end);
		right = next_line(right);
	}
}

static bool says_so(const char *report)
{
	static const char *const texts[] = {
		"could not begin",
		"not complete",
		"\"event\":\"failure\"",
	};
	const char *lost = strstr(report, "\"lost\":");

	if (lost && lost[7] != '0')
		return true;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strstr(report, texts[i]))
			return true;
	}
	return false;
}

/* ---- Both -----------------------------------------------------------------
 */

static enum judgement miss(const char **why, const char *text)
{
	*why = text;
	return MISS;
}

static enum judgement judge_report(const char *report, const char *clean,
				   const char **why)
{
	if (!end_of(report) || says_so(report))
		return UNCERTAIN;
	if (same_counts(report, clean))
		return RIGHT;
	return miss(why, "the report is wrong and does not say so");
}

static const char *skip_comments(const char *text)
{
	while (*text == ';')
		text = next_line(text);
	return text;
}

/* The entries, without a word on where they come from: it tells pids, and the
 * program's build where that could be read. */
static bool same_entries(const char *a, const char *b)
{
	for (;;) {
		size_t n, m;

		a = skip_comments(a);
		b = skip_comments(b);
		if (!*a || !*b)
			return *a == *b;
		n = strcspn(a, ";\n");
		m = strcspn(b, ";\n");
		while (n > 0 && a[n - 1] == ' ')
			n--;
		while (m > 0 && b[m - 1] == ' ')
			m--;
		if (n != m || strncmp(a, b, n) != 0)
			return false;
		a = next_line(a);
		b = next_line(b);
	}
}

/* What is there was written whole, or is as it was. */
static enum judgement judge_learned(const struct outcome *outcome,
				    const struct outcome *clean,
				    const char *before, bool is_silent,
				    const char **why)
{
	if (!before)
		before = "";
	if (begins(outcome->learned, before) &&
	    same_entries(outcome->learned, clean->learned))
		return RIGHT;
	if (strcmp(outcome->learned, before) != 0)
		return strstr(outcome->errors, "learn again") ||
				       strstr(outcome->errors,
					      "not added: [paths]: ")
			       ? UNCERTAIN
			       : miss(why, "another policy is learned");
	if (is_silent || strstr(outcome->errors, "scrun: "))
		return UNCERTAIN;
	return miss(why, "nothing is learned, and nothing said");
}

static bool is_refusal(const struct outcome *outcome)
{
	int status = outcome->status;

	return WIFEXITED(status) && WEXITSTATUS(status) >= 125 &&
	       WEXITSTATUS(status) <= 127 &&
	       (strstr(outcome->errors, "scrun: ") ||
		strstr(outcome->report, "scrun: "));
}

/* Who kills a command says why, unless the fault has silenced him. */
static enum judgement judge_end(const struct outcome *outcome, bool is_silent,
				const char **why)
{
	if (is_silent || strstr(outcome->errors, "scrun: ") ||
	    strstr(outcome->report, "scrun: ") ||
	    strstr(outcome->report, "\"event\":\"failure\""))
		return ENDED;
	return miss(why, "the command was killed without a word");
}

enum judgement judge(const struct outcome *outcome, const struct outcome *clean,
		     enum audit audit, const char *learned, bool is_silent,
		     const char **why)
{
	bool is_ended = audit >= AUDIT_TRACED && WIFSIGNALED(outcome->status) &&
			WTERMSIG(outcome->status) == SIGKILL;
	enum state state = compare(outcome->output, clean->output);

	if (outcome->is_late)
		return miss(why, "it hangs");
	if ((state == STATE_NONE || is_ended) &&
	    strcmp(outcome->learned, learned ? learned : "") != 0)
		return miss(why, "a policy is learned of a command that was "
				 "not there to the end");
	switch (state) {
	case STATE_NONE:
		if (is_refusal(outcome))
			return REFUSED;
		if (is_ended)
			return judge_end(outcome, is_silent, why);
		return miss(why, "no status 125 to 127, or no message");
	case STATE_BEGUN:
		if (is_ended)
			return judge_end(outcome, is_silent, why);
		return miss(why, "the command ended too early");
	case STATE_ORPHANED:
		if (audit == AUDIT_DENIED && !end_of(outcome->report))
			return ENDED;
		return miss(why, "ENOSYS for what is denied, with an auditor");
	case STATE_EQUAL:
		if (is_ended)
			return judge_end(outcome, is_silent, why);
		if (outcome->status != clean->status)
			return miss(why, "another exit status");
		if (audit == AUDIT_NONE)
			return RIGHT;
		if (audit == AUDIT_LEARN)
			return judge_learned(outcome, clean, learned, is_silent,
					     why);
		return judge_report(outcome->report, clean->report, why);
	case STATE_OTHER:
		break;
	}
	return miss(why, "the command ran with another state");
}
