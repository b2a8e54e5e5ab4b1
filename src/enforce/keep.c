#include <err.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../policy/kept.h"
#include "../status.h"
#include "filter.h"
#include "keep.h"

/*
 * A file begins with all that the programs were compiled from: a label and the
 * rules, to which includes and groups have come down. What differs in a word is
 * not used. Then come the number of programs and, of each, that of its
 * instructions and these.
 */
struct words {
	uint32_t *list; /* owned */
	size_t n, max;
};

#define LABEL_WORDS 64

static void add(struct words *words, uint32_t word)
{
	if (words->n == words->max) {
		words->max = words->max ? 2 * words->max : 2048;
		words->list =
			reallocarray(words->list, words->max, sizeof(word));
		if (!words->list)
			err(STATUS_FAILED, "memory");
	}
	words->list[words->n++] = word;
}

static void add_text(struct words *words, const char *text)
{
	char padded[LABEL_WORDS * sizeof(uint32_t)] = { 0 };
	uint32_t word;

	snprintf(padded, sizeof(padded), "%s", text);
	for (size_t i = 0; i < sizeof(padded); i += sizeof(word)) {
		memcpy(&word, padded + i, sizeof(word));
		add(words, word);
	}
}

static void add_label(struct words *words)
{
	const struct scmp_version *version = seccomp_version();
	struct utsname kernel;
	char *label;

	if (uname(&kernel) < 0 ||
	    asprintf(&label, "scrun " VERSION " libseccomp %u.%u.%u %s %s\n",
		     version->major, version->minor, version->micro,
		     kernel.machine, kernel.release) < 0)
		err(STATUS_FAILED, "cannot name this system");
	add_text(words, label);
	free(label);
}

static void add_condition(struct words *words, const struct condition *c)
{
	add(words, c->arg);
	add(words, c->bits);
	add(words, c->is_signed);
	add(words, c->is_raw);
	add(words, c->comparison);
	add(words, (uint32_t)c->mask);
	add(words, (uint32_t)(c->mask >> 32));
	add(words, (uint32_t)c->value);
	add(words, (uint32_t)(c->value >> 32));
}

static void add_rule(struct words *words, const struct rule *rule)
{
	add(words, rule->arch);
	add(words, rule->nr);
	add(words, rule->action);
	add(words, (uint32_t)rule->errnum);
	add(words, (uint32_t)rule->n_conditions);
	for (size_t i = 0; i < rule->n_conditions; i++)
		add_condition(words, &rule->conditions[i]);
}

static struct words key_of(const struct policy *policy)
{
	struct words words = { 0 };

	add_label(&words);
	add(&words, policy->default_action);
	add(&words, (uint32_t)policy->default_errnum);
	add(&words, (uint32_t)policy->n_architectures);
	for (size_t i = 0; i < policy->n_architectures; i++)
		add(&words, policy->architectures[i]);
	add(&words, (uint32_t)policy->n_rules);
	for (size_t i = 0; i < policy->n_rules; i++)
		add_rule(&words, &policy->rules[i]);
	return words;
}

/* What is left of a file. */
struct rest {
	const char *at, *end;
};

static bool take(struct rest *rest, void *to, size_t size)
{
	if ((size_t)(rest->end - rest->at) < size)
		return false;
	memcpy(to, rest->at, size);
	rest->at += size;
	return true;
}

static bool take_program(struct rest *rest, struct program *program)
{
	size_t size;
	uint32_t n;

	if (!take(rest, &n, sizeof(n)) || n > BPF_MAXINSNS)
		return false;
	size = n * sizeof(program->code[0]);
	program->n = n;
	program->code = malloc(size);
	if (!program->code)
		err(STATUS_FAILED, "memory");
	if (take(rest, program->code, size))
		return true;
	free(program->code);
	return false;
}

/* As many as were whole are in PROGRAMS, also where the file is damaged. */
static bool take_programs(struct rest *rest, struct program *programs,
			  size_t *n)
{
	uint32_t wanted;

	if (!take(rest, &wanted, sizeof(wanted)) || wanted > MAX_LAYERS)
		return false;
	while (*n < wanted && take_program(rest, &programs[*n]))
		++*n;
	return *n == wanted && wanted > 0 && rest->at == rest->end;
}

bool keep_take(const struct policy *policy, struct program *programs, size_t *n)
{
	struct words key;
	struct rest rest;
	size_t size;
	bool taken;

	*n = 0;
	if (!policy->kept)
		return false;
	key = key_of(policy);
	size = key.n * sizeof(key.list[0]);
	rest = (struct rest){ policy->kept,
			      policy->kept + policy->kept_length };
	taken = policy->kept_length > size &&
		memcmp(rest.at, key.list, size) == 0;
	free(key.list);
	rest.at += size;
	if (taken && take_programs(&rest, programs, n))
		return true;
	while (*n > 0)
		free(programs[--*n].code);
	return false;
}

static void add_program(struct words *words, const struct program *program)
{
	add(words, (uint32_t)program->n);
	for (size_t i = 0; i < program->n; i++) {
		uint32_t word[2];

		memcpy(word, &program->code[i], sizeof(word));
		add(words, word[0]);
		add(words, word[1]);
	}
}

/* Whole, and at once: a start meanwhile reads the old file or the new one. */
static void write_file(const char *path, const struct words *words)
{
	size_t size = words->n * sizeof(words->list[0]);
	char *draft;
	int fd;

	if (asprintf(&draft, "%s.XXXXXX", path) < 0)
		err(STATUS_FAILED, "memory");
	fd = mkstemp(draft);
	if (fd < 0)
		err(STATUS_FAILED, "cannot write '%s'", path);
	if (write(fd, words->list, size) != (ssize_t)size ||
	    fchmod(fd, 0644) < 0 || close(fd) < 0 || rename(draft, path) < 0) {
		warn("cannot write '%s'", path);
		unlink(draft);
		exit(STATUS_FAILED);
	}
	free(draft);
}

int keep_write(const struct policy *policy)
{
	const struct ticket blank = ticket_blank();
	struct faults faults;
	struct filter filter;
	struct words words;
	char *path;

	if (!kept_has_place(policy))
		errx(STATUS_FAILED, "'%s' is built in, and compiled already",
		     policy->name);
	faults_init(&faults);
	if (!filter_make(&filter, policy, &blank, &faults)) {
		faults_print(&faults);
		errx(STATUS_FAILED, "nothing was written");
	}
	words = key_of(policy);
	add(&words, (uint32_t)filter.n);
	for (size_t i = 0; i < filter.n; i++)
		add_program(&words, &filter.programs[i]);
	path = kept_path(policy);
	write_file(path, &words);
	free(path);
	free(words.list);
	filter_free(&filter);
	return 0;
}
