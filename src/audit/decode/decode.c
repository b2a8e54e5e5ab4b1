#include <string.h>

#include "decode.h"
#include "show.h"
#include "show_memory.h"

static void decode(struct decoded *decoded, const struct shown *shown)
{
	struct text text;

	text_init(&text, decoded->args[shown->index], MAX_ARGUMENT);
	show(&text, shown);
	if (shown_role(shown)->is_telling)
		decoded->telling |= 1u << shown->index;
}

void call_decode(struct decoded *decoded, const struct call *call)
{
	struct shown shown = { .call = call, .roles = call_roles(call) };

	decoded->name = shown.roles->name;
	decoded->n = show_count(call, shown.roles);
	decoded->telling = 0;
	for (; shown.index < decoded->n; shown.index++)
		decode(decoded, &shown);
}

void call_decode_result(struct decoded *decoded, const struct call *call,
			int64_t result)
{
	struct shown shown = { .call = call, .roles = call_roles(call) };
	char argument[MAX_ARGUMENT];
	struct text text;

	for (; shown.index < decoded->n; shown.index++) {
		if (!shown_is_output(&shown))
			continue;
		text_init(&text, argument, sizeof(argument));
		/* Else it remains the address that it was. */
		if (show_output(&text, &shown, result))
			memcpy(decoded->args[shown.index], argument,
			       sizeof(argument));
	}
}

bool call_has_output(const struct call *call)
{
	struct shown shown = { .call = call, .roles = call_roles(call) };

	for (; shown.index < 6; shown.index++) {
		if (shown_is_output(&shown))
			return true;
	}
	return false;
}

/* The arguments whose bits are in MASK. */
static size_t print(const struct decoded *decoded, unsigned int mask,
		    char *buffer, size_t size)
{
	const char *between = "";
	struct text text;

	if (size)
		buffer[0] = '\0';
	if (size < 8)
		return 0; /* no room for a name, nor for text.h */
	text_init(&text, buffer, size);
	text_add(&text, decoded->name);
	text_add(&text, "(");
	for (unsigned int i = 0; i < decoded->n; i++) {
		if (!(mask & 1u << i))
			continue;
		text_add(&text, between);
		text_add(&text, decoded->args[i]);
		between = ", ";
	}
	text_add(&text, ")");
	return text.length;
}

size_t decoded_print(const struct decoded *decoded, char *buffer, size_t size)
{
	return print(decoded, ~0u, buffer, size);
}

size_t decoded_print_brief(const struct decoded *decoded, char *buffer,
			   size_t size)
{
	struct text text;

	if (decoded->telling || size < 8)
		return print(decoded, decoded->telling, buffer, size);
	text_init(&text, buffer, size);
	text_add(&text, decoded->name);
	return text.length;
}
