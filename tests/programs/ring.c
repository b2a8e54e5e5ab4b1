/*
 * ring PATH: opens a file to read by io_uring, and by no system call of that
 * name. Prints "ok" or the name of the errno, "none" where there is no
 * io_uring; exits with 0 either way.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static char *map(int ring, size_t size, off_t at)
{
	char *memory =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, at);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	return memory;
}

/* One request, and its result. */
static int submit(int ring, const struct io_uring_params *params,
		  const struct io_uring_sqe *request)
{
	const struct io_sqring_offsets *in = &params->sq_off;
	const struct io_cqring_offsets *out = &params->cq_off;
	char *sq = map(ring, in->array + sizeof(uint32_t), IORING_OFF_SQ_RING);
	char *cq = map(ring, out->cqes + sizeof(struct io_uring_cqe),
		       IORING_OFF_CQ_RING);

	memcpy(map(ring, sizeof(*request), IORING_OFF_SQES), request,
	       sizeof(*request));
	*(uint32_t *)(void *)(sq + in->array) = 0;
	*(uint32_t *)(void *)(sq + in->tail) = 1;
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) != 1)
		err(1, "io_uring_enter");
	return ((struct io_uring_cqe *)(void *)(cq + out->cqes))->res;
}

int main(int argc, char **argv)
{
	struct io_uring_params params = { 0 };
	struct io_uring_sqe request = { .opcode = IORING_OP_OPENAT };
	int ring, result;

	if (argc != 2)
		errx(2, "usage: ring PATH");
	ring = (int)syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0) {
		puts("none");
		return 0;
	}
	request.fd = AT_FDCWD;
	request.addr = (uintptr_t)argv[1];
	request.open_flags = O_RDONLY;
	result = submit(ring, &params, &request);
	puts(result < 0 ? strerrorname_np(-result) : "ok");
	return 0;
}
