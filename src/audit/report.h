/* What the auditor writes: live lines, and the sums at the end. */
#ifndef SCRUN_REPORT_H
#define SCRUN_REPORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "audit.h"
#include "decode/decode.h"
#include "tally.h"

struct report {
	int fd;
	bool has_colour;
	enum audit_mode mode;
	const struct report_format *format;
	const struct policy *policy;
	char *const *argv;   /* the command */
	const char *command; /* the same as printable text, or NULL */
	int *failure; /* set to the errno of a write that fails, or NULL */
	pid_t pid;    /* of the command */
	struct timespec start;
	atomic_ulong lost; /* what should be here, and could not be had, or
			    * not be written */
	bool is_cut;	   /* half a line was written, and no more */
	bool is_partial; /* something went on that the auditor could not see */
};

/* Who made a call that a line is about. */
struct caller {
	pid_t pid;
	char comm[64]; /* printable */
};

/* How a traced call ended. */
struct result {
	int64_t value; /* as the register has it: a negative errno is an error
			*/
	bool is_error;
	bool is_denied; /* by the policy */
	bool is_none;	/* exit and its like do not return */
};

/* The two formats that a report can have; each writes whole lines. */
struct report_format {
	void (*start)(struct report *report);
	void (*finding)(struct report *report, const struct finding *finding,
			const struct decoded *decoded,
			const struct caller *caller);
	void (*call)(struct report *report, const struct decoded *decoded,
		     pid_t pid, const struct result *result);
	/* A thread's signal or end: "--- SIGTERM ---", "+++ exited ...". */
	void (*event)(struct report *report, pid_t pid, const char *text);
	/* A line about something else than the calls. */
	void (*note)(struct report *report, const char *line);
	/* The auditor cannot go on; nothing follows. */
	void (*failure)(struct report *report, const char *text);
	void (*end)(struct report *report, const struct tally *tally,
		    double seconds);
	/* The line of a failure where none can be made: there is no memory for
	 * it, or the auditor crashed. */
	const char *exhausted, *crashed;
};
/* report_none writes the notes alone. */
extern const struct report_format report_text, report_json, report_none;

/* Opens what OPTIONS name, or else takes FD. Exits with 125 and a message where
 * it cannot. */
void report_open(struct report *report, const struct audit_options *options,
		 int fd);

/* Something is missing, and the end of the report will say so. */
void report_lose(struct report *report);

/* Writes LENGTH bytes at once. What cannot be written is lost: the command
 * does not pay for a full disk or a reader that has gone. */
void report_write(struct report *report, const char *text, size_t length);

/* The command's own words, printable, cut to SIZE. */
void report_command(const struct report *report, char *buffer, size_t size);

/* "denied", "refused", ... */
const char *report_kind_name(enum finding_kind kind);

/* "openat"; "x86:openat" for another than the native architecture. */
void report_call_name(uint32_t arch, uint32_t nr, char *buffer, size_t size);

/* The counted calls of TALLY, those made most first; to be freed. */
struct counted {
	uint32_t arch, nr;
	const struct count *count;
};
struct counted *report_sort(const struct tally *tally, size_t *n);

#endif
