/*
 * Whatever a tracee has in its registers and in its memory, and whatever its
 * files are called: its calls are printable texts of bounded length, and lines
 * of JSON.
 */
#include <errno.h>
#include <jansson.h>
#include <linux/audit.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

#include "audit/decode/decode.h"
#include "audit/report.h"
#include "fuzz.h"
#include "policy/names.h"

/* Where the tracee has its memory; beside it there is none. */
#define BASE	 0x10000u
#define MAX_TEXT 1100

static const uint8_t *memory;
static size_t memory_size;
static char written[1 << 16];
static size_t n_written;

ssize_t __wrap_process_vm_readv(pid_t pid, const struct iovec *local,
				unsigned long n_local,
				const struct iovec *remote,
				unsigned long n_remote, unsigned long flags);
long __wrap_ptrace(enum __ptrace_request request, ...);
ssize_t __wrap_readlink(const char *name, char *buffer, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);

/* Reads less, as the kernel does, where a page is not there. */
ssize_t __wrap_process_vm_readv(pid_t pid, const struct iovec *local,
				unsigned long n_local,
				const struct iovec *remote,
				unsigned long n_remote, unsigned long flags)
{
	uintptr_t at = (uintptr_t)remote->iov_base;
	size_t n = remote->iov_len;

	(void)pid;
	CHECK(n_local == 1 && n_remote == 1 && flags == 0 &&
	      local->iov_len == n && n > 0 && n - 1 <= UINTPTR_MAX - at);
	if (at < BASE || at - BASE >= memory_size) {
		errno = EFAULT;
		return -1;
	}
	if (n > memory_size - (at - BASE))
		n = memory_size - (at - BASE);
	memcpy(local->iov_base, memory + (at - BASE), n);
	return (ssize_t)n;
}

long __wrap_ptrace(enum __ptrace_request request, ...)
{
	(void)request;
	errno = ESRCH;
	return -1;
}

/* A file's name is what stands first in the memory. */
ssize_t __wrap_readlink(const char *name, char *buffer, size_t size)
{
	(void)name;
	if (size > memory_size)
		size = memory_size;
	memcpy(buffer, memory, size);
	return (ssize_t)size;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
	(void)fd;
	CHECK(n_written + n <= sizeof(written));
	memcpy(written + n_written, bytes, n);
	n_written += n;
	return (ssize_t)n;
}

/* The members of the input before the memory. */
struct input {
	uint16_t nr;
	uint8_t arch;
	uint8_t comm[15];
	uint8_t kinds[6]; /* of the arguments: pointers, small, any */
	uint8_t size;	  /* of the buffer for a text, in steps of 8 */
	uint8_t pad;
	int64_t result;
	uint64_t args[6];
};

static struct call call_of(const struct input *input)
{
	static const uint32_t archs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386,
					  AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM };
	struct call call = {
		.pid = 4711,
		.arch = archs[input->arch % 4],
		.nr = input->nr % 512u,
	};

	if (input->arch & 0x80)
		call.nr |= X32_SYSCALL_BIT;
	for (unsigned int i = 0; i < 6; i++) {
		call.args[i] = input->args[i];
		if (input->kinds[i] % 4 == 1)
			call.args[i] = BASE + input->args[i] % 1024;
		else if (input->kinds[i] % 4 == 2)
			call.args[i] %= 64;
	}
	return call;
}

static void check_decoded(const struct decoded *decoded,
			  const struct input *input)
{
	char text[MAX_TEXT];
	size_t size =
		input->size ? 8u * input->size % sizeof(text) : sizeof(text);
	size_t n = decoded_print(decoded, text, size);

	CHECK(n == 0 || (n < size && n == strlen(text)));
	check_printable(text, n);
	n = decoded_print_brief(decoded, text, size);
	CHECK(n == 0 || (n < size && n == strlen(text)));
	check_printable(text, n);
	CHECK(decoded->n <= 6);
	for (unsigned int i = 0; i < decoded->n; i++) {
		n = strnlen(decoded->args[i], MAX_ARGUMENT);
		CHECK(n < MAX_ARGUMENT);
		check_printable(decoded->args[i], n);
	}
}

/* One line, and of the text more than a colour cannot be asked for. */
static void check_line(bool is_json)
{
	json_t *json;

	CHECK(n_written > 0 && written[n_written - 1] == '\n');
	check_printable(written, n_written - 1);
	if (is_json) {
		json = json_loadb(written, n_written, JSON_REJECT_DUPLICATES,
				  NULL);
		CHECK(json_is_object(json));
		json_decref(json);
	}
	n_written = 0;
}

static void check_report(const struct call *call, const struct decoded *decoded,
			 const struct input *input)
{
	static const struct report_format *const formats[] = { &report_text,
							       &report_json };
	static char none[] = "";
	const struct finding finding = {
		.kind = (enum finding_kind)(input->pad % N_FINDING_KINDS),
		.errnum = input->pad / 4,
		.arch = call->arch,
		.nr = call->nr,
		.brief = none,
		.reason = none,
		.allow = none,
	};
	const struct caller caller = { .pid = call->pid, .comm = "comm" };
	const struct result result = {
		.value = input->result,
		.is_error = input->result < 0 && input->result > -4096,
		.is_none = input->pad & 1,
		.is_denied = input->pad & 2,
	};
	struct report report = { .mode = AUDIT_TRACE };

	for (unsigned int i = 0; i < 2; i++) {
		formats[i]->finding(&report, &finding, decoded, &caller);
		check_line(i == 1);
		formats[i]->call(&report, decoded, call->pid, &result);
		check_line(i == 1);
	}
	CHECK(report.lost == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decoded decoded;
	struct input input;
	struct call call;
	char path[300];

	if (size <= sizeof(input))
		return 0;
	memcpy(&input, data, sizeof(input));
	memory = data + sizeof(input);
	memory_size = size - sizeof(input);
	call = call_of(&input);
	call_decode(&decoded, &call);
	check_decoded(&decoded, &input);
	if (call_has_output(&call))
		call_decode_result(&decoded, &call, input.result);
	check_decoded(&decoded, &input);
	check_report(&call, &decoded, &input);
	for (unsigned int i = 0; i < 3; i++) {
		if (call_path(&call, i, path, input.pad + 1u))
			CHECK(strnlen(path, input.pad + 1u) <= input.pad);
	}
	return 0;
}
