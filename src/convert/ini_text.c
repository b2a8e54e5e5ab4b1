#include <string.h>

#include "../policy/arguments.h"
#include "ini_text.h"

#define COLUMNS 80

void ini_begin(struct ini_text *ini, const char *key)
{
	ini->column = fprintf(ini->to, "%s =", key);
	ini->indent = ini->column;
}

void ini_word(struct ini_text *ini, const char *word)
{
	int length = (int)strlen(word);

	if (ini->column + 1 + length > COLUMNS && ini->column > ini->indent) {
		fprintf(ini->to, "\n%*s", ini->indent, "");
		ini->column = ini->indent;
	}
	fprintf(ini->to, " %s", word);
	ini->column += 1 + length;
}

void ini_end(struct ini_text *ini)
{
	fputc('\n', ini->to);
}

void ini_comment(struct ini_text *ini, const char *text)
{
	const char *blanks = " \t\r\n";

	fputc(';', ini->to);
	ini->column = 1;
	while (*(text += strspn(text, blanks))) {
		size_t length = strcspn(text, blanks);

		if (ini->column + 1 + (int)length > COLUMNS &&
		    ini->column > 1) {
			fprintf(ini->to, "\n;");
			ini->column = 1;
		}
		fputc(' ', ini->to);
		ini->column += 1 + (int)length;
		for (; length > 0; length--, text++)
			fputc((unsigned char)*text < ' ' ? ' ' : *text,
			      ini->to);
	}
	fputc('\n', ini->to);
}

/* Small numbers as people write them. */
static int write_number(char *buffer, size_t size, uint64_t number)
{
	return snprintf(buffer, size, number < 1024 ? "%llu" : "0x%llx",
			(unsigned long long)number);
}

static void write_argument(char *buffer, size_t size, const char *name,
			   const struct condition *condition)
{
	const struct argument *known = arguments_of(name);

	if (condition->is_raw)
		snprintf(buffer, size, "raw%u", condition->arg);
	else if (known && known[condition->arg].name)
		snprintf(buffer, size, "%s", known[condition->arg].name);
	else
		snprintf(buffer, size, "arg%u", condition->arg);
}

static uint64_t whole(const struct condition *condition)
{
	return condition->bits && condition->bits < 64
		       ? (1ull << condition->bits) - 1
		       : UINT64_MAX;
}

size_t ini_conditions(char *buffer, size_t size, const char *name,
		      const struct condition *conditions, size_t n)
{
	static const char *const operators[] = {
		[CMP_EQ] = "==", [CMP_NE] = "!=", [CMP_LT] = "<",
		[CMP_LE] = "<=", [CMP_GT] = ">",  [CMP_GE] = ">=",
	};
	size_t used = 0;

	if (size)
		buffer[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		const struct condition *c = &conditions[i];
		char argument[32], mask[32] = "", value[24];

		write_argument(argument, sizeof(argument), name, c);
		if (c->mask != whole(c)) {
			memcpy(mask, " & ", 4);
			write_number(mask + 3, sizeof(mask) - 3, c->mask);
		}
		write_number(value, sizeof(value), c->value);
		used += (size_t)snprintf(used < size ? buffer + used : NULL,
					 used < size ? size - used : 0,
					 "%s%s%s %s %s", i ? " && " : "",
					 argument, mask,
					 operators[c->comparison], value);
	}
	return used;
}
