/* Policies into other formats, and back again: each call keeps its verdict. */

#include "convert/ini_dump.h"
#include "convert/oci_dump.h"
#include "convert/oci_import.h"
#include "crun.h"
#include "enforce/compile.h"
#include "same_policy.h"

#define SEED	 0xd0c5ull
#define N_RANDOM CASES(60)

#define DENY	 "[syscalls]\ndefault = deny\n"
#define ALLOW	 "[syscalls]\ndefault = allow\n"
#define ALL	 "architectures = native x86 x32\n"

static struct reading entries_of(const char *name)
{
	struct reading reading;

	faults_init(&reading.faults);
	reading.policy = policy_load_entries(name, &reading.faults);
	print_faults(&reading.faults);
	assert_non_null(reading.policy);
	return reading;
}

/* Not inlined: gcc 12 takes the stream for a pointer to `text` then. */
__attribute__((noinline)) static char *ini_of(struct policy *policy)
{
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	ini_dump(to, policy);
	fclose(to);
	return text;
}

static void assert_flat(const char *name)
{
	struct reading reading = entries_of(name);
	char *text = ini_of(reading.policy), *again;
	struct policy *flat = policy_of(text);
	const char *groups = strstr(text, "@");
	bool same = same_policies(reading.policy, flat);

	/* Nothing is left to be made flat. */
	again = ini_of(flat);
	if (!same || strcmp(strchr(text, '\n'), strchr(again, '\n')) != 0)
		print_error("# flat:\n%s\n# again:\n%s\n", text, again);
	assert_true(same);
	assert_string_equal(strchr(text, '\n'), strchr(again, '\n'));
	assert_null(strstr(text, "include"));
	assert_true(!groups || strstr(text, "[groups]"));
	free(again);
	free(text);
	policy_free(flat);
	reading_free(&reading);
}

/* Calls ASSERT with the name of a file of TEXT. */
static void with_file(const char *text, const char *suffix,
		      void (*assert)(const char *name))
{
	char path[256];

	snprintf(path, sizeof(path), "%s/scrun-XXXXXX%s", temporary(), suffix);
	write_all(mkstemps(path, (int)strlen(suffix)), text, strlen(text));
	assert(path);
	unlink(path);
}

static const char *const built_in[] = { "<default>", "<strict>", "<service>" };

static const char *const texts[] = {
	ALLOW,
	DENY "allow = @basic !getpid read(fd == 0)\ndeny = @open clone3\n",
	DENY ALL "allow = @system-service\nkill = @module\nlog = mkdir\n",
	"[syscalls]\ndefault = ENOSYS\nallow = @basic\n",
	"[syscalls]\ndefault = kill\nallow = @basic lseek(offset < 0)\n",
	"[syscalls]\ndefault = log\ndeny = ptrace\nallow = read\n",
	ALLOW "deny = @mkdir:EROFS mkdir(mode == 1):ENOENT @kill kill(sig == 9)"
	      ":EIO\n",
	ALLOW "deny = kill(sig == 9) kill(sig == 15):EIO\nlog = kill\n",
	ALLOW "kill = lseek(whence > 3 && fd != 0)\ndeny = lseek(offset < 0)\n",
	DENY "log = setpriority(prio < 0)\nallow = setpriority\n"
	     "deny = setpriority(which == 2):EINVAL\n",
	DENY ALL "allow = read ?stat64 ?nosuch ?arm:read socketcall "
		 "x86_64:socket(raw0 > 40) x86:socket(raw0 > 40) "
		 "x32:socket(raw0 > 40) shmget\n",
	ALLOW "deny = fcntl(arg == -1) prctl(option == 4 && arg2 & 1 == 1)\n",
	ALLOW "[network]\nbind = 80\nconnect =\n",
	"[groups]\n@mine = read write !read mkdir(mode == 7)\n" DENY
	"allow = ?@mine @none !@mine @mine\n[groups]\n@none =\n",
};

TEST(a_flat_policy_says_the_same_and_is_flat)
{
	for (size_t i = 0; i < ARRAY_SIZE(built_in); i++)
		assert_flat(built_in[i]);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		with_file(texts[i], ".ini", assert_flat);
}

TEST(a_flat_policy_has_what_it_includes)
{
	with_file("[policy]\ninclude = <service>\n[syscalls]\n"
		  "allow = !mkdir mount\ndefault = EACCES\n",
		  ".ini", assert_flat);
}

TEST(a_flat_policy_keeps_the_other_sections)
{
	static const char sections[] =
		"[process]\nuser = 1000\ngroup = 7\nchdir = /srv\n"
		"umask = 027\nstdout = append:/var/log/x\nclose_fds = yes\n"
		"groups = 7 8\nkeep_fds = 3 4\n\n"
		"[environment]\nclear = yes\nkeep = PATH LC_*\nunset = LC_ALL\n"
		"set = MODE=\"one \\\"two\\\"\"\nset = HOME=/x\n"
		"set = \"a b\"=\"\\\\ \\;c\"\nset = D=\\e\nset = \"\\#f\"=\n\n"
		"[limits]\ncore = 0\nnofile = 1024:4096\n\n"
		"[paths]\nread = ?/srv /etc\nexecute = /usr\n\n"
		"[network]\nbind = 80 443\nconnect =\n"
		"scope = abstract-sockets\nscope = signals\n";
	char text[1200];
	struct policy *policy;
	char *flat;

	snprintf(text, sizeof(text),
		 "[capabilities]\nkeep = ?cap_kill cap_chown !cap_chown\n\n"
		 "%s\n%s",
		 ALLOW, sections);
	policy = policy_of(text);
	flat = ini_of(policy);
	if (!strstr(flat, sections))
		print_error("# it is:\n%s\n", flat);
	assert_non_null(strstr(flat, sections));
	assert_non_null(strstr(flat, "[capabilities]\nkeep = ?cap_kill\n"));
	free(flat);
	policy_free(policy);
}

/* Returns whether TEXT is a policy; then it is flat and can be read again. */
static bool is_flat_or_faulty(const char *text)
{
	struct reading reading = reading_of(text);
	bool is_policy = reading.policy;
	char *flat, *again;
	struct policy *policy;

	if (is_policy) {
		flat = ini_of(reading.policy);
		policy = policy_of(flat);
		again = ini_of(policy);
		assert_string_equal(strchr(flat, '\n'), strchr(again, '\n'));
		policy_free(policy);
		free(again);
		free(flat);
	}
	reading_free(&reading);
	return is_policy;
}

/* A list's line is broken before the words that take its place: a key's or a
 * section's beginning they must not be. */
TEST(a_flat_policy_can_be_read_whatever_the_words_of_its_lists)
{
	static const char *const lists[] = {
		"[process]\ngroups = ",
		"[environment]\nclear = yes\nkeep = ",
		"[environment]\nunset = ",
	};
	static const char *const words[] = {
		"@123456789",	  "a@23456789",	   "a123456789@",
		"a123456789 @ b", "a123456789 @b",
	};
	const size_t n_lists = ARRAY_SIZE(lists);
	size_t n = 0;

	for (size_t i = 0; i < n_lists * ARRAY_SIZE(words); i++) {
		for (int byte = 1; byte < 256; byte++) {
			char word[32], text[200];

			strcpy(word, words[i / n_lists]);
			*strchr(word, '@') = (char)byte;
			snprintf(text, sizeof(text), ALLOW "%s%060d %s c\n",
				 lists[i % n_lists], 1, word);
			n += is_flat_or_faulty(text);
		}
	}
	assert_true(n > 2000);
}

/* ---- Profiles ---- */

static char *oci_of(const struct policy *policy, struct faults *losses)
{
	struct faults faults;
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	faults_init(&faults);
	oci_dump(to, policy, &faults, losses);
	fclose(to);
	print_faults(&faults);
	assert_int_equal(faults.n, 0);
	return text;
}

static struct policy *imported_again(const char *json)
{
	struct profile profile;
	struct faults faults;
	struct policy *policy;
	char path[256], *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	faults_init(&faults);
	snprintf(path, sizeof(path), "%s/scrun-XXXXXX.json", temporary());
	write_all(mkstemps(path, 5), json, strlen(json));
	if (profile_read(&profile, path, 0, &faults, &faults))
		oci_import(to, &profile, 0, &faults, &faults);
	profile_free(&profile);
	unlink(path);
	fclose(to);
	print_faults(&faults);
	assert_int_equal(faults.n, 0);
	policy = policy_of(text);
	free(text);
	return policy;
}

static bool crun_agrees_at(const struct program *program,
			   const struct policy *policy, uint32_t nr,
			   const uint64_t args[6])
{
	struct seccomp_data data = { .nr = (int)nr, .arch = SCMP_ARCH_X86_64 };
	struct verdict verdict = verdict_of(policy, SCMP_ARCH_X86_64, nr, args);
	uint32_t wanted = kernel_action(verdict.action, verdict.errnum);

	memcpy(data.args, args, sizeof(data.args));
	return program_run(program, &data) == wanted;
}

/* jansson's numbers end at 2^63: a profile that has others is not compiled. */
static bool crun_agrees(const char *text, const struct policy *policy)
{
	json_t *json = json_loads(text, 0, NULL);
	struct program program;
	bool same = true;

	if (!json)
		return true;
	program = compiled(json);
	json_decref(json);
	for (uint32_t nr = 0; nr < N_SYSCALLS; nr++) {
		static struct argument_values values[6];
		uint64_t seed = nr + 1, args[6] = { 0 };

		for (size_t i = 0; i < 6; i++)
			values[i].n = 0;
		values_gather(values, policy, SCMP_ARCH_X86_64, nr);
		for (unsigned int try = 0; try < 500 && same; try++) {
			for (size_t i = 0; i < 6; i++) {
				if (values[i].n)
					args[i] = values[i].list[random_below(
						&seed,
						(unsigned int)values[i].n)];
			}
			same = crun_agrees_at(&program, policy, nr, args);
		}
	}
	free(program.code);
	return same;
}

/* Whether anything on system calls was lost. */
static bool is_lossy(const struct faults *losses)
{
	for (size_t i = 0; i < losses->n; i++) {
		if (strstr(fault_text(losses, i), "too many for a profile") ||
		    strstr(fault_text(losses, i), "for all architectures"))
			return true;
	}
	return false;
}

/* The policy as a profile: read again, or compiled, it says the same. */
static bool assert_profile(const struct policy *policy)
{
	struct faults losses;
	struct policy *again;
	char *json;
	bool same, compiled;

	faults_init(&losses);
	json = oci_of(policy, &losses);
	again = imported_again(json);
	same = is_lossy(&losses) || same_policies(policy, again);
	compiled = is_lossy(&losses) || crun_agrees(json, policy);
	if (!same || !compiled)
		print_error("# the profile:\n%s\n", json);
	assert_true(same);
	assert_true(compiled);
	same = !is_lossy(&losses);
	policy_free(again);
	faults_free(&losses);
	free(json);
	return same;
}

static void assert_profile_of(const char *name)
{
	struct reading reading = reading_of_name(name);

	assert_non_null(reading.policy);
	assert_true(assert_profile(reading.policy));
	reading_free(&reading);
}

TEST(a_profile_says_what_its_policy_says)
{
	for (size_t i = 0; i < ARRAY_SIZE(built_in); i++)
		assert_profile_of(built_in[i]);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		with_file(texts[i], ".ini", assert_profile_of);
}

static void write_random_entry(FILE *to, uint64_t *seed)
{
	static const char *const calls[] = { "lseek", "kill", "fcntl",
					     "socket" };
	static const char *const arguments[][3] = {
		{ "fd", "offset", "raw1" },
		{ "pid", "sig", "raw0" },
		{ "cmd", "arg", "raw2" },
		{ "domain", "type & 0x1f", "raw0 & 0x1ff" },
	};
	static const char *const values[] = { "0", "1", "5", "0x10", "9" };
	static const char *const operators[] = { "==", "==", "!=", "<" };
	unsigned int call = random_below(seed, ARRAY_SIZE(calls));
	unsigned int n = random_below(seed, 3);

	fprintf(to, " %s", calls[call]);
	for (unsigned int i = 0; i < n; i++) {
		unsigned int arg = random_below(seed, 3);
		unsigned int op = random_below(seed, ARRAY_SIZE(operators));

		fprintf(to, "%s%s %s %s", i ? " && " : "(",
			arguments[call][arg],
			strchr(arguments[call][arg], '&') ? operators[op / 2]
							  : operators[op],
			values[random_below(seed, ARRAY_SIZE(values))]);
	}
	fputs(n ? ")" : "", to);
}

static char *random_policy(uint64_t *seed)
{
	static const char *const defaults[] = { "allow", "deny", "EIO", "log",
						"kill" };
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	fprintf(to, "[syscalls]\ndefault = %s\n",
		defaults[random_below(seed, ARRAY_SIZE(defaults))]);
	for (unsigned int i = 0; i < N_ACTIONS; i++) {
		unsigned int n = random_below(seed, 3);

		fprintf(to, "%s =", action_name((enum action)i));
		for (unsigned int j = 0; j < n; j++)
			write_random_entry(to, seed);
		fputc('\n', to);
	}
	fclose(to);
	return text;
}

TEST(random_policies_keep_their_verdicts_through_profile_and_back)
{
	uint64_t seed = SEED;
	unsigned int whole = 0;

	for (unsigned int i = 0; i < N_RANDOM; i++) {
		char *text = random_policy(&seed);
		struct policy *policy = policy_of(text);

		whole += assert_profile(policy);
		policy_free(policy);
		with_file(text, ".ini", assert_flat);
		free(text);
	}
	print_message("# %u of %u policies without a loss\n", whole, N_RANDOM);
	assert_true(whole > N_RANDOM / 2);
}

static void assert_loses(const char *text, const char *losses)
{
	struct policy *policy = policy_of(text);
	struct reading reading = { 0 };
	bool same;

	faults_init(&reading.faults);
	free(oci_of(policy, &reading.faults));
	same = has_faults(&reading, losses);
	if (!same)
		print_error("# for\n%s# there are %zu\n", text,
			    reading.faults.n);
	if (!same)
		print_faults(&reading.faults);
	assert_true(same);
	faults_free(&reading.faults);
	policy_free(policy);
}

TEST(what_a_profile_has_no_word_for_is_said)
{
	assert_loses(ALLOW, "");
	assert_loses(ALLOW "[capabilities]\nkeep = cap_kill\n"
			   "[process]\numask = 027\ngroups = 7\n"
			   "[environment]\nset = A=1\n[limits]\ncore = 0\n"
			   "[paths]\nread = /\n[network]\nbind = 80\n",
		     "4:[capabilities] keep: a seccomp profile has no word\n"
		     "6:[process] umask: \n7:[process] groups: \n"
		     "9:[environment] set: \n11:[limits] core: \n"
		     "13:[paths] read: \n15:[network] bind: ");
	assert_loses(DENY "allow = @basic\n",
		     "2:'default = deny' denies execve");
	assert_loses(ALLOW "deny = @exec\n", "3:'deny = @exec' denies execve");
	assert_loses(ALLOW "deny = mkdir !mkdir\nlog = "
			   "lseek(fd != 1 && offset != 2)\n",
		     "4:'lseek(fd != 1 && offset != 2)': the conditions on "
		     "lseek are too many for a profile, which denies it now");
	assert_loses(DENY ALL "allow = execve socket(domain == 1)\n",
		     "0:a seccomp profile has one rule for all architectures*"
		     "for socketcall of x86*for x86_64 alone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flat_policy_says_the_same_and_is_flat),
		cmocka_unit_test(a_flat_policy_has_what_it_includes),
		cmocka_unit_test(a_flat_policy_keeps_the_other_sections),
		cmocka_unit_test(
			a_flat_policy_can_be_read_whatever_the_words_of_its_lists),
		cmocka_unit_test(a_profile_says_what_its_policy_says),
		cmocka_unit_test(
			random_policies_keep_their_verdicts_through_profile_and_back),
		cmocka_unit_test(what_a_profile_has_no_word_for_is_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
