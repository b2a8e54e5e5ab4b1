#include <err.h>
#include <unistd.h>

#include "../status.h"
#include "environment.h"
#include "prepare.h"

_Noreturn void prepare_refuse(const struct faults *faults, const char *command)
{
	faults_print(faults);
	errx(STATUS_FAILED, "'%s' was not run", command);
}

void prepare(struct prepared *prepared, const struct policy *policy,
	     char **argv, enum observation observation)
{
	struct command *command = &prepared->command;
	struct filter *filter = &prepared->filter;
	struct ticket ticket;
	struct faults faults;
	bool ready;

	faults_init(&faults);
	if (!process_plan(&prepared->process, policy, &faults))
		prepare_refuse(&faults, argv[0]);
	environment_apply(policy);
	command_find(command, argv);
	if (ticket_needed(policy) &&
	    !ticket_issue(&ticket, command->path, command->argv, environ))
		err(STATUS_FAILED, "no memory at a random address");
	ready = limits_plan(&prepared->limits, policy, &faults);
	ready &= landlock_plan(&prepared->landlock, policy, &faults);
	ready &= caps_plan(&prepared->caps, policy, &faults);
	ready &= filter_make(filter, policy, &ticket, &faults);
	if (ready && observation != OBSERVE_NOTHING)
		ready = filter_observe(filter, policy, observation, &faults);
	if (!ready)
		prepare_refuse(&faults, argv[0]);
}
