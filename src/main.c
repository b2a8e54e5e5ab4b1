#include <err.h>

#include "audit/audit.h"
#include "audit/learn/learn.h"
#include "audit/learn/provenance.h"
#include "audit/sums.h"
#include "check.h"
#include "convert/convert.h"
#include "dry_run.h"
#include "enforce/keep.h"
#include "enforce/launch.h"
#include "explain.h"
#include "options.h"
#include "policy/source.h"
#include "prefault.h"
#include "status.h"
#include "tools.h"

static struct policy *load(const char *name, bool wants_entries)
{
	struct policy *policy;
	struct faults faults;

	/* What scrun comes with takes 60 KB, Docker's default profile 220. */
	prefault_heap(source_is_bare_name(name) ? 56 << 10 : 224 << 10);
	faults_init(&faults);
	policy = wants_entries ? policy_load_entries(name, &faults)
			       : policy_load(name, &faults);
	/* What was not compiled before takes more for that. */
	if (policy && !policy->builtin && !policy->kept)
		prefault_heap(480 << 10);
	if (policy)
		return policy;
	faults_print(&faults);
	errx(STATUS_FAILED, "%zu fault%s in policy '%s'; nothing was run",
	     faults.n, faults.n == 1 ? "" : "s", name);
}

int main(int argc, char **argv)
{
	struct options options;
	struct policy *policy;

	launch_guard();
	options = options_parse(argc, argv);
	if (options.list)
		return tool_list(options.list);
	if (options.report && options.audit.learn)
		return learn_reports(options.audit.learn, options.command);
	if (options.report)
		return sums_report(options.command, &options.audit);
	if (options.convert.import)
		return convert_import(&options.convert, options.audit.output,
				      options.has_config
					      ? load(options.config, false)
					      : NULL);
	policy = load(options.config, options.convert.dump || options.compile);
	if (options.convert.dump)
		return convert_dump(&options.convert, options.audit.output,
				    policy);
	if (options.compile)
		return keep_write(policy);
	if (options.check)
		return check(policy, options.threshold);
	if (options.explain)
		return explain(policy, options.explain);
	if (!options.quiet) {
		policy_warn(policy);
		if (!options.audit.learn)
			provenance_warn(policy);
	}
	if (options.dry_run)
		return dry_run(policy, &options.audit, options.command);
	if (options.audit.mode != AUDIT_NONE)
		audit(policy, &options.audit, options.command);
	launch(policy, options.command, NULL);
}
