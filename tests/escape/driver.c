/*
 * driver [-u USER] [-t SECONDS] [FILE]...
 *
 * Makes attempts for tests/cli/escape.bats, one for each line:
 *
 *     [NAME=VALUE]... COMMAND [ARGUMENT]...
 *
 * with tabs between the words. The directory is `arena`, made anew, as is the
 * file `report`: both are the user's. Each FILE is made there, with its own
 * name in it, or is a directory if it ends in a slash. The command and all that
 * hold its output may take so many seconds. Prints the output, then the status,
 * as a shell has it, or 124 if it was too late; a null byte after each.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOO_LATE 124
#define GRACE	 2 /* seconds from SIGTERM to SIGKILL */
#define WORDS	 64

static pid_t command;
static volatile sig_atomic_t signals;

static void end_command(int signal)
{
	int last = signals++ ? SIGKILL : SIGTERM;

	(void)signal;
	kill(command, last);
	kill(-command, last);
	kill(-command, SIGCONT);
	alarm(GRACE);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

/* The arena and the report, with nothing in them. */
static void clear(uid_t user)
{
	int report;

	nftw("arena", remove_one, 16, FTW_DEPTH | FTW_PHYS);
	unlink("report");
	report = open("report", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (report < 0 || fchown(report, user, user) < 0)
		err(2, "report");
	close(report);
	if (mkdir("arena", 0755) < 0 || chown("arena", user, user) < 0)
		err(2, "arena");
}

static void become(uid_t user)
{
	if (user == geteuid())
		return;
	if (setgroups(0, NULL) < 0 || setresgid(user, user, user) < 0 ||
	    setresuid(user, user, user) < 0)
		err(2, "user %u", user);
}

static void make(char *path)
{
	size_t length = strlen(path);
	FILE *file;

	if (path[length - 1] == '/') {
		if (mkdir(path, 0755) < 0)
			err(2, "%s", path);
		return;
	}
	file = fopen(path, "we");
	if (!file || fprintf(file, "%s\n", basename(path)) < 0 || fclose(file))
		err(2, "%s", path);
}

/* Leaves PATH open to read, if there is one, for the command. */
static void give(const char *path, int as)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && dup2(fd, as) < 0)
		err(2, "%s", path);
}

/* As the user, with nothing open but this, and a group that can be ended. */
static _Noreturn void execute(char **words, char **files, uid_t user,
			      int output)
{
	int input = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
		err(2, "dup");
	close_range(3, ~0u, 0);
	setpgid(0, 0);
	become(user);
	if (chdir("arena") < 0)
		err(2, "arena");
	while (*files)
		make(*files++);
	give("closed", 8);
	give("given", 9);
	while (*words && strchr(*words, '='))
		putenv(*words++);
	if (!*words)
		errx(2, "no command");
	execvp(*words, words);
	err(2, "%s", *words);
}

/* Until nobody has the other end; or the time is over, whoever still does. */
static void print(int input)
{
	char text[4096];
	ssize_t n;

	while (signals < 2 && (n = read(input, text, sizeof(text))) != 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (text[i])
				putchar(text[i]);
		}
	}
	putchar('\0');
}

static int wait_status(void)
{
	int status;

	while (waitpid(command, &status, 0) < 0) {
		if (errno != EINTR)
			err(2, "wait");
	}
	alarm(0);
	if (signals)
		return TOO_LATE;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static void split(char *line, char **words)
{
	size_t n = 0;

	while (n < WORDS && (words[n] = strsep(&line, "\t\n")) && *words[n])
		n++;
	if (n == WORDS)
		errx(2, "too many words");
	words[n] = NULL;
}

static void make_attempt(char *line, char **files, uid_t user,
			 unsigned int seconds)
{
	char *words[WORDS];
	int ends[2];

	split(line, words);
	clear(user);
	if (pipe2(ends, O_CLOEXEC) < 0)
		err(2, "pipe");
	signals = 0;
	command = fork();
	if (command < 0)
		err(2, "fork");
	if (command == 0)
		execute(words, files, user, ends[1]);
	close(ends[1]);
	alarm(seconds);
	print(ends[0]);
	close(ends[0]);
	printf("%d%c", wait_status(), '\0');
	fflush(stdout);
}

int main(int argc, char **argv)
{
	/* Without SA_RESTART: it ends a read. */
	const struct sigaction end = { .sa_handler = end_command };
	unsigned int seconds = 40;
	uid_t user = geteuid();
	char *line = NULL;
	size_t size = 0;
	int option;

	while ((option = getopt(argc, argv, "u:t:")) != -1) {
		if (option == 'u')
			user = (uid_t)atoi(optarg);
		else if (option == 't')
			seconds = (unsigned int)atoi(optarg);
		else
			return 2;
	}
	sigaction(SIGALRM, &end, NULL);
	while (getline(&line, &size, stdin) > 0)
		make_attempt(line, argv + optind, user, seconds);
	return 0;
}
