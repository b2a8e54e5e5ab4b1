/*
 * Linked into a scrun of its own (tests/faults/faults.c): lets one of the
 * system calls fail that scrun makes, or one of its allocations, in whichever
 * of its processes.
 *
 * A seccomp filter sends every call here as a signal, SIGSYS, and the call is
 * made, or not, from the one place that the filter lets through. So neither
 * ptrace(2) nor the one listener that a process can have is taken from an
 * audit. What scrun executes keeps the filter, and is let through where it is
 * linked to run below 4 GiB.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "inject.h"

static struct inject *inject;
static atomic_uint made[N_CALLS]; /* by this process */
static unsigned int role;

/* ---- The machine ----------------------------------------------------------
 */

long inject_call(long nr, const long args[6]);
extern const char inject_place[]; /* behind the instruction */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
__asm__(".text\n"
	".globl inject_call, inject_place\n"
	".type inject_call, @function\n"
	"inject_call:\n"
	"	mov %rdi, %rax\n"
	"	mov %rsi, %r11\n"
	"	mov 0(%r11), %rdi\n"
	"	mov 8(%r11), %rsi\n"
	"	mov 16(%r11), %rdx\n"
	"	mov 24(%r11), %r10\n"
	"	mov 32(%r11), %r8\n"
	"	mov 40(%r11), %r9\n"
	"	syscall\n"
	"inject_place:\n"
	"	ret\n");
#define REGISTERS(context) ((context)->uc_mcontext.gregs)
static const int of_args[] = { REG_RDI, REG_RSI, REG_RDX,
			       REG_R10, REG_R8,	 REG_R9 };
#define OF_NUMBER REG_RAX
#define OF_RESULT REG_RAX
#elif defined(__aarch64__)
#define ARCH		   AUDIT_ARCH_AARCH64
__asm__(".text\n"
	".globl inject_call, inject_place\n"
	".type inject_call, @function\n"
	"inject_call:\n"
	"	mov x8, x0\n"
	"	mov x9, x1\n"
	"	ldp x0, x1, [x9]\n"
	"	ldp x2, x3, [x9, #16]\n"
	"	ldp x4, x5, [x9, #32]\n"
	"	svc #0\n"
	"inject_place:\n"
	"	ret\n");
#define REGISTERS(context) ((context)->uc_mcontext.regs)
static const int of_args[] = { 0, 1, 2, 3, 4, 5 };
#define OF_NUMBER	   8
#define OF_RESULT	   0
#else
#error "no registers of this architecture"
#endif

/* ---- Counting -------------------------------------------------------------
 */

/* Whether this is the one to be injected. */
static bool count(unsigned int nr)
{
	unsigned int n = ++made[nr];

	inject->made[role][nr] = n;
	if (inject->injection == INJECT_NOTHING || inject->role != role ||
	    inject->nr != nr || (inject->nth && inject->nth != n))
		return false;
	inject->injected++;
	return true;
}

static _Noreturn void end(void)
{
	static const long args[6] = { 9 };

	inject_call(SYS_exit_group, args);
	__builtin_trap();
}

/* ---- System calls ---------------------------------------------------------
 */

/* The mask of the interrupted, which has no SIGSYS: blocked, it would end the
 * process. */
static long change_mask(ucontext_t *context, const long args[6])
{
	const sigset_t *set = (const sigset_t *)args[1];
	sigset_t *old = (sigset_t *)args[2];
	size_t size = (size_t)args[3];
	uint64_t mask, change;

	if (size != sizeof(mask))
		return -EINVAL;
	memcpy(&mask, &context->uc_sigmask, size);
	if (old)
		memcpy(old, &mask, size);
	if (!set)
		return 0;
	memcpy(&change, set, size);
	if (args[0] == SIG_BLOCK)
		mask |= change;
	else if (args[0] == SIG_UNBLOCK)
		mask &= ~change;
	else
		mask = change;
	mask &= ~(1ull << (SIGSYS - 1));
	memcpy(&context->uc_sigmask, &mask, size);
	return 0;
}

/* To wake is nothing that fails (futex(2), ERRORS); and if it did, nobody else
 * would wake who sleeps. */
static bool can_fail(long nr, const long args[6])
{
	return nr != SYS_futex || (args[1] & FUTEX_CMD_MASK) != FUTEX_WAKE;
}

static void on_call(int signal, siginfo_t *info, void *data)
{
	ucontext_t *context = data;
	long nr = info->si_syscall, args[6], result;

	(void)signal;
	for (int i = 0; i < 6; i++)
		args[i] = (long)REGISTERS(context)[of_args[i]];
	if (nr < ALLOCATE && can_fail(nr, args) && count((unsigned int)nr)) {
		if (inject->injection == INJECT_END)
			end();
		result = inject->value;
	} else if (nr == SYS_rt_sigprocmask) {
		result = change_mask(context, args);
	} else {
		result = inject_call(nr, args);
	}
	if (nr == SYS_clone && result == 0) {
		role += role + 1 < N_ROLES;
		memset(made, 0, sizeof(made));
	}
#if defined(__x86_64__)
	REGISTERS(context)[OF_RESULT] = result;
#else
	REGISTERS(context)[OF_RESULT] = (unsigned long)result;
#endif
}

#define LOAD(member)                       \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		 offsetof(struct seccomp_data, member))
#define LOAD_HIGH(member)                  \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		 offsetof(struct seccomp_data, member) + 4)
#define IF(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define RETURN(action)	   BPF_STMT(BPF_RET | BPF_K, action)

/* A thread's stack is none to return from a handler on: those are made as
 * they are, and by the call whose flags a filter sees. */
static void trap(void)
{
	uint64_t place = (uintptr_t)inject_place;
	struct sock_filter code[] = {
		LOAD(arch),
		IF(ARCH, 0, 13),
		LOAD_HIGH(instruction_pointer),
		IF(0, 11, 0),
		IF((uint32_t)(place >> 32), 0, 2),
		LOAD(instruction_pointer),
		IF((uint32_t)place, 8, 0),
		LOAD(nr),
		IF(SYS_rt_sigreturn, 6, 0),
		IF(SYS_clone3, 4, 0),
		IF(SYS_clone, 0, 2),
		LOAD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_VM, 2, 0),
		RETURN(SECCOMP_RET_TRAP),
		RETURN(SECCOMP_RET_ERRNO | ENOSYS),
		RETURN(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};
	struct sigaction action = {
		.sa_sigaction = on_call,
		.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART,
	};

	if (sigaction(SIGSYS, &action, NULL) < 0)
		abort();
	/* Who may not, must give up what could be gained; else it is left to
	 * scrun. */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 &&
	    (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	     prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0))
		abort();
}

/* The lowest number that a program can have: before those of the libraries. */
__attribute__((constructor(101))) static void begin(void)
{
	const char *name = getenv(INJECT_FILE);
	int fd;

	if (!name)
		return;
	fd = open(name, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		abort();
	inject = mmap(NULL, sizeof(*inject), PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	if (inject == MAP_FAILED)
		abort();
	close(fd);
	trap();
}

/* ---- Memory ---------------------------------------------------------------
 */

/* What is never given back: a start needs little, and ends soon. */
static char memory[128 << 20];
static atomic_size_t used;

struct block {
	size_t size;
	size_t align; /* 16 bytes in all */
	char data[];
};

static void *allocate(size_t size, size_t align)
{
	size_t room = size + sizeof(struct block) + align + 16, start, at;
	struct block *block;

	if (inject && count(ALLOCATE)) {
		if (inject->injection == INJECT_END)
			end();
		errno = ENOMEM;
		return NULL;
	}
	if (size > sizeof(memory) || room > sizeof(memory) - used) {
		errno = ENOMEM;
		return NULL;
	}
	start = atomic_fetch_add(&used, room & ~(size_t)15);
	at = (start + sizeof(struct block) + align - 1) & ~(align - 1);
	block = (struct block *)(void *)(memory + at - sizeof(struct block));
	block->size = size;
	return memory + at;
}

void *malloc(size_t size)
{
	return allocate(size, 16);
}

void free(void *data)
{
	(void)data;
}

void *calloc(size_t n, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(n, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return allocate(all, 16); /* never used before, so zero */
}

void *realloc(void *data, size_t size)
{
	void *new = allocate(size, 16);
	size_t old;

	if (!new || !data)
		return new;
	old = ((struct block *)data - 1)->size;
	return memcpy(new, data, old < size ? old : size);
}

/* There is nothing that it could tune. */
int mallopt(int parameter, int value)
{
	(void)parameter;
	(void)value;
	return 1;
}

void *memalign(size_t align, size_t size)
{
	return allocate(size, align < 16 ? 16 : align);
}

void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

int posix_memalign(void **data, size_t align, size_t size)
{
	*data = memalign(align, size);
	return *data ? 0 : ENOMEM;
}
