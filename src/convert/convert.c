#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>

#include "../policy/string_stream.h"
#include "../status.h"
#include "convert.h"
#include "filter_dump.h"
#include "ini_dump.h"
#include "oci_dump.h"
#include "oci_import.h"
#include "output.h"
#include "profile.h"
#include "systemd_dump.h"

#define STATUS_LOSSY 1

/* A conversion: what is written, and what was wrong or lost. */
struct conversion {
	char *text; /* owned */
	size_t size;
	struct faults faults, losses;
};

static FILE *conversion_begin(struct conversion *conversion)
{
	FILE *to;

	*conversion = (struct conversion){ 0 };
	faults_init(&conversion->faults);
	faults_init(&conversion->losses);
	to = string_open(&conversion->text, &conversion->size);
	if (!to)
		err(STATUS_FAILED, "memory");
	return to;
}

static int conversion_end(struct conversion *conversion, FILE *to,
			  const struct convert_options *options,
			  const char *output, const char *what)
{
	size_t lost = conversion->losses.n;
	int status = 0;

	if (!string_close(to))
		err(STATUS_FAILED, "memory");
	faults_print(&conversion->losses);
	faults_print(&conversion->faults);
	if (conversion->faults.n)
		errx(STATUS_FAILED, "%zu fault%s in '%s'; nothing was written",
		     conversion->faults.n, conversion->faults.n == 1 ? "" : "s",
		     what);
	if (lost && !options->lossy) {
		warnx("%zu thing%s cannot be said; nothing was written; "
		      "--lossy writes what can",
		      lost, lost == 1 ? "" : "s");
		status = STATUS_LOSSY;
	} else {
		output_write(output, conversion->text, conversion->size);
	}
	faults_free(&conversion->losses);
	free(conversion->text);
	return status;
}

/* Those that Docker gives a container where nobody says anything. */
static uint64_t docker_capabilities(void)
{
	static const int list[] = {
		CAP_AUDIT_WRITE,  CAP_CHOWN,
		CAP_DAC_OVERRIDE, CAP_FOWNER,
		CAP_FSETID,	  CAP_KILL,
		CAP_MKNOD,	  CAP_NET_BIND_SERVICE,
		CAP_NET_RAW,	  CAP_SETFCAP,
		CAP_SETGID,	  CAP_SETPCAP,
		CAP_SETUID,	  CAP_SYS_CHROOT,
	};
	uint64_t set = 0;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		set |= 1ull << list[i];
	return set;
}

static uint64_t capabilities_of(const struct policy *policy)
{
	const struct capability *capability;
	uint64_t set = 0;

	STAILQ_FOREACH(capability, &policy->capabilities, next)
		set |= 1ull << capability->value;
	if (policy->capability_mode == CAPABILITIES_DROP)
		set = ~set;
	return set & ((1ull << cap_max_bits()) - 1);
}

int convert_import(const struct convert_options *options, const char *output,
		   const struct policy *policy)
{
	uint64_t capabilities =
		policy ? capabilities_of(policy) : docker_capabilities();
	struct conversion conversion;
	struct profile profile = { 0 };
	FILE *to = conversion_begin(&conversion);
	int status;

	if (profile_read(&profile, options->import, capabilities,
			 &conversion.faults, &conversion.losses))
		oci_import(to, &profile, capabilities, &conversion.faults,
			   &conversion.losses);
	status = conversion_end(&conversion, to, options, output,
				options->import);
	profile_free(&profile);
	return status;
}

static void dump_ini(FILE *to, struct policy *policy, struct faults *faults,
		     struct faults *losses)
{
	(void)faults;
	(void)losses;
	ini_dump(to, policy);
}

static void dump_oci(FILE *to, struct policy *policy, struct faults *faults,
		     struct faults *losses)
{
	oci_dump(to, policy, faults, losses);
}

static void dump_systemd(FILE *to, struct policy *policy, struct faults *faults,
			 struct faults *losses)
{
	(void)faults;
	systemd_dump(to, policy, losses);
}

static void dump_bpf(FILE *to, struct policy *policy, struct faults *faults,
		     struct faults *losses)
{
	bpf_dump(to, policy, faults, losses);
}

static void dump_pfc(FILE *to, struct policy *policy, struct faults *faults,
		     struct faults *losses)
{
	pfc_dump(to, policy, faults, losses);
}

int convert_dump(const struct convert_options *options, const char *output,
		 struct policy *policy)
{
	static const struct {
		const char *name;
		void (*dump)(FILE *to, struct policy *policy,
			     struct faults *faults, struct faults *losses);
	} formats[] = {
		{ "ini", dump_ini },	     { "oci", dump_oci },
		{ "systemd", dump_systemd }, { "bpf", dump_bpf },
		{ "pfc", dump_pfc },
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct conversion conversion;
		FILE *to;

		if (strcmp(formats[i].name, options->dump) != 0)
			continue;
		if (strcmp(options->dump, "bpf") == 0 && !output &&
		    isatty(STDOUT_FILENO))
			errx(STATUS_FAILED,
			     "--dump=bpf is no text for a terminal; write it "
			     "to a file with -o");
		to = conversion_begin(&conversion);
		formats[i].dump(to, policy, &conversion.faults,
				&conversion.losses);
		return conversion_end(&conversion, to, options, output,
				      policy->name);
	}
	errx(STATUS_FAILED,
	     "--dump=%s: can print ini, oci, systemd, bpf or pfc",
	     options->dump);
}
