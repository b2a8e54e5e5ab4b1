/* What [paths] and [network] ask of a kernel, and what they allow. */

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>

#include "enforce/landlock.h"
#include "policy/network.h"
#include "policy/paths.h"
#include "ruling.h"

#define ALLOW "[syscalls]\ndefault = allow\n"

/* ---- Kernels, by their ABI ---- */

/* What is wrong with TEXT on a kernel of ABI, or the size that it is shown. */
struct kernel {
	const char *text;
	int abi;
	const char *faults; /* as of a struct faulty; NULL: none */
	size_t size;
};

static size_t handle(const char *text, int abi, struct landlock_attr *attr,
		     struct reading *reading)
{
	struct policy *policy = policy_of(text);
	size_t size;

	faults_init(&reading->faults);
	reading->policy = NULL;
	size = landlock_handle(attr, policy, abi, &reading->faults);
	policy_free(policy);
	return size;
}

static void assert_kernel(const struct kernel *row)
{
	struct landlock_attr attr;
	struct reading reading;
	size_t size = handle(row->text, row->abi, &attr, &reading);
	bool same = row->faults ? has_faults(&reading, row->faults)
				: reading.faults.n == 0;

	if (!same)
		print_faults(&reading.faults);
	reading_free(&reading);
	assert_true(same);
	assert_int_equal(size, row->size);
}

TEST(what_the_kernel_cannot_do_is_a_fault_that_names_the_one_that_can)
{
	static const struct kernel rows[] = {
		{ ALLOW "[paths]\nread = /\n", 2,
		  "4:'read' needs Linux 6.2 (Landlock ABI 3); this kernel has "
		  "ABI 2",
		  0 },
		{ ALLOW "[network]\nconnect = 80\n", 3,
		  "4:'connect' needs Linux 6.7 (Landlock ABI 4); this kernel "
		  "has ABI 3",
		  0 },
		{ ALLOW "[network]\nbind =\nconnect = 80\n", 3,
		  "4:'bind' needs Linux 6.7\n5:'connect' needs Linux 6.7", 0 },
		{ ALLOW "[network]\nscope = signals\n", 5,
		  "4:'scope' needs Linux 6.12 (Landlock ABI 6); this kernel "
		  "has ABI 5",
		  0 },
		{ ALLOW "[network]\nscope = abstract-sockets\n", 5,
		  "4:'scope' needs Linux 6.12", 0 },
		{ ALLOW "[paths]\nread = /\n[network]\nconnect =\n", 1,
		  "4:'read' needs Linux 6.2\n6:'connect' needs Linux 6.7", 0 },
		{ ALLOW "[network]\nconnect =\n", -ENOSYS,
		  "4:'connect' needs Landlock (Linux 6.7), which this kernel "
		  "or container does not have: Function not implemented",
		  0 },
		{ ALLOW "[network]\nconnect =\n", -EOPNOTSUPP,
		  "4:'connect' needs Landlock, which is off in this kernel; "
		  "boot it with landlock in the list of lsm=",
		  0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_kernel(&rows[i]);
}

TEST(a_kernel_is_shown_no_more_than_it_knows)
{
	static const struct kernel rows[] = {
		{ ALLOW "[paths]\nread = /\n", 3, NULL, 8 },
		{ ALLOW "[paths]\nread = /\n", 4, NULL, 16 },
		{ ALLOW "[network]\nconnect =\n", 5, NULL, 16 },
		{ ALLOW "[network]\nconnect =\n", 6, NULL, 24 },
		{ ALLOW "[network]\nscope = signals\n", 6, NULL, 24 },
		{ ALLOW "[network]\nscope = signals\n", 99, NULL, 24 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_kernel(&rows[i]);
}

/* The bits by their numbers in the kernel's landlock.h. */
TEST(every_right_that_the_kernel_knows_is_handled_where_a_key_asks_for_it)
{
	static const struct {
		const char *text;
		int abi;
		struct landlock_attr attr;
	} rows[] = {
		{ ALLOW "[paths]\nread =\n", 3, { 0x7fff, 0, 0 } },
		{ ALLOW "[paths]\nwrite = /\n", 4, { 0x7fff, 0, 0 } },
		{ ALLOW "[paths]\nexecute = /\n", 5, { 0xffff, 0, 0 } },
		{ ALLOW "[paths]\nread = /\n", 7, { 0xffff, 0, 0 } },
		{ ALLOW "[network]\nbind =\n", 7, { 0, 1, 0 } },
		{ ALLOW "[network]\nconnect = 1\n", 7, { 0, 2, 0 } },
		{ ALLOW "[network]\nscope = abstract-sockets\n",
		  7,
		  { 0, 0, 1 } },
		{ ALLOW "[network]\nscope = signals\n", 7, { 0, 0, 2 } },
		{ ALLOW "[network]\nscope = signals !signals\n",
		  3,
		  { 0, 0, 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct landlock_attr attr;
		struct reading reading;

		assert_true(handle(rows[i].text, rows[i].abi, &attr, &reading));
		reading_free(&reading);
		assert_memory_equal(&attr, &rows[i].attr, sizeof(attr));
	}
}

/* ---- What [network] closes by system calls ---- */

#define MPTCP	 "socket(2, 1, 262)"
#define FASTOPEN "sendto(3, 0, 0, 0x20000000)"
#define NO_PROTO "EPROTONOSUPPORT:4"

TEST(ways_to_tcp_that_landlock_does_not_see_are_denied_by_the_line)
{
	static const struct ruling rows[] = {
		{ ALLOW "[network]\nconnect = 80\n",
		  MPTCP " is " NO_PROTO ";"
			"socket(10, 0x80801, 262) is " NO_PROTO ";"
			"socket(2, 1, 256) is " NO_PROTO ";"
			"socket(2, 1, 132) is " NO_PROTO ";"
			"socket(2, 1, 261) is " NO_PROTO ";"
			"socket(2, 1, 0x100000106) is " NO_PROTO ";"
			"socket(2, 5, 0) is " NO_PROTO ";"
			"socket(10, 0x80005, 132) is " NO_PROTO ";"
			"socket(2, 6, 33) is " NO_PROTO ";"
			"socket(43, 1, 0) is " NO_PROTO ";"
			"socket(43, 1, 1) is " NO_PROTO },
		{ ALLOW "[network]\nconnect = 80\n",
		  FASTOPEN " is EOPNOTSUPP:4;"
			   "sendto(3, 0, 0, 0x120004000) is EOPNOTSUPP:4;"
			   "sendmsg(3, 0, 0x20000000) is EOPNOTSUPP:4;"
			   "sendmmsg(3, 0, 1, 0x20000000) is EOPNOTSUPP:4;"
			   "io_uring_setup is ENOSYS:4" },
		/* With bind alone, who sends may send as it likes. */
		{ ALLOW "[network]\nbind =\n",
		  MPTCP " is " NO_PROTO "; io_uring_setup is ENOSYS:4;" FASTOPEN
			" is allow:2" },
		{ ALLOW "[network]\nbind =\n\nconnect =\n",
		  MPTCP " is EPROTONOSUPPORT:6" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

TEST(tcp_itself_and_what_network_does_not_cover_stays_open)
{
	static const struct ruling rows[] = {
		{ ALLOW "[network]\nconnect =\nbind =\n",
		  "socket(2, 1, 0) is allow:2; socket(2, 1, 6) is allow:2;"
		  "socket(10, 0x80801, 0) is allow:2;"
		  "socket(2, 2, 0) is allow:2; socket(2, 2, 17) is allow:2;"
		  "socket(2, 3, 255) is allow:2; socket(16, 3, 9) is allow:2;"
		  "socket(1, 1, 0) is allow:2; socket(1, 5, 0) is allow:2;"
		  "socket(17, 3, 0x0300) is allow:2;"
		  "sendto is allow:2; sendto(3, 0, 0, 0x4040) is allow:2;"
		  "sendmsg is allow:2; sendmmsg is allow:2" },
		{ ALLOW "[network]\nscope = signals abstract-sockets\n",
		  MPTCP " is allow:2;" FASTOPEN " is allow:2;"
			"io_uring_setup is allow:2" },
		{ ALLOW "[paths]\nread = /\n",
		  MPTCP " is allow:2; io_uring_setup is allow:2" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

TEST(what_is_implied_is_stricter_than_allow_and_yields_to_entries_of_deny)
{
	static const struct ruling rows[] = {
		{ ALLOW "allow = socket io_uring_setup\nlog = sendto\n"
			"[network]\nconnect =\n",
		  MPTCP " is EPROTONOSUPPORT:6; io_uring_setup is ENOSYS:6;"
			"socket(2, 1, 6) is allow:3;" FASTOPEN
			" is EOPNOTSUPP:6; sendto is log:4" },
		{ ALLOW "deny = !socket !io_uring_setup\n"
			"[network]\nconnect =\n",
		  MPTCP " is EPROTONOSUPPORT:5; io_uring_setup is ENOSYS:5" },
		{ ALLOW "deny = socket(protocol == IPPROTO_MPTCP)\n"
			"kill = io_uring_setup\n[network]\nconnect =\n",
		  MPTCP " is EPERM:3; io_uring_setup is kill:4;"
			"socket(2, 1, 256) is EPROTONOSUPPORT:6" },
		{ ALLOW "deny = @network-io:EACCES\n[network]\nconnect =\n",
		  MPTCP " is EACCES:3" },
		{ "[syscalls]\ndefault = kill\nallow = socket\n"
		  "[network]\nconnect =\n",
		  MPTCP " is EPROTONOSUPPORT:5; socket is allow:3" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

TEST(what_is_denied_anyway_keeps_its_own_reason)
{
	static const struct ruling rows[] = {
		{ "[syscalls]\ndefault = deny\nallow = read\n"
		  "[network]\nconnect =\n",
		  MPTCP " is EPERM:2;" FASTOPEN
			" is EPERM:2; io_uring_setup is ENOSYS:2" },
		{ "[syscalls]\ndefault = kill\n[network]\nconnect =\n",
		  MPTCP " is kill:2; io_uring_setup is kill:2" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

/* socketcall(2) hides the arguments (scrun.ini(5), Architectures). */
TEST(a_32_bit_program_gets_no_socket_where_the_filter_cannot_look_into_it)
{
	static const struct ruling rows[] = {
		{ ALLOW "architectures = native x86\n[network]\nconnect =\n",
		  "socketcall(1) is EPROTONOSUPPORT:5;"
		  "socketcall(11) is EOPNOTSUPP:5; socketcall(2) is allow:2" },
	};

	assert_rulings_of(SCMP_ARCH_X86, rows, ARRAY_SIZE(rows));
}

/* ---- Decisions ---- */

TEST(a_port_is_allowed_if_it_is_listed_or_the_key_is_absent)
{
	struct policy *policy =
		policy_of(ALLOW "[network]\nbind = 0 80 443 !80\n");

	assert_true(port_allowed(policy, PORTS_BIND, 0));
	assert_true(port_allowed(policy, PORTS_BIND, 443));
	assert_false(port_allowed(policy, PORTS_BIND, 80));
	assert_false(port_allowed(policy, PORTS_BIND, 65535));
	assert_true(port_allowed(policy, PORTS_CONNECT, 80));
	policy_free(policy);
}

#define BIT(use) (1u << (use))

TEST(a_file_has_what_the_rules_on_it_and_above_it_give_together)
{
	char dir[256], name[300], text[1024];
	struct policy *policy;

	snprintf(dir, sizeof(dir), "%s/scrun-XXXXXX", temporary());
	assert_non_null(mkdtemp(dir));
	snprintf(name, sizeof(name), "%s/file", dir);
	write_all(open(name, O_CREAT | O_WRONLY, 0600), "", 0);
	snprintf(text, sizeof(text),
		 ALLOW "[paths]\nread = %s\nwrite = %s//\nexecute = ?/none\n",
		 dir, name);
	policy = policy_of(text);
	paths_note(policy);
	assert_int_equal(paths_granted(policy, "", dir), BIT(PATHS_READ));
	assert_int_equal(paths_granted(policy, "", name),
			 BIT(PATHS_READ) | BIT(PATHS_WRITE));
	assert_int_equal(paths_granted(policy, "/proc/self/root", name),
			 BIT(PATHS_READ) | BIT(PATHS_WRITE));
	assert_int_equal(paths_granted(policy, "", "/"), 0);
	assert_int_equal(paths_granted(policy, "", temporary()), 0);
	assert_true(paths_allow(policy, name, PATHS_WRITE));
	assert_false(paths_allow(policy, name, PATHS_EXECUTE));
	assert_false(paths_allow(policy, "/", PATHS_READ));
	/* Of what is not there nothing can be told. */
	assert_true(paths_allow(policy, "/none", PATHS_READ));
	policy_free(policy);
	policy = policy_of(ALLOW);
	assert_true(paths_allow(policy, name, PATHS_EXECUTE));
	policy_free(policy);
	unlink(name);
	rmdir(dir);
}

TEST(a_word_that_is_no_path_port_or_scope_is_a_fault)
{
	static const struct faulty rows[] = {
		{ ALLOW "[paths]\nread = usr\nwrite = ?./x /ok !../y\n",
		  "4:'usr' is no absolute path; write it from the root on\n"
		  "5:'?./x' is no absolute path\n"
		  "5:'!../y' is no absolute path" },
		{ ALLOW "[network]\nbind = 65536 http\nconnect = -1\n",
		  "4:'65536' is no port; write a number from 0 to 65535\n"
		  "4:'http' is no port\n5:'-1' is no port" },
		{ ALLOW "[network]\nscope = signal\n",
		  "4:unknown scope 'signal', did you mean 'signals'?" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_the_kernel_cannot_do_is_a_fault_that_names_the_one_that_can),
		cmocka_unit_test(a_kernel_is_shown_no_more_than_it_knows),
		cmocka_unit_test(
			every_right_that_the_kernel_knows_is_handled_where_a_key_asks_for_it),
		cmocka_unit_test(
			ways_to_tcp_that_landlock_does_not_see_are_denied_by_the_line),
		cmocka_unit_test(
			tcp_itself_and_what_network_does_not_cover_stays_open),
		cmocka_unit_test(
			what_is_implied_is_stricter_than_allow_and_yields_to_entries_of_deny),
		cmocka_unit_test(what_is_denied_anyway_keeps_its_own_reason),
		cmocka_unit_test(
			a_32_bit_program_gets_no_socket_where_the_filter_cannot_look_into_it),
		cmocka_unit_test(
			a_port_is_allowed_if_it_is_listed_or_the_key_is_absent),
		cmocka_unit_test(
			a_file_has_what_the_rules_on_it_and_above_it_give_together),
		cmocka_unit_test(
			a_word_that_is_no_path_port_or_scope_is_a_fault),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
