/*
 * What a command has of its policy, one thing a line, on standard output. It
 * is linked to run below 4 GiB, and static: see inject.c.
 *
 * The first word of each argument says what is done, the rest is its argument.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static void result(const char *what, const char *of, long value)
{
	printf("%s %s: %s\n", what, of,
	       value < 0 ? strerrorname_np(errno) : "done");
}

static void status(void)
{
	static const char *const kept[] = {
		"Umask:",  "Uid:",    "Gid:",	 "Groups:", "Threads:",
		"SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:",
		"CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:",
		"Seccomp", "NoNewPr", "Cpus_al",
	};
	FILE *file = fopen("/proc/self/status", "re");
	char line[4096];

	if (!file)
		err(1, "status");
	while (fgets(line, sizeof(line), file)) {
		for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
			if (strncmp(line, kept[i], strlen(kept[i])) == 0)
				fputs(line, stdout);
		}
	}
	fclose(file);
}

static void limits(void)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit;

		if (getrlimit((__rlimit_resource_t)i, &limit) == 0)
			printf("limit %d: %llx %llx\n", i,
			       (unsigned long long)limit.rlim_cur,
			       (unsigned long long)limit.rlim_max);
	}
}

static void descriptors(void)
{
	for (int fd = 0; fd < 64; fd++) {
		int flags = fcntl(fd, F_GETFL);
		struct stat st;

		if (flags >= 0 && fstat(fd, &st) == 0)
			printf("fd %d: flags %x type %x device %lx\n", fd,
			       (unsigned int)flags, st.st_mode & S_IFMT,
			       S_ISCHR(st.st_mode) ? (long)st.st_rdev : 0);
	}
}

static void process(void)
{
	char text[PATH_MAX];
	struct stat root;
	int signal = 0, fd;
	ssize_t n;

	printf("cwd: %s\n", getcwd(text, sizeof(text)) ? text : "none");
	if (stat("/", &root) == 0)
		printf("root: %lu %lu\n", root.st_dev, root.st_ino);
	prctl(PR_GET_PDEATHSIG, &signal);
	printf("pdeathsig: %d\n", signal);
	printf("nice: %d\n", getpriority(PRIO_PROCESS, 0));
	printf("session: %s\n", getsid(0) == getpid() ? "own" : "inherited");
	fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
	n = read(fd, text, sizeof(text));
	printf("oom: %.*s", n > 0 ? (int)n : 0, text);
	close(fd);
	for (char **entry = environ; *entry; entry++)
		printf("environment: %s\n", *entry);
}

static void try_port(const char *what, const char *port, bool binds)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((unsigned short)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (binds)
		result(what, port, bind(fd, (void *)&address, sizeof(address)));
	else
		result(what, port,
		       connect(fd, (void *)&address, sizeof(address)));
	close(fd);
}

static void try(const char *argument)
{
	const char *of = strchr(argument, '=');

	of = of ? of + 1 : "";
	errno = 0;
	if (strncmp(argument, "read", 4) == 0)
		result("read", of, open(of, O_RDONLY | O_CLOEXEC));
	else if (strncmp(argument, "write", 5) == 0)
		result("write", of, open(of, O_WRONLY | O_CLOEXEC));
	else if (strncmp(argument, "mkdir", 5) == 0)
		result("mkdir", of, mkdirat(-1, of, 0755));
	else if (strncmp(argument, "bind", 4) == 0)
		try_port("bind", of, true);
	else if (strncmp(argument, "connect", 7) == 0)
		try_port("connect", of, false);
	else if (strncmp(argument, "socket", 6) == 0)
		result("socket", of, socket(atoi(of), SOCK_STREAM, 0));
	else if (strncmp(argument, "signal", 6) == 0)
		result("signal", of, kill(getppid(), 0));
	else if (strncmp(argument, "exec", 4) == 0)
		result("exec", of,
		       execve(of, (char *[]){ NULL }, (char *[]){ NULL }));
	else if (strncmp(argument, "call", 4) == 0)
		result("call", of, syscall(atoi(of), -1, -1, -1, -1, -1, -1));
}

int main(int argc, char **argv)
{
	static char buffer[1 << 16];

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	descriptors();
	status();
	limits();
	process();
	fflush(stdout); /* it may be killed in what follows */
	for (int i = 1; i < argc; i++)
		try(argv[i]);
	printf("end\n");
	return fflush(stdout) == 0 ? 7 : 1;
}
