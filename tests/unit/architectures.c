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

TEST(an_entry_with_an_architecture_is_for_its_direct_call_alone)
{
	static const struct ruling x86[] = {
		{ DENY ON_X86 "allow = x86:socket(domain == AF_UNIX)\n",
		  "359(1) is allow:4; 359(2) is EPERM:2; "
		  "socketcall(1) is EPERM:2" },
		{ ALLOW ON_X86 "deny = x86:shmget:EIO\n",
		  "395 is EIO:4; ipc(23) is allow:2" },
		{ ALLOW ON_X86 "deny = x86_64:getpid\n", "getpid is allow:2" },
		{ ALLOW ON_X86 "deny = x86:mmap(raw1 == 5)\n",
		  "mmap(0, 5) is EPERM:4; mmap(0, 6) is allow:2" },
		{ ALLOW ON_X86 "deny = x86:mmap(prot == 7)\n",
		  "mmap is EPERM:4" },
		{ DENY ON_X86 "allow = x86:getpid getppid !x86:getpid\n",
		  "getpid is EPERM:2; getppid is allow:4" },
		{ DENY ON_X86 "allow = x86:getpid x86:getppid !getpid\n",
		  "getpid is EPERM:2; getppid is allow:4" },
		{ DENY ON_X86 "allow = ?arm:getpid ?x86:no_such_call\n",
		  "getpid is EPERM:2" },
	};
	static const struct ruling native[] = {
		{ ALLOW ON_X86 "deny = x86:getpid\n", "getpid is allow:2" },
		{ DENY ON_X86 "allow = @known !x86:getpid\n",
		  "getpid is allow:4" },
	};

	assert_rulings_of(SCMP_ARCH_X86, x86, ARRAY_SIZE(x86));
	assert_rulings(native, ARRAY_SIZE(native));
}

TEST(an_entry_with_an_architecture_needs_it_listed_and_a_call_of_it)
{
	static const struct faulty rows[] = {
		{ ALLOW "deny = arm:getpid\n",
		  "3:'arm:getpid': arm is not among the 'architectures'*"
		  "write '?arm:getpid'" },
		{ ALLOW ON_X86 "deny = x86:mlock3\n",
		  "4:unknown system call 'mlock3', did you mean" },
		{ ALLOW ON_X86 "deny = x86_64:stat64\n",
		  "4:system call 'stat64' does not exist on x86_64; write "
		  "'?x86_64:stat64' where" },
		{ ALLOW ON_X86 "deny = x86:@open\n",
		  "4:'x86:@open': an architecture's name stands before system "
		  "calls" },
		{ ALLOW ON_X86 "deny = i386:getpid\n",
		  "4:unknown errno 'getpid'" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(a_register_is_compared_whole_and_unsigned)
{
	static const struct ruling native[] = {
		{ ALLOW "deny = socket(raw0 == 40)\n",
		  "socket(40) is EPERM:3; socket(0x100000028) is allow:2" },
		{ ALLOW "deny = lseek(raw1 < 5)\n",
		  "lseek(0, 4) is EPERM:3; lseek(0, -1) is allow:2" },
		{ DENY "allow = fcntl(raw2 == 0x100000001)\n",
		  "fcntl(0, 0, 0x100000001) is allow:3; "
		  "fcntl(0, 0, 1) is EPERM:2" },
		{ ALLOW "deny = prctl(raw0 & 0xff00000000 == 0x100000000)\n",
		  "prctl(0x100000000) is EPERM:3; prctl(0) is allow:2" },
		{ ALLOW "deny = read(raw0 == 1) !read(fd == 1)\n",
		  "read(1) is EPERM:3" },
	};
	static const struct ruling x86[] = {
		{ ALLOW ON_X86 "deny = read(raw0 == 0x100000001)\n",
		  "read(1) is EPERM:4" },
	};

	assert_rulings(native, ARRAY_SIZE(native));
	assert_rulings_of(SCMP_ARCH_X86, x86, ARRAY_SIZE(x86));
}

#ifdef __x86_64__
TEST(of_a_register_x32_has_the_low_half)
{
	static const struct ruling rows[] = {
		{ ALLOW "architectures = native x32\ndeny = read(raw0 == 1)\n",
		  "read(0x100000001) is EPERM:4" },
	};

	assert_rulings_of(SCMP_ARCH_X32, rows, ARRAY_SIZE(rows));
}
#endif

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
		cmocka_unit_test(
			an_entry_with_an_architecture_is_for_its_direct_call_alone),
		cmocka_unit_test(
			an_entry_with_an_architecture_needs_it_listed_and_a_call_of_it),
		cmocka_unit_test(a_register_is_compared_whole_and_unsigned),
#ifdef __x86_64__
		cmocka_unit_test(of_a_register_x32_has_the_low_half),
#endif
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
