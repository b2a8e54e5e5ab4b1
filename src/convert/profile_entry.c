#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../policy/names.h"
#include "../policy/suggest.h"
#include "../status.h"
#include "profile_entry.h"

#define MAX_NAME      64
#define MAX_NAMES     16384
#define MAX_ARGUMENTS 64
#define MAX_ERRNO     4095 /* what the kernel cuts larger ones to */

/* What scrun makes of an action, and what is lost where that is stricter. */
static const struct {
	const char *name;
	uint32_t compiled; /* to; less its errno */
	enum action action;
	int errnum;
	const char *loss;
} actions[] = {
	{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW, ACTION_ALLOW, 0, NULL },
	{ "SCMP_ACT_LOG", SCMP_ACT_LOG, ACTION_LOG, 0, NULL },
	{ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0), ACTION_DENY, EPERM, NULL },
	{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, ACTION_KILL, 0,
	  NULL },
	{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD, ACTION_KILL, 0,
	  "ends the thread alone, for which scrun has no word; read as kill, "
	  "which ends the process" },
	{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, ACTION_KILL, 0,
	  "ends the thread alone, for which scrun has no word; read as kill, "
	  "which ends the process" },
	{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP, ACTION_KILL, 0,
	  "sends a SIGSYS that can be handled, for which scrun has no word; "
	  "read as kill" },
	{ "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0), ACTION_DENY, ENOSYS,
	  "asks a tracer, for which scrun has no word; read as deny with "
	  "ENOSYS, as where there is none" },
	{ "SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY, ACTION_DENY, ENOSYS,
	  "asks another process, for which scrun has no word; read as deny "
	  "with ENOSYS, as where there is none" },
};
#define N_ACTION_NAMES (sizeof(actions) / sizeof(actions[0]))

/* "syscalls[3]" and "action", as "syscalls[3].action". */
static void path_join(char path[128], const char *base, const char *member)
{
	snprintf(path, 128, "%.90s%s%.30s", base, *base ? "." : "", member);
}

/* Members whose type nothing else looks at. Numbers are real (profile.c). */
static const struct {
	const char *key;
	json_type type;
	const char *what;
} types[] = {
	{ "defaultErrnoRet", JSON_REAL, "a number" },
	{ "defaultErrno", JSON_STRING, "a string" },
	{ "flags", JSON_ARRAY, "an array" },
	{ "listenerPath", JSON_STRING, "a string" },
	{ "listenerMetadata", JSON_STRING, "a string" },
	{ "comment", JSON_STRING, "a string" },
	{ "name", JSON_STRING, "a string" },
	{ "names", JSON_ARRAY, "an array" },
	{ "errnoRet", JSON_REAL, "a number" },
	{ "errno", JSON_STRING, "a string" },
};

static void check_type(struct profile_reader *reader, const char *base,
		       const char *key, const json_t *value)
{
	char path[128];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].key, key) != 0 || json_is_null(value) ||
		    json_typeof(value) == types[i].type)
			continue;
		path_join(path, base, key);
		profile_fault(reader, path, "not %s", types[i].what);
	}
}

void profile_keys(struct profile_reader *reader, const char *path,
		  json_t *object, const char *keys)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		char spaced[MAX_NAME + 3];

		snprintf(spaced, sizeof(spaced), " %s ", key);
		if (strlen(key) <= MAX_NAME && strstr(keys, spaced))
			check_type(reader, path, key, value);
		else
			profile_fault(reader, path,
				      "unknown member \"%.64s\"; there are%s",
				      key, keys);
	}
}

static void fault_action(struct profile_reader *reader, const char *path,
			 const char *name)
{
	struct suggestion suggestion;
	char hint[80];

	suggestion_init(&suggestion, name);
	for (size_t i = 0; i < N_ACTION_NAMES; i++)
		suggestion_try(&suggestion, actions[i].name);
	profile_fault(reader, path, "unknown action '%.64s'%s", name,
		      suggestion_text(&suggestion, hint, sizeof(hint)));
}

/* "errnoRet", a number, or "errno", a name, as Podman writes it. */
static bool take_errno(struct profile_reader *reader, const char *base,
		       const json_t *object, const struct action_keys *keys,
		       char path[128], uint64_t *value)
{
	const json_t *number = json_object_get(object, keys->errnum);
	const char *name =
		json_string_value(json_object_get(object, keys->errno_name));

	*value = EPERM;
	path_join(path, base, name && *name ? keys->errno_name : keys->errnum);
	if (name && *name) {
		*value = (uint64_t)errno_number(name);
		if (!*value)
			profile_fault(reader, path, "unknown errno '%.32s'",
				      name);
		return *value;
	}
	/* Any other type is a fault already. */
	return !json_is_real(number) ||
	       profile_number(reader, path, number, UINT32_MAX, value);
}

/* The errno VALUE at PATH as a policy has it. */
static int known_errno(struct profile_reader *reader, const char *path,
		       uint64_t value)
{
	int errnum = value > MAX_ERRNO ? MAX_ERRNO : (int)value;

	if (strerrorname_np(errnum) && errnum)
		return errnum;
	profile_loss(reader, path,
		     "errno %d has no name, which a policy asks for; read as "
		     "EPERM",
		     errnum);
	return EPERM;
}

/* What has an errno: that of TRACE is for the tracer. */
static bool take_action(struct profile_reader *reader, const char *base,
			const json_t *object, const struct action_keys *keys,
			size_t index, struct profile_action *action)
{
	uint64_t value = 0;
	char path[128];

	*action = (struct profile_action){
		.action = actions[index].action,
		.errnum = actions[index].errnum,
		.compiled = actions[index].compiled,
	};
	if (action->compiled != SCMP_ACT_ERRNO(0) &&
	    action->compiled != SCMP_ACT_TRACE(0))
		return true;
	if (!take_errno(reader, base, object, keys, path, &value))
		return false;
	if (action->compiled == SCMP_ACT_ERRNO(0))
		action->errnum = known_errno(reader, path, value);
	action->compiled |= (uint32_t)value & 0xffff;
	return true;
}

bool profile_action(struct profile_reader *reader, const char *base,
		    const json_t *object, const struct action_keys *keys,
		    struct profile_action *action)
{
	const json_t *json = json_object_get(object, keys->action);
	const char *name = json_string_value(json);
	char path[128];

	path_join(path, base, keys->action);
	if (!name) {
		profile_fault(reader, json ? path : base,
			      "%s \"%s\", a string such as "
			      "\"SCMP_ACT_ALLOW\"",
			      json ? "not an" : "has no", keys->action);
		return false;
	}
	for (size_t i = 0; i < N_ACTION_NAMES; i++) {
		if (strcmp(actions[i].name, name) != 0)
			continue;
		if (actions[i].loss)
			profile_loss(reader, path, "%s %s", name,
				     actions[i].loss);
		return take_action(reader, base, object, keys, i, action);
	}
	fault_action(reader, path, name);
	return false;
}

/* ---- Arguments ---- */

static const struct {
	const char *name;
	enum comparison comparison;
	bool is_masked;
} operators[] = {
	{ "SCMP_CMP_EQ", CMP_EQ, false },
	{ "SCMP_CMP_NE", CMP_NE, false },
	{ "SCMP_CMP_LT", CMP_LT, false },
	{ "SCMP_CMP_LE", CMP_LE, false },
	{ "SCMP_CMP_GT", CMP_GT, false },
	{ "SCMP_CMP_GE", CMP_GE, false },
	{ "SCMP_CMP_MASKED_EQ", CMP_EQ, true },
};
#define N_OPERATORS (sizeof(operators) / sizeof(operators[0]))

/* The index of the operator that JSON names; N_OPERATORS: a fault. */
static size_t take_operator(struct profile_reader *reader, const char *path,
			    const json_t *json)
{
	const char *name = json_string_value(json);
	struct suggestion suggestion;
	char hint[80];
	size_t i = 0;

	suggestion_init(&suggestion, name ? name : "");
	for (; i < N_OPERATORS; i++) {
		if (name && strcmp(operators[i].name, name) == 0)
			return i;
		suggestion_try(&suggestion, operators[i].name);
	}
	if (name)
		profile_fault(reader, path, "unknown operator '%.64s'%s", name,
			      suggestion_text(&suggestion, hint, sizeof(hint)));
	else
		profile_fault(reader, path,
			      "no \"op\", a string such as \"SCMP_CMP_EQ\"");
	return i;
}

static bool take_number(struct profile_reader *reader, const char *base,
			const json_t *object, const char *key, uint64_t max,
			uint64_t *number)
{
	const json_t *json = json_object_get(object, key);
	char path[128];

	path_join(path, base, key);
	if (json)
		return profile_number(reader, path, json, max, number);
	profile_fault(reader, base, "has no \"%s\"", key);
	return false;
}

static bool take_argument(struct profile_reader *reader, const char *base,
			  json_t *json, struct condition *condition)
{
	uint64_t index, value, second = 0;
	size_t operator;
	char path[128];

	if (!json_is_object(json)) {
		profile_fault(reader, base, "not an object");
		return false;
	}
	profile_keys(reader, base, json, " index value valueTwo op ");
	path_join(path, base, "op");
	operator= take_operator(reader, path, json_object_get(json, "op"));
	if (operator== N_OPERATORS || !take_number(reader, base, json, "index",
						   5, &index) ||
	    !take_number(reader, base, json, "value", UINT64_MAX, &value))
		return false;
	path_join(path, base, "valueTwo");
	if (json_object_get(json, "valueTwo") &&
	    !profile_number(reader, path, json_object_get(json, "valueTwo"),
			    UINT64_MAX, &second))
		return false;
	*condition = (struct condition){
		.arg = (unsigned int)index,
		.bits = 64,
		.is_raw = true,
		.comparison = operators[operator].comparison,
		.mask = UINT64_MAX,
		.value = value,
	};
	if (operators[operator].is_masked) {
		/* libseccomp cuts what is compared as well (db.c). */
		condition->mask = value;
		condition->value = second & value;
	}
	return true;
}

/* Both runtimes make rules of their own of comparisons of one argument. */
static bool share_argument(const struct profile_entry *entry)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < entry->n_conditions; i++) {
		if (seen & 1u << entry->conditions[i].arg)
			return true;
		seen |= 1u << entry->conditions[i].arg;
	}
	return false;
}

/* A mask without a bit asks for nothing: what remains is to hold. */
static void drop_empty(struct profile_entry *entry)
{
	size_t kept = 0;

	for (size_t i = 0; i < entry->n_conditions; i++) {
		if (entry->conditions[i].mask)
			entry->conditions[kept++] = entry->conditions[i];
	}
	if (kept < entry->n_conditions && entry->are_alternatives)
		kept = 0; /* one of them always holds */
	entry->n_conditions = kept;
}

static bool take_arguments(struct profile_reader *reader, const char *base,
			   struct profile_entry *entry, const json_t *list)
{
	size_t n = json_array_size(list);
	char path[128];

	path_join(path, base, "args");
	if (!list || json_is_null(list) || (json_is_array(list) && n == 0))
		return true;
	if (!json_is_array(list) || n > MAX_ARGUMENTS) {
		profile_fault(reader, path,
			      json_is_array(list) ? "more than %d comparisons"
						  : "not an array",
			      MAX_ARGUMENTS);
		return false;
	}
	entry->conditions = calloc(n, sizeof(entry->conditions[0]));
	if (!entry->conditions)
		err(STATUS_FAILED, "memory");
	for (; entry->n_conditions < n; entry->n_conditions++) {
		char element[128];

		snprintf(element, sizeof(element), "%.90s[%zu]", path,
			 entry->n_conditions);
		if (!take_argument(reader, element,
				   json_array_get(list, entry->n_conditions),
				   &entry->conditions[entry->n_conditions]))
			return false;
	}
	entry->are_alternatives = share_argument(entry);
	drop_empty(entry);
	return true;
}

/* ---- Names ---- */

static bool name_ok(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_");

	return length > 0 && length <= MAX_NAME && name[length] == '\0';
}

static bool names_ok(struct profile_reader *reader, const char *base,
		     const struct profile_entry *entry)
{
	char path[128];

	for (size_t i = 0; i < MAX_NAMES; i++) {
		const char *name = profile_name(entry, i);

		if (!name && i >= json_array_size(entry->names))
			return true;
		if (name && name_ok(name))
			continue;
		snprintf(path, sizeof(path), "%.80s.names[%zu]", base, i);
		profile_fault(reader, path,
			      "'%.64s' is not a system call's name",
			      name ? name : "");
		return false;
	}
	snprintf(path, sizeof(path), "%.80s.names[%d]", base, MAX_NAMES);
	profile_fault(reader, path,
		      "more than %d names; there are some 500 system calls",
		      MAX_NAMES);
	return false;
}

/* "names", or "name", as Docker wrote it before 1.14. */
static bool take_names(struct profile_reader *reader, const char *base,
		       struct profile_entry *entry, json_t *json)
{
	json_t *names = json_object_get(json, "names");
	json_t *name = json_object_get(json, "name");
	bool has_name = json_is_string(name) && *json_string_value(name);

	if (has_name && json_array_size(names)) {
		profile_fault(reader, base,
			      "has both \"name\" and \"names\"; leave out one");
		return false;
	}
	entry->names = has_name ? name : names;
	if (has_name) {
		if (name_ok(json_string_value(name)))
			return true;
		profile_fault(reader, base,
			      "'%.64s' is not a system call's name",
			      json_string_value(name));
		return false;
	}
	if (!names || json_is_null(names))
		profile_fault(reader, base,
			      "has no \"names\", an array of strings");
	if (!json_is_array(names))
		return false;
	return names_ok(reader, base, entry);
}

bool profile_entry_read(struct profile_reader *reader,
			struct profile_entry *entry, json_t *json)
{
	const struct action_keys keys = { "action", "errnoRet", "errno" };
	size_t before = reader->faults->n;
	struct profile_action action;
	char path[64];
	bool applies;

	snprintf(path, sizeof(path), "syscalls[%zu]", entry->index);
	if (!json_is_object(json)) {
		profile_fault(reader, path, "not an object");
		return false;
	}
	profile_keys(reader, path, json,
		     " name names action errnoRet errno args comment includes "
		     "excludes ");
	applies = profile_applies(reader, path, json);
	if (!take_names(reader, path, entry, json) ||
	    !take_arguments(reader, path, entry,
			    json_object_get(json, "args")) ||
	    !profile_action(reader, path, json, &keys, &action))
		return false;
	entry->action = action.action;
	entry->errnum = action.errnum;
	entry->comment = json_string_value(json_object_get(json, "comment"));
	entry->is_idle = action.compiled == reader->default_compiled;
	return applies && reader->faults->n == before;
}

uint32_t profile_arch(const char *name)
{
	char lower[24];
	uint32_t arch;
	size_t i = 0;

	if (strncmp(name, "SCMP_ARCH_", 10) == 0)
		name += 10;
	for (; name[i] && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[i] = '\0';
	arch = arch_number(lower);
	/* libseccomp keeps the two byte orders apart. */
	if ((arch ^ seccomp_arch_native()) & __AUDIT_ARCH_LE)
		return 0;
	return arch;
}
