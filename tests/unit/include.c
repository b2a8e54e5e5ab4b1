/* Policies that include others, and which files are read at all. */

#include <fcntl.h>
#include <sys/stat.h>

#include "fixture.h"
#include "policy/source.h"

#define DENY  "[syscalls]\ndefault = deny\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

struct file {
	const char *name;
	const char *text;
};

#define MAX_FILES 12

/* A directory with files and, below it, the directory sub. */
struct tree {
	char path[256];
	char *files[MAX_FILES]; /* owned */
	size_t n;
};

static void tree_make(struct tree *tree)
{
	char sub[300];

	snprintf(tree->path, sizeof(tree->path), "%s/scrun-XXXXXX",
		 temporary());
	tree->n = 0;
	assert_non_null(mkdtemp(tree->path));
	snprintf(sub, sizeof(sub), "%s/sub", tree->path);
	assert_int_equal(mkdir(sub, 0755), 0);
}

static const char *tree_add(struct tree *tree, const char *name,
			    const char *text)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", tree->path, name) > 0);
	tree->files[tree->n++] = path;
	write_all(open(path, O_WRONLY | O_CREAT | O_EXCL, 0644), text,
		  strlen(text));
	return path;
}

static void tree_remove(struct tree *tree)
{
	char sub[300];

	while (tree->n-- > 0) {
		unlink(tree->files[tree->n]);
		free(tree->files[tree->n]);
	}
	snprintf(sub, sizeof(sub), "%s/sub", tree->path);
	rmdir(sub);
	rmdir(tree->path);
}

/* Reads the first of FILES, up to the one without a name. */
static struct reading reading_of_files(const struct file *files)
{
	struct reading reading;
	struct tree tree;

	tree_make(&tree);
	for (size_t i = 0; i < MAX_FILES && files[i].name; i++)
		tree_add(&tree, files[i].name, files[i].text);
	reading = reading_of_name(tree.files[0]);
	tree_remove(&tree);
	return reading;
}

static struct policy *policy_of_files(const struct file *files)
{
	struct reading reading = reading_of_files(files);

	print_faults(&reading.faults);
	assert_non_null(reading.policy);
	assert_int_equal(reading.faults.n, 0);
	return reading.policy;
}

/* One fault, whose text has the parts of PATTERN. */
static void assert_one_fault(const struct file *files, const char *pattern)
{
	struct reading reading = reading_of_files(files);

	if (reading.faults.n != 1 ||
	    !says(fault_text(&reading.faults, 0), pattern)) {
		print_error("# wanted: %s\n", pattern);
		print_faults(&reading.faults);
	}
	assert_null(reading.policy);
	assert_int_equal(reading.faults.n, 1);
	assert_true(says(fault_text(&reading.faults, 0), pattern));
	reading_free(&reading);
}

TEST(an_include_is_looked_for_beside_the_file_that_names_it)
{
	static const struct file files[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = sub/b.ini\n" },
		{ "sub/b.ini", "[policy]\ninclude = c.ini\n" },
		{ "sub/c.ini", DENY "allow = read\n" },
		{ "c.ini", DENY "allow = write\n" },
	};
	struct policy *policy = policy_of_files(files);

	assert_int_equal(action_of(policy, "read"), ACTION_ALLOW);
	assert_int_equal(action_of(policy, "write"), ACTION_DENY);
	assert_true(says(policy->default_origin.file, "/sub/c.ini"));
	policy_free(policy);
}

TEST(an_include_may_have_an_absolute_name)
{
	struct tree tree;
	char text[400];
	struct reading reading;

	tree_make(&tree);
	snprintf(text, sizeof(text), "[policy]\ninclude = %s\n",
		 tree_add(&tree, "sub/b.ini", DENY));
	reading = reading_of_name(tree_add(&tree, "a.ini", text));
	tree_remove(&tree);
	assert_non_null(reading.policy);
	reading_free(&reading);
}

TEST(an_include_without_slash_or_ini_names_a_built_in_policy)
{
	static const struct file files[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = strict\n[syscalls]\n"
			   "default = kill\n" },
		{ "strict", DENY "allow = nonsense\n" },
	};
	struct policy *policy = policy_of_files(files);

	assert_int_equal(policy->default_action, ACTION_KILL);
	policy_free(policy);
}

TEST(an_include_that_comes_round_again_is_a_fault)
{
	static const struct file self[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = a.ini\n" DENY },
	};
	static const struct file other_name[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = ./sub/../a.ini\n" DENY },
	};
	static const struct file loop[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = b.ini\n" DENY },
		{ "b.ini", "\n[policy]\ninclude = c.ini\n" },
		{ "c.ini", "\n\n[policy]\ninclude = a.ini\n" },
	};

	assert_one_fault(self, "a.ini:2: include loop*a.ini");
	assert_one_fault(other_name, "a.ini:2: include loop*a.ini");
	assert_one_fault(loop, "c.ini:4: include loop*a.ini");
}

/* A chain of N files, each including the next. */
static void chain_make(struct tree *tree, size_t n)
{
	tree_make(tree);
	for (size_t i = 0; i < n; i++) {
		char name[32], text[64];

		snprintf(name, sizeof(name), "%zu.ini", i);
		snprintf(text, sizeof(text), "[policy]\ninclude = %zu.ini\n",
			 i + 1);
		tree_add(tree, name, i + 1 < n ? text : DENY);
	}
}

TEST(includes_more_than_8_deep_are_a_fault)
{
	struct reading reading;
	struct tree tree;

	chain_make(&tree, 8);
	reading = reading_of_name(tree.files[0]);
	tree_remove(&tree);
	assert_non_null(reading.policy);
	reading_free(&reading);

	chain_make(&tree, 9);
	reading = reading_of_name(tree.files[0]);
	tree_remove(&tree);
	assert_null(reading.policy);
	assert_int_equal(reading.faults.n, 1);
	assert_true(says(fault_text(&reading.faults, 0), "7.ini:2: *8 deep"));
	reading_free(&reading);
}

TEST(an_include_that_is_not_there_is_a_fault_with_its_line)
{
	static const struct file files[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude =\n  b.ini\n" DENY },
	};
	static const struct file names[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = nosuch\n" DENY },
	};
	static const struct file directory[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = ./sub\n" DENY },
	};

	assert_one_fault(files, "a.ini:3: cannot open*b.ini*No such file");
	assert_one_fault(names, "a.ini:2: no policy 'nosuch'*default*'.ini'");
	assert_one_fault(directory, "a.ini:2: *sub' is a directory");
}

TEST(a_policy_that_two_others_include_is_read_once)
{
	static const struct file files[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = b.ini c.ini\n" DENY },
		{ "b.ini", "[policy]\ninclude = d.ini\n" },
		{ "c.ini", "[policy]\ninclude = sub/../d.ini\n" },
		{ "d.ini", "[syscalls]\nallow = read\n" },
	};
	struct policy *policy = policy_of_files(files);
	const struct entry *entry =
		STAILQ_FIRST(&policy->entries[ACTION_ALLOW]);

	assert_non_null(entry);
	assert_null(STAILQ_NEXT(entry, next));
	policy_free(policy);
}

TEST(included_policies_are_read_first_whatever_the_order_of_lines)
{
	static const struct file late[MAX_FILES] = {
		{ "a.ini", DENY "[policy]\ninclude = b.ini\n" },
		{ "b.ini", DENY },
	};
	static const struct file groups[MAX_FILES] = {
		{ "a.ini", "[groups]\n[policy]\ninclude = b.ini\n" DENY },
		{ "b.ini", DENY },
	};

	assert_one_fault(late, "a.ini:4: *[policy] must stand before");
	assert_one_fault(groups, "a.ini:3: *[policy] must stand before");
}

TEST(a_fault_names_the_file_it_is_in)
{
	static const struct file files[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = sub/b.ini\n" DENY },
		{ "sub/b.ini", "[syscalls]\n\nallow = opneat\n" },
	};

	assert_one_fault(files, "/sub/b.ini:3: *'opneat'");
}

static void assert_refused(const char *path, const char *pattern)
{
	struct reading reading = reading_of_name(path);

	assert_null(reading.policy);
	assert_int_equal(reading.faults.n, 1);
	if (!says(fault_text(&reading.faults, 0), pattern))
		print_faults(&reading.faults);
	assert_true(says(fault_text(&reading.faults, 0), pattern));
	reading_free(&reading);
}

TEST(what_is_not_a_regular_file_of_1_MiB_is_refused)
{
	struct tree tree;
	const char *path;

	tree_make(&tree);
	assert_refused(tree.path, "is a directory");
	assert_refused("/dev/null", "is not a regular file");
	path = tree_add(&tree, "a.ini", DENY);
	assert_int_equal(truncate(path, 1024 * 1024 + 1), 0);
	assert_refused(path, "larger than 1 MiB");
	unlink(path);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_refused(path, "is not a regular file");
	tree_remove(&tree);
}

TEST(root_reads_no_policy_that_another_user_could_have_written)
{
	struct tree tree;
	const char *path;

	if (geteuid() != 0) {
		print_message("# skipped: not root\n");
		skip();
	}
	tree_make(&tree);
	path = tree_add(&tree, "a.ini", DENY);
	assert_int_equal(chmod(path, 0664), 0);
	assert_refused(path, "can be written by others");
	assert_int_equal(chmod(path, 0646), 0);
	assert_refused(path, "can be written by others");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(chown(path, 1, 0), 0);
	assert_refused(path, "does not belong to root");
	tree_remove(&tree);
}

TEST(root_asks_the_same_of_what_a_policy_includes)
{
	struct tree tree;
	const char *path;

	if (geteuid() != 0) {
		print_message("# skipped: not root\n");
		skip();
	}
	tree_make(&tree);
	path = tree_add(&tree, "a.ini", "[policy]\ninclude = b.ini\n" DENY);
	chmod(tree_add(&tree, "b.ini", DENY), 0666);
	assert_refused(path, "a.ini:2: *b.ini' can be written by others");
	tree_remove(&tree);
}

TEST(only_a_built_in_policy_itself_counts_as_one)
{
	static const struct file files[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = default\n" },
	};
	struct reading reading = reading_of_name("<default>");
	struct policy *policy = policy_of_files(files);

	assert_non_null(reading.policy);
	assert_non_null(reading.policy->builtin);
	assert_null(policy->builtin);
	policy_free(policy);
	reading_free(&reading);
}

TEST(a_policy_keeps_no_string_of_its_callers)
{
	struct reading reading;
	struct tree tree;
	char name[300] = { 0 };

	tree_make(&tree);
	snprintf(name, sizeof(name), "%s",
		 tree_add(&tree, "a.ini", DENY "allow = read\n"));
	reading = reading_of_name(name);
	tree_remove(&tree);
	memset(name, 'x', sizeof(name) - 1);
	assert_non_null(reading.policy);
	assert_true(says(reading.policy->name, "/a.ini"));
	assert_true(says(reading.policy->default_origin.file, "/a.ini"));
	assert_true(says(reading.policy->rules[0].origin->file, "/a.ini"));
	reading_free(&reading);
}

static void assert_same_rule(const struct rule *a, const struct rule *b)
{
	assert_int_equal(a->arch, b->arch);
	assert_int_equal(a->nr, b->nr);
	assert_int_equal(a->action, b->action);
	assert_int_equal(a->errnum, b->errnum);
	assert_int_equal(a->rank, b->rank);
	assert_int_equal(a->origin->line, b->origin->line);
	assert_string_equal(a->origin->key, b->origin->key);
	assert_string_equal(a->origin->text, b->origin->text);
	assert_int_equal(a->n_conditions, b->n_conditions);
	for (size_t i = 0; i < a->n_conditions; i++) {
		const struct condition *x = &a->conditions[i];
		const struct condition *y = &b->conditions[i];

		assert_int_equal(x->arg, y->arg);
		assert_int_equal(x->bits, y->bits);
		assert_int_equal(x->is_signed, y->is_signed);
		assert_int_equal(x->comparison, y->comparison);
		assert_int_equal(x->mask, y->mask);
		assert_int_equal(x->value, y->value);
	}
}

/* The build reads the built-in policies, so that a start need not. */
static void assert_ready_as_read(const struct builtin *builtin)
{
	char label[32];
	struct reading ready, read;

	snprintf(label, sizeof(label), "<%s>", builtin->name);
	ready = reading_of_name(label);
	read = reading_of_bytes(builtin->start,
				(size_t)(builtin->end - builtin->start));
	print_faults(&ready.faults);
	assert_non_null(ready.policy);
	assert_non_null(read.policy);
	assert_int_equal(ready.policy->default_action,
			 read.policy->default_action);
	assert_int_equal(ready.policy->default_errnum,
			 read.policy->default_errnum);
	assert_int_equal(ready.policy->default_origin.line,
			 read.policy->default_origin.line);
	assert_int_equal(ready.policy->capability_mode,
			 read.policy->capability_mode);
	assert_int_equal(ready.policy->n_rules, read.policy->n_rules);
	for (size_t i = 0; i < ready.policy->n_rules; i++)
		assert_same_rule(&ready.policy->rules[i],
				 &read.policy->rules[i]);
	reading_free(&ready);
	reading_free(&read);
}

TEST(a_built_in_policy_is_the_same_ready_made_and_read_from_its_text)
{
	for (size_t i = 0; i < n_builtins; i++) {
		if (strcmp(builtins[i].name, "groups") != 0)
			assert_ready_as_read(&builtins[i]);
	}
}

TEST(the_including_policy_replaces_a_single_value)
{
	static const struct file files[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = b.ini\n[syscalls]\n"
			   "default = kill\n" },
		{ "b.ini", DENY },
	};
	struct policy *policy = policy_of_files(files);

	assert_int_equal(policy->default_action, ACTION_KILL);
	assert_int_equal(policy->default_origin.line, 4);
	policy_free(policy);
}

TEST(an_exclamation_mark_reaches_what_was_included)
{
	static const struct file files[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = b.ini\n[syscalls]\n"
			   "deny = !ptrace !@keyring\n" },
		{ "b.ini", ALLOW "deny = ptrace mount @keyring\n" },
	};
	struct policy *policy = policy_of_files(files);

	assert_int_equal(action_of(policy, "ptrace"), ACTION_ALLOW);
	assert_int_equal(action_of(policy, "keyctl"), ACTION_ALLOW);
	assert_int_equal(action_of(policy, "mount"), ACTION_DENY);
	policy_free(policy);
}

TEST(keep_in_one_file_excludes_drop_in_another)
{
	static const struct file files[MAX_FILES] = {
		{ "a.ini", "[policy]\ninclude = b.ini\n" DENY
			   "[capabilities]\ndrop = cap_kill\n" },
		{ "b.ini", "[capabilities]\nkeep = cap_kill\n" },
	};

	assert_one_fault(files, "a.ini:6: keep and drop*b.ini:2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_include_is_looked_for_beside_the_file_that_names_it),
		cmocka_unit_test(an_include_may_have_an_absolute_name),
		cmocka_unit_test(
			an_include_without_slash_or_ini_names_a_built_in_policy),
		cmocka_unit_test(an_include_that_comes_round_again_is_a_fault),
		cmocka_unit_test(includes_more_than_8_deep_are_a_fault),
		cmocka_unit_test(
			an_include_that_is_not_there_is_a_fault_with_its_line),
		cmocka_unit_test(a_policy_that_two_others_include_is_read_once),
		cmocka_unit_test(
			included_policies_are_read_first_whatever_the_order_of_lines),
		cmocka_unit_test(a_fault_names_the_file_it_is_in),
		cmocka_unit_test(
			what_is_not_a_regular_file_of_1_MiB_is_refused),
		cmocka_unit_test(
			root_reads_no_policy_that_another_user_could_have_written),
		cmocka_unit_test(root_asks_the_same_of_what_a_policy_includes),
		cmocka_unit_test(only_a_built_in_policy_itself_counts_as_one),
		cmocka_unit_test(a_policy_keeps_no_string_of_its_callers),
		cmocka_unit_test(
			a_built_in_policy_is_the_same_ready_made_and_read_from_its_text),
		cmocka_unit_test(the_including_policy_replaces_a_single_value),
		cmocka_unit_test(an_exclamation_mark_reaches_what_was_included),
		cmocka_unit_test(keep_in_one_file_excludes_drop_in_another),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
