/*
 * Part of the build: reads and compiles the built-in policies for the machine
 * that builds, and writes them as the C source of `ready_policies` and
 * `precompiled`.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../policy/ready.h"
#include "../policy/source.h"
#include "filter.h"

const struct ready ready_policies[] = { { 0 } };
const size_t n_ready_policies = 0;
const struct precompiled precompiled[] = { { 0 } };
const size_t n_precompiled = 0;

static void print_origin(const struct origin *origin)
{
	printf("{ \"%s\", %u, \"%s\", \"%s\" }", origin->file, origin->line,
	       origin->key, origin->text);
}

static void print_condition(const struct condition *c)
{
	printf("{ %u, %u, %d, %d, %d, 0x%llx, 0x%llx }", c->arg, c->bits,
	       c->is_signed, c->is_raw, c->comparison,
	       (unsigned long long)c->mask, (unsigned long long)c->value);
}

/* The index of ORIGIN among the N that LIST holds so far; N: it is new. */
static size_t origin_index(const struct origin **list, size_t n,
			   const struct origin *origin)
{
	size_t i = 0;

	while (i < n && list[i] != origin)
		i++;
	return i;
}

static void print_rule(const char *name, const struct rule *rule, size_t origin)
{
	printf("\t{ 0x%x, %u, %d, %d, %d, %zu, ", rule->arch, rule->nr,
	       rule->action, rule->errnum, rule->rank, rule->n_conditions);
	if (rule->n_conditions == 0)
		printf("NULL");
	else
		printf("\n\t  (const struct condition[]){ ");
	for (size_t i = 0; i < rule->n_conditions; i++) {
		print_condition(&rule->conditions[i]);
		printf("%s", i + 1 < rule->n_conditions ? ", " : " }");
	}
	printf(", &origins_%s[%zu] },\n", name, origin);
}

static void print_rules(const char *name, const struct policy *policy)
{
	const struct origin **origins =
		calloc(policy->n_rules + 1, sizeof(const struct origin *));
	size_t n = 0;

	if (!origins)
		err(EXIT_FAILURE, "memory");
	printf("static const struct origin origins_%s[] = {\n", name);
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct origin *origin = policy->rules[i].origin;

		if (origin_index(origins, n, origin) < n)
			continue;
		origins[n++] = origin;
		printf("\t");
		print_origin(origin);
		printf(",\n");
	}
	printf("};\n\nstatic const struct rule rules_%s[] = {\n", name);
	for (size_t i = 0; i < policy->n_rules; i++)
		print_rule(name, &policy->rules[i],
			   origin_index(origins, n, policy->rules[i].origin));
	printf("};\n\n#define READY_%s \\\n\t{ \"%s\", %d, %d, ", name, name,
	       policy->default_action, policy->default_errnum);
	print_origin(&policy->default_origin);
	printf(", \\\n\t  rules_%s, %zu },\n\n", name, policy->n_rules);
	free(origins);
}

static bool has_environment(const struct policy *policy)
{
	return policy->environment_origin.file ||
	       !STAILQ_EMPTY(&policy->environment_keep) ||
	       !STAILQ_EMPTY(&policy->environment_unset) ||
	       !STAILQ_EMPTY(&policy->environment_set);
}

static bool has_settings(const struct policy *policy)
{
	for (size_t i = 0; i < N_SETTINGS; i++) {
		if (policy->settings[i].origin.file)
			return true;
	}
	return !STAILQ_EMPTY(&policy->supplementary) ||
	       !STAILQ_EMPTY(&policy->keep_fds);
}

static bool has_limits(const struct policy *policy)
{
	for (size_t i = 0; i < N_LIMITS; i++) {
		if (policy->limits[i].origin.file)
			return true;
	}
	return false;
}

static bool has_network(const struct policy *policy)
{
	bool has = false;

	for (size_t i = 0; i < N_PORT_USES; i++)
		has |= policy->port_origins[i].file != NULL;
	for (size_t i = 0; i < N_SCOPES; i++)
		has |= policy->scopes[i].file != NULL;
	return has;
}

/* What struct ready cannot say, no built-in policy may have. */
static bool can_be_ready(const struct policy *policy)
{
	return policy->builtin && policy->n_architectures == 1 &&
	       policy->capability_mode == CAPABILITIES_KEEP &&
	       STAILQ_EMPTY(&policy->capabilities) && !has_limits(policy) &&
	       !has_environment(policy) && !has_settings(policy) &&
	       !policy->paths_origin.file && !has_network(policy);
}

static void print_program(const char *name, size_t index,
			  const struct program *program)
{
	printf("static struct sock_filter program_%s_%zu[] = {\n", name, index);
	for (size_t i = 0; i < program->n; i++) {
		const struct sock_filter *insn = &program->code[i];

		printf("\t{ 0x%x, %u, %u, 0x%x },\n", insn->code, insn->jt,
		       insn->jf, insn->k);
	}
	printf("};\n\n");
}

/* Returns how many programs there are; 0: they differ with each start. */
static size_t precompile(const char *name)
{
	char label[64];
	struct faults faults;
	struct policy *policy;
	struct filter filter;
	size_t n;

	faults_init(&faults);
	snprintf(label, sizeof(label), "<%s>", name);
	policy = policy_load(label, &faults);
	if (!policy || !filter_make(&filter, policy, NULL, &faults)) {
		faults_print(&faults);
		errx(EXIT_FAILURE, "cannot compile the built-in policy '%s'",
		     name);
	}
	if (!can_be_ready(policy))
		errx(EXIT_FAILURE,
		     "'%s': built-in policies keep no "
		     "capability, include nothing, set no limit and no "
		     "variable, name no path or port, and list no "
		     "architecture",
		     name);
	print_rules(name, policy);
	n = ticket_needed(policy) ? 0 : filter.n;
	for (size_t i = 0; i < n; i++)
		print_program(name, i, &filter.programs[i]);
	filter_free(&filter);
	policy_free(policy);
	return n;
}

/* Read as a file is: the groups, and what struct ready cannot say. */
static bool is_left_out(const char *name)
{
	return strcmp(name, "groups") == 0 || strcmp(name, "learn") == 0 ||
	       strcmp(name, "learner") == 0;
}

int main(void)
{
	size_t n[16] = { 0 };

	printf("#include \"enforce/filter.h\"\n"
	       "#include \"policy/ready.h\"\n\n");
	for (size_t i = 0; i < n_builtins; i++) {
		if (!is_left_out(builtins[i].name))
			n[i] = precompile(builtins[i].name);
	}
	printf("const struct ready ready_policies[] = {\n");
	for (size_t i = 0; i < n_builtins; i++) {
		if (!is_left_out(builtins[i].name))
			printf("\tREADY_%s\n", builtins[i].name);
	}
	printf("};\nconst size_t n_ready_policies =\n"
	       "\tsizeof(ready_policies) / sizeof(ready_policies[0]);\n\n"
	       "const struct precompiled precompiled[] = {\n");
	for (size_t i = 0; i < n_builtins; i++) {
		const char *name = builtins[i].name;

		if (n[i] == 0)
			continue;
		printf("\t{ \"%s\", {\n", name);
		for (size_t j = 0; j < n[i]; j++)
			printf("\t\t{ program_%s_%zu, "
			       "sizeof(program_%s_%zu) / 8 },\n",
			       name, j, name, j);
		printf("\t}, %zu },\n", n[i]);
	}
	printf("\t{ \"\", { { NULL, 0 } }, 0 },\n};\n"
	       "const size_t n_precompiled =\n"
	       "\tsizeof(precompiled) / sizeof(precompiled[0]) - 1;\n");
	return 0;
}
