/*
 * The verifier bites: programs that are right are changed in every way that a
 * wrong compiler might, and each change is found or changes nothing.
 */

#include "subject.h"

#define DENY  "[syscalls]\ndefault = deny\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

/* Words that may tell an instruction from what it was. */
static size_t telling_words(const struct sock_filter *was,
			    const struct sock_filter *is, uint32_t words[16])
{
	uint32_t changed = was->k ^ is->k;
	size_t n = 0;

	for (size_t i = 0; i < 2; i++) {
		/* What is masked is compared next. */
		uint32_t k = was[i].k;

		words[n++] = k;
		words[n++] = k + 1;
		words[n++] = k - 1;
		words[n++] = k ^ changed;
		words[n++] = k | ~was->k;
		words[n++] = (k | ~was->k) ^ changed;
	}
	words[n++] = is->k;
	words[n++] = is->k + 1;
	words[n++] = is->k - 1;
	words[n++] = ~is->k;
	return n;
}

/*
 * Whether the programs, changed at one instruction, do the same, by trying
 * them side by side; which knows neither the policy nor the verifier.
 */
static bool makes_no_difference(const struct subject *subject,
				const struct samples *samples, size_t layer,
				size_t index)
{
	const struct filter *filter = &subject->filter;
	const struct visits *visits = &samples->visits[layer][index];
	size_t step = visits->n / 50 + 1;
	uint32_t words[16];
	size_t n = telling_words(&subject->originals[layer].code[index],
				 &filter->programs[layer].code[index], words);

	for (size_t i = 0; i < visits->n; i++) {
		const struct sample *sample = &samples->list[visits->list[i]];

		if (programs_run(filter->programs, filter->n, &sample->data) !=
		    sample->result)
			return false;
	}
	for (size_t i = 0; i < visits->n; i += step) {
		const struct sample *sample = &samples->list[visits->list[i]];

		for (size_t j = 0; j < n; j++) {
			if (!same_with_word(subject, &sample->data, words[j]))
				return false;
		}
	}
	return true;
}

/* ---- Changes ---- */

/* What became of the mutants. */
struct tally {
	unsigned int mutants, caught, equivalent, missed;
};

/* A place in a subject, and a copy of what stands there. */
struct place {
	struct subject *subject;
	const struct samples *samples;
	struct tally *tally;
	size_t layer, index;
	struct sock_filter insn;
};

static void print_mutant(const struct place *place,
			 const struct sock_filter *is)
{
	const struct sock_filter *was = &place->insn;

	print_error("# not found: program %zu, instruction %zu, { 0x%x, %u, "
		    "%u, 0x%x } made { 0x%x, %u, %u, 0x%x }\n",
		    place->layer, place->index, was->code, was->jt, was->jf,
		    was->k, is->code, is->jt, is->jf, is->k);
}

static void count_mutant(const struct place *place)
{
	struct tally *tally = place->tally;

	tally->mutants++;
	if (!is_verified(place->subject))
		tally->caught++;
	else if (makes_no_difference(place->subject, place->samples,
				     place->layer, place->index))
		tally->equivalent++;
	else
		tally->missed++;
}

/* Puts IS in the place of an instruction for as long as the verifier looks. */
static void try_instruction(const struct place *place, struct sock_filter is)
{
	struct program *program =
		&place->subject->filter.programs[place->layer];
	unsigned int missed = place->tally->missed;

	if (memcmp(&place->insn, &is, sizeof(is)) == 0)
		return;
	program->code[place->index] = is;
	count_mutant(place);
	program->code[place->index] = place->insn;
	if (place->tally->missed > missed && missed < 5)
		print_mutant(place, &is);
}

static void try_constant(const struct place *place, uint32_t k)
{
	struct sock_filter is = place->insn;

	is.k = k;
	try_instruction(place, is);
}

static void try_jumps(const struct place *place, unsigned int jt,
		      unsigned int jf)
{
	struct sock_filter is = place->insn;

	is.jt = (uint8_t)jt;
	is.jf = (uint8_t)jf;
	try_instruction(place, is);
}

static void try_code(const struct place *place, uint16_t code, uint32_t k)
{
	const struct sock_filter is = BPF_STMT(code, k);

	try_instruction(place, is);
}

/* One bit of four is changed, others in the next instruction. */
static void change_constant(const struct place *place)
{
	try_constant(place, place->insn.k + 1);
	try_constant(place, place->insn.k - 1);
	for (size_t bit = place->index % 4; bit < 32; bit += 4)
		try_constant(place, place->insn.k ^ 1u << bit);
}

static void change_jump(const struct place *place)
{
	static const uint16_t ops[] = { BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET };
	struct sock_filter is = place->insn;
	unsigned int jt = is.jt, jf = is.jf;

	try_jumps(place, jf, jt);
	try_jumps(place, jt + 1, jf);
	try_jumps(place, jt - 1, jf);
	try_jumps(place, jt, jf + 1);
	try_jumps(place, jt, jf - 1);
	/* No check at all. */
	try_code(place, BPF_JMP | BPF_JA, jt);
	try_code(place, BPF_JMP | BPF_JA, jf);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		is.code = (uint16_t)(BPF_JMP | BPF_K | ops[i]);
		try_instruction(place, is);
	}
}

static void change_return(const struct place *place)
{
	static const uint32_t actions[] = {
		SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD,
		SECCOMP_RET_TRAP,	  SECCOMP_RET_ERRNO,
		SECCOMP_RET_ERRNO | 1,	  SECCOMP_RET_ERRNO | 38,
		SECCOMP_RET_USER_NOTIF,	  SECCOMP_RET_TRACE,
		SECCOMP_RET_LOG,	  SECCOMP_RET_ALLOW,
	};

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		try_constant(place, actions[i]);
	if ((place->insn.k & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO)
		return;
	try_constant(place, place->insn.k + 1);
	try_constant(place, place->insn.k - 1);
}

static void change_load(const struct place *place)
{
	for (uint32_t offset = 0; offset < 64; offset += 4)
		try_constant(place, offset);
	try_constant(place, place->insn.k + 1);
	try_constant(place, 64);
}

static void change_instruction(const struct place *place)
{
	switch (BPF_CLASS(place->insn.code)) {
	case BPF_LD:
		change_load(place);
		break;
	case BPF_JMP:
		change_constant(place);
		if (BPF_OP(place->insn.code) != BPF_JA)
			change_jump(place);
		break;
	case BPF_RET:
		change_return(place);
		break;
	default:
		change_constant(place);
	}
	try_code(place, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	try_code(place, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1);
}

/*
 * Each program in turn gives way to one that allows everything. That is the
 * same only where another one has all that it says.
 */
static void leave_out_programs(struct subject *subject,
			       const struct samples *samples)
{
	struct filter *filter = &subject->filter;

	for (size_t i = 0; i < filter->n; i++) {
		struct sock_filter nothing[] = { RET(SECCOMP_RET_ALLOW) };
		struct program left_out = filter->programs[i];
		bool is_same = true;

		filter->programs[i] = (struct program){ nothing, 1 };
		for (size_t j = 0; j < samples->n && is_same; j++)
			is_same = same_result(subject, &samples->list[j].data);
		assert_int_equal(is_verified(subject), is_same);
		filter->programs[i] = left_out;
	}
}

static void change_all(struct subject *subject, struct tally *tally)
{
	struct samples *samples = samples_of(subject);

	leave_out_programs(subject, samples);
	for (size_t layer = 0; layer < subject->filter.n; layer++) {
		const struct program *program = &subject->originals[layer];

		for (size_t i = 0; i < program->n; i++) {
			const struct place place = {
				subject, samples, tally,
				layer,	 i,	  program->code[i]
			};

			change_instruction(&place);
		}
	}
	samples_free(samples);
}

static void assert_bites(const char *text)
{
	struct subject subject = subject_of(text);
	struct tally tally = { 0 };

	change_all(&subject, &tally);
	print_message("# %zu instructions, %u mutants: %u caught, %u the same,"
		      " %u missed\n",
		      filter_size(&subject.filter), tally.mutants, tally.caught,
		      tally.equivalent, tally.missed);
	subject_free(&subject);
	assert_int_equal(tally.missed, 0);
	assert_true(tally.caught > tally.equivalent);
}

TEST(every_change_to_an_allow_list_is_found)
{
	assert_bites(DENY
		     "allow = read write openat close exit_group\n"
		     "log = mount\nkill = ptrace\ndeny = kexec_load:EIO\n");
}

TEST(every_change_to_a_deny_list_is_found)
{
	assert_bites(ALLOW "deny = @debug clone3:ENOSYS\nkill = kexec_load\n");
}

TEST(every_change_to_a_tree_is_found)
{
	assert_bites(DENY "allow = @basic-io @process\n");
}

TEST(every_change_to_conditions_is_found)
{
	assert_bites(ALLOW "deny = ioctl(request == TIOCSTI)\n"
			   "  clone(flags & CLONE_NEWUSER == CLONE_NEWUSER)\n");
	assert_bites(DENY "allow = socket(domain == 1 && type & 0xf == 1)\n"
			  "  socket(domain == 2) fchmod(mode & 06000 == 0)\n");
	assert_bites(DENY "allow = kexec_load(entry == 0x123456789)\n");
	assert_bites(ALLOW "deny = fcntl(arg == 5)\n");
}

TEST(every_change_to_a_range_is_found)
{
	assert_bites(DENY "allow = fchmod(mode >= 5 && mode < 0750)\n");
	assert_bites(ALLOW "deny = fchmod(mode != 0755)\n");
	assert_bites(ALLOW "deny = lseek(offset < 0) kill(pid < 0)\n");
	assert_bites(ALLOW "deny = kexec_load(entry > 0xffffffffffffff)\n");
}

TEST(every_change_to_several_architectures_is_found)
{
	assert_bites(DENY "architectures = native x86\n"
			  "allow = read write socket\n");
	assert_bites(ALLOW "architectures = native arm\ndeny = ptrace\n");
#ifdef __x86_64__
	assert_bites(DENY "architectures = native x32\nallow = read ioctl\n");
#endif
}

TEST(every_change_to_layers_is_found)
{
	assert_bites(DENY "allow = lseek read\ndeny = lseek(fd == 2):EIO\n");
	assert_bites(ALLOW "log = lseek(fd < 4)\ndeny = lseek(fd == 3)\n"
			   "kill = lseek(whence == 9)\n");
}

TEST(every_change_around_the_ticket_is_found)
{
	assert_bites(ALLOW "deny = execve\n");
	assert_bites(DENY "allow = read\n");
	assert_bites(DENY "allow = read\nkill = execve\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_change_to_an_allow_list_is_found),
		cmocka_unit_test(every_change_to_a_deny_list_is_found),
		cmocka_unit_test(every_change_to_a_tree_is_found),
		cmocka_unit_test(every_change_to_conditions_is_found),
		cmocka_unit_test(every_change_to_a_range_is_found),
		cmocka_unit_test(
			every_change_to_several_architectures_is_found),
		cmocka_unit_test(every_change_to_layers_is_found),
		cmocka_unit_test(every_change_around_the_ticket_is_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
