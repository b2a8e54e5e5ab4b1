/* What the harnesses share. */
#ifndef SCRUN_TESTS_FUZZ_H
#define SCRUN_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/faults.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* Freed memory is used again soon: its pages are there, and fast. */
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:malloc_context_size=8:"
	       "allocator_release_to_os_interval_ms=-1";
}

/* libFuzzer keeps the input for which something does not hold. */
#define CHECK(holds)                                                  \
	do {                                                          \
		if (!(holds)) {                                       \
			fprintf(stderr, "%s:%d: does not hold: %s\n", \
				__FILE__, __LINE__, #holds);          \
			abort();                                      \
		}                                                     \
	} while (0)

/* FNV-1a: random choices that are the same for the same input. */
static inline uint64_t seed_of(const uint8_t *data, size_t size)
{
	uint64_t seed = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < size; i++)
		seed = (seed ^ data[i]) * 0x100000001b3ull;
	return seed | 1;
}

/* Printable ASCII, and "…" where something was cut. */
static inline void check_printable(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		/* Not by memcmp(3), of which libFuzzer makes much. */
		if (text[i] == "…"[0] && length - i > 2 &&
		    text[i + 1] == "…"[1] && text[i + 2] == "…"[2])
			i += 2;
		else
			CHECK(text[i] >= ' ' && text[i] < 0x7f);
	}
}

/* As faults_print writes them. */
static inline void check_faults(const struct faults *faults)
{
	const char *text;

	for (size_t i = 0; i < 20 && (text = fault_text(faults, i)); i++)
		check_printable(text, strlen(text));
}

#endif
