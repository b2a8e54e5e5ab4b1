#include <ctype.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/resource.h>

#include "../policy/limits.h"
#include "../policy/names.h"
#include "losses.h"
#include "systemd_calls.h"
#include "systemd_dump.h"

#define WHAT "a unit"

/* VALUE, in which a unit would read '%' as a specifier. */
static void write_value(FILE *to, const char *value)
{
	for (; *value; value++) {
		if (*value == '%')
			fputc('%', to);
		fputc(*value, to);
	}
}

static void write_setting(FILE *to, const char *key, const char *value)
{
	fprintf(to, "%s=", key);
	write_value(to, value);
	fputc('\n', to);
}

/* ---- [capabilities] ---- */

static void write_capabilities(FILE *to, const char *key, const char *sign,
			       const struct policy *policy)
{
	const struct capability *capability;
	const char *before = sign;

	fprintf(to, "%s=", key);
	STAILQ_FOREACH(capability, &policy->capabilities, next) {
		char *name = cap_to_name(capability->value);

		fputs(before, to);
		for (const char *at = name; at && *at; at++)
			fputc(toupper((unsigned char)*at), to);
		cap_free(name);
		before = " ";
	}
	fputc('\n', to);
}

static void dump_capabilities(FILE *to, const struct policy *policy)
{
	if (policy->capability_mode == CAPABILITIES_KEEP) {
		write_capabilities(to, "CapabilityBoundingSet", "", policy);
		write_capabilities(to, "AmbientCapabilities", "", policy);
	} else if (!STAILQ_EMPTY(&policy->capabilities)) {
		write_capabilities(to, "CapabilityBoundingSet", "~", policy);
	}
}

/* ---- [process] ---- */

/* A unit's name of each setting; NULL: it is a stream, "": it is so anyway. */
static const char *const settings[N_SETTINGS] = {
	[SETTING_USER] = "User",	  [SETTING_GROUP] = "Group",
	[SETTING_ROOT] = "RootDirectory", [SETTING_CHDIR] = "WorkingDirectory",
	[SETTING_UMASK] = "UMask",	  [SETTING_NICE] = "Nice",
	[SETTING_OOM] = "OOMScoreAdjust", [SETTING_SESSION] = "",
	[SETTING_STDIN] = NULL,		  [SETTING_STDOUT] = NULL,
	[SETTING_STDERR] = NULL,	  [SETTING_CLOSE_FDS] = "",
	[SETTING_PDEATHSIG] = NULL,
};

static void dump_stream(FILE *to, const char *key, const char *text,
			const char *file)
{
	fprintf(to, "%s=%s", key, *text == '/' ? file : "");
	write_value(to, text);
	fputc('\n', to);
}

/* Whether a unit's line that ends in TEXT goes on in the next one. */
static bool goes_on(const char *text)
{
	bool is_escaped = false;

	for (; *text; text++)
		is_escaped = *text == '\\' && !is_escaped;
	return is_escaped;
}

static void dump_setting(FILE *to, const struct policy *policy, size_t index,
			 struct faults *losses)
{
	const struct origin *origin = &policy->settings[index].origin;

	if (!origin->file)
		return;
	if (goes_on(origin->text)) {
		fault_add(losses, origin->file, origin->line,
			  "[process] %s: a unit's line would go on after the "
			  "'\\' at the end of this one; left out",
			  origin->key);
		return;
	}
	if (settings[index] && *settings[index])
		write_setting(to, settings[index], origin->text);
	else if (index == SETTING_STDIN)
		dump_stream(to, "StandardInput", origin->text, "file:");
	else if (index == SETTING_STDOUT)
		dump_stream(to, "StandardOutput", origin->text, "truncate:");
	else if (index == SETTING_STDERR)
		dump_stream(to, "StandardError", origin->text, "truncate:");
	else if (!settings[index])
		loss_add(losses, origin, "process", WHAT);
}

static void dump_process(FILE *to, const struct policy *policy,
			 struct faults *losses)
{
	const struct item *item;

	for (size_t i = 0; i < N_SETTINGS; i++)
		dump_setting(to, policy, i, losses);
	STAILQ_FOREACH(item, &policy->supplementary, next)
		write_setting(to, "SupplementaryGroups", item->origin.text);
	/* systemd.exec(5): it "extends the list ... for the user". */
	if (policy->supplementary_origin.file &&
	    policy->settings[SETTING_USER].origin.file)
		fault_add(
			losses, policy->supplementary_origin.file,
			policy->supplementary_origin.line,
			"[process] groups: a unit gives the user's own groups "
			"as well");
	if ((item = STAILQ_FIRST(&policy->keep_fds)))
		loss_add(losses, &item->origin, "process", WHAT);
}

/* ---- [environment] ---- */

static bool is_set(const struct policy *policy, const char *name)
{
	const struct variable *variable;

	STAILQ_FOREACH(variable, &policy->environment_set, next) {
		if (strcmp(variable->name, name) == 0)
			return true;
	}
	return false;
}

static void dump_names(FILE *to, const struct policy *policy, const char *key,
		       const struct variable_list *list, struct faults *losses)
{
	const struct variable *variable;

	STAILQ_FOREACH(variable, list, next) {
		/* systemd.exec(5): UnsetEnvironment= comes after all others,
		 * and set is what holds here. */
		if (is_set(policy, variable->name))
			continue;
		if (strpbrk(variable->name, "*?[\\"))
			fault_add(losses, variable->origin.file,
				  variable->origin.line,
				  "[environment] %s: '%s' is a pattern, and a "
				  "unit takes names; left out",
				  variable->origin.key, variable->name);
		else
			write_setting(to, key, variable->name);
	}
}

static void dump_environment(FILE *to, const struct policy *policy,
			     struct faults *losses)
{
	const struct variable *variable;

	dump_names(to, policy, "PassEnvironment", &policy->environment_keep,
		   losses);
	dump_names(to, policy, "UnsetEnvironment", &policy->environment_unset,
		   losses);
	STAILQ_FOREACH(variable, &policy->environment_set, next) {
		const char *at = variable->assignment;

		fputs("Environment=\"", to);
		for (; *at; at++) {
			if (strchr("\"\\", *at))
				fputc('\\', to);
			if (*at == '%')
				fputc('%', to);
			fputc(*at, to);
		}
		fputs("\"\n", to);
	}
}

/* ---- [limits] ---- */

static void write_limit(FILE *to, uint64_t value)
{
	if (value == RLIM_INFINITY)
		fputs("infinity", to);
	else
		fprintf(to, "%llu", (unsigned long long)value);
}

static void dump_limit(FILE *to, const struct limit *limit,
		       struct faults *losses)
{
	const struct origin *origin = &limit->origin;

	if (!limit->has_soft || !limit->has_hard) {
		fault_add(losses, origin->file, origin->line,
			  "[limits] %s: a unit sets both limits, and not the "
			  "%s one alone; left out",
			  origin->key, limit->has_soft ? "soft" : "hard");
		return;
	}
	fputs("Limit", to);
	for (const char *at = origin->key; *at; at++)
		fputc(toupper((unsigned char)*at), to);
	fputc('=', to);
	write_limit(to, limit->soft);
	fputc(':', to);
	write_limit(to, limit->hard);
	fputc('\n', to);
}

static void dump_calls(FILE *to, const struct policy *policy,
		       struct faults *losses)
{
	struct policy said = *policy;
	struct rule *rules = rules_but_network(policy, &said.n_rules);

	said.rules = rules;
	systemd_dump_calls(to, &said, losses);
	free(rules);
}

void systemd_dump(FILE *to, const struct policy *policy, struct faults *losses)
{
	fprintf(to, "# Made by scrun --dump=systemd from the policy ");
	for (const char *at = policy->name; *at; at++)
		fputc(iscntrl((unsigned char)*at) ? '?' : *at, to);
	fprintf(to, ".\n[Service]\nNoNewPrivileges=yes\n");
	dump_capabilities(to, policy);
	dump_calls(to, policy, losses);
	dump_process(to, policy, losses);
	dump_environment(to, policy, losses);
	for (size_t i = 0; i < N_LIMITS; i++) {
		if (policy->limits[i].origin.file)
			dump_limit(to, &policy->limits[i], losses);
	}
	losses_add_paths(policy, WHAT, losses);
	losses_add_network(policy, WHAT, losses);
	losses_add_ticket(policy, WHAT, losses);
}
