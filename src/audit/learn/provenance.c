#include <err.h>
#include <limits.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../../status.h"
#include "../exhausted.h"
#include "../printable.h"
#include "build_id.h"
#include "provenance.h"

#define MARK "; learned: "

static const char *const kinds[] = { "program", "libc" };
#define N_KINDS 2

void provenance_begin(struct provenance *provenance)
{
	const struct scmp_version *version = seccomp_version();
	struct utsname system;

	if (uname(&system) < 0)
		err(STATUS_FAILED, "uname");
	snprintf(provenance->system, sizeof(provenance->system),
		 "%.40s %.64s %.32s, libseccomp %u.%u.%u", system.sysname,
		 system.release, system.machine, version->major, version->minor,
		 version->micro);
}

static void set(char **place, const char *path)
{
	if (*place)
		return;
	*place = strdup(path);
	if (!*place)
		exhausted();
}

void provenance_program(struct provenance *provenance, pid_t pid)
{
	char link[48], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)pid);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0 || path[0] != '/')
		return;
	path[n] = '\0';
	set(&provenance->program, path);
}

void provenance_opened(struct provenance *provenance, const char *path)
{
	const char *base = strrchr(path, '/');

	if (base && (strncmp(base, "/libc.so", 8) == 0 ||
		     strncmp(base, "/libc.musl", 10) == 0 ||
		     strncmp(base, "/ld-musl", 8) == 0 ||
		     strncmp(base, "/libc-2.", 8) == 0))
		set(&provenance->libc, path);
}

/* The identity that the last line on PATH in TEXT gives, or NULL. */
static const char *identity_in(const char *text, const char *kind,
			       const char *path, size_t *length)
{
	char head[PATH_MAX + 32];
	const char *found = NULL;
	size_t n =
		(size_t)snprintf(head, sizeof(head), MARK "%s %s ", kind, path);

	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, head, n) == 0)
			found = at + n;
	}
	if (found)
		*length = strcspn(found, "\r\n");
	return found;
}

static bool is_known(const char *text, const char *kind, const char *path,
		     const char *identity)
{
	size_t length = 0;
	const char *known = identity_in(text, kind, path, &length);

	return known && length == strlen(identity) &&
	       memcmp(known, identity, length) == 0;
}

/* "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36." is in the
 * file; what a comment needs of it is the number. */
static void libc_version(const char *path, char *text, size_t size)
{
	static const char phrase[] = "release version ";
	FILE *file = fopen(path, "re");
	size_t at = 0, n = 0;
	int c;

	*text = '\0';
	while (file && (c = getc(file)) != EOF) {
		if (phrase[at] == '\0') {
			if ((c < '0' || c > '9') && c != '.')
				break;
			if (n + 1 < size)
				text[n++] = (char)c;
			continue;
		}
		at = c == phrase[at] ? at + 1 : c == phrase[0];
	}
	while (n > 0 && text[n - 1] == '.')
		n--;
	text[n] = '\0';
	if (file)
		fclose(file);
}

/* In a line of a policy (scrun.ini(5), Lines). */
static bool can_be_written(const char *path)
{
	for (; *path; path++) {
		if ((unsigned char)*path < ' ' || *path == '\177')
			return false;
	}
	return true;
}

static size_t write_file(FILE *out, const char *text, const char *kind,
			 const char *path, bool is_news)
{
	char identity[MAX_IDENTITY];
	size_t length;

	if (!path || !build_id(path, identity, sizeof(identity)) ||
	    !can_be_written(path) || is_known(text, kind, path, identity) ||
	    (!is_news && !identity_in(text, kind, path, &length)))
		return 0;
	fprintf(out, MARK "%s %s %s\n", kind, path, identity);
	return 1;
}

static void write_system(const struct provenance *provenance, FILE *out,
			 char *const *argv)
{
	char command[256] = "", libc[16] = "";
	size_t used = 0;

	for (; *argv && used + 8 < sizeof(command); argv++) {
		if (used)
			command[used++] = ' ';
		used += printable(command + used, sizeof(command) - used, *argv,
				  strlen(*argv));
	}
	if (provenance->libc)
		libc_version(provenance->libc, libc, sizeof(libc));
	fprintf(out, MARK "command %s\n" MARK "system %s%s%s\n", command,
		provenance->system, *libc ? ", libc " : "", libc);
}

size_t provenance_write(const struct provenance *provenance, FILE *out,
			const char *text, char *const *argv)
{
	const char *paths[N_KINDS] = { provenance->program, provenance->libc };
	size_t n = 0;

	if (argv)
		write_system(provenance, out, argv);
	for (size_t i = 0; i < N_KINDS; i++)
		n += write_file(out, text, kinds[i], paths[i], argv);
	return n;
}

/* ---- A later start ---- */

/* Whether the file that LINE, of TEXT, names is another one now: not where a
 * later line names it again, and not where it is gone. */
static bool has_changed(const char *text, const char *line, const char *kind,
			char path[PATH_MAX])
{
	size_t head = strlen(MARK) + strlen(kind) + 1;
	size_t length = strcspn(line, "\r\n"), last = length;
	char identity[MAX_IDENTITY];
	const char *at;

	if (length <= head || strncmp(line, MARK, strlen(MARK)) != 0 ||
	    strncmp(line + strlen(MARK), kind, strlen(kind)) != 0 ||
	    line[head - 1] != ' ')
		return false;
	/* The identity is two words. */
	for (int words = 0; words < 2 && last > head; words++) {
		last--;
		while (last > head && line[last] != ' ')
			last--;
	}
	if (last == head || last - head >= PATH_MAX)
		return false;
	memcpy(path, line + head, last - head);
	path[last - head] = '\0';
	at = identity_in(text, kind, path, &length);
	return at == line + last + 1 &&
	       build_id(path, identity, sizeof(identity)) &&
	       !is_known(text, kind, path, identity);
}

void provenance_warn(const struct policy *policy)
{
	char path[PATH_MAX], list[1024] = "";
	size_t used = 0;
	char *text;

	/* Most have been learned by nobody. */
	if (!memmem(policy->text, policy->length, MARK, strlen(MARK)))
		return;
	text = strndup(policy->text, policy->length);
	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		for (size_t i = 0; i < N_KINDS && used < sizeof(list); i++) {
			if (has_changed(text, at, kinds[i], path))
				used += (size_t)snprintf(
					list + used, sizeof(list) - used,
					"%s%s", used ? " and " : "", path);
		}
	}
	free(text);
	if (used)
		warnx("warning: '%s' was learned of another build of %s, which "
		      "may make other calls; to add them: scrun --learn=%s ...",
		      policy->name, list, policy->file);
}
