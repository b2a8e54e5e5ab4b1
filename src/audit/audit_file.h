/* Audit files as JSON lines: untrusted text, often from another machine. */
#ifndef SCRUN_AUDIT_FILE_H
#define SCRUN_AUDIT_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a line stands, for messages. */
struct audit_line {
	const char *file;
	size_t line;
};

/* Gives each line of the file NAME, an object of TAKE's to look at, to TAKE
 * with CONTEXT. Exits with 125 and a message where it is none. */
void audit_file_read(const char *name,
		     void (*take)(void *context, const struct audit_line *place,
				  json_t *line),
		     void *context);

/* Exits with 125 and a message. */
__attribute__((format(printf, 2, 3))) _Noreturn void
audit_refuse(const struct audit_line *place, const char *format, ...);

/*
 * The member NAME of OBJECT. Of a text, which is printable, OTHERWISE where it
 * may be missing and is. All refuse what has another type.
 */
const char *audit_text(const struct audit_line *place, const json_t *object,
		       const char *name, const char *otherwise);
uint64_t audit_number(const struct audit_line *place, const json_t *object,
		      const char *name);
bool audit_flag(const struct audit_line *place, const json_t *object,
		const char *name);
const json_t *audit_list(const struct audit_line *place, const json_t *object,
			 const char *name);

/*
 * The call that TEXT names as report_call_name() does: "openat", "x86:openat",
 * "other:syscall_0x27". ARCH is set to 0 where its architecture is not known.
 * Returns false, with ARCH set, where the call is not.
 */
bool audit_call(const char *text, uint32_t *arch, uint32_t *nr);

#endif
