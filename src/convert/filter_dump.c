#include <err.h>

#include "../enforce/filter.h"
#include "../status.h"
#include "filter_dump.h"
#include "losses.h"

void bpf_dump(FILE *to, const struct policy *policy, struct faults *faults,
	      struct faults *losses)
{
	struct filter filter;

	losses_add_sections(policy, "a BPF program", losses);
	losses_add_ticket(policy, "a BPF program", losses);
	if (!filter_make(&filter, policy, NULL, faults))
		return;
	/* One program of all: bwrap --seccomp and setpriv take no more. */
	if (filter.n == 1 ||
	    filter_observe(&filter, policy, OBSERVE_NOTHING, faults))
		fwrite(filter.programs[0].code,
		       sizeof(filter.programs[0].code[0]), filter.programs[0].n,
		       to);
	filter_free(&filter);
}

void pfc_dump(FILE *to, const struct policy *policy, struct faults *faults,
	      struct faults *losses)
{
	(void)losses; /* it is read, and not loaded */
	filter_print(to, policy, faults);
}
