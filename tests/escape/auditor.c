/*
 * mkdir("out"), which the policy denies, while the command does something to
 * its auditor, or to what the auditor looks at. REPORT names its report;
 * without an audit there is nobody to do it to.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "victim.h"

#define CALLS	2000
#define THREADS 4
#define PAGE	4096

static enum outcome exists(void)
{
	struct stat st;

	return stat("out", &st) == 0 || stat("OUT", &st) == 0 ? ESCAPED : HELD;
}

static enum outcome makes(void)
{
	mkdir("out", 0755);
	return exists();
}

/* 0 where nobody audits. */
static pid_t auditor(void)
{
	return getenv("AUDITED") ? auditor_pid(getenv("REPORT")) : 0;
}

static enum outcome send(int signal)
{
	pid_t pid = auditor();

	if (pid && kill(pid, signal) < 0)
		err(2, "kill");
	for (int i = 0; i < 20; i++) {
		if (makes() == ESCAPED)
			return ESCAPED;
		usleep(10000);
	}
	return HELD;
}

static enum outcome killed(void)
{
	return send(SIGKILL);
}

/* The driver lets it go on. */
static enum outcome stopped(void)
{
	return send(SIGSTOP);
}

/* All signals that it could die of, and some of the timer's. */
static enum outcome signalled(void)
{
	pid_t pid = auditor();

	for (int signal = 1; pid && signal <= SIGRTMAX; signal++) {
		if (signal != SIGKILL && signal != SIGSTOP)
			kill(pid, signal);
	}
	return makes();
}

/* In a namespace of its own, by the driver's doing, where pids begin anew. */
static enum outcome kill_all(void)
{
	if (!getenv("OWN_PROCESSES") || getpid() > 100)
		skip("no namespace was made");
	kill(-1, SIGTERM);
	kill(-1, SIGKILL);
	for (int i = 0; i < 20; i++) {
		if (makes() == ESCAPED)
			return ESCAPED;
		usleep(10000);
	}
	return HELD;
}

/* With too little of everything. */
static enum outcome starved(void)
{
	static const int limits[] = { RLIMIT_NOFILE, RLIMIT_AS,
				      RLIMIT_FSIZE,  RLIMIT_DATA,
				      RLIMIT_STACK,  RLIMIT_SIGPENDING };
	const struct rlimit none = { 0, 0 };
	pid_t pid = auditor();

	for (size_t i = 0; pid && i < sizeof(limits) / sizeof(limits[0]); i++)
		prlimit(pid, (enum __rlimit_resource)limits[i], &none, NULL);
	for (int i = 0; i < 100; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/no/such/%d", i);
		mkdir(path, 0755);
	}
	return makes();
}

static enum outcome out_of_time(void)
{
	const struct rlimit none = { 0, 0 };
	pid_t pid = auditor();

	if (pid)
		prlimit(pid, RLIMIT_CPU, &none, NULL);
	for (int i = 0; i < CALLS; i++) {
		if (makes() == ESCAPED)
			return ESCAPED;
	}
	return HELD;
}

/* What it may not read it denies all the same. */
static enum outcome not_dumpable(void)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		err(2, "PR_SET_DUMPABLE");
	return makes();
}

static enum outcome other_tracer(void)
{
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	return makes();
}

static void handle(int signal)
{
	(void)signal;
}

static void *storm(void *outcome)
{
	for (int i = 0; i < CALLS; i++)
		mkdir("out", 0755);
	return outcome;
}

/* Signals that interrupt the calls while they wait for the answer. */
static enum outcome interrupted(void)
{
	struct sigaction action = { .sa_handler = handle };
	struct itimerval timer = { { 0, 200 }, { 0, 200 } };
	pthread_t threads[THREADS];

	if (sigaction(SIGALRM, &action, NULL) < 0 ||
	    setitimer(ITIMER_REAL, &timer, NULL) < 0)
		err(2, "timer");
	for (int i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, storm, NULL) != 0)
			errx(2, "no thread");
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	timer = (struct itimerval){ { 0, 0 }, { 0, 0 } };
	setitimer(ITIMER_REAL, &timer, NULL);
	return exists();
}

/* One that is killed while its call waits, again and again. */
static enum outcome killed_callers(void)
{
	for (int i = 0; i < 60; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(2, "fork");
		if (pid == 0) {
			storm(NULL);
			_exit(0);
		}
		usleep((useconds_t)(i * 50));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return exists();
}

static char *path_page;
static volatile bool race_is_over;

static void *flip(void *nothing)
{
	while (!race_is_over) {
		memcpy(path_page, "out", 4);
		memcpy(path_page, "OUT", 4);
		memcpy(path_page, "./n", 4);
	}
	return nothing;
}

/* The page that the path is on goes and comes. */
static void *unmap(void *nothing)
{
	while (!race_is_over) {
		mprotect(path_page, PAGE, PROT_NONE);
		mprotect(path_page, PAGE, PROT_READ | PROT_WRITE);
		madvise(path_page, PAGE, MADV_DONTNEED);
	}
	return nothing;
}

static enum outcome race(void *(*changing)(void *))
{
	pthread_t threads[2];

	path_page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (path_page == MAP_FAILED)
		err(2, "mmap");
	memcpy(path_page, "out", 4);
	for (int i = 0; i < 2; i++) {
		if (pthread_create(&threads[i], NULL, changing, NULL) != 0)
			errx(2, "no thread");
	}
	for (int i = 0; i < CALLS; i++)
		mkdir(path_page, 0755);
	race_is_over = true;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return makes();
}

static enum outcome raced(void)
{
	return race(flip);
}

static enum outcome raced_by_unmapping(void)
{
	return race(unmap);
}

/* A file that is mapped and cut off. */
static enum outcome path_of_nothing(void)
{
	int fd = memfd_create("path", 0);
	char *path;

	if (fd < 0 || ftruncate(fd, PAGE) < 0)
		err(2, "memfd");
	path = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (path == MAP_FAILED || ftruncate(fd, 0) < 0)
		err(2, "memfd");
	mkdir(path, 0755);
	mkdir((const char *)UINTPTR_MAX, 0755);
	mkdir((const char *)((uintptr_t)1 << 47), 0755);
	syscall(SYS_mkdirat, AT_FDCWD, NULL, 0755);
	return makes();
}

static void *mkdir_of_page(void *page)
{
	mkdir(page, 0755);
	return NULL;
}

/* A page that nobody ever fills: whoever reads the path waits. A second call,
 * of another thread, has a path that can be read. */
static enum outcome stalled(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	pthread_t thread;
	char *page;

	if (fd < 0)
		fd = (int)syscall(SYS_userfaultfd,
				  O_CLOEXEC | UFFD_USER_MODE_ONLY);
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (uintptr_t)page;
	range.range.len = PAGE;
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) < 0 ||
	    ioctl(fd, UFFDIO_REGISTER, &range) < 0)
		skip("no userfaultfd");
	if (pthread_create(&thread, NULL, mkdir_of_page, page) != 0)
		errx(2, "no thread");
	usleep(100000);
	return makes();
}

/* A child that nobody would trace, made while another thread takes the flag
 * back that the auditor has cleared. */
static volatile uint64_t clone_words[8];

static void *set_untraced(void *nothing)
{
	while (!race_is_over)
		clone_words[0] = CLONE_UNTRACED;
	return nothing;
}

static enum outcome untraced(void)
{
	pthread_t thread;

	clone_words[4] = SIGCHLD;
	if (pthread_create(&thread, NULL, set_untraced, NULL) != 0)
		errx(2, "no thread");
	for (int i = 0; i < 200; i++) {
		long pid =
			syscall(SYS_clone3, clone_words, sizeof(clone_words));

		if (pid == 0)
			_exit(makes() == ESCAPED ? ESCAPED : HELD);
		if (pid > 0)
			waitpid((pid_t)pid, NULL, 0);
	}
	race_is_over = true;
	pthread_join(thread, NULL);
	return exists();
}

static const struct attempt attempts[] = {
	{ "auditor-killed", killed },
	{ "auditor-stopped", stopped },
	{ "auditor-signalled", signalled },
	{ "auditor-kill-all", kill_all },
	{ "auditor-starved", starved },
	{ "auditor-out-of-time", out_of_time },
	{ "auditor-not-dumpable", not_dumpable },
	{ "auditor-other-tracer", other_tracer },
	{ "auditor-interrupted", interrupted },
	{ "auditor-killed-callers", killed_callers },
	{ "auditor-raced", raced },
	{ "auditor-raced-by-unmapping", raced_by_unmapping },
	{ "auditor-path-of-nothing", path_of_nothing },
	{ "auditor-stalled", stalled },
	{ "auditor-untraced", untraced },
};

ESCAPE_MAIN(attempts)
