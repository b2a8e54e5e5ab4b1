/* From text to struct policy: keys, names, groups, and every fault. */

#include <sys/capability.h>

#include "fixture.h"

/* Two lines, so that what follows begins in line 3. */
#define DENY  "[syscalls]\ndefault = deny\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

/* ---- Keys with one value ---- */

TEST(two_values_in_one_file_are_a_fault)
{
	static const struct faulty rows[] = {
		{ DENY "default = allow\n",
		  "3:'default' is 'deny' in line 2 already" },
		{ DENY "[groups]\n[syscalls]\ndefault = EPERM\n",
		  "5:'default' is 'deny' in line 2 already" },
		{ DENY "  allow\n", "3:'default' is 'deny' in line 2 already" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(default_is_an_action_or_an_errno)
{
	static const struct {
		const char *text;
		enum action action;
		int errnum;
	} rows[] = {
		{ "[syscalls]\ndefault = allow", ACTION_ALLOW, 0 },
		{ "[syscalls]\ndefault = log", ACTION_LOG, 0 },
		{ "[syscalls]\ndefault = kill", ACTION_KILL, 0 },
		{ "[syscalls]\ndefault = deny", ACTION_DENY, EPERM },
		{ "[syscalls]\ndefault = EPERM", ACTION_DENY, EPERM },
		{ "[syscalls]\ndefault = EACCES", ACTION_DENY, EACCES },
		{ "[syscalls]\ndefault = ENOSYS", ACTION_DENY, ENOSYS },
		{ "[syscalls]\ndefault = EWOULDBLOCK", ACTION_DENY, EAGAIN },
		{ "[syscalls]\ndefault = ENOTSUP", ACTION_DENY, EOPNOTSUPP },
	};
	static const uint64_t zeros[6];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct policy *policy = policy_of(rows[i].text);
		struct verdict verdict =
			verdict_of(policy, seccomp_arch_native(), 1000, zeros);

		assert_int_equal(verdict.action, rows[i].action);
		assert_int_equal(verdict.errnum, rows[i].errnum);
		assert_int_equal(verdict.origin->line, 2);
		policy_free(policy);
	}
}

TEST(any_other_default_is_a_fault)
{
	static const struct faulty rows[] = {
		{ "[syscalls]\ndefault = Allow\n", "2:'Allow'" },
		{ "[syscalls]\ndefault =\n", "2:has no value" },
		{ "[syscalls]\ndefault = EFOO\n", "2:'EFOO'" },
		{ "[syscalls]\ndefault = 1\n", "2:'1'" },
		{ "[syscalls]\ndefault = allow deny\n", "2:'allow deny'" },
		{ "[syscalls]\ndefault = @mount\n", "2:'@mount'" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

/* ---- [capabilities] ---- */

/* The capabilities named, as bits, in the order of their numbers. */
static uint64_t capability_bits(const struct policy *policy)
{
	const struct capability *capability;
	uint64_t bits = 0;

	STAILQ_FOREACH(capability, &policy->capabilities, next)
		bits |= 1ull << capability->value;
	return bits;
}

#define BIT(capability) (1ull << (capability))

TEST(capabilities_are_kept_or_dropped_by_name)
{
	static const struct {
		const char *text;
		enum capability_mode mode;
		uint64_t bits;
	} rows[] = {
		{ DENY, CAPABILITIES_KEEP, 0 },
		{ DENY "[capabilities]\n", CAPABILITIES_KEEP, 0 },
		{ DENY "[capabilities]\nkeep =\n", CAPABILITIES_KEEP, 0 },
		{ DENY "[capabilities]\ndrop =\n", CAPABILITIES_DROP, 0 },
		{ DENY "[capabilities]\nkeep = cap_chown\n", CAPABILITIES_KEEP,
		  BIT(CAP_CHOWN) },
		{ DENY "[capabilities]\nkeep = CAP_KILL Cap_Chown\n",
		  CAPABILITIES_KEEP, BIT(CAP_KILL) | BIT(CAP_CHOWN) },
		{ DENY "[capabilities]\ndrop = cap_kill\n\tcap_chown\n",
		  CAPABILITIES_DROP, BIT(CAP_KILL) | BIT(CAP_CHOWN) },
		{ DENY "[capabilities]\nkeep = cap_kill\nkeep = cap_chown\n",
		  CAPABILITIES_KEEP, BIT(CAP_KILL) | BIT(CAP_CHOWN) },
		{ DENY "[capabilities]\nkeep = ?cap_kill ?cap_nonsense\n",
		  CAPABILITIES_KEEP, BIT(CAP_KILL) },
		{ DENY "[capabilities]\nkeep = cap_kill cap_chown !cap_kill\n",
		  CAPABILITIES_KEEP, BIT(CAP_CHOWN) },
		{ DENY "[capabilities]\nkeep = !cap_kill cap_kill\n",
		  CAPABILITIES_KEEP, BIT(CAP_KILL) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct policy *policy = policy_of(rows[i].text);

		assert_int_equal(policy->capability_mode, rows[i].mode);
		assert_int_equal(capability_bits(policy), rows[i].bits);
		policy_free(policy);
	}
}

TEST(a_capability_that_may_be_lacking_is_marked)
{
	struct policy *policy =
		policy_of(DENY "[capabilities]\nkeep = cap_kill ?cap_chown\n");
	const struct capability *first = STAILQ_FIRST(&policy->capabilities);

	assert_false(first->optional);
	assert_true(STAILQ_NEXT(first, next)->optional);
	assert_int_equal(first->origin.line, 4);
	policy_free(policy);
}

TEST(what_is_no_capability_is_a_fault)
{
	static const struct faulty rows[] = {
		{ DENY "[capabilities]\nkeep = cap_net_row\n",
		  "4:unknown capability 'cap_net_row', did you mean "
		  "'cap_net_raw'?" },
		{ DENY "[capabilities]\nkeep = net_raw\n",
		  "4:'net_raw', did you mean 'cap_net_raw'?" },
		{ DENY "[capabilities]\nkeep = kill\n",
		  "4:'kill', did you mean 'cap_kill'?" },
		{ DENY "[capabilities]\nkeep = 13 62 cap_13 cap_\n",
		  "4:capability '13'\n"
		  "4:capability '62'\n"
		  "4:capability 'cap_13'\n"
		  "4:capability 'cap_'" },
		{ DENY "[capabilities]\nkeep = ! ?\n", "4:capability\n"
						       "4:capability" },
		{ DENY "[capabilities]\nkeep = cap_kill !cap_kil\n",
		  "4:unknown capability 'cap_kil'" },
		{ DENY "[capabilities]\ndrop = all\n",
		  "4:unknown capability 'all'" },
		{ DENY "[capabilities]\ndrop = cap_kill,cap_chown\n",
		  "4:unknown capability 'cap_kill,cap_chown'" },
		{ DENY "[capabilities]\ndrop = cap_kill=ep cap_kill:x\n",
		  "4:unknown capability 'cap_kill=ep'\n"
		  "4:unknown capability 'cap_kill:x'" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(keep_and_drop_exclude_each_other)
{
	static const struct faulty rows[] = {
		{ DENY "[capabilities]\nkeep = cap_kill\ndrop = cap_chown\n",
		  "5:keep and drop exclude*'keep' stands at *:4" },
		{ DENY "[capabilities]\ndrop =\nkeep =\n",
		  "5:keep and drop exclude*'drop' stands at *:4" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

/* ---- Names of calls and groups ---- */

TEST(a_near_name_is_suggested)
{
	static const struct faulty rows[] = {
		{ DENY "allow = opneat\n",
		  "3:unknown system call 'opneat', did you mean 'openat'?" },
		{ DENY "allow = Read\n", "3:'Read', did you mean 'read'?" },
		{ DENY "allow = @netwrok-io\n",
		  "3:unknown group '@netwrok-io', did you mean "
		  "'@network-io'?" },
		{ DENY "architectures = native aarch46\n",
		  "3:unknown architecture 'aarch46', did you mean 'aarch64'?" },
		{ DENY "architectures = x86-64\n", "3:did you mean 'x86_64'?" },
		{ DENY "architectures = natvie\n", "3:did you mean 'native'?" },
		{ DENY "allow = socket(domain == AF_INTE)\n",
		  "3:'AF_INTE' is neither a number nor a known constant, did "
		  "you mean 'AF_INET'?" },
		{ DENY "allow = socket(domian == 1)\n",
		  "3:socket has no argument 'domian', did you mean 'domain'? "
		  "(it has domain type protocol, or arg0 to arg5)" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(nothing_is_suggested_for_what_is_near_to_nothing)
{
	static const char *const texts[] = {
		DENY "allow = xyzzyplugh\n",
		DENY "allow = @xyzzyplugh\n",
		DENY "architectures = native xyzzyplugh\n",
		DENY "allow = socket(domain == XYZZYPLUGH)\n",
		DENY "xyzzyplugh = read\n",
		DENY "[xyzzyplugh]\n",
		DENY
		"allow = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct reading reading = reading_of(texts[i]);

		assert_int_equal(reading.faults.n, 1);
		assert_false(says(reading_fault(&reading, 0), "did you mean"));
		reading_free(&reading);
	}
}

TEST(a_question_mark_tolerates_a_name_that_is_not_known)
{
	struct policy *policy =
		policy_of(DENY "allow = ?opneat ?@nonsense ?read ?stat64\n"
			       "kill = ?no-such-call\n"
			       "[groups]\n@mine = ?younger_call write stat64\n"
			       "[syscalls]\nallow = @mine\n");

	assert_int_equal(action_of(policy, "read"), ACTION_ALLOW);
	assert_int_equal(action_of(policy, "write"), ACTION_ALLOW);
	policy_free(policy);
}

TEST(a_call_of_another_architecture_alone_is_a_fault)
{
	static const struct faulty rows[] = {
		{ DENY "allow = stat64\n",
		  "3:'stat64' does not exist on *write '?stat64'" },
		{ DENY "allow = read !stat64\n", "3:write '?!stat64'" },
		{ DENY "allow = socketcall\n",
		  "3:'socketcall' does not exist on" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(a_name_that_is_to_be_taken_out_must_be_known_too)
{
	static const struct faulty rows[] = {
		{ DENY "allow = @debug !prtace\n",
		  "3:'prtace', did you mean 'ptrace'?" },
		{ DENY "allow = read !@debgu\n",
		  "3:'@debgu', did you mean '@debug'?" },
		{ DENY "allow = @mine\n[groups]\n@mine = @debug !prtace\n",
		  "5:'prtace', did you mean 'ptrace'?" },
	};
	struct policy *policy = policy_of(DENY "allow = read !?prtace\n");

	policy_free(policy);
	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(an_entry_that_does_not_parse_is_a_fault)
{
	static const struct faulty rows[] = {
		{ DENY "allow = @\n", "3:'@' is not" },
		{ DENY "allow = !\n", "3:'!' is not" },
		{ DENY "allow = read,write\n", "3:unexpected ',write" },
		{ DENY "allow = read;\n", "3:unexpected ';'" },
		{ DENY "deny = !mkdir(mode == 1):EROFS\n",
		  "3:write '!mkdir(mode == 1)'" },
		{ DENY "allow = @mount(arg0 == 1)\n",
		  "3:a group cannot have conditions" },
		{ DENY "allow = execve(pathname == 1)\n",
		  "3:conditions cannot tell one program" },
		{ DENY "allow = read:ENOSYS\n",
		  "3:an errno belongs to deny; allow has none" },
		{ DENY "kill = read:ENOSYS\n",
		  "3:an errno belongs to deny; kill has none" },
		{ DENY "deny = read !read:ENOSYS\n", "3:write '!read'" },
		{ DENY "deny = read:ENOSY\n", "3:unknown errno 'ENOSY'" },
		{ DENY "deny = read:\n", "3:unknown errno ''" },
		{ DENY "deny = read:EPERM(fd == 1)\n", "3:unknown errno" },
		{ DENY "deny = read:38\n", "3:unknown errno '38'" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(a_condition_that_does_not_parse_is_a_fault)
{
	static const struct faulty rows[] = {
		{ DENY "allow = socket(domain == 1\n", "3:missing ')'" },
		{ DENY "allow = socket(domain == 1 &&\n  type == 1)\n",
		  "3:missing ')'\n"
		  "4:'==' is not\n4:unexpected ')'\n4:unknown system call "
		  "'type'" },
		{ DENY "allow = socket()\n",
		  "3:expected the name of an argument" },
		{ DENY "allow = socket(domain)\n", "3:expected ==" },
		{ DENY "allow = socket(domain = 1)\n", "3:expected ==" },
		{ DENY "allow = socket(domain == )\n",
		  "3:expected a number or a constant" },
		{ DENY "allow = socket(domain == 08)\n", "3:'08' is neither" },
		{ DENY "allow = socket(domain == 1x)\n", "3:'1x' is neither" },
		{ DENY "allow = lseek(offset == 0x10000000000000000)\n",
		  "3:'0x10000000000000000' is too large for 64 bits" },
		{ DENY "allow = socket(domain == 1 || domain == 2)\n",
		  "3:alternatives are entries of their own" },
		{ DENY "allow = socket(domain == 1, type == 2)\n",
		  "3:unexpected ', type" },
		{ DENY "allow = socket(domain == 1 &&)\n",
		  "3:expected the name" },
		{ DENY "allow = socket(arg6 == 1)\n", "3:no argument 'arg6'" },
		{ DENY "allow = vhangup(tty == 1)\n",
		  "3:no argument 'tty' (it has none)" },
		{ DENY "allow = prctl(arg0 == 1)\n",
		  "3:prctl has no argument 'arg0' (it has option arg2 arg3 "
		  "arg4 arg5)" },
		{ DENY "allow = prctl(opton == 1)\n",
		  "3:did you mean 'option'? (it has option" },
		{ DENY "allow = ?nonsense(path == 1)\n",
		  "3:have no names here; write arg0 to arg5" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(a_condition_that_is_always_the_same_is_a_fault)
{
	static const struct faulty rows[] = {
		{ DENY "allow = socket(domain == 0x100000000)\n",
		  "3:does not fit into the 32 bits" },
		{ DENY "allow = socket(domain == -0x80000001)\n",
		  "3:does not fit into the 32 bits" },
		{ DENY "allow = fchmod(mode == 0x10000)\n",
		  "3:does not fit into the 16 bits" },
		{ DENY "allow = socket(type & 0x100000000 == 0)\n",
		  "3:does not fit" },
		{ DENY "allow = kill(pid >= 0x80000000)\n",
		  "3:the value does not fit: it is 2147483647 at most" },
		{ DENY "deny = read(fd < 0xffffffff)\n",
		  "3:the value does not fit: it is 2147483647 at most" },
		{ DENY "allow = socket(type & 0 == 0)\n",
		  "3:the mask is 0, so the answer is always the same" },
		{ DENY "allow = open(flags & O_RDONLY == O_RDONLY)\n",
		  "3:the mask is 0*for O_RDONLY, write O_ACCMODE" },
		{ DENY "allow = socket(type & 1 == 2)\n",
		  "3:outside the mask" },
		{ DENY "allow = socket(type & 1 < 2)\n",
		  "3:after '&' only == and != can compare" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(an_entry_has_at_most_16_conditions)
{
	char text[256] = DENY "allow = ?w(arg0==1";
	struct reading reading;

	for (size_t i = 1; i < 16; i++)
		strcat(text, "&&arg0==1");
	strcat(text, ")\n");
	policy_free(policy_of(text));
	strcpy(strchr(text, ')'), "&&arg0==1)\n");
	reading = reading_of(text);
	assert_true(has_faults(&reading, "3:more than 16 conditions"));
	reading_free(&reading);
}

/* ---- Architectures ---- */

TEST(the_native_architecture_is_the_default_and_stands_first)
{
	struct policy *policy = policy_of(DENY);

	assert_int_equal(policy->n_architectures, 1);
	assert_int_equal(policy->architectures[0], seccomp_arch_native());
	policy_free(policy);

	policy = policy_of(DENY "architectures = x86 arm native x86 arm\n");
	assert_int_equal(policy->n_architectures, 3);
	assert_int_equal(policy->architectures[0], seccomp_arch_native());
	policy_free(policy);
}

TEST(architectures_without_the_native_one_are_a_fault)
{
	static const struct faulty rows[] = {
		{ DENY "architectures = x86 arm\n",
		  "0:architectures must name 'native' as well" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

/* ---- Faults as a whole ---- */

TEST(one_run_shows_all_faults_in_the_order_of_lines)
{
	static const struct faulty rows[] = {
		{ "[policy]\n"
		  "include = no-such.ini\n"
		  "[syscalls]\n"
		  "default = perhaps\n"
		  "allow = opneat read\n"
		  "bogus = 1\n"
		  "deny = @nonsense\n"
		  "[groups]\n"
		  "mine = read\n"
		  "[capabilities]\n"
		  "keep = cap_nonsense\n",
		  "2:cannot open\n"
		  "4:'perhaps'\n"
		  "5:'opneat'\n"
		  "6:'bogus'\n"
		  "7:'@nonsense'\n"
		  "9:'@mine'\n"
		  "11:'cap_nonsense'" },
		{ DENY "allow = opneat\n[groups]\nmine = read\n"
		       "[syscalls]\nallow = raed\n",
		  "3:'opneat'\n"
		  "5:'@mine'\n"
		  "7:'raed'" },
	};

	assert_faulty(rows, ARRAY_SIZE(rows));
}

TEST(faults_are_sorted_by_line_within_their_file)
{
	static const char *const wanted[] = {
		"a:1: x", "a:2: x", "a:2: y", "a:9: x",
		"b:3: x", "b:7: x", "c:5: x",
	};
	struct faults faults;

	faults_init(&faults);
	fault_add(&faults, "a", 2, "x");
	fault_add(&faults, "b", 7, "x");
	fault_add(&faults, "a", 9, "x");
	fault_add(&faults, "c", 5, "x");
	fault_add(&faults, "b", 3, "x");
	fault_add(&faults, "a", 2, "y");
	fault_add(&faults, "a", 1, "x");
	assert_int_equal(faults.n, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_string_equal(fault_text(&faults, i), wanted[i]);
	assert_null(fault_text(&faults, faults.n));
	faults_free(&faults);
}

TEST(control_bytes_reach_no_terminal)
{
	static const char *const texts[] = {
		DENY "allow = re\033[2Jad\n",
		DENY "\033]0;x\007 = read\n",
		DENY "[sec\033tion]\n",
		DENY "deny = read:\x80\xff\n",
		DENY "allow = @gr\177oup\n",
		DENY "\x9b[2J\n",
		DENY "[policy]\ninclude = \b\n",
		"[syscalls]\ndefault = \a\n",
		DENY "allow = socket(domain == \033)\n",
		DENY "[capabilities]\nkeep = cap_\033\n",
		DENY "[groups]\n@x = re\033ad\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct reading reading = reading_of(texts[i]);
		const char *text;

		assert_null(reading.policy);
		for (size_t j = 0; (text = fault_text(&reading.faults, j)); j++)
			for (; *text; text++)
				assert_in_range(*text, ' ', '~');
		reading_free(&reading);
	}
}

TEST(an_escaped_byte_is_shown_in_hexadecimal)
{
	struct faults faults;

	faults_init(&faults);
	fault_add(&faults, "a\nb", 1, "%s", "\033[2J\x7f\xc3\xa4");
	assert_string_equal(fault_text(&faults, 0),
			    "a\\x0ab:1: \\x1b[2J\\x7f\\xc3\\xa4");
	faults_free(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_values_in_one_file_are_a_fault),
		cmocka_unit_test(default_is_an_action_or_an_errno),
		cmocka_unit_test(any_other_default_is_a_fault),
		cmocka_unit_test(capabilities_are_kept_or_dropped_by_name),
		cmocka_unit_test(a_capability_that_may_be_lacking_is_marked),
		cmocka_unit_test(what_is_no_capability_is_a_fault),
		cmocka_unit_test(keep_and_drop_exclude_each_other),
		cmocka_unit_test(a_near_name_is_suggested),
		cmocka_unit_test(
			nothing_is_suggested_for_what_is_near_to_nothing),
		cmocka_unit_test(
			a_question_mark_tolerates_a_name_that_is_not_known),
		cmocka_unit_test(
			a_call_of_another_architecture_alone_is_a_fault),
		cmocka_unit_test(
			a_name_that_is_to_be_taken_out_must_be_known_too),
		cmocka_unit_test(an_entry_that_does_not_parse_is_a_fault),
		cmocka_unit_test(a_condition_that_does_not_parse_is_a_fault),
		cmocka_unit_test(
			a_condition_that_is_always_the_same_is_a_fault),
		cmocka_unit_test(an_entry_has_at_most_16_conditions),
		cmocka_unit_test(
			the_native_architecture_is_the_default_and_stands_first),
		cmocka_unit_test(
			architectures_without_the_native_one_are_a_fault),
		cmocka_unit_test(
			one_run_shows_all_faults_in_the_order_of_lines),
		cmocka_unit_test(faults_are_sorted_by_line_within_their_file),
		cmocka_unit_test(control_bytes_reach_no_terminal),
		cmocka_unit_test(an_escaped_byte_is_shown_in_hexadecimal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
