/* The groups and policies of conf/. */

#include "fixture.h"
#include "policy/source.h"

#define MAX_NAME 48

/* A word of a list in one of the files of conf/. */
struct word {
	char key[MAX_NAME];  /* "@mount", "allow" */
	char name[MAX_NAME]; /* without signs, conditions and errno */
	bool is_optional, is_removal, is_family;
};

struct words {
	struct word *list; /* owned */
	size_t n;
};

/* ---- Reading conf/, but not as scrun does ---- */

static void words_add(struct words *words, const char *key, const char *text,
		      bool is_family)
{
	struct word *word;
	size_t signs = strspn(text, "!?");

	words->list = reallocarray(words->list, words->n + 1, sizeof(*word));
	assert_non_null(words->list);
	word = &words->list[words->n++];
	*word = (struct word){ .is_family = is_family };
	word->is_optional = memchr(text, '?', signs);
	word->is_removal = memchr(text, '!', signs);
	snprintf(word->key, MAX_NAME, "%s", key);
	snprintf(word->name, MAX_NAME, "%.*s", (int)strcspn(text + signs, "(:"),
		 text + signs);
}

/* Cuts off a comment, and what stands in parentheses. */
static void simplify(char *line)
{
	int depth = 0;

	if (*line == ';' || strstr(line, " ;"))
		*(*line == ';' ? line : strstr(line, " ;")) = '\0';
	for (char *at = line; *at; at++) {
		depth += *at == '(';
		if (depth > 0 && *at != '(')
			*at = *at == ')' ? ')' : '_';
		depth -= *at == ')';
	}
}

static void words_of_line(struct words *words, char *line, char *key,
			  bool is_family)
{
	char *text = line, *word;

	simplify(line);
	if (*line != ' ' && *line != '\t') {
		snprintf(key, MAX_NAME, "%.*s", (int)strcspn(line, " ="), line);
		text = strchr(line, '=') ? strchr(line, '=') + 1 : "";
	}
	while ((word = strsep(&text, " \t"))) {
		if (*word)
			words_add(words, key, word, is_family);
	}
}

/* The words of all lists of calls in the built-in text NAME. */
static struct words words_of(const char *name)
{
	struct words words = { NULL, 0 };
	char section[MAX_NAME] = "", key[MAX_NAME] = "";

	for (size_t i = 0; i < n_builtins; i++) {
		const char *at = builtins[i].start;
		char line[256];

		if (strcmp(builtins[i].name, name) != 0)
			continue;
		for (; at < builtins[i].end; at += strcspn(at, "\n") + 1) {
			/* inih reads no more than 200 bytes at once. */
			assert_in_range(strcspn(at, "\n"), 0, 190);
			snprintf(line, sizeof(line), "%.*s",
				 (int)strcspn(at, "\n"), at);
			if (*line == '[')
				snprintf(section, MAX_NAME, "%.40s", line);
			else if (strcmp(section, "[capabilities]") != 0)
				words_of_line(&words, line, key,
					      strcmp(section, "[families]") ==
						      0);
		}
	}
	return words;
}

static bool is_list_of_calls(const char *key)
{
	static const char *const keys[] = { "allow", "log", "deny", "kill" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i], key) == 0)
			return true;
	}
	return key[0] == '@';
}

static bool has_group(const struct words *words, const char *name)
{
	for (size_t i = 0; i < words->n; i++) {
		if (strcmp(words->list[i].key, name) == 0)
			return true;
	}
	return false;
}

/* ---- Names ---- */

static const char *const files[] = { "groups", "default", "strict", "service" };

/* On both architectures, so that a policy of the one loads on the other. */
static bool resolves(const char *name)
{
	static const uint32_t archs[] = { SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64 };

	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		if (seccomp_syscall_resolve_name_arch(archs[i], name) ==
		    __NR_SCMP_ERROR)
			return false;
	}
	return true;
}

TEST(every_name_in_conf_is_known_to_libseccomp_or_optional)
{
	struct words groups = words_of("groups");
	unsigned int n = 0, unknown = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct words words = words_of(files[i]);

		assert_true(words.n > 0);
		for (size_t j = 0; j < words.n; j++) {
			const struct word *word = &words.list[j];
			bool is_known = word->name[0] == '@'
						? has_group(&groups, word->name)
						: resolves(word->name);

			if (!is_list_of_calls(word->key))
				continue;
			n++;
			if (is_known || word->is_optional)
				continue;
			unknown++;
			print_error("# %s.ini: %s = %s\n", files[i], word->key,
				    word->name);
		}
		free(words.list);
	}
	free(groups.list);
	print_message("# %u names\n", n);
	assert_int_equal(unknown, 0);
}

TEST(a_policy_can_name_every_group_on_its_own)
{
	struct words words = words_of("groups");
	char text[128];

	for (size_t i = 0; i < words.n; i++) {
		snprintf(text, sizeof(text),
			 "[syscalls]\ndefault = EPERM\nallow = %s\n",
			 words.list[i].key);
		policy_free(policy_of(text));
	}
	free(words.list);
}

/* ---- Members ---- */

/* Whether the group KEY holds the call, by itself or through others. */
static bool holds(const struct words *words, const char *key, const char *call)
{
	bool found = false;

	for (size_t i = 0; i < words->n; i++) {
		const struct word *word = &words->list[i];

		if (strcmp(word->key, key) != 0)
			continue;
		if (strcmp(word->name, call) == 0 ||
		    (word->name[0] == '@' && holds(words, word->name, call)))
			found = !word->is_removal;
	}
	return found;
}

/* What the policy's text allows is what stands in conf/, no more and no less.
 */
static void assert_group(const struct words *words, const char *key)
{
	uint32_t arch = seccomp_arch_native();
	char text[128];
	struct policy *policy;

	snprintf(text, sizeof(text),
		 "[syscalls]\ndefault = EPERM\nallow = %s\n", key);
	policy = policy_of(text);
	for (int nr = 0; nr < N_SYSCALLS; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(arch, nr);
		size_t n;

		if (!name)
			continue;
		rules_of(policy, arch, (uint32_t)nr, &n);
		if ((n > 0) != holds(words, key, name))
			print_error("# %s, %s\n", key, name);
		assert_int_equal(n > 0, holds(words, key, name));
		free(name);
	}
	policy_free(policy);
}

TEST(a_group_has_the_members_that_its_text_names)
{
	struct words words = words_of("groups");

	for (size_t i = 0; i < words.n; i++) {
		if (i == 0 ||
		    strcmp(words.list[i].key, words.list[i - 1].key) != 0)
			assert_group(&words, words.list[i].key);
	}
	free(words.list);
}

/* Of these no architecture but some has any. */
static bool may_be_empty(const char *group)
{
#ifdef __x86_64__
	(void)group;
	return false;
#else
	static const char *const groups[] = { "@cpu-emulation", "@io-port",
					      "@raw-io" };

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (strcmp(groups[i], group) == 0)
			return true;
	}
	return false;
#endif
}

TEST(no_group_is_empty_on_the_native_architecture)
{
	struct words words = words_of("groups");
	char text[128];

	for (size_t i = 0; i < words.n; i++) {
		const char *key = words.list[i].key;
		struct policy *policy;

		snprintf(text, sizeof(text),
			 "[syscalls]\ndefault = EPERM\nallow = %s\n", key);
		policy = policy_of(text);
		if (policy->n_rules == 0 && !may_be_empty(key))
			print_error("# %s is empty\n", key);
		assert_true(policy->n_rules > 0 || may_be_empty(key));
		policy_free(policy);
	}
	free(words.list);
}

/* As systemd-analyze syscall-filter shows them. */
TEST(groups_mean_what_systemds_do)
{
	static const struct {
		const char *group, *call;
		bool is_in;
	} rows[] = {
		{ "@mount", "mount", true },
		{ "@mount", "umount2", true },
		{ "@mount", "pivot_root", true },
		{ "@mount", "chroot", true },
		{ "@mount", "fsopen", true },
		{ "@mount", "move_mount", true },
		{ "@mount", "statfs", false },
		{ "@mount", "chdir", false },
		{ "@privileged", "setuid", true },
		{ "@privileged", "fchown", true },
		{ "@privileged", "init_module", true },
		{ "@privileged", "clock_settime", true },
		{ "@privileged", "reboot", true },
		{ "@privileged", "open_by_handle_at", true },
		{ "@privileged", "bpf", true },
		{ "@privileged", "setgid", false },
		{ "@privileged", "mount", false },
		{ "@system-service", "read", true },
		{ "@system-service", "socket", true },
		{ "@system-service", "execve", true },
		{ "@system-service", "clone3", true },
		{ "@system-service", "ioctl", true },
		{ "@system-service", "setuid", true },
		{ "@system-service", "keyctl", true },
		{ "@system-service", "mount", false },
		{ "@system-service", "ptrace", false },
		{ "@system-service", "kexec_load", false },
		{ "@system-service", "init_module", false },
		{ "@system-service", "bpf", false },
		{ "@system-service", "clock_settime", false },
		{ "@debug", "ptrace", true },
		{ "@debug", "perf_event_open", true },
		{ "@debug", "process_vm_readv", false },
		{ "@process", "kill", true },
		{ "@process", "unshare", true },
		{ "@process", "execve", false },
		{ "@network-io", "socketpair", true },
		{ "@network-io", "epoll_ctl", false },
		{ "@file-system", "openat", true },
		{ "@file-system", "read", false },
		{ "@file-system", "fchown", false },
		{ "@ipc", "process_vm_writev", true },
		{ "@signal", "rt_sigaction", true },
		{ "@signal", "kill", false },
		{ "@reboot", "kexec_file_load", true },
		{ "@clock", "adjtimex", true },
		{ "@clock", "clock_gettime", false },
		{ "@basic-io", "lseek", true },
		{ "@basic-io", "openat", false },
		{ "@resources", "setpriority", true },
		{ "@resources", "prlimit64", false },
	};
	struct words words = words_of("groups");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool is_in = holds(&words, rows[i].group, rows[i].call);

		if (is_in != rows[i].is_in)
			print_error("# %s, %s\n", rows[i].group, rows[i].call);
		assert_int_equal(is_in, rows[i].is_in);
	}
	free(words.list);
}

/* ---- Families ---- */

/* Calls that do the work of two families, which are otherwise apart. */
static bool may_be_in_both(const char *call)
{
	static const char *const calls_of_two[] = {
		"unlinkat",	 /* removes files and directories */
		"prlimit64",	 /* reads and sets limits */
		"sched_setattr", /* sets policy and niceness */
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls_of_two); i++) {
		if (strcmp(calls_of_two[i], call) == 0)
			return true;
	}
	return false;
}

TEST(a_call_belongs_to_one_family)
{
	struct words words = words_of("groups");
	unsigned int both = 0;

	for (size_t i = 0; i < words.n; i++) {
		const struct word *a = &words.list[i];

		for (size_t j = 0; j < i; j++) {
			const struct word *b = &words.list[j];

			if (!a->is_family || !b->is_family ||
			    strcmp(a->name, b->name) != 0)
				continue;
			if (may_be_in_both(a->name) &&
			    strcmp(a->key, b->key) != 0)
				continue;
			print_error("# %s: %s, %s\n", a->name, b->key, a->key);
			both++;
		}
	}
	free(words.list);
	assert_int_equal(both, 0);
}

TEST(a_family_has_two_members_and_no_group)
{
	struct words words = words_of("groups");

	for (size_t i = 0; i < words.n; i++) {
		const struct word *word = &words.list[i];
		size_t n = 0;

		if (!word->is_family)
			continue;
		assert_true(word->name[0] != '@');
		assert_false(word->is_removal);
		for (size_t j = 0; j < words.n; j++)
			n += strcmp(words.list[j].key, word->key) == 0;
		if (n < 2)
			print_error("# %s has one member\n", word->key);
		assert_true(n >= 2);
	}
	free(words.list);
}

TEST(families_hold_the_equivalents_of_the_commonest_calls)
{
	static const char *const rows[][2] = {
		{ "@open", "open openat openat2 creat open_by_handle_at" },
		{ "@exec", "execve execveat" },
		{ "@fork", "fork vfork clone clone3" },
		{ "@kill", "kill tkill tgkill pidfd_send_signal" },
		{ "@unlink", "unlink unlinkat" },
		{ "@rename", "rename renameat renameat2" },
		{ "@stat", "stat lstat fstat newfstatat statx" },
		{ "@mkdir", "mkdir mkdirat" },
		{ "@accept", "accept accept4" },
		{ "@mprotect", "mprotect pkey_mprotect" },
	};
	struct words words = words_of("groups");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[64], *rest = text, *call;

		snprintf(text, sizeof(text), "%s", rows[i][1]);
		while ((call = strsep(&rest, " ")))
			assert_true(holds(&words, rows[i][0], call));
	}
	free(words.list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_name_in_conf_is_known_to_libseccomp_or_optional),
		cmocka_unit_test(a_policy_can_name_every_group_on_its_own),
		cmocka_unit_test(a_group_has_the_members_that_its_text_names),
		cmocka_unit_test(no_group_is_empty_on_the_native_architecture),
		cmocka_unit_test(groups_mean_what_systemds_do),
		cmocka_unit_test(a_call_belongs_to_one_family),
		cmocka_unit_test(a_family_has_two_members_and_no_group),
		cmocka_unit_test(
			families_hold_the_equivalents_of_the_commonest_calls),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
