/*
 * What the unit tests share: policies from strings, the faults that reading
 * them found, and random numbers that come out the same in every run.
 */
#ifndef SCRUN_TESTS_FIXTURE_H
#define SCRUN_TESTS_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <seccomp.h>

#include "policy/faults.h"
#include "policy/names.h"
#include "policy/policy.h"
#include "policy/verdict.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Of so many random cases, those that are tried: sanitizers, with which each
 * takes ten times as long, have fewer (tests/rules.mk). */
#ifndef CASES_PERCENT
#define CASES_PERCENT 100
#endif
#define CASES(n) ((n)*CASES_PERCENT / 100)

/* A test, named by the sentence that it pins down. */
#define TEST(name) static void name(__attribute__((unused)) void **state)

/* A policy as policy_load returned it, and the faults it added. */
struct reading {
	struct policy *policy; /* owned; NULL where there are faults */
	struct faults faults;  /* owned */
};

static inline void reading_free(struct reading *reading)
{
	policy_free(reading->policy);
	faults_free(&reading->faults);
}

static inline struct reading reading_of_name(const char *name)
{
	struct reading reading;

	faults_init(&reading.faults);
	reading.policy = policy_load(name, &reading.faults);
	return reading;
}

static inline void write_all(int fd, const char *text, size_t length)
{
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), length);
	assert_int_equal(close(fd), 0);
}

/* Where temporary files are to be made. */
static inline const char *temporary(void)
{
	const char *directory = getenv("TMPDIR");

	return directory ? directory : "/tmp";
}

/* Reads a file of these bytes; it is gone again afterwards. */
static inline struct reading reading_of_bytes(const char *text, size_t length)
{
	static char path[256]; /* in case that a policy refers to it */
	struct reading reading;

	snprintf(path, sizeof(path), "%s/scrun-XXXXXX.ini", temporary());
	write_all(mkstemps(path, strlen(".ini")), text, length);
	reading = reading_of_name(path);
	unlink(path);
	return reading;
}

static inline struct reading reading_of(const char *text)
{
	return reading_of_bytes(text, strlen(text));
}

/* Fault INDEX without its file's name: ":3: unknown ...", or NULL. */
static inline const char *reading_fault(const struct reading *reading,
					size_t index)
{
	const char *text = fault_text(&reading->faults, index);
	const char *end = text ? strstr(text, ".ini:") : NULL;

	return end ? end + strlen(".ini") : text;
}

static inline void print_faults(const struct faults *faults)
{
	for (size_t i = 0; i < faults->n; i++)
		print_error("# %s\n", fault_text(faults, i));
}

/* The policy of TEXT, which has no fault; free it by policy_free. */
static inline struct policy *policy_of(const char *text)
{
	struct reading reading = reading_of(text);

	if (!reading.policy) {
		print_faults(&reading.faults);
		print_error("# in the policy:\n%s\n", text);
	}
	assert_non_null(reading.policy);
	assert_int_equal(reading.faults.n, 0);
	return reading.policy;
}

/*
 * A text and its faults, each a line (0: none), ':' and a part of what it says,
 * in which '*' stands for anything; joined by line feeds.
 */
struct faulty {
	const char *text;
	const char *faults;
};

/* Whether TEXT contains the parts of PATTERN between '*', in this order. */
static inline bool says(const char *text, const char *pattern)
{
	while (text && *pattern) {
		size_t length = strcspn(pattern, "*");
		char part[256];

		snprintf(part, sizeof(part), "%.*s", (int)length, pattern);
		text = strstr(text, part);
		if (text)
			text += length;
		pattern += length + (pattern[length] == '*');
	}
	return text;
}

static inline bool is_fault(const char *fault, unsigned long line,
			    const char *pattern)
{
	char place[32] = ": ";

	if (line)
		snprintf(place, sizeof(place), ":%lu: ", line);
	return fault && strncmp(fault, place, strlen(place)) == 0 &&
	       says(fault, pattern);
}

/* Whether exactly the faults WANTED are in READING, in this order. */
static inline bool has_faults(const struct reading *reading, const char *wanted)
{
	bool same = !reading->policy;
	size_t n = 0;

	while (*wanted) {
		char *pattern, one[256];
		size_t length = strcspn(wanted, "\n");
		unsigned long line = strtoul(wanted, &pattern, 10);

		snprintf(one, sizeof(one), "%.*s",
			 (int)(wanted + length - pattern - 1), pattern + 1);
		same &= is_fault(reading_fault(reading, n++), line, one);
		wanted += length + (wanted[length] == '\n');
	}
	return same && n == reading->faults.n;
}

static inline void assert_faulty_bytes(const char *text, size_t length,
				       const char *wanted)
{
	struct reading reading = reading_of_bytes(text, length);
	bool same = has_faults(&reading, wanted);

	if (!same) {
		print_error("# in the policy:\n%s\n# there are:\n", text);
		print_faults(&reading.faults);
		print_error("# instead of:\n%s\n", wanted);
	}
	reading_free(&reading);
	assert_true(same);
}

static inline void assert_faulty(const struct faulty *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_faulty_bytes(rows[i].text, strlen(rows[i].text),
				    rows[i].faults);
}

/* The number of a call that ARCH has. */
static inline uint32_t number_of(uint32_t arch, const char *name)
{
	int nr = syscall_number(arch, name);

	if (nr < 0)
		print_error("# no call %s\n", name);
	assert_true(nr >= 0);
	return (uint32_t)nr;
}

/* What POLICY does to the native call NAME with arguments of zero. */
static inline enum action action_of(const struct policy *policy,
				    const char *name)
{
	static const uint64_t zeros[6];
	uint32_t arch = seccomp_arch_native();

	return verdict_of(policy, arch, number_of(arch, name), zeros).action;
}

/* xorshift64* (Vigna 2016): the same numbers from the same seed. */
static inline uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 0x2545f4914f6cdd1dull;
}

/* A number below LIMIT. */
static inline unsigned int random_below(uint64_t *seed, unsigned int limit)
{
	return (unsigned int)((random_next(seed) >> 32) % limit);
}

/* A 64-bit value of the kind that goes wrong: few bits, borders, halves. */
static inline uint64_t random_value(uint64_t *seed)
{
	uint64_t value = random_next(seed);
	unsigned int kind = random_below(seed, 8);

	switch (kind) {
	case 0:
		return value % 8;
	case 1:
		return 1ull << value % 64;
	case 2:
		return (1ull << value % 64) - 1;
	case 3:
		return 0 - value % 8;
	case 4:
		return value % 4 << 32 | value >> 32 % 4;
	case 5:
		return value & UINT32_MAX;
	case 6:
		return UINT64_MAX << value % 64;
	}
	return value;
}

/* A value at which a comparison with VALUE under MASK holds, or nearly does. */
static inline uint64_t near_value(uint64_t *seed, uint64_t value, uint64_t mask)
{
	value |= random_next(seed) & ~mask;
	switch (random_below(seed, 6)) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return value ^ 1ull << random_below(seed, 64);
	case 3:
		return value | random_next(seed) << 32;
	}
	return value;
}

#endif
