#include <err.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

#include "check.h"
#include "enforce/filter.h"
#include "policy/answer.h"
#include "policy/chain.h"
#include "policy/names.h"
#include "policy/network.h"
#include "policy/paths.h"
#include "status.h"
#include "words.h"

/* "2 dangers, 1 warning, 3 info", of those that are looked at. */
static void print_findings(const struct policy *policy,
			   const struct findings *findings)
{
	const size_t *n = findings->n;
	size_t hidden = n[SEVERITY_INFO] + n[SEVERITY_WARNING] +
			n[SEVERITY_DANGER] - findings->texts.n;

	print_text(policy->name);
	printf(": ");
	if (n[SEVERITY_DANGER])
		printf("%zu danger%s, ", n[SEVERITY_DANGER],
		       n[SEVERITY_DANGER] == 1 ? "" : "s");
	printf("%zu warning%s", n[SEVERITY_WARNING],
	       n[SEVERITY_WARNING] == 1 ? "" : "s");
	if (n[SEVERITY_INFO])
		printf(", %zu info", n[SEVERITY_INFO]);
	if (hidden)
		printf("; --threshold=info shows %zu more", hidden);
	printf("\n");
}

/* How many of some calls can be made. */
struct count {
	unsigned int known, allowed, partly;
};

/* Counts the native call NR; false where it is denied altogether. */
static bool count_call(struct count *count, struct policy *policy, uint32_t nr)
{
	const struct question question = {
		.arch = policy->architectures[0],
		.nr = nr,
	};
	struct answers answers = answers_of(policy, &question);
	size_t n = 0;

	for (size_t i = 0; i < answers.n; i++)
		n += answers.list[i].verdict.action <= ACTION_LOG;
	count->known++;
	if (n == answers.n)
		count->allowed++;
	else if (n > 0)
		count->partly++;
	return n > 0;
}

static void print_calls(struct policy *policy)
{
	uint32_t arch = policy->architectures[0];
	struct count count = { 0 };

	for (uint32_t nr = 0; nr < N_SYSCALLS; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(arch, (int)nr);

		if (name)
			count_call(&count, policy, nr);
		free(name);
	}
	printf("  system calls: %u of %u allowed, %u depending on arguments; "
	       "default = %s\n",
	       count.allowed, count.known, count.partly,
	       policy->default_origin.text);
}

/* Those of @dangerous, which the administrator's groups may lack. */
static void print_dangerous(struct policy *policy)
{
	uint32_t arch = policy->architectures[0];
	const char *open[N_SYSCALLS];
	struct count count = { 0 };
	unsigned int n = 0;
	int column;

	for (uint32_t nr = 0; nr < N_SYSCALLS; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(arch, (int)nr);

		if (name && group_has(policy, "@dangerous", name) &&
		    count_call(&count, policy, nr))
			open[n++] = policy_strndup(policy, name, strlen(name));
		free(name);
	}
	if (count.known == 0)
		return;
	column = printf("  dangerous: %u of %u allowed, %u depending on "
			"arguments%s",
			count.allowed, count.known, count.partly, n ? ":" : "");
	for (unsigned int i = 0; i < n; i++)
		column = print_word(open[i], column, 4);
	printf("\n");
}

static void print_capabilities(const struct policy *policy)
{
	const struct capability *capability;
	bool keeps = policy->capability_mode == CAPABILITIES_KEEP;
	uint64_t named = 0;
	int n;

	printf("  capabilities: %s", keeps ? "keep" : "drop");
	STAILQ_FOREACH(capability, &policy->capabilities, next) {
		printf(" %s", capability->origin.text);
		named |= 1ull << capability->value;
	}
	n = __builtin_popcountll(named);
	printf("%s, %d of %d\n", named ? "" : " none",
	       keeps ? n : cap_max_bits() - n, cap_max_bits());
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
		STAILQ_FOREACH(path, list, next) {
			printf(" ");
			print_text(path->origin.text);
		}
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

int check(struct policy *policy, enum severity threshold)
{
	struct findings findings;
	struct faults faults;
	struct filter filter;
	int status;

	faults_init(&faults);
	if (!filter_make(&filter, policy, NULL, &faults)) {
		faults_print(&faults);
		errx(STATUS_FAILED, "policy '%s' cannot be enforced",
		     policy->name);
	}
	findings_init(&findings);
	policy_lint(policy, threshold, &findings);
	faults_print(&findings.texts);
	print_findings(policy, &findings);
	print_calls(policy);
	print_dangerous(policy);
	print_capabilities(policy);
	print_limits(policy);
	print_paths(policy);
	print_network(policy);
	printf("  filter: %zu program%s, %zu instructions, verified\n",
	       filter.n, filter.n == 1 ? "" : "s", filter_size(&filter));
	status = findings.texts.n ? 1 : 0;
	filter_free(&filter);
	findings_free(&findings);
	if (fflush(stdout) != 0)
		err(STATUS_FAILED, "cannot write the summary");
	return status;
}
