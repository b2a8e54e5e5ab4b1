/*
 * Getting back what no_new_privs and the dropped capabilities took. The driver
 * names programs in SETUID, SETGID and FILECAP: copies of this one, which would
 * run with another user's rights.
 */
#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "escape.h"

/* The low 32 of them are more than enough to see one. */
static unsigned int capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		err(2, "capget");
	return data[0].effective | data[0].permitted;
}

static void need_capabilities(void)
{
	if (!capabilities() && !prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0))
		skip("an ordinary user has none to lose");
}

/* What a program that was executed has more than its caller. (AT_SECURE is no
 * gain: it is also set where file capabilities were taken away again.) */
static enum outcome gained(void)
{
	return geteuid() != getuid() || getegid() != getgid() || capabilities()
		       ? ESCAPED
		       : HELD;
}

static enum outcome executed(const char *program)
{
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		execl(program, program, EXECUTED, NULL);
		/* A file capability that the bounding set lacks. */
		if (errno == EPERM)
			_exit(HELD);
		err(2, "%s", program);
	}
	return wait_outcome(pid);
}

static enum outcome of_variable(const char *name)
{
	const char *program = getenv(name);

	if (!program)
		skip("root has to make the program");
	return executed(program);
}

static enum outcome setuid_program(void)
{
	return of_variable("SETUID");
}

static enum outcome setgid_program(void)
{
	return of_variable("SETGID");
}

static enum outcome filecap_program(void)
{
	return of_variable("FILECAP");
}

/* Root's programs have all capabilities of the bounding set. */
static enum outcome exec_as_root(void)
{
	need_capabilities();
	return executed("/proc/self/exe");
}

static enum outcome capset_all(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { { ~0u, ~0u, ~0u },
						  { 0, 0, 0 } };

	need_capabilities();
	syscall(SYS_capset, &header, data);
	for (unsigned int i = 0; i < 32; i++) {
		data[0].effective = data[0].permitted = data[0].inheritable =
			1u << i;
		syscall(SYS_capset, &header, data);
	}
	return capabilities() ? ESCAPED : HELD;
}

static enum outcome ambient(void)
{
	need_capabilities();
	for (unsigned int i = 0; i <= CAP_LAST_CAP; i++)
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0);
	return capabilities() ? ESCAPED : HELD;
}

static enum outcome securebits(void)
{
	need_capabilities();
	return prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS, 0, 0, 0) == 0
		       ? ESCAPED
		       : HELD;
}

/* Another user, and root again. */
static enum outcome other_user(void)
{
	need_capabilities();
	return setresuid(1, 1, 0) == 0 || setresgid(1, 1, 0) == 0 ? ESCAPED
								  : HELD;
}

static enum outcome no_new_privs(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? HELD : ESCAPED;
}

static const struct attempt attempts[] = {
	{ "privilege-setuid-program", setuid_program },
	{ "privilege-setgid-program", setgid_program },
	{ "privilege-filecap-program", filecap_program },
	{ "privilege-exec-as-root", exec_as_root },
	{ "privilege-capset", capset_all },
	{ "privilege-ambient", ambient },
	{ "privilege-securebits", securebits },
	{ "privilege-other-user", other_user },
	{ "privilege-no-new-privs", no_new_privs },
};

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], EXECUTED) == 0)
		return (int)gained();
	/* Nobody is to try anything with another user's rights. */
	if (getauxval(AT_SECURE))
		errx(2, "not as set-user-ID");
	return escape_main(argc, argv, attempts,
			   sizeof(attempts) / sizeof(attempts[0]));
}
