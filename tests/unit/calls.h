/*
 * What the tests of decoded calls share. The calls are this process's own and
 * never made: their pointers lead into its memory.
 */
#ifndef SCRUN_TESTS_CALLS_H
#define SCRUN_TESTS_CALLS_H

#include <sys/mman.h>

#include "audit/decode/decode.h"
#include "fixture.h"

#define P(pointer) ((uint64_t)(uintptr_t)(pointer))
#define NOWHERE	   0x10 /* no page is there */

static inline struct call call_of(uint32_t arch, const char *name,
				  const uint64_t args[6])
{
	struct call call = {
		.pid = getpid(),
		.arch = arch,
		.nr = number_of(arch, name),
	};

	memcpy(call.args, args, sizeof(call.args));
	return call;
}

#define NATIVE(name, ...) \
	call_of(seccomp_arch_native(), name, (const uint64_t[6]){ __VA_ARGS__ })
#define I386(name, ...) \
	call_of(SCMP_ARCH_X86, name, (const uint64_t[6]){ __VA_ARGS__ })

static inline void assert_text(struct call call, const char *wanted)
{
	struct decoded decoded;
	char text[1100];
	size_t n;

	call_decode(&decoded, &call);
	n = decoded_print(&decoded, text, sizeof(text));
	assert_int_equal(n, strlen(text));
	assert_string_equal(text, wanted);
}

static inline void assert_brief(struct call call, const char *wanted)
{
	struct decoded decoded;
	char text[1100];

	call_decode(&decoded, &call);
	decoded_print_brief(&decoded, text, sizeof(text));
	assert_string_equal(text, wanted);
}

static inline void assert_result(struct call call, int64_t result,
				 const char *wanted)
{
	struct decoded decoded;
	char text[1100];

	assert_true(call_has_output(&call));
	call_decode(&decoded, &call);
	call_decode_result(&decoded, &call, result);
	decoded_print(&decoded, text, sizeof(text));
	assert_string_equal(text, wanted);
}

static inline void assert_path(struct call call, unsigned int index,
			       const char *wanted)
{
	char path[4096];
	bool is_found = call_path(&call, index, path, sizeof(path));

	if (!wanted) {
		assert_false(is_found);
		return;
	}
	assert_true(is_found);
	assert_string_equal(path, wanted);
}

/* Two pages of which the second is not there; the end of the first. */
static inline char *border(void)
{
	static char *pages;
	size_t size = (size_t)sysconf(_SC_PAGESIZE);

	if (!pages) {
		pages = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_true(pages != MAP_FAILED);
		assert_int_equal(munmap(pages + size, size), 0);
	}
	memset(pages, 'x', size);
	return pages + size;
}

static inline void assert_connect(const void *address, uint64_t length,
				  const char *text)
{
	char wanted[256];

	snprintf(wanted, sizeof(wanted), "connect(9999, %s, %d)", text,
		 (int)length);
	assert_text(NATIVE("connect", 9999, P(address), length), wanted);
	snprintf(wanted, sizeof(wanted), "connect(%s)", text);
	assert_brief(NATIVE("connect", 9999, P(address), length), wanted);
}

#endif
