/*
 * try CALL [ARGUMENT]...: makes one system call, past libc, and prints its
 * result or the name of its errno. Exits with 0 either way.
 *
 * CALL is a name of the table or a number. An argument is a number, or a
 * string whose address is taken. Made for harmless arguments (a descriptor of
 * -1, a null pointer): a denied call then differs from another one by its
 * errno, and nothing else happens.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(name)                \
	{                         \
		SYS_##name, #name \
	}

static const struct {
	long number;
	const char *name;
} calls[] = {
	CALL(acct),
	CALL(add_key),
	CALL(bpf),
	CALL(chroot),
	CALL(clock_settime),
	CALL(clone),
	CALL(clone3),
	CALL(delete_module),
	CALL(execve),
	CALL(execveat),
	CALL(faccessat),
	CALL(finit_module),
	CALL(fsopen),
	CALL(getpid),
	CALL(getppid),
	CALL(getpriority),
	CALL(getuid),
	CALL(init_module),
	CALL(io_uring_enter),
	CALL(io_uring_register),
	CALL(io_uring_setup),
	CALL(ioctl),
	CALL(kexec_file_load),
	CALL(kexec_load),
	CALL(keyctl),
	CALL(kill),
	CALL(lseek),
	CALL(mkdirat),
	CALL(mount),
	CALL(mount_setattr),
	CALL(move_mount),
	CALL(mprotect),
	CALL(openat),
	CALL(openat2),
	CALL(open_by_handle_at),
	CALL(open_tree),
	CALL(personality),
	CALL(pidfd_getfd),
	CALL(pivot_root),
	CALL(prctl),
	CALL(process_vm_readv),
	CALL(process_vm_writev),
	CALL(ptrace),
	CALL(quotactl),
	CALL(reboot),
	CALL(request_key),
	CALL(seccomp),
	CALL(setdomainname),
	CALL(sethostname),
	CALL(setns),
	CALL(setpriority),
	CALL(settimeofday),
	CALL(socket),
	CALL(socketpair),
	CALL(statx),
	CALL(swapoff),
	CALL(swapon),
	CALL(umount2),
	CALL(unshare),
#ifdef SYS_open /* not on aarch64 */
	CALL(creat),
	CALL(ioperm),
	CALL(iopl),
	CALL(open),
#endif
};

static long call_number(const char *name)
{
	char *end;
	long number;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].number;
	}
	number = strtol(name, &end, 0);
	if (end == name || *end)
		errx(2, "no system call '%s' in the table", name);
	return number;
}

static unsigned long argument(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	return end == text || *end ? (unsigned long)text : value;
}

int main(int argc, char **argv)
{
	unsigned long arguments[6] = { 0 };
	pid_t self = getpid();
	long result;

	if (argc < 2 || argc > 8)
		errx(2, "usage: try CALL [ARGUMENT]...");
	for (int i = 2; i < argc; i++)
		arguments[i - 2] = argument(argv[i]);
	result =
		syscall(call_number(argv[1]), arguments[0], arguments[1],
			arguments[2], arguments[3], arguments[4], arguments[5]);
	if (getpid() != self)
		_exit(0); /* the child of a clone that was let through */
	if (result == -1)
		puts(strerrorname_np(errno));
	else
		printf("%ld\n", result);
	return 0;
}
