/*
 * Seccomp profiles, two ways: what libseccomp makes of the JSON when it is
 * given the rules as crun gives them (src/libcrun/seccomp.c), and what the
 * policy means that the import wrote.
 */

#include "convert/oci_import.h"
#include "convert/profile.h"
#include "crun.h"
#include "enforce/compile.h"
#include "fixture.h"

/* ---- As imported ---- */

static char *imported(const char *path, struct faults *faults,
		      struct faults *losses)
{
	struct profile profile;
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	if (profile_read(&profile, path, docker_set(), faults, losses))
		oci_import(to, &profile, docker_set(), faults, losses);
	profile_free(&profile);
	fclose(to);
	return text;
}

/* ---- The comparison ---- */

/* The values of one argument that some entry could tell apart. */
struct values {
	uint64_t list[2000];
	size_t n;
};

static void values_add(struct values *values, uint64_t value)
{
	for (size_t i = 0; i < values->n; i++) {
		if (values->list[i] == value)
			return;
	}
	assert_true(values->n < ARRAY_SIZE(values->list));
	values->list[values->n++] = value;
}

static void values_around(struct values *values, uint64_t value)
{
	values_add(values, value);
	values_add(values, value - 1);
	values_add(values, value + 1);
	values_add(values, value ^ 1ull << 32);
	values_add(values, value | 0xffffffffull << 32);
	values_add(values, value & UINT32_MAX);
	values_add(values, ~value);
}

static bool names_call(const json_t *entry, const char *name)
{
	const json_t *one = json_object_get(entry, "name");

	return one ? strcmp(json_string_value(one), name) == 0
		   : has_word(json_object_get(entry, "names"), name);
}

static void values_of(struct values values[6], const json_t *json,
		      const char *name)
{
	const json_t *list = json_object_get(json, "syscalls");

	for (size_t i = 0; i < 6; i++)
		values[i].n = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		const json_t *args = json_object_get(entry, "args");

		if (!names_call(entry, name))
			continue;
		for (size_t j = 0; j < json_array_size(args); j++) {
			struct scmp_arg_cmp c =
				compare_of(json_array_get(args, j));

			values_around(&values[c.arg], c.datum_a);
			values_around(&values[c.arg], c.datum_b);
		}
	}
	/* What chooses a call, with ipc's version above it. */
	for (uint64_t i = 0;
	     i < 32 && (!strcmp(name, "socketcall") || !strcmp(name, "ipc"));
	     i++) {
		values_add(&values[0], i);
		values_add(&values[0], i | 1 << 16);
	}
}

struct comparison_of {
	const struct program *program;
	const struct policy *policy;
	unsigned long compared, different;
};

/* A thread that is killed alone, where an architecture is not listed. */
static uint32_t as_process(uint32_t result)
{
	return result == SECCOMP_RET_KILL_THREAD ? SECCOMP_RET_KILL_PROCESS
						 : result;
}

static void compare_at(struct comparison_of *comparison, uint32_t arch,
		       uint32_t nr, const uint64_t args[6])
{
	struct seccomp_data data = { .nr = (int)nr, .arch = arch };
	struct verdict verdict;
	uint32_t wanted, got;

	memcpy(data.args, args, sizeof(data.args));
	wanted = as_process(program_run(comparison->program, &data));
	verdict = verdict_of(comparison->policy, arch, nr, args);
	got = kernel_action(verdict.action, verdict.errnum);
	comparison->compared++;
	if (wanted == got)
		return;
	if (comparison->different++ < 5)
		print_error("# %s %u (0x%llx, 0x%llx, 0x%llx): compiled as "
			    "0x%x, imported as 0x%x\n",
			    arch == SCMP_ARCH_X86 ? "x86" : "x86-64", nr,
			    (unsigned long long)args[0],
			    (unsigned long long)args[1],
			    (unsigned long long)args[2], wanted, got);
}

#define MAX_COMBINATIONS 3000u

static void compare_call(struct comparison_of *comparison, const json_t *json,
			 uint32_t arch, uint32_t nr)
{
	static struct values values[6];
	uint64_t bit = nr & X32_SYSCALL_BIT;
	char *name = seccomp_syscall_resolve_num_arch(
		bit ? SCMP_ARCH_X32 : arch, (int)nr);
	size_t combinations = 1, step;

	values_of(values, json, name ? name : "");
	free(name);
	for (size_t i = 0; i < 6; i++) {
		if (values[i].n)
			combinations *= values[i].n;
	}
	step = combinations / MAX_COMBINATIONS + 1;
	for (size_t at = 0; at < 2 * combinations; at += step) {
		size_t rest = at / 2;
		uint64_t args[6];

		for (size_t i = 0; i < 6; i++) {
			args[i] = at % 2 ? UINT64_MAX : 0;
			if (!values[i].n)
				continue;
			args[i] = values[i].list[rest % values[i].n];
			rest /= values[i].n;
		}
		/* No register of a 32-bit program has more. */
		for (size_t i = 0; i < 6 && arch == SCMP_ARCH_X86; i++)
			args[i] &= UINT32_MAX;
		compare_at(comparison, arch, nr, args);
	}
}

static void compare_all(struct comparison_of *comparison, const json_t *json)
{
	for (uint32_t nr = 0; nr < N_SYSCALLS; nr++) {
		compare_call(comparison, json, SCMP_ARCH_X86_64, nr);
		compare_call(comparison, json, SCMP_ARCH_X86, nr);
		compare_call(comparison, json, SCMP_ARCH_X86_64,
			     nr | X32_SYSCALL_BIT);
	}
}

static void assert_imported_as(const char *path, const json_t *json,
			       const struct program *program)
{
	struct comparison_of comparison = { .program = program };
	struct faults faults, losses;
	struct policy *policy;
	char *text;

	faults_init(&faults);
	faults_init(&losses);
	text = imported(path, &faults, &losses);
	print_faults(&faults);
	print_faults(&losses);
	assert_int_equal(faults.n + losses.n, 0);
	policy = policy_of(text);
	comparison.policy = policy;
	compare_all(&comparison, json);
	assert_true(comparison.compared >= 3ul * 2 * N_SYSCALLS);
	if (comparison.different)
		print_error("# %lu of %lu differ; imported as:\n%s\n",
			    comparison.different, comparison.compared, text);
	assert_int_equal(comparison.different, 0);
	policy_free(policy);
	free(text);
}

static void assert_imported(const char *path)
{
	json_t *json = json_load_file(path, 0, NULL);
	struct program program;

	assert_non_null(json);
	program = compiled(json);
	assert_imported_as(path, json, &program);
	free(program.code);
	json_decref(json);
}

static void assert_imported_text(const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/scrun-XXXXXX.json", temporary());
	write_all(mkstemps(path, strlen(".json")), text, strlen(text));
	assert_imported(path);
	unlink(path);
}

static void assert_imported_file(const char *name)
{
	const char *folder = getenv("SCRUN_PROFILES");
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "", name);
	if (!folder || access(path, R_OK) != 0) {
		print_message("# SCRUN_PROFILES names no folder with %s\n",
			      name);
		skip();
	}
	assert_imported(path);
}

TEST(dockers_profile_is_imported_as_crun_compiles_it)
{
	assert_imported_file("docker-default.json");
}

TEST(chromes_profile_is_imported_as_crun_compiles_it)
{
	assert_imported_file("chrome.json");
}

/* Set by tests/cli/exchange.bats: a profile, and what crun itself made of it.
 */
TEST(a_profile_is_imported_as_the_crun_that_is_here_compiled_it)
{
	const char *path = getenv("SCRUN_CRUN_PROFILE");
	const char *filter = getenv("SCRUN_CRUN_FILTER");
	static struct sock_filter code[BPF_MAXINSNS];
	struct program program = { .code = code };
	json_t *json;
	FILE *from;

	if (!path || !filter)
		skip();
	json = json_load_file(path, 0, NULL);
	from = fopen(filter, "re");
	assert_non_null(json);
	assert_non_null(from);
	program.n = fread(code, sizeof(code[0]), BPF_MAXINSNS, from);
	fclose(from);
	assert_true(program_valid(&program));
	assert_imported_as(path, json, &program);
	json_decref(json);
}

#define DENY  "{ \"defaultAction\": \"SCMP_ACT_ERRNO\", "
#define ALLOW "{ \"defaultAction\": \"SCMP_ACT_ALLOW\", "
#define X86                                                             \
	"\"architectures\": [ \"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"," \
	" \"SCMP_ARCH_X32\" ], "
#define NAMES(a) "{ \"names\": [ " a " ], \"action\": \"SCMP_ACT_"
#define ARG(i, op, a)                                                          \
	"{ \"index\": " #i ", \"op\": \"SCMP_CMP_" op "\", \"value\": " #a " " \
	"}"
#define MASKED(i, a, b)                                                       \
	"{ \"index\": " #i ", \"op\": \"SCMP_CMP_MASKED_EQ\", \"value\": " #a \
	", \"valueTwo\": " #b " }"

TEST(each_operator_compares_as_crun_compiles_it)
{
	static const char *const operators[] = { "EQ", "NE", "LT",
						 "LE", "GT", "GE" };
	static const char *const values[] = { "0",
					      "1",
					      "38",
					      "4294967295",
					      "4294967296",
					      "4294967301",
					      "9223372036854775807" };
	char text[512];

	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
			snprintf(text, sizeof(text),
				 DENY X86 "\"syscalls\": [ " NAMES(
					 "\"lseek\", \"read\"") "ALLOW\", "
								"\"args\": [ { "
								"\"index\": 2, "
								"\"op\": "
								"\"SCMP_CMP_%"
								"s\", "
								"\"value\": %s "
								"} ] }"
								" ] }",
				 operators[i], values[j]);
			assert_imported_text(text);
		}
	}
}

TEST(profiles_are_imported_as_crun_compiles_them)
{
	assert_imported_text(DENY "\"syscalls\": null }");
	/* A mask, with bits of the value outside of it. */
	assert_imported_text(DENY X86 "\"syscalls\": [ " NAMES(
		"\"clone\"") "ALLOW\", \"args\": "
			     "[ " MASKED(0, 2114060288, 0) " ] }, " NAMES(
				     "\"mprotect\"") "ALLOW\", \"args\": "
						     "[ " MASKED(
							     2, 12884901892,
							     21474836487) " ] "
									  "} "
									  "] "
									  "}");
	/* All must hold; or one, where two are of one argument. */
	assert_imported_text(DENY X86 "\"syscalls\": [ " NAMES(
		"\"mmap\", \"mmap2\"") "ALLOW\", "
				       "\"args\": "
				       "[ " ARG(2, "EQ", 1) ", " ARG(3, "NE", 2) " ] }, " NAMES(
					       "\"kill\"") "ALLOW\", \"args\": "
							   "[ " ARG(
								   1, "EQ",
								   9) ","
								      " " ARG(1, "EQ", 15) ", " ARG(
									      0,
									      "EQ",
									      1) " ] } ] }");
	/* Errnos, and entries that say what the default says. */
	assert_imported_text(
		"{ \"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": "
		"38, \"syscalls\": [ " NAMES(
			"\"mkdir\"") "ERRNO\", "
				     "\"errnoRet\": 1 "
				     "}, " NAMES(
					     "\"rmdir"
					     "\"") "ER"
						   "RN"
						   "O"
						   "\""
						   ", "
						   "\""
						   "er"
						   "rn"
						   "oR"
						   "et"
						   "\""
						   ": "
						   "38"
						   " }"
						   ","
						   " " NAMES(
							   "\"stat\"") "LOG\" "
								       "}, { "
								       "\"name"
								       "\": "
								       "\"read"
								       "\", "
								       "\"actio"
								       "n\": "
								       "\"SCMP_"
								       "ACT_"
								       "KILL_"
								       "PROCESS"
								       "\" "
								       "},"
								       " " NAMES(
									       "\"clone3\"") "ERRNO\" } ] }");
	assert_imported_text(
		ALLOW X86
		"\"syscalls\": [ " NAMES("\"ptrace\"") "ALLOW\" }, " NAMES(
			"\"ptrace\"") "ERRNO\", \"args\": [ " ARG(0, "EQ",
								  16) " ] } ] "
								      "}");
	/* What does not apply here. */
	assert_imported_text(DENY "\"syscalls\": [ " NAMES(
		"\"read\"") "ALLOW\", \"includes\": { \"arches\": [ \"arm64\" "
			    "] } }, " NAMES(
				    "\"write\"") "ALLOW\", "
						 "\"excludes\": { "
						 "\"arches\": [ "
						 "\"amd64\" ] } "
						 "}, " NAMES(
							 "\"open\"") "A"
								     "L"
								     "L"
								     "O"
								     "W"
								     "\", "
								     "\"include"
								     "s\": { "
								     "\"arches"
								     "\": [ "
								     "\"amd64\""
								     ", "
								     "\"x32\" "
								     "] "
								     "}"
								     " "
								     "}"
								     ","
								     " " NAMES("\"chroot\"") "ALLOW\", \"includes\": { \"caps\": [ \"CAP_SYS_CHROOT\" ] } }, " NAMES(
									     "\"mount\"") "ALLOW\", \"includes\": { \"caps\": [ "
											  "\"CAP_SYS_CHROOT\", \"CAP_SYS_ADMIN\" ] } }, " NAMES(
												  "\"umount2\"") "ALLOW\", \"excludes\": { \"caps\": [ "
														 "\"CAP_SYS_ADMIN\" ] } }, " NAMES(
															 "\"setns\"") "ALLOW\", \"excludes\": { \"caps\": [ \"CAP_SYS_ADMIN\", "
																      "\"CAP_KILL\" ] } }, " NAMES("\"ptrace\"") "ALLOW\", \"includes\": { \"minKernel\": \"4.8\" } }, " NAMES(
																	      "\"getpid\"") "ALLOW\", \"includes\": { \"minKernel\": "
																			    "\"99.0\" } }, " NAMES(
																				    "\"getppid\"") "ALLOW\", \"excludes\": { \"minKernel\": \"4.8\" } } ] }");
	/* A name that libseccomp does not know. */
	assert_imported_text(DENY "\"syscalls\": [ " NAMES(
		"\"no_such_call\", \"read\"") "ALLOW\", \"args\": null } ] }");
}

/* x86 makes these through socketcall and ipc as well. */
TEST(calls_that_x86_multiplexes_are_imported_as_crun_compiles_them)
{
	assert_imported_text(DENY X86 "\"syscalls\": [ " NAMES(
		"\"socket\", \"connect\", \"accept4\", \"recvmmsg\", "
		"\"sendmmsg\", \"send\", \"recv\", \"accept\"") "ALLOW\" } ] "
								"}");
	assert_imported_text(DENY X86 "\"syscalls\": [ " NAMES(
		"\"shmget\", \"semop\", \"semtimedop\", \"msgctl\"") "ALLOW\" "
								     "} ] }");
	assert_imported_text(DENY X86 "\"syscalls\": [ " NAMES(
		"\"shmget\", \"semop\", \"ipc\", \"socketcall\"") "ALLOW\" } ] "
								  "}");
	assert_imported_text(ALLOW X86 "\"syscalls\": [ " NAMES(
		"\"shmget\", \"semop\", \"socket\"") "ERRNO\" } ] }");
	assert_imported_text(DENY X86 "\"syscalls\": [ " NAMES(
		"\"socket\"") "ALLOW\", \"args\": [ " ARG(0, "EQ",
							  1) " ] } ] }");
	assert_imported_text(DENY X86 "\"syscalls\": [ " NAMES(
		"\"socket\"") "ALLOW\", \"args\": [ " ARG(0, "NE",
							  40) ", " ARG(1, "EQ",
								       1) " ] "
									  "} ] "
									  "}");
	/* The other way is open whatever the call's own rule says. */
	assert_imported_text(
		DENY X86
		"\"syscalls\": [ " NAMES("\"socketcall\"") "ALLOW\" }, " NAMES(
			"\"socket\", \"bind\"") "ERRNO\", \"errnoRet\": 97 } ] "
						"}");
}

/* ---- Random profiles ---- */

#define SEED	 0x0c1ull
#define N_RANDOM 400

static void write_random_args(FILE *to, uint64_t *seed)
{
	static const char *const values[] = {
		"0", "1", "2", "23", "4294967295", "4294967297", "65536"
	};
	unsigned int n = random_below(seed, 3);

	for (unsigned int i = 0; i < n; i++) {
		/* libseccomp goes wrong on sets of rules with the others. */
		bool is_masked = random_below(seed, 3) == 0;

		fprintf(to,
			"%s{ \"index\": %u, \"op\": \"SCMP_CMP_%s\", "
			"\"value\": %s, \"valueTwo\": %s }",
			i ? ", " : ", \"args\": [ ", random_below(seed, 3),
			is_masked ? "MASKED_EQ" : "EQ",
			values[random_below(seed, ARRAY_SIZE(values))],
			values[random_below(seed, ARRAY_SIZE(values))]);
	}
	fputs(n ? " ]" : "", to);
}

/*
 * With x32 and a rule with arguments on a call that x86-64 does not have,
 * libseccomp 2.5.4 forgets rules on other calls of x86-64.
 */
static char *random_profile(uint64_t *seed)
{
	static const char *const actions[] = { "ALLOW", "ERRNO", "LOG",
					       "KILL_PROCESS" };
	static const char *const calls[] = { "lseek",	"kill",	  "socket",
					     "connect", "shmget", "mmap",
					     "clone",	"stat64", "socketcall",
					     "ipc" };
	bool has_x32 = random_below(seed, 2);
	unsigned int n = random_below(seed, 6), n_calls = has_x32 ? 7 : 10;
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	fprintf(to,
		"{ \"defaultAction\": \"SCMP_ACT_%s\", \"architectures\": "
		"[ \"SCMP_ARCH_%s\" ], \"syscalls\": [ ",
		actions[random_below(seed, 4)], has_x32 ? "X32" : "X86");
	for (unsigned int i = 0; i < n; i++) {
		fprintf(to,
			"%s{ \"names\": [ \"%s\", \"%s\" ], \"action\": "
			"\"SCMP_ACT_%s\"",
			i ? ", " : "", calls[random_below(seed, n_calls)],
			calls[random_below(seed, n_calls)],
			actions[random_below(seed, 4)]);
		write_random_args(to, seed);
		fputs(" }", to);
	}
	fputs(" ] }", to);
	fclose(to);
	return text;
}

/* Whether PATH is imported at all: contradictions are not. */
static bool is_importable(const char *path)
{
	struct faults faults, losses;
	bool whole;

	faults_init(&faults);
	faults_init(&losses);
	free(imported(path, &faults, &losses));
	whole = faults.n + losses.n == 0;
	faults_free(&faults);
	faults_free(&losses);
	return whole;
}

TEST(random_profiles_are_imported_as_crun_compiles_them)
{
	uint64_t seed = SEED;
	unsigned int n = 0;

	for (unsigned int i = 0; i < N_RANDOM; i++) {
		char path[256], *text = random_profile(&seed);

		snprintf(path, sizeof(path), "%s/scrun-XXXXXX.json",
			 temporary());
		write_all(mkstemps(path, 5), text, strlen(text));
		if (is_importable(path)) {
			assert_imported(path);
			n++;
		}
		unlink(path);
		free(text);
	}
	print_message("# %u of %u profiles without a contradiction\n", n,
		      N_RANDOM);
	assert_true(n > N_RANDOM / 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			dockers_profile_is_imported_as_crun_compiles_it),
		cmocka_unit_test(
			chromes_profile_is_imported_as_crun_compiles_it),
		cmocka_unit_test(
			a_profile_is_imported_as_the_crun_that_is_here_compiled_it),
		cmocka_unit_test(each_operator_compares_as_crun_compiles_it),
		cmocka_unit_test(profiles_are_imported_as_crun_compiles_them),
		cmocka_unit_test(
			calls_that_x86_multiplexes_are_imported_as_crun_compiles_them),
		cmocka_unit_test(
			random_profiles_are_imported_as_crun_compiles_them),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
