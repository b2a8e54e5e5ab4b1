/* What a policy means: for a call with its arguments, what becomes of it. */

#include "ruling.h"

/* Two lines, so that what follows begins in line 3. */
#define DENY  "[syscalls]\ndefault = deny\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

#define ONES  UINT64_MAX
#define HIGH  (1ull << 32) /* a bit that no int has */

/* ---- Which entry holds ---- */

TEST(the_default_holds_where_no_entry_matches)
{
	static const struct ruling rows[] = {
		{ DENY "allow = read\n",
		  "write is EPERM:2; read is allow:3; 1000 is EPERM:2; "
		  "-1 is EPERM:2" },
		{ ALLOW "deny = read\n", "-1 is allow:2" },
		{ ALLOW "deny =\n lseek\n read\n", "read is EPERM:5" },
		{ "[syscalls]\ndefault = kill\n", "read is kill:2" },
		{ "[syscalls]\ndefault = log\n", "read is log:2" },
		{ "[syscalls]\n\ndefault = EIO\n", "read is EIO:3" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

/* Four lists in one order, of which SUBSET has the call. */
static void assert_strictest(const unsigned int order[4], unsigned int subset)
{
	char text[128] = DENY, wanted[32] = "lseek is EPERM:2";
	const struct ruling row = { text, wanted };
	int strictest = -1;

	for (unsigned int i = 0; i < 4; i++) {
		unsigned int action = order[i];

		strcat(text, action_name(action));
		strcat(text, subset & 1u << action ? " = lseek\n" : " =\n");
		if (!(subset & 1u << action) || (int)action < strictest)
			continue;
		strictest = (int)action;
		snprintf(wanted, sizeof(wanted), "lseek is %s:%u",
			 action == ACTION_DENY ? "EPERM" : action_name(action),
			 3 + i);
	}
	assert_rulings(&row, 1);
}

TEST(the_strictest_entry_holds_whatever_the_order_of_lines)
{
	for (unsigned int code = 0; code < 256; code++) {
		const unsigned int order[4] = { code & 3, code >> 2 & 3,
						code >> 4 & 3, code >> 6 };
		unsigned int seen = 0;

		for (unsigned int i = 0; i < 4; i++)
			seen |= 1u << order[i];
		for (unsigned int subset = 0; seen == 15 && subset < 16;
		     subset++)
			assert_strictest(order, subset);
	}
}

#define MIXED                                              \
	ALLOW "allow = lseek(fd == 1)\n"                   \
	      "log = lseek(fd <= 2)\n"                     \
	      "deny = lseek(fd <= 3)\n"                    \
	      "kill = lseek(fd == 3) lseek(whence == 9)\n" \
	      "deny = lseek(fd == 4):EIO\n"

TEST(among_the_entries_whose_conditions_hold_the_strictest_does)
{
	static const struct ruling rows[] = {
		{ MIXED, "lseek is EPERM:5; lseek(1) is EPERM:5; "
			 "lseek(3) is kill:6; lseek(4) is EIO:7; "
			 "lseek(4, 0, 9) is kill:6; lseek(5) is allow:2" },
		{ DENY "log = lseek(fd < 2)\nallow = lseek\n",
		  "lseek(1) is log:3; lseek(2) is allow:4" },
		{ DENY "allow = lseek\ndeny = lseek(fd == 2):EIO\n",
		  "lseek(2) is EIO:4" },
		{ DENY "allow = lseek lseek(fd == 1)\n",
		  "lseek(7) is allow:3" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

TEST(a_call_may_have_another_errno_than_its_group)
{
	static const struct ruling rows[] = {
		{ ALLOW "deny = @debug\n ptrace:ENOSYS\n",
		  "ptrace is ENOSYS:4" },
		{ ALLOW "deny = ptrace(request == 1):ENOSYS\n @debug:EIO\n",
		  "ptrace(1) is ENOSYS:3; ptrace(2) is EIO:4" },
		{ ALLOW "deny = ptrace:EIO\nkill = @debug\n",
		  "ptrace is kill:4" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

TEST(a_probed_call_that_only_the_default_denies_gets_enosys)
{
	static const struct ruling rows[] = {
		{ DENY, "clone3 is ENOSYS:2" },
		{ DENY "allow = clone3\n", "clone3 is allow:3" },
		{ DENY "log = clone3\n", "clone3 is log:3" },
		{ DENY "kill = clone3\n", "clone3 is kill:3" },
		{ DENY "deny = clone3\n", "clone3 is EPERM:3" },
		{ DENY "deny = clone3:EIO\n", "clone3 is EIO:3" },
		{ DENY "deny = @probed\n", "clone3 is EPERM:3" },
		{ DENY "allow = clone3 !clone3\n", "clone3 is ENOSYS:2" },
		{ DENY "allow = clone3(size == 64)\n",
		  "clone3(0, 64) is allow:3; clone3(0, 65) is ENOSYS:2" },
		{ DENY "deny = clone3(size == 64)\n",
		  "clone3(0, 64) is EPERM:3; clone3(0, 65) is ENOSYS:2" },
		{ "[syscalls]\ndefault = EPERM\n", "clone3 is EPERM:2" },
		{ "[syscalls]\ndefault = EACCES\n", "clone3 is EACCES:2" },
		{ "[syscalls]\ndefault = kill\n", "clone3 is kill:2" },
		{ ALLOW, "clone3 is allow:2" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

/* ---- Conditions ---- */

/* A parameter, and how C reads it from its register. */
static __int128 as_int(uint64_t value)
{
	return (int32_t)value;
}

static __int128 as_unsigned(uint64_t value)
{
	return (uint32_t)value;
}

static __int128 as_short(uint64_t value)
{
	return (uint16_t)value;
}

static __int128 as_long(uint64_t value)
{
	return (int64_t)value;
}

static __int128 as_unsigned_long(uint64_t value)
{
	return value;
}

static const struct parameter {
	const char *call;
	const char *name;
	unsigned int index;
	__int128 (*read)(uint64_t value);
} parameters[] = {
	{ "setpriority", "prio", 2, as_int },
	{ "kill", "pid", 0, as_int },
	{ "socket", "domain", 0, as_int },
	{ "ioctl", "request", 1, as_unsigned },
	{ "setuid", "uid", 0, as_unsigned },
	{ "fchmod", "mode", 1, as_short },
	{ "mkdirat", "mode", 2, as_short },
	{ "lseek", "offset", 1, as_long },
	{ "fallocate", "len", 3, as_long },
	{ "kexec_load", "entry", 0, as_unsigned_long },
	{ "mmap", "length", 1, as_unsigned_long },
};

static const char *const operators[] = { "==", "!=", "<", "<=", ">", ">=" };

static bool compare(__int128 left, const char *operator, __int128 right)
{
	const bool results[] = { left == right, left != right,
				 left<right, left <= right, left> right,
				 left >= right };

	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (strcmp(operators[i], operator) == 0)
			return results[i];
	}
	return false;
}

/* Whatever the upper bits are, the answer is that for the parameter. */
static void assert_reads_as_c(const struct policy *policy,
			      const struct parameter *parameter,
			      const char *operator, int64_t value)
{
	static const uint64_t near[] = { 0,	1,    ONES,  5,	   HIGH,
					 65536, -5ul, 32768, ~HIGH };
	uint32_t arch = seccomp_arch_native();
	uint32_t nr = number_of(arch, parameter->call);

	for (size_t i = 0; i < 3 * ARRAY_SIZE(near); i++) {
		uint64_t args[6] = { 0 };
		uint64_t argument = near[i / 3] + i % 3 - 1;
		bool wanted;

		args[parameter->index] = argument + (uint64_t)value;
		wanted = compare(
			parameter->read(args[parameter->index]), operator,
			parameter->read((uint64_t)value));
		assert_int_equal(verdict_of(policy, arch, nr, args).action,
				 wanted ? ACTION_DENY : ACTION_ALLOW);
	}
}

TEST(conditions_compare_as_c_does_on_the_parameters_type)
{
	static const int64_t values[] = { 0, 1, 5, 32767, 65535, 0x7fffffff };

	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		for (size_t j = 0; j < 2 * ARRAY_SIZE(values) * 6; j++) {
			const struct parameter *p = &parameters[i];
			const char *operator= operators[j % 6];
			int64_t value = values[j / 12] * (j / 6 % 2 ? -1 : 1);
			char text[128];
			struct policy *policy;

			/* What does not fit is a fault. */
			if (p->read == as_short &&
			    (value < -0x8000 || value > 0xffff))
				continue;
			snprintf(text, sizeof(text),
				 ALLOW "deny = %s(%s %s %lld)\n", p->call,
				 p->name, operator,(long long) value);
			policy = policy_of(text);
			assert_reads_as_c(policy, p, operator, value);
			policy_free(policy);
		}
	}
}

TEST(negative_numbers_are_below_zero_where_the_parameter_is_signed)
{
	static const struct ruling rows[] = {
		{ ALLOW "deny = setpriority(prio < 0)\n",
		  "setpriority(0, 0, -1) is EPERM:3; "
		  "setpriority(0, 0, 0xffffffff) is EPERM:3; "
		  "setpriority(0, 0, 0xffffffec) is EPERM:3; "
		  "setpriority(0, 0, 0x8000000000000000) is allow:2" },
		{ ALLOW "deny = kill(pid == -1)\n",
		  "kill(0xffffffff) is EPERM:3; kill(-1) is EPERM:3; "
		  "kill(0xfffffffeffffffff) is EPERM:3; kill(-2) is allow:2" },
		{ ALLOW "deny = kill(pid <= -1)\n", "kill is allow:2" },
		{ ALLOW "deny = lseek(offset < 0)\n",
		  "lseek(0, 0xffffffff) is allow:2; "
		  "lseek(0, 0x8000000000000000) is EPERM:3" },
		{ ALLOW "deny = openat(dirfd != AT_FDCWD)\n",
		  "openat(-100) is allow:2; openat(0xffffff9c) is allow:2" },
		{ ALLOW "deny = fchmod(mode == -1)\n",
		  "fchmod(0, 0xffff) is EPERM:3" },
		{ ALLOW "deny = setuid(uid == -1)\n",
		  "setuid(0xffffffff) is EPERM:3" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

/* CVE-2019-7303, CVE-2019-10063, and Docker's rules for socket. */
TEST(the_upper_32_bits_of_an_int_matter_to_nobody)
{
	static const struct ruling rows[] = {
		{ ALLOW "deny = ioctl(request == TIOCSTI)\n",
		  "ioctl(0, 0x5412) is EPERM:3; "
		  "ioctl(0, 0x100005412) is EPERM:3; "
		  "ioctl(0, 0xffffffff00005412) is EPERM:3" },
		{ ALLOW "deny = ioctl(arg1 == TIOCSTI)\n",
		  "ioctl(0, 0x100005412) is EPERM:3" },
		{ DENY "allow = ioctl(request == TIOCGWINSZ)\n",
		  "ioctl(0, 0x100005413) is allow:3" },
		{ DENY "allow = ioctl(request != TIOCSTI)\n",
		  "ioctl(0, 0x100005412) is EPERM:2" },
		{ DENY "allow = socket(domain < 40) socket(domain > 40)\n",
		  "socket(0x100000028) is EPERM:2; "
		  "socket(0x100000027) is allow:3" },
		{ ALLOW "deny = fchmod(mode & 06000 != 0)\n",
		  "fchmod(0, 0xffff09ed) is EPERM:3; "
		  "fchmod(0, 0xffff01ed) is allow:2" },
		{ ALLOW "deny = clone(flags & CLONE_NEWUSER == CLONE_NEWUSER)",
		  "clone(0x110000000) is EPERM:3" },
		{ ALLOW "deny = unshare(flags == 0)\n",
		  "unshare(0x100000000) is allow:2" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

TEST(masks_bits_and_constants_mean_what_c_means)
{
	static const struct ruling rows[] = {
		{ DENY "allow = socket(type & 0xf == SOCK_STREAM)\n",
		  "socket(0, 0x80801) is allow:3; socket(0, 3) is EPERM:2" },
		{ DENY "allow = socket(type == SOCK_DGRAM | 02000000)\n",
		  "socket(0, 0x80002) is allow:3" },
		{ DENY "allow = socket(type==SOCK_DGRAM|1|0x10)\n",
		  "socket(0, 19) is allow:3" },
		{ DENY "allow = openat(flags & O_ACCMODE == O_RDONLY)\n",
		  "openat(0, 0, 0x80000) is allow:3; "
		  "openat(0, 0, 0x80001) is EPERM:2" },
		{ ALLOW "deny = openat(flags & O_WRONLY | O_RDWR != 0)\n",
		  "openat(0, 0, 2) is EPERM:3; openat(0, 0, 64) is allow:2" },
		{ ALLOW "deny = umask(mask == 022)\n", "umask(18) is EPERM:3" },
		{ ALLOW "deny = umask(mask == 0X12)\n",
		  "umask(18) is EPERM:3" },
		{ ALLOW "deny = kexec_load(entry == 18446744073709551615)\n",
		  "kexec_load(-1) is EPERM:3" },
		{ ALLOW "deny = kexec_load(flags & -16 == 0x30)\n",
		  "kexec_load(0, 0, 0, 63) is EPERM:3; "
		  "kexec_load(0, 0, 0, 0x10000003f) is allow:2" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

#define BETWEEN DENY "allow = lseek(offset >= 10 && offset < 20 && fd != 3)\n"

TEST(all_conditions_of_one_entry_must_hold_and_one_entry_is_enough)
{
	static const struct ruling rows[] = {
		{ BETWEEN, "lseek(0, 9) is EPERM:2; lseek(0, 10) is allow:3; "
			   "lseek(0, 19) is allow:3; lseek(0, 20) is EPERM:2; "
			   "lseek(3, 15) is EPERM:2" },
		{ DENY "allow = lseek(fd == 1 && whence == 1)\n"
		       " lseek(fd == 2 && whence == 2)\n",
		  "lseek(2, 0, 2) is allow:4; lseek(1, 0, 2) is EPERM:2" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

/* fcntl's arg is a number or a pointer, as cmd says; nfsservctl has no names.
 */
TEST(a_denial_of_unknown_width_holds_for_32_or_for_64_bits)
{
	static const struct ruling rows[] = {
		{ ALLOW "deny = fcntl(arg == 5)\n",
		  "fcntl(0, 0, 5) is EPERM:3; "
		  "fcntl(0, 0, 0x100000005) is EPERM:3" },
		{ ALLOW "kill = fcntl(arg == 5)\n",
		  "fcntl(0, 0, 0x100000005) is kill:3" },
		{ ALLOW "deny = fcntl(arg2 == 5)\n",
		  "fcntl(0, 0, 0x100000005) is EPERM:3" },
		{ ALLOW "deny = fcntl(arg == 5)\n",
		  "fcntl(0, 0, 0x100000006) is allow:2" },
		{ ALLOW "deny = fcntl(arg != 5)\n",
		  "fcntl(0, 0, 5) is allow:2; "
		  "fcntl(0, 0, 0x100000005) is EPERM:3" },
		{ ALLOW "deny = nfsservctl(arg0 < 5)\n",
		  "nfsservctl(0x100000000) is EPERM:3" },
		{ ALLOW "deny = nfsservctl(arg0 > 5)\n",
		  "nfsservctl(0x100000000) is EPERM:3" },
		{ ALLOW "deny = nfsservctl(arg0 == -1)\n",
		  "nfsservctl(0xffffffff) is EPERM:3; "
		  "nfsservctl(-1) is EPERM:3" },
		{ ALLOW
		  "deny = nfsservctl(arg5 & 0x100000000 == 0x100000000)\n",
		  "nfsservctl(0, 0, 0, 0, 0, 0x100000001) is EPERM:3; "
		  "nfsservctl(0, 0, 0, 0, 0, 1) is allow:2" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

TEST(a_permission_of_unknown_width_holds_for_32_and_for_64_bits)
{
	static const struct ruling rows[] = {
		{ DENY "allow = fcntl(arg == 5)\n",
		  "fcntl(0, 0, 5) is allow:3; "
		  "fcntl(0, 0, 0x100000005) is EPERM:2" },
		{ DENY "log = fcntl(arg == 5)\n",
		  "fcntl(0, 0, 0x100000005) is EPERM:2" },
		{ DENY "allow = fcntl(arg != 5)\n",
		  "fcntl(0, 0, 0x100000005) is EPERM:2; "
		  "fcntl(0, 0, 0x100000006) is allow:3" },
		{ DENY "allow = nfsservctl(arg0 < 5)\n",
		  "nfsservctl(0x100000000) is EPERM:2" },
		{ DENY "allow = nfsservctl(arg0 <= 5)\n",
		  "nfsservctl(5) is allow:3" },
		{ DENY "allow = nfsservctl(arg0 > 5)\n",
		  "nfsservctl(0x100000000) is EPERM:2" },
		{ DENY "allow = nfsservctl(arg0 == -1)\n",
		  "nfsservctl(0xffffffff) is EPERM:2; "
		  "nfsservctl(-1) is allow:3" },
	};

	assert_rulings(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_holds_where_no_entry_matches),
		cmocka_unit_test(
			the_strictest_entry_holds_whatever_the_order_of_lines),
		cmocka_unit_test(
			among_the_entries_whose_conditions_hold_the_strictest_does),
		cmocka_unit_test(a_call_may_have_another_errno_than_its_group),
		cmocka_unit_test(
			a_probed_call_that_only_the_default_denies_gets_enosys),
		cmocka_unit_test(
			conditions_compare_as_c_does_on_the_parameters_type),
		cmocka_unit_test(
			negative_numbers_are_below_zero_where_the_parameter_is_signed),
		cmocka_unit_test(the_upper_32_bits_of_an_int_matter_to_nobody),
		cmocka_unit_test(masks_bits_and_constants_mean_what_c_means),
		cmocka_unit_test(
			all_conditions_of_one_entry_must_hold_and_one_entry_is_enough),
		cmocka_unit_test(
			a_denial_of_unknown_width_holds_for_32_or_for_64_bits),
		cmocka_unit_test(
			a_permission_of_unknown_width_holds_for_32_and_for_64_bits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
