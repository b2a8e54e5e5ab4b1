/*
 * A stack of programs, evaluated as far as a call's architecture and number go:
 * what is left are questions about its arguments.
 */
#ifndef SCRUN_STACK_H
#define SCRUN_STACK_H

#include "bpf.h"
#include "diagram.h"
#include "plan.h"

#define MAX_ASKED 32

/* The words of struct seccomp_data, by their index. */
#define WORD(field) (offsetof(struct seccomp_data, field) / sizeof(uint32_t))
#define N_WORDS	    (sizeof(struct seccomp_data) / sizeof(uint32_t))
#define NOTHING	    N_WORDS /* none of them */

struct memory;
struct sight;

struct stack {
	const struct program *programs;
	size_t n;
	/* Words of arguments, as soon as another is loaded: that makes larger
	 * diagrams, but takes less time where many words are asked for. */
	bool forgets;
	struct diagram *diagram;   /* owned */
	uint32_t archs[MAX_ASKED]; /* that the programs ask for */
	size_t n_archs;
	bool lacks_memory;		  /* why it failed */
	uint32_t strictest[MAX_LAYERS];	  /* of all programs before each */
	struct sight *sights[MAX_LAYERS]; /* of each program; owned */
	struct memory *memories;	  /* owned */
	size_t evaluations, cuttings;
	size_t steps; /* left */
};

/*
 * A stack of N valid PROGRAMS, to be ended. Returns false where there is no
 * memory, and where the programs do what libseccomp's do not.
 */
bool stack_begin(struct stack *stack, const struct program *programs, size_t n,
		 bool forgets);
void stack_end(struct stack *stack);

/* Whether ARCH is one of those that the programs ask for. */
bool stack_asks(const struct stack *stack, uint32_t arch);

/*
 * The node of the diagram that answers the call NR of ARCH as the stack does.
 * It answers for all numbers between which no program makes a difference, and
 * where ARCH is not asked for, for all that are not. Returns false where there
 * is none such, the diagram is full, that takes too long, or there is no
 * memory.
 */
bool stack_evaluate(struct stack *stack, uint32_t arch, uint32_t nr,
		    uint16_t *node);

#endif
