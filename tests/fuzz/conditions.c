/*
 * Any text is conditions on a call or a fault. Printed and parsed again they
 * are the same; and all who give conditions a meaning agree on it: the verdict,
 * the answers to a question, what can be met together, and the terms that are
 * compiled.
 */
#include <seccomp.h>
#include <stdint.h>

#include "enforce/terms.h"
#include "fuzz.h"
#include "policy/answer.h"
#include "policy/condition.h"
#include "policy/names.h"
#include "policy/satisfy.h"

#define MAX_RULES      4
#define MAX_CONDITIONS 12 /* of all; more take long to weigh up */
#define N_TRIES	       24
#define N_ARGS	       6

static const char *const calls[] = {
	"lseek", "kill",  "fcntl", "socket", "mprotect",
	"clone", "ioctl", "prctl", "chmod",  "io_submit",
};

/* What is asked for, and the rules, the strictest first. */
struct input {
	const char *call;
	struct policy *policy; /* owned */
	struct faults faults;
	struct question question;
	struct rule rules[MAX_RULES];
	size_t n_rules, n_conditions;
};

/* Printed at length, and cut to any length, it is the same. */
static void check_print(struct input *input, const struct entry *entry,
			const struct origin *origin)
{
	struct entry again = { .name = input->call };
	char text[2048], cut[64];
	size_t n = conditions_print(text, sizeof(text), input->call,
				    entry->conditions, entry->n_conditions);
	size_t size = n % sizeof(cut);

	CHECK(n < sizeof(text) && n == strlen(text));
	check_printable(text, n);
	CHECK(conditions_print(cut, size, input->call, entry->conditions,
			       entry->n_conditions) == n);
	CHECK(size == 0 || strncmp(cut, text, size - 1) == 0);
	CHECK(conditions_parse(input->policy, &again, text, origin,
			       &input->faults));
	CHECK(conditions_equal(entry->conditions, entry->n_conditions,
			       again.conditions, again.n_conditions));
}

/* Parses the LENGTH bytes of TEXT; false where they are too many, or wrong. */
static bool parse(struct input *input, const char *text, size_t length,
		  struct entry *entry)
{
	char *copy = policy_strndup(input->policy, text, length);
	const struct origin origin = { "fuzz", 1, "deny", copy };

	*entry = (struct entry){ .name = input->call };
	if (!conditions_parse(input->policy, entry, copy, &origin,
			      &input->faults))
		return false;
	check_print(input, entry, &origin);
	input->n_conditions += entry->n_conditions;
	return input->n_conditions <= MAX_CONDITIONS;
}

/* The first line is the question; others are rules, after an action. */
static void take_line(struct input *input, const char *line, size_t length,
		      bool is_first)
{
	static const struct origin origin = { "fuzz", 1, "deny", "fuzz" };
	struct rule rule = { .origin = &origin, .errnum = 1 };
	struct entry entry;
	size_t at = input->n_rules;

	if (is_first && parse(input, line, length, &entry)) {
		input->question.conditions = entry.conditions;
		input->question.n_conditions = entry.n_conditions;
	}
	if (is_first || length == 0 || at == MAX_RULES ||
	    !parse(input, line + 1, length - 1, &entry))
		return;
	rule.arch = input->question.arch;
	rule.nr = input->question.nr;
	rule.action = (enum action)((unsigned char)line[0] % N_ACTIONS);
	rule.conditions = entry.conditions;
	rule.n_conditions = entry.n_conditions;
	for (; at > 0 && input->rules[at - 1].action < rule.action; at--)
		input->rules[at] = input->rules[at - 1];
	input->rules[at] = rule;
	input->n_rules++;
}

static void take_lines(struct input *input, const char *text, size_t size)
{
	const char *end = text + size, *line = text, *eol;

	for (bool is_first = true; line < end; is_first = false) {
		eol = memchr(line, '\n', (size_t)(end - line));
		if (!eol)
			eol = end;
		take_line(input, line, (size_t)(eol - line), is_first);
		line = eol < end ? eol + 1 : end;
	}
	input->policy->rules = input->rules;
	input->policy->n_rules = input->n_rules;
}

/* ---- Arguments at which conditions change their minds ---- */

struct values {
	uint64_t list[N_ARGS][MAX_CONDITIONS * MAX_PROBES + 1];
	size_t n[N_ARGS];
};

static void add_probes(struct values *values, const struct condition *list,
		       size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t *used = &values->n[list[i].arg];

		*used += condition_probes(&list[i],
					  &values->list[list[i].arg][*used]);
	}
}

static void choose(const struct values *values, uint64_t *seed,
		   uint64_t args[N_ARGS])
{
	for (size_t i = 0; i < N_ARGS; i++) {
		*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
		args[i] =
			values->n[i]
				? values->list[i][(*seed >> 33) % values->n[i]]
				: *seed;
	}
}

static bool all_hold(const struct condition *conditions, size_t n, bool strict,
		     const uint64_t args[N_ARGS])
{
	for (size_t i = 0; i < n; i++) {
		if (!condition_holds(&conditions[i], args[conditions[i].arg],
				     strict))
			return false;
	}
	return true;
}

static bool rule_holds(const struct rule *rule, const uint64_t args[N_ARGS])
{
	return all_hold(rule->conditions, rule->n_conditions,
			rule->action >= ACTION_DENY, args);
}

static bool term_holds(const struct terms *terms, const uint64_t args[N_ARGS])
{
	for (size_t i = 0; i < terms->n; i++) {
		size_t arg = 0;

		while (arg < N_ARGS && (args[arg] & terms->list[i].mask[arg]) ==
					       terms->list[i].value[arg])
			arg++;
		if (arg == N_ARGS)
			return true;
	}
	return false;
}

/* ---- What is to agree ---- */

static struct conjunction conjunction_of(const struct rule *rule)
{
	return (struct conjunction){ rule->conditions, rule->n_conditions,
				     rule->action >= ACTION_DENY };
}

static void check_terms(const struct rule *rule, const struct values *values,
			uint64_t seed)
{
	struct terms terms = terms_of_rule(rule);
	struct terms outside = terms_outside_rule(rule);

	for (unsigned int i = 0; i < N_TRIES; i++) {
		uint64_t args[N_ARGS];
		bool holds;

		choose(values, &seed, args);
		holds = rule_holds(rule, args);
		CHECK(terms.too_many || term_holds(&terms, args) == holds);
		CHECK(outside.too_many || term_holds(&outside, args) != holds);
	}
	terms_free(&terms);
	terms_free(&outside);
}

/* NULL where there is none. */
static const struct rule *first_that_holds(const struct input *input,
					   const uint64_t args[N_ARGS])
{
	for (size_t i = 0; i < input->n_rules; i++) {
		if (rule_holds(&input->rules[i], args))
			return &input->rules[i];
	}
	return NULL;
}

/* The first rule that holds is the verdict's and among the answers. */
static void check_verdict(const struct input *input,
			  const struct answers *answers,
			  const uint64_t args[N_ARGS])
{
	const struct question *question = &input->question;
	const struct rule *first = first_that_holds(input, args);
	struct verdict verdict =
		verdict_of(input->policy, question->arch, question->nr, args);
	bool is_answered = false;

	CHECK(verdict.action ==
	      (first ? first->action : input->policy->default_action));
	for (size_t i = 0; i < answers->n; i++)
		is_answered |= answers->list[i].rule == first;
	if (all_hold(question->conditions, question->n_conditions, false, args))
		CHECK(is_answered);
}

/* What ARGS show there to be is found. */
static void check_existence(const struct input *input,
			    const uint64_t args[N_ARGS])
{
	const struct rule *first = first_that_holds(input, args);

	for (size_t i = 0; first && i < input->n_rules; i++) {
		const struct rule *rule = &input->rules[i];
		const struct conjunction both[] = { conjunction_of(first),
						    conjunction_of(rule) };

		if (rule_holds(rule, args))
			CHECK(arguments_exist(both, 2, NULL, 0));
		else
			CHECK(arguments_exist(both, 1, both + 1, 1));
	}
}

static void check_input(struct input *input, uint64_t seed)
{
	static struct values values;
	struct answers answers = answers_of(input->policy, &input->question);

	memset(values.n, 0, sizeof(values.n));
	add_probes(&values, input->question.conditions,
		   input->question.n_conditions);
	for (size_t i = 0; i < input->n_rules; i++)
		add_probes(&values, input->rules[i].conditions,
			   input->rules[i].n_conditions);
	CHECK(answers.n + answers.n_idle <= input->n_rules + 1);
	/* These take the most time: of one rule at times, and for few calls. */
	if (input->n_rules && (seed >> 20) % 16 == 0)
		check_terms(&input->rules[seed % input->n_rules], &values,
			    seed);
	for (unsigned int i = 0; i < N_TRIES; i++) {
		uint64_t args[N_ARGS];

		choose(&values, &seed, args);
		check_verdict(input, &answers, args);
		if (i < 3)
			check_existence(input, args);
	}
}

/*
 * Reading a policy takes longer than all the rest, and only its memory counts:
 * it serves many inputs, which leave in it what they parsed.
 */
static struct policy *shared_policy(void)
{
	static struct policy *policy;
	static unsigned int uses;
	struct faults faults;

	if (policy && uses++ % 256)
		return policy;
	if (policy)
		policy_free(policy);
	faults_init(&faults);
	policy = policy_load("<default>", &faults);
	CHECK(policy);
	faults_free(&faults);
	return policy;
}

/* The first byte says which call, the rest is lines. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { 0 };
	const struct rule *rules;
	size_t n_rules;

	if (size == 0)
		return 0;
	faults_init(&input.faults);
	input.call = calls[data[0] % (sizeof(calls) / sizeof(calls[0]))];
	input.policy = shared_policy();
	rules = input.policy->rules;
	n_rules = input.policy->n_rules;
	input.question.arch = seccomp_arch_native();
	input.question.nr =
		(uint32_t)syscall_number(input.question.arch, input.call);
	take_lines(&input, (const char *)data + 1, size - 1);
	if (input.n_conditions <= MAX_CONDITIONS)
		check_input(&input, seed_of(data, size));
	check_faults(&input.faults);
	faults_free(&input.faults);
	input.policy->rules = rules;
	input.policy->n_rules = n_rules;
	return 0;
}
