#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "decode.h"
#include "link.h"
#include "show.h"
#include "show_memory.h"
#include "variant.h"

/* No pointer leads into the first page, nor into the last. */
#define SMALL_NUMBER 4096

uint64_t shown_value(const struct shown *shown)
{
	return role_value(shown->roles, shown->call, shown->index);
}

const struct role *shown_role(const struct shown *shown)
{
	return &shown->roles->args[shown->index];
}

uint64_t shown_other(const struct shown *shown)
{
	return role_value(shown->roles, shown->call, shown_role(shown)->of);
}

static struct variant shown_variant(const struct shown *shown)
{
	enum role_kind kind = shown_role(shown)->kind;
	/* Of other roles "of" may be no index. */
	uint64_t other = role_has_variants(kind) ? shown_other(shown) : 0;

	return variant_of(kind, other, shown->index);
}

static void show_pointer(struct text *text, const struct shown *shown)
{
	uint64_t value = shown_value(shown);

	if (value)
		text_format(text, "0x%" PRIx64, value);
	else
		text_add(text, "NULL");
}

static void show_hex(struct text *text, const struct shown *shown)
{
	text_format(text, "0x%" PRIx64, shown_value(shown));
}

static void show_word(struct text *text, const struct shown *shown)
{
	uint64_t value = shown_value(shown);
	int64_t number = (int64_t)value;

	/* The high half of an int's register is not its own. */
	if (value <= UINT32_MAX)
		number = (int32_t)value;
	if (number > -SMALL_NUMBER && number < SMALL_NUMBER)
		text_format(text, "%" PRId64, number);
	else
		text_format(text, "0x%" PRIx64, value);
}

/* Signed, whatever the table of widths says of it. */
static void show_int(struct text *text, const struct shown *shown)
{
	uint64_t value = shown_value(shown);

	if (shown_role(shown)->bits == 32)
		text_format(text, "%" PRId32, (int32_t)value);
	else
		text_format(text, "%" PRId64, (int64_t)value);
}

static void show_unsigned(struct text *text, const struct shown *shown)
{
	uint64_t value = shown_value(shown);

	if (shown_role(shown)->bits == 32)
		value = (uint32_t)value;
	text_format(text, "%" PRIu64, value);
}

static void show_id(struct text *text, const struct shown *shown)
{
	uint32_t id = (uint32_t)shown_value(shown);

	if (id == UINT32_MAX)
		text_add(text, "-1");
	else
		text_format(text, "%" PRIu32, id);
}

static void show_octal(struct text *text, const struct shown *shown)
{
	static const struct {
		unsigned int type;
		const char *name;
	} types[] = {
		{ S_IFREG, "S_IFREG|" },   { S_IFCHR, "S_IFCHR|" },
		{ S_IFBLK, "S_IFBLK|" },   { S_IFIFO, "S_IFIFO|" },
		{ S_IFSOCK, "S_IFSOCK|" }, { S_IFDIR, "S_IFDIR|" },
	};
	unsigned int mode = (unsigned int)shown_value(shown) & UINT16_MAX;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if ((mode & S_IFMT) == types[i].type) {
			text_add(text, types[i].name);
			mode &= ~(unsigned int)S_IFMT;
			break;
		}
	}
	text_format(text, "0%03o", mode);
}

static void show_device(struct text *text, const struct shown *shown)
{
	uint32_t device = (uint32_t)shown_value(shown);

	text_format(text, "makedev(%u, %u)", major(device), minor(device));
}

static void show_flags(struct text *text, const struct shown *shown)
{
	const struct role *role = shown_role(shown);
	const struct flags *flags = &flags_table[role->of];
	uint64_t value = shown_value(shown);

	/* Only what is a number and nothing else can be below 0. */
	if (role->bits == 32 &&
	    (flags->mask != UINT64_MAX || flags->style == NUMBER_HEX))
		value = (uint32_t)value;
	/* All bits are no flags, but -1 in place of them: personality(2). */
	if (flags->mask != UINT64_MAX && value == UINT32_MAX)
		text_format(text, "0x%" PRIx64, value);
	else
		flags_print(text, role->of, value);
}

static void show_variant(struct text *text, const struct shown *shown)
{
	struct variant variant = shown_variant(shown);

	switch (variant.kind) {
	case VARIANT_INT:
		text_format(text, "%" PRId32, (int32_t)shown_value(shown));
		break;
	case VARIANT_FLAGS:
		flags_print(text, variant.set, (uint32_t)shown_value(shown));
		break;
	case VARIANT_STRING:
		if (!show_string(text, shown))
			show_pointer(text, shown);
		break;
	case VARIANT_NONE:
	case VARIANT_WORD:
		show_word(text, shown);
		break;
	}
}

static void show_fd(struct text *text, const struct shown *shown)
{
	char target[MAX_ARGUMENT];
	int fd = (int)shown_value(shown);
	ssize_t n = -1;

	text_format(text, "%d", fd);
	/* AT_FDCWD stands for a directory only where one is asked for. */
	if (fd >= 0)
		n = link_target(shown->call->pid, fd, target, sizeof(target));
	if (n < 0)
		return;
	text_add(text, "<");
	text_bytes(text, target, (size_t)n);
	text_add(text, ">");
}

static void show_dirfd(struct text *text, const struct shown *shown)
{
	if ((int)shown_value(shown) == AT_FDCWD)
		text_add(text, "AT_FDCWD");
	else
		show_fd(text, shown);
}

static void (*const functions[N_ROLES])(struct text *text,
					const struct shown *shown) = {
	[ROLE_NONE] = show_hex,	       [ROLE_HEX] = show_hex,
	[ROLE_WORD] = show_word,       [ROLE_POINTER] = show_pointer,
	[ROLE_INT] = show_int,	       [ROLE_UNSIGNED] = show_unsigned,
	[ROLE_ID] = show_id,	       [ROLE_OCTAL] = show_octal,
	[ROLE_OPEN_MODE] = show_octal, [ROLE_DEVICE] = show_device,
	[ROLE_FLAGS] = show_flags,     [ROLE_PROTOCOL] = show_variant,
	[ROLE_SOCKOPT] = show_variant, [ROLE_GETSOCKOPT] = show_variant,
	[ROLE_FCNTL] = show_variant,   [ROLE_PRCTL] = show_variant,
	[ROLE_FD] = show_fd,	       [ROLE_DIRFD] = show_dirfd,
};

void show(struct text *text, const struct shown *shown)
{
	enum role_kind kind = shown_role(shown)->kind;

	if (functions[kind])
		functions[kind](text, shown);
	else if (!show_memory(text, shown))
		show_pointer(text, shown);
}

unsigned int show_count(const struct call *call, const struct roles *roles)
{
	struct shown shown = { .call = call, .roles = roles };

	for (; shown.index < 6; shown.index++) {
		if (shown_role(&shown)->kind == ROLE_NONE ||
		    shown_variant(&shown).kind == VARIANT_NONE)
			break;
	}
	return shown.index;
}
