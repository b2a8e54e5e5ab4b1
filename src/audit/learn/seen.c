#include <stdlib.h>
#include <string.h>

#include "../../policy/names.h"
#include "../decode/decode.h"
#include "../last_words.h"
#include "seen.h"

/* Of so many calls the example is chosen, so that it is the same each time even
 * where processes race. */
#define MAX_EXAMPLES 32

static char *copy(const char *text)
{
	char *copied = strdup(text);

	if (!copied)
		exhausted();
	return copied;
}

static void offer_example(struct sight *sight, const char *text)
{
	if (sight->example && strcmp(sight->example, text) <= 0)
		return;
	free(sight->example);
	sight->example = copy(text);
}

static void add_example(struct sight *sight, const struct call *call)
{
	struct decoded decoded;
	char text[MAX_EXAMPLE];

	if (sight->n_examples == MAX_EXAMPLES)
		return;
	sight->n_examples++;
	call_decode(&decoded, call);
	decoded_print_brief(&decoded, text, sizeof(text));
	offer_example(sight, text);
}

static struct sight *append(struct seen *seen, const struct view *view)
{
	struct sight *sight;

	if (seen->n == seen->size) {
		seen->size = seen->size ? 2 * seen->size : 64;
		seen->sights = reallocarray(seen->sights, seen->size,
					    sizeof(seen->sights[0]));
		if (!seen->sights)
			exhausted();
	}
	sight = &seen->sights[seen->n++];
	*sight = (struct sight){ .view = *view };
	return sight;
}

static struct sight *append_call(struct seen *seen, const struct view *view,
				 const struct call *call)
{
	struct sight *sight = append(seen, view);
	char entry[MAX_VIEW_TEXT];

	view_print(view, call, entry);
	sight->entry = copy(entry);
	sight->abi = abi_of(call->arch, call->nr);
	return sight;
}

static struct sight *find(struct seen *seen, const struct view *view,
			  const struct call *call)
{
	struct view whole = { .name = view->name };
	struct sight *sight;
	size_t n = 0;

	for (size_t i = 0; i < seen->n; i++) {
		sight = &seen->sights[i];
		if (sight->view.name != view->name)
			continue;
		if (sight->is_whole || view_equal(&sight->view, view))
			return sight;
		n++;
	}
	if (n < MAX_VIEWS)
		return append_call(seen, view, call);
	sight = append_call(seen, &whole, call);
	sight->is_whole = true;
	return sight;
}

void seen_add(struct seen *seen, const struct view *view,
	      const struct call *call, const struct call *example,
	      enum phase phase)
{
	struct sight *sight = find(seen, view, call);

	sight->counts[phase]++;
	add_example(sight, example);
}

void seen_take(struct seen *seen, const struct sight *like,
	       const struct call *call)
{
	struct sight *sight = find(seen, &like->view, call);

	for (unsigned int phase = 0; phase < N_PHASES; phase++)
		sight->counts[phase] += like->counts[phase];
	sight->is_whole |= like->is_whole;
	offer_example(sight, like->example);
}

void seen_imply(struct seen *seen, const struct view *view,
		const struct call *call, const char *why)
{
	struct sight *sight;

	for (size_t i = 0; i < seen->n; i++) {
		sight = &seen->sights[i];
		if (strcmp(sight->view.name, view->name) == 0 &&
		    (view_is_whole(&sight->view) ||
		     view_compare(&sight->view, view) == 0))
			return;
	}
	sight = append_call(seen, view, call);
	sight->example = copy(why);
	sight->is_implied = true;
}

static int compare(const void *left, const void *right)
{
	const struct sight *a = left, *b = right;

	return view_compare(&a->view, &b->view);
}

static void sight_free(struct sight *sight)
{
	free(sight->entry);
	free(sight->example);
}

/* One of the same name as that before it is to be merged into: names of two
 * architectures are two texts. */
static bool is_needless(const struct sight *before, const struct sight *sight)
{
	return strcmp(before->view.name, sight->view.name) == 0 &&
	       (view_is_whole(&before->view) ||
		view_compare(&before->view, &sight->view) == 0);
}

void seen_sort(struct seen *seen)
{
	size_t n = 0;

	if (seen->n == 0)
		return;
	/* Zeros stand first: what looks at nothing is before all others. */
	qsort(seen->sights, seen->n, sizeof(seen->sights[0]), compare);
	for (size_t i = 1; i < seen->n; i++) {
		struct sight *sight = &seen->sights[i];
		struct sight *before = &seen->sights[n];

		if (!is_needless(before, sight)) {
			seen->sights[++n] = *sight;
			continue;
		}
		for (unsigned int phase = 0; phase < N_PHASES; phase++)
			before->counts[phase] += sight->counts[phase];
		sight_free(sight);
	}
	seen->n = n + 1;
}

void seen_free(struct seen *seen)
{
	for (size_t i = 0; i < seen->n; i++)
		sight_free(&seen->sights[i]);
	free(seen->sights);
	*seen = (struct seen){ 0 };
}
