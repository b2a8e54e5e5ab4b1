#include <linux/filter.h>
#include <stdlib.h>

#include "runs.h"

/* So many single words are asked for one by one, rather than by halves. */
#define MAX_SINGLES 3

bool runs_cut(struct runs *runs, uint32_t at)
{
	if (runs->n == runs->max) {
		size_t max = runs->max ? 2 * runs->max : 64;
		struct run *list =
			reallocarray(runs->list, max, sizeof(list[0]));

		if (!list)
			return false;
		runs->list = list;
		runs->max = max;
	}
	runs->list[runs->n++] = (struct run){ .first = at };
	return true;
}

static int compare_firsts(const void *left, const void *right)
{
	uint32_t a = ((const struct run *)left)->first;
	uint32_t b = ((const struct run *)right)->first;

	return (a > b) - (a < b);
}

void runs_sort(struct runs *runs)
{
	size_t n = 0;

	qsort(runs->list, runs->n, sizeof(runs->list[0]), compare_firsts);
	for (size_t i = 0; i < runs->n; i++) {
		if (n == 0 || runs->list[n - 1].first != runs->list[i].first)
			runs->list[n++] = runs->list[i];
	}
	runs->n = n;
}

/* Those with the node of the one before are one run with it. */
static void unite(struct runs *runs)
{
	size_t n = 0;

	for (size_t i = 0; i < runs->n; i++) {
		if (n == 0 || runs->list[n - 1].node != runs->list[i].node)
			runs->list[n++] = runs->list[i];
	}
	runs->n = n;
}

/* A search in some of the runs. */
struct search {
	struct diagram *diagram;
	uint32_t offset;
};

static bool ask(const struct search *search, uint16_t code, uint32_t k,
		uint16_t yes, uint16_t no, uint16_t *node)
{
	return diagram_ask(search->diagram,
			   &(struct node){
				   .code = BPF_JMP | code | BPF_K,
				   .offset = search->offset,
				   .mask = UINT32_MAX,
				   .k = k,
				   .yes = yes,
				   .no = no,
			   },
			   node);
}

/* Whether all but a few single words have the first one's node. */
static bool are_few(const struct run *list, size_t n)
{
	if (n % 2 == 0 || n / 2 > MAX_SINGLES)
		return false;
	for (size_t i = 1; i < n; i += 2) {
		if (list[i].first + 1 != list[i + 1].first ||
		    list[i + 1].node != list[0].node)
			return false;
	}
	return true;
}

static bool search(const struct search *in, const struct run *list, size_t n,
		   uint16_t *node)
{
	const size_t half = n / 2;
	uint16_t below, above;

	if (are_few(list, n)) {
		*node = list[0].node;
		for (size_t i = 1; i < n; i += 2) {
			if (!ask(in, BPF_JEQ, list[i].first, list[i].node,
				 *node, node))
				return false;
		}
		return true;
	}
	return search(in, list, half, &below) &&
	       search(in, list + half, n - half, &above) &&
	       ask(in, BPF_JGE, list[half].first, above, below, node);
}

bool runs_ask(struct runs *runs, struct diagram *diagram, uint32_t offset,
	      uint16_t *node)
{
	unite(runs);
	return search(&(struct search){ diagram, offset }, runs->list, runs->n,
		      node);
}
