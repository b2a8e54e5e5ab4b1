/*
 * faults [-a] [-c CALL] [-n FAULTS] [-s SEED] [-v] [CASE]...: lets every system
 * call and every allocation fail that scrun makes itself, one at a time, and
 * sees that the command runs under the whole of its policy or does not run.
 * Prints TAP.
 *
 * A case is a policy and a mode; -c takes one call alone, by its name or as
 * "allocation", and -v shows what a miss has led to. Without -a, as many FAULTS
 * as -n says are taken from each, by SEED; SCRUN_FAULTS_JOBS says how many
 * starts are under way at a time, else it is one for each processor.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "judge.h"
#include "start.h"

/* ---- Cases ----------------------------------------------------------------
 */

/* Of each section something; @ is the directory, % a user with a group more
 * than its own. What is under [process] here takes no privilege. */
#define COMMON                                                         \
	"[policy]\ninclude = base.ini\n"                               \
	"[groups]\n@mine = mkdirat acct\n"                             \
	"[process]\nchdir = @\numask = 027\nnice = 5\n"                \
	"oom_score_adj = 500\nstdin = null\nstdout = @/output\n"       \
	"stderr = append:@/errors\nclose_fds = yes\nkeep_fds = 9\n"    \
	"new_session = yes\npdeathsig = SIGUSR1\n"                     \
	"[environment]\nclear = yes\nkeep = PATH\nset = ONE=\"1 2\"\n" \
	"[limits]\nnofile = 100:200\ncore = 0\nas = 1G\n"              \
	"[paths]\nread = /proc /etc ?/none\nwrite = @\nexecute = @\n"  \
	"[network]\nbind = 8080\nconnect = 5432\nscope = signals\n"

#define ROOT                                              \
	"[process]\nuser = %\nroot = /\n[capabilities]\n" \
	"keep = cap_net_bind_service cap_kill\n"

#define DENY_SOME                                                \
	"[syscalls]\ndefault = allow\ndeny = @mine:EXDEV @exec " \
	"socket(domain == 16):EAFNOSUPPORT\narchitectures = native\n"

/* An older policy is kept, its comments and denials too. */
#define LEARNED                                                       \
	"; mine\n[syscalls]\ndefault = deny\nallow = read ; a word\n" \
	"deny = ptrace\n"

static const struct {
	const char *name, *policy; /* NULL: the built-in policy */
	const char *mode, *format; /* "learn" has none */
	bool needs_root;
	const char *learned; /* NULL: it is to be made */
} cases[] = {
	{ "plain-builtin", NULL, NULL, NULL, false, NULL },
	{ "plain-user", COMMON DENY_SOME, NULL, NULL, false, NULL },
	{ "plain-root", COMMON ROOT DENY_SOME, NULL, NULL, true, NULL },
	{ "denied-user", COMMON DENY_SOME, "denied", "text", false, NULL },
	{ "denied-root", COMMON ROOT DENY_SOME, "denied", "json", true, NULL },
	{ "calls-user", COMMON DENY_SOME, "calls", "text", false, NULL },
	{ "calls-root", COMMON ROOT DENY_SOME, "calls", "json", true, NULL },
	{ "trace-user", COMMON DENY_SOME, "trace", "text", false, NULL },
	{ "trace-root", COMMON ROOT DENY_SOME, "trace", "text", true, NULL },
	{ "learn-user", COMMON DENY_SOME, "learn", NULL, false, NULL },
	{ "learn-root", COMMON ROOT DENY_SOME, "learn", NULL, true, LEARNED },
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static enum audit audit_of(size_t i)
{
	const char *mode = cases[i].mode;

	if (!mode)
		return AUDIT_NONE;
	if (strcmp(mode, "learn") == 0)
		return AUDIT_LEARN;
	return strcmp(mode, "denied") == 0 ? AUDIT_DENIED : AUDIT_TRACED;
}

/* One that has a supplementary group, so that losing it shows. */
static const char *some_user(void)
{
	const struct group *group;

	setgrent();
	while ((group = getgrent())) {
		for (char **member = group->gr_mem; *member; member++) {
			const struct passwd *user = getpwnam(*member);

			if (user && user->pw_uid && user->pw_gid)
				return strdup(*member);
		}
	}
	return "65534";
}

static void write_policy(const struct place *place, const char *name,
			 const char *text)
{
	static const char *user;
	char *path;
	FILE *file;

	if (!user)
		user = some_user();
	if (asprintf(&path, "%s/%s", place->directory, name) < 0)
		err(1, "memory");
	file = fopen(path, "we");
	if (!file)
		err(1, "%s", path);
	for (; *text; text++) {
		/* "@mine" and "@exec" are groups. */
		if (*text == '@' && !isalpha((unsigned char)text[1]))
			fputs(place->directory, file);
		else if (*text == '%')
			fputs(user, file);
		else
			fputc(*text, file);
	}
	if (fclose(file) != 0 || chmod(path, 0644) < 0)
		err(1, "%s", path);
	free(path);
}

static const char *build;

static char *in_build(const char *name)
{
	char *path;

	if (asprintf(&path, "%s/faults/%s", build, name) < 0)
		err(1, "memory");
	return path;
}

/* Landlock is to allow it, and the other user to reach it. */
static char *copy_command(const struct place *place)
{
	char *from = in_build("seen"), *to, *command;

	if (asprintf(&to, "%s/seen", place->directory) < 0 ||
	    asprintf(&command, "cp '%s' '%s'", from, to) < 0)
		err(1, "memory");
	if (system(command) != 0)
		errx(1, "%s", command);
	free(command);
	free(from);
	return to;
}

#define MAX_WORDS 32

/* All words are kept as long as this process is there. */
static void words_of(char *words[MAX_WORDS], const struct place *place,
		     size_t number)
{
	static char *const tries[] = { "read=/etc/passwd",   "read=/usr",
				       "write=/etc/none",    "mkdir=none",
				       "mkdir=none",	     "bind=80",
				       "bind=8081",	     "connect=5432",
				       "connect=5433",	     "socket=16",
				       "signal=parent",	     "call=163",
				       "exec=/proc/self/exe" };
	char *mode = NULL, *format = NULL, *learn = NULL;
	enum audit audit = audit_of(number);
	size_t n = 0;

	words[n++] = in_build("scrun");
	words[n++] = "-q";
	if (cases[number].policy) {
		write_policy(place, "base.ini", "[limits]\nmemlock = 64K\n");
		write_policy(place, "policy.ini", cases[number].policy);
		words[n++] = "-c";
		if (asprintf(&words[n++], "%s/policy.ini", place->directory) <
		    0)
			err(1, "memory");
	}
	if (audit == AUDIT_LEARN) {
		if (asprintf(&learn, "--learn=%s/" LEARNED_FILE,
			     place->directory) < 0)
			err(1, "memory");
		words[n++] = learn;
	} else if (audit != AUDIT_NONE) {
		if (asprintf(&mode, "--audit=%s", cases[number].mode) < 0 ||
		    asprintf(&format, "--format=%s", cases[number].format) < 0)
			err(1, "memory");
		words[n++] = mode;
		words[n++] = format;
		words[n++] = "-o";
		words[n++] = "/proc/self/fd/9";
	}
	words[n++] = copy_command(place);
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
		words[n++] = tries[i];
	words[n] = NULL;
}

/* ---- Faults ---------------------------------------------------------------
 */

struct fault {
	unsigned int role, nr, nth;
	enum injection injection;
	long value;
};

struct faults {
	struct fault *list; /* owned */
	size_t n, sites;
};

static void fault_add(struct faults *faults, const struct fault *fault)
{
	if (faults->n % 1024 == 0)
		faults->list = reallocarray(faults->list, faults->n + 1024,
					    sizeof(*fault));
	if (!faults->list)
		err(1, "memory");
	faults->list[faults->n++] = *fault;
}

static const int errnos[] = { EPERM,  EACCES, ENOMEM, EINVAL, EMFILE,
			      ENOSYS, EIO,    EINTR,  EAGAIN, ENOSPC };
#define N_ERRNOS (sizeof(errnos) / sizeof(errnos[0]))

/* Filters that let nothing happen and say that it did: for package builds as
 * an ordinary user, for one. A call that asks for something is not lied to. */
static bool can_be_lied_to(unsigned int nr)
{
	static const unsigned int calls[] = {
		SYS_capset,
		SYS_setuid,
		SYS_setgid,
		SYS_setresuid,
		SYS_setresgid,
		SYS_setgroups,
		SYS_setpriority,
		SYS_setsid,
		SYS_chroot,
		SYS_seccomp,
		SYS_landlock_restrict_self,
		SYS_prctl,
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (calls[i] == nr)
			return true;
	}
	return false;
}

/* How often the auditor looks for events depends on the time of day. */
#define MAX_AUDITOR_CALLS 40

/* The N-th of such a call; 0: each one, as where a container denies it. */
static void site_add(struct faults *faults, unsigned int role, unsigned int nr,
		     unsigned int nth)
{
	struct fault fault = { role, nr, nth, INJECT_RESULT, 0 };

	/* It does not return: there is nothing to fail with. */
	if (nr == SYS_exit_group)
		return;
	/* Then there is no message either. */
	if (role == 0 && nr == SYS_write && nth == 0)
		return;
	faults->sites++;
	for (size_t i = 0; i < N_ERRNOS; i++) {
		fault.value = -errnos[i];
		/* What is tried again is tried for ever. */
		if (nth == 0 && (errnos[i] == EINTR || errnos[i] == EAGAIN))
			continue;
		if (nr != ALLOCATE || errnos[i] == ENOMEM)
			fault_add(faults, &fault);
	}
	fault.value = 0;
	if (nth == 0 && can_be_lied_to(nr))
		fault_add(faults, &fault);
	fault.injection = INJECT_END;
	if (role > 0 && nth > 0)
		fault_add(faults, &fault);
}

static void faults_of(struct faults *faults, const struct inject *inject,
		      int only)
{
	for (unsigned int role = 0; role < N_ROLES; role++) {
		for (unsigned int nr = 0; nr < N_CALLS; nr++) {
			unsigned int n = inject->made[role][nr];

			if (only >= 0 && (int)nr != only)
				continue;
			if (role > 0 && nr != ALLOCATE && n > MAX_AUDITOR_CALLS)
				n = MAX_AUDITOR_CALLS;
			for (unsigned int nth = n ? 0 : 1; nth <= n; nth++)
				site_add(faults, role, nr, nth);
		}
	}
}

/* ---- Runs -----------------------------------------------------------------
 */

struct totals {
	atomic_size_t starts, unreached, n[N_JUDGEMENTS];
};

static void print_miss(const struct fault *fault, const struct outcome *outcome,
		       const char *why)
{
	static const char *const roles[N_ROLES] = { "scrun", "its child",
						    "the auditor" };
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE,
						      (int)fault->nr);
	char nth[16] = "each", *line = NULL;
	size_t length = 0;
	FILE *text = open_memstream(&line, &length);

	if (fault->nth)
		snprintf(nth, sizeof(nth), "%u.", fault->nth);
	fprintf(text, "# miss: %s %s of %s: %s: %s (status %x) %s\n", nth,
		fault->nr == ALLOCATE ? "allocation"
		: name		      ? name
				      : "?",
		roles[fault->role],
		fault->injection == INJECT_END ? "the end"
		: fault->value ? strerrorname_np((int)-fault->value)
			       : "a lie",
		why, (unsigned int)outcome->status, outcome->errors);
	fclose(text);
	if (write(STDOUT_FILENO, line, length) < 0)
		err(1, "output");
	free(line);
	free(name);
}

static void dump(const char *title, const char *text)
{
	fprintf(stderr, "---- %s\n%s\n", title, text);
}

/* A thread that has been registered once must be again, or libc ends it; who
 * can write nothing has no words. */
static bool silences_auditor(const struct fault *fault)
{
	return fault->injection == INJECT_END || fault->nr == SYS_rseq ||
	       (fault->nr == SYS_write && fault->nth == 0);
}

static void run(const struct fault *fault, struct place *place,
		char *const words[], const struct outcome *clean, size_t number,
		struct totals *totals, bool is_verbose)
{
	struct inject *inject = place->inject;
	struct outcome outcome;
	enum judgement judgement;
	const char *why = "";

	inject->injection = fault->injection;
	inject->role = fault->role;
	inject->nr = fault->nr;
	inject->nth = fault->nth;
	inject->value = fault->value;
	start(&outcome, place, words);
	judgement = judge(&outcome, clean, audit_of(number), place->learned,
			  silences_auditor(fault), &why);
	totals->starts++;
	totals->n[judgement]++;
	totals->unreached += inject->injected == 0;
	if (judgement == MISS)
		print_miss(fault, &outcome, why);
	if (is_verbose && judgement == MISS) {
		dump("output", outcome.output);
		dump("report", outcome.report);
		dump("learned", outcome.learned);
	}
	outcome_free(&outcome);
}

static void run_clean(struct outcome *clean, struct place *place,
		      char *const words[])
{
	place->inject->injection = INJECT_NOTHING;
	start(clean, place, words);
	if (!WIFEXITED(clean->status) || WEXITSTATUS(clean->status) != 7 ||
	    !strstr(clean->output, "\nend\n")) {
		dump("output", clean->output);
		dump("errors", clean->errors);
		dump("report", clean->report);
		errx(1, "without a fault, too, the command does not run (%x)",
		     (unsigned int)clean->status);
	}
}

/* ---- The whole ------------------------------------------------------------
 */

struct options {
	bool is_all, is_verbose;
	int call;      /* the only one, or -1 */
	size_t wanted; /* faults of a case */
	unsigned int seed;
	unsigned int jobs;
	char *base; /* the directory of all workers */
};

static void faults_shuffle(struct faults *faults, unsigned int seed)
{
	srandom(seed);
	for (size_t i = faults->n; i > 1; i--) {
		size_t j = (size_t)random() % i;
		struct fault fault = faults->list[i - 1];

		faults->list[i - 1] = faults->list[j];
		faults->list[j] = fault;
	}
}

/* In a process of its own. */
static void work(const struct options *options, size_t number,
		 unsigned int worker, const struct faults *faults,
		 struct totals *totals)
{
	struct place place;
	struct outcome clean;
	char *words[MAX_WORDS];

	place_make(&place, options->base, worker + 1);
	place.learned = cases[number].learned;
	words_of(words, &place, number);
	run_clean(&clean, &place, words);
	for (size_t i = worker; i < faults->n; i += options->jobs)
		run(&faults->list[i], &place, words, &clean, number, totals,
		    options->is_verbose);
	outcome_free(&clean);
	place_remove(&place);
}

static void enumerate(const struct options *options, size_t number,
		      struct faults *faults)
{
	struct place place;
	struct outcome clean;
	char *words[MAX_WORDS];

	place_make(&place, options->base, 0);
	place.learned = cases[number].learned;
	words_of(words, &place, number);
	run_clean(&clean, &place, words);
	faults_of(faults, place.inject, options->call);
	if (options->is_verbose)
		dump("without a fault",
		     *clean.learned ? clean.learned : clean.report);
	outcome_free(&clean);
	place_remove(&place);
}

static bool run_case(const struct options *options, size_t number)
{
	struct faults faults = { 0 };
	struct totals *totals =
		mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	size_t all;
	bool passed = true;
	int status;

	if (totals == MAP_FAILED)
		err(1, "memory");
	enumerate(options, number, &faults);
	all = faults.n;
	faults_shuffle(&faults, options->seed);
	if (!options->is_all && faults.n > options->wanted)
		faults.n = options->wanted;
	for (unsigned int worker = 0; worker < options->jobs; worker++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid == 0) {
			work(options, number, worker, &faults, totals);
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		passed &= status == 0;
	passed &= totals->n[MISS] == 0 && totals->starts == faults.n;
	printf("# %s: %zu sites, %zu faults, of which %zu tried (%zu not "
	       "reached)\n# %s: %zu right, %zu refused, %zu ended with the "
	       "auditor, %zu said to be incomplete, %zu misses\n",
	       cases[number].name, faults.sites, all, totals->starts,
	       totals->unreached, cases[number].name, totals->n[RIGHT],
	       totals->n[REFUSED], totals->n[ENDED], totals->n[UNCERTAIN],
	       totals->n[MISS]);
	free(faults.list);
	munmap(totals, sizeof(*totals));
	return passed;
}

static bool is_wanted(char *const names[], const char *name)
{
	if (!names[0])
		return true;
	for (; *names; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

static int number_of(const char *name)
{
	int nr = seccomp_syscall_resolve_name(name);

	if (strcmp(name, "allocation") == 0)
		return ALLOCATE;
	if (nr < 0)
		errx(1, "no call %s", name);
	return nr;
}

static struct options parse(int argc, char **argv)
{
	struct options options = { .wanted = 150, .call = -1 };
	const char *jobs = getenv("SCRUN_FAULTS_JOBS");
	int c;

	options.seed = (unsigned int)time(NULL);
	options.jobs = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	if (jobs && atoi(jobs) > 0)
		options.jobs = (unsigned int)atoi(jobs);
	while ((c = getopt(argc, argv, "ac:n:s:v")) != -1) {
		switch (c) {
		case 'a':
			options.is_all = true;
			break;
		case 'c':
			options.call = number_of(optarg);
			break;
		case 'n':
			options.wanted = (size_t)atol(optarg);
			break;
		case 's':
			options.seed = (unsigned int)atol(optarg);
			break;
		case 'v':
			options.is_verbose = true;
			break;
		default:
			errx(1, "usage: faults [-a] [-c CALL] [-n FAULTS] "
				"[-s SEED] [-v] [CASE]...");
		}
	}
	return options;
}

int main(int argc, char **argv)
{
	struct options options = parse(argc, argv);
	const char *base = getenv("TMPDIR");
	size_t n = 0;
	bool passed = true;

	build = getenv("SCRUN_BUILD");
	if (!build)
		errx(1, "SCRUN_BUILD is the directory of the build");
	if (asprintf(&options.base, "%s/faults.XXXXXX", base ? base : "/tmp") <
		    0 ||
	    !mkdtemp(options.base) || chmod(options.base, 0755) < 0)
		err(1, "no directory for the test");
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!options.is_all)
		printf("# a sample of seed %u; -a tries every fault\n",
		       options.seed);
	for (size_t i = 0; i < N_CASES; i++) {
		bool is_right;

		if (!is_wanted(argv + optind, cases[i].name))
			continue;
		n++;
		if (cases[i].needs_root && geteuid() != 0) {
			printf("ok %zu %s # SKIP needs root\n", n,
			       cases[i].name);
			continue;
		}
		is_right = run_case(&options, i);
		passed &= is_right;
		printf("%s %zu %s: whatever fails, the command has its whole "
		       "policy or does not run\n",
		       is_right ? "ok" : "not ok", n, cases[i].name);
	}
	printf("1..%zu\n", n);
	rmdir(options.base);
	return passed ? 0 : 1;
}
