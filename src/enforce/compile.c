#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../policy/multiplex.h"
#include "../policy/names.h"
#include "compile.h"

/* Below this many rules a binary tree does not pay; and libseccomp up to
 * 2.5.4 builds a wrong one of none at all. */
#define MIN_TREE_RULES 32

/* Much more than the kernel takes, for what is condensed: 256 KiB, of the
 * 1 MiB that any user may have (proc(5), pipe-max-size). */
#define PIPE_SIZE (8 * BPF_MAXINSNS * (int)sizeof(struct sock_filter))

uint32_t kernel_action(enum action action, int errnum)
{
	switch (action) {
	case ACTION_ALLOW:
		return SCMP_ACT_ALLOW;
	case ACTION_LOG:
		return SCMP_ACT_LOG;
	case ACTION_DENY:
		return SCMP_ACT_ERRNO((uint32_t)errnum);
	case ACTION_KILL:
		break;
	}
	return SCMP_ACT_KILL_PROCESS;
}

/*
 * libseccomp takes numbers of the native architecture, or its own negative
 * ones, and translates them by name to that of the filter. Returns
 * __NR_SCMP_ERROR for a number that has no name.
 */
static int api_number(const struct plan_rule *rule)
{
	int number = __NR_SCMP_ERROR;
	char *name;

	if (rule->arch == seccomp_arch_native())
		return (int)rule->nr;
	name = seccomp_syscall_resolve_num_arch(rule->arch, (int)rule->nr);
	if (name)
		number = seccomp_syscall_resolve_name(name);
	free(name);
	return number;
}

/*
 * Whether libseccomp makes of a rule on the call one on socketcall or ipc as
 * well: where there are conditions, it does not do so when it is to be exact.
 * What that one allows or denies beside, the verifier sees.
 */
static bool is_multiplexed(const struct plan_rule *rule)
{
	struct multiplex multiplex;
	bool is_it;
	char *name;

	if (!arch_multiplexes(rule->arch))
		return false;
	name = seccomp_syscall_resolve_num_arch(rule->arch, (int)rule->nr);
	is_it = name && multiplex_find(rule->arch, name, &multiplex);
	free(name);
	return is_it;
}

static int add_term(scmp_filter_ctx filter, const struct plan_rule *rule,
		    const struct term *term)
{
	struct scmp_arg_cmp compare[6];
	unsigned int n = 0;

	for (unsigned int arg = 0; arg < 6; arg++) {
		if (!term->mask[arg])
			continue;
		compare[n++] = (struct scmp_arg_cmp){
			arg,
			SCMP_CMP_MASKED_EQ,
			term->mask[arg],
			term->value[arg],
		};
	}
	if (is_multiplexed(rule))
		return seccomp_rule_add_array(
			filter, kernel_action(rule->action, rule->errnum),
			api_number(rule), n, compare);
	return seccomp_rule_add_exact_array(
		filter, kernel_action(rule->action, rule->errnum),
		api_number(rule), n, compare);
}

/* Whoever has one of the three addresses wrong has no ticket. */
static int add_without_ticket(scmp_filter_ctx filter,
			      const struct plan_rule *rule)
{
	const struct ticket *ticket = rule->spares;
	const uint64_t addresses[] = { ticket->path, ticket->argv,
				       ticket->envp };
	int result = 0;

	for (unsigned int arg = 0; arg < 3 && result == 0; arg++)
		result = seccomp_rule_add_exact(
			filter, kernel_action(rule->action, rule->errnum),
			api_number(rule), 1,
			(struct scmp_arg_cmp){ arg, SCMP_CMP_NE, addresses[arg],
					       0 });
	return result;
}

static int add_rule(scmp_filter_ctx filter, const struct plan_rule *rule)
{
	int result = 0;

	if (rule->spares)
		return add_without_ticket(filter, rule);
	if (!rule->is_conditional)
		return seccomp_rule_add_exact(
			filter, kernel_action(rule->action, rule->errnum),
			api_number(rule), 0);
	for (size_t i = 0; i < rule->terms.n && result == 0; i++)
		result = add_term(filter, rule, &rule->terms.list[i]);
	return result;
}

static int set_attributes(scmp_filter_ctx filter, const struct layer *layer)
{
	const struct {
		enum scmp_filter_attr attribute;
		uint32_t value;
	} attributes[] = {
		{ SCMP_FLTATR_API_SYSRAWRC, 1 },
		{ SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS },
		{ SCMP_FLTATR_CTL_NNP, 0 }, /* launch.c sets it, always */
		{ SCMP_FLTATR_CTL_OPTIMIZE, layer->n > MIN_TREE_RULES ? 2 : 1 },
	};
	int result = 0;

	for (size_t i = 0;
	     i < sizeof(attributes) / sizeof(attributes[0]) && result == 0; i++)
		result = seccomp_attr_set(filter, attributes[i].attribute,
					  attributes[i].value);
	return result;
}

/* The filter of one architecture; NULL with *RESULT set. */
static scmp_filter_ctx arch_filter(const struct layer *layer, uint32_t arch,
				   int *result)
{
	scmp_filter_ctx filter = seccomp_init(
		kernel_action(layer->default_action, layer->default_errnum));

	*result = filter ? set_attributes(filter, layer) : -ENOMEM;
	if (*result == 0 && arch != seccomp_arch_native()) {
		*result = seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
		if (*result == 0)
			*result = seccomp_arch_add(filter, arch);
	}
	/* Backwards: libseccomp walks a sorted list for each new rule, and
	 * finds the place for one below all others at once. */
	for (size_t i = layer->n; i-- > 0 && *result == 0;) {
		if (layer->rules[i].arch == arch)
			*result = add_rule(filter, &layer->rules[i]);
	}
	if (*result == 0)
		return filter;
	seccomp_release(filter);
	return NULL;
}

/*
 * libseccomp 2.5 can only write to a descriptor, in one go. Not to a file,
 * which RLIMIT_FSIZE would cut. What does not fit into the pipe is lost, but a
 * program of that size is too large for the kernel.
 */
int program_export(void *filter, struct program *program)
{
	int ends[2], size = 0;
	int result;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	/* A user with many pipes gets small ones (pipe(7)). */
	if (fcntl(ends[1], F_GETPIPE_SZ) < PIPE_SIZE &&
	    fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE) < 0)
		result = -errno;
	else
		result = seccomp_export_bpf(filter, ends[1]);
	if (result == 0 && (ioctl(ends[0], FIONREAD, &size) < 0 || size <= 0))
		result = -EIO;
	/* It may have been cut off: libseccomp does not look. */
	if (result == 0 && size == PIPE_SIZE)
		result = -E2BIG;
	if (result == 0) {
		program->n = (size_t)size / sizeof(program->code[0]);
		program->code = malloc((size_t)size);
		if (!program->code)
			result = -ENOMEM;
		else if (read(ends[0], program->code, (size_t)size) != size)
			result = -EIO;
	}
	close(ends[0]);
	close(ends[1]);
	return result;
}

/* The filter of all architectures of POLICY; NULL with *RESULT set. */
static scmp_filter_ctx whole_filter(const struct layer *layer,
				    const struct policy *policy, int *result)
{
	scmp_filter_ctx whole = NULL;

	*result = 0;
	for (size_t i = 0; i < policy->n_architectures && *result == 0; i++) {
		scmp_filter_ctx part =
			arch_filter(layer, policy->architectures[i], result);

		if (!part)
			break;
		if (!whole) {
			whole = part;
			continue;
		}
		*result = seccomp_merge(whole, part);
		if (*result < 0)
			seccomp_release(part);
	}
	if (*result == 0)
		return whole;
	seccomp_release(whole);
	return NULL;
}

int layer_compile(const struct layer *layer, const struct policy *policy,
		  struct program *program)
{
	int result;
	scmp_filter_ctx whole = whole_filter(layer, policy, &result);

	*program = (struct program){ 0 };
	if (!whole)
		return result;
	result = program_export(whole, program);
	seccomp_release(whole);
	if (result < 0) {
		free(program->code);
		*program = (struct program){ 0 };
	}
	return result;
}

int layer_print(const struct layer *layer, const struct policy *policy,
		FILE *to)
{
	int result, c;
	scmp_filter_ctx whole = whole_filter(layer, policy, &result);
	FILE *from = NULL;
	int fd;

	if (!whole)
		return result;
	/* libseccomp writes to a descriptor, and TO may have none. */
	fd = memfd_create("pfc", MFD_CLOEXEC);
	if (fd >= 0)
		from = fdopen(fd, "r");
	result = from ? seccomp_export_pfc(whole, fd) : -errno;
	seccomp_release(whole);
	if (!from)
		return result;
	rewind(from);
	while ((c = fgetc(from)) != EOF)
		fputc(c, to);
	fclose(from);
	return result;
}
