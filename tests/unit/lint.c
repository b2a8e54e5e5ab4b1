/* What is found fault with, and what that is nearly the same is not. */

#include "policy/lint.h"

#include "fixture.h"

/* Two lines, so that what follows begins in line 3. */
#define DENY  "[syscalls]\ndefault = deny\n"
#define ALLOW "[syscalls]\ndefault = allow\n"

/* Denies all that default = allow is warned of; one line. */
#define CLOSED                                                      \
	"deny = ptrace process_vm_writev pidfd_getfd setns clone3 " \
	"ioctl(request == TIOCSTI) ioctl(request == TIOCLINUX) "    \
	"unshare clone(flags & CLONE_NEWUSER == CLONE_NEWUSER)\n"

/* Adds the line of each finding of KIND to LINES: "3 4". */
static void lines_of(const struct findings *findings, const char *kind,
		     char *lines, size_t size)
{
	char suffix[40];

	snprintf(suffix, sizeof(suffix), " [%s]", kind);
	lines[0] = '\0';
	for (size_t i = 0; i < findings->texts.n; i++) {
		const char *text = fault_text(&findings->texts, i);
		const char *line = strstr(text, ".ini:");
		size_t used = strlen(lines), length = strlen(text);

		if (length < strlen(suffix) ||
		    strcmp(text + length - strlen(suffix), suffix) != 0)
			continue;
		assert_non_null(line);
		snprintf(lines + used, size - used, "%s%lu", used ? " " : "",
			 strtoul(line + strlen(".ini:"), NULL, 10));
	}
}

/* A policy and the lines of what is found of one kind. */
struct row {
	const char *policy;
	const char *lines;
};

static void assert_lines(const char *kind, const struct row *row)
{
	struct policy *policy = policy_of(row->policy);
	struct findings findings;
	char lines[64];

	findings_init(&findings);
	policy_lint(policy, SEVERITY_INFO, &findings);
	lines_of(&findings, kind, lines, sizeof(lines));
	if (strcmp(lines, row->lines) != 0) {
		print_error("# in the policy:\n%s\n", row->policy);
		print_faults(&findings.texts);
	}
	findings_free(&findings);
	policy_free(policy);
	assert_string_equal(lines, row->lines);
}

static void assert_all(const char *kind, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_lines(kind, &rows[i]);
}

#define ASSERT_ALL(kind, rows) assert_all(kind, rows, ARRAY_SIZE(rows))

TEST(equivalent_open)
{
	static const struct row rows[] = {
		{ ALLOW "deny = execve\n", "3" },
		{ ALLOW "deny = execve execveat\n", "" },
		{ ALLOW "deny = @exec\n", "" },
		{ ALLOW "kill = kill\n", "3" },
		{ ALLOW "deny = execve:ENOSYS\n", "" },
		{ DENY "allow = execveat\n", "" },
		{ DENY "allow = @exec\ndeny = execve\n", "4" },
		{ ALLOW "deny = lseek(fd == 1)\n", "" },
		/* Of two families one is closed. */
		{ ALLOW "deny = @unlink\n", "" },
	};

	ASSERT_ALL("equivalent-open", rows);
}

TEST(io_uring)
{
	static const struct row rows[] = {
		{ ALLOW "deny = connect\n", "2" },
		{ ALLOW "deny = connect io_uring_setup\n", "" },
		{ ALLOW "deny = connect io_uring_setup:ENOSYS\n", "" },
		{ ALLOW "deny = connect:ENOSYS\n", "" },
		{ ALLOW "deny = ptrace\n", "" },
		{ ALLOW "deny = socket(domain == AF_UNIX)\n", "2" },
		{ DENY "allow = @basic\n\n  io_uring_setup\n", "5" },
		{ DENY "allow = @basic io_uring_enter\n", "" },
		/* The rules of [network] deny it. */
		{ ALLOW "deny = connect\n[network]\nconnect = 80\n", "" },
	};

	ASSERT_ALL("io-uring", rows);
}

TEST(other_processes)
{
	static const struct row rows[] = {
		{ ALLOW, "2" },
		{ ALLOW CLOSED, "" },
		{ DENY "allow = ptrace\n  process_vm_writev\n", "3 4" },
		{ DENY "allow = ptrace process_vm_writev\n", "3 3" },
		{ DENY "allow = @debug\n", "3" },
		{ DENY "allow = ptrace(request == PTRACE_TRACEME)\n", "" },
		{ DENY "allow = ptrace(request == PTRACE_SEIZE)\n", "3" },
		{ DENY "allow = ptrace\n"
		       "deny = ptrace(request == PTRACE_ATTACH)\n"
		       "       ptrace(request == PTRACE_SEIZE)\n",
		  "" },
		{ DENY "allow = ptrace\n"
		       "deny = ptrace(request == PTRACE_ATTACH)\n",
		  "3" },
		/* Landlock lets trace only what is under the same rules. */
		{ ALLOW "[paths]\nread = /\n", "" },
		{ ALLOW "[network]\nscope = signals\n", "" },
	};

	ASSERT_ALL("other-processes", rows);
}

TEST(terminal_input)
{
	static const struct row rows[] = {
		{ ALLOW, "2" },
		{ ALLOW CLOSED, "" },
		{ DENY "allow = ioctl\n", "3" },
		{ DENY "allow = ioctl(request == TCGETS)\n", "" },
		{ DENY "allow = ioctl(request != TCGETS)\n", "3" },
		{ DENY "allow = ioctl\ndeny = ioctl(request == TIOCSTI)\n",
		  "3" },
		{ ALLOW "[process]\nnew_session = yes\n", "" },
		{ ALLOW "[process]\nnew_session = no\n", "2" },
		{ ALLOW "[process]\nnew_session = yes\n"
			"[capabilities]\nkeep = cap_sys_admin\n",
		  "2" },
		{ ALLOW "[process]\nnew_session = yes\n"
			"[capabilities]\ndrop = cap_chown\n",
		  "2" },
		{ ALLOW "[process]\nnew_session = yes\n"
			"[capabilities]\ndrop = cap_sys_admin\n",
		  "" },
		{ ALLOW "architectures = native x86\ndeny = x86_64:ioctl\n",
		  "2" },
	};

	ASSERT_ALL("terminal-input", rows);
}

TEST(user_namespaces)
{
	static const struct row rows[] = {
		{ ALLOW, "2" },
		{ ALLOW CLOSED, "" },
		{ DENY "allow = unshare\n", "3" },
		{ DENY "allow = unshare(flags == CLONE_FS)\n", "" },
		{ DENY "allow = clone3\n", "3" },
		{ DENY "allow = clone\n", "3" },
		{ DENY "allow = @spawn\n", "" },
		{ DENY "allow = @thread\n", "3" },
		{ DENY "allow = clone(flags & CLONE_VM == CLONE_VM)\n", "3" },
		{ DENY "allow = clone(flags & CLONE_VM|CLONE_THREAD == "
		       "CLONE_VM|CLONE_THREAD)\n",
		  "" },
	};

	ASSERT_ALL("user-namespaces", rows);
}

#define ON_X86 "architectures = native x86\n"

TEST(write_execute)
{
#define MAP "mmap(prot & PROT_WRITE|PROT_EXEC == PROT_WRITE|PROT_EXEC)"
#define PROTECT                                    \
	"mprotect(prot & PROT_EXEC == PROT_EXEC) " \
	"pkey_mprotect(prot & PROT_EXEC == PROT_EXEC)"
	static const struct row rows[] = {
		{ ALLOW, "2" },
		{ ALLOW "deny = " MAP " " PROTECT "\n", "" },
		{ ALLOW "deny = " MAP "\n", "2" },
		{ ALLOW "deny = " PROTECT "\n", "2" },
		{ ALLOW ON_X86 "deny = " MAP " " PROTECT "\n", "2" },
		{ ALLOW ON_X86 "deny = ?mmap2(arg2 & 6 == 6) " MAP " " PROTECT
			       "\n",
		  "" },
		{ DENY "allow = @exec mprotect\n", "3" },
		{ DENY "allow = mprotect(prot == PROT_READ)\n", "" },
		{ DENY "allow = mmap(prot & PROT_WRITE == 0)\n", "" },
	};

	ASSERT_ALL("write-execute", rows);
}

TEST(writable_programs)
{
#define WRITE ALLOW "[paths]\nwrite = /srv/data\n"
	static const struct row rows[] = {
		{ WRITE "execute = /usr\n", "" },
		{ WRITE "execute = /srv/database /srv/data.old /srv/dat\n",
		  "" },
		{ WRITE "execute = /srv/data\n", "5" },
		{ WRITE "execute = /usr\n /srv/data/program\n", "6" },
		{ WRITE "execute = /srv\n", "5" },
		{ WRITE "execute = /\n", "5" },
		{ WRITE "execute = /srv !/srv\n", "" },
		{ ALLOW "[paths]\nwrite = /\nexecute = /usr /lib\n", "5 5" },
		{ ALLOW "[paths]\nexecute = /usr\n", "" },
		{ ALLOW, "" },
	};

	ASSERT_ALL("writable-programs", rows);
}

TEST(x32)
{
	static const struct row rows[] = {
		{ DENY "architectures = native x86\n\n x32\n", "5" },
		{ DENY "architectures = x32 native\n", "3" },
		{ DENY "architectures = x86\n native\n x32\n", "5" },
		{ DENY "architectures = native x86\n", "" },
		{ DENY, "" },
	};

	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		skip();
	ASSERT_ALL("x32", rows);
}

TEST(root_capability)
{
	static const struct row rows[] = {
		{ DENY "[capabilities]\nkeep = cap_sys_admin\n", "4" },
		{ DENY "[capabilities]\nkeep = cap_chown\n  ?cap_sys_module\n"
		       "  cap_sys_ptrace\n",
		  "5 6" },
		{ DENY "[capabilities]\nkeep = cap_sys_admin !cap_sys_admin\n",
		  "" },
		{ DENY "[capabilities]\nkeep = cap_net_bind_service\n", "" },
		{ DENY "[capabilities]\ndrop =\n", "4" },
		{ DENY "[capabilities]\ndrop = cap_sys_admin\n", "4" },
		{ DENY "[capabilities]\ndrop = cap_sys_admin cap_sys_module "
		       "cap_sys_rawio cap_sys_ptrace cap_sys_boot "
		       "cap_mac_admin cap_mac_override cap_dac_read_search "
		       "?cap_bpf ?cap_perfmon\n",
		  "" },
		{ DENY, "" },
	};

	ASSERT_ALL("root-capability", rows);
}

TEST(owner_capability)
{
	static const struct row rows[] = {
		{ DENY "[capabilities]\nkeep = cap_net_raw\n  ?cap_setuid\n",
		  "5" },
		{ DENY "[capabilities]\nkeep = cap_net_raw\n", "" },
		{ DENY "[capabilities]\ndrop = cap_setuid\n", "4" },
		{ DENY "[capabilities]\ndrop = cap_dac_override cap_chown "
		       "cap_fowner cap_setuid cap_setgid cap_setfcap "
		       "cap_mknod\n",
		  "" },
	};

	ASSERT_ALL("owner-capability", rows);
}

TEST(unreachable)
{
	static const struct row rows[] = {
		{ DENY "allow = ptrace\ndeny = ptrace\n", "3" },
		{ DENY "allow = @debug\ndeny = ptrace\n", "" },
		{ DENY "allow = @fork\ndeny = @process\n", "3" },
		{ DENY "allow = lseek\ndeny = lseek(fd < 0)\n", "" },
		{ DENY "allow = lseek(fd == 1)\ndeny = lseek(fd < 3)\n", "3" },
		{ DENY "allow = lseek(fd == 3)\ndeny = lseek(fd < 3)\n", "" },
		{ DENY "allow = lseek\ndeny = lseek(fd < 0)\n"
		       "kill = lseek(fd >= 0)\n",
		  "3" },
		{ DENY "allow = lseek\ndeny = lseek(fd < 0)\n"
		       "kill = lseek(fd > 0)\n",
		  "" },
		{ DENY "allow = lseek(fd == 1 && fd == 2)\n", "3" },
		{ DENY "allow = lseek(fd >= 1 && fd <= 1)\n", "" },
		/* The same twice is no contradiction. */
		{ DENY "allow = read\n  read\n", "" },
		{ DENY "allow = lseek\ndeny = lseek(fd == 1)\n"
		       "allow = lseek\n",
		  "" },
		{ DENY "allow = lseek\ndeny = lseek\nallow = lseek\n", "3" },
		{ DENY "allow = lseek(fd < 3)\ndeny = lseek(fd >= 3)\n"
		       "allow = lseek\n",
		  "5" },
		/* Of two errnos the name's holds. */
		{ ALLOW "deny = renameat:EROFS\n  @mine\n"
			"[groups]\n@mine = renameat\n",
		  "4" },
		/* What is included is for others as well. */
		{ "[policy]\ninclude = <default>\n[syscalls]\n"
		  "allow = read\nkill = @module @raw-io @swap\n",
		  "" },
		{ "[policy]\ninclude = <default>\n[syscalls]\n"
		  "allow = init_module\n",
		  "4" },
		{ "[policy]\ninclude = <default>\n[syscalls]\n"
		  "allow = init_module\ndeny = !init_module\n",
		  "" },
		{ ALLOW "allow = io_uring_setup\n[network]\nconnect = 80\n",
		  "3" },
	};

	ASSERT_ALL("unreachable", rows);
}

TEST(narrows_nothing)
{
	static const struct row rows[] = {
		{ DENY "allow = @basic\n  lseek(fd == 1)\n", "4" },
		{ DENY "allow = lseek\n  lseek(fd == 1)\n", "4" },
		{ DENY "allow = @basic !lseek\n  lseek(fd == 1)\n", "" },
		{ ALLOW "allow = lseek(fd == 1)\n", "3" },
		{ ALLOW "allow = lseek\n", "" },
		{ DENY "log = lseek\nallow = lseek(fd == 1)\n", "" },
		{ DENY "allow = lseek\nlog = lseek(fd == 1)\n", "" },
		{ DENY "log = @basic\n  lseek(fd == 1)\n", "4" },
		{ DENY "allow = lseek(fd < 3)\n  lseek(fd == 1)\n", "" },
		{ DENY "allow = @basic\ndeny = ptrace(pid == 1)\n", "" },
		{ ALLOW "deny = lseek(fd < 3)\nallow = lseek(fd == 5)\n", "4" },
	};

	ASSERT_ALL("narrows-nothing", rows);
}

/* That there is one finding, which says what PATTERN does. */
static void assert_said(const char *text, const char *pattern)
{
	struct policy *policy = policy_of(text);
	struct findings findings;

	findings_init(&findings);
	policy_lint(policy, SEVERITY_WARNING, &findings);
	assert_int_equal(findings.texts.n, 1);
	assert_true(says(fault_text(&findings.texts, 0), pattern));
	findings_free(&findings);
	policy_free(policy);
}

TEST(who_narrows_a_group_stands_behind_it)
{
	assert_said(DENY "allow = @basic lseek(fd == 1)\n",
		    "arguments; write !lseek before it, to take the call out");
	assert_said(DENY "allow = lseek(fd == 1) @basic\n",
		    "arguments; move it behind that one, and write !lseek ");
}

TEST(what_takes_a_call_out_names_its_architecture)
{
#define X86_MKDIR DENY "architectures = native x86\nallow = x86:mkdir\n"
	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		skip();
	assert_said(X86_MKDIR "deny = x86:mkdir:EROFS\n",
		    ":5 does; to take it out there, write deny = !x86:mkdir [");
	/* From an entry for all architectures none of one can be taken. */
	assert_said(X86_MKDIR "deny = mkdir\n", ":5 does [");
	assert_said(DENY "architectures = native x86\n"
			 "allow = @basic x86:lseek(fd == 1)\n",
		    "is for all arguments [");
}

TEST(no_effect)
{
	static const struct row rows[] = {
		{ ALLOW "allow = read\n", "3" },
		{ ALLOW "allow = read\ndeny = lseek\n", "3" },
		{ DENY "allow = read\n", "" },
		{ DENY "deny = ptrace\n", "3" },
		{ DENY "deny = ptrace:ENOENT\n", "" },
		/* It would get ENOSYS. */
		{ DENY "deny = clone3\n", "" },
		{ DENY "allow = @basic\n  read\n", "4" },
		{ DENY "allow = @basic\n  @file-read\n", "" },
		{ DENY "allow = read\n  read\n", "4" },
		{ DENY "allow = lseek\ndeny = lseek(fd == 1)\n"
		       "allow = lseek\n",
		  "5" },
		{ DENY "allow = lseek(fd == 1)\n  lseek(fd < 3)\n", "3" },
		{ DENY "allow = lseek(fd == 3)\n  lseek(fd < 3)\n", "" },
		{ DENY "log = read\nallow = read\n", "" },
		{ DENY "allow = lseek\ndeny = lseek(fd == 1)\n", "" },
		{ ALLOW "deny = @kexec\n  @reboot\n", "3" },
		/* Of two that stand for each other, one. */
		{ DENY "allow = @basic mkdir\ndeny = mkdir\ndeny = @mkdir\n",
		  "4" },
		/* A group that has a call twice. */
		{ DENY "allow = @a\n[groups]\n@a = @b @c\n@b = lseek\n"
		       "@c = lseek\n",
		  "" },
		{ "[policy]\ninclude = <default>\n[syscalls]\n"
		  "deny = init_module\n  mkdir\n",
		  "4" },
		{ "[policy]\ninclude = <default>\n[syscalls]\n"
		  "deny = ptrace\n",
		  "" },
	};

	ASSERT_ALL("no-effect", rows);
}

TEST(removes_nothing)
{
	static const struct row rows[] = {
		{ DENY "allow = @basic !read\n", "" },
		{ DENY "allow = !read\n  @basic\n", "3" },
		{ DENY "allow = @basic !openat\n", "3" },
		{ DENY "allow = @basic ?!openat\n", "" },
		{ DENY "allow = @basic @file-read\n  !@open\n", "" },
		{ DENY "allow = @basic\n  !@open\n", "4" },
		{ DENY "allow = lseek(fd == 1)\n  !lseek(fd == 2)\n", "4" },
		{ DENY "allow = lseek(fd == 1)\n  !lseek(fd == 1)\n", "" },
		{ DENY "allow = ptrace\ndeny = !ptrace\n", "4" },
		{ DENY "allow = @mine\n[groups]\n@mine = read\n  !write\n",
		  "6" },
		{ DENY "allow = @mine\n[groups]\n@mine = @basic\n  !write\n",
		  "" },
		{ "[policy]\ninclude = <default>\n[syscalls]\n"
		  "deny = !ptrace !read\n",
		  "4" },
	};

	ASSERT_ALL("removes-nothing", rows);
}

TEST(unused_group)
{
	static const struct row rows[] = {
		{ DENY "[groups]\n@a = read\n", "4" },
		{ DENY "allow = @a\n[groups]\n@a = read\n", "" },
		{ DENY "allow = @a\n[groups]\n@a = @b\n@b = read\n", "" },
		{ DENY "[groups]\n@a = @b\n@b = read\n", "4 5" },
		{ DENY "[groups]\n@b = read\n@a = @b\n", "4 5" },
		{ DENY "allow = @basic !@a\n[groups]\n@a = read\n", "" },
	};

	ASSERT_ALL("unused-group", rows);
}

/* ---- All of them ---- */

static size_t n_at_least(const struct findings *findings,
			 enum severity severity)
{
	size_t n = 0;

	for (unsigned int i = severity; i < N_SEVERITIES; i++)
		n += findings->n[i];
	return n;
}

TEST(the_threshold_hides_and_still_counts)
{
	struct policy *policy = policy_of(ALLOW);

	for (unsigned int i = 0; i < N_SEVERITIES; i++) {
		struct findings findings;

		findings_init(&findings);
		policy_lint(policy, (enum severity)i, &findings);
		assert_int_equal(findings.n[SEVERITY_DANGER], 2);
		assert_int_equal(findings.n[SEVERITY_WARNING], 1);
		assert_int_equal(findings.n[SEVERITY_INFO], 1);
		assert_int_equal(findings.texts.n,
				 n_at_least(&findings, (enum severity)i));
		findings_free(&findings);
	}
	policy_free(policy);
}

TEST(severities_are_written_as_their_kinds_have_them)
{
	struct policy *policy = policy_of(ALLOW "deny = execve\n");
	struct findings findings;

	findings_init(&findings);
	policy_lint(policy, SEVERITY_INFO, &findings);
	assert_true(findings.texts.n >= 4);
	for (size_t i = 0; i < findings.texts.n; i++) {
		const char *text = fault_text(&findings.texts, i);
		const char *name = strrchr(text, '[') + 1;
		char wanted[32];
		size_t kind = 0;

		while (strncmp(lint_name(kind), name, strcspn(name, "]")) != 0)
			kind++;
		snprintf(wanted, sizeof(wanted),
			 ": %s: ", severity_name(lint_severity(kind)));
		assert_non_null(strstr(text, wanted));
	}
	findings_free(&findings);
	policy_free(policy);
}

TEST(what_comes_with_scrun_is_clean)
{
	static const char *const names[] = {
		"<default>",
		"<strict>",
		"<service>",
		/* As files they are read to their entries. */
		"conf/default.ini",
		"conf/strict.ini",
		"conf/service.ini",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct reading reading = reading_of_name(names[i]);
		struct findings findings;

		print_faults(&reading.faults);
		assert_non_null(reading.policy);
		findings_init(&findings);
		policy_lint(reading.policy, SEVERITY_WARNING, &findings);
		print_faults(&findings.texts);
		assert_int_equal(findings.texts.n, 0);
		findings_free(&findings);
		reading_free(&reading);
	}
}

/* The rows of a table in scrun(1): "name severity", by "\n". */
static void read_manual(char *text, size_t size)
{
	FILE *manual = fopen("src/man/scrun.1", "r");
	char line[256], name[40], severity[20];
	bool is_table = false;

	assert_non_null(manual);
	text[0] = '\0';
	while (fgets(line, sizeof(line), manual)) {
		size_t used = strlen(text);

		if (strncmp(line, ".Ss Findings", 12) == 0)
			is_table = true;
		else if (line[0] == '.' && line[1] == 'S')
			is_table = false;
		if (is_table &&
		    sscanf(line, ".It Li %39s Pq %19s", name, severity) == 2)
			snprintf(text + used, size - used, "%s %s\n", name,
				 severity);
	}
	fclose(manual);
}

TEST(the_manual_lists_all_kinds_with_their_severities)
{
	char manual[2048], code[2048] = "";

	read_manual(manual, sizeof(manual));
	for (size_t i = 0; lint_name(i); i++) {
		size_t used = strlen(code);

		snprintf(code + used, sizeof(code) - used, "%s %s\n",
			 lint_name(i), severity_name(lint_severity(i)));
	}
	assert_string_equal(manual, code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equivalent_open),
		cmocka_unit_test(io_uring),
		cmocka_unit_test(other_processes),
		cmocka_unit_test(terminal_input),
		cmocka_unit_test(user_namespaces),
		cmocka_unit_test(write_execute),
		cmocka_unit_test(writable_programs),
		cmocka_unit_test(x32),
		cmocka_unit_test(root_capability),
		cmocka_unit_test(owner_capability),
		cmocka_unit_test(unreachable),
		cmocka_unit_test(narrows_nothing),
		cmocka_unit_test(who_narrows_a_group_stands_behind_it),
		cmocka_unit_test(what_takes_a_call_out_names_its_architecture),
		cmocka_unit_test(no_effect),
		cmocka_unit_test(removes_nothing),
		cmocka_unit_test(unused_group),
		cmocka_unit_test(the_threshold_hides_and_still_counts),
		cmocka_unit_test(
			severities_are_written_as_their_kinds_have_them),
		cmocka_unit_test(what_comes_with_scrun_is_clean),
		cmocka_unit_test(
			the_manual_lists_all_kinds_with_their_severities),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
