/* The file that a policy is learned into: opened first, replaced at the end. */
#ifndef SCRUN_LEARN_TARGET_H
#define SCRUN_LEARN_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct target {
	const char *name; /* as the user gave it */
	char *path;	  /* absolute, without links; owned */
	const char *base; /* of path: the last name */
	bool exists;
	struct stat before; /* if it exists */
	char *text;	    /* what it holds, terminated; owned, or NULL */
	int directory;	    /* descriptors, owned */
	int file;	    /* without a name yet */
};

/*
 * Opens all that target_replace() will need. Exits with 125 and a message where
 * NAME cannot be read or replaced. Nothing is seen of it in the file system.
 */
void target_open(struct target *target, const char *name);

/* Writes what is to be the file, which is as it was. Returns 0, or an errno. */
int target_write(const struct target *target, const char *text, size_t length);

/*
 * Puts what was written in the place of what was there, at once and as a whole,
 * if IS_GOOD, given CONTEXT and a name of it in the same directory (of a new
 * file: just a name by which it can be read), says so. Returns 0, or an errno,
 * and the file is then as it was: ECANCELED where it is not good, ESTALE where
 * somebody else has changed it meanwhile. It takes linkat(2), renameat(2),
 * unlinkat(2) and fsync(2), and /proc.
 */
int target_replace(const struct target *target,
		   bool (*is_good)(void *context, const char *name),
		   void *context);

#endif
