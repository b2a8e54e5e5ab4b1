/*
 * --report refuses any bytes with a message, or writes a report that can be
 * printed; and the report as JSON is JSON.
 */
#include <err.h>
#include <jansson.h>
#include <sanitizer/allocator_interface.h>
#include <setjmp.h>
#include <stdint.h>

#include "audit/sums.h"
#include "audit/tally.h"
#include "fuzz.h"

/* ---- What one run has allocated and not freed, as programs that end do ----
 */

#define MAX_BLOCKS (1u << 16)

static const volatile void *blocks[MAX_BLOCKS]; /* a hash table */
static unsigned int used[MAX_BLOCKS];		/* places, in this order */
static size_t n_used;
static bool is_tracking;

static size_t place_of(const volatile void *block)
{
	size_t place = ((uintptr_t)block >> 4) * 0x9e3779b1u % MAX_BLOCKS;

	while (blocks[place] && blocks[place] != block)
		place = (place + 1) % MAX_BLOCKS;
	return place;
}

static void was_allocated(const volatile void *block, size_t size)
{
	size_t place;

	(void)size;
	if (!is_tracking || !block)
		return;
	place = place_of(block);
	if (!blocks[place]) {
		CHECK(n_used < MAX_BLOCKS / 2);
		used[n_used++] = (unsigned int)place;
	}
	blocks[place] = block;
}

/* A place that was used stays so: it is asked whether the block still is. */
static void was_freed(const volatile void *block)
{
	(void)block;
}

static void free_all(void)
{
	is_tracking = false;
	for (size_t i = 0; i < n_used; i++) {
		void *block = (void *)(uintptr_t)blocks[used[i]];

		blocks[used[i]] = NULL;
		if (__sanitizer_get_ownership(block))
			free(block);
	}
	n_used = 0;
}

/* What it keeps is for all runs. */
const char *__wrap_call_name(uint32_t arch, uint32_t nr);
const char *__real_call_name(uint32_t arch, uint32_t nr);

const char *__wrap_call_name(uint32_t arch, uint32_t nr)
{
	const char *name;

	is_tracking = false;
	name = __real_call_name(arch, nr);
	is_tracking = true;
	return name;
}

/* Counters of three architectures: of fifteen, they take most of the time. */
void __wrap_tally_init(struct tally *tally, const uint32_t *archs, size_t n);
void __real_tally_init(struct tally *tally, const uint32_t *archs, size_t n);

void __wrap_tally_init(struct tally *tally, const uint32_t *archs, size_t n)
{
	__real_tally_init(tally, archs, n < 3 ? n : 3);
}

/* ---- The file, and the ways out ---- */

static const uint8_t *file_bytes;
static size_t file_size;
static FILE *file; /* while it is open */
static jmp_buf ended;
static char written[1 << 20];
static size_t n_written;

FILE *__wrap_fopen(const char *name, const char *mode);
FILE *__real_fopen(const char *name, const char *mode);
int __wrap_fclose(FILE *closed);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
int __wrap_fcntl(int fd, int command, ...);
_Noreturn void __wrap_err(int status, const char *format, ...);
__attribute__((format(printf, 2, 3))) _Noreturn void
__wrap_errx(int status, const char *format, ...);
__attribute__((format(printf, 1, 2))) void __wrap_warnx(const char *format,
							...);
int __real_fclose(FILE *closed);

FILE *__wrap_fopen(const char *name, const char *mode)
{
	if (mode[0] == 'w') /* what libFuzzer has found */
		return __real_fopen(name, mode);
	file = fmemopen((void *)file_bytes, file_size, "r");
	return file;
}

int __wrap_fclose(FILE *closed)
{
	file = NULL;
	return __real_fclose(closed);
}

/* What is kept open for the report. */
int __wrap_fcntl(int fd, int command, ...)
{
	(void)command;
	return fd;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
	(void)fd;
	CHECK(n_written + n <= sizeof(written));
	memcpy(written + n_written, bytes, n);
	n_written += n;
	return (ssize_t)n;
}

/* Messages are made printable by those who write them (message.h). */
_Noreturn void __wrap_errx(int status, const char *format, ...)
{
	(void)format;
	CHECK(status == 125);
	longjmp(ended, 1);
}

/* Nothing fails here but fmemopen(3), of no bytes. */
_Noreturn void __wrap_err(int status, const char *format, ...)
{
	(void)format;
	CHECK(status == 125 && file_size == 0);
	longjmp(ended, 1);
}

void __wrap_warnx(const char *format, ...)
{
	(void)format;
}

/* ---- The report ---- */

static void check_lines(bool is_json)
{
	const char *line = written, *end;
	json_t *json;

	while (line < written + n_written) {
		end = memchr(line, '\n', (size_t)(written + n_written - line));
		CHECK(end);
		check_printable(line, (size_t)(end - line));
		if (is_json) {
			json = json_loadb(line, (size_t)(end - line), 0, NULL);
			CHECK(json_is_object(json));
			json_decref(json);
		}
		line = end + 1;
	}
}

/* The first byte says in which format. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *files[] = { "audit.json", NULL };
	static bool is_begun;
	struct audit_options options = { 0 };
	int status;

	if (size == 0)
		return 0;
	if (!is_begun)
		__sanitizer_install_malloc_and_free_hooks(was_allocated,
							  was_freed);
	is_begun = true;
	options.is_json = data[0] % 2;
	file_bytes = data + 1;
	file_size = size - 1;
	n_written = 0;
	is_tracking = true;
	if (setjmp(ended) == 0) {
		status = sums_report(files, &options);
		CHECK(status == 0 || status == 1);
		CHECK(n_written > 0);
		check_lines(options.is_json);
	}
	if (file)
		__wrap_fclose(file);
	free_all();
	return 0;
}
