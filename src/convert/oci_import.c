#include <err.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/utsname.h>

#include "../policy/condition.h"
#include "../policy/multiplex.h"
#include "../policy/names.h"
#include "../policy/string_stream.h"
#include "../policy/verdict.h"
#include "../status.h"
#include "ini_text.h"
#include "namings.h"
#include "oci_import.h"

/* Comparisons of one entry, and one more for what chooses the call. */
#define MAX_COMPARED 65

/* What a policy's line can hold of one entry; scrun.ini(5), Limits. */
#define MAX_ENTRY 197

struct import {
	const struct profile *profile;
	struct namings namings; /* owned */
	struct ini_text ini;
	/* The entry that began the line, to which others can be added. */
	const struct profile_entry *line;
	struct faults *faults, *losses;
};

/* ---- Calls that are made through another one ---- */

/* The entry that names NAME whatever its arguments, and says something. */
static const struct profile_entry *entry_for_all(const struct import *import,
						 const char *name)
{
	size_t n;
	const struct naming *naming = namings_of(&import->namings, name, &n);

	for (; n > 0; n--, naming++) {
		if (!naming->entry->is_idle && !naming->entry->n_conditions)
			return naming->entry;
	}
	return NULL;
}

static bool is_named(const struct import *import, const char *name)
{
	size_t n;

	namings_of(&import->namings, name, &n);
	return n > 0;
}

static const char *through_name(const struct multiplex *multiplex,
				uint32_t arch)
{
	/* libseccomp has no other. */
	return syscall_number(arch, "ipc") == multiplex->nr ? "ipc"
							    : "socketcall";
}

/*
 * Whether libseccomp and a policy's entry NAME mean different things by a call
 * that ARCH makes through another one as well. libseccomp looks at the direct
 * call's arguments, lets the other way pass or not as a whole, and compares
 * all of what chooses the call.
 */
static bool differs_on(const struct import *import,
		       const struct profile_entry *entry, const char *name,
		       uint32_t arch)
{
	const struct profile_entry *through;
	struct multiplex multiplex;

	if (!multiplex_find(arch, name, &multiplex))
		return false;
	if (entry->n_conditions)
		return true;
	through = entry_for_all(import, through_name(&multiplex, arch));
	if (through)
		return !same_effect(through, entry);
	/* What it says of some arguments may contradict. */
	return multiplex.mask != UINT32_MAX ||
	       is_named(import, through_name(&multiplex, arch));
}

static bool differs(const struct import *import,
		    const struct profile_entry *entry, const char *name)
{
	const struct profile *profile = import->profile;

	for (size_t i = 0; i < profile->n_architectures; i++) {
		if (differs_on(import, entry, name, profile->architectures[i]))
			return true;
	}
	return false;
}

/* ---- Writing ---- */

static void line_end(struct import *import)
{
	if (import->line)
		ini_end(&import->ini);
	import->line = NULL;
}

/* Begins a line for ENTRY, unless it can go on with the one above. */
static void line_for(struct import *import, const struct profile_entry *entry)
{
	const struct profile_entry *line = import->line;
	const char *comment = entry->comment;
	bool is_plain = !comment || !*comment;

	if (line == entry || (line && line->action == entry->action &&
			      is_plain && !line->comment))
		return;
	line_end(import);
	fputc('\n', import->ini.to);
	if (!is_plain)
		ini_comment(&import->ini, comment);
	ini_begin(&import->ini, action_name(entry->action));
	import->line = entry;
}

static void write_word(struct import *import, const struct profile_entry *entry,
		       const char *arch, const char *name,
		       const struct condition *conditions, size_t n)
{
	const char *signs = arch[0] == '?' ? "?" : "";
	char text[1024], errnum[24] = "", inside[800];

	arch += *signs == '?';
	if (n && strcmp(name, "execve") == 0) {
		fault_add(import->losses, import->profile->file,
			  entry_line(import->profile, entry),
			  "syscalls[%zu]: a policy has no conditions on "
			  "execve, whose arguments are addresses; %s",
			  entry->index,
			  entry->action >= ACTION_DENY
				  ? "read as one on all of them"
				  : "left out");
		if (entry->action < ACTION_DENY)
			return;
		n = 0;
	}
	if (entry->action == ACTION_DENY && entry->errnum != EPERM)
		snprintf(errnum, sizeof(errnum), ":%s",
			 errno_name(entry->errnum));
	conditions_print(inside, sizeof(inside), name, conditions, n);
	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s%s", signs, arch,
		 *arch ? ":" : "", name, n ? "(" : "", inside, n ? ")" : "",
		 errnum);
	if (strlen(text) > MAX_ENTRY)
		fault_add(import->faults, import->profile->file,
			  entry_line(import->profile, entry),
			  "syscalls[%zu]: the comparisons on %s make an entry "
			  "of more than %d bytes, which a policy cannot have",
			  entry->index, name, MAX_ENTRY);
	line_for(import, entry);
	ini_word(&import->ini, text);
}

/* What libseccomp makes of a rule for the other way: its first argument is what
 * chooses the call. */
static size_t conditions_through(const struct multiplex *multiplex,
				 const struct condition *from, size_t n,
				 struct condition to[MAX_COMPARED])
{
	size_t kept = 1;

	to[0] = (struct condition){
		.bits = 64,
		.is_raw = true,
		.comparison = CMP_EQ,
		.mask = UINT64_MAX,
		.value = multiplex->selector,
	};
	for (size_t i = 0; i < n; i++) {
		if (from[i].arg != 0)
			to[kept++] = from[i];
	}
	return kept;
}

/* A rule for the other way that an entry comes to on an architecture. */
struct derived {
	const struct profile_entry *entry;
	const char *name;    /* of the call */
	const char *through; /* "socketcall" or "ipc" */
	const struct multiplex *multiplex;
	struct condition conditions[MAX_COMPARED];
	size_t n;
};

static void fault_through(struct import *import, const struct derived *derived,
			  const struct profile_entry *other)
{
	fault_add(import->faults, import->profile->file,
		  entry_line(import->profile, derived->entry),
		  "syscalls[%zu]: 32-bit programs make %s through %s as well, "
		  "where its first argument cannot be seen, and there "
		  "syscalls[%zu] in line %u wants the contrary; take the call "
		  "out of one",
		  derived->entry->index, derived->name, derived->through,
		  other->index, entry_line(import->profile, other));
}

/* Whether another entry's rule of N conditions FROM is the same one; or a
 * fault, where it contradicts. */
static bool is_same_rule(struct import *import, const struct derived *derived,
			 const struct profile_entry *other,
			 const struct condition *from, size_t n)
{
	if (!same_effect(other, derived->entry) &&
	    lists_overlap(derived->conditions, derived->n, from, n))
		fault_through(import, derived, other);
	return conditions_equal(derived->conditions, derived->n, from, n);
}

/* Looks at what entries say of the other way itself. */
static void check_through(struct import *import, const struct derived *derived)
{
	size_t n_namings;
	const struct naming *naming =
		namings_of(&import->namings, derived->through, &n_namings);

	for (; n_namings > 0; n_namings--, naming++) {
		const struct profile_entry *other = naming->entry;

		for (size_t i = 0; i < entry_alternatives(other); i++) {
			size_t n;
			const struct condition *from =
				entry_alternative(other, i, &n);

			if (!other->is_idle)
				is_same_rule(import, derived, other, from, n);
		}
	}
}

/*
 * Whether an entry on the call before alternative INDEX of DERIVED's came to
 * the same rule; where it contradicts it, a fault.
 */
static bool is_taken(struct import *import, const struct derived *derived,
		     size_t index)
{
	static struct condition before[MAX_COMPARED];
	size_t n_namings;
	const struct naming *naming =
		namings_of(&import->namings, derived->name, &n_namings);

	for (; n_namings > 0; n_namings--, naming++) {
		const struct profile_entry *other = naming->entry;

		if (other->is_idle || other->index > derived->entry->index)
			continue;
		for (size_t i = 0; i < entry_alternatives(other); i++) {
			const struct condition *from;
			size_t n;

			if (other == derived->entry && i >= index)
				break;
			from = entry_alternative(other, i, &n);
			n = conditions_through(derived->multiplex, from, n,
					       before);
			if (is_same_rule(import, derived, other, before, n))
				return true;
		}
	}
	return false;
}

static void write_through(struct import *import,
			  const struct profile_entry *entry, size_t index,
			  const char *name, uint32_t arch)
{
	struct multiplex multiplex;
	struct derived derived = {
		.entry = entry,
		.name = name,
		.multiplex = &multiplex,
	};
	const struct condition *from;

	if (!multiplex_find(arch, name, &multiplex))
		return;
	derived.through = through_name(&multiplex, arch);
	/* A rule for all arguments hides those for some. */
	if (entry_for_all(import, derived.through))
		return;
	from = entry_alternative(entry, index, &derived.n);
	derived.n = conditions_through(&multiplex, from, derived.n,
				       derived.conditions);
	check_through(import, &derived);
	if (!is_taken(import, &derived, index))
		write_word(import, entry, arch_name(arch), derived.through,
			   derived.conditions, derived.n);
}

/* Alternative INDEX of ENTRY, for each architecture by itself. */
static void write_apart(struct import *import,
			const struct profile_entry *entry, size_t index,
			const char *name)
{
	const struct profile *profile = import->profile;

	for (size_t i = 0; i < profile->n_architectures; i++) {
		uint32_t arch = profile->architectures[i];
		size_t n;
		const struct condition *from =
			entry_alternative(entry, index, &n);

		if (syscall_number(arch, name) >= 0)
			write_word(import, entry, arch_name(arch), name, from,
				   n);
		write_through(import, entry, index, name, arch);
	}
}

static bool is_here(const struct profile *profile, const char *name)
{
	struct multiplex multiplex;

	for (size_t i = 0; i < profile->n_architectures; i++) {
		uint32_t arch = profile->architectures[i];

		if (syscall_number(arch, name) >= 0 ||
		    multiplex_find(arch, name, &multiplex))
			return true;
	}
	return false;
}

static void write_name(struct import *import, const struct profile_entry *entry,
		       const char *name)
{
	bool apart = differs(import, entry, name);

	for (size_t i = 0; i < entry_alternatives(entry); i++) {
		size_t n;
		const struct condition *conditions =
			entry_alternative(entry, i, &n);

		if (apart)
			write_apart(import, entry, i, name);
		else
			write_word(import, entry,
				   is_here(import->profile, name) ? "" : "?",
				   name, conditions, n);
	}
}

static void write_entry(struct import *import,
			const struct profile_entry *entry)
{
	const char *name;

	if (entry->is_idle)
		return;
	for (size_t i = 0; (name = profile_name(entry, i)); i++)
		write_name(import, entry, name);
}

/* Whom the profile was read for: another machine may get another policy. */
static void write_head(struct import *import, uint64_t capabilities)
{
	struct ini_text *ini = &import->ini;
	char text[4096], *list = NULL;
	const char *comment;
	struct utsname name;
	size_t size, n = 0;
	FILE *to = string_open(&list, &size);

	if (!to)
		err(STATUS_FAILED, "memory");
	for (int i = 0; i < 64; i++) {
		char *capability =
			capabilities & 1ull << i ? cap_to_name(i) : NULL;

		if (capability)
			fprintf(to, "%s%s", n++ ? " " : "", capability);
		cap_free(capability);
	}
	if (!string_close(to))
		err(STATUS_FAILED, "memory");
	uname(&name);
	snprintf(text, sizeof(text),
		 "Made by scrun --import from the seccomp profile %.1000s, as "
		 "it applies on %s, under Linux %.64s, to a process with the "
		 "capabilities %s.",
		 import->profile->file, arch_name(seccomp_arch_native()),
		 name.release, n ? list : "none");
	ini_comment(ini, text);
	ini_comment(ini, "A profile keeps and drops no capabilities; without a "
			 "section [capabilities], scrun keeps none.");
	comment = json_string_value(
		json_object_get(import->profile->json, "comment"));
	if (comment && *comment)
		ini_comment(ini, comment);
	free(list);
}

static void write_settings(struct import *import)
{
	const struct profile *profile = import->profile;

	fprintf(import->ini.to, "\n[syscalls]\ndefault = %s\n",
		profile->default_action == ACTION_DENY
			? errno_name(profile->default_errnum)
			: action_name(profile->default_action));
	if (profile->n_architectures == 1)
		return;
	ini_begin(&import->ini, "architectures");
	for (size_t i = 0; i < profile->n_architectures; i++)
		ini_word(&import->ini, arch_name(profile->architectures[i]));
	ini_end(&import->ini);
}

void oci_import(FILE *to, const struct profile *profile, uint64_t capabilities,
		struct faults *faults, struct faults *losses)
{
	struct import import = {
		.profile = profile,
		.ini = { .to = to },
		.faults = faults,
		.losses = losses,
	};

	namings_make(&import.namings, profile);
	namings_check(&import.namings, faults);
	write_head(&import, capabilities);
	write_settings(&import);
	for (size_t i = 0; i < profile->n_entries; i++)
		write_entry(&import, &profile->entries[i]);
	line_end(&import);
	namings_free(&import.namings);
}
