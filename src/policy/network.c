#include <string.h>

#include "entry.h"
#include "network.h"
#include "suggest.h"

#define FAULT(...) fault_add(faults, origin->file, origin->line, __VA_ARGS__)

static const char *const port_keys[N_PORT_USES] = {
	[PORTS_BIND] = "bind",
	[PORTS_CONNECT] = "connect",
};

static const char *const scope_names[N_SCOPES] = {
	[SCOPE_ABSTRACT_SOCKETS] = "abstract-sockets",
	[SCOPE_SIGNALS] = "signals",
};

const char *port_key(enum port_use use)
{
	return port_keys[use];
}

const char *scope_name(enum scope scope)
{
	return scope_names[scope];
}

static enum port_use use_of(const char *key)
{
	return strcmp(key, port_keys[PORTS_BIND]) == 0 ? PORTS_BIND
						       : PORTS_CONNECT;
}

void ports_begin(struct policy *policy, const struct origin *origin,
		 struct faults *faults)
{
	struct origin *first = &policy->port_origins[use_of(origin->key)];

	(void)faults;
	if (!first->file)
		*first = *origin;
}

/* A decimal number from 0 to 65535. */
static bool parse_port(const char *text, uint16_t *number)
{
	unsigned int value = 0;

	if (*text == '\0')
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (unsigned int)(*text - '0');
		if (value > UINT16_MAX)
			return false;
	}
	*number = (uint16_t)value;
	return true;
}

static void remove_port(struct port_list *list, uint16_t number)
{
	struct port *at, *safe = STAILQ_FIRST(list);

	while ((at = safe)) {
		safe = STAILQ_NEXT(at, next);
		if (at->number == number)
			STAILQ_REMOVE(list, at, port, next);
	}
}

void port_take(struct policy *policy, const struct origin *origin,
	       struct faults *faults)
{
	struct port_list *list = &policy->ports[use_of(origin->key)];
	bool removes = origin->text[0] == '!';
	struct port *port;
	uint16_t number;

	if (!parse_port(origin->text + removes, &number)) {
		FAULT("'%s' is no port; write a number from 0 to 65535",
		      origin->text);
		return;
	}
	if (removes) {
		remove_port(list, number);
		return;
	}
	port = policy_alloc(policy, sizeof(*port));
	port->origin = *origin;
	port->number = number;
	STAILQ_INSERT_TAIL(list, port, next);
}

void scope_take(struct policy *policy, const struct origin *origin,
		struct faults *faults)
{
	bool removes = origin->text[0] == '!';
	const char *name = origin->text + removes;
	struct suggestion suggestion;
	char hint[80];

	suggestion_init(&suggestion, name);
	for (size_t i = 0; i < N_SCOPES; i++) {
		suggestion_try(&suggestion, scope_names[i]);
		if (strcmp(name, scope_names[i]) != 0)
			continue;
		policy->scopes[i] = *origin;
		if (removes)
			policy->scopes[i].file = NULL;
		return;
	}
	FAULT("unknown scope '%s'%s; there are abstract-sockets and signals",
	      name, suggestion_text(&suggestion, hint, sizeof(hint)));
}

/*
 * Landlock looks at bind(2) and connect(2) on what the kernel calls a TCP
 * socket (security/landlock/net.c, sk_is_tcp): not at MPTCP and SMC, which
 * speak to TCP and become it, and not at sendmsg(2) that connects. No protocol
 * of stream sockets but TCP and the default 0 is below 8, bar Bluetooth's
 * RFCOMM. SCTP is the kernel's SOCK_SEQPACKET, 6 was DCCP's type until
 * Linux 6.16. The errnos are those of a kernel without; io_uring makes sockets
 * and sends past a filter.
 */
static const struct {
	const char *entry;
	bool is_for_bind;
} implied[] = {
	{ "?socket(type & 0xf == SOCK_STREAM && protocol & 0xfffffff8 != 0)"
	  ":EPROTONOSUPPORT",
	  true },
	{ "?socket(domain == AF_INET && type & 0xf == SOCK_SEQPACKET)"
	  ":EPROTONOSUPPORT",
	  true },
	{ "?socket(domain == AF_INET6 && type & 0xf == SOCK_SEQPACKET)"
	  ":EPROTONOSUPPORT",
	  true },
	{ "?socket(domain == AF_INET && type & 0xf == 6):EPROTONOSUPPORT",
	  true },
	{ "?socket(domain == AF_INET6 && type & 0xf == 6):EPROTONOSUPPORT",
	  true },
	{ "?socket(domain == AF_SMC):EPROTONOSUPPORT", true },
	{ "?sendto(flags & MSG_FASTOPEN == MSG_FASTOPEN):EOPNOTSUPP", false },
	{ "?sendmsg(flags & MSG_FASTOPEN == MSG_FASTOPEN):EOPNOTSUPP", false },
	{ "?sendmmsg(flags & MSG_FASTOPEN == MSG_FASTOPEN):EOPNOTSUPP", false },
	{ "?io_uring_setup:ENOSYS", true },
};

void network_imply(struct policy *policy, struct faults *faults)
{
	const struct origin *bind = &policy->port_origins[PORTS_BIND];
	const struct origin *connect = &policy->port_origins[PORTS_CONNECT];
	struct origin origin;

	for (size_t i = 0; i < sizeof(implied) / sizeof(implied[0]); i++) {
		const struct origin *from = connect->file ? connect : bind;
		struct entry *entry;

		if (!connect->file && !(bind->file && implied[i].is_for_bind))
			continue;
		origin = *from;
		origin.text = implied[i].entry;
		entry = entry_parse(policy, &origin, faults);
		if (!entry)
			continue;
		entry->origin = *from;
		entry->is_implied = true;
		STAILQ_INSERT_TAIL(&policy->entries[ACTION_DENY], entry, next);
	}
}

bool port_allowed(const struct policy *policy, enum port_use use,
		  unsigned int number)
{
	const struct port *port;

	if (!policy->port_origins[use].file)
		return true;
	STAILQ_FOREACH(port, &policy->ports[use], next) {
		if (port->number == number)
			return true;
	}
	return false;
}
