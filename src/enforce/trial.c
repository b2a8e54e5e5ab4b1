#include <string.h>

#include "compile.h"
#include "trial.h"

bool trial_has_ticket(const struct trial *trial,
		      const struct seccomp_data *data)
{
	return trial->ticket && data->arch == trial->ticket->arch &&
	       (uint32_t)data->nr == trial->ticket->nr;
}

static bool is_ticket(const struct trial *trial,
		      const struct seccomp_data *data)
{
	return trial_has_ticket(trial, data) &&
	       data->args[0] == trial->ticket->path &&
	       data->args[1] == trial->ticket->argv &&
	       data->args[2] == trial->ticket->envp;
}

uint32_t trial_wanted(const struct trial *trial,
		      const struct seccomp_data *data, struct verdict verdict)
{
	if (is_ticket(trial, data))
		return observed(trial->policy->default_action == ACTION_LOG
					? SECCOMP_RET_LOG
					: SECCOMP_RET_ALLOW,
				trial->observation);
	return observed(kernel_action(verdict.action, verdict.errnum),
			trial->observation);
}

bool trial_differs(const struct trial *trial, const struct seccomp_data *data,
		   uint32_t wanted, uint32_t got)
{
	*trial->difference = (struct difference){
		.arch = data->arch,
		.nr = (uint32_t)data->nr,
		.wanted = wanted,
		.got = got,
	};
	memcpy(trial->difference->args, data->args, sizeof(data->args));
	return false;
}

bool trial_holds(const struct trial *trial, const struct seccomp_data *data,
		 struct verdict verdict)
{
	uint32_t wanted = trial_wanted(trial, data, verdict);
	uint32_t got = programs_run(trial->programs, trial->n, data);

	return got == wanted || trial_differs(trial, data, wanted, got);
}
