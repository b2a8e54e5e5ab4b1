#include <stdlib.h>
#include <string.h>

#include "assemble.h"

/*
 * From the end to the beginning: a jump goes forwards only, so where it goes to
 * is there when it is written. Places are counted from the end.
 */
struct assembly {
	const struct diagram *diagram;
	struct sock_filter code[BPF_MAXINSNS];
	size_t n;
	uint16_t places[MAX_NODES]; /* 0: not written yet */
	bool needs_load[MAX_NODES];
};

static bool write_before(struct assembly *assembly, uint16_t code, uint32_t k)
{
	if (assembly->n == BPF_MAXINSNS)
		return false;
	assembly->n++;
	assembly->code[BPF_MAXINSNS - assembly->n] =
		(struct sock_filter){ .code = code, .k = k };
	return true;
}

static bool is_answer(const struct node *node)
{
	return node->code == (BPF_RET | BPF_K);
}

/* How far it is from what is written next to NODE. */
static size_t distance(const struct assembly *assembly, uint16_t node)
{
	return assembly->n - assembly->places[node];
}

/*
 * Sees to it that a jump reaches NODE, though AHEAD instructions are still to
 * be written before the jump: by the answer once more, or by a longer jump. So
 * do the next ones, as long as that is near.
 */
static bool bring_near(struct assembly *assembly, uint16_t node, size_t ahead)
{
	const struct node *to = &assembly->diagram->nodes[node];
	const size_t far = distance(assembly, node);

	if (far + ahead <= UINT8_MAX)
		return true;
	if (is_answer(to)
		    ? !write_before(assembly, to->code, to->k)
		    : !write_before(assembly, BPF_JMP | BPF_JA, (uint32_t)far))
		return false;
	assembly->places[node] = (uint16_t)assembly->n;
	return true;
}

/* Those that NODE goes on with are written. */
static bool write_question(struct assembly *assembly, const struct node *node)
{
	struct sock_filter *jump;

	/* Between a jump and what it was brought near to is one more. */
	if (!bring_near(assembly, node->yes, 1) ||
	    !bring_near(assembly, node->no, 0))
		return false;
	if (!write_before(assembly, node->code, node->k))
		return false;
	jump = &assembly->code[BPF_MAXINSNS - assembly->n];
	jump->jt = (uint8_t)(distance(assembly, node->yes) - 1);
	jump->jf = (uint8_t)(distance(assembly, node->no) - 1);
	return true;
}

static bool write_load(struct assembly *assembly, const struct node *node)
{
	return (node->mask == UINT32_MAX ||
		write_before(assembly, BPF_ALU | BPF_AND | BPF_K,
			     node->mask)) &&
	       write_before(assembly, BPF_LD | BPF_W | BPF_ABS, node->offset);
}

static bool write_node(struct assembly *assembly, uint16_t index)
{
	const struct node *node = &assembly->diagram->nodes[index];

	if (assembly->places[index])
		return true;
	if (is_answer(node)) {
		if (!write_before(assembly, node->code, node->k))
			return false;
	} else if (!write_node(assembly, node->yes) ||
		   !write_node(assembly, node->no) ||
		   !write_question(assembly, node) ||
		   (assembly->needs_load[index] &&
		    !write_load(assembly, node))) {
		return false;
	}
	assembly->places[index] = (uint16_t)assembly->n;
	return true;
}

/* A word need not be loaded where all that go on with NODE have it. */
static void see_loads(struct assembly *assembly, uint16_t root)
{
	const struct node *nodes = assembly->diagram->nodes;

	assembly->needs_load[root] = true;
	for (size_t i = 0; i < assembly->diagram->n; i++) {
		const struct node *node = &nodes[i];
		const uint16_t next[] = { node->yes, node->no };

		for (size_t j = 0; j < 2 && !is_answer(node); j++) {
			const struct node *to = &nodes[next[j]];

			if (to->offset != node->offset ||
			    to->mask != node->mask)
				assembly->needs_load[next[j]] = true;
		}
	}
}

/* What is written, to be freed; without code where there is no memory. */
static struct program take(const struct assembly *assembly)
{
	const size_t size = assembly->n * sizeof(assembly->code[0]);
	struct program program = { .n = assembly->n };

	program.code = size > 0 ? malloc(size) : NULL;
	if (program.code)
		memcpy(program.code, &assembly->code[BPF_MAXINSNS - program.n],
		       size);
	return program;
}

bool program_of(const struct diagram *diagram, uint16_t root,
		struct program *program)
{
	struct assembly *assembly = calloc(1, sizeof(*assembly));
	bool fits;

	*program = (struct program){ 0 };
	if (!assembly)
		return false;
	assembly->diagram = diagram;
	see_loads(assembly, root);
	fits = write_node(assembly, root);
	if (fits)
		*program = take(assembly);
	free(assembly);
	return program->code || !fits;
}
