#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "../../policy/arguments.h"
#include "../../policy/names.h"
#include "roles.h"

#define N_ARGUMENTS 6

/* A power of two above the numbers of any architecture. */
#define N_REMEMBERED 1024

struct remembered {
	uint32_t arch, nr;
	struct roles roles; /* without a name: a free place */
};

static int compare_name(const void *name, const void *entry)
{
	const struct roles_row *row = entry;

	return strcmp(name, row->name);
}

/* As in ../policy/multiplex.c, but where only a width differs. */
static bool has_other_arguments(uint32_t arch, const char *name)
{
	static const char *const names[] = {
		"fadvise64",	   "fadvise64_64", "fallocate",
		"fanotify_mark",   "ipc",	   "mmap",
		"readahead",	   "select",	   "socketcall",
		"sync_file_range",
	};

	if (arch == SCMP_ARCH_S390X)
		return strcmp(name, "mmap") == 0;
	if (!arch_is_32bit(arch))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static struct role role_of_argument(const struct argument *argument)
{
	struct role role = { .kind = ROLE_WORD };

	if (!argument->name[0])
		role.kind = ROLE_NONE;
	else if (argument->bits == 16)
		role.kind = ROLE_OCTAL; /* a umode_t, the only one of 16 */
	else if (argument->bits == 32 || argument->is_signed)
		role.kind = argument->is_signed ? ROLE_INT : ROLE_UNSIGNED;
	return role;
}

/* For calls of the table that arguments_of does not know: 32-bit ones. */
static uint8_t usual_bits(const struct role *role)
{
	switch ((enum role_kind)role->kind) {
	case ROLE_INT:
	case ROLE_ID:
	case ROLE_FLAGS:
	case ROLE_FD:
	case ROLE_DIRFD:
		return 32;
	case ROLE_OCTAL:
	case ROLE_OPEN_MODE:
		return 16;
	default:
		return 64;
	}
}

static void set_width(struct role *role, const struct argument *argument,
		      uint32_t arch)
{
	bool is_known = argument && argument->name[0] && argument->bits;

	role->bits = is_known ? argument->bits : usual_bits(role);
	role->is_signed = is_known ? argument->is_signed : role->bits == 32;
	if (arch_is_32bit(arch) && role->bits > 32)
		role->bits = 32;
}

static void find_roles(struct roles *roles, uint32_t arch, const char *name)
{
	const struct argument *arguments = arguments_of(name);
	const struct roles_row *known =
		bsearch(name, roles_table, n_roles_table,
			sizeof(roles_table[0]), compare_name);
	bool is_other = has_other_arguments(arch, name);

	roles->name = name;
	for (unsigned int i = 0; i < N_ARGUMENTS; i++) {
		if (is_other || (!known && !arguments))
			roles->args[i] = (struct role){ .kind = ROLE_HEX };
		else if (known)
			roles->args[i] = known->args[i];
		else
			roles->args[i] = role_of_argument(&arguments[i]);
		set_width(&roles->args[i],
			  arguments && !is_other ? &arguments[i] : NULL, arch);
	}
}

const struct roles *call_roles(const struct call *call)
{
	static struct remembered table[N_REMEMBERED];
	struct remembered *place = &table[call->nr % N_REMEMBERED];

	if (!place->roles.name || place->arch != call->arch ||
	    place->nr != call->nr) {
		place->arch = call->arch;
		place->nr = call->nr;
		find_roles(&place->roles, call->arch,
			   call_name(call->arch, call->nr));
	}
	return &place->roles;
}

uint64_t role_value(const struct roles *roles, const struct call *call,
		    unsigned int index)
{
	const struct role *role = &roles->args[index];
	uint64_t value = call->args[index];
	unsigned int unused = 64u - role->bits;

	if (role->is_signed)
		return (uint64_t)((int64_t)(value << unused) >> unused);
	return value << unused >> unused;
}

bool call_has_short_pointers(const struct call *call)
{
	return arch_is_32bit(call->arch) || call->arch == SCMP_ARCH_X32 ||
	       (call->arch == SCMP_ARCH_X86_64 && call->nr & X32_SYSCALL_BIT);
}
