/*
 * What is wrong with a policy, and what to write instead. Faults are gathered,
 * so that one run shows all of them.
 */
#ifndef SCRUN_FAULTS_H
#define SCRUN_FAULTS_H

#include <stddef.h>
#include <sys/queue.h>

struct fault; /* owned by its faults */

struct faults {
	STAILQ_HEAD(fault_list, fault) list;
	size_t n;
};

void faults_init(struct faults *faults);
void faults_free(struct faults *faults);

/* LINE counts from 1; 0 speaks of the file as a whole. Copies its texts. */
__attribute__((format(printf, 4, 5))) void fault_add(struct faults *faults,
						     const char *file,
						     unsigned int line,
						     const char *format, ...);

/* Writes them to stderr, each as "file:line: text", a file's by line. */
void faults_print(const struct faults *faults);

/* The text of fault INDEX as printed, or NULL past the end. */
const char *fault_text(const struct faults *faults, size_t index);

#endif
