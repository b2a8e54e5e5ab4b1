#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>

#include "audit/printable.h"
#include "audit/untraced.h"
#include "dry_run.h"
#include "enforce/environment.h"
#include "enforce/prepare.h"
#include "policy/limits.h"
#include "policy/network.h"
#include "policy/paths.h"
#include "status.h"
#include "words.h"

/* Where the values begin; print_word() puts a blank before. */
#define INDENT 16

static int row(const char *name)
{
	return printf("%-*s", INDENT - 1, name);
}

/* TEXT as a terminal may have it, of which a word is cut if it is very long. */
static int add(const char *text, int column)
{
	char safe[512];

	printable(safe, sizeof(safe), text, strlen(text));
	return print_word(safe, column, INDENT);
}

static int add_number(unsigned long long number, int column)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", number);
	return print_word(text, column, INDENT);
}

static void print_row(const char *name, const char *text)
{
	add(text, row(name));
	printf("\n");
}

/* The keys of [process] with one value, from FIRST to LAST. */
static void print_settings(const struct policy *policy, enum setting_key first,
			   enum setting_key last)
{
	for (unsigned int key = first; key <= last; key++) {
		const struct origin *origin = &policy->settings[key].origin;

		if (origin->file)
			print_row(origin->key, origin->text);
	}
}

static void print_directory(void)
{
	char *directory = getcwd(NULL, 0);

	print_row("directory", directory ? directory : "(cannot be told)");
	free(directory);
}

static void print_environment(const struct policy *policy)
{
	const char *name = "environment";

	if (!environment_changes(policy)) {
		print_row(name, "unchanged");
		return;
	}
	for (char **variable = environ; variable && *variable; variable++) {
		print_row(name, *variable);
		name = "";
	}
	if (*name)
		print_row(name, "empty");
}

/* In quotation marks where a shell would want some. */
static int add_argument(const char *text, int column)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789%+,-./:=@_";
	char quoted[520], safe[512];

	printable(safe, sizeof(safe), text, strlen(text));
	if (*text && text[strspn(text, plain)] == '\0')
		return print_word(safe, column, INDENT);
	snprintf(quoted, sizeof(quoted), "\"%s\"", safe);
	return print_word(quoted, column, INDENT);
}

static void print_command(const struct command *command)
{
	int column;

	print_row("command", command->path);
	column = row("arguments");
	for (char **argument = command->argv; *argument; argument++)
		column = add_argument(*argument, column);
	printf("\n");
}

static void print_audit(const struct audit_options *options)
{
	static const char *const modes[] = {
		[AUDIT_DENIED] = "denied",
		[AUDIT_CALLS] = "calls",
		[AUDIT_TRACE] = "trace",
	};
	int column;

	if (options->mode == AUDIT_NONE)
		return;
	column = add(modes[options->mode], row("audit"));
	column = add("to", column);
	add(options->output ? options->output : "standard error", column);
	printf("\n");
}

static void print_limits(const struct limits *limits)
{
	for (size_t i = 0; i < N_LIMITS; i++) {
		const struct rlimit *value = &limits->values[i];
		char text[80], soft[LIMIT_TEXT], hard[LIMIT_TEXT];

		if (!limits->is_set[i])
			continue;
		snprintf(text, sizeof(text), "%s = %s:%s", limit_name(i),
			 limit_text(value->rlim_cur, soft),
			 limit_text(value->rlim_max, hard));
		print_row("limit", text);
	}
}

static void print_descriptors(const struct policy *policy)
{
	const struct setting *closes = &policy->settings[SETTING_CLOSE_FDS];
	const struct item *keep;
	int column;

	if (!closes->origin.file || !closes->number)
		return;
	column = add("all above 2", row("close"));
	STAILQ_FOREACH(keep, &policy->keep_fds, next) {
		if (keep == STAILQ_FIRST(&policy->keep_fds))
			column = add("but", column);
		column = add_number((unsigned long long)keep->number, column);
	}
	printf("\n");
}

static void print_groups(const struct process *process)
{
	int n = process->has_ids ? (int)process->n_groups : getgroups(0, NULL);
	gid_t *now = calloc((size_t)n + 1, sizeof(now[0]));
	const gid_t *groups = process->has_ids ? process->groups : now;
	int column = row("groups");

	if (!now || (!process->has_ids && getgroups(n, now) != n))
		err(STATUS_FAILED, "cannot read the groups");
	for (int i = 0; i < n; i++)
		column = add_number(groups[i], column);
	printf("%s\n", n ? "" : " none");
	free(now);
}

static uid_t user_of(const struct process *process)
{
	return process->has_ids ? process->uid : getuid();
}

static void print_ids(const struct process *process)
{
	print_groups(process);
	add_number(process->has_ids ? process->gid : getgid(), row("group"));
	printf("\n");
	add_number(user_of(process), row("user"));
	printf("\n");
}

/* What exists, for what does not is passed over if that is tolerated. */
static void print_paths(const struct policy *policy)
{
	const struct path *path;

	for (unsigned int use = 0; use < N_PATH_USES; use++) {
		int column;

		if (!policy->paths_origin.file)
			continue;
		column = row(path_key((enum path_use)use));
		STAILQ_FOREACH(path, &policy->paths[use], next) {
			if (access(path->name, F_OK) == 0)
				column = add(path->name, column);
		}
		printf("%s\n", column < INDENT ? " nothing" : "");
	}
}

static void print_network(const struct policy *policy)
{
	const struct port *port;
	int column;

	for (unsigned int use = 0; use < N_PORT_USES; use++) {
		if (!policy->port_origins[use].file)
			continue;
		column = row(port_key((enum port_use)use));
		STAILQ_FOREACH(port, &policy->ports[use], next)
			column = add_number(port->number, column);
		printf("%s\n", column < INDENT ? " no port" : "");
	}
	for (unsigned int scope = 0; scope < N_SCOPES; scope++) {
		if (policy->scopes[scope].file)
			print_row("scope", scope_name((enum scope)scope));
	}
}

static void print_set(const char *name, uint64_t set)
{
	int column = row(name), n = 0;

	for (cap_value_t value = 0; value < cap_max_bits(); value++)
		n += (int)(set >> value & 1);
	if (n == cap_max_bits())
		print_word("all", column, INDENT);
	else if (n == 0)
		print_word("none", column, INDENT);
	else
		for (cap_value_t value = 0; value < cap_max_bits(); value++) {
			char *text = cap_to_name(value);

			if (set >> value & 1)
				column = print_word(text ? text : "?", column,
						    INDENT);
			cap_free(text);
		}
	printf("\n");
}

static void print_capabilities(const struct prepared *prepared)
{
	struct cap_sets sets =
		caps_executed(&prepared->caps, user_of(&prepared->process));

	print_set("permitted", sets.permitted);
	print_set("effective", sets.effective);
	print_set("inheritable", sets.inheritable);
	print_set("ambient", sets.ambient);
	print_set("bounding", sets.bounding);
}

int dry_run(struct policy *policy, const struct audit_options *options,
	    char **argv)
{
	struct prepared prepared;
	struct faults faults;

	if (options->mode >= AUDIT_CALLS)
		untraced_deny(policy);
	prepare(&prepared, policy, argv, audit_observation(options));
	faults_init(&faults);
	if (!process_can_open(&prepared.process, &faults))
		prepare_refuse(&faults, argv[0]);
	command_check(&prepared.command, policy);

	print_row("policy", policy->name);
	print_settings(policy, SETTING_ROOT, SETTING_ROOT);
	print_directory();
	print_environment(policy);
	print_command(&prepared.command);
	print_settings(policy, SETTING_STDIN, SETTING_STDERR);
	print_audit(options);
	print_limits(&prepared.limits);
	print_settings(policy, SETTING_UMASK, SETTING_SESSION);
	print_descriptors(policy);
	print_ids(&prepared.process);
	print_settings(policy, SETTING_PDEATHSIG, SETTING_PDEATHSIG);
	print_row("no_new_privs", "yes");
	print_paths(policy);
	print_network(policy);
	print_capabilities(&prepared);
	printf("%-*s %zu program%s, %zu instructions, verified%s\n", INDENT - 1,
	       "filter", prepared.filter.n, prepared.filter.n == 1 ? "" : "s",
	       filter_size(&prepared.filter),
	       prepared.filter.is_kept ? ", compiled before" : "");
	print_row("execute", prepared.command.path);
	if (fflush(stdout) != 0)
		err(STATUS_FAILED, "cannot write the steps");
	return 0;
}
