#include <err.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

#include "enforce/filter.h"
#include "policy/arguments.h"
#include "policy/groups.h"
#include "policy/lint.h"
#include "policy/names.h"
#include "policy/network.h"
#include "policy/paths.h"
#include "policy/verdict.h"
#include "status.h"
#include "tools.h"
#include "words.h"

static void list_groups(void)
{
	struct faults faults;
	struct policy *policy;
	const struct group *group;
	const struct entry *member;

	faults_init(&faults);
	policy = policy_load("default", &faults);
	if (!policy) {
		faults_print(&faults);
		errx(STATUS_FAILED, "cannot read the groups");
	}
	groups_read_all(policy, &faults);
	STAILQ_FOREACH(group, &policy->groups, next) {
		int column = printf("%s =", group->name);

		STAILQ_FOREACH(member, &group->members, next)
			column = print_word(member->origin.text, column, 4);
		printf("\n");
	}
	policy_free(policy);
}

/* "41  socket(domain, type, protocol)", as conditions name the arguments. */
static void list_syscalls(void)
{
	uint32_t arch = seccomp_arch_native();

	for (int nr = 0; nr < N_SYSCALLS; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(arch, nr);
		const struct argument *arguments;

		if (!name)
			continue;
		arguments = arguments_of(name);
		printf("%4d  %s", nr, name);
		for (int i = 0; arguments && i < 6 && arguments[i].name; i++)
			printf("%s%s", i ? ", " : "(", arguments[i].name);
		printf("%s\n", arguments && arguments[0].name ? ")" : "");
		free(name);
	}
}

static void list_capabilities(void)
{
	cap_t state = cap_get_proc();

	if (!state)
		err(STATUS_FAILED, "cap_get_proc");
	for (cap_value_t value = 0; value < cap_max_bits(); value++) {
		char *name = cap_to_name(value);
		cap_flag_value_t held = CAP_CLEAR;

		if (!name || cap_get_flag(state, value, CAP_PERMITTED, &held))
			err(STATUS_FAILED, "capability %d", value);
		printf("%-24s%s\n", name, held == CAP_SET ? "held" : "-");
		cap_free(name);
	}
	cap_free(state);
}

int tool_list(const char *what)
{
	static const struct {
		const char *name;
		void (*list)(void);
	} lists[] = {
		{ "groups", list_groups },
		{ "syscalls", list_syscalls },
		{ "capabilities", list_capabilities },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (strcmp(lists[i].name, what) != 0)
			continue;
		lists[i].list();
		if (fflush(stdout) != 0)
			err(STATUS_FAILED, "cannot write the list");
		return 0;
	}
	errx(STATUS_FAILED,
	     "--list=%s: can list groups, syscalls or "
	     "capabilities",
	     what);
}

static void print_calls(const struct policy *policy)
{
	static const uint64_t zeros[6];
	uint32_t arch = policy->architectures[0];
	unsigned int known = 0, allowed = 0, partly = 0;

	for (uint32_t nr = 0; nr < N_SYSCALLS; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(arch, (int)nr);
		const struct rule *rules;
		size_t n;

		if (!name)
			continue;
		free(name);
		known++;
		rules = rules_of(policy, arch, nr, &n);
		if (n > 0 && rules->n_conditions)
			partly++;
		else if (verdict_of(policy, arch, nr, zeros).action <=
			 ACTION_LOG)
			allowed++;
	}
	printf("  system calls: %u of %u allowed, %u depending on arguments; "
	       "default = %s\n",
	       allowed, known, partly, policy->default_origin.text);
}

static void print_capabilities(const struct policy *policy)
{
	const struct capability *capability;
	bool keeps = policy->capability_mode == CAPABILITIES_KEEP;

	printf("  capabilities: %s", keeps ? "keep" : "drop");
	STAILQ_FOREACH(capability, &policy->capabilities, next)
		printf(" %s", capability->origin.text);
	printf("%s\n", STAILQ_EMPTY(&policy->capabilities) ? " none" : "");
}

static void print_limits(const struct policy *policy)
{
	const char *before = "  limits:";

	for (size_t i = 0; i < N_LIMITS; i++) {
		const struct origin *origin = &policy->limits[i].origin;

		if (!origin->file)
			continue;
		printf("%s %s = %s", before, origin->key, origin->text);
		before = ",";
	}
	if (*before == ',')
		printf("\n");
}

static void print_paths(const struct policy *policy)
{
	const char *before = "  paths:";
	const struct path *path;

	if (!policy->paths_origin.file)
		return;
	for (unsigned int use = 0; use < N_PATH_USES; use++) {
		const struct path_list *list = &policy->paths[use];

		if (STAILQ_EMPTY(list))
			continue;
		printf("%s %s =", before, path_key((enum path_use)use));
		STAILQ_FOREACH(path, list, next)
			printf(" %s", path->origin.text);
		before = ",";
	}
	printf("%s\n", *before == ',' ? "" : "  paths: none");
}

static void print_network(const struct policy *policy)
{
	const char *before = "  network:";
	const struct port *port;
	bool has_scope = false;

	for (unsigned int use = 0; use < N_PORT_USES; use++) {
		const struct port_list *list = &policy->ports[use];

		if (!policy->port_origins[use].file)
			continue;
		printf("%s %s =%s", before, port_key((enum port_use)use),
		       STAILQ_EMPTY(list) ? " none" : "");
		STAILQ_FOREACH(port, list, next)
			printf(" %u", port->number);
		before = ",";
	}
	for (unsigned int i = 0; i < N_SCOPES; i++) {
		if (!policy->scopes[i].file)
			continue;
		if (!has_scope)
			printf("%s scope =", before);
		printf(" %s", scope_name((enum scope)i));
		has_scope = true;
		before = ",";
	}
	if (*before == ',')
		printf("\n");
}

int tool_check(struct policy *policy)
{
	struct faults faults, warnings;
	struct filter filter;
	int status;

	faults_init(&faults);
	faults_init(&warnings);
	if (!filter_make(&filter, policy, NULL, &faults)) {
		faults_print(&faults);
		errx(STATUS_FAILED, "policy '%s' cannot be enforced",
		     policy->name);
	}
	policy_lint(policy, &warnings);
	faults_print(&warnings);
	printf("%s: %zu warning%s\n", policy->name, warnings.n,
	       warnings.n == 1 ? "" : "s");
	print_calls(policy);
	print_capabilities(policy);
	print_limits(policy);
	print_paths(policy);
	print_network(policy);
	printf("  filter: %zu program%s, %zu instructions, verified\n",
	       filter.n, filter.n == 1 ? "" : "s", filter_size(&filter));
	status = warnings.n ? 1 : 0;
	filter_free(&filter);
	faults_free(&warnings);
	if (fflush(stdout) != 0)
		err(STATUS_FAILED, "cannot write the summary");
	return status;
}
