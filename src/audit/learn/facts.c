#include <stdlib.h>
#include <string.h>

#include "../last_words.h"
#include "facts.h"

void add_foreign(struct facts *facts, uint32_t abi)
{
	for (size_t i = 0; i < facts->n_foreign; i++) {
		if (facts->foreign[i] == abi)
			return;
	}
	if (facts->n_foreign < MAX_FOREIGN)
		facts->foreign[facts->n_foreign++] = abi;
}

void add_unnamed(struct facts *facts, uint32_t arch, uint32_t nr)
{
	for (size_t i = 0; i < facts->n_unnamed; i++) {
		if (facts->unnamed[i].arch == arch &&
		    facts->unnamed[i].nr == nr)
			return;
	}
	if (facts->n_unnamed == MAX_UNNAMED)
		return;
	facts->unnamed[facts->n_unnamed].arch = arch;
	facts->unnamed[facts->n_unnamed++].nr = nr;
}

void add_conflict(struct facts *facts, const struct origin *origin,
		  const char *example)
{
	struct conflict *conflict;

	for (size_t i = 0; i < facts->n_conflicts; i++) {
		if (facts->conflicts[i].origin == origin)
			return;
	}
	if (facts->n_conflicts == MAX_CONFLICTS)
		return;
	conflict = &facts->conflicts[facts->n_conflicts++];
	conflict->origin = origin;
	conflict->example = strdup(example);
	if (!conflict->example)
		exhausted();
}

void add_port(struct ports *ports, uint16_t port)
{
	size_t at = 0;

	while (at < ports->n && ports->numbers[at] < port)
		at++;
	if (at < ports->n && ports->numbers[at] == port)
		return;
	if (ports->n == MAX_PORTS) {
		ports->is_cut = true;
		return;
	}
	memmove(&ports->numbers[at + 1], &ports->numbers[at],
		(ports->n - at) * sizeof(ports->numbers[0]));
	ports->numbers[at] = port;
	ports->n++;
}

void add_need(struct facts *facts, int capability, const char *example,
	      bool is_used)
{
	struct need *need = &facts->needs[capability];

	/* An example of use says more than one of a refusal. */
	if (need->example && (need->is_used || !is_used))
		return;
	free(need->example);
	need->example = strdup(example);
	if (!need->example)
		exhausted();
	need->is_used |= is_used;
	need->is_refused |= !is_used;
}
