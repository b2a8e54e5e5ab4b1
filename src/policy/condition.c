#include <stdint.h>
#include <string.h>

#include "condition.h"

uint64_t bits_mask(unsigned int bits)
{
	return bits == 0 || bits >= 64 ? UINT64_MAX : (1ull << bits) - 1;
}

/* VALUE of BITS bits, sign-extended. */
static int64_t sign_extend(uint64_t value, unsigned int bits)
{
	unsigned int unused = bits == 0 ? 0 : 64 - bits;

	return (int64_t)(value << unused) >> unused;
}

bool value_fits(uint64_t value, unsigned int bits)
{
	return (value & ~bits_mask(bits)) == 0 ||
	       (uint64_t)sign_extend(value, bits) == value;
}

bool comparison_holds(enum comparison comparison, int order)
{
	switch (comparison) {
	case CMP_EQ:
		return order == 0;
	case CMP_NE:
		return order != 0;
	case CMP_LT:
		return order < 0;
	case CMP_LE:
		return order <= 0;
	case CMP_GT:
		return order > 0;
	case CMP_GE:
		return order >= 0;
	}
	return false;
}

enum comparison comparison_contrary(enum comparison comparison)
{
	static const enum comparison contraries[] = {
		[CMP_EQ] = CMP_NE, [CMP_NE] = CMP_EQ, [CMP_LT] = CMP_GE,
		[CMP_GE] = CMP_LT, [CMP_LE] = CMP_GT, [CMP_GT] = CMP_LE,
	};

	return contraries[comparison];
}

/* Whether the condition holds if the kernel reads BITS bits. */
static bool holds_in(const struct condition *condition, uint64_t argument,
		     unsigned int bits)
{
	uint64_t value = condition->value;
	int order;

	argument &= bits_mask(bits);
	/* A negative number, read by fewer bits than it was written with. */
	if (value_fits(value, bits))
		value &= bits_mask(bits);
	argument &= condition->mask;
	if (condition->is_signed)
		order = (sign_extend(argument, bits) >
			 sign_extend(value, bits)) -
			(sign_extend(argument, bits) <
			 sign_extend(value, bits));
	else
		order = (argument > value) - (argument < value);
	return comparison_holds(condition->comparison, order);
}

bool condition_holds(const struct condition *condition, uint64_t value,
		     bool strict)
{
	bool narrow, wide;

	if (condition->bits != 0)
		return holds_in(condition, value, condition->bits);
	narrow = holds_in(condition, value, 32);
	wide = holds_in(condition, value, 64);
	return strict ? narrow || wide : narrow && wide;
}

bool conditions_equal(const struct condition *a, size_t n_a,
		      const struct condition *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++) {
		if (a[i].arg != b[i].arg ||
		    a[i].comparison != b[i].comparison ||
		    a[i].mask != b[i].mask || a[i].value != b[i].value ||
		    a[i].is_raw != b[i].is_raw)
			return false;
	}
	return true;
}

size_t condition_probes(const struct condition *condition,
			uint64_t probes[MAX_PROBES])
{
	uint64_t value = condition->value, mask = condition->mask;
	uint64_t sign = 1ull << ((condition->bits ? condition->bits : 32) - 1);
	const uint64_t fixed[] = {
		value,
		value - 1,
		value + 1,
		value | ~mask,
		value ^ (1ull << 32),
		value ^ (1ull << 63),
		value | (UINT64_MAX << 32),
		value & UINT32_MAX,
		(uint64_t)sign_extend(value, 32),
		value ^ sign,
		sign,
		sign - 1,
		0,
		UINT32_MAX,
		UINT64_MAX,
	};
	size_t n = sizeof(fixed) / sizeof(fixed[0]);

	memcpy(probes, fixed, sizeof(fixed));
	for (unsigned int bit = 0; bit < 64 && n < MAX_PROBES; bit++) {
		if (mask & (1ull << bit))
			probes[n++] = value ^ (1ull << bit);
	}
	return n;
}
