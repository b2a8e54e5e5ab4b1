#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "condition.h"
#include "constants.h"
#include "suggest.h"

#define MAX_CONDITIONS 16
#define N_ARGS	       6

/* The text of a condition while it is parsed. */
struct parser {
	const char *at;
	const struct entry *entry;
	const struct origin *origin;
	struct faults *faults;
};

#define FAULT(parser, ...)                                  \
	fault_add((parser)->faults, (parser)->origin->file, \
		  (parser)->origin->line, __VA_ARGS__)

static void skip_blanks(struct parser *parser)
{
	parser->at += strspn(parser->at, " \t");
}

/* Copies the identifier or number ahead to WORD; false if there is none. */
static bool take_word(struct parser *parser, char *word, size_t size)
{
	size_t n = 0;

	skip_blanks(parser);
	if (*parser->at == '-' && isdigit((unsigned char)parser->at[1]))
		word[n++] = *parser->at++;
	while (n + 1 < size &&
	       (isalnum((unsigned char)*parser->at) || *parser->at == '_'))
		word[n++] = *parser->at++;
	word[n] = '\0';
	return n > 0;
}

static bool take(struct parser *parser, const char *token)
{
	size_t length = strlen(token);

	skip_blanks(parser);
	if (strncmp(parser->at, token, length) != 0)
		return false;
	parser->at += length;
	return true;
}

static bool number_parse(const char *word, uint64_t *value)
{
	char *end;

	errno = 0;
	if (word[0] == '-')
		*value = (uint64_t)strtoll(word, &end, 0);
	else
		*value = strtoull(word, &end, 0);
	return errno == 0 && end != word && *end == '\0';
}

static bool fault_unknown_value(struct parser *parser, const char *word)
{
	struct suggestion suggestion;
	const char *name;
	uint64_t value;
	char hint[80];

	if (!number_parse(word, &value) && errno == ERANGE) {
		FAULT(parser, "'%s': '%s' is too large for 64 bits",
		      parser->origin->text, word);
		return false;
	}
	suggestion_init(&suggestion, word);
	for (size_t i = 0; (name = constant_name(i)); i++)
		suggestion_try(&suggestion, name);
	FAULT(parser, "'%s': '%s' is neither a number nor a known constant%s",
	      parser->origin->text, word,
	      suggestion_text(&suggestion, hint, sizeof(hint)));
	return false;
}

/* A number or constant, or several joined by '|'. */
static bool parse_value(struct parser *parser, uint64_t *value)
{
	uint64_t part;
	char word[64];

	*value = 0;
	do {
		if (!take_word(parser, word, sizeof(word))) {
			FAULT(parser, "'%s': expected a number or a constant",
			      parser->origin->text);
			return false;
		}
		if (!number_parse(word, &part) && !constant_value(word, &part))
			return fault_unknown_value(parser, word);
		*value |= part;
		skip_blanks(parser);
	} while (parser->at[0] == '|' && parser->at[1] != '|' &&
		 take(parser, "|"));
	return true;
}

/* prctl(2) and keyctl(2) call their second argument arg2: no positions there.
 */
static bool counts_own(const struct argument *known)
{
	for (unsigned int i = 0; known && i < N_ARGS && known[i].name[0]; i++) {
		if (strncmp(known[i].name, "arg", 3) == 0 &&
		    isdigit((unsigned char)known[i].name[3]))
			return true;
	}
	return false;
}

/* Tells what the arguments are called when one is not known. */
static bool fault_unknown_argument(struct parser *parser, const char *word,
				   const struct argument *known)
{
	bool numbers_own = counts_own(known);
	/* There, another number is no other spelling. */
	bool is_number = numbers_own && strncmp(word, "arg", 3) == 0;
	struct suggestion suggestion;
	char hint[80], names[160] = "";
	size_t used = 0;

	suggestion_init(&suggestion, word);
	for (unsigned int i = 0; known && i < N_ARGS && known[i].name[0]; i++) {
		if (!is_number)
			suggestion_try(&suggestion, known[i].name);
		used += (size_t)snprintf(names + used, sizeof(names) - used,
					 " %s", known[i].name);
	}
	if (known)
		FAULT(parser, "%s has no argument '%s'%s (it has%s%s)",
		      parser->entry->name, word,
		      suggestion_text(&suggestion, hint, sizeof(hint)),
		      names[0] ? names : " none",
		      names[0] && !numbers_own ? ", or arg0 to arg5" : "");
	else
		FAULT(parser,
		      "the arguments of '%s' have no names here; write "
		      "arg0 to arg5 for '%s'",
		      parser->entry->name, word);
	return false;
}

/* "raw0" to "raw5" */
static bool names_register(const char *word, unsigned int *arg)
{
	for (*arg = 0; *arg < N_ARGS; ++*arg) {
		char name[] = { 'r', 'a', 'w', (char)('0' + *arg), '\0' };

		if (strcmp(word, name) == 0)
			return true;
	}
	return false;
}

static bool parse_argument(struct parser *parser, struct condition *condition)
{
	const struct argument *known = arguments_of(parser->entry->name);
	bool numbers_own;
	char word[64];

	if (!take_word(parser, word, sizeof(word))) {
		FAULT(parser, "'%s': expected the name of an argument",
		      parser->origin->text);
		return false;
	}
	if (names_register(word, &condition->arg)) {
		condition->bits = 64;
		condition->is_raw = true;
		return true;
	}
	numbers_own = counts_own(known);
	for (unsigned int i = 0; i < N_ARGS; i++) {
		char numbered[] = { 'a', 'r', 'g', (char)('0' + i), '\0' };
		bool is_named = known && known[i].name[0];

		if ((numbers_own || strcmp(word, numbered) != 0) &&
		    !(is_named && strcmp(word, known[i].name) == 0))
			continue;
		condition->arg = i;
		condition->bits = is_named ? known[i].bits : 0;
		condition->is_signed = is_named && known[i].is_signed;
		return true;
	}
	return fault_unknown_argument(parser, word, known);
}

/* A longer operator stands before the one that it begins with. */
static const struct {
	const char *token;
	enum comparison comparison;
} operators[] = {
	{ "==", CMP_EQ }, { "!=", CMP_NE }, { "<=", CMP_LE },
	{ ">=", CMP_GE }, { "<", CMP_LT },  { ">", CMP_GT },
};
#define N_OPERATORS (sizeof(operators) / sizeof(operators[0]))

static bool parse_comparison(struct parser *parser, struct condition *condition)
{
	for (size_t i = 0; i < N_OPERATORS; i++) {
		if (take(parser, operators[i].token)) {
			condition->comparison = operators[i].comparison;
			return true;
		}
	}
	FAULT(parser, "'%s': expected == != < <= > or >= at '%s'",
	      parser->origin->text, parser->at);
	return false;
}

static bool compares_order(enum comparison comparison)
{
	return comparison != CMP_EQ && comparison != CMP_NE;
}

/* Whether the value, cut to the parameter's width, stands for a negative one.
 * For == and != that is no matter. */
static bool is_below_zero(const struct condition *condition)
{
	unsigned int bits = condition->bits;

	return condition->is_signed && compares_order(condition->comparison) &&
	       bits < 64 && condition->value <= bits_mask(bits) &&
	       condition->value > bits_mask(bits) / 2;
}

/* Whether VALUE, after '&', can be what is left by the mask. */
static bool check_mask(struct parser *parser, const struct condition *condition)
{
	const char *text = parser->origin->text;

	if (compares_order(condition->comparison))
		FAULT(parser, "'%s': after '&' only == and != can compare",
		      text);
	else if (condition->mask == 0)
		FAULT(parser,
		      "'%s': the mask is 0, so the answer is always the same%s",
		      text,
		      strstr(text, "O_RDONLY")
			      ? "; for O_RDONLY, write O_ACCMODE after '&'"
			      : "");
	else if (condition->value & ~condition->mask)
		FAULT(parser,
		      "'%s': the value has bits outside the mask, "
		      "so the answer is always the same",
		      text);
	else
		return true;
	return false;
}

/* Cuts mask and value to the parameter's width, and refuses nonsense. */
static bool condition_settle(struct parser *parser, struct condition *condition,
			     bool is_masked)
{
	unsigned int bits = condition->bits;

	if (!value_fits(condition->value, bits) ||
	    (is_masked && !value_fits(condition->mask, bits))) {
		FAULT(parser,
		      "'%s': the value does not fit into the %u bits "
		      "of the argument",
		      parser->origin->text, bits);
		return false;
	}
	if (is_below_zero(condition)) {
		FAULT(parser,
		      "'%s': the argument has a sign, and the value does not "
		      "fit: it is %" PRIu64 " at most",
		      parser->origin->text, bits_mask(bits) / 2);
		return false;
	}
	condition->value &= bits_mask(bits);
	condition->mask &= bits_mask(bits);
	return !is_masked || check_mask(parser, condition);
}

/* argument [& mask] comparison value */
static bool parse_condition(struct parser *parser, struct condition *condition)
{
	bool is_masked = false;

	*condition = (struct condition){ .mask = UINT64_MAX };
	if (!parse_argument(parser, condition))
		return false;
	skip_blanks(parser);
	if (parser->at[0] == '&' && parser->at[1] != '&') {
		parser->at++;
		is_masked = true;
		if (!parse_value(parser, &condition->mask))
			return false;
	}
	return parse_comparison(parser, condition) &&
	       parse_value(parser, &condition->value) &&
	       condition_settle(parser, condition, is_masked);
}

bool conditions_parse(struct policy *policy, struct entry *entry,
		      const char *text, const struct origin *origin,
		      struct faults *faults)
{
	struct condition conditions[MAX_CONDITIONS];
	struct parser parser = { text, entry, origin, faults };
	size_t n = 0, size;

	do {
		if (n == MAX_CONDITIONS) {
			FAULT(&parser, "'%s': more than %d conditions",
			      origin->text, MAX_CONDITIONS);
			return false;
		}
		if (!parse_condition(&parser, &conditions[n++]))
			return false;
	} while (take(&parser, "&&"));
	skip_blanks(&parser);
	if (*parser.at) {
		FAULT(&parser,
		      "'%s': unexpected '%s'; conditions are joined "
		      "by &&, alternatives are entries of their own",
		      origin->text, parser.at);
		return false;
	}
	size = n * sizeof(conditions[0]);
	entry->conditions = policy_alloc(policy, size);
	memcpy(entry->conditions, conditions, size);
	entry->n_conditions = n;
	return true;
}

static const char *operator_of(enum comparison comparison)
{
	for (size_t i = 0; i < N_OPERATORS; i++) {
		if (operators[i].comparison == comparison)
			return operators[i].token;
	}
	return NULL;
}

/* Small numbers as people write them. */
static void print_number(char *text, size_t size, uint64_t number)
{
	snprintf(text, size, number < 1024 ? "%llu" : "%#llx",
		 (unsigned long long)number);
}

static void print_value(char *text, size_t size,
			const struct condition *condition)
{
	uint64_t value = condition->value;

	if (is_below_zero(condition)) {
		value = bits_mask(condition->bits) - value + 1;
		*text++ = '-';
		size--;
	}
	print_number(text, size, value);
}

static void print_argument(char *text, size_t size, const char *call,
			   const struct condition *condition)
{
	const struct argument *known = arguments_of(call);

	if (condition->is_raw)
		snprintf(text, size, "raw%u", condition->arg);
	else if (known && known[condition->arg].name[0])
		snprintf(text, size, "%s", known[condition->arg].name);
	else
		snprintf(text, size, "arg%u", condition->arg);
}

size_t conditions_print(char *buffer, size_t size, const char *call,
			const struct condition *conditions, size_t n)
{
	size_t used = 0;

	if (size)
		buffer[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		const struct condition *c = &conditions[i];
		char argument[32], mask[32] = "", value[24];

		print_argument(argument, sizeof(argument), call, c);
		if (c->mask != bits_mask(c->bits)) {
			memcpy(mask, " & ", 4);
			print_number(mask + 3, sizeof(mask) - 3, c->mask);
		}
		print_value(value, sizeof(value), c);
		used += (size_t)snprintf(used < size ? buffer + used : NULL,
					 used < size ? size - used : 0,
					 "%s%s%s %s %s", i ? " && " : "",
					 argument, mask,
					 operator_of(c->comparison), value);
	}
	return used;
}
