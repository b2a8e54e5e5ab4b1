/*
 * Any bytes are a seccomp profile or have a fault. A profile that can be
 * imported makes a policy without a fault; and that policy as a profile
 * (--dump=oci), imported again, means the same.
 */
#define MAX_SAME_TRIES 20u
#include "file.h"

#include "convert/oci_dump.h"
#include "convert/oci_import.h"

/* Compiling and verifying take a hundred times as long as the rest. */
#define DUMPS_ONE_IN 64

const char *__lsan_default_suppressions(void);

/*
 * libseccomp 2.5.4 forgets nodes of some trees that it merges, whatever is
 * released. What scrun forgets to release is for the unit tests to find.
 */
const char *__lsan_default_suppressions(void)
{
	return "leak:libseccomp.so";
}

static const char *profile_text;
static size_t profile_size;

FILE *__wrap_fopen(const char *name, const char *mode);
FILE *__real_fopen(const char *name, const char *mode);

FILE *__wrap_fopen(const char *name, const char *mode)
{
	if (mode[0] == 'w') /* what libFuzzer has found */
		return __real_fopen(name, mode);
	return fmemopen((void *)(uintptr_t)profile_text, profile_size, "r");
}

/* The policy that the profile means, to be freed; or NULL. */
static char *imported(const char *text, size_t size, uint64_t capabilities)
{
	struct profile profile;
	struct faults faults, losses;
	size_t length;
	char *policy;
	FILE *to = open_memstream(&policy, &length);

	profile_text = text;
	profile_size = size;
	faults_init(&faults);
	faults_init(&losses);
	if (profile_read(&profile, "profile.json", capabilities, &faults,
			 &losses))
		oci_import(to, &profile, capabilities, &faults, &losses);
	else
		CHECK(faults.n > 0);
	profile_free(&profile);
	fclose(to);
	check_faults(&faults);
	check_faults(&losses);
	if (faults.n) {
		free(policy);
		policy = NULL;
	}
	faults_free(&faults);
	faults_free(&losses);
	return policy;
}

static bool are_calls_lost(const struct faults *losses)
{
	for (size_t i = 0; i < losses->n; i++) {
		if (strstr(fault_text(losses, i), "too many for a profile") ||
		    strstr(fault_text(losses, i), "for all architectures"))
			return true;
	}
	return false;
}

static void check_dump(const struct policy *policy)
{
	struct faults faults, losses;
	struct policy *again;
	char *json, *text;
	size_t size;
	FILE *to = open_memstream(&json, &size);

	faults_init(&faults);
	faults_init(&losses);
	oci_dump(to, policy, &faults, &losses);
	fclose(to);
	if (!faults.n && !are_calls_lost(&losses)) {
		text = imported(json, size, 0);
		CHECK(text);
		again = policy_written(text);
		check_same(policy, again);
		policy_free(again);
		free(text);
	}
	free(json);
	faults_free(&faults);
	faults_free(&losses);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t seed = seed_of(data, size);
	struct policy *policy;
	char *text;

	if (size == 0)
		return 0;
	text = imported((const char *)data, size, size % 2 ? UINT64_MAX : 0);
	if (!text)
		return 0;
	policy = policy_written(text);
	if ((seed >> 20) % DUMPS_ONE_IN == 0)
		check_dump(policy);
	policy_free(policy);
	free(text);
	return 0;
}
