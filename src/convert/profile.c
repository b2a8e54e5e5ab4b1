#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../status.h"
#include "json_line.h"
#include "profile.h"
#include "profile_entry.h"

/* Docker's profile has 13 KiB, and 33 entries with some 500 names. */
#define FIRST_SIZE  ((size_t)64 * 1024)
#define MAX_SIZE    ((size_t)16 * 1024 * 1024)
#define MAX_ENTRIES 10000
#define MAX_FAULTS  100

unsigned int profile_line(const struct profile *profile, const char *path)
{
	return json_line(profile->text, path);
}

const char *profile_name(const struct profile_entry *entry, size_t index)
{
	if (json_is_string(entry->names))
		return index == 0 ? json_string_value(entry->names) : NULL;
	return json_string_value(json_array_get(entry->names, index));
}

__attribute__((format(printf, 4, 0))) static void
profile_add(struct profile_reader *reader, const char *path, struct faults *to,
	    const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		err(STATUS_FAILED, "memory");
	fault_add(to, reader->profile->file,
		  profile_line(reader->profile, path), "%s%s%s", path,
		  *path ? ": " : "", text);
	free(text);
}

void profile_fault(struct profile_reader *reader, const char *path,
		   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (reader->faults->n < MAX_FAULTS)
		profile_add(reader, path, reader->faults, format, args);
	va_end(args);
}

void profile_loss(struct profile_reader *reader, const char *path,
		  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (reader->losses->n < MAX_FAULTS)
		profile_add(reader, path, reader->losses, format, args);
	va_end(args);
}

/* A double has 53 bits; the text at PATH has them all. */
static bool number_in_text(const struct profile_reader *reader,
			   const char *path, uint64_t *number)
{
	const char *text = json_find(reader->profile->text, path);
	const char *end = text + strspn(text, "0123456789");

	if (end == text || strchr(".eE", *end))
		return false;
	errno = 0;
	*number = strtoull(text, NULL, 10);
	return errno == 0;
}

bool profile_number(struct profile_reader *reader, const char *path,
		    const json_t *json, uint64_t max, uint64_t *number)
{
	double real = json_is_real(json) ? json_real_value(json) : -1;
	bool is_right = real >= 0;

	if (is_right && real < (double)(1ull << 53)) {
		*number = (uint64_t)real;
		is_right = (double)*number == real;
	} else if (is_right) {
		is_right = number_in_text(reader, path, number);
	}
	if (is_right && *number <= max)
		return true;
	profile_fault(reader, path, "not a number from 0 to %llu",
		      (unsigned long long)max);
	return false;
}

/* ---- Architectures ---- */

static void add_architecture(struct profile_reader *reader, const char *path,
			     const json_t *json)
{
	struct profile *profile = reader->profile;
	const char *name = json_string_value(json);
	uint32_t arch = name ? profile_arch(name) : 0;

	if (!name) {
		profile_fault(reader, path,
			      "not a string such as "
			      "\"SCMP_ARCH_X86_64\"");
		return;
	}
	if (arch == 0) {
		profile_fault(reader, path,
			      "scrun does not know the architecture '%s', or "
			      "programs of it do not run here; leave it out",
			      name);
		return;
	}
	for (size_t i = 0; i < profile->n_architectures; i++) {
		if (profile->architectures[i] == arch)
			return;
	}
	if (profile->n_architectures == MAX_ARCHITECTURES)
		profile_fault(reader, path, "more than %d architectures",
			      MAX_ARCHITECTURES);
	else
		profile->architectures[profile->n_architectures++] = arch;
}

static void add_architectures(struct profile_reader *reader, const char *path,
			      const json_t *list)
{
	char element[96];

	if (list && !json_is_null(list) && !json_is_array(list))
		profile_fault(reader, path, "not an array");
	for (size_t i = 0; i < json_array_size(list); i++) {
		snprintf(element, sizeof(element), "%s[%zu]", path, i);
		add_architecture(reader, element, json_array_get(list, i));
	}
}

/* The entry of "archMap" for this machine's architecture, if there is one. */
static void take_arch_map(struct profile_reader *reader, const json_t *map)
{
	if (!json_is_array(map)) {
		profile_fault(reader, "archMap", "not an array");
		return;
	}
	for (size_t i = 0; i < json_array_size(map); i++) {
		const json_t *entry = json_array_get(map, i);
		const char *name = json_string_value(
			json_object_get(entry, "architecture"));
		char path[96];

		snprintf(path, sizeof(path), "archMap[%zu]", i);
		if (!name) {
			profile_fault(reader, path,
				      "has no string \"architecture\"");
			continue;
		}
		if (profile_arch(name) != reader->profile->architectures[0])
			continue;
		snprintf(path, sizeof(path), "archMap[%zu].subArchitectures",
			 i);
		add_architectures(reader, path,
				  json_object_get(entry, "subArchitectures"));
		return;
	}
}

static void take_architectures(struct profile_reader *reader)
{
	const json_t *json = reader->profile->json;
	const json_t *list = json_object_get(json, "architectures");
	const json_t *map = json_object_get(json, "archMap");

	if (json_array_size(list) && json_array_size(map)) {
		profile_fault(reader, "archMap",
			      "stands beside \"architectures\"; leave out one "
			      "of them, as Docker takes no profile with both");
		return;
	}
	if (map && !json_is_null(map))
		take_arch_map(reader, map);
	add_architectures(reader, "architectures", list);
}

/* ---- The whole ---- */

static void take_default(struct profile_reader *reader)
{
	struct profile *profile = reader->profile;
	struct profile_action action = { 0 };
	const struct action_keys keys = {
		.action = "defaultAction",
		.errnum = "defaultErrnoRet",
		.errno_name = "defaultErrno",
	};

	if (!json_object_get(profile->json, "defaultAction"))
		profile_fault(
			reader, "",
			"no \"defaultAction\": say what happens to a call "
			"that no entry names, as \"SCMP_ACT_ERRNO\"");
	else
		profile_action(reader, "", profile->json, &keys, &action);
	profile->default_action = action.action;
	profile->default_errnum = action.errnum;
	reader->default_compiled = action.compiled;
}

/* Flags and listeners are for the runtime, and not what the filter says. */
static void take_flags(struct profile_reader *reader)
{
	const json_t *flags = json_object_get(reader->profile->json, "flags");

	for (size_t i = 0; i < json_array_size(flags); i++) {
		const char *name = json_string_value(json_array_get(flags, i));
		char path[32];

		snprintf(path, sizeof(path), "flags[%zu]", i);
		/* Threads: scrun has none when it loads a filter. */
		if (!name || strcmp(name, "SECCOMP_FILTER_FLAG_TSYNC") != 0)
			profile_loss(reader, path,
				     "%s: a policy has no flags; left out",
				     name ? name : "this");
	}
}

static void take_entries(struct profile_reader *reader)
{
	struct profile *profile = reader->profile;
	const json_t *list = json_object_get(profile->json, "syscalls");
	size_t n = json_array_size(list);

	if (list && !json_is_null(list) && !json_is_array(list)) {
		profile_fault(reader, "syscalls", "not an array");
		return;
	}
	if (n > MAX_ENTRIES) {
		char path[64];

		snprintf(path, sizeof(path), "syscalls[%d]", MAX_ENTRIES);
		profile_fault(reader, path,
			      "more than %d entries; give those with the same "
			      "action one list of \"names\"",
			      MAX_ENTRIES);
		return;
	}
	profile->entries = calloc(n + 1, sizeof(profile->entries[0]));
	if (!profile->entries)
		err(STATUS_FAILED, "memory");
	for (size_t i = 0; i < n && reader->faults->n < MAX_FAULTS; i++) {
		struct profile_entry *entry =
			&profile->entries[profile->n_entries];

		*entry = (struct profile_entry){ .index = i };
		if (profile_entry_read(reader, entry, json_array_get(list, i)))
			profile->n_entries++;
		else
			free(entry->conditions);
	}
}

/* As much of FROM as there is, but no more than MAX_SIZE; to be freed. */
static char *read_text(FILE *from, size_t *length)
{
	char *text = NULL;
	size_t max = 0;

	*length = 0;
	do {
		if (*length == max) {
			max = max ? 2 * max : FIRST_SIZE;
			text = realloc(text, max + 1);
			if (!text)
				err(STATUS_FAILED, "memory");
		}
		*length += fread(text + *length, 1, max - *length, from);
	} while (!feof(from) && !ferror(from) && *length < MAX_SIZE);
	text[*length] = '\0';
	return text;
}

/* The whole of a file; NULL: a fault. */
static char *read_all(const char *file, size_t *length, struct faults *faults)
{
	FILE *from = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	size_t before = faults->n;
	char *text;

	if (!from) {
		fault_add(faults, file, 0, "cannot open: %s", strerror(errno));
		return NULL;
	}
	text = read_text(from, length);
	if (ferror(from))
		fault_add(faults, file, 0, "cannot read: %s", strerror(errno));
	else if (*length == MAX_SIZE)
		fault_add(faults, file, 0,
			  "larger than 16 MiB, too large for a profile");
	if (from != stdin)
		fclose(from);
	if (faults->n == before)
		return text;
	free(text);
	return NULL;
}

static bool parse(struct profile *profile, size_t length, struct faults *faults)
{
	json_error_t error;

	/* As real numbers: jansson's integers end at 2^63, and arguments do
	 * not. profile_number reads them from the text. */
	profile->json =
		json_loadb(profile->text, length,
			   JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL,
			   &error);
	if (json_is_object(profile->json))
		return true;
	if (profile->json)
		fault_add(faults, profile->file, 1,
			  "not a JSON object, as a seccomp profile is");
	else
		fault_add(faults, profile->file,
			  error.line > 0 ? (unsigned int)error.line : 1,
			  "column %d: %s", error.column, error.text);
	return false;
}

bool profile_read(struct profile *profile, const char *file,
		  uint64_t capabilities, struct faults *faults,
		  struct faults *losses)
{
	struct profile_reader reader = {
		.profile = profile,
		.capabilities = capabilities,
		.faults = faults,
		.losses = losses,
	};
	size_t before = faults->n, length;

	*profile = (struct profile){ .file = file, .n_architectures = 1 };
	profile->architectures[0] = profile_arch("native");
	profile->text = read_all(file, &length, faults);
	if (!profile->text || !parse(profile, length, faults))
		return false;
	profile_keys(&reader, "", profile->json, PROFILE_KEYS);
	take_default(&reader);
	take_architectures(&reader);
	take_flags(&reader);
	take_entries(&reader);
	return faults->n == before;
}

void profile_free(struct profile *profile)
{
	for (size_t i = 0; i < profile->n_entries; i++)
		free(profile->entries[i].conditions);
	free(profile->entries);
	free(profile->text);
	json_decref(profile->json);
	*profile = (struct profile){ 0 };
}
