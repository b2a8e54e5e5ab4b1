#include <linux/filter.h>
#include <stdlib.h>

#include "diagram.h"

struct diagram *diagram_new(void)
{
	return calloc(1, sizeof(struct diagram));
}

static bool is_equal(const struct node *a, const struct node *b)
{
	return a->code == b->code && a->offset == b->offset &&
	       a->mask == b->mask && a->k == b->k && a->yes == b->yes &&
	       a->no == b->no;
}

static size_t bucket_of(const struct node *node)
{
	const uint32_t fields[] = { node->code, node->offset, node->mask,
				    node->k,	node->yes,    node->no };
	uint32_t hash = 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		hash = (hash ^ fields[i]) * 0x9e3779b1u; /* Knuth 6.4 */
	return hash >> 16 & (N_BUCKETS - 1);
}

static bool find_or_add(struct diagram *diagram, const struct node *node,
			uint16_t *index)
{
	uint16_t *last = &diagram->last[bucket_of(node)];

	for (size_t i = *last; i > 0; i = diagram->before[i - 1]) {
		*index = (uint16_t)(i - 1);
		if (is_equal(&diagram->nodes[*index], node))
			return true;
	}
	if (diagram->n == MAX_NODES)
		return false;
	*index = (uint16_t)diagram->n++;
	diagram->nodes[*index] = *node;
	diagram->before[*index] = *last;
	*last = (uint16_t)diagram->n;
	return true;
}

bool diagram_answer(struct diagram *diagram, uint32_t result, uint16_t *node)
{
	return find_or_add(diagram,
			   &(struct node){
				   .code = BPF_RET | BPF_K,
				   .k = result,
			   },
			   node);
}

/* QUESTION, if it is whether any of some bits are set, asked so in *SET. */
static bool asks_any(const struct node *question, struct node *set)
{
	if (question->code != (BPF_JMP | BPF_JEQ | BPF_K))
		return false;
	*set = *question;
	set->code = BPF_JMP | BPF_JSET | BPF_K;
	set->k = question->mask;
	set->mask = UINT32_MAX;
	if (question->k == 0) {
		set->yes = question->no;
		set->no = question->yes;
		return true;
	}
	return question->k == question->mask &&
	       (question->k & (question->k - 1)) == 0;
}

/*
 * Whether bits are set can be asked without a mask, and together of all that
 * lead to the same; whether any of a word are, by the word's value, which what
 * runs a program for all words at once understands (program_run_box).
 */
static struct node simplest(const struct diagram *diagram,
			    const struct node *question)
{
	struct node simple;
	const struct node *next;
	uint16_t yes;

	if (!asks_any(question, &simple))
		return *question;
	next = &diagram->nodes[simple.no];
	if (next->code == simple.code && next->offset == simple.offset &&
	    next->yes == simple.yes) {
		simple.k |= next->k;
		simple.no = next->no;
	}
	if (simple.k != UINT32_MAX)
		return simple;
	yes = simple.yes;
	simple.code = BPF_JMP | BPF_JEQ | BPF_K;
	simple.k = 0;
	simple.yes = simple.no;
	simple.no = yes;
	return simple;
}

bool diagram_ask(struct diagram *diagram, const struct node *question,
		 uint16_t *node)
{
	struct node simple = simplest(diagram, question);

	*node = question->yes;
	return question->yes == question->no ||
	       find_or_add(diagram, &simple, node);
}
