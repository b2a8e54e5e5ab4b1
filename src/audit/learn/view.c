#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../policy/arguments.h"
#include "../../policy/condition.h"
#include "../../policy/constants.h"
#include "../../policy/multiplex.h"
#include "../../policy/names.h"
#include "../../policy/verdict.h"
#include "../decode/decode.h"
#include "view.h"

#define N_ARGS 6

/* SOCK_CLOEXEC and SOCK_NONBLOCK stand above it (socket(2)). */
#define SOCKET_TYPE 0xf

#define PROTECTION  (PROT_READ | PROT_WRITE | PROT_EXEC)

/* Calls that are many calls in one, and what of them chooses. Sorted. */
static const struct {
	const char *name;
	unsigned int arg;
	uint64_t mask;
} choices[] = {
	{ "arch_prctl", 0, UINT64_MAX },   { "bpf", 0, UINT64_MAX },
	{ "clone", 0, UINT64_MAX },	   { "fcntl", 1, UINT64_MAX },
	{ "fcntl64", 1, UINT64_MAX },	   { "ioctl", 1, UINT64_MAX },
	{ "keyctl", 0, UINT64_MAX },	   { "mmap", 2, PROT_EXEC },
	{ "mmap2", 2, PROT_EXEC },	   { "modify_ldt", 0, UINT64_MAX },
	{ "mprotect", 2, PROT_EXEC },	   { "personality", 0, UINT64_MAX },
	{ "pkey_mprotect", 2, PROT_EXEC }, { "prctl", 0, UINT64_MAX },
	{ "ptrace", 0, UINT64_MAX },	   { "quotactl", 0, UINT64_MAX },
	{ "seccomp", 0, UINT64_MAX },	   { "setns", 1, UINT64_MAX },
	{ "setsockopt", 1, UINT64_MAX },   { "socket", 0, UINT64_MAX },
	{ "socket", 1, SOCKET_TYPE },	   { "socketpair", 0, UINT64_MAX },
	{ "socketpair", 1, SOCKET_TYPE },  { "syslog", 0, UINT64_MAX },
	{ "unshare", 0, UINT64_MAX },
};

/* The name that a line has to speak of. */
static const char *name_of(const struct call *call)
{
	const char *name = call_name(call->arch, call->nr);

	if (strcmp(name, "socketcall") == 0 || strcmp(name, "ipc") == 0)
		name = multiplexed_name(name, call->args[0]);
	if (!name || syscall_number(abi_of(call->arch, call->nr), name) < 0)
		return NULL;
	return name;
}

/* NULL: conditions on these allow nothing (scrun.ini(5), Architectures). */
static const struct argument *arguments_for(const struct call *call,
					    const char *name)
{
	uint32_t abi = abi_of(call->arch, call->nr);
	struct multiplex multiplex;

	if (arguments_differ(abi, name) ||
	    multiplex_find(abi, name, &multiplex))
		return NULL;
	return arguments_of(name);
}

/* Bits that entries of POLICY which allow this call compare. */
static void add_policy(uint64_t masks[N_ARGS], const struct policy *policy,
		       const struct call *call)
{
	uint32_t abi = abi_of(call->arch, call->nr);
	const struct rule *rules;
	size_t n;

	rules = rules_of(policy, abi, call->nr, &n);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < rules[i].n_conditions; j++) {
			const struct condition *c = &rules[i].conditions[j];

			if (rules[i].action <= ACTION_LOG)
				masks[c->arg] |= c->mask;
		}
	}
}

/* Whether "ARGUMENT == VALUE" under `allow` would hold for this call. */
static bool can_name(const struct argument *argument, uint32_t abi,
		     uint64_t value)
{
	if (!argument->name[0])
		return false;
	/* Of unknown width: it must hold for 32 and for 64 bits. */
	if (argument->bits == 0)
		return value <= UINT32_MAX;
	return argument->bits <= 32 || abi != SCMP_ARCH_X32;
}

struct view view_of(const struct call *call, const struct policy *policy)
{
	struct view view = { .name = name_of(call) };
	uint32_t abi = abi_of(call->arch, call->nr);
	const struct argument *arguments =
		view.name ? arguments_for(call, view.name) : NULL;

	if (!arguments)
		return view;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (strcmp(choices[i].name, view.name) == 0)
			view.masks[choices[i].arg] = choices[i].mask;
	}
	if (policy)
		add_policy(view.masks, policy, call);
	for (unsigned int i = 0; i < N_ARGS; i++) {
		uint64_t *mask = &view.masks[i], value = call->args[i];

		if (!can_name(&arguments[i], abi, value))
			*mask = 0;
		*mask &= bits_mask(arguments[i].bits ? arguments[i].bits : 32);
		/* Memory to be executed: may it be written to as well? */
		if (*mask == PROT_EXEC && value & PROT_EXEC)
			*mask = PROTECTION;
		view.values[i] = value & *mask;
	}
	return view;
}

bool view_is_whole(const struct view *view)
{
	uint64_t masks = 0;

	for (unsigned int i = 0; i < N_ARGS; i++)
		masks |= view->masks[i];
	return !masks;
}

bool view_chooses(const char *name)
{
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (strcmp(choices[i].name, name) == 0)
			return true;
	}
	return false;
}

int view_compare(const struct view *a, const struct view *b)
{
	int order = a->name == b->name ? 0 : strcmp(a->name, b->name);

	for (unsigned int i = 0; i < N_ARGS && order == 0; i++) {
		if (a->values[i] != b->values[i])
			order = a->values[i] < b->values[i] ? -1 : 1;
		else if (a->masks[i] != b->masks[i])
			order = a->masks[i] < b->masks[i] ? -1 : 1;
	}
	return order;
}

bool view_equal(const struct view *a, const struct view *b)
{
	return a->name == b->name &&
	       memcmp(a->masks, b->masks, sizeof(a->masks)) == 0 &&
	       memcmp(a->values, b->values, sizeof(a->values)) == 0;
}

/* Whether TEXT, as decoding has it, says VALUE in the policy's own words. */
static bool says_value(const char *text, uint64_t value, uint64_t mask)
{
	uint64_t sum = 0, part;
	char word[64], *end;

	do {
		size_t length = strcspn(text, "|");

		if (length == 0 || length >= sizeof(word))
			return false;
		memcpy(word, text, length);
		word[length] = '\0';
		part = strtoull(word, &end, 0);
		if (*end && !constant_value(word, &part))
			return false;
		sum |= part;
		text += length;
	} while (*text++ == '|');
	return (sum & mask) == value;
}

static void print_mask(char text[64], uint64_t mask)
{
	if (mask == PROT_EXEC)
		snprintf(text, 64, "PROT_EXEC");
	else if (mask == PROTECTION)
		snprintf(text, 64, "PROT_READ|PROT_WRITE|PROT_EXEC");
	else
		snprintf(text, 64, "0x%llx", (unsigned long long)mask);
}

/* "domain == AF_UNIX", "type & 0xf == SOCK_STREAM" */
static size_t print_condition(char *buffer, size_t size, const char *name,
			      unsigned int bits, uint64_t mask, uint64_t value,
			      const char *text)
{
	uint64_t all = bits_mask(bits ? bits : 32);
	char number[24], masked[64 + 4] = "", bare[64];
	bool is_whole = mask == all;

	snprintf(number, sizeof(number), value < 10 ? "%llu" : "0x%llx",
		 (unsigned long long)value);
	print_mask(bare, mask);
	if (!is_whole)
		snprintf(masked, sizeof(masked), " & %s", bare);
	/* Of some of the bits, "none" has no name. */
	if (!says_value(text, value, mask) || (value == 0 && !is_whole))
		text = number;
	return (size_t)snprintf(buffer, size, "%s%s == %s", name, masked, text);
}

static void print(const struct view *view, const struct argument *arguments,
		  const struct decoded *decoded, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "%s", view->name);
	const char *before = "(";

	for (unsigned int i = 0; i < N_ARGS && used < size; i++) {
		const char *value =
			decoded && i < decoded->n ? decoded->args[i] : "";

		if (!view->masks[i])
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s",
					 before);
		before = " && ";
		if (used < size)
			used += print_condition(text + used, size - used,
						arguments[i].name,
						arguments[i].bits,
						view->masks[i], view->values[i],
						value);
	}
	if (*before == ' ' && used < size)
		snprintf(text + used, size - used, ")");
}

void view_print(const struct view *view, const struct call *call,
		char text[MAX_VIEW_TEXT])
{
	struct call masked = *call;
	struct decoded decoded;
	char whole[1024];

	for (unsigned int i = 0; i < N_ARGS; i++) {
		if (view->masks[i])
			masked.args[i] = view->values[i];
	}
	call_decode(&decoded, &masked);
	print(view, arguments_of(view->name), &decoded, whole, sizeof(whole));
	/* The names of many flags are too long: then numbers. */
	if (strlen(whole) >= MAX_VIEW_TEXT)
		print(view, arguments_of(view->name), NULL, whole,
		      sizeof(whole));
	/* What no entry can hold is not looked at. */
	if (strlen(whole) >= MAX_VIEW_TEXT)
		snprintf(whole, sizeof(whole), "%s", view->name);
	snprintf(text, MAX_VIEW_TEXT, "%.*s", MAX_VIEW_TEXT - 1, whole);
}
