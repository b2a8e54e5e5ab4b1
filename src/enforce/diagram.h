/*
 * A decision diagram: what is to be answered, by questions about one word of
 * struct seccomp_data each, where what is the same is there once.
 */
#ifndef SCRUN_DIAGRAM_H
#define SCRUN_DIAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An instruction for each at least: more do not make a program. */
#define MAX_NODES 4096

/* A question, or an answer. */
struct node {
	uint16_t code; /* BPF_JMP | ... | BPF_K, or BPF_RET | BPF_K */
	uint32_t offset;
	uint32_t mask;	  /* the bits of the word there that are asked for */
	uint32_t k;	  /* what they are compared with; the answer */
	uint16_t yes, no; /* the nodes to go on with: of lower index */
};

#define N_BUCKETS 1024

struct diagram {
	struct node nodes[MAX_NODES];
	size_t n;
	/* Of nodes that may be equal the last one, and to each the one before:
	 * indices, one too high, as 0 is none. */
	uint16_t last[N_BUCKETS];
	uint16_t before[MAX_NODES];
};

/* An empty one, to be freed; NULL where there is no memory. */
struct diagram *diagram_new(void);

/*
 * The node that answers RESULT, and the one that asks as QUESTION does; a
 * question to which either answer is the same is none. Return false where there
 * are MAX_NODES already.
 */
bool diagram_answer(struct diagram *diagram, uint32_t result, uint16_t *node);
bool diagram_ask(struct diagram *diagram, const struct node *question,
		 uint16_t *node);

#endif
