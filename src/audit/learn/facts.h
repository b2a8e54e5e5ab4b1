/* What a run was seen to do, as far as a policy can speak of it. */
#ifndef SCRUN_LEARN_FACTS_H
#define SCRUN_LEARN_FACTS_H

#include <time.h>

#include "../../policy/policy.h"
#include "places.h"
#include "provenance.h"
#include "seen.h"

#define MAX_CAPABILITIES 64

struct need {
	bool is_used;	 /* a call succeeded that takes it */
	bool is_refused; /* a call failed for want of it */
	char *example;	 /* owned; NULL: neither */
};

/* A call that an entry of the old policy denies. */
struct conflict {
	const struct origin *origin;
	char *example; /* owned */
};

/* TCP ports that were used. */
#define MAX_PORTS 16
struct ports {
	uint16_t numbers[MAX_PORTS]; /* in ascending order */
	size_t n;
	bool is_cut; /* there were more */
};

#define MAX_CONFLICTS 64
#define MAX_FOREIGN   8
#define MAX_UNNAMED   64

struct facts {
	const struct policy *old; /* what is allowed already, or NULL */
	struct timespec begin;	  /* of the run, as files are dated */
	struct seen seen;
	struct need needs[MAX_CAPABILITIES];
	struct conflict conflicts[MAX_CONFLICTS];
	size_t n_conflicts;
	uint32_t foreign[MAX_FOREIGN]; /* architectures beside the native one */
	size_t n_foreign;
	struct {
		uint32_t arch, nr;
	} unnamed[MAX_UNNAMED]; /* that libseccomp has no name for */
	size_t n_unnamed;
	struct places places;
	struct ports ports[N_PORT_USES];
	struct provenance provenance;
	bool has_internet; /* a socket for TCP was made */
	bool changes_mounts;
	bool has_stream; /* a stream socket of another protocol: MPTCP */
	bool has_fast_open;
	size_t n_unread; /* calls whose files or caller could not be read */
};

/* Each adds what it may have had already. EXAMPLE is copied. */
void add_foreign(struct facts *facts, uint32_t abi);
void add_unnamed(struct facts *facts, uint32_t arch, uint32_t nr);
void add_conflict(struct facts *facts, const struct origin *origin,
		  const char *example);
void add_need(struct facts *facts, int capability, const char *example,
	      bool is_used);
void add_port(struct ports *ports, uint16_t port);

#endif
