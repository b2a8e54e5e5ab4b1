/* The calls of a unit. */

#include "convert/systemd_calls.h"

#include "fixture.h"

#define DENY "[syscalls]\ndefault = deny\n"

static bool has_name(const char *text, const char *name)
{
	while ((text = strpbrk(text, " ~"))) {
		text++;
		if (strncmp(text, name, strlen(name)) == 0 &&
		    strchr(" :\n", text[strlen(name)]))
			return true;
	}
	return false;
}

/* conf/groups.ini has the group that a unit implies, systemd's @default. */
TEST(what_a_unit_implies_is_taken_out_where_all_is_denied)
{
	struct policy *denies = policy_of(DENY);
	struct policy *implied =
		policy_of(DENY "architectures = native x86 x32\n"
			       "allow = @default\n");
	struct faults losses;
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	faults_init(&losses);
	systemd_dump_calls(to, denies, &losses);
	fclose(to);
	assert_int_equal(losses.n, 0);
	assert_true(implied->n_rules > 100);
	for (size_t i = 0; i < implied->n_rules; i++) {
		const struct rule *rule = &implied->rules[i];
		char *name;

		/* The others are on what programs probe for. */
		if (rule->action != ACTION_ALLOW)
			continue;
		name = seccomp_syscall_resolve_num_arch(rule->arch,
							(int)rule->nr);
		if (!has_name(text, name))
			print_error("# not taken out: %s\n", name);
		assert_true(has_name(text, name));
		free(name);
	}
	free(text);
	faults_free(&losses);
	policy_free(implied);
	policy_free(denies);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_a_unit_implies_is_taken_out_where_all_is_denied),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
