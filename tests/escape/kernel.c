/*
 * What the built-in policies deny because only attacks use it: typing into the
 * terminal, io_uring, userfaultfd, key rings, and others. Each is harmless
 * where it succeeds: the terminal is the attempt's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>

#include "escape.h"

#define HIGH_BIT (1ul << 32)

/* The line discipline's end of a new terminal, which is this session's. */
static int own_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct termios raw;

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		skip("no pseudo-terminal");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || tcgetattr(slave, &raw) < 0)
		skip("no pseudo-terminal");
	cfmakeraw(&raw);
	if (tcsetattr(slave, TCSANOW, &raw) < 0)
		skip("no pseudo-terminal");
	return slave;
}

/* In a child, which can lead a session. */
static enum outcome type(unsigned long request)
{
	pid_t pid = fork();
	char typed = 'x';
	int slave;

	if (pid < 0)
		err(2, "fork");
	if (pid > 0)
		return wait_outcome(pid);
	slave = own_terminal();
	if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
		err(2, "TIOCSCTTY");
	if (syscall(SYS_ioctl, slave, request, &typed) < 0)
		_exit(HELD);
	typed = 0;
	_exit(read(slave, &typed, 1) == 1 && typed == 'x' ? ESCAPED : HELD);
}

static enum outcome tiocsti(void)
{
	return type(TIOCSTI);
}

static enum outcome tiocsti_high_bit(void)
{
	return type(TIOCSTI | HIGH_BIT);
}

static enum outcome tiocsti_all_high_bits(void)
{
	return type(TIOCSTI | 0xffffffff00000000);
}

/* Only a virtual console has it: another one says that it does not. */
static enum outcome tioclinux(void)
{
	char subcode = 0x7f; /* none */
	int terminal = own_terminal();

	if (ioctl(terminal, TIOCLINUX, &subcode) < 0 && errno == EPERM)
		return HELD;
	return ESCAPED;
}

static enum outcome tioclinux_high_bit(void)
{
	char subcode = 0x7f;
	int terminal = own_terminal();

	if (syscall(SYS_ioctl, terminal, TIOCLINUX | HIGH_BIT, &subcode) < 0 &&
	    errno == EPERM)
		return HELD;
	return ESCAPED;
}

/* Every part of it: a ring could be inherited, or sent. */
static enum outcome io_uring(void)
{
	struct io_uring_params params = { 0 };

	if (syscall(SYS_io_uring_setup, 1, &params) >= 0)
		return ESCAPED;
	syscall(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0);
	if (errno == EBADF)
		return ESCAPED;
	syscall(SYS_io_uring_register, -1, 0, NULL, 0);
	return errno == EBADF ? ESCAPED : HELD;
}

static enum outcome userfaultfd(void)
{
	return syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY) >= 0
		       ? ESCAPED
		       : HELD;
}

static enum outcome add_key(void)
{
	return syscall(SYS_add_key, "user", "scrun-escape", "x", 1,
		       KEY_SPEC_PROCESS_KEYRING) > 0
		       ? ESCAPED
		       : HELD;
}

/* A session key ring's, of somebody who was here before. */
static enum outcome keyctl_session(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
		       KEY_SPEC_PROCESS_KEYRING, 1, 0, 0) > 0
		       ? ESCAPED
		       : HELD;
}

static enum outcome request_key(void)
{
	syscall(SYS_request_key, "user", "scrun-escape-none", NULL, 0);
	return errno == ENOKEY ? ESCAPED : HELD;
}

/* No attributes: EFAULT or EINVAL where it looks for them. */
static enum outcome bpf(void)
{
	syscall(SYS_bpf, BPF_PROG_LOAD, (void *)1, sizeof(union bpf_attr));
	return errno == EFAULT ? ESCAPED : HELD;
}

static enum outcome perf(void)
{
	syscall(SYS_perf_event_open, (void *)1, 0, -1, -1, 0);
	return errno == EFAULT ? ESCAPED : HELD;
}

/* Addresses and lengths that no mount, clock or module has. */
static enum outcome administration(void)
{
	static const long calls[] = {
		SYS_mount,	   SYS_umount2,	     SYS_pivot_root,
		SYS_clock_settime, SYS_finit_module, SYS_kexec_file_load,
		SYS_swapon,
	};
	enum outcome outcome = HELD;

	if (geteuid() != 0)
		skip("needs root's capabilities to begin with");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		syscall(calls[i], -1, -1, -1, -1, -1);
		if (errno != EPERM && errno != ENOSYS)
			outcome = ESCAPED;
	}
	return outcome;
}

static const struct attempt attempts[] = {
	{ "kernel-tiocsti", tiocsti },
	{ "kernel-tiocsti-high-bit", tiocsti_high_bit },
	{ "kernel-tiocsti-all-high-bits", tiocsti_all_high_bits },
	{ "kernel-tioclinux", tioclinux },
	{ "kernel-tioclinux-high-bit", tioclinux_high_bit },
	{ "kernel-io-uring", io_uring },
	{ "kernel-userfaultfd", userfaultfd },
	{ "kernel-add-key", add_key },
	{ "kernel-keyctl", keyctl_session },
	{ "kernel-request-key", request_key },
	{ "kernel-bpf", bpf },
	{ "kernel-perf", perf },
	{ "kernel-administration", administration },
};

ESCAPE_MAIN(attempts)
