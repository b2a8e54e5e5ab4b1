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

const struct ready ready_policies[] = { { .n_rules = 0 } };
const size_t n_ready_policies = 0;
const struct precompiled precompiled[] = { { 0 } };
const size_t n_precompiled = 0;

static void print_origin(const struct origin *origin)
{
	struct ready_origin ready;

	if (strlen(origin->key) >= sizeof(ready.key) ||
	    strlen(origin->text) >= sizeof(ready.text))
		errx(EXIT_FAILURE, "'%s = %s' is too long for ready.h",
		     origin->key, origin->text);
	printf("\t{ %u, \"%s\", \"%s\" },\n", origin->line, origin->key,
	       origin->text);
}

static void print_condition(const struct condition *c)
{
	printf("\t{ %u, %u, %d, %d, %d, 0x%llx, 0x%llx },\n", c->arg, c->bits,
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

static void print_rule(const struct rule *rule, size_t condition, size_t origin)
{
	printf("\t{ %u, %d, %d, %d, %zu, %zu, %zu },\n", rule->nr, rule->action,
	       rule->errnum, rule->rank, rule->n_conditions, condition, origin);
}

/* The default's origin is the first; returns how many there are in LIST. */
static size_t print_origins(const char *name, const struct policy *policy,
			    const struct origin **list)
{
	size_t n = 0;

	list[n++] = &policy->default_origin;
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct origin *origin = policy->rules[i].origin;

		if (origin_index(list, n, origin) == n)
			list[n++] = origin;
	}
	printf("static const struct ready_origin origins_%s[] = {\n", name);
	for (size_t i = 0; i < n; i++)
		print_origin(list[i]);
	printf("};\n\n");
	return n;
}

/* One more than there are, for there may be none. */
static void print_conditions(const char *name, const struct policy *policy)
{
	printf("static const struct condition conditions_%s[] = {\n", name);
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = &policy->rules[i];

		for (size_t j = 0; j < rule->n_conditions; j++)
			print_condition(&rule->conditions[j]);
	}
	printf("\t{ 0 },\n};\n\n");
}

static void print_rules(const char *name, const struct policy *policy)
{
	const struct origin **origins =
		calloc(policy->n_rules + 1, sizeof(const struct origin *));
	size_t n, condition = 0;

	if (!origins)
		err(EXIT_FAILURE, "memory");
	n = print_origins(name, policy, origins);
	print_conditions(name, policy);
	printf("static const struct ready_rule rules_%s[] = {\n", name);
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = &policy->rules[i];

		print_rule(rule, condition,
			   origin_index(origins, n, rule->origin));
		condition += rule->n_conditions;
	}
	printf("};\n\n#define READY_%s \\\n\t{ \"%s\", %d, %d, origins_%s, "
	       "%zu, "
	       "\\\n\t  conditions_%s, rules_%s, %zu },\n\n",
	       name, name, policy->default_action, policy->default_errnum, name,
	       n, name, name, policy->n_rules);
	free(origins);
}

static bool has_environment(const struct policy *policy)
{
	return policy->environment_origin.file ||
	       policy->environment_keep_origin.file ||
	       !STAILQ_EMPTY(&policy->environment_unset) ||
	       !STAILQ_EMPTY(&policy->environment_set);
}

static bool has_settings(const struct policy *policy)
{
	for (size_t i = 0; i < N_SETTINGS; i++) {
		if (policy->settings[i].origin.file)
			return true;
	}
	return policy->supplementary_origin.file ||
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

/* What struct ready cannot say, no built-in policy may have. */
static bool can_be_ready(const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct rule *rule = &policy->rules[i];

		if (rule->errnum > UINT8_MAX || rule->n_conditions > UINT8_MAX)
			return false;
	}
	return policy->builtin && policy->n_architectures == 1 &&
	       policy->capability_mode == CAPABILITIES_KEEP &&
	       STAILQ_EMPTY(&policy->capabilities) && !has_limits(policy) &&
	       !has_environment(policy) && !has_settings(policy) &&
	       !policy_has_landlock(policy);
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

/* Returns how many programs there are. */
static size_t precompile(const char *name)
{
	char label[64];
	struct faults faults;
	struct ticket blank = ticket_blank();
	/* The auditor starts nothing. */
	bool starts = strcmp(name, "auditor") != 0;
	struct policy *policy;
	struct filter filter;
	size_t n;

	faults_init(&faults);
	snprintf(label, sizeof(label), "<%s>", name);
	policy = policy_load(label, &faults);
	if (!policy ||
	    !filter_make(&filter, policy, starts ? &blank : NULL, &faults)) {
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
	n = filter.n;
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
