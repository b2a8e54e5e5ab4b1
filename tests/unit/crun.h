/*
 * Seccomp profiles as an engine resolves them and crun compiles them
 * (src/libcrun/seccomp.c), by libseccomp and without scrun.
 */
#ifndef SCRUN_TESTS_CRUN_H
#define SCRUN_TESTS_CRUN_H

#include <jansson.h>
#include <sys/capability.h>

#include "enforce/bpf.h"
#include "fixture.h"

/* What a container of Docker's has, as Docker's documentation lists it. */
static const char *const docker_caps[] = {
	"CAP_CHOWN",
	"CAP_DAC_OVERRIDE",
	"CAP_FSETID",
	"CAP_FOWNER",
	"CAP_MKNOD",
	"CAP_NET_RAW",
	"CAP_SETGID",
	"CAP_SETUID",
	"CAP_SETFCAP",
	"CAP_SETPCAP",
	"CAP_NET_BIND_SERVICE",
	"CAP_SYS_CHROOT",
	"CAP_KILL",
	"CAP_AUDIT_WRITE",
};

static inline bool docker_has(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(docker_caps); i++) {
		if (strcmp(docker_caps[i], name) == 0)
			return true;
	}
	return false;
}

static inline uint64_t docker_set(void)
{
	uint64_t set = 0;

	for (size_t i = 0; i < ARRAY_SIZE(docker_caps); i++) {
		cap_value_t value;

		assert_int_equal(cap_from_name(docker_caps[i], &value), 0);
		set |= 1ull << value;
	}
	return set;
}

/* ---- As Docker resolves it, and crun compiles it ---- */

static inline bool has_word(const json_t *list, const char *word)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (strcmp(json_string_value(json_array_get(list, i)), word) ==
		    0)
			return true;
	}
	return false;
}

/* Kernels before 5.0 are not met any more; 99 is yet to come. */
static inline bool kernel_is(const json_t *when)
{
	return atoi(json_string_value(json_object_get(when, "minKernel"))) < 5;
}

static inline bool applies(const json_t *entry)
{
	const json_t *in = json_object_get(entry, "includes");
	const json_t *out = json_object_get(entry, "excludes");
	const json_t *caps = json_object_get(in, "caps");

	if (json_array_size(json_object_get(in, "arches")) &&
	    !has_word(json_object_get(in, "arches"), "amd64"))
		return false;
	for (size_t i = 0; i < json_array_size(caps); i++) {
		if (!docker_has(json_string_value(json_array_get(caps, i))))
			return false;
	}
	if (json_object_get(in, "minKernel") && !kernel_is(in))
		return false;
	if (has_word(json_object_get(out, "arches"), "amd64") ||
	    (json_object_get(out, "minKernel") && kernel_is(out)))
		return false;
	caps = json_object_get(out, "caps");
	for (size_t i = 0; i < json_array_size(caps); i++) {
		if (docker_has(json_string_value(json_array_get(caps, i))))
			return false;
	}
	return true;
}

static inline uint32_t action_word(const json_t *object, const char *key,
				   const char *errno_key)
{
	const char *word = json_string_value(json_object_get(object, key));
	const json_t *number = json_object_get(object, errno_key);
	uint32_t errnum = number && !json_is_null(number)
				  ? (uint32_t)json_integer_value(number)
				  : EPERM;

	if (strcmp(word, "SCMP_ACT_ALLOW") == 0)
		return SCMP_ACT_ALLOW;
	if (strcmp(word, "SCMP_ACT_LOG") == 0)
		return SCMP_ACT_LOG;
	if (strcmp(word, "SCMP_ACT_KILL_PROCESS") == 0)
		return SCMP_ACT_KILL_PROCESS;
	assert_string_equal(word, "SCMP_ACT_ERRNO");
	return SCMP_ACT_ERRNO(errnum);
}

static inline enum scmp_compare operator_word(const char *word)
{
	static const char *const words[] = {
		[SCMP_CMP_NE] = "SCMP_CMP_NE",
		[SCMP_CMP_LT] = "SCMP_CMP_LT",
		[SCMP_CMP_LE] = "SCMP_CMP_LE",
		[SCMP_CMP_EQ] = "SCMP_CMP_EQ",
		[SCMP_CMP_GE] = "SCMP_CMP_GE",
		[SCMP_CMP_GT] = "SCMP_CMP_GT",
		[SCMP_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
	};
	size_t i = 1;

	while (strcmp(words[i], word) != 0)
		i++;
	return (enum scmp_compare)i;
}

static inline uint64_t number_at(const json_t *object, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(object, key));
}

static inline struct scmp_arg_cmp compare_of(const json_t *arg)
{
	return (struct scmp_arg_cmp){
		(unsigned int)number_at(arg, "index"),
		operator_word(json_string_value(json_object_get(arg, "op"))),
		number_at(arg, "value"),
		number_at(arg, "valueTwo"),
	};
}

/* The sanitizer's, where it is there: what is made in between may leak. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

/* libseccomp 2.5.4 loses a node of its tree where it merges rules. */
static inline int add_rule(scmp_filter_ctx filter, uint32_t action, int nr,
			   unsigned int n, const struct scmp_arg_cmp *compare)
{
	int result;

	if (__lsan_disable)
		__lsan_disable();
	result = seccomp_rule_add_array(filter, action, nr, n, compare);
	if (__lsan_enable)
		__lsan_enable();
	return result;
}

static inline void add_rules(scmp_filter_ctx filter, uint32_t action, int nr,
			     const json_t *args)
{
	struct scmp_arg_cmp compare[16];
	unsigned int n = (unsigned int)json_array_size(args);
	bool is_shared = false;

	for (unsigned int i = 0; i < n; i++) {
		compare[i] = compare_of(json_array_get(args, i));
		for (unsigned int j = 0; j < i; j++)
			is_shared |= compare[i].arg == compare[j].arg;
	}
	if (!is_shared)
		assert_int_equal(add_rule(filter, action, nr, n, compare), 0);
	for (unsigned int i = 0; i < n && is_shared; i++)
		assert_int_equal(add_rule(filter, action, nr, 1, &compare[i]),
				 0);
}

static inline void add_entry(scmp_filter_ctx filter, uint32_t default_action,
			     const json_t *entry)
{
	const json_t *names = json_object_get(entry, "names");
	const json_t *name = json_object_get(entry, "name");
	uint32_t action = action_word(entry, "action", "errnoRet");
	size_t n = name ? 1 : json_array_size(names);

	if (action == default_action || !applies(entry))
		return;
	for (size_t i = 0; i < n; i++) {
		int nr = seccomp_syscall_resolve_name(json_string_value(
			name ? name : json_array_get(names, i)));

		if (nr != __NR_SCMP_ERROR)
			add_rules(filter, action, nr,
				  json_object_get(entry, "args"));
	}
}

static inline void add_arches(scmp_filter_ctx filter, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		int result;

		if (strcmp(name, "SCMP_ARCH_X86") == 0)
			result = seccomp_arch_add(filter, SCMP_ARCH_X86);
		else if (strcmp(name, "SCMP_ARCH_X32") == 0)
			result = seccomp_arch_add(filter, SCMP_ARCH_X32);
		else
			continue;
		assert_int_equal(result, 0);
	}
}

static inline void add_all_arches(scmp_filter_ctx filter, const json_t *json)
{
	const json_t *map = json_object_get(json, "archMap");

	add_arches(filter, json_object_get(json, "architectures"));
	for (size_t i = 0; i < json_array_size(map); i++) {
		const json_t *entry = json_array_get(map, i);

		if (strcmp(json_string_value(
				   json_object_get(entry, "architecture")),
			   "SCMP_ARCH_X86_64") == 0)
			add_arches(filter,
				   json_object_get(entry, "subArchitectures"));
	}
}

static inline struct program export(scmp_filter_ctx filter)
{
	struct program program = { 0 };
	FILE *file = tmpfile();
	long size;

	assert_non_null(file);
	assert_int_equal(seccomp_export_bpf(filter, fileno(file)), 0);
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	program.n = (size_t)size / sizeof(program.code[0]);
	program.code = malloc((size_t)size);
	assert_int_equal(fread(program.code, 1, (size_t)size, file), size);
	fclose(file);
	assert_true(program_valid(&program));
	return program;
}

static inline struct program compiled(const json_t *json)
{
	const json_t *list = json_object_get(json, "syscalls");
	uint32_t action = action_word(json, "defaultAction", "defaultErrnoRet");
	scmp_filter_ctx filter = seccomp_init(action);
	struct program program;

	assert_non_null(filter);
	add_all_arches(filter, json);
	for (size_t i = 0; i < json_array_size(list); i++)
		add_entry(filter, action, json_array_get(list, i));
	program = export(filter);
	seccomp_release(filter);
	return program;
}

#endif
