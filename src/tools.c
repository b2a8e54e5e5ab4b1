#include <err.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

#include "enforce/caps.h"
#include "policy/arguments.h"
#include "policy/groups.h"
#include "policy/names.h"
#include "status.h"
#include "tools.h"
#include "words.h"

static void list_groups(void)
{
	struct faults faults;
	struct policy *policy;
	const struct group *group;
	const struct entry *member;

	faults_init(&faults);
	policy = policy_load("default", &faults);
	if (!policy) {
		faults_print(&faults);
		errx(STATUS_FAILED, "cannot read the groups");
	}
	groups_read_all(policy, &faults);
	STAILQ_FOREACH(group, &policy->groups, next) {
		int column = printf("%s =", group->name);

		STAILQ_FOREACH(member, &group->members, next)
			column = print_word(member->origin.text, column, 4);
		printf("\n");
	}
	policy_free(policy);
}

/* "41  socket(domain, type, protocol)", as conditions name the arguments. */
static void list_syscalls(void)
{
	uint32_t arch = seccomp_arch_native();

	for (int nr = 0; nr < N_SYSCALLS; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(arch, nr);
		const struct argument *arguments;

		if (!name)
			continue;
		arguments = arguments_of(name);
		printf("%4d  %s", nr, name);
		for (int i = 0; arguments && i < 6 && arguments[i].name[0]; i++)
			printf("%s%s", i ? ", " : "(", arguments[i].name);
		printf("%s\n", arguments && arguments[0].name[0] ? ")" : "");
		free(name);
	}
}

static void list_capabilities(void)
{
	uint64_t held = caps_permitted();

	for (cap_value_t value = 0; value < cap_max_bits(); value++) {
		char *name = cap_to_name(value);

		if (!name)
			err(STATUS_FAILED, "capability %d", value);
		printf("%-24s%s\n", name, held >> value & 1 ? "held" : "-");
		cap_free(name);
	}
}

int tool_list(const char *what)
{
	static const struct {
		const char *name;
		void (*list)(void);
	} lists[] = {
		{ "groups", list_groups },
		{ "syscalls", list_syscalls },
		{ "capabilities", list_capabilities },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (strcmp(lists[i].name, what) != 0)
			continue;
		lists[i].list();
		if (fflush(stdout) != 0)
			err(STATUS_FAILED, "cannot write the list");
		return 0;
	}
	errx(STATUS_FAILED,
	     "--list=%s: can list groups, syscalls or "
	     "capabilities",
	     what);
}
