#include "observe.h"

uint32_t observed(uint32_t result, enum observation observation)
{
	uint32_t action = result & SECCOMP_RET_ACTION_FULL;

	if (observation == OBSERVE_NOTHING)
		return result;
	if (action == SECCOMP_RET_ERRNO)
		return SECCOMP_RET_USER_NOTIF;
	/* A stop outranks the kernel's log, so the auditor has to do both. */
	if (observation == OBSERVE_CALLS &&
	    (action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG))
		return SECCOMP_RET_TRACE | OBSERVED_STOP;
	return result;
}

void program_observe(struct program *program, enum observation observation)
{
	for (size_t i = 0; i < program->n; i++) {
		struct sock_filter *insn = &program->code[i];

		if (insn->code == (BPF_RET | BPF_K))
			insn->k = observed(insn->k, observation);
	}
}
