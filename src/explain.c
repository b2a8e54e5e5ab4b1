#include <err.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "policy/answer.h"
#include "policy/chain.h"
#include "policy/condition.h"
#include "policy/family.h"
#include "policy/groups.h"
#include "policy/multiplex.h"
#include "policy/names.h"
#include "policy/resolve.h"
#include "policy/uring.h"
#include "status.h"
#include "words.h"

/* Wider ones have a line of their own, and verdict and place the next. */
#define CONDITION_WIDTH 34

/* The call that is asked for, on one architecture. */
struct subject {
	struct policy *policy;
	const struct entry *entry;
	struct question question;
	struct answers answers;
};

/* "denied with EPERM", valid until the next call. */
static const char *words_of(const struct verdict *verdict)
{
	static char text[40];

	switch (verdict->action) {
	case ACTION_ALLOW:
		return "allowed";
	case ACTION_LOG:
		return "allowed and logged";
	case ACTION_KILL:
		return "killed";
	case ACTION_DENY:
		break;
	}
	snprintf(text, sizeof(text), "denied with %s",
		 errno_name(verdict->errnum));
	return text;
}

static void print_line(const struct origin *origin)
{
	print_text(origin->file);
	printf(":%u", origin->line);
}

/* "policy.ini:3 allow = @file-read" */
static void print_place(const struct origin *origin)
{
	print_line(origin);
	printf(" %s = %s", origin->key, origin->text);
}

/* The members from RULE's group to the call; 0 where it names none. */
static size_t chain_of(const struct subject *subject, const struct rule *rule,
		       const struct entry *links[MAX_CHAIN], char group[64])
{
	const char *name = rule->origin->text;

	if (rule->rank == RANK_FALLBACK)
		name = "@probed";
	name += strspn(name, "?");
	if (name[0] != '@')
		return 0;
	snprintf(group, 64, "%.*s", (int)strcspn(name, ":"), name);
	return chain_find(subject->policy, group, subject->entry->name, rule,
			  links);
}

/* "@mine -> @file-read -> openat" */
static void print_chain(const struct subject *subject, const struct rule *rule,
			int indent)
{
	const struct entry *links[MAX_CHAIN];
	char group[64];
	size_t n = chain_of(subject, rule, links, group);

	if (n == 0)
		return;
	printf("%*s%s", indent, "", group);
	for (size_t i = 0; i < n; i++)
		printf(" -> %s", links[i]->origin.text);
	printf("%s\n", rule->rank == RANK_FALLBACK
			       ? ": programs that hear ENOSYS go on without"
			       : "");
}

/* The conditions that TEXT, an entry, has on the call NAME, or NULL: on socket
 * it may have some, which are none of socketcall's. */
static const char *written_on(const char *text, const char *name)
{
	size_t length = strcspn(text, "("), n = strlen(name);

	return text[length] && length >= n &&
			       strncmp(text + length - n, name, n) == 0
		       ? text + length + 1
		       : NULL;
}

/* RULE's conditions as they were written, if somebody has written them. */
static const char *condition_of(const struct subject *subject,
				const struct rule *rule)
{
	const struct entry *links[MAX_CHAIN];
	char group[64], made[512];
	const char *text;
	size_t n;

	if (!rule || rule->n_conditions == 0)
		return "all other arguments";
	n = chain_of(subject, rule, links, group);
	text = n ? links[n - 1]->origin.text : rule->origin->text;
	text = written_on(text, subject->entry->name);
	if (!text) {
		conditions_print(made, sizeof(made), subject->entry->name,
				 rule->conditions, rule->n_conditions);
		return policy_strndup(subject->policy, made, strlen(made));
	}
	return policy_strndup(subject->policy, text, strcspn(text, ")"));
}

/* Where the answer stands in the table, which has the conditions already. */
static void print_short_place(const struct subject *subject,
			      const struct answer *answer)
{
	const struct entry *links[MAX_CHAIN];
	const struct origin *origin = answer->verdict.origin;
	char group[64];
	size_t n = 0;

	if (answer->rule && origin->text[strcspn(origin->text, "@(")] == '(') {
		print_line(origin);
		printf(" %s\n", origin->key);
		return;
	}
	print_place(origin);
	if (answer->rule)
		n = chain_of(subject, answer->rule, links, group);
	for (size_t i = 0; i + 1 < n; i++)
		printf(" -> %s", links[i]->origin.text);
	printf("\n");
}

/* The width of the column of verdicts. */
static int verdict_width(const struct answers *answers)
{
	size_t width = 18;

	for (size_t i = 0; i < answers->n; i++) {
		size_t length = strlen(words_of(&answers->list[i].verdict));

		width = length > width ? length : width;
	}
	return (int)width + 2;
}

/* One line for each answer: condition, verdict, place. */
static void print_table(const struct subject *subject, int indent)
{
	int width = verdict_width(&subject->answers);

	for (size_t i = 0; i < subject->answers.n; i++) {
		const struct answer *answer = &subject->answers.list[i];
		const char *text = condition_of(subject, answer->rule);

		if (strlen(text) > CONDITION_WIDTH)
			printf("%*s%s\n%*s", indent, "", text,
			       indent + CONDITION_WIDTH + 2, "");
		else
			printf("%*s%-*s", indent, "", CONDITION_WIDTH + 2,
			       text);
		printf("%-*s", width, words_of(&answer->verdict));
		print_short_place(subject, answer);
	}
}

/* Where the answers stand. */
static void print_answers(const struct subject *subject, int indent)
{
	const struct answer *first = &subject->answers.list[0];

	if (subject->answers.n > 1) {
		print_table(subject, indent);
		return;
	}
	printf("%*s", indent, "");
	print_place(first->verdict.origin);
	printf("\n");
	if (first->rule)
		print_chain(subject, first->rule, indent);
}

/* Entries that match as well, and do not decide. */
static void print_idle(const struct subject *subject)
{
	const struct answers *answers = &subject->answers;
	const struct origin *last = NULL;

	for (size_t i = 0; i < answers->n_idle; i++) {
		const struct answer *idle = &answers->idle[i];

		if (idle->rule->rank == RANK_FALLBACK ||
		    idle->verdict.origin == last ||
		    idle->verdict.action == answers->list[0].verdict.action)
			continue;
		last = idle->verdict.origin;
		printf("  overrides ");
		print_place(last);
		printf("\n");
	}
}

/* What is to be known of a verdict on ENTRY's call on ARCH, or "". */
static const char *caution(const struct entry *entry, uint32_t arch)
{
	struct multiplex multiplex;

	return arguments_differ(arch, entry->name) ||
			       multiplex_find(arch, entry->name, &multiplex) ||
			       !conditions_visible(entry, arch)
		       ? " (a filter cannot see its arguments there)"
		       : "";
}

/* The answers on the architecture that is asked for, or the native one. */
static void print_first(const struct subject *subject)
{
	const struct answers *answers = &subject->answers;
	const struct answer *first = &answers->list[0];
	const char *call = subject->entry->origin.text;

	if (!answers_agree(answers))
		printf("%s depends on its %sarguments:\n", call,
		       subject->question.n_conditions ? "other " : "");
	else if (first->verdict.action == ACTION_KILL)
		printf("%s ends the process by SIGSYS\n", call);
	else
		printf("%s is %s%s\n", call, words_of(&first->verdict),
		       subject->entry->arch
			       ? caution(subject->entry, subject->entry->arch)
			       : "");
	if (!first->verdict.origin)
		return;
	print_answers(subject, 2);
	print_idle(subject);
}

static bool same_answers(const struct answers *a, const struct answers *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct verdict *x = &a->list[i].verdict;
		const struct verdict *y = &b->list[i].verdict;

		if (x->action != y->action || x->errnum != y->errnum ||
		    x->origin != y->origin)
			return false;
	}
	return true;
}

/* Another architecture that the policy lists. */
static void print_other(const struct subject *native, uint32_t arch)
{
	struct subject other = *native;

	printf("  on %s: ", arch_name(arch));
	if (!question_on(other.policy, other.entry, arch, &other.question)) {
		printf("there is no such call\n");
		return;
	}
	other.answers = answers_of(other.policy, &other.question);
	if (!other.answers.n) {
		printf("no arguments meet the conditions\n");
		return;
	}
	if (same_answers(&native->answers, &other.answers)) {
		printf("the same\n");
		return;
	}
	printf("%s%s\n",
	       answers_agree(&other.answers)
		       ? words_of(&other.answers.list[0].verdict)
		       : "depends on its arguments:",
	       caution(other.entry, arch));
	print_answers(&other, 6);
}

/* Architectures that a kernel for the native one has as well. */
static void print_unlisted(const struct policy *policy)
{
	static const uint32_t known[] = { SCMP_ARCH_X86, SCMP_ARCH_X32,
					  SCMP_ARCH_ARM };
	bool is_x86 = policy->architectures[0] == SCMP_ARCH_X86_64;
	const char *before = "  on ";

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if ((known[i] == SCMP_ARCH_ARM) != is_x86 &&
		    !arch_is_listed(policy, known[i])) {
			printf("%s%s", before, arch_name(known[i]));
			before = ", ";
		}
	}
	printf("%s: killed; 'architectures' does not list them\n",
	       *before == ',' ? " and all others" : "  on all others");
}

/* The native call NAME with any arguments; false where there is none. */
static bool ask(struct policy *policy, const char *name,
		struct answers *answers)
{
	const struct entry entry = { .name = name };
	struct question question;

	if (!question_on(policy, &entry, policy->architectures[0], &question))
		return false;
	*answers = answers_of(policy, &question);
	return true;
}

/* Whether the call NAME can be made, with some arguments at least. */
static bool is_open(struct policy *policy, const char *name)
{
	struct answers answers;

	return ask(policy, name, &answers) &&
	       (!answers_agree(&answers) ||
		answers.list[0].verdict.action < ACTION_DENY);
}

static void print_open(struct policy *policy, const char *name)
{
	struct answers answers;

	if (!ask(policy, name, &answers))
		return;
	printf("      %-20s", name);
	if (answers_agree(&answers)) {
		printf("%-20s", words_of(&answers.list[0].verdict));
		print_place(answers.list[0].verdict.origin);
	} else {
		printf("depends on its arguments");
	}
	printf("\n");
}

/* The calls of FAMILY, beside the SUBJECT's, that can be made. */
static void print_family(const struct subject *subject,
			 const struct group *family)
{
	/* A denial of some arguments may mean what others cannot do. */
	bool is_whole = answers_agree(&subject->answers);
	const struct entry *member;
	bool is_first = true;

	STAILQ_FOREACH(member, &family->members, next) {
		if (strcmp(member->name, subject->entry->name) == 0 ||
		    !is_open(subject->policy, member->name))
			continue;
		if (is_first)
			printf("  the same can %sbe done by other calls; all "
			       "of them are '%s':\n",
			       is_whole ? "" : "perhaps ", family->name);
		is_first = false;
		print_open(subject->policy, member->name);
	}
}

/* What does the same as a call that is denied, and is not. */
static void print_equivalents(const struct subject *subject)
{
	const char *name = subject->entry->name;
	struct policy *policy = subject->policy;
	const struct group *group;
	struct faults faults;

	faults_init(&faults);
	groups_read_all(policy, &faults);
	faults_free(&faults);
	STAILQ_FOREACH(group, &policy->groups, next) {
		if (group->is_family && family_has(group, name) &&
		    !family_closed_for(policy, name))
			print_family(subject, group);
	}
	if (!uring_does(policy, name) || !is_open(policy, "io_uring_setup"))
		return;
	printf("  the same can be done through io_uring, without the call:\n");
	print_open(policy, "io_uring_setup");
}

static bool is_denied(const struct answers *answers)
{
	for (size_t i = 0; i < answers->n; i++) {
		if (answers->list[i].verdict.action >= ACTION_DENY)
			return true;
	}
	return false;
}

static _Noreturn void refuse_name(const struct policy *policy, const char *name)
{
	uint32_t arch = policy->architectures[0];
	struct suggestion suggestion;
	char hint[80];

	if (syscall_number(arch, name) == SYSCALL_ABSENT)
		errx(STATUS_FAILED,
		     "--explain: system call '%s' exists on none of the "
		     "policy's architectures",
		     name);
	suggestion_init(&suggestion, name);
	syscall_suggest(&suggestion, arch);
	errx(STATUS_FAILED, "--explain: unknown system call '%s'%s", name,
	     suggestion_text(&suggestion, hint, sizeof(hint)));
}

static const struct entry *parse(struct policy *policy, const char *call)
{
	const struct entry *entry;
	struct faults faults;

	faults_init(&faults);
	entry = question_parse(policy, call, &faults);
	if (!entry)
		errx(STATUS_FAILED, "%s", fault_text(&faults, 0));
	for (size_t i = 0; i < policy->n_architectures; i++) {
		if (syscall_number(policy->architectures[i], entry->name) >= 0)
			return entry;
	}
	refuse_name(policy, entry->name);
}

int explain(struct policy *policy, const char *call)
{
	struct subject subject = { .policy = policy };
	uint32_t native = policy->architectures[0], arch;

	subject.entry = parse(policy, call);
	arch = subject.entry->arch ? subject.entry->arch : native;
	if (question_on(policy, subject.entry, arch, &subject.question)) {
		subject.answers = answers_of(policy, &subject.question);
		if (!subject.answers.n)
			errx(STATUS_FAILED,
			     "--explain: no arguments meet the conditions of "
			     "'%s'",
			     call);
		print_first(&subject);
	} else {
		printf("%s does not exist on %s\n", subject.entry->name,
		       arch_name(arch));
	}
	if (!subject.entry->arch) {
		for (size_t i = 1; i < policy->n_architectures; i++)
			print_other(&subject, policy->architectures[i]);
	}
	if (!subject.entry->arch || !arch_is_listed(policy, arch))
		print_unlisted(policy);
	if (arch == native && is_denied(&subject.answers))
		print_equivalents(&subject);
	if (fflush(stdout) != 0)
		err(STATUS_FAILED, "cannot write the explanation");
	return 0;
}
