#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lint_kinds.h"
#include "status.h"

/*
 * Names are for good: scripts know them. Those that are told at a start are the
 * policy's own mistakes; to leave something open may be what was wanted.
 */
static const struct kind {
	const char *name;
	enum severity severity;
	bool at_start;
	void (*look)(struct lint *lint);
} kinds[] = {
	{ "equivalent-open", SEVERITY_WARNING, true, lint_families },
	{ "io-uring", SEVERITY_WARNING, false, lint_uring },
	{ "other-processes", SEVERITY_DANGER, false, lint_other_processes },
	{ "terminal-input", SEVERITY_DANGER, false, lint_terminal },
	{ "user-namespaces", SEVERITY_WARNING, false, lint_user_namespaces },
	{ "write-execute", SEVERITY_INFO, false, lint_write_execute },
	{ "writable-programs", SEVERITY_INFO, false, lint_writable_programs },
	{ "x32", SEVERITY_WARNING, false, lint_x32 },
	{ "root-capability", SEVERITY_DANGER, false, lint_root_capabilities },
	{ "owner-capability", SEVERITY_INFO, false, lint_owner_capabilities },
	{ "unreachable", SEVERITY_WARNING, true, lint_unreachable },
	{ "narrows-nothing", SEVERITY_WARNING, true, lint_narrows_nothing },
	{ "no-effect", SEVERITY_INFO, false, lint_no_effect },
	{ "removes-nothing", SEVERITY_WARNING, true, lint_removes_nothing },
	{ "unused-group", SEVERITY_WARNING, true, lint_unused_groups },
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const char *const severities[N_SEVERITIES] = {
	[SEVERITY_INFO] = "info",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_DANGER] = "danger",
};

const char *severity_name(enum severity severity)
{
	return severities[severity];
}

bool severity_parse(const char *name, enum severity *severity)
{
	for (unsigned int i = 0; i < N_SEVERITIES; i++) {
		if (strcmp(severities[i], name) == 0) {
			*severity = (enum severity)i;
			return true;
		}
	}
	return false;
}

const char *lint_name(size_t index)
{
	return index < N_KINDS ? kinds[index].name : NULL;
}

enum severity lint_severity(size_t index)
{
	return kinds[index].severity;
}

void findings_init(struct findings *findings)
{
	*findings = (struct findings){ 0 };
	faults_init(&findings->texts);
}

void findings_free(struct findings *findings)
{
	faults_free(&findings->texts);
}

const char *written(const struct lint *lint, const struct origin *origin)
{
	return policy_printf(lint->policy, "'%s = %s'", origin->key,
			     origin->text);
}

void finding_add(struct lint *lint, const struct origin *origin,
		 const char *format, ...)
{
	struct findings *findings = lint->findings;
	enum severity severity = lint->kind->severity;
	va_list args;
	char *text;
	int length;

	findings->n[severity]++;
	if (severity < lint->threshold)
		return;
	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		err(STATUS_FAILED, "memory");
	fault_add(&findings->texts, origin->file, origin->line, "%s: %s [%s]",
		  severities[severity], text, lint->kind->name);
	free(text);
}

static void look_for(struct policy *policy, const struct kind *kind,
		     enum severity threshold, struct findings *findings)
{
	struct lint lint = {
		.policy = policy,
		.kind = kind,
		.threshold = threshold,
		.findings = findings,
	};

	kind->look(&lint);
}

void policy_lint(struct policy *policy, enum severity threshold,
		 struct findings *findings)
{
	for (size_t i = 0; i < N_KINDS; i++)
		look_for(policy, &kinds[i], threshold, findings);
}

void policy_warn(struct policy *policy)
{
	struct findings findings;

	/* The built-in ones were checked when they were written. */
	if (policy->is_ready)
		return;
	findings_init(&findings);
	for (size_t i = 0; i < N_KINDS; i++) {
		if (kinds[i].at_start)
			look_for(policy, &kinds[i], SEVERITY_INFO, &findings);
	}
	faults_print(&findings.texts);
	findings_free(&findings);
}
