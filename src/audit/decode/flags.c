#include <inttypes.h>
#include <stddef.h>

#include "flags.h"

static const struct flag *find(const struct flags *flags, uint64_t number)
{
	for (const struct flag *flag = flags->flags; flag->name[0]; flag++) {
		if (flag->value == number)
			return flag;
	}
	return NULL;
}

static void print_number(struct text *text, enum number_style style,
			 uint64_t number)
{
	switch (style) {
	case NUMBER_DECIMAL:
		text_format(text, "%" PRId64, (int64_t)number);
		break;
	case NUMBER_HEX:
		text_format(text, "0x%" PRIx64, number);
		break;
	case NUMBER_OCTAL:
		text_format(text, "0%" PRIo64, number);
		break;
	}
}

/* Whether there is a number beside the flags, which has then been added. */
static bool print_field(struct text *text, const struct flags *flags,
			uint64_t value)
{
	uint64_t number = value & flags->mask;
	const struct flag *flag;

	if (!flags->mask && value)
		return false;
	flag = find(flags, number);
	if (flag)
		text_add(text, flag->name);
	else if (number || flags->mask == UINT64_MAX)
		print_number(text, flags->style, number);
	return flag || number || flags->mask == UINT64_MAX;
}

void flags_print(struct text *text, enum flag_set set, uint64_t value)
{
	const struct flags *flags = &flags_table[set];
	bool is_first = !print_field(text, flags, value);

	value &= ~flags->mask;
	for (const struct flag *flag = flags->flags; flag->name[0] && value;
	     flag++) {
		uint64_t bits = flag->value;

		if (!(bits & ~flags->mask) || (value & bits) != bits)
			continue;
		text_format(text, "%s%s", is_first ? "" : "|", flag->name);
		is_first = false;
		value &= ~bits;
	}
	if (value)
		text_format(text, "%s0x%" PRIx64, is_first ? "" : "|", value);
	else if (is_first)
		text_add(text, "0");
}
