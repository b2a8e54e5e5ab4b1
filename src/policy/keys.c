#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>

#include "entry.h"
#include "environment.h"
#include "keys.h"
#include "limits.h"
#include "names.h"
#include "network.h"
#include "origin.h"
#include "paths.h"
#include "process.h"
#include "suggest.h"
#include "verdict.h"

#define FAULT(...) fault_add(faults, origin->file, origin->line, __VA_ARGS__)

static void take_entry(struct policy *policy, const struct origin *origin,
		       enum action action, struct faults *faults)
{
	struct entry *entry = entry_parse(policy, origin, faults);

	if (!entry)
		return;
	if (entry->errnum && action != ACTION_DENY)
		FAULT("'%s': an errno belongs to deny; %s has none",
		      origin->text, origin->key);
	else if (entry->errnum && entry->removes)
		FAULT("'%s': '!' takes out whatever the errno is; write '%.*s'",
		      origin->text,
		      (int)(strrchr(origin->text, ':') - origin->text),
		      origin->text);
	else
		STAILQ_INSERT_TAIL(&policy->entries[action], entry, next);
}

static void take_allow(struct policy *policy, const struct origin *origin,
		       struct faults *faults)
{
	take_entry(policy, origin, ACTION_ALLOW, faults);
}

static void take_log(struct policy *policy, const struct origin *origin,
		     struct faults *faults)
{
	take_entry(policy, origin, ACTION_LOG, faults);
}

static void take_deny(struct policy *policy, const struct origin *origin,
		      struct faults *faults)
{
	take_entry(policy, origin, ACTION_DENY, faults);
}

static void take_kill(struct policy *policy, const struct origin *origin,
		      struct faults *faults)
{
	take_entry(policy, origin, ACTION_KILL, faults);
}

/* allow, deny, kill, log, or an errno's name. */
static void take_default(struct policy *policy, const struct origin *origin,
			 struct faults *faults)
{
	const struct origin *old = &policy->default_origin;
	enum action action = ACTION_DENY;
	int errnum = errno_number(origin->text);

	for (size_t i = 0; i < N_ACTIONS && errnum == 0; i++) {
		if (strcmp(action_name((enum action)i), origin->text) != 0)
			continue;
		action = (enum action)i;
		errnum = EPERM;
	}
	if (origin->text[0] == '\0') {
		FAULT("'default' has no value; it stands on the same line");
		return;
	}
	if (errnum == 0) {
		FAULT("'default' is allow, deny, kill, log or an errno's name, "
		      "not '%s'",
		      origin->text);
		return;
	}
	if (!origin_replaces(old, origin, faults))
		return;
	policy->default_action = action;
	policy->default_errnum = errnum;
	policy->default_origin = *origin;
}

static void fault_architecture(const struct origin *origin,
			       struct faults *faults)
{
	struct suggestion suggestion;
	const char *name;
	char hint[80];

	suggestion_init(&suggestion, origin->text);
	suggestion_try(&suggestion, "native");
	for (size_t i = 0; (name = arch_list(i)); i++)
		suggestion_try(&suggestion, name);
	FAULT("unknown architecture '%s'%s", origin->text,
	      suggestion_text(&suggestion, hint, sizeof(hint)));
}

static void take_architecture(struct policy *policy,
			      const struct origin *origin,
			      struct faults *faults)
{
	uint32_t arch = arch_number(origin->text);

	if (arch == 0) {
		fault_architecture(origin, faults);
		return;
	}
	/* libseccomp keeps the two apart, and so does the kernel. */
	if ((arch ^ seccomp_arch_native()) & __AUDIT_ARCH_LE) {
		FAULT("architecture '%s' has another byte order than this "
		      "machine, which cannot run its programs",
		      origin->text);
		return;
	}
	for (size_t i = 0; i < policy->n_architectures; i++) {
		if (policy->architectures[i] == arch)
			return;
	}
	if (policy->n_architectures == MAX_ARCHITECTURES) {
		FAULT("more than %d architectures", MAX_ARCHITECTURES);
		return;
	}
	policy->architecture_origins[policy->n_architectures] = *origin;
	policy->architectures[policy->n_architectures++] = arch;
}

/*
 * The number of the capability NAME, or -1. cap_from_name(3) takes numbers as
 * well, and stops at a comma; only the whole names are the policy's.
 */
static int capability_number(const char *name)
{
	cap_value_t value;
	bool same = false;
	char *known;

	if (strncasecmp(name, "cap_", 4) != 0 ||
	    cap_from_name(name, &value) < 0)
		return -1;
	known = cap_to_name(value);
	if (known)
		same = strcasecmp(known, name) == 0;
	cap_free(known);
	return same ? value : -1;
}

static void fault_capability(const struct origin *origin, const char *name,
			     struct faults *faults)
{
	struct suggestion suggestion;
	char prefixed[64] = "cap_";
	char hint[80];

	/* "net_raw" and "kill" are near to nothing without the prefix. */
	strncat(prefixed, name, sizeof(prefixed) - sizeof("cap_"));
	suggestion_init(&suggestion,
			strncasecmp(name, "cap_", 4) ? prefixed : name);
	for (cap_value_t i = 0; i < cap_max_bits(); i++) {
		char *known = cap_to_name(i);

		if (known)
			suggestion_try(&suggestion, known);
		cap_free(known);
	}
	FAULT("unknown capability '%s'%s", name,
	      suggestion_text(&suggestion, hint, sizeof(hint)));
}

/* "!cap_x" takes out what was gathered before. */
static void capability_remove(struct policy *policy, int value)
{
	struct capability *at, *safe = STAILQ_FIRST(&policy->capabilities);

	while ((at = safe)) {
		safe = STAILQ_NEXT(at, next);
		if (at->value == value)
			STAILQ_REMOVE(&policy->capabilities, at, capability,
				      next);
	}
}

static void take_capability(struct policy *policy, const struct origin *origin,
			    struct faults *faults)
{
	struct capability *capability;
	const char *name = origin->text + strspn(origin->text, "!?");
	const char *signs = origin->text;
	int value = capability_number(name);
	bool optional = memchr(signs, '?', (size_t)(name - signs));

	if (value < 0 && optional && strncasecmp(name, "cap_", 4) == 0)
		return; /* this kernel or libcap does not have it */
	if (value < 0) {
		fault_capability(origin, name, faults);
		return;
	}
	if (memchr(signs, '!', (size_t)(name - signs))) {
		capability_remove(policy, value);
		return;
	}
	capability = policy_alloc(policy, sizeof(*capability));
	capability->origin = *origin;
	capability->value = value;
	capability->optional = optional;
	STAILQ_INSERT_TAIL(&policy->capabilities, capability, next);
}

/*
 * keep or drop, once for each line that has one: an empty `drop =` keeps all,
 * so the key counts even without a word.
 */
static void begin_capabilities(struct policy *policy,
			       const struct origin *origin,
			       struct faults *faults)
{
	const struct origin *old = &policy->capability_origin;
	enum capability_mode mode = strcmp(origin->key, "keep") == 0
					    ? CAPABILITIES_KEEP
					    : CAPABILITIES_DROP;

	if (old->file && mode != policy->capability_mode) {
		FAULT("keep and drop exclude each other; "
		      "'%s' stands at %s:%u",
		      old->key, old->file, old->line);
		return;
	}
	policy->capability_mode = mode;
	policy->capability_origin = *origin;
}

typedef void take_fn(struct policy *policy, const struct origin *origin,
		     struct faults *faults);

static const struct key {
	const char *section;
	const char *name;
	bool is_list;
	take_fn *begin; /* once for each line of the key, or NULL */
	take_fn *take;	/* for each word of a list, or for the value */
} keys[] = {
	{ "capabilities", "keep", true, begin_capabilities, take_capability },
	{ "capabilities", "drop", true, begin_capabilities, take_capability },
	{ "syscalls", "default", false, NULL, take_default },
	{ "syscalls", "allow", true, NULL, take_allow },
	{ "syscalls", "log", true, NULL, take_log },
	{ "syscalls", "deny", true, NULL, take_deny },
	{ "syscalls", "kill", true, NULL, take_kill },
	{ "syscalls", "architectures", true, NULL, take_architecture },
	{ "process", "user", false, NULL, process_take },
	{ "process", "group", false, NULL, process_take },
	{ "process", "root", false, NULL, process_take },
	{ "process", "chdir", false, NULL, process_take },
	{ "process", "umask", false, NULL, process_take },
	{ "process", "nice", false, NULL, process_take },
	{ "process", "oom_score_adj", false, NULL, process_take },
	{ "process", "new_session", false, NULL, process_take },
	{ "process", "stdin", false, NULL, process_take },
	{ "process", "stdout", false, NULL, process_take },
	{ "process", "stderr", false, NULL, process_take },
	{ "process", "close_fds", false, NULL, process_take },
	{ "process", "pdeathsig", false, NULL, process_take },
	{ "process", "dumpable", false, NULL, process_fault_dumpable },
	{ "process", "groups", true, process_begin_groups, process_take_word },
	{ "process", "keep_fds", true, NULL, process_take_word },
	{ "environment", "clear", false, NULL, environment_take_clear },
	{ "environment", "keep", true, environment_begin_keep,
	  environment_take_name },
	{ "environment", "unset", true, NULL, environment_take_name },
	{ "environment", "set", false, NULL, environment_take_set },
	{ "limits", "as", false, NULL, limit_take },
	{ "limits", "core", false, NULL, limit_take },
	{ "limits", "cpu", false, NULL, limit_take },
	{ "limits", "data", false, NULL, limit_take },
	{ "limits", "fsize", false, NULL, limit_take },
	{ "limits", "locks", false, NULL, limit_take },
	{ "limits", "memlock", false, NULL, limit_take },
	{ "limits", "msgqueue", false, NULL, limit_take },
	{ "limits", "nice", false, NULL, limit_take },
	{ "limits", "nofile", false, NULL, limit_take },
	{ "limits", "nproc", false, NULL, limit_take },
	{ "limits", "rss", false, NULL, limit_take },
	{ "limits", "rtprio", false, NULL, limit_take },
	{ "limits", "rttime", false, NULL, limit_take },
	{ "limits", "sigpending", false, NULL, limit_take },
	{ "limits", "stack", false, NULL, limit_take },
	{ "paths", "read", true, paths_begin, path_take },
	{ "paths", "write", true, paths_begin, path_take },
	{ "paths", "execute", true, paths_begin, path_take },
	{ "network", "bind", true, ports_begin, port_take },
	{ "network", "connect", true, ports_begin, port_take },
	{ "network", "scope", true, NULL, scope_take },
};
#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

bool key_section(const char *name)
{
	for (size_t i = 0; i < N_KEYS; i++) {
		if (strcmp(keys[i].section, name) == 0)
			return true;
	}
	return false;
}

const char *key_section_name(size_t index)
{
	return index < N_KEYS ? keys[index].section : NULL;
}

static void fault_key(const char *section, const struct origin *origin,
		      struct faults *faults)
{
	struct suggestion suggestion;
	char hint[80];

	suggestion_init(&suggestion, origin->key);
	if (strcmp(section, "policy") == 0)
		suggestion_try(&suggestion, "include");
	for (size_t i = 0; i < N_KEYS; i++) {
		if (strcmp(keys[i].section, section) == 0)
			suggestion_try(&suggestion, keys[i].name);
	}
	FAULT("unknown key '%s' in [%s]%s", origin->key, section,
	      suggestion_text(&suggestion, hint, sizeof(hint)));
}

void key_parse(struct policy *policy, const char *section,
	       struct origin *origin, const char *value, struct faults *faults)
{
	const struct key *key = NULL;
	const char *word;
	size_t length;

	for (size_t i = 0; i < N_KEYS && !key; i++) {
		if (strcmp(keys[i].section, section) == 0 &&
		    strcmp(keys[i].name, origin->key) == 0)
			key = &keys[i];
	}
	if (!key) {
		fault_key(section, origin, faults);
		return;
	}
	origin->text = policy_strndup(policy, value, strlen(value));
	if (key->begin)
		key->begin(policy, origin, faults);
	if (!key->is_list) {
		key->take(policy, origin, faults);
		return;
	}
	while ((word = entry_next_word(&value, &length))) {
		origin->text = policy_strndup(policy, word, length);
		/* At the beginning of a line it would be a section's. */
		if (*word == '[')
			FAULT("'%s': no word of '%s' begins with '['",
			      origin->text, origin->key);
		else
			key->take(policy, origin, faults);
	}
}
