/* A stream into a string, and what it says where there is no memory. */
#include <sys/resource.h>

#include "fixture.h"

#include "policy/string_stream.h"

TEST(a_string_has_all_that_was_written)
{
	char *text, wanted[30001] = "";
	size_t length;
	FILE *stream = string_open(&text, &length);

	assert_non_null(stream);
	for (unsigned int i = 0; i < 5000; i++) {
		fprintf(stream, "%04u\n", i);
		snprintf(wanted + 5 * i, 6, "%04u\n", i);
	}
	fputc('\0', stream);
	fputs("end", stream);
	assert_true(string_close(stream));
	assert_int_equal(length, 25004);
	assert_string_equal(text, wanted);
	assert_string_equal(text + 25001, "end");
	free(text);
}

TEST(nothing_written_is_the_empty_string)
{
	size_t length = 1;
	char *text;

	assert_true(string_close(string_open(&text, &length)));
	assert_int_equal(length, 0);
	assert_string_equal(text, "");
	free(text);
}

TEST(where_there_is_no_memory_it_says_so)
{
	static const char block[1 << 20];
	struct rlimit before, little;
	size_t length;
	FILE *stream;
	char *text;
	bool is_whole;

#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
	print_message("# a sanitizer takes more memory than there would be\n");
	skip();
#endif
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	little = (struct rlimit){ 64 << 20, before.rlim_max };
	stream = string_open(&text, &length);
	assert_non_null(stream);
	assert_int_equal(setrlimit(RLIMIT_AS, &little), 0);
	for (unsigned int i = 0; i < 64; i++)
		fwrite(block, 1, sizeof(block), stream);
	/* What comes then has room again. */
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	fputs("more", stream);
	is_whole = string_close(stream);
	assert_false(is_whole);
	assert_true(length < 64u << 20);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_string_has_all_that_was_written),
		cmocka_unit_test(nothing_written_is_the_empty_string),
		cmocka_unit_test(where_there_is_no_memory_it_says_so),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
