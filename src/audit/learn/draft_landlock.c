#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../policy/network.h"
#include "../../policy/paths.h"
#include "draft.h"

/* "; [paths] ..." where the kernel could not hold the command to them. */
static void begin_section(struct draft *draft, const char *name,
			  const char *reason)
{
	fprintf(draft->text, "\n");
	if (!*reason) {
		fprintf(draft->text, "[%s]\n", name);
		return;
	}
	fprintf(draft->text,
		"; Without rules for them: %s.\n; [%s] would have been:\n",
		reason, name);
	draft_tell(draft, "not added: [%s]: %s", name, reason);
}

static void write_grant(struct draft *draft, const struct grant *grant,
			bool *is_first)
{
	const char *key = path_key(grant->use);
	char entry[PATH_MAX + 2];

	snprintf(entry, sizeof(entry), "%s%s", grant->optional ? "?" : "",
		 grant->path);
	/* In a comment, each stands for itself. */
	if (*draft->no_paths) {
		fprintf(draft->text, "; %s = %s\n", key, entry);
		return;
	}
	draft_entry(draft, key, is_first, entry, grant->note);
}

/* Whether the old policy gives as much. */
static bool is_granted(const struct draft *draft, const struct grant *grant)
{
	return draft->old &&
	       (paths_granted(draft->old, "", grant->path) & 1u << grant->use);
}

/* What the run has removed itself: a rule for it would let nothing start. */
static void tolerate_gone(struct grant *grants, size_t n)
{
	struct stat st;

	for (size_t i = 0; i < n; i++) {
		struct grant *grant = &grants[i];

		if (grant->optional || stat(grant->path, &st) == 0 ||
		    (errno != ENOENT && errno != ENOTDIR))
			continue;
		grant->optional = true;
		if (!grant->note)
			grant->note = "it is there no more";
	}
}

static void write_grants(struct draft *draft, const struct grant *grants,
			 size_t n)
{
	bool is_first = true, has_begun = false;
	enum path_use use = N_PATH_USES;

	for (size_t i = 0; i < n; i++) {
		if (grants[i].is_refused || is_granted(draft, &grants[i]))
			continue;
		if (!has_begun)
			begin_section(draft, "paths", draft->no_paths);
		has_begun = true;
		is_first |= use != grants[i].use;
		use = grants[i].use;
		write_grant(draft, &grants[i], &is_first);
	}
}

/* What is too wide for a rule is a person's to decide. */
static void tell_refused(struct draft *draft, const struct grant *grants,
			 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!grants[i].is_refused || is_granted(draft, &grants[i]))
			continue;
		if (!draft->old)
			fprintf(draft->text,
				"; Not allowed, as too wide: %s = %s (%s)\n",
				path_key(grants[i].use), grants[i].path,
				grants[i].note ? grants[i].note : "used");
		draft_tell(draft, "not added, as too wide: [paths] %s = %s: %s",
			   path_key(grants[i].use), grants[i].path,
			   grants[i].note ? grants[i].note : "used");
	}
}

void draft_paths(struct draft *draft, struct facts *facts)
{
	struct grant *grants;
	size_t n = places_generalise(&facts->places, &grants);

	tolerate_gone(grants, n);
	/* A policy without the section allows all files. */
	if (!draft->old || draft->old->paths_origin.file) {
		write_grants(draft, grants, n);
		if (!*draft->no_paths)
			tell_refused(draft, grants, n);
	}
	if (facts->changes_mounts && draft->old &&
	    draft->old->paths_origin.file)
		draft_tell(draft, "the command changed mounts, which [paths] "
				  "forbids");
	if (facts->places.is_cut)
		draft_tell(draft, "too many files were used: not all of them "
				  "are in [paths]");
	grants_free(grants, n);
}

/* ---- [network] ---- */

/*
 * Of these the kernel chooses one where a program asks for port 0 (ip(7),
 * ip_local_port_range). Of that file's two numbers both are there, or Linux'
 * own are taken.
 */
static bool is_ephemeral(unsigned long port)
{
	unsigned long first = 32768, last = 60999;
	FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	char line[64], *end;

	if (file && fgets(line, sizeof(line), file)) {
		first = strtoul(line, &end, 10);
		last = strtoul(end, NULL, 10);
	}
	if (file)
		fclose(file);
	return first <= port && port <= last;
}

/*
 * Whether it is likely that the command was connected to a socket of its own,
 * at a port that will be another one next time.
 */
static bool is_chosen(const struct facts *facts, enum port_use use,
		      unsigned int port)
{
	const struct ports *bound = &facts->ports[PORTS_BIND];

	return use == PORTS_CONNECT && bound->n > 0 && bound->numbers[0] == 0 &&
	       is_ephemeral(port);
}

static bool is_allowed(const struct draft *draft, enum port_use use,
		       unsigned int number)
{
	return draft->old && port_allowed(draft->old, use, number);
}

static void write_port(struct draft *draft, enum port_use use,
		       unsigned int port, bool *is_first)
{
	char entry[8];

	snprintf(entry, sizeof(entry), "%u", port);
	if (*draft->no_ports)
		fprintf(draft->text, "; %s = %s\n", port_key(use), entry);
	else
		draft_entry(draft, port_key(use), is_first, entry,
			    use == PORTS_BIND && !port
				    ? "one that the kernel chooses"
				    : NULL);
}

static void write_ports(struct draft *draft, const struct facts *facts,
			enum port_use use, bool *has_begun)
{
	const struct ports *ports = &facts->ports[use];
	bool is_first = true;

	for (size_t i = 0; i < ports->n; i++) {
		unsigned int port = ports->numbers[i];

		if (is_allowed(draft, use, port))
			continue;
		if (is_chosen(facts, use, port)) {
			draft_tell(draft,
				   "not added: [network] %s = %u: a port that "
				   "the kernel chose",
				   port_key(use), port);
			continue;
		}
		if (!*has_begun)
			begin_section(draft, "network", draft->no_ports);
		*has_begun = true;
		write_port(draft, use, port, &is_first);
	}
}

/* What was used and no list of ports can allow (policy/network.c), or NULL. */
static const char *unheld(const struct facts *facts, enum port_use use)
{
	if (facts->has_stream)
		return "MPTCP or the like was used";
	return facts->has_fast_open && use == PORTS_CONNECT
		       ? "TCP fast open was used"
		       : NULL;
}

/* Why a list of the ports that were used would not do the next time, or "". */
static void explain_no_list(const struct facts *facts, enum port_use use,
			    char text[64])
{
	const struct ports *ports = &facts->ports[use];

	snprintf(text, 64, "%s", unheld(facts, use) ? unheld(facts, use) : "");
	if (*text)
		return;
	if (ports->is_cut) {
		snprintf(text, 64, "more than %d ports", MAX_PORTS);
		return;
	}
	for (size_t i = 0; i < ports->n; i++) {
		if (is_chosen(facts, use, ports->numbers[i]))
			snprintf(text, 64, "the kernel chose port %u",
				 ports->numbers[i]);
	}
}

/* Where a key is not there, all ports are allowed. */
static void write_use(struct draft *draft, const struct facts *facts,
		      enum port_use use, bool *has_begun)
{
	const struct ports *ports = &facts->ports[use];
	const char *key = port_key(use);
	char reason[64];

	if (draft->old && !draft->old->port_origins[use].file)
		return;
	explain_no_list(facts, use, reason);
	if (*reason && !draft->old)
		fprintf(draft->text, "; %s: %s, so none is refused\n", key,
			reason);
	if (*reason && (!draft->old || ports->is_cut)) {
		draft_tell(draft, "not added: [network] %s: %s", key, reason);
		return;
	}
	if (draft->old && unheld(facts, use))
		draft_tell(draft, "%s, which [network] %s forbids",
			   unheld(facts, use), key);
	write_ports(draft, facts, use, has_begun);
	if (ports->n == 0 && !draft->old && !*draft->no_ports)
		fprintf(draft->text, "%s =\n", key);
}

void draft_network(struct draft *draft, const struct facts *facts)
{
	bool has_begun = false;

	if (!facts->has_internet)
		return;
	if (!draft->old) {
		begin_section(draft, "network", draft->no_ports);
		has_begun = true;
	}
	for (unsigned int use = 0; use < N_PORT_USES; use++)
		write_use(draft, facts, (enum port_use)use, &has_begun);
}
