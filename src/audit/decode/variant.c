#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "variant.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* clang-format off */
#define NONE		{ VARIANT_NONE, 0 }
#define INT		{ VARIANT_INT, 0 }
#define STRING		{ VARIANT_STRING, 0 }
#define WORD		{ VARIANT_WORD, 0 }
#define FLAGS(set)	{ VARIANT_FLAGS, FLAGS_##set }

/* The numbers of the kernel: F_SETLK of libc's header may be another. */
static const struct {
	int command;
	struct variant arg;
} fcntls[] = {
	{ F_ADD_SEALS, FLAGS(SEALS) },
	{ F_DUPFD, INT },
	{ F_DUPFD_CLOEXEC, INT },
	{ F_GETFD, NONE },
	{ F_GETFL, NONE },
	{ F_GETLEASE, NONE },
	{ F_GETOWN, NONE },
	{ F_GETPIPE_SZ, NONE },
	{ F_GETSIG, NONE },
	{ F_GET_SEALS, NONE },
	{ F_SETFD, FLAGS(FD) },
	{ F_SETFL, FLAGS(OPEN) },
	{ F_SETLEASE, INT },
	{ F_SETOWN, INT },
	{ F_SETPIPE_SZ, INT },
	{ F_SETSIG, FLAGS(SIGNAL) },
};

/* The second argument and the third; where one is NONE, there are no more. */
static const struct {
	int option;
	struct variant args[2];
} prctls[] = {
	{ PR_CAPBSET_DROP, { FLAGS(CAP), NONE } },
	{ PR_CAPBSET_READ, { FLAGS(CAP), NONE } },
	{ PR_CAP_AMBIENT, { FLAGS(PRCTL_AMBIENT), FLAGS(CAP) } },
	{ PR_GET_DUMPABLE, { NONE, NONE } },
	{ PR_GET_KEEPCAPS, { NONE, NONE } },
	{ PR_GET_NAME, { WORD, NONE } },
	{ PR_GET_NO_NEW_PRIVS, { NONE, NONE } },
	{ PR_GET_PDEATHSIG, { WORD, NONE } },
	{ PR_GET_SECCOMP, { NONE, NONE } },
	{ PR_GET_SECUREBITS, { NONE, NONE } },
	{ PR_GET_TIMERSLACK, { NONE, NONE } },
	{ PR_SET_CHILD_SUBREAPER, { INT, NONE } },
	{ PR_SET_DUMPABLE, { INT, NONE } },
	{ PR_SET_KEEPCAPS, { INT, NONE } },
	{ PR_SET_NAME, { STRING, NONE } },
	{ PR_SET_NO_NEW_PRIVS, { INT, NONE } },
	{ PR_SET_PDEATHSIG, { FLAGS(SIGNAL), NONE } },
	{ PR_SET_PTRACER, { WORD, NONE } },
	{ PR_SET_SECCOMP, { INT, WORD } },
	{ PR_SET_SECUREBITS, { WORD, NONE } },
	{ PR_SET_TIMERSLACK, { WORD, NONE } },
};

static const struct {
	int level;
	enum flag_set to_set, to_get;
} levels[] = {
	{ SOL_SOCKET, FLAGS_SO_SOCKET, FLAGS_SO_SOCKET_GET },
	{ IPPROTO_IP, FLAGS_SO_IP, FLAGS_SO_IP_GET },
	{ IPPROTO_IPV6, FLAGS_SO_IPV6, FLAGS_SO_IPV6 },
	{ IPPROTO_TCP, FLAGS_SO_TCP, FLAGS_SO_TCP },
	{ IPPROTO_UDP, FLAGS_SO_UDP, FLAGS_SO_UDP },
	{ SOL_PACKET, FLAGS_SO_PACKET, FLAGS_SO_PACKET },
	{ SOL_NETLINK, FLAGS_SO_NETLINK, FLAGS_SO_NETLINK },
};
/* clang-format on */

bool open_makes_file(uint64_t flags)
{
	/* O_TMPFILE holds the bit of O_DIRECTORY, which does not. */
	return flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY));
}

static struct variant of_fcntl(int command)
{
	for (size_t i = 0; i < ARRAY_SIZE(fcntls); i++) {
		if (fcntls[i].command == command)
			return fcntls[i].arg;
	}
	return (struct variant)WORD;
}

static struct variant of_prctl(int option, unsigned int index)
{
	for (size_t i = 0; i < ARRAY_SIZE(prctls); i++) {
		if (prctls[i].option != option)
			continue;
		if (index - 1 < ARRAY_SIZE(prctls[i].args))
			return prctls[i].args[index - 1];
		return (struct variant)NONE;
	}
	return (struct variant)WORD;
}

static struct variant of_level(int level, bool gets)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		if (levels[i].level == level)
			return (struct variant){ VARIANT_FLAGS,
						 gets ? levels[i].to_get
						      : levels[i].to_set };
	}
	return (struct variant)INT;
}

static struct variant of_domain(int domain)
{
	switch (domain) {
	case AF_INET:
	case AF_INET6:
		return (struct variant)FLAGS(PROTOCOL);
	case AF_NETLINK:
		return (struct variant)FLAGS(NETLINK);
	}
	return (struct variant)INT;
}

bool role_has_variants(enum role_kind role)
{
	return role == ROLE_OPEN_MODE || role == ROLE_PROTOCOL ||
	       role == ROLE_SOCKOPT || role == ROLE_GETSOCKOPT ||
	       role == ROLE_FCNTL || role == ROLE_PRCTL;
}

struct variant variant_of(enum role_kind role, uint64_t other,
			  unsigned int index)
{
	switch (role) {
	case ROLE_OPEN_MODE:
		return open_makes_file(other) ? (struct variant)WORD
					      : (struct variant)NONE;
	case ROLE_PROTOCOL:
		return of_domain((int)other);
	case ROLE_SOCKOPT:
	case ROLE_GETSOCKOPT:
		return of_level((int)other, role == ROLE_GETSOCKOPT);
	case ROLE_FCNTL:
		return of_fcntl((int)other);
	case ROLE_PRCTL:
		return of_prctl((int)other, index);
	default:
		return (struct variant)WORD;
	}
}
