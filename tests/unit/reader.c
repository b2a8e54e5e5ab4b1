/* What a hostile or unlucky text becomes: all that it says, or a fault. */

#include <fcntl.h>
#include <sys/stat.h>

#include "fixture.h"

/* Two lines, so that what follows begins in line 3. */
#define HEAD "[syscalls]\ndefault = deny\n"

static const struct entry *first_allowed(const struct policy *policy)
{
	return STAILQ_FIRST(&policy->entries[ACTION_ALLOW]);
}

static size_t count_allowed(const struct policy *policy)
{
	const struct entry *entry;
	size_t n = 0;

	STAILQ_FOREACH(entry, &policy->entries[ACTION_ALLOW], next)
		n++;
	return n;
}

static void repeat(FILE *to, const char *what, size_t times)
{
	while (times-- > 0)
		fputs(what, to);
}

/* Text written piece by piece; END closes it and reads it as a policy. */
struct writing {
	char *text; /* owned */
	size_t size;
	FILE *to;
};

static struct writing *writing_begin(struct writing *writing)
{
	writing->to = open_memstream(&writing->text, &writing->size);
	assert_non_null(writing->to);
	fputs(HEAD, writing->to);
	return writing;
}

static struct reading writing_end(struct writing *writing)
{
	struct reading reading;

	fclose(writing->to);
	reading = reading_of_bytes(writing->text, writing->size);
	free(writing->text);
	return reading;
}

/* inih reads 200 bytes, and took what followed for a line of its own. */
static void assert_no_key(const char *start, const char *padding, size_t n)
{
	struct writing writing;
	struct reading reading;

	writing_begin(&writing);
	fputs(start, writing.to);
	repeat(writing.to, padding, n);
	fputs("allow = all\n", writing.to);
	reading = writing_end(&writing);
	print_faults(&reading.faults);
	assert_non_null(reading.policy);
	assert_int_equal(count_allowed(reading.policy), 0);
	reading_free(&reading);
}

TEST(the_tail_of_a_long_comment_is_no_key)
{
	static const char *const starts[] = {
		"#", ";", "  # ", "\t;", "log = read ; ", "log = read\t;",
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		for (size_t n = 170; n < 210; n++) {
			assert_no_key(starts[i], "x", n);
			assert_no_key(starts[i], " ", n);
		}
		assert_no_key(starts[i], "x", 5000);
		assert_no_key(starts[i], "x y ", 5000);
	}
}

/* The words ?w0, ?w1 ..., PER_LINE of them in each line of one list. */
static void write_words(FILE *to, size_t n, size_t per_line,
			const char *between)
{
	fputs("allow =", to);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && i % per_line == 0)
			fputs("\n\t", to);
		fprintf(to, "%s?w%zu", between, i);
	}
	fputc('\n', to);
}

static void assert_words(const struct policy *policy, size_t n, size_t per_line)
{
	const struct entry *entry = first_allowed(policy);

	for (size_t i = 0; i < n; i++, entry = STAILQ_NEXT(entry, next)) {
		char name[32];

		snprintf(name, sizeof(name), "w%zu", i);
		assert_non_null(entry);
		assert_string_equal(entry->name, name);
		assert_string_equal(entry->origin.text + 1, name);
		assert_string_equal(entry->origin.key, "allow");
		assert_int_equal(entry->origin.line, 3 + i / per_line);
	}
	assert_null(entry);
}

static void assert_list(size_t n, size_t per_line, const char *between)
{
	struct writing writing;
	struct reading reading;

	write_words(writing_begin(&writing)->to, n, per_line, between);
	reading = writing_end(&writing);
	print_faults(&reading.faults);
	assert_non_null(reading.policy);
	assert_words(reading.policy, n, per_line);
	reading_free(&reading);
}

TEST(every_word_of_a_list_arrives_once_and_with_its_line)
{
	/* Lines of up to 5, 200, 250, and 5,000 bytes. */
	static const size_t per_line[] = { 1, 7, 40, 50, 840, 1000 };
	static const char *const between[] = { " ", "\t", "  \t  ", "    " };

	for (size_t i = 0; i < ARRAY_SIZE(per_line); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(between); j++)
			assert_list(1000, per_line[i], between[j]);
	}
	/* Each line a word longer than the one before. */
	for (size_t n = 25; n < 90; n++)
		assert_list(2 * n, n, " ");
}

TEST(a_word_may_end_at_any_column_of_a_piece)
{
	for (size_t length = 1; length < 190; length++) {
		struct writing writing;
		struct reading reading;
		const struct entry *entry;

		writing_begin(&writing);
		fputs("allow = ?", writing.to);
		repeat(writing.to, "a", length);
		fputs(" ?b ?c\n", writing.to);
		reading = writing_end(&writing);
		assert_non_null(reading.policy);
		assert_int_equal(count_allowed(reading.policy), 3);
		entry = first_allowed(reading.policy);
		assert_int_equal(strlen(entry->name), length);
		entry = STAILQ_NEXT(entry, next);
		assert_string_equal(entry->name, "b");
		assert_string_equal(STAILQ_NEXT(entry, next)->name, "c");
		reading_free(&reading);
	}
}

/* An entry of LENGTH bytes with blanks inside its parentheses. */
static void write_entry(FILE *to, size_t length)
{
	const char *start = "ioctl(request ==", *end = "7)";

	fputs(start, to);
	repeat(to, " ", length - strlen(start) - strlen(end));
	fputs(end, to);
}

static void assert_whole(const struct entry *entry, size_t length)
{
	assert_non_null(entry);
	assert_string_equal(entry->name, "ioctl");
	assert_int_equal(strlen(entry->origin.text), length);
	assert_int_equal(entry->n_conditions, 1);
	assert_int_equal(entry->conditions[0].value, 7);
}

/* BEFORE and the entry: whole, or a fault with its line. */
static void assert_whole_or_fault(const char *before, size_t length)
{
	struct writing writing;
	struct reading reading;

	writing_begin(&writing);
	fputs(before, writing.to);
	write_entry(writing.to, length);
	fputs(" ?tail\nlog = bogus\n", writing.to);
	reading = writing_end(&writing);
	assert_null(reading.policy);
	if (length > 190 && reading.faults.n == 2)
		assert_true(is_fault(reading_fault(&reading, 0), 3,
				     "without a blank to break at"));
	else
		assert_int_equal(reading.faults.n, 1);
	assert_true(is_fault(reading_fault(&reading, reading.faults.n - 1), 4,
			     "unknown system call 'bogus'"));
	reading_free(&reading);
}

TEST(an_entry_too_long_for_a_piece_is_a_fault_with_its_line)
{
	for (size_t length = 150; length < 420; length++) {
		assert_whole_or_fault("allow = ", length);
		assert_whole_or_fault("allow=", length);
		assert_whole_or_fault("allow = read write\t", length);
	}
}

TEST(an_entry_of_190_bytes_is_never_cut_at_its_blanks)
{
	for (size_t pad = 0; pad < 230; pad++) {
		struct writing writing;
		struct reading reading;

		writing_begin(&writing);
		fputs("allow = ?", writing.to);
		repeat(writing.to, "a", pad % 190 + 1);
		fputs(pad < 190 ? " " : "\n  ", writing.to);
		write_entry(writing.to, 190 - pad % 7);
		fputs(" ?tail ; ) (\n", writing.to);
		reading = writing_end(&writing);
		print_faults(&reading.faults);
		assert_non_null(reading.policy);
		assert_int_equal(count_allowed(reading.policy), 3);
		assert_whole(STAILQ_NEXT(first_allowed(reading.policy), next),
			     190 - pad % 7);
		reading_free(&reading);
	}
}

TEST(a_word_too_long_for_a_piece_is_a_fault_with_its_line)
{
	for (size_t length = 180; length < 1000; length += 1 + length / 50) {
		struct writing writing;
		struct reading reading;

		writing_begin(&writing);
		fputs("allow = read\n  write ?", writing.to);
		repeat(writing.to, "a", length - 1);
		fputs(" lseek\n  bogus\n", writing.to);
		reading = writing_end(&writing);
		assert_null(reading.policy);
		if (length > 200)
			assert_true(is_fault(reading_fault(&reading, 0), 4,
					     "write shorter entries"));
		if (length <= 190)
			assert_true(is_fault(reading_fault(&reading, 0), 5,
					     "unknown system call 'bogus'"));
		reading_free(&reading);
	}
}

/* scrun.ini(5), Limits; what stands before and after an entry is none of it. */
TEST(an_entry_of_197_bytes_is_read_wherever_it_stands)
{
	static const char *const before[] = {
		"allow=",
		"allow = ",
		"allow = read\n ",
		"allow = read\n\t",
		"allow = read\n                                        ",
	};
	static const char *const after[] = { "\n", " lseek\n", "\n  lseek\n",
					     " ; lseek\n" };

	for (size_t i = 0; i < 5 * 4 * 2; i++) {
		bool is_longer = i % 2;
		struct writing writing;
		struct reading reading;

		writing_begin(&writing);
		fprintf(writing.to, "%s?", before[i / 8]);
		repeat(writing.to, "a", is_longer ? 197 : 196);
		fputs(after[i / 2 % 4], writing.to);
		reading = writing_end(&writing);
		print_faults(&reading.faults);
		assert_int_equal(reading.policy == NULL, is_longer);
		if (is_longer)
			assert_true(is_fault(reading_fault(&reading, 0),
					     i / 8 < 2 ? 3 : 4,
					     "more than 197 bytes"));
		reading_free(&reading);
	}
}

/* After "a b #c", inih would take "#c ..." for a comment of its own. */
TEST(a_hash_in_a_list_is_a_fault_wherever_the_line_is_broken)
{
	for (size_t length = 1; length < 188; length++) {
		struct writing writing;
		struct reading reading;

		writing_begin(&writing);
		fputs("kill = ?", writing.to);
		repeat(writing.to, "a", length);
		fputs(" #comment ptrace\nlog = bogus\n", writing.to);
		reading = writing_end(&writing);
		assert_int_equal(reading.faults.n, 2);
		assert_true(
			is_fault(reading_fault(&reading, 0), 3, "#comment"));
		assert_true(is_fault(reading_fault(&reading, 1), 4, "bogus"));
		reading_free(&reading);
	}
}

TEST(a_fault_after_long_lines_has_its_own_line)
{
	struct writing writing;
	struct reading reading;

	writing_begin(&writing);
	for (unsigned int line = 3; line < 20; line++) {
		if (line % 3 == 0)
			fputc('#', writing.to);
		if (line % 3 == 1)
			fputs("allow =", writing.to);
		repeat(writing.to, " ?word", 20 * line);
		fputc('\n', writing.to);
	}
	fputs("allow = bogus\n", writing.to);
	reading = writing_end(&writing);
	assert_int_equal(reading.faults.n, 1);
	assert_true(is_fault(reading_fault(&reading, 0), 20, "'bogus'"));
	reading_free(&reading);
}

TEST(a_nul_byte_is_a_fault)
{
	static const char in_key[] = HEAD "allow = read\0 write\n";
	static const char in_comment[] = HEAD "# comment\0\nallow = read\n";
	static const char at_end[] = HEAD "\0";

	assert_faulty_bytes(in_key, sizeof(in_key) - 1, "3:NUL byte");
	assert_faulty_bytes(in_comment, sizeof(in_comment) - 1, "3:NUL byte");
	assert_faulty_bytes(at_end, sizeof(at_end) - 1, "3:NUL byte");
}

TEST(what_inih_would_misread_is_a_fault)
{
	static const struct faulty rows[] = {
		{ HEAD "allow = read\rdeny = write\n",
		  "3:carriage return inside a line" },
		{ "[syscalls]\rdefault = deny\r", "1:carriage return" },
		{ HEAD "allow = read\r\r\n", "3:carriage return" },
		{ HEAD "\xef\xbb\xbf"
		       "allow = read\n",
		  "3:expected 'key = value'" },
		{ "\xef\xbb\xbf\xef\xbb\xbf" HEAD,
		  "1:expected 'key = value'\n"
		  "2:before the first [section]" },
		{ HEAD "allow = read\n  deny = ptrace\n", "4:indented key" },
		{ HEAD "allow = read\n\tdeny=ptrace\n", "4:indented key" },
		{ HEAD "allow = read\n [capabilities]\n",
		  "4:indented section" },
		{ HEAD "[groups\n@mine = read\n", "3:without ']'\n"
						  "4:unknown key '@mine'" },
		{ HEAD "[groups] @mine = read\n", "3:text after the section" },
		{ HEAD "[groups]]\n", "3:text after the section" },
		{ HEAD "  read\n", "3:'default' is allow, deny*not 'read'" },
		{ "  read\n" HEAD, "1:no key above it to continue" },
		{ HEAD "[groups]\n  read\n", "4:no key above it to continue" },
		{ HEAD "allow: read\n",
		  "3:expected 'key = value'*allow: read" },
		{ HEAD "a:b = read\n", "3:expected 'key = value'" },
		{ HEAD "allow\n", "3:expected 'key = value'" },
		{ HEAD "= read\n", "3:expected 'key = value'" },
		{ HEAD ": read\n", "3:expected 'key = value'" },
		{ HEAD "a b = read\n", "3:expected 'key = value'" },
		{ HEAD "allow = read # write\n",
		  "3:a comment begins with ' ;'" },
		{ HEAD "allow = read; write\n", "3:unexpected ';'" },
		{ HEAD "[process]\nuser =;1\n",
		  "4:'=;': before a comment there is a blank" },
		{ HEAD "[process]\nuser=#1\n", "4:'=#': before a comment" },
		{ HEAD "allow = read\fwrite\n", "3:control character 0x0c" },
		{ HEAD "deny = read\f;ptrace\n", "3:" },
		{ HEAD "deny = read\v;ptrace\n", "3:" },
		{ HEAD "allow = bogus", "3:'bogus'" },
		{ HEAD "deny = ptrace\\\n", "3:unexpected" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(a_text_that_says_nothing_is_no_policy)
{
	static const struct faulty rows[] = {
		{ "", "0:no 'default' in [syscalls]" },
		{ "\n\n \n", "0:no 'default' in [syscalls]" },
		{ "\xef\xbb\xbf", "0:no 'default'" },
		{ "# default = allow\n", "0:no 'default'" },
		{ "[syscalls]\n", "0:no 'default'" },
		{ "[syscalls]\nallow = read\n", "0:no 'default'" },
		{ "[groups]\n@mine = read\n", "0:no 'default'" },
		{ "default = deny\n", "1:before the first [section]" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(an_unknown_section_or_key_is_a_fault)
{
	static const struct faulty rows[] = {
		{ HEAD "[syscall]\n",
		  "3:unknown section [syscall], did you mean 'syscalls'?" },
		{ HEAD "[nonsense]\n[syscalls]\n",
		  "3:unknown section [nonsense]" },
		{ HEAD "[]\n", "3:unknown section []" },
		{ HEAD "[families]\n@mine = read\n",
		  "3:unknown section [families]" },
		{ HEAD "alow = read\n",
		  "3:unknown key 'alow' in [syscalls], did you mean 'allow'?" },
		{ HEAD "[policy]\nlabel = x\n",
		  "4:unknown key 'label' in [policy]" },
		{ HEAD "[capabilities]\nkept = cap_kill\n",
		  "4:unknown key 'kept'*did you mean 'keep'?" },
		{ HEAD "Allow = read\n", "3:unknown key 'Allow'" },
		{ HEAD "[SYSCALLS]\n", "3:[SYSCALLS]" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

/* Texts of whose words, or the lack of them, nothing is lost. */
TEST(what_editors_write_is_read)
{
	static const char *const texts[] = {
		HEAD "allow = read write",
		HEAD "allow = read write\n",
		HEAD "allow=read write\n",
		HEAD "allow   =\tread\t write \t\n",
		"[syscalls]\r\ndefault = deny\r\nallow = read write\r\n",
		"[syscalls]\r\ndefault = deny\r\nallow = read\r\n write\r\n",
		"\xef\xbb\xbf" HEAD "allow = read write\n",
		"\xef\xbb\xbf# comment\n" HEAD "allow = read write\n",
		HEAD "allow = read\nallow = write\n",
		HEAD "allow = read\n      write ; comment ; again = x\n",
		HEAD "allow = read ; comment\n\twrite\t; comment\n",
		HEAD "allow =\n  read\n  write\n",
		HEAD "allow = ; comment\n  read ; comment\n  write\n",
		HEAD "allow = read\n\n# comment\n  # comment\n ; x\n  write\n",
		HEAD "[groups]\n[syscalls]\nallow = read write\n",
		HEAD "[groups] ; comment\n[syscalls]\nallow = read write\n",
		"# comment\n" HEAD "allow = read write\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct policy *policy = policy_of(texts[i]);
		const struct entry *entry = first_allowed(policy);

		assert_int_equal(count_allowed(policy), 2);
		assert_string_equal(entry->name, "read");
		assert_string_equal(STAILQ_NEXT(entry, next)->name, "write");
		policy_free(policy);
	}
}

/* A comment may stand in a continuation: inih 55 does not take it out. */
TEST(words_in_a_comment_are_not_words)
{
	struct policy *policy =
		policy_of(HEAD "allow = read\n  write ; ptrace mount\n"
			       "  lseek ;mount\n  ;mount\n  #mount\n");

	assert_int_equal(count_allowed(policy), 3);
	policy_free(policy);
}

static void assert_group_name(size_t length, bool accepted)
{
	struct writing writing;
	struct reading reading;

	writing_begin(&writing);
	fputs("allow = @", writing.to);
	repeat(writing.to, "g", length - 1);
	fputs("\n[groups]\n@", writing.to);
	repeat(writing.to, "g", length - 1);
	fputs(" = read\n", writing.to);
	reading = writing_end(&writing);
	if (accepted)
		assert_int_equal(reading.policy->n_rules > 0, 1);
	else
		assert_true(is_fault(reading_fault(&reading, 1), 5,
				     "key of more than 48 bytes"));
	reading_free(&reading);
}

TEST(a_group_name_over_48_bytes_is_a_fault)
{
	assert_group_name(2, true);
	assert_group_name(47, true);
	assert_group_name(48, true);
	assert_group_name(49, false);
	assert_group_name(50, false);
	assert_group_name(180, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tail_of_a_long_comment_is_no_key),
		cmocka_unit_test(
			every_word_of_a_list_arrives_once_and_with_its_line),
		cmocka_unit_test(a_word_may_end_at_any_column_of_a_piece),
		cmocka_unit_test(
			an_entry_too_long_for_a_piece_is_a_fault_with_its_line),
		cmocka_unit_test(
			an_entry_of_190_bytes_is_never_cut_at_its_blanks),
		cmocka_unit_test(
			a_word_too_long_for_a_piece_is_a_fault_with_its_line),
		cmocka_unit_test(
			an_entry_of_197_bytes_is_read_wherever_it_stands),
		cmocka_unit_test(
			a_hash_in_a_list_is_a_fault_wherever_the_line_is_broken),
		cmocka_unit_test(a_fault_after_long_lines_has_its_own_line),
		cmocka_unit_test(a_nul_byte_is_a_fault),
		cmocka_unit_test(what_inih_would_misread_is_a_fault),
		cmocka_unit_test(a_text_that_says_nothing_is_no_policy),
		cmocka_unit_test(an_unknown_section_or_key_is_a_fault),
		cmocka_unit_test(what_editors_write_is_read),
		cmocka_unit_test(words_in_a_comment_are_not_words),
		cmocka_unit_test(a_group_name_over_48_bytes_is_a_fault),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
