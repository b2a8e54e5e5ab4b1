#include "answer.h"
#include "entry.h"
#include "names.h"
#include "resolve.h"
#include "satisfy.h"

static struct conjunction conjunction_of(const struct rule *rule)
{
	return (struct conjunction){
		.conditions = rule->conditions,
		.n = rule->n_conditions,
		.strict = rule->action >= ACTION_DENY,
	};
}

/* What the question says, it says of the register: 64 bits, where the width of
 * the parameter is not known. */
static struct conjunction asked_by(struct policy *policy,
				   const struct question *question)
{
	size_t n = question->n_conditions;
	struct condition *conditions =
		policy_alloc(policy, (n + 1) * sizeof(*conditions));

	for (size_t i = 0; i < n; i++) {
		conditions[i] = question->conditions[i];
		if (conditions[i].bits == 0)
			conditions[i].bits = 64;
	}
	return (struct conjunction){ conditions, question->n_conditions,
				     false };
}

struct answers answers_of(struct policy *policy,
			  const struct question *question)
{
	size_t n;
	const struct rule *rules =
		rules_of(policy, question->arch, question->nr, &n);
	struct conjunction met[2] = { asked_by(policy, question) };
	struct conjunction *earlier =
		policy_alloc(policy, (n + 1) * sizeof(*earlier));
	struct answers answers = {
		.list = policy_alloc(policy, (n + 1) * sizeof(struct answer)),
		.idle = policy_alloc(policy, (n + 1) * sizeof(struct answer)),
	};

	if (!arch_is_listed(policy, question->arch)) {
		answers.list[answers.n++].verdict = verdict_unlisted();
		return answers;
	}
	for (size_t i = 0; i < n; i++) {
		struct answer answer = { &rules[i], verdict_by(&rules[i]) };

		earlier[i] = conjunction_of(&rules[i]);
		met[1] = earlier[i];
		if (arguments_exist(met, 2, earlier, i))
			answers.list[answers.n++] = answer;
		else if (arguments_exist(met, 2, NULL, 0))
			answers.idle[answers.n_idle++] = answer;
	}
	if (arguments_exist(met, 1, earlier, n))
		answers.list[answers.n++].verdict = verdict_default(policy);
	return answers;
}

bool answers_agree(const struct answers *answers)
{
	const struct verdict *first = &answers->list[0].verdict;

	for (size_t i = 1; i < answers->n; i++) {
		const struct verdict *verdict = &answers->list[i].verdict;

		if (verdict->action != first->action ||
		    verdict->errnum != first->errnum)
			return false;
	}
	return true;
}

const struct entry *question_parse(struct policy *policy, const char *text,
				   struct faults *faults)
{
	const struct origin origin = { .file = "--explain", .text = text };
	const struct entry *entry = entry_parse(policy, &origin, faults);

	if (!entry)
		return NULL;
	if (entry->name[0] != '@' && !entry->removes && !entry->optional &&
	    !entry->errnum)
		return entry;
	fault_add(faults, origin.file, 0,
		  "'%s' is not a system call; write its name, and in "
		  "parentheses what is known of its arguments, as in "
		  "'socket(domain == AF_INET)'",
		  text);
	return NULL;
}

bool question_on(struct policy *policy, const struct entry *entry,
		 uint32_t arch, struct question *question)
{
	int nr = syscall_number(arch, entry->name);

	*question = (struct question){ .arch = arch, .nr = (uint32_t)nr };
	if (nr < 0 || (entry->arch && entry->arch != arch))
		return false;
	if (!conditions_visible(entry, arch))
		return true;
	question->n_conditions = entry->n_conditions;
	question->conditions = conditions_on(policy, entry, arch);
	return true;
}
