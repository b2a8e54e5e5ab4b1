/*
 * only-enforce FILTER COMMAND [ARGUMENT]...: the limit of a start under a
 * policy: asks the kernel for what the policy comes to, without a look at any
 * answer but an error. FILTER is what `scrun --dump=bpf` prints.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sock_filter code[BPF_MAXINSNS];

static void capabilities_drop(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {
		{ 0 },
	};

	/* Past the last one: EINVAL; not root: EPERM. */
	for (unsigned long cap = 0; prctl(PR_CAPBSET_DROP, cap) == 0; cap++)
		;
	if (syscall(SYS_capset, &header, none) < 0)
		err(1, "capset");
}

int main(int argc, char **argv)
{
	struct sock_fprog program = { .filter = code };
	ssize_t size;
	int fd;

	if (argc < 3)
		errx(2, "usage: only-enforce FILTER COMMAND...");
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (size = read(fd, code, sizeof(code))) <= 0)
		err(1, "%s", argv[1]);
	program.len = (unsigned short)((size_t)size / sizeof(code[0]));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err(1, "no_new_privs");
	capabilities_drop();
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		err(1, "seccomp");
	execv(argv[2], argv + 2);
	err(1, "%s", argv[2]);
}
