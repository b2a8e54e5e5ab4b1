#include <unistd.h>

#include "../enforce/launch.h"
#include "audit.h"
#include "auditor.h"
#include "hint.h"
#include "last_words.h"
#include "learn/learn.h"
#include "untraced.h"

static bool policy_logs(const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_rules; i++) {
		if (policy->rules[i].action == ACTION_LOG)
			return true;
	}
	return policy->default_action == ACTION_LOG;
}

enum observation audit_observation(const struct audit_options *options)
{
	switch (options->mode) {
	case AUDIT_NONE:
		return OBSERVE_NOTHING;
	case AUDIT_DENIED:
		return OBSERVE_DENIALS;
	case AUDIT_CALLS:
	case AUDIT_TRACE:
		break;
	}
	return OBSERVE_CALLS;
}

/* For --learn --report. It takes time, and so only where it was asked for. */
static bool audit_tells(const struct audit_options *options)
{
	return options->is_json && options->mode != AUDIT_DENIED;
}

_Noreturn void audit(struct policy *policy, const struct audit_options *options,
		     char **argv)
{
	struct watch watch = {
		.policy = policy,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.has_log = policy_logs(policy),
		.report = {
			.policy = policy,
			.argv = argv,
			.pid = getpid(),
			.is_partial = hint_status("Seccomp") == 2,
		},
	};
	struct auditor auditor;
	struct observer observer = {
		.observation = audit_observation(options),
		.begin = auditor_start,
		.context = &auditor,
	};

	if (options->mode != AUDIT_DENIED)
		untraced_deny(policy);
	tally_init(&watch.tally, policy->architectures,
		   policy->n_architectures);
	report_open(&watch.report, options, STDERR_FILENO);
	last_words_to(&watch.report);
	if (options->learn || audit_tells(options))
		watch.learn = learn_new(options->learn, policy, argv,
					audit_tells(options));
	auditor_prepare(&auditor, &watch);
	observer.progress = &auditor.hand_over->progress;
	launch(policy, argv, &observer);
}
