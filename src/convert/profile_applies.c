/*
 * "includes" and "excludes" of an entry, as Docker and Podman resolve them
 * before a runtime sees the profile (moby, profiles/seccomp/seccomp_linux.go).
 */
#include <ctype.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/utsname.h>

#include "../policy/suggest.h"
#include "profile_entry.h"

/* Architectures by the names that Go's libseccomp gives them. */
static const struct {
	const char *name;
	uint32_t arch; /* 0: none that scrun knows */
} architectures[] = {
	{ "amd64", SCMP_ARCH_X86_64 },
	{ "x86", SCMP_ARCH_X86 },
	{ "x32", SCMP_ARCH_X32 },
	{ "arm64", SCMP_ARCH_AARCH64 },
	{ "arm", SCMP_ARCH_ARM },
	{ "riscv64", SCMP_ARCH_RISCV64 },
	{ "ppc64le", SCMP_ARCH_PPC64LE },
	{ "ppc64", SCMP_ARCH_PPC64 },
	{ "ppc", SCMP_ARCH_PPC },
	{ "s390x", SCMP_ARCH_S390X },
	{ "s390", SCMP_ARCH_S390 },
	{ "mips", SCMP_ARCH_MIPS },
	{ "mips64", SCMP_ARCH_MIPS64 },
	{ "mips64n32", 0 },
	{ "mipsel", SCMP_ARCH_MIPSEL },
	{ "mipsel64", SCMP_ARCH_MIPSEL64 },
	{ "mipsel64n32", 0 },
	{ "parisc", 0 },
	{ "parisc64", 0 },
	{ "loong64", 0 },
	{ "m68k", 0 },
	{ "sh", 0 },
	{ "sheb", 0 },
};
#define N_ARCHITECTURES (sizeof(architectures) / sizeof(architectures[0]))

/* Whether one element of a list holds here. */
typedef bool holds_fn(struct profile_reader *reader, const char *path,
		      const char *word);

static bool is_native(struct profile_reader *reader, const char *path,
		      const char *word)
{
	struct suggestion suggestion;
	char hint[80];

	suggestion_init(&suggestion, word);
	for (size_t i = 0; i < N_ARCHITECTURES; i++) {
		if (strcmp(architectures[i].name, word) == 0)
			return architectures[i].arch == seccomp_arch_native();
		suggestion_try(&suggestion, architectures[i].name);
	}
	profile_fault(reader, path,
		      "unknown architecture '%.32s'%s; x86-64 is 'amd64' here",
		      word, suggestion_text(&suggestion, hint, sizeof(hint)));
	return false;
}

/*
 * One that this libcap does not know, nobody has here. To engines, which
 * compare names as they stand, one in lower case is unknown, too.
 */
static bool is_held(struct profile_reader *reader, const char *path,
		    const char *word)
{
	size_t length = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	cap_value_t value;

	if (strncmp(word, "CAP_", 4) != 0 || word[length]) {
		profile_fault(reader, path,
			      "'%.32s' is not a capability, such as "
			      "\"CAP_SYS_ADMIN\"",
			      word);
		return false;
	}
	return cap_from_name(word, &value) == 0 && value < 64 &&
	       reader->capabilities & 1ull << value;
}

/* The list KEY of OBJECT, if there is one; how many of it hold in *HELD. */
static size_t count_held(struct profile_reader *reader, const char *base,
			 const json_t *object, const char *key, holds_fn *holds,
			 size_t *held)
{
	const json_t *list = json_object_get(object, key);
	size_t n = json_array_size(list);
	char path[128];

	*held = 0;
	if (list && !json_is_null(list) && !json_is_array(list)) {
		snprintf(path, sizeof(path), "%.64s.%s", base, key);
		profile_fault(reader, path, "not an array of strings");
	}
	for (size_t i = 0; i < n; i++) {
		const char *word = json_string_value(json_array_get(list, i));

		snprintf(path, sizeof(path), "%.64s.%s[%zu]", base, key, i);
		if (!word)
			profile_fault(reader, path, "not a string");
		else
			*held += holds(reader, path, word);
	}
	return n;
}

/* "4.8" at the beginning of TEXT, as one number; 0: there is none. */
static unsigned long version_of(const char *text, const char **end)
{
	unsigned long major, minor;
	char *dot, *rest;

	if (!isdigit((unsigned char)*text))
		return 0;
	major = strtoul(text, &dot, 10);
	if (*dot != '.' || !isdigit((unsigned char)dot[1]))
		return 0;
	minor = strtoul(dot + 1, &rest, 10);
	*end = rest;
	return major < 10000 && minor < 10000 ? major * 10000 + minor : 0;
}

/* Whether "minKernel" of OBJECT is there, and in *HELD whether it is met. */
static bool kernel_held(struct profile_reader *reader, const char *base,
			const json_t *object, bool *held)
{
	const json_t *json = json_object_get(object, "minKernel");
	const char *text = json_string_value(json), *end = "";
	unsigned long wanted;
	struct utsname name;
	char path[128];

	if (!json || json_is_null(json) || (text && !*text))
		return false;
	wanted = text ? version_of(text, &end) : 0;
	if (!wanted || *end) {
		snprintf(path, sizeof(path), "%.64s.minKernel", base);
		profile_fault(reader, path,
			      "not a version such as \"4.8\", in quotes");
		return false;
	}
	uname(&name);
	*held = version_of(name.release, &end) >= wanted;
	return true;
}

static json_t *take_object(struct profile_reader *reader, const char *base,
			   const json_t *json, const char *key, char path[96])
{
	json_t *object = json_object_get(json, key);

	snprintf(path, 96, "%.64s.%s", base, key);
	if (!object || json_is_null(object))
		return NULL;
	if (!json_is_object(object)) {
		profile_fault(reader, path, "not an object");
		return NULL;
	}
	profile_keys(reader, path, object, " arches caps minKernel ");
	return object;
}

/* Any of what is excluded excludes. */
static bool is_excluded(struct profile_reader *reader, const char *base,
			const json_t *json)
{
	size_t arches, caps;
	bool newer = false;
	json_t *object;
	char path[96];

	object = take_object(reader, base, json, "excludes", path);
	if (!object)
		return false;
	count_held(reader, path, object, "arches", is_native, &arches);
	count_held(reader, path, object, "caps", is_held, &caps);
	kernel_held(reader, path, object, &newer);
	return arches || caps || newer;
}

/* One of the architectures, all of the capabilities, and the kernel. */
static bool is_included(struct profile_reader *reader, const char *base,
			const json_t *json)
{
	size_t n_arches, arches, n_caps, caps;
	bool has_kernel, newer = false;
	json_t *object;
	char path[96];

	object = take_object(reader, base, json, "includes", path);
	if (!object)
		return true;
	n_arches =
		count_held(reader, path, object, "arches", is_native, &arches);
	n_caps = count_held(reader, path, object, "caps", is_held, &caps);
	has_kernel = kernel_held(reader, path, object, &newer);
	return (!n_arches || arches) && caps == n_caps &&
	       (!has_kernel || newer);
}

bool profile_applies(struct profile_reader *reader, const char *path,
		     const json_t *json)
{
	/* Both are read, for the faults in them. */
	bool excluded = is_excluded(reader, path, json);

	return is_included(reader, path, json) && !excluded;
}
