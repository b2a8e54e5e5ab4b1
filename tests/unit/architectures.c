/* What a policy means on other architectures than the native one. */

#include "ruling.h"

/* Two lines, so that what follows begins in line 3. */
#define DENY  "[syscalls]\ndefault = deny\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

TEST(an_architecture_that_is_not_listed_is_killed)
{
	static const uint32_t others[] = {
		SCMP_ARCH_X86, SCMP_ARCH_ARM, SCMP_ARCH_AARCH64, 0, 1,
		UINT32_MAX
	};
	static const char *const policies[] = {
		ALLOW,
		DENY "allow = read\n",
		ALLOW "architectures = native riscv64\nallow = read\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(policies); j++) {
			const struct ruling row = { policies[j],
						    "0 is kill:0" };

			assert_rulings_of(others[i], &row, 1);
		}
	}
}

TEST(an_architecture_that_is_listed_has_its_own_numbers)
{
	static const struct ruling rows[] = {
		{ DENY "architectures = native x86\nallow = read\n",
		  "3 is allow:4; 0 is EPERM:2" },
		{ DENY "architectures = native x86\nallow = ?stat64\n",
		  "stat64 is allow:4" },
		{ DENY "architectures = native x86\nallow = stat64\n",
		  "stat64 is allow:4" },
		{ ALLOW "architectures = native x86\ndeny = @setuid\n",
		  "setuid32 is EPERM:4" },
		{ DENY "architectures = native x86\n", "clone3 is ENOSYS:2" },
		{ ALLOW
		  "architectures = native x86\ndeny = lseek(offset < 0)\n",
		  "lseek(0, 0xffffffff) is EPERM:4" },
		{ ALLOW "architectures = native x86\ndeny = fcntl(arg == -1)\n",
		  "fcntl(0, 0, 0xffffffff) is EPERM:4" },
		{ DENY "architectures = native x86\nallow = fcntl(arg == -1)\n",
		  "fcntl(0, 0, 0xffffffff) is allow:4" },
	};

	assert_rulings_of(SCMP_ARCH_X86, rows, ARRAY_SIZE(rows));
}

#ifdef __x86_64__
TEST(x32_is_killed_unless_it_is_listed)
{
	static const struct ruling native[] = {
		{ ALLOW, "0x40000000 is kill:0; 0x40000001 is kill:0; "
			 "0x7fffffff is kill:0; 0x80000000 is kill:0; "
			 "0xfffffffe is kill:0; -1 is allow:2; "
			 "0x3fffffff is allow:2" },
		{ ALLOW "architectures = native x86\n",
		  "0x40000000 is kill:0" },
		{ ALLOW "architectures = native x32\ndeny = read\n",
		  "0 is EPERM:4" },
	};
	static const struct ruling x32[] = {
		{ ALLOW "architectures = native x32\ndeny = read\n",
		  "read is EPERM:4" },
		{ ALLOW "architectures = x32 native\ndeny = ioctl\n",
		  "ioctl is EPERM:4" },
		{ ALLOW "architectures = native x32\ndeny = read\n",
		  "write is allow:2" },
		{ ALLOW "architectures = native x32\n",
		  "0x7fffffff is allow:2" },
		{ ALLOW
		  "architectures = native x32\ndeny = ioctl(request == 3)",
		  "ioctl(0, 0x100000003) is EPERM:4" },
	};

	assert_rulings(native, ARRAY_SIZE(native));
	assert_rulings_of(SCMP_ARCH_X32, x32, ARRAY_SIZE(x32));
}
#endif

#define ON_X86 "architectures = native x86\n"

TEST(a_socket_call_is_denied_through_socketcall_too)
{
	static const struct ruling rows[] = {
		{ ALLOW ON_X86 "deny = socket\n",
		  "socketcall(1) is EPERM:4; socketcall(2) is allow:2; "
		  "359 is EPERM:4" },
		{ DENY ON_X86 "allow = socket\n", "359 is allow:4" },
		{ ALLOW ON_X86 "deny = sendmmsg\n", "345 is EPERM:4" },
		{ ALLOW ON_X86 "deny = accept4\n",
		  "socketcall(18) is EPERM:4" },
		{ ALLOW ON_X86 "deny = recv\n", "socketcall(10) is EPERM:4" },
		{ ALLOW ON_X86 "deny = sendmmsg\n",
		  "socketcall(20) is EPERM:4" },
		{ ALLOW ON_X86 "kill = socketcall\n",
		  "socketcall(99) is kill:4" },
		{ DENY ON_X86 "allow = bind\n",
		  "socketcall(2) is allow:4; socketcall(3) is EPERM:2; "
		  "socketcall(0x100000002) is allow:4" },
		{ ALLOW ON_X86 "deny = bind:EIO\nallow = socketcall\n",
		  "socketcall(2) is EIO:4" },
	};

	assert_rulings_of(SCMP_ARCH_X86, rows, ARRAY_SIZE(rows));
}

TEST(an_ipc_call_is_denied_through_ipc_whatever_its_version)
{
	static const struct ruling rows[] = {
		{ ALLOW ON_X86 "deny = shmget\n",
		  "ipc(23) is EPERM:4; ipc(0x10017) is EPERM:4; "
		  "ipc(0xffff0017) is EPERM:4; ipc(24) is allow:2; "
		  "395 is EPERM:4" },
		{ ALLOW ON_X86 "deny = semop\n", "ipc(1) is EPERM:4" },
		{ DENY ON_X86 "allow = msgsnd\n",
		  "ipc(11) is allow:4; ipc(12) is EPERM:2" },
	};

	assert_rulings_of(SCMP_ARCH_X86, rows, ARRAY_SIZE(rows));
}

/* In memory, narrower, or in two halves: no filter can look at them there. */
TEST(where_arguments_are_hidden_denials_hold_for_all_and_permissions_for_none)
{
	static const struct ruling rows[] = {
		{ ALLOW ON_X86 "deny = socket(domain == AF_UNIX)\n",
		  "socketcall(1) is EPERM:4; 359(1) is EPERM:4" },
		{ DENY ON_X86 "allow = socket(domain == AF_UNIX)\n",
		  "socketcall(1) is EPERM:2; 359(2) is EPERM:2" },
		{ DENY ON_X86 "log = socket(domain == AF_UNIX)\n",
		  "socketcall(1) is EPERM:2" },
		{ ALLOW ON_X86 "kill = semctl(cmd == 1)\n",
		  "ipc(3) is kill:4" },
		{ ALLOW ON_X86 "deny = mmap(prot == 7)\n", "mmap is EPERM:4" },
		{ DENY ON_X86 "allow = mmap(prot == 1)\n",
		  "mmap(0, 0, 1) is EPERM:2" },
		{ ALLOW ON_X86 "deny = setuid(uid == 0)\n",
		  "setuid(5) is EPERM:4" },
		{ DENY ON_X86 "allow = setuid(uid == 5)\n",
		  "setuid(5) is EPERM:2" },
		{ ALLOW ON_X86 "deny = truncate64(arg1 == 5)\n",
		  "truncate64 is EPERM:4" },
		{ DENY ON_X86 "allow = mmap\n", "mmap is allow:4" },
	};

	assert_rulings_of(SCMP_ARCH_X86, rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_architecture_that_is_not_listed_is_killed),
		cmocka_unit_test(
			an_architecture_that_is_listed_has_its_own_numbers),
#ifdef __x86_64__
		cmocka_unit_test(x32_is_killed_unless_it_is_listed),
#endif
		cmocka_unit_test(
			a_socket_call_is_denied_through_socketcall_too),
		cmocka_unit_test(
			an_ipc_call_is_denied_through_ipc_whatever_its_version),
		cmocka_unit_test(
			where_arguments_are_hidden_denials_hold_for_all_and_permissions_for_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
