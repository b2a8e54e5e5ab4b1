#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "../enforce/compile.h"
#include "../enforce/deadline.h"
#include "../enforce/verify.h"
#include "../policy/condition.h"
#include "../policy/names.h"
#include "../status.h"
#include "losses.h"
#include "oci_dump.h"
#include "oci_rules.h"

#define WHAT	"a seccomp profile"
#define COLUMNS 80

/* ---- As a runtime compiles it ---- */

/* What a comparison is to libseccomp, and is called in a profile. */
static const struct {
	enum scmp_compare compare;
	const char *word;
} operators[] = {
	[CMP_EQ] = { SCMP_CMP_EQ, "EQ" }, [CMP_NE] = { SCMP_CMP_NE, "NE" },
	[CMP_LT] = { SCMP_CMP_LT, "LT" }, [CMP_LE] = { SCMP_CMP_LE, "LE" },
	[CMP_GT] = { SCMP_CMP_GT, "GT" }, [CMP_GE] = { SCMP_CMP_GE, "GE" },
};

/* The comparisons of RULE, their number returned. */
static unsigned int compares_of(const struct oci_rule *rule,
				struct scmp_arg_cmp compares[6])
{
	unsigned int n = 0;

	for (size_t i = 0; i < rule->n_comparisons; i++) {
		const struct condition *c = &rule->comparisons[i];

		compares[n++] = (struct scmp_arg_cmp){
			c->arg,
			operators[c->comparison].compare,
			c->value,
			0,
		};
		if (c->mask == bits_mask(c->bits))
			continue;
		compares[n - 1].op = SCMP_CMP_MASKED_EQ;
		compares[n - 1].datum_a = c->mask;
		compares[n - 1].datum_b = c->value;
	}
	for (unsigned int arg = 0; arg < 6 && !rule->comparisons; arg++) {
		if (!rule->term.mask[arg])
			continue;
		compares[n++] = (struct scmp_arg_cmp){
			arg,
			SCMP_CMP_MASKED_EQ,
			rule->term.mask[arg],
			rule->term.value[arg],
		};
	}
	return n;
}

static int compile_rules(scmp_filter_ctx filter, const struct policy *policy,
			 const struct oci_rules *rules)
{
	int result = 0;

	for (size_t i = 0; i < policy->n_architectures && result == 0; i++) {
		if (policy->architectures[i] != seccomp_arch_native())
			result = seccomp_arch_add(filter,
						  policy->architectures[i]);
	}
	for (size_t i = 0; i < rules->n && result == 0; i++) {
		const struct oci_rule *rule = &rules->list[i];
		struct scmp_arg_cmp compares[6];
		unsigned int n =
			rule->is_conditional ? compares_of(rule, compares) : 0;

		result = seccomp_rule_add_array(
			filter, kernel_action(rule->action, rule->errnum),
			seccomp_syscall_resolve_name(rule->name), n, compares);
	}
	return result;
}

static int compile(const struct policy *policy, const struct oci_rules *rules,
		   struct program *program)
{
	scmp_filter_ctx filter = seccomp_init(
		kernel_action(policy->default_action, policy->default_errnum));
	int result;

	*program = (struct program){ 0 };
	if (!filter)
		err(STATUS_FAILED, "memory");
	/* A runtime leaves it at killing the thread, for which there is no
	 * word: that a call of another architecture is killed is the same. */
	result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
				  SCMP_ACT_KILL_PROCESS);
	if (result == 0)
		result = compile_rules(filter, policy, rules);
	if (result == 0)
		result = program_export(filter, program);
	seccomp_release(filter);
	return result;
}

/* Whether a runtime's filter means what POLICY does. */
static bool is_same(const struct policy *policy, const struct oci_rules *rules,
		    struct difference *difference)
{
	struct deadline deadline;
	struct program program;
	bool same;

	deadline_begin(&deadline, MAX_SECONDS,
		       "scrun: the profile takes too long to compile; use "
		       "fewer conditions\n");
	same = compile(policy, rules, &program) == 0 &&
	       program_valid(&program) &&
	       programs_verify(&program, 1, policy, NULL, OBSERVE_NOTHING,
			       difference);
	deadline_end(&deadline);
	free(program.code);
	return same;
}

/* ---- Writing ---- */

static const char *action_word(enum action action)
{
	static const char *const words[N_ACTIONS] = {
		[ACTION_ALLOW] = "SCMP_ACT_ALLOW",
		[ACTION_LOG] = "SCMP_ACT_LOG",
		[ACTION_DENY] = "SCMP_ACT_ERRNO",
		[ACTION_KILL] = "SCMP_ACT_KILL_PROCESS",
	};

	return words[action];
}

static const char *operator_word(enum scmp_compare compare)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		if (operators[i].compare == compare)
			return operators[i].word;
	}
	return "MASKED_EQ";
}

static void write_architectures(FILE *to, const struct policy *policy)
{
	fprintf(to, "\t\"architectures\": [");
	for (size_t i = 0; i < policy->n_architectures; i++) {
		const char *name = arch_name(policy->architectures[i]);

		fprintf(to, "%s\"SCMP_ARCH_", i ? ", " : "");
		for (; *name; name++)
			fputc(toupper((unsigned char)*name), to);
		fputc('"', to);
	}
	fprintf(to, "],\n");
}

/*
 * jansson's numbers end at 2^63, and masks do not; and nothing here needs
 * escapes, as calls' names are letters, digits and '_'.
 */
static void write_args(FILE *to, const struct oci_rule *rule)
{
	struct scmp_arg_cmp compares[6];
	unsigned int n = compares_of(rule, compares);

	fprintf(to, ",\n\t\t\t\"args\": [");
	for (unsigned int i = 0; i < n; i++) {
		const struct scmp_arg_cmp *c = &compares[i];

		fprintf(to, "%s\n\t\t\t\t{\"index\": %u, \"value\": %llu, ",
			i ? "," : "", c->arg, (unsigned long long)c->datum_a);
		if (c->op == SCMP_CMP_MASKED_EQ)
			fprintf(to, "\"valueTwo\": %llu, ",
				(unsigned long long)c->datum_b);
		fprintf(to, "\"op\": \"SCMP_CMP_%s\"}", operator_word(c->op));
	}
	fprintf(to, "\n\t\t\t]");
}

static bool same_effect(const struct oci_rule *a, const struct oci_rule *b)
{
	return a->action == b->action && a->errnum == b->errnum;
}

/* Writes "names" from the rule at INDEX on: a rule with conditions by itself,
 * one without them with all that do the same. */
static void write_names(FILE *to, const struct oci_rules *rules, size_t index)
{
	const struct oci_rule *first = &rules->list[index];
	int column = fprintf(to, "\t\t\t\"names\": [\"%s\"", first->name) + 21;

	for (size_t i = index + 1; i < rules->n && !first->is_conditional;
	     i++) {
		const struct oci_rule *rule = &rules->list[i];

		if (rule->is_conditional || !same_effect(first, rule))
			continue;
		if (column + 4 + (int)strlen(rule->name) > COLUMNS)
			column = fprintf(to, ",\n\t\t\t\t\"%s\"", rule->name) +
				 26;
		else
			column += fprintf(to, ", \"%s\"", rule->name);
	}
	fprintf(to, "],\n");
}

/* Whether a rule before INDEX has written this one's name. */
static bool is_written(const struct oci_rules *rules, size_t index)
{
	const struct oci_rule *rule = &rules->list[index];

	for (size_t i = 0; i < index && !rule->is_conditional; i++) {
		if (!rules->list[i].is_conditional &&
		    same_effect(&rules->list[i], rule))
			return true;
	}
	return false;
}

static void write_rules(FILE *to, const struct oci_rules *rules)
{
	const char *before = "";

	fprintf(to, "\t\"syscalls\": [");
	for (size_t i = 0; i < rules->n; i++) {
		const struct oci_rule *rule = &rules->list[i];

		if (is_written(rules, i))
			continue;
		fprintf(to, "%s\n\t\t{\n", before);
		write_names(to, rules, i);
		fprintf(to, "\t\t\t\"action\": \"%s\"",
			action_word(rule->action));
		if (rule->action == ACTION_DENY)
			fprintf(to, ",\n\t\t\t\"errnoRet\": %d", rule->errnum);
		if (rule->is_conditional)
			write_args(to, rule);
		fprintf(to, "\n\t\t}");
		before = ",";
	}
	fprintf(to, "%s]\n", *before ? "\n\t" : "");
}

static void write_profile(FILE *to, const struct policy *policy,
			  const struct oci_rules *rules)
{
	fprintf(to, "{\n\t\"defaultAction\": \"%s\",\n",
		action_word(policy->default_action));
	if (policy->default_action == ACTION_DENY)
		fprintf(to, "\t\"defaultErrnoRet\": %d,\n",
			policy->default_errnum);
	write_architectures(to, policy);
	write_rules(to, rules);
	fprintf(to, "}\n");
}

static void fault_difference(const struct policy *policy,
			     const struct difference *difference,
			     struct faults *faults)
{
	fault_add(faults, policy->name, 0,
		  "libseccomp compiles the profile of this policy otherwise: "
		  "call %u of %s with arguments 0x%llx 0x%llx 0x%llx ... would "
		  "get 0x%x instead of 0x%x; write its conditions in another "
		  "form",
		  difference->nr, arch_name(difference->arch),
		  (unsigned long long)difference->args[0],
		  (unsigned long long)difference->args[1],
		  (unsigned long long)difference->args[2], difference->got,
		  difference->wanted);
}

static void loss_architectures(const struct policy *policy,
			       const struct difference *difference,
			       struct faults *losses)
{
	uint32_t abi = abi_of(difference->arch, difference->nr);
	char *name = seccomp_syscall_resolve_num_arch(abi, (int)difference->nr);

	fault_add(losses, policy->name, 0,
		  "%s has one rule for all architectures, and this policy "
		  "has another one for %s of %s; so the profile is for %s "
		  "alone, and other calls are killed",
		  WHAT, name ? name : "a call", arch_name(abi),
		  arch_name(policy->architectures[0]));
	free(name);
}

static bool is_lost(const struct oci_rules *rules, const struct rule *rule)
{
	for (size_t i = 0; i < rules->n_lost; i++) {
		if (rules->lost[i]->arch == rule->arch &&
		    rules->lost[i]->nr == rule->nr)
			return true;
	}
	return false;
}

/* The rules of POLICY where those that RULES has lost deny, to be freed. */
static struct rule *rules_left(struct policy *policy,
			       const struct oci_rules *rules)
{
	struct rule *left = calloc(policy->n_rules + 1, sizeof(*left));
	const struct rule *before = NULL;
	size_t n = 0;

	if (!left)
		err(STATUS_FAILED, "memory");
	for (size_t i = 0; i < policy->n_rules; before = &policy->rules[i++]) {
		const struct rule *rule = &policy->rules[i];

		left[n] = *rule;
		if (!is_lost(rules, rule)) {
			n++;
			continue;
		}
		if (policy->default_action >= ACTION_DENY ||
		    (before && before->arch == rule->arch &&
		     before->nr == rule->nr))
			continue;
		left[n].action = ACTION_DENY;
		left[n].errnum = EPERM;
		left[n++].n_conditions = 0;
	}
	policy->rules = left;
	policy->n_rules = n;
	return left;
}

/* The rules of SAID: where these are too many on a call, without what [network]
 * brings. Returns what SAID has then, to be freed, or NULL. */
static struct rule *make_rules(struct oci_rules *rules, struct policy *said,
			       struct faults *losses)
{
	struct rule *written;
	struct faults first;
	size_t n;

	faults_init(&first);
	oci_rules_make(rules, said, &first);
	faults_free(&first);
	if (!rules->n_lost)
		return NULL;
	oci_rules_free(rules);
	said->rules = written = rules_but_network(said, &n);
	said->n_rules = n;
	oci_rules_make(rules, said, losses);
	return written;
}

void oci_dump(FILE *to, const struct policy *policy, struct faults *faults,
	      struct faults *losses)
{
	struct difference difference = { 0 };
	struct policy said = *policy; /* what the profile says of it */
	struct oci_rules rules;
	struct rule *written, *left;

	losses_add_sections(policy, WHAT, losses);
	losses_add_ticket(policy, WHAT, losses);
	written = make_rules(&rules, &said, losses);
	left = rules_left(&said, &rules);
	if (said.n_architectures > 1 && !is_same(&said, &rules, &difference)) {
		loss_architectures(policy, &difference, losses);
		said.n_architectures = 1;
		oci_rules_free(&rules);
		oci_rules_make(&rules, &said, losses);
	}
	if (!is_same(&said, &rules, &difference))
		fault_difference(policy, &difference, faults);
	write_profile(to, &said, &rules);
	oci_rules_free(&rules);
	free(left);
	free(written);
}
