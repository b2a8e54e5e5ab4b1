/* Classic BPF programs, as tests write them down. */
#ifndef SCRUN_TESTS_PROGRAM_H
#define SCRUN_TESTS_PROGRAM_H

#include "enforce/bpf.h"
#include "fixture.h"

#define LOAD(k) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, k)
#define A(k)	BPF_STMT(BPF_LD | BPF_IMM, k)
#define X(k)	BPF_STMT(BPF_LDX | BPF_IMM, k)
#define RET(k)	BPF_STMT(BPF_RET | BPF_K, k)
#define RET_A	BPF_STMT(BPF_RET | BPF_A, 0)
#define ALU(op) BPF_STMT(BPF_ALU | (op) | BPF_X, 0)

/* A program as it stands in a table: what follows its end is zero. */
#define MAX_CODE 12

static inline size_t code_length(const struct sock_filter *code)
{
	static const struct sock_filter zero;
	size_t n = MAX_CODE;

	while (n > 0 && memcmp(&code[n - 1], &zero, sizeof(zero)) == 0)
		n--;
	return n;
}

static inline struct program program_of(const struct sock_filter *code)
{
	return (struct program){ (struct sock_filter *)code,
				 code_length(code) };
}

#endif
