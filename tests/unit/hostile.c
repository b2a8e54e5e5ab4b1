/* Arguments made to mislead, to crash, or to write to the terminal. */

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "calls.h"
#include "policy/arguments.h"

/* A file of an ugly name; its descriptor, and its path in PATH. */
static int ugly_file(char *path, size_t size)
{
	int fd;

	snprintf(path, size, "%s/scrun\33\n-%d", temporary(), getpid());
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	return fd;
}

TEST(the_name_of_an_open_file_cannot_write_to_the_terminal)
{
	char path[128], wanted[256];
	int fd = ugly_file(path, sizeof(path));

	snprintf(wanted, sizeof(wanted), "fchmod(%d<%s/scrun\\33\\n-%d>, 0600)",
		 fd, temporary(), getpid());
	assert_text(NATIVE("fchmod", (uint64_t)fd, 0600), wanted);
	assert_path(NATIVE("fchmod", (uint64_t)fd, 0600), 0, path);
	unlink(path);
	close(fd);
}

static void assert_connect_pointer(const void *address, uint64_t length)
{
	char pointer[32];

	snprintf(pointer, sizeof(pointer), "0x%lx", (unsigned long)P(address));
	assert_connect(address, length, pointer);
}

TEST(an_address_of_an_absurd_length_stays_a_pointer)
{
	struct sockaddr_storage address = { .ss_family = AF_UNIX };

	assert_connect(&address, sizeof(address), "{AF_UNIX}");
	assert_connect_pointer(&address, sizeof(address) + 1);
	assert_connect_pointer(&address, UINT32_MAX);
	assert_connect_pointer(&address, 0x80000000);
	assert_connect_pointer(&address, 0);
	assert_connect_pointer(border() - 4, 16);
	assert_connect(&address, 1, "{AF_UNSPEC}");
	address.ss_family = 77;
	assert_connect(&address, 16, "{77}");
}

TEST(a_call_that_no_table_knows_has_six_numbers)
{
	struct call call = { .pid = getpid(),
			     .arch = SCMP_ARCH_X86_64,
			     .nr = 639,
			     .args = { 1, UINT64_MAX, 0, P(""), 5, 6 } };
	char wanted[128];

	call.args[3] = 0xabc;
	snprintf(wanted, sizeof(wanted),
		 "syscall_0x27f(0x1, 0xffffffffffffffff, 0x0, 0xabc, 0x5, "
		 "0x6)");
	assert_text(call, wanted);
	assert_brief(call, "syscall_0x27f");
	assert_path(call, 0, NULL);
}

TEST(a_call_of_i386_has_arguments_of_32_bits)
{
	assert_text(I386("close", 0xabcdef0000270full), "close(9999)");
	assert_text(I386("stat64", 0xffffffff00000010ull, 0xfffff000),
		    "stat64(0x10, 0xfffff000)");
	assert_text(I386("socketcall", 1, 2, 3),
		    "socketcall(0x1, 0x2, 0x3, 0x0, 0x0, 0x0)");
	assert_text(I386("mmap", 0xfffff000, 2),
		    "mmap(0xfffff000, 0x2, 0x0, 0x0, 0x0, 0x0)");
	assert_text(I386("mmap2", 0, 4096, PROT_EXEC,
			 MAP_SHARED | MAP_ANONYMOUS, UINT64_MAX, 0),
		    "mmap2(NULL, 4096, PROT_EXEC, "
		    "MAP_SHARED|MAP_ANONYMOUS, -1, 0)");
	assert_text(I386("open", 0, 0100000),
		    "open(NULL, O_RDONLY|O_LARGEFILE)");
}

/* What is at low addresses, for the pointers of a 32-bit process. */
static void *low_page(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	return page == MAP_FAILED ? NULL : page;
}

TEST(vectors_of_i386_hold_pointers_of_32_bits)
{
	char *page = low_page();
	uint32_t *words = (uint32_t *)(page + 64);

	if (!page) {
		print_message("# no memory at low addresses\n");
		skip();
	}
	strcpy(page, "sh");
	words[0] = words[1] = (uint32_t)P(page);
	words[2] = 0;
	assert_text(I386("execve", P(page), P(words), 0),
		    "execve(\"sh\", [\"sh\", \"sh\"], NULL)");
	words[0] = 3;
	words[1] = UINT32_MAX;
	assert_text(I386("setrlimit", RLIMIT_CPU, P(words)),
		    "setrlimit(RLIMIT_CPU, {cur=3, max=RLIM_INFINITY})");
	munmap(page, 4096);
}

TEST(a_hostile_string_is_cut_escaped_or_an_address)
{
	char text[5000], wanted[256], *end = border();
	struct decoded decoded;
	struct call call;

	/* It runs into a page that is not there. */
	snprintf(wanted, sizeof(wanted), "chdir(0x%lx)",
		 (unsigned long)P(end - 5));
	assert_text(NATIVE("chdir", P(end - 5)), wanted);
	assert_path(NATIVE("chdir", P(end - 5)), 0, NULL);
	end[-1] = '\0';
	assert_text(NATIVE("chdir", P(end - 5)), "chdir(\"xxxx\")");
	assert_text(NATIVE("chdir", UINT64_MAX), "chdir(0xffffffffffffffff)");
	assert_text(NATIVE("chdir", 0), "chdir(NULL)");
	assert_text(NATIVE("chdir", P("\33]0;x\a\n\xff")),
		    "chdir(\"\\33]0;x\\a\\n\\377\")");

	memset(text, '\33', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	call = NATIVE("chdir", P(text));
	call_decode(&decoded, &call);
	assert_true(strlen(decoded.args[0]) < MAX_ARGUMENT);
	assert_true(says(decoded.args[0], "\"\\33\\33*\\33\"…"));
	assert_path(call, 0, NULL); /* ENAMETOOLONG */
}

static void assert_safe(const struct decoded *decoded, const char *text)
{
	assert_true(decoded->n <= 6);
	for (unsigned int i = 0; i < decoded->n; i++)
		assert_true(strlen(decoded->args[i]) < MAX_ARGUMENT);
	for (; *text; text++) {
		if (strncmp(text, "…", 3) == 0)
			text += 2;
		else
			assert_true(*text >= ' ' && *text < 0x7f);
	}
}

/* A pointer to PAGE's random bytes, or near the end of memory, or a number. */
static uint64_t hostile_value(uint64_t *seed, const char *page)
{
	if (random_below(seed, 2))
		return P(page) + random_below(seed, 4096);
	return random_value(seed);
}

TEST(no_arguments_whatever_make_an_unsafe_text)
{
	static const uint32_t arches[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86 };
	char *end = border(), *page = end - 4096, text[1100], path[300];
	uint64_t seed = 4711;
	struct decoded decoded;
	struct call call;
	size_t size;

	for (unsigned int n = 0; n < 60000; n++) {
		call = (struct call){
			.pid = getpid(),
			.arch = arches[n % 2],
			.nr = random_below(&seed, 480),
		};
		if (n % 16 == 0)
			call.nr |= X32_SYSCALL_BIT;
		for (unsigned int i = 0; i < 8; i++)
			page[random_below(&seed, 4096)] =
				(char)random_next(&seed);
		for (unsigned int i = 0; i < 6; i++)
			call.args[i] = hostile_value(&seed, page);
		call_decode(&decoded, &call);
		call_decode_result(&decoded, &call,
				   (int64_t)random_value(&seed));
		size = random_below(&seed, sizeof(text)) + 1;
		assert_true(decoded_print(&decoded, text, size) < size);
		assert_safe(&decoded, text);
		size = random_below(&seed, sizeof(path));
		call_path(&call, random_below(&seed, 3), path, size);
		call_can_be_refused(&call);
	}
}

TEST(a_text_that_has_no_room_is_cut)
{
	struct call call = NATIVE("mkdir", P("/srv/x"), 0755);
	struct decoded decoded;
	char text[64] = "#";

	call_decode(&decoded, &call);
	assert_int_equal(decoded_print(&decoded, text, 0), 0);
	assert_string_equal(text, "#");
	assert_int_equal(decoded_print(&decoded, text, 1), 0);
	assert_string_equal(text, "");
	decoded_print(&decoded, text, 12);
	assert_string_equal(text, "mkdir(\"/…");
	assert_int_equal(decoded_print(&decoded, text, 22), 21);
	assert_string_equal(text, "mkdir(\"/srv/x\", 0755)");
	decoded_print_brief(&decoded, text, sizeof(text));
	assert_string_equal(text, "mkdir(\"/srv/x\")");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_name_of_an_open_file_cannot_write_to_the_terminal),
		cmocka_unit_test(
			an_address_of_an_absurd_length_stays_a_pointer),
		cmocka_unit_test(a_call_that_no_table_knows_has_six_numbers),
		cmocka_unit_test(a_call_of_i386_has_arguments_of_32_bits),
		cmocka_unit_test(vectors_of_i386_hold_pointers_of_32_bits),
		cmocka_unit_test(a_hostile_string_is_cut_escaped_or_an_address),
		cmocka_unit_test(no_arguments_whatever_make_an_unsafe_text),
		cmocka_unit_test(a_text_that_has_no_room_is_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
