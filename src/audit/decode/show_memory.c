#include <inttypes.h>
#include <linux/sched.h>
#include <string.h>

#include "../../policy/names.h"
#include "../memory.h"
#include "decode.h"
#include "flags.h"
#include "show_memory.h"
#include "sockaddr.h"
#include "variant.h"

#define MAX_BYTES 32 /* of a buffer's, and of a word of a command */
#define MAX_WORDS 8  /* of a command */

/* At ADDRESS; of MOST bytes and more it is cut. */
static bool add_string(struct text *text, pid_t pid, uint64_t address,
		       size_t most)
{
	char string[MAX_ARGUMENT];
	ssize_t n = memory_read_string(pid, address, string, most);

	if (n < 0)
		return false;
	text_quote(text, string, (size_t)n, (size_t)n == most);
	return true;
}

bool show_string(struct text *text, const struct shown *shown)
{
	uint64_t address = shown_value(shown);

	return address &&
	       add_string(text, shown->call->pid, address, MAX_ARGUMENT);
}

static bool add_bytes(struct text *text, const struct shown *shown,
		      uint64_t length)
{
	size_t wanted = length < MAX_BYTES ? (size_t)length : MAX_BYTES;
	uint64_t address = shown_value(shown);
	char bytes[MAX_BYTES];
	ssize_t n = 0;

	if (wanted)
		n = memory_read(shown->call->pid, address, bytes, wanted);
	if (!address || n < 0)
		return false;
	text_quote(text, bytes, (size_t)n, (size_t)n < length);
	return true;
}

static bool show_buffer(struct text *text, const struct shown *shown)
{
	int64_t length = (int64_t)shown_other(shown);

	return length >= 0 && add_bytes(text, shown, (uint64_t)length);
}

/* Reads N numbers of 32 or 64 bits; returns how many there were. */
static size_t read_words(const struct call *call, uint64_t address,
			 uint64_t *words, size_t n, bool are_short)
{
	size_t size = are_short ? sizeof(uint32_t) : sizeof(uint64_t);
	char bytes[(MAX_WORDS + 1) * sizeof(uint64_t)];
	ssize_t length = -1;
	uint32_t word;

	if (address && n * size <= sizeof(bytes))
		length = memory_read(call->pid, address, bytes, n * size);
	if (length < 0)
		return 0;
	n = (size_t)length / size;
	for (size_t i = 0; i < n; i++) {
		if (are_short) {
			memcpy(&word, bytes + i * size, size);
			words[i] = word;
		} else {
			memcpy(&words[i], bytes + i * size, size);
		}
	}
	return n;
}

static size_t read_sockaddr(pid_t pid, uint64_t address, uint64_t length,
			    struct sockaddr_storage *to)
{
	ssize_t n;

	/* The kernel takes no longer one, nor one whose length is below 0. */
	if (!address || !length || length > MAX_SOCKADDR)
		return 0;
	n = memory_read(pid, address, to, (size_t)length);
	return n == (ssize_t)length ? (size_t)n : 0;
}

/* struct msghdr starts with a pointer to the name and an int, its length. */
static bool read_msghdr(const struct shown *shown, uint64_t *name,
			uint32_t *length)
{
	bool are_short = call_has_short_pointers(shown->call);
	uint64_t words[2];

	if (read_words(shown->call, shown_value(shown), words, 2, are_short) !=
	    2)
		return false;
	*name = words[0];
	*length = (uint32_t)words[1];
	return true;
}

size_t shown_sockaddr(const struct shown *shown,
		      struct sockaddr_storage *address)
{
	uint64_t at = shown_value(shown);
	uint32_t length = 0;

	if (shown_role(shown)->kind != ROLE_MSGHDR)
		length = (uint32_t)shown_other(shown);
	else if (!read_msghdr(shown, &at, &length))
		return 0;
	return read_sockaddr(shown->call->pid, at, length, address);
}

static bool show_sockaddr(struct text *text, const struct shown *shown)
{
	struct sockaddr_storage address;
	size_t length = shown_sockaddr(shown, &address);

	if (length)
		sockaddr_print(text, &address, length);
	return length;
}

static bool show_msghdr(struct text *text, const struct shown *shown)
{
	struct sockaddr_storage address;
	uint64_t name;
	uint32_t length;

	if (!read_msghdr(shown, &name, &length))
		return false;
	length = (uint32_t)read_sockaddr(shown->call->pid, name, length,
					 &address);
	text_add(text, "{name=");
	if (length)
		sockaddr_print(text, &address, length);
	else if (name)
		text_format(text, "0x%" PRIx64, name);
	else
		text_add(text, "NULL");
	text_add(text, "}");
	return true;
}

static bool show_argv(struct text *text, const struct shown *shown)
{
	const struct call *call = shown->call;
	uint64_t words[MAX_WORDS + 1];
	size_t n = read_words(call, shown_value(shown), words, MAX_WORDS + 1,
			      call_has_short_pointers(call));

	if (!n)
		return false;
	text_add(text, "[");
	for (size_t i = 0; i < n && words[i]; i++) {
		text_add(text, i ? ", " : "");
		if (i == MAX_WORDS)
			text_add(text, "…");
		else if (!add_string(text, call->pid, words[i], MAX_BYTES))
			text_format(text, "0x%" PRIx64, words[i]);
	}
	text_add(text, "]");
	return true;
}

/* Two longs, which 32-bit calls have of 64 bits where their name says so. */
static bool read_longs(const struct shown *shown, uint64_t words[2],
		       bool *are_short)
{
	*are_short = arch_is_32bit(shown->call->arch) &&
		     !strstr(shown->roles->name, "64");
	return read_words(shown->call, shown_value(shown), words, 2,
			  *are_short) == 2;
}

static bool show_timespec(struct text *text, const struct shown *shown)
{
	uint64_t words[2];
	bool are_short;

	if (!read_longs(shown, words, &are_short))
		return false;
	for (unsigned int i = 0; are_short && i < 2; i++)
		words[i] = (uint64_t)(int32_t)words[i];
	text_format(text, "{sec=%" PRId64 ", nsec=%" PRId64 "}",
		    (int64_t)words[0], (int64_t)words[1]);
	return true;
}

static bool show_rlimit(struct text *text, const struct shown *shown)
{
	uint64_t limits[2];
	bool are_short;

	if (!read_longs(shown, limits, &are_short))
		return false;
	for (unsigned int i = 0; i < 2; i++) {
		text_add(text, i ? ", max=" : "{cur=");
		if (limits[i] == (are_short ? UINT32_MAX : UINT64_MAX))
			text_add(text, "RLIM_INFINITY");
		else
			text_format(text, "%" PRIu64, limits[i]);
	}
	text_add(text, "}");
	return true;
}

/* Of 64-bit fields on all architectures, and 0 where the caller's is older. */
static bool read_fields(const struct shown *shown, uint64_t *fields, size_t n)
{
	uint64_t size = shown_other(shown);
	ssize_t length;

	if (size > n * sizeof(*fields))
		size = n * sizeof(*fields);
	memset(fields, 0, n * sizeof(*fields));
	if (!shown_value(shown) || !size)
		return false;
	length = memory_read(shown->call->pid, shown_value(shown), fields,
			     (size_t)size);
	return length == (ssize_t)size;
}

static bool show_open_how(struct text *text, const struct shown *shown)
{
	uint64_t how[3]; /* struct open_how: flags, mode, resolve */

	if (!read_fields(shown, how, 3))
		return false;
	text_add(text, "{flags=");
	flags_print(text, FLAGS_OPEN, how[0]);
	if (open_makes_file(how[0]))
		text_format(text, ", mode=0%03" PRIo64, how[1]);
	text_add(text, ", resolve=");
	flags_print(text, FLAGS_RESOLVE, how[2]);
	text_add(text, "}");
	return true;
}

static bool show_clone_args(struct text *text, const struct shown *shown)
{
	/* struct clone_args: flags, pidfd, child_tid, parent_tid, signal */
	uint64_t args[5];

	if (!read_fields(shown, args, 5))
		return false;
	text_add(text, "{flags=");
	flags_print(text, FLAGS_CLONE3, args[0]);
	text_add(text, ", exit_signal=");
	flags_print(text, FLAGS_SIGNAL, args[4]);
	text_add(text, "}");
	return true;
}

static bool (*const functions[N_ROLES])(struct text *text,
					const struct shown *shown) = {
	[ROLE_PATH] = show_string,
	[ROLE_PATH_AT] = show_string,
	[ROLE_STRING] = show_string,
	[ROLE_BUFFER] = show_buffer,
	[ROLE_SOCKADDR] = show_sockaddr,
	[ROLE_MSGHDR] = show_msghdr,
	[ROLE_ARGV] = show_argv,
	[ROLE_TIMESPEC] = show_timespec,
	[ROLE_RLIMIT] = show_rlimit,
	[ROLE_OPEN_HOW] = show_open_how,
	[ROLE_CLONE_ARGS] = show_clone_args,
};

bool show_memory(struct text *text, const struct shown *shown)
{
	enum role_kind kind = shown_role(shown)->kind;

	return functions[kind] && functions[kind](text, shown);
}

bool shown_is_output(const struct shown *shown)
{
	enum role_kind kind = shown_role(shown)->kind;

	return kind == ROLE_BUFFER_OUT || kind == ROLE_STRING_OUT ||
	       kind == ROLE_SOCKADDR_OUT || kind == ROLE_PAIR_OUT;
}

/* The result may be what there would have been to write (MSG_TRUNC, xattr). */
static bool output_buffer(struct text *text, const struct shown *shown,
			  uint64_t result)
{
	int64_t size = (int64_t)shown_other(shown);

	if (size < 0)
		return false;
	if (result > (uint64_t)size)
		result = (uint64_t)size;
	return add_bytes(text, shown, result);
}

/* The kernel has left the length of the whole address where it was told. */
static bool output_sockaddr(struct text *text, const struct shown *shown)
{
	struct sockaddr_storage address;
	uint64_t length_at = shown_other(shown);
	uint32_t length = 0;

	if (!length_at || memory_read(shown->call->pid, length_at, &length,
				      sizeof(length)) != sizeof(length))
		return false;
	length = (uint32_t)read_sockaddr(shown->call->pid, shown_value(shown),
					 length, &address);
	if (length)
		sockaddr_print(text, &address, length);
	return length;
}

static bool output_pair(struct text *text, const struct shown *shown)
{
	uint64_t pair[2];

	if (read_words(shown->call, shown_value(shown), pair, 2, true) != 2)
		return false;
	text_format(text, "[%d, %d]", (int)pair[0], (int)pair[1]);
	return true;
}

bool show_output(struct text *text, const struct shown *shown, int64_t result)
{
	if (result < 0)
		return false;
	switch ((enum role_kind)shown_role(shown)->kind) {
	case ROLE_BUFFER_OUT:
		return output_buffer(text, shown, (uint64_t)result);
	case ROLE_STRING_OUT:
		return result && show_string(text, shown);
	case ROLE_SOCKADDR_OUT:
		return output_sockaddr(text, shown);
	case ROLE_PAIR_OUT:
		return output_pair(text, shown);
	default:
		return false;
	}
}
