/* What the arguments of system calls are, beyond their width. */
#ifndef SCRUN_ROLES_H
#define SCRUN_ROLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../call.h"

/* "of" is what struct role has there. */
enum role_kind {
	ROLE_NONE, /* there is no such argument */
	/* Numbers */
	ROLE_HEX,	/* nothing is known of it */
	ROLE_WORD,	/* a size or a pointer, one cannot know */
	ROLE_POINTER,	/* to what is not shown */
	ROLE_INT,	/* of the width and sign that arguments_of says */
	ROLE_UNSIGNED,	/* the same without sign: a size, an offset */
	ROLE_ID,	/* of a user or group, -1 for none */
	ROLE_OCTAL,	/* permissions */
	ROLE_OPEN_MODE, /* only where the open flags OF make a file */
	ROLE_DEVICE,
	ROLE_FLAGS,	 /* OF: enum flag_set */
	ROLE_PROTOCOL,	 /* OF: index of the domain */
	ROLE_SOCKOPT,	 /* to be set; OF: index of the level */
	ROLE_GETSOCKOPT, /* to be got; OF: index of the level */
	ROLE_FCNTL,	 /* OF: index of the command */
	ROLE_PRCTL,	 /* OF: index of the option */
	/* Descriptors */
	ROLE_FD,
	ROLE_DIRFD,
	/* Memory that the kernel reads */
	ROLE_PATH,     /* from the working directory */
	ROLE_PATH_AT,  /* OF: index of its directory's descriptor */
	ROLE_STRING,   /* no path: a name, a link's target */
	ROLE_BUFFER,   /* OF: index of its length */
	ROLE_SOCKADDR, /* OF: index of its length */
	ROLE_MSGHDR,
	ROLE_ARGV,
	ROLE_TIMESPEC,
	ROLE_RLIMIT,
	ROLE_OPEN_HOW,	 /* OF: index of its size */
	ROLE_CLONE_ARGS, /* OF: index of its size */
	/* Memory that it writes: there once the call has returned */
	ROLE_BUFFER_OUT,   /* OF: index of its size; the result is the length */
	ROLE_STRING_OUT,   /* the result is the length with the end */
	ROLE_SOCKADDR_OUT, /* OF: index of a pointer to its length */
	ROLE_PAIR_OUT,	   /* two descriptors */
	N_ROLES,
};

struct role {
	uint8_t kind; /* enum role_kind */
	uint8_t of;
	bool is_telling; /* decode.h */

	/* Filled in by call_roles(): how much of the register counts. */
	uint8_t bits;
	bool is_signed;
};

struct roles {
	const char *name;
	struct role args[6];
};

/* roles_table.c, sorted by name in the order of strcmp(). */
struct roles_row {
	char name[24];
	struct role args[6];
};
extern const struct roles_row roles_table[];
extern const size_t n_roles_table;

/*
 * The roles of CALL's arguments: from the table, else what arguments_of knows,
 * else six numbers. Valid until the next call; fast, for it is remembered.
 */
const struct roles *call_roles(const struct call *call);

/* CALL's argument at INDEX as far as the kernel looks at it. */
uint64_t role_value(const struct roles *roles, const struct call *call,
		    unsigned int index);

/* Whether a pointer in CALL's memory has 32 bits. */
bool call_has_short_pointers(const struct call *call);

#endif
