#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>

#include "flags.h"
#include "sockaddr.h"

#define UNIX_PATH offsetof(struct sockaddr_un, sun_path)

size_t sockaddr_path(const void *address, size_t length, const char **path)
{
	sa_family_t family;

	if (length <= UNIX_PATH || length > sizeof(struct sockaddr_un))
		return 0;
	memcpy(&family, address, sizeof(family));
	if (family != AF_UNIX)
		return 0;
	*path = (const char *)address + UNIX_PATH;
	return strnlen(*path, length - UNIX_PATH);
}

static void print_unix(struct text *text, const char *address, size_t length)
{
	const char *path;
	size_t n = sockaddr_path(address, length, &path);

	if (n) {
		text_quote(text, path, n, false);
	} else if (length <= UNIX_PATH + 1) {
		text_add(text, "@"); /* autobind, unix(7) */
	} else {
		text_add(text, "@");
		text_quote(text, address + UNIX_PATH + 1,
			   length - UNIX_PATH - 1, false);
	}
}

static void print_inet(struct text *text, const void *address)
{
	char number[INET_ADDRSTRLEN] = "";
	struct sockaddr_in in;

	memcpy(&in, address, sizeof(in));
	inet_ntop(AF_INET, &in.sin_addr, number, sizeof(number));
	text_format(text, "%s:%u", number, ntohs(in.sin_port));
}

static void print_inet6(struct text *text, const void *address)
{
	char number[INET6_ADDRSTRLEN] = "";
	struct sockaddr_in6 in6;

	memcpy(&in6, address, sizeof(in6));
	inet_ntop(AF_INET6, &in6.sin6_addr, number, sizeof(number));
	text_format(text, "[%s", number);
	if (in6.sin6_scope_id)
		text_format(text, "%%%u", in6.sin6_scope_id);
	text_format(text, "]:%u", ntohs(in6.sin6_port));
}

static void print_netlink(struct text *text, const void *address)
{
	struct sockaddr_nl nl;

	memcpy(&nl, address, sizeof(nl));
	text_format(text, "{AF_NETLINK, pid=%u, groups=0x%x}", nl.nl_pid,
		    nl.nl_groups);
}

static void print_packet(struct text *text, const void *address)
{
	struct sockaddr_ll ll;

	memcpy(&ll, address, sizeof(ll));
	text_format(text, "{AF_PACKET, protocol=0x%x, ifindex=%d}",
		    ntohs(ll.sll_protocol), ll.sll_ifindex);
}

static void print_vsock(struct text *text, const void *address)
{
	struct sockaddr_vm vm;

	memcpy(&vm, address, sizeof(vm));
	text_format(text, "{AF_VSOCK, cid=%d, port=%u}", (int)vm.svm_cid,
		    vm.svm_port);
}

static const struct {
	sa_family_t family;
	size_t length;
	void (*print)(struct text *text, const void *address);
} families[] = {
	{ AF_INET, sizeof(struct sockaddr_in), print_inet },
	/* The scope came later: the kernel takes addresses without it. */
	{ AF_INET6, offsetof(struct sockaddr_in6, sin6_scope_id), print_inet6 },
	{ AF_NETLINK, sizeof(struct sockaddr_nl), print_netlink },
	{ AF_PACKET, offsetof(struct sockaddr_ll, sll_addr), print_packet },
	{ AF_VSOCK, sizeof(struct sockaddr_vm), print_vsock },
};

void sockaddr_print(struct text *text, const void *address, size_t length)
{
	char whole[MAX_SOCKADDR] = { 0 };
	sa_family_t family = AF_UNSPEC;

	if (length > sizeof(whole))
		length = sizeof(whole);
	memcpy(whole, address, length);
	if (length >= sizeof(family))
		memcpy(&family, whole, sizeof(family));
	if (family == AF_UNIX && length >= UNIX_PATH &&
	    length <= sizeof(struct sockaddr_un)) {
		print_unix(text, whole, length);
		return;
	}
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (families[i].family == family &&
		    length >= families[i].length) {
			families[i].print(text, whole);
			return;
		}
	}
	text_add(text, "{");
	flags_print(text, FLAGS_DOMAIN, family);
	text_add(text, "}");
}
