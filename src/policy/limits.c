#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "origin.h"

#define FAULT(...) fault_add(faults, origin->file, origin->line, __VA_ARGS__)

/* Units are those of getrlimit(2); K, M and G are for bytes. */
static const struct {
	const char *name;
	__rlimit_resource_t resource;
	bool is_bytes;
} table[N_LIMITS] = {
	{ "as", RLIMIT_AS, true },
	{ "core", RLIMIT_CORE, true },
	{ "cpu", RLIMIT_CPU, false }, /* seconds */
	{ "data", RLIMIT_DATA, true },
	{ "fsize", RLIMIT_FSIZE, true },
	{ "locks", RLIMIT_LOCKS, false },
	{ "memlock", RLIMIT_MEMLOCK, true },
	{ "msgqueue", RLIMIT_MSGQUEUE, true },
	{ "nice", RLIMIT_NICE, false }, /* 20 minus the lowest nice value */
	{ "nofile", RLIMIT_NOFILE, false },
	{ "nproc", RLIMIT_NPROC, false },
	{ "rss", RLIMIT_RSS, true },
	{ "rtprio", RLIMIT_RTPRIO, false },
	{ "rttime", RLIMIT_RTTIME, false }, /* microseconds */
	{ "sigpending", RLIMIT_SIGPENDING, false },
	{ "stack", RLIMIT_STACK, true },
};

const char *limit_name(size_t index)
{
	return index < N_LIMITS ? table[index].name : NULL;
}

__rlimit_resource_t limit_resource(size_t index)
{
	return table[index].resource;
}

static size_t index_of(const char *name)
{
	size_t i = 0;

	while (i + 1 < N_LIMITS && strcmp(table[i].name, name) != 0)
		i++;
	return i;
}

/* How many bits a suffix moves a number of bytes; -1: it is none. */
static int suffix_bits(const char *suffix)
{
	static const char letters[] = "KMG";
	const char *letter;

	if (*suffix == '\0')
		return 0;
	letter = strchr(letters, *suffix);
	return letter && suffix[1] == '\0' ? 10 * (int)(letter - letters + 1)
					   : -1;
}

/* A number, with a suffix if it counts bytes, or "unlimited". */
static bool parse_number(const char *text, bool is_bytes, uint64_t *number)
{
	char *end;
	int bits;

	if (strcmp(text, "unlimited") == 0) {
		*number = RLIM_INFINITY;
		return true;
	}
	if (*text < '0' || *text > '9') /* strtoull takes signs and blanks */
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	bits = suffix_bits(end);
	if (errno || bits < 0 || (bits && !is_bytes) ||
	    *number > (RLIM_INFINITY - 1) >> bits)
		return false;
	*number <<= bits;
	return true;
}

/* "SOFT:HARD", "SOFT:", ":HARD", or one number for both. */
static bool parse_value(struct policy *policy, const char *text, bool is_bytes,
			struct limit *limit)
{
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : strlen(text);
	const char *soft = policy_strndup(policy, text, length);
	const char *hard = colon ? colon + 1 : soft;

	limit->has_soft = *soft;
	limit->has_hard = *hard;
	if (!limit->has_soft && !limit->has_hard)
		return false;
	return (!limit->has_soft ||
		parse_number(soft, is_bytes, &limit->soft)) &&
	       (!limit->has_hard || parse_number(hard, is_bytes, &limit->hard));
}

void limit_take(struct policy *policy, const struct origin *origin,
		struct faults *faults)
{
	size_t index = index_of(origin->key);
	struct limit *old = &policy->limits[index];
	struct limit limit = { .origin = *origin };

	if (!parse_value(policy, origin->text, table[index].is_bytes, &limit)) {
		FAULT("'%s' is no limit; write a number%s, 'unlimited', or two "
		      "of them as SOFT:HARD",
		      origin->text,
		      table[index].is_bytes ? " of bytes, such as 64K or 1G"
					    : "");
		return;
	}
	if (limit.has_soft && limit.has_hard && limit.soft > limit.hard) {
		FAULT("'%s': the soft limit is above the hard one; write "
		      "SOFT:HARD",
		      origin->text);
		return;
	}
	if (origin_replaces(&old->origin, origin, faults))
		*old = limit;
}
