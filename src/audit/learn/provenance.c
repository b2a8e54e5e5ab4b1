#include <err.h>
#include <limits.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../../status.h"
#include "../last_words.h"
#include "../printable.h"
#include "../slots.h"
#include "build_id.h"
#include "provenance.h"

#define MARK	       "; learned: "

#define MAX_BUILD_LINE (PATH_MAX + MAX_IDENTITY + 32)

const char *build_name(unsigned int build)
{
	static const char *const names[N_BUILDS] = {
		[BUILD_PROGRAM] = "program",
		[BUILD_LIBC] = "libc",
	};

	return names[build];
}

static void print_command(char command[MAX_COMMAND], char *const *argv)
{
	size_t used = 0;

	for (; *argv && used + 8 < MAX_COMMAND; argv++) {
		if (used)
			command[used++] = ' ';
		used += printable(command + used, MAX_COMMAND - used, *argv,
				  strlen(*argv));
	}
}

void provenance_begin(struct provenance *provenance, char *const *argv)
{
	const struct scmp_version *version = seccomp_version();
	struct utsname system;

	if (uname(&system) < 0)
		err(STATUS_FAILED, "uname");
	snprintf(provenance->system, sizeof(provenance->system),
		 "%.40s %.64s %.32s, libseccomp %u.%u.%u", system.sysname,
		 system.release, system.machine, version->major, version->minor,
		 version->micro);
	print_command(provenance->command, argv);
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
	set(&provenance->builds[BUILD_PROGRAM].path, path);
}

void provenance_opened(struct provenance *provenance, const char *path)
{
	const char *base = strrchr(path, '/');

	if (base && (strncmp(base, "/libc.so", 8) == 0 ||
		     strncmp(base, "/libc.musl", 10) == 0 ||
		     strncmp(base, "/ld-musl", 8) == 0 ||
		     strncmp(base, "/libc-2.", 8) == 0))
		set(&provenance->builds[BUILD_LIBC].path, path);
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

/* Whether TEXT has LINE. */
static bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);

	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, line, n) == 0 && strcspn(at, "\r\n") == n)
			return true;
	}
	return false;
}

static void print_build(char line[MAX_BUILD_LINE], const char *kind,
			const char *path, const char *identity)
{
	snprintf(line, MAX_BUILD_LINE, MARK "%s %s %s", kind, path, identity);
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

/* In a line that a terminal may show. */
static bool can_be_written(const char *path)
{
	for (; *path; path++) {
		if (*path < ' ' || *path > '~')
			return false;
	}
	return true;
}

void provenance_end(struct provenance *provenance)
{
	const char *libc = provenance->builds[BUILD_LIBC].path;
	size_t used = strlen(provenance->system);
	char version[16] = "";

	if (libc)
		libc_version(libc, version, sizeof(version));
	if (*version)
		snprintf(provenance->system + used,
			 sizeof(provenance->system) - used, ", libc %s",
			 version);
	for (size_t i = 0; i < N_BUILDS; i++) {
		struct build *build = &provenance->builds[i];

		if (!build->path || (can_be_written(build->path) &&
				     build_id(build->path, build->identity,
					      sizeof(build->identity))))
			continue;
		free(build->path);
		build->path = NULL;
	}
}

/* Whether LINE, which no other of its kind begins like, is there for the first
 * time. */
static bool is_first(void **written, const char *line)
{
	void **slot = slot_of(written, line);
	bool is_new = !*slot;

	*slot = written;
	return is_new;
}

static void write_text(FILE *out, void **written, const char *kind,
		       const char *text)
{
	char line[MAX_COMMAND + 32];

	snprintf(line, sizeof(line), MARK "%s %s", kind, text);
	if (is_first(written, line))
		fprintf(out, "%s\n", line);
}

static size_t write_build(FILE *out, void **written, const char *text,
			  const char *kind, const struct build *build,
			  bool is_news)
{
	char line[MAX_BUILD_LINE];
	size_t length;

	if (!build->path ||
	    (!is_news && !identity_in(text, kind, build->path, &length)))
		return 0;
	print_build(line, kind, build->path, build->identity);
	if (has_line(text, line) || !is_first(written, line))
		return 0;
	fprintf(out, "%s\n", line);
	return 1;
}

size_t provenance_write(const struct provenance *runs, size_t n, FILE *out,
			const char *text, bool is_news)
{
	void *written = NULL;
	size_t n_builds = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_news) {
			write_text(out, &written, "command", runs[i].command);
			write_text(out, &written, "system", runs[i].system);
		}
		for (unsigned int j = 0; j < N_BUILDS; j++)
			n_builds +=
				write_build(out, &written, text, build_name(j),
					    &runs[i].builds[j], is_news);
	}
	return n_builds;
}

/* ---- A later start ---- */

/* Whether the file that LINE, of TEXT, names is none of those now that TEXT
 * knows: not where a later line names it again, and not where it is gone. */
static bool has_changed(const char *text, const char *line, const char *kind,
			char path[PATH_MAX])
{
	size_t head = strlen(MARK) + strlen(kind) + 1;
	size_t length = strcspn(line, "\r\n"), last = length;
	char identity[MAX_IDENTITY], now[MAX_BUILD_LINE];
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
	if (at != line + last + 1 ||
	    !build_id(path, identity, sizeof(identity)))
		return false;
	print_build(now, kind, path, identity);
	return !has_line(text, now);
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
		for (unsigned int i = 0; i < N_BUILDS && used < sizeof(list);
		     i++) {
			if (has_changed(text, at, build_name(i), path))
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
