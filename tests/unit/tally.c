/* What an audit counts, and the threads that it follows. */

#include "audit/tracees.h"
#include "tallied.h"

static const struct origin entry = { "policy.ini", 3, "deny", "@mkdir" };
static const struct origin other_entry = { "policy.ini", 4, "deny", "mkdir" };

static struct tally tally; /* too large for a stack */

static void begin(void)
{
	static const uint32_t archs[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86,
					  SCMP_ARCH_X32 };

	tally_init(&tally, archs, ARRAY_SIZE(archs));
}

TEST(calls_are_counted_by_architecture_and_number)
{
	static const struct {
		uint32_t arch, nr;
	} apart[] = {
		{ SCMP_ARCH_X86_64, 0 },
		{ SCMP_ARCH_X86_64, 1 },
		{ SCMP_ARCH_X86_64, N_SYSCALLS - 1 },
		{ SCMP_ARCH_X86_64, N_SYSCALLS },
		{ SCMP_ARCH_X86, 0 },
		{ SCMP_ARCH_X86, N_SYSCALLS },
		{ SCMP_ARCH_X86_64, X32_SYSCALL_BIT | 0 },
		{ SCMP_ARCH_X86_64, X32_SYSCALL_BIT | 520 },
		{ SCMP_ARCH_AARCH64, 0 },
		{ SCMP_ARCH_AARCH64, 1 },
	};

	begin();
	for (uint64_t i = 0; i < ARRAY_SIZE(apart); i++) {
		struct count *count =
			tally_count(&tally, apart[i].arch, apart[i].nr);

		assert_int_equal(count->calls + count->errors + count->denied,
				 0);
		count->calls = i + 1;
	}
	for (uint64_t i = 0; i < ARRAY_SIZE(apart); i++)
		assert_int_equal(
			tally_count(&tally, apart[i].arch, apart[i].nr)->calls,
			i + 1);
	tally_free(&tally);
}

TEST(x32_calls_are_counted_without_their_bit)
{
	begin();
	tally_count(&tally, SCMP_ARCH_X86_64, X32_SYSCALL_BIT | 520)->calls = 7;
	assert_int_equal(tally.archs[2].arch, SCMP_ARCH_X32);
	assert_int_equal(tally.archs[2].counts[520].calls, 7);
	assert_ptr_equal(tally_count(&tally, SCMP_ARCH_X32, 520),
			 &tally.archs[2].counts[520]);
	/* The bit means nothing elsewhere. */
	assert_ptr_equal(tally_count(&tally, SCMP_ARCH_X86,
				     X32_SYSCALL_BIT | 1),
			 &tally.archs[1].counts[N_SYSCALLS]);
	tally_free(&tally);
}

TEST(numbers_that_no_call_has_are_counted_together)
{
	static const uint32_t numbers[] = { N_SYSCALLS,	   N_SYSCALLS + 1,
					    0xf0002,	   X32_SYSCALL_BIT - 1,
					    1u << 31,	   UINT32_MAX - 1,
					    UINT32_MAX / 3 };

	begin();
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_ptr_equal(tally_count(&tally, SCMP_ARCH_X86, numbers[i]),
				 &tally.archs[1].counts[N_SYSCALLS]);
	assert_ptr_equal(tally_count(&tally, SCMP_ARCH_X86_64, UINT32_MAX),
			 &tally.archs[0].counts[N_SYSCALLS]);
	tally_free(&tally);
}

TEST(architectures_that_are_not_listed_are_counted_together)
{
	struct count *count;

	begin();
	count = tally_count(&tally, SCMP_ARCH_AARCH64, 63);
	assert_ptr_equal(tally_count(&tally, SCMP_ARCH_RISCV64, 63), count);
	assert_ptr_equal(tally_count(&tally, 0, 63), count);
	assert_ptr_equal(tally_count(&tally, 0xdead, 63), count);
	assert_int_equal(tally.archs[3].arch, 0);
	assert_ptr_equal(&tally.archs[3].counts[63], count);
	tally_free(&tally);

	tally_init(&tally, NULL, 0);
	assert_ptr_equal(tally_count(&tally, SCMP_ARCH_X86_64, 5),
			 &tally.archs[0].counts[5]);
	tally_free(&tally);
}

static const struct finding *find(struct finding like)
{
	return tally_find(&tally, &like);
}

TEST(a_finding_is_returned_once_and_then_counted)
{
	char brief[] = "mkdir(\"/a\")", reason[] = "why", allow[] = "how";
	struct finding like = finding_of(FINDING_DENIED, EPERM, &entry, brief);
	const struct finding *first;

	begin();
	like.count = 77; /* which is not looked at */
	like.reason = reason;
	like.allow = allow;
	first = find(like);
	assert_ptr_equal(first, &tally.findings[0]);
	assert_int_equal(first->count, 1);
	/* What explains a finding does not tell it from others. */
	like.reason = like.allow = brief;
	for (unsigned int i = 2; i < 100; i++) {
		assert_null(find(like));
		assert_int_equal(first->count, i);
	}
	assert_int_equal(tally.n_findings, 1);
	/* The texts are copied, and those of the first stay. */
	memset(brief, 'x', strlen(brief));
	memset(reason, 'x', strlen(reason));
	memset(allow, 'x', strlen(allow));
	assert_string_equal(first->brief, "mkdir(\"/a\")");
	assert_string_equal(first->reason, "why");
	assert_string_equal(first->allow, "how");
	tally_free(&tally);
}

TEST(a_finding_is_found_again_without_what_explains_it)
{
	struct finding like =
		finding_of(FINDING_DENIED, EPERM, &entry, "mkdir");

	begin();
	like.reason = like.allow = NULL;
	assert_false(tally_find_again(&tally, &like));
	assert_int_equal(tally.n_findings, 0);
	assert_non_null(
		find(finding_of(FINDING_DENIED, EPERM, &entry, "mkdir")));
	assert_true(tally_find_again(&tally, &like));
	assert_int_equal(tally.findings[0].count, 2);
	tally_undo(&tally);
	assert_int_equal(tally.findings[0].count, 1);
	like.nr++;
	assert_false(tally_find_again(&tally, &like));
	assert_int_equal(tally.findings[0].count, 1);
	tally_free(&tally);
}

TEST(findings_differ_by_kind_errno_entry_architecture_and_text)
{
	struct finding apart[] = {
		finding_of(FINDING_DENIED, EPERM, &entry, "mkdir"),
		finding_of(FINDING_DENIED, EPERM, &entry, "mkdir"), /* x86 */
		finding_of(FINDING_DENIED, EPERM, &entry, "mkdir(\"/\")"),
		finding_of(FINDING_DENIED, EPERM, &entry, "mkdir(\"/a\")"),
		finding_of(FINDING_DENIED, EPERM, &entry, ""),
		finding_of(FINDING_DENIED, EPERM, &other_entry, "mkdir"),
		finding_of(FINDING_DENIED, EPERM, NULL, "mkdir"),
		finding_of(FINDING_DENIED, EACCES, &entry, "mkdir"),
		finding_of(FINDING_REFUSED, EPERM, &entry, "mkdir"),
		finding_of(FINDING_KILLED, EPERM, &entry, "mkdir"),
		finding_of(FINDING_LOGGED, EPERM, &entry, "mkdir"),
	};

	begin();
	apart[1].arch = SCMP_ARCH_X86;
	for (size_t i = 0; i < ARRAY_SIZE(apart); i++)
		assert_ptr_equal(find(apart[i]), &tally.findings[i]);
	for (size_t i = 0; i < 3 * ARRAY_SIZE(apart); i++)
		assert_null(find(apart[i % ARRAY_SIZE(apart)]));
	assert_int_equal(tally.n_findings, ARRAY_SIZE(apart));
	for (size_t i = 0; i < ARRAY_SIZE(apart); i++)
		assert_int_equal(tally.findings[i].count, 4);
	tally_free(&tally);
}

/* x32 has the architecture of x86-64, and its calls the same names. */
TEST(findings_of_x32_differ_from_those_of_x86_64)
{
	struct finding like =
		finding_of(FINDING_DENIED, EPERM, &entry, "mkdir");

	begin();
	like.arch = SCMP_ARCH_X86_64;
	like.nr = 83;
	assert_non_null(find(like));
	like.nr |= X32_SYSCALL_BIT;
	assert_non_null(find(like));
	tally_free(&tally);
}

static const struct finding *find_number(unsigned int number,
					 enum finding_kind kind)
{
	char brief[32];

	snprintf(brief, sizeof(brief), "mkdir(\"/%u\")", number);
	return find(finding_of(kind, EPERM, &entry, brief));
}

TEST(what_comes_after_a_thousand_findings_is_counted_by_kind)
{
	begin();
	for (unsigned int i = 0; i < MAX_FINDINGS; i++)
		assert_non_null(find_number(i, FINDING_DENIED));
	for (unsigned int i = 0; i < 5; i++)
		assert_null(find_number(MAX_FINDINGS + i, FINDING_DENIED));
	assert_null(find_number(0, FINDING_REFUSED));
	assert_null(find_number(0, FINDING_KILLED));
	assert_null(find_number(0, FINDING_KILLED));
	/* The known ones are told apart still. */
	assert_null(find_number(0, FINDING_DENIED));
	assert_null(find_number(MAX_FINDINGS - 1, FINDING_DENIED));
	assert_int_equal(tally.n_findings, MAX_FINDINGS);
	assert_int_equal(tally.findings[0].count, 2);
	assert_int_equal(tally.findings[1].count, 1);
	assert_int_equal(tally.findings[MAX_FINDINGS - 1].count, 2);
	assert_int_equal(tally.n_more[FINDING_DENIED], 5);
	assert_int_equal(tally.n_more[FINDING_REFUSED], 1);
	assert_int_equal(tally.n_more[FINDING_KILLED], 2);
	assert_int_equal(tally.n_more[FINDING_LOGGED], 0);
	tally_free(&tally);
}

TEST(undoing_takes_back_what_was_counted_last_and_no_more)
{
	begin();
	tally_undo(&tally); /* there is nothing yet */
	find_number(1, FINDING_DENIED);
	find_number(2, FINDING_DENIED);
	find_number(1, FINDING_DENIED);
	tally_undo(&tally);
	assert_int_equal(tally.findings[0].count, 1);
	tally_undo(&tally);
	assert_int_equal(tally.findings[0].count, 1);
	assert_int_equal(tally.findings[1].count, 1);

	find_number(3, FINDING_DENIED);
	tally_undo(&tally);
	assert_int_equal(tally.findings[2].count, 0);
	find_number(3, FINDING_DENIED);
	assert_int_equal(tally.findings[2].count, 1);
	assert_int_equal(tally.n_findings, 3);
	tally_free(&tally);
}

TEST(undoing_past_a_thousand_findings_leaves_the_others_alone)
{
	begin();
	for (unsigned int i = 0; i < MAX_FINDINGS; i++)
		find_number(i, FINDING_DENIED);
	find_number(MAX_FINDINGS, FINDING_DENIED);
	tally_undo(&tally);
	for (unsigned int i = 0; i < MAX_FINDINGS; i++)
		assert_int_equal(tally.findings[i].count, 1);
	tally_free(&tally);
}

/* A tracee of which its parent has told. */
static struct tracee *known(struct tracees *tracees, pid_t tid)
{
	tracees_announce(tracees, tid);
	return tracees_find(tracees, tid);
}

static void forget_all(struct tracees *tracees, pid_t first, pid_t last)
{
	for (pid_t tid = first; tid <= last; tid++) {
		struct tracee *tracee = tracees_find(tracees, tid);

		if (tracee)
			tracees_remove(tracees, tracee);
	}
	assert_int_equal(tracees->n, 0);
	assert_int_equal(tracees->n_exiting, 0);
	assert_null(tracees->index);
}

TEST(a_tracee_is_made_when_it_is_first_asked_for)
{
	struct tracees tracees = { 0 };
	struct tracee *tracee;

	assert_null(tracees_find(&tracees, 5));
	tracee = tracees_get(&tracees, 5);
	assert_int_equal(tracee->tid, 5);
	assert_false(tracee->wants_exit);
	assert_false(tracee->is_exiting);
	assert_null(tracee->decoded);
	assert_int_equal(tracees.n, 1);
	assert_ptr_equal(tracees_get(&tracees, 5), tracee);
	assert_ptr_equal(tracees_find(&tracees, 5), tracee);
	assert_int_equal(tracees.n, 1);
	assert_null(tracees_find(&tracees, 4));
	assert_null(tracees_find(&tracees, 6));
	tracees_announce(&tracees, 5);
	assert_ptr_equal(tracees_find(&tracees, 5), tracee);
	assert_int_equal(tracees.n, 1);
	forget_all(&tracees, 5, 5);
}

TEST(a_tracee_that_was_removed_is_not_found_again)
{
	struct tracees tracees = { 0 };
	struct tracee *tracee = known(&tracees, 5);

	known(&tracees, 6);
	tracee->decoded = calloc(1, sizeof(*tracee->decoded));
	tracees_remove(&tracees, tracee); /* and frees what it owns */
	assert_null(tracees_find(&tracees, 5));
	assert_int_equal(tracees.n, 1);
	/* One that comes back by the same id is a new one. */
	tracee = known(&tracees, 5);
	assert_null(tracee->decoded);
	forget_all(&tracees, 5, 6);
}

TEST(a_thread_that_executes_takes_the_place_of_its_leader)
{
	struct tracees tracees = { 0 };
	struct tracee *thread = known(&tracees, 6);

	known(&tracees, 5)->decoded = calloc(1, sizeof(struct decoded));
	known(&tracees, 7);
	thread->wants_exit = true;
	thread->call.nr = 59;
	tracees_replace(&tracees, tracees_find(&tracees, 5), thread);
	assert_ptr_equal(tracees_find(&tracees, 5), thread);
	assert_int_equal(thread->tid, 5);
	assert_true(thread->wants_exit);
	assert_int_equal(thread->call.nr, 59);
	assert_null(tracees_find(&tracees, 6));
	assert_non_null(tracees_find(&tracees, 7));
	assert_int_equal(tracees.n, 2);
	forget_all(&tracees, 5, 7);
}

TEST(those_that_have_announced_their_end_are_counted)
{
	struct tracees tracees = { 0 };
	struct tracee *leader = known(&tracees, 5);
	struct tracee *thread = known(&tracees, 6);

	tracees_exiting(&tracees, leader);
	tracees_exiting(&tracees, leader); /* twice the same */
	assert_int_equal(tracees.n_exiting, 1);
	assert_true(leader->is_exiting);
	tracees_exiting(&tracees, thread);
	assert_int_equal(tracees.n_exiting, 2);
	/* In execve a thread lives on as the leader, which is gone. */
	tracees_replace(&tracees, leader, thread);
	assert_int_equal(tracees.n_exiting, 0);
	assert_false(thread->is_exiting);
	assert_int_equal(tracees.n, 1);

	tracees_exiting(&tracees, thread);
	tracees_exiting(&tracees, known(&tracees, 8));
	assert_int_equal(tracees.n_exiting, 2);
	tracees_remove(&tracees, thread);
	assert_int_equal(tracees.n_exiting, 1);
	known(&tracees, 9);
	tracees_remove(&tracees, tracees_find(&tracees, 9));
	assert_int_equal(tracees.n_exiting, 1);
	forget_all(&tracees, 5, 9);
}

#define N_THREADS 2000

/* What should be there: [tid] is 0, 1, or 2 for one that is exiting. */
static void assert_tracees(struct tracees *tracees, const int *wanted)
{
	size_t n = 0, n_exiting = 0;

	for (pid_t tid = 1; tid <= N_THREADS; tid++) {
		const struct tracee *tracee = tracees_find(tracees, tid);

		assert_int_equal(tracee != NULL, wanted[tid] != 0);
		if (tracee)
			assert_int_equal(tracee->is_exiting, wanted[tid] == 2);
		n += wanted[tid] != 0;
		n_exiting += wanted[tid] == 2;
	}
	assert_int_equal(tracees->n, n);
	assert_int_equal(tracees->n_exiting, n_exiting);
}

TEST(two_thousand_threads_come_and_go_in_any_order)
{
	struct tracees tracees = { 0 };
	static int wanted[N_THREADS + 1];
	uint64_t seed = 2000;

	for (pid_t tid = 1; tid <= N_THREADS; tid++) {
		known(&tracees, tid);
		wanted[tid] = 1;
	}
	assert_tracees(&tracees, wanted);
	for (int i = 0; i < 20000; i++) {
		pid_t tid = 1 + (pid_t)random_below(&seed, N_THREADS);
		pid_t to = 1 + (pid_t)random_below(&seed, N_THREADS);
		struct tracee *tracee = known(&tracees, tid);

		wanted[tid] = tracee->is_exiting ? 2 : 1;
		switch (random_below(&seed, 4)) {
		case 0:
			tracees_exiting(&tracees, tracee);
			wanted[tid] = 2;
			break;
		case 1:
			tracees_remove(&tracees, tracee);
			wanted[tid] = 0;
			break;
		case 2:
			if (tid == to)
				break;
			tracees_replace(&tracees, known(&tracees, to), tracee);
			wanted[tid] = 0;
			wanted[to] = 1;
			break;
		}
	}
	assert_tracees(&tracees, wanted);
	forget_all(&tracees, 1, N_THREADS);
}

/* The orders in which a child's first stop, its end and its parent's word can
 * come; it is a process that is counted once. */
TEST(a_child_is_counted_once_whatever_comes_first)
{
	struct tracees tracees = { 0 };

	/* The word, the stop, the end. */
	assert_true(tracees_announce(&tracees, 5));
	tracees_remove(&tracees, tracees_find(&tracees, 5));
	assert_null(tracees.index);
	/* The stop, the word, the end. */
	tracees_get(&tracees, 5)->is_counted = true;
	assert_false(tracees_announce(&tracees, 5));
	assert_int_equal(tracees.n, 1);
	tracees_remove(&tracees, tracees_find(&tracees, 5));
	assert_null(tracees.index);
	/* The stop, the end, the word. */
	tracees_get(&tracees, 5)->is_counted = true;
	tracees_exiting(&tracees, tracees_find(&tracees, 5));
	tracees_remove(&tracees, tracees_find(&tracees, 5));
	assert_int_equal(tracees.n, 0);
	assert_int_equal(tracees.n_exiting, 0);
	assert_null(tracees_find(&tracees, 5));
	assert_false(tracees_announce(&tracees, 5));
	assert_null(tracees.index);
	/* The stop and the end of one, and another one with its id. */
	tracees_get(&tracees, 5)->is_counted = true;
	tracees_remove(&tracees, tracees_find(&tracees, 5));
	assert_false(tracees_get(&tracees, 5)->is_counted);
	assert_int_equal(tracees.n, 1);
	assert_true(tracees_announce(&tracees, 5));
	forget_all(&tracees, 5, 5);
}

TEST(a_thread_that_takes_an_id_is_known_as_well_as_its_leader)
{
	struct tracees tracees = { 0 };
	struct tracee *thread = known(&tracees, 6);

	/* A process that stopped before its parent has told of it. */
	tracees_get(&tracees, 5)->is_counted = true;
	tracees_replace(&tracees, tracees_find(&tracees, 5), thread);
	assert_false(tracees_announce(&tracees, 5));
	assert_int_equal(tracees.n, 1);
	forget_all(&tracees, 5, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_counted_by_architecture_and_number),
		cmocka_unit_test(x32_calls_are_counted_without_their_bit),
		cmocka_unit_test(numbers_that_no_call_has_are_counted_together),
		cmocka_unit_test(
			architectures_that_are_not_listed_are_counted_together),
		cmocka_unit_test(a_finding_is_returned_once_and_then_counted),
		cmocka_unit_test(
			a_finding_is_found_again_without_what_explains_it),
		cmocka_unit_test(
			findings_differ_by_kind_errno_entry_architecture_and_text),
		cmocka_unit_test(findings_of_x32_differ_from_those_of_x86_64),
		cmocka_unit_test(
			what_comes_after_a_thousand_findings_is_counted_by_kind),
		cmocka_unit_test(
			undoing_takes_back_what_was_counted_last_and_no_more),
		cmocka_unit_test(
			undoing_past_a_thousand_findings_leaves_the_others_alone),
		cmocka_unit_test(a_child_is_counted_once_whatever_comes_first),
		cmocka_unit_test(
			a_thread_that_takes_an_id_is_known_as_well_as_its_leader),
		cmocka_unit_test(a_tracee_is_made_when_it_is_first_asked_for),
		cmocka_unit_test(a_tracee_that_was_removed_is_not_found_again),
		cmocka_unit_test(
			a_thread_that_executes_takes_the_place_of_its_leader),
		cmocka_unit_test(
			those_that_have_announced_their_end_are_counted),
		cmocka_unit_test(two_thousand_threads_come_and_go_in_any_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
