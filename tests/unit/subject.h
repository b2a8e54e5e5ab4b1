/* Programs that are to be changed, and calls that tell whether they were. */
#ifndef SCRUN_TESTS_SUBJECT_H
#define SCRUN_TESTS_SUBJECT_H

#include <sys/syscall.h>

#include "enforce/filter.h"
#include "enforce/verify.h"
#include "program.h"

/* A policy with its programs, which may be changed and must be put back. */
struct subject {
	struct policy *policy;		      /* owned */
	struct filter filter;		      /* owned */
	struct program originals[MAX_LAYERS]; /* owned */
};

static inline const struct ticket *ticket_of(const struct subject *subject)
{
	return subject->filter.has_ticket ? &subject->filter.ticket : NULL;
}

static inline bool is_verified(const struct subject *subject)
{
	const struct filter *filter = &subject->filter;
	struct difference difference;

	for (size_t i = 0; i < filter->n; i++) {
		if (!program_valid(&filter->programs[i]))
			return false;
	}
	return programs_verify(filter->programs, filter->n, subject->policy,
			       ticket_of(subject), OBSERVE_NOTHING,
			       &difference);
}

static inline struct subject subject_of(const char *text)
{
	const struct ticket ticket = {
		.arch = seccomp_arch_native(),
		.nr = SYS_execve,
		.path = 0x123456789010,
		.argv = 0x234567891020,
		.envp = 0x345678912030,
	};
	struct subject subject = { .policy = policy_of(text) };
	struct faults faults;

	faults_init(&faults);
	assert_true(
		filter_make(&subject.filter, subject.policy, &ticket, &faults));
	faults_free(&faults);
	for (size_t i = 0; i < subject.filter.n; i++) {
		const struct program *from = &subject.filter.programs[i];
		struct program *to = &subject.originals[i];

		/* One more, so that each instruction has one behind it. */
		to->n = from->n;
		to->code = calloc(from->n + 1, sizeof(*to->code));
		memcpy(to->code, from->code, from->n * sizeof(*to->code));
	}
	assert_true(is_verified(&subject));
	return subject;
}

static inline void subject_free(struct subject *subject)
{
	for (size_t i = 0; i < subject->filter.n; i++)
		free(subject->originals[i].code);
	filter_free(&subject->filter);
	policy_free(subject->policy);
}

/* ---- Whether a change makes a difference ---- */

/*
 * Calls that were tried on the right programs, each with its result, and for
 * each instruction which of them came past it: no other can tell a change of
 * that instruction.
 */
struct sample {
	struct seccomp_data data;
	uint32_t result;
};

struct visits {
	uint32_t *list; /* indices of samples; owned */
	size_t n, max;
};

struct samples {
	struct sample *list; /* owned */
	size_t n, max;
	struct visits visits[MAX_LAYERS][BPF_MAXINSNS];
};

static inline void visit(struct visits *visits, size_t sample)
{
	if (visits->n == visits->max) {
		visits->max = visits->max ? 2 * visits->max : 16;
		visits->list = reallocarray(visits->list, visits->max,
					    sizeof(visits->list[0]));
		assert_non_null(visits->list);
	}
	visits->list[visits->n++] = (uint32_t)sample;
}

static inline bool jumps(const struct sock_filter *insn, uint32_t a)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
		return a == insn->k;
	case BPF_JGT:
		return a > insn->k;
	case BPF_JGE:
		return a >= insn->k;
	}
	assert_int_equal(BPF_OP(insn->code), BPF_JSET);
	return a & insn->k;
}

/* Where a program goes after AT. libseccomp has no other instructions. */
static inline size_t next_instruction(const struct program *program, size_t at,
				      const struct seccomp_data *data,
				      uint32_t *a)
{
	const struct sock_filter *insn = &program->code[at];

	if (insn->code == (BPF_LD | BPF_W | BPF_ABS)) {
		memcpy(a, (const char *)data + insn->k, sizeof(*a));
		return at + 1;
	}
	if (insn->code == (BPF_ALU | BPF_AND | BPF_K)) {
		*a &= insn->k;
		return at + 1;
	}
	assert_int_equal(BPF_CLASS(insn->code), BPF_JMP);
	if (BPF_OP(insn->code) == BPF_JA)
		return at + 1 + insn->k;
	assert_int_equal(BPF_SRC(insn->code), BPF_K);
	return at + 1 + (jumps(insn, *a) ? insn->jt : insn->jf);
}

static inline void sample_add(struct samples *samples,
			      const struct subject *subject,
			      const struct seccomp_data *data)
{
	const struct filter *filter = &subject->filter;

	if (samples->n == samples->max) {
		samples->max = samples->max ? 2 * samples->max : 1024;
		samples->list = reallocarray(samples->list, samples->max,
					     sizeof(samples->list[0]));
		assert_non_null(samples->list);
	}
	for (size_t i = 0; i < filter->n; i++) {
		const struct program *program = &subject->originals[i];
		uint32_t a = 0;
		size_t at = 0;

		visit(&samples->visits[i][at], samples->n);
		while (BPF_CLASS(program->code[at].code) != BPF_RET) {
			at = next_instruction(program, at, data, &a);
			visit(&samples->visits[i][at], samples->n);
		}
	}
	samples->list[samples->n++] =
		(struct sample){ *data, programs_run(subject->originals,
						     filter->n, data) };
}

static inline void samples_free(struct samples *samples)
{
	for (size_t i = 0; i < MAX_LAYERS; i++) {
		for (size_t j = 0; j < BPF_MAXINSNS; j++)
			free(samples->visits[i][j].list);
	}
	free(samples->list);
	free(samples);
}

/* All numbers up to 65535, the same of x32, and around the powers of two. */
static inline void sample_numbers(struct samples *samples,
				  const struct subject *subject, uint32_t arch,
				  uint32_t end)
{
	struct seccomp_data data = { .arch = arch };

	for (uint32_t nr = 0; nr < end; nr++) {
		memset(data.args, nr % 2 ? 0xff : 0, sizeof(data.args));
		data.nr = (int)nr;
		sample_add(samples, subject, &data);
		data.nr = (int)(nr | X32_SYSCALL_BIT);
		if (nr < 1024)
			sample_add(samples, subject, &data);
	}
	for (unsigned int i = 0; i < 32 * 5; i++) {
		data.nr = (int)((1u << i / 5) + i % 5 - 2);
		sample_add(samples, subject, &data);
	}
}

/* Words that arguments are made of: what the programs compare with. */
static inline uint32_t random_word(uint64_t *seed,
				   const struct subject *subject)
{
	unsigned int layer =
		random_below(seed, (unsigned int)subject->filter.n);
	const struct program *program = &subject->originals[layer];
	const struct sock_filter *insn =
		&program->code[random_below(seed, (unsigned int)program->n)];

	switch (random_below(seed, 8)) {
	case 0:
		return 0;
	case 1:
		return UINT32_MAX;
	case 2:
		return insn->k + 1;
	case 3:
		return insn->k - 1;
	case 4:
		return insn->k ^ 1u << random_below(seed, 32);
	}
	return insn->k;
}

static inline void sample_arguments(struct samples *samples,
				    const struct subject *subject)
{
	const struct policy *policy = subject->policy;
	const struct ticket *ticket = &subject->filter.ticket;
	uint64_t seed = 0x5eed4000;

	for (unsigned int i = 0; i < 40000; i++) {
		const struct rule *rule = &policy->rules[random_below(
			&seed, (unsigned int)policy->n_rules)];
		struct seccomp_data data = { .nr = (int)rule->nr,
					     .arch = rule->arch };

		if (rule->arch == SCMP_ARCH_X32)
			data.arch = SCMP_ARCH_X86_64;
		for (unsigned int j = 0; j < 6; j++)
			data.args[j] = random_word(&seed, subject) |
				       (uint64_t)random_word(&seed, subject)
					       << 32;
		if (subject->filter.has_ticket && i % 4 == 0) {
			data.nr = (int)ticket->nr;
			data.args[0] = ticket->path;
			data.args[1] = ticket->argv;
			data.args[2] = ticket->envp;
			data.args[i / 4 % 3] ^= 1ull << i / 12 % 64;
		}
		sample_add(samples, subject, &data);
	}
}

static inline struct samples *samples_of(const struct subject *subject)
{
	static const uint32_t others[] = { 0,
					   1,
					   0x40000028,
					   0xc00000f3,
					   UINT32_MAX,
					   SCMP_ARCH_X86,
					   SCMP_ARCH_AARCH64,
					   SCMP_ARCH_X86_64 };
	struct samples *samples = calloc(1, sizeof(*samples));

	assert_non_null(samples);
	for (size_t i = 0; i < subject->policy->n_architectures; i++)
		sample_numbers(samples, subject,
			       subject->policy->architectures[i], 0x10000);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		sample_numbers(samples, subject, others[i], 100);
	sample_arguments(samples, subject);
	return samples;
}

static inline bool same_result(const struct subject *subject,
			       const struct seccomp_data *data)
{
	const struct filter *filter = &subject->filter;

	return programs_run(filter->programs, filter->n, data) ==
	       programs_run(subject->originals, filter->n, data);
}

/* A sample with one word after the other made WORD. */
static inline bool same_with_word(const struct subject *subject,
				  const struct seccomp_data *data,
				  uint32_t word)
{
	for (size_t i = 0; i < sizeof(*data) / sizeof(word); i++) {
		struct seccomp_data changed = *data;

		memcpy((char *)&changed + i * sizeof(word), &word,
		       sizeof(word));
		if (!same_result(subject, &changed))
			return false;
	}
	return true;
}

#endif
