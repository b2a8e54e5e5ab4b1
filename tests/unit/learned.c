/* What of a call is learned, and the policy that it becomes. */

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "audit/learn/draft.h"
#include "audit/learn/implied.h"
#include "audit/learn/waits.h"
#include "calls.h"
#include "policy/groups.h"

static void assert_entry(struct call call, const struct policy *policy,
			 const char *wanted)
{
	struct view view = view_of(&call, policy);
	char text[MAX_VIEW_TEXT];

	assert_non_null(view.name);
	view_print(&view, &call, text);
	assert_string_equal(text, wanted);
}

TEST(a_plain_call_is_its_name)
{
	assert_entry(NATIVE("getpid", 7), NULL, "getpid");
	assert_entry(NATIVE("openat", 3, NOWHERE, O_RDWR), NULL, "openat");
}

TEST(a_choice_is_named)
{
	assert_entry(NATIVE("ioctl", 0, TCGETS), NULL,
		     "ioctl(request == TCGETS)");
	assert_entry(NATIVE("socket", AF_INET, SOCK_STREAM | SOCK_CLOEXEC),
		     NULL,
		     "socket(domain == AF_INET && type & 0xf == SOCK_STREAM)");
	assert_entry(NATIVE("socketpair", AF_UNIX, SOCK_DGRAM), NULL,
		     "socketpair(domain == AF_UNIX && type & 0xf == "
		     "SOCK_DGRAM)");
	assert_entry(NATIVE("prctl", PR_SET_NAME), NULL,
		     "prctl(option == PR_SET_NAME)");
	assert_entry(NATIVE("fcntl", 3, F_SETFD, 1), NULL,
		     "fcntl(cmd == F_SETFD)");
	assert_entry(NATIVE("setsockopt", 3, SOL_SOCKET, SO_REUSEADDR), NULL,
		     "setsockopt(level == SOL_SOCKET)");
	assert_entry(NATIVE("personality", 0xffffffff), NULL,
		     "personality(persona == 0xffffffff)");
	assert_entry(NATIVE("unshare", CLONE_NEWUSER), NULL,
		     "unshare(flags == CLONE_NEWUSER)");
	assert_entry(NATIVE("clone", CLONE_VM | CLONE_VFORK | SIGCHLD), NULL,
		     "clone(flags == SIGCHLD|CLONE_VM|CLONE_VFORK)");
}

TEST(a_choice_without_a_name_is_a_number)
{
	assert_entry(NATIVE("ioctl", 0, 0xdeadbeef), NULL,
		     "ioctl(request == 0xdeadbeef)");
	assert_entry(NATIVE("socket", 99, 9), NULL,
		     "socket(domain == 99 && type & 0xf == 9)");
}

TEST(bits_above_the_parameter_are_not_looked_at)
{
	assert_entry(NATIVE("ioctl", 0, TCGETS | 1ull << 32), NULL,
		     "ioctl(request == TCGETS)");
}

TEST(executable_memory_is_told_apart)
{
	assert_entry(NATIVE("mmap", 0, 0, PROT_READ | PROT_WRITE), NULL,
		     "mmap(prot & PROT_EXEC == 0)");
	assert_entry(NATIVE("mprotect", 0, 0, PROT_READ | PROT_EXEC), NULL,
		     "mprotect(prot & PROT_READ|PROT_WRITE|PROT_EXEC == "
		     "PROT_READ|PROT_EXEC)");
	assert_entry(NATIVE("mmap", 0, 0, PROT_READ | PROT_WRITE | PROT_EXEC),
		     NULL,
		     "mmap(prot & PROT_READ|PROT_WRITE|PROT_EXEC == "
		     "PROT_READ|PROT_WRITE|PROT_EXEC)");
}

TEST(what_the_policy_looks_at_is_looked_at)
{
	struct policy *policy = policy_of(
		"[syscalls]\ndefault = deny\n"
		"allow = openat(flags & O_ACCMODE == O_RDONLY)\n"
		"        kill(sig == 0) write\ndeny = dup(arg0 == 7)\n");

	assert_entry(NATIVE("openat", 3, NOWHERE, O_RDWR | O_CLOEXEC), policy,
		     "openat(flags & 0x3 == O_RDWR)");
	assert_entry(NATIVE("kill", 1, SIGTERM), policy,
		     "kill(sig == SIGTERM)");
	assert_entry(NATIVE("write", 1), policy, "write");
	/* An entry that denies is no reason. */
	assert_entry(NATIVE("dup", 1), policy, "dup");
	policy_free(policy);
}

TEST(arguments_that_no_condition_sees_are_not_looked_at)
{
	assert_entry(I386("mmap", NOWHERE), NULL, "mmap");
	assert_entry(I386("socketcall", 1, NOWHERE), NULL, "socket");
	assert_entry(I386("ioctl", 0, TCGETS), NULL,
		     "ioctl(request == TCGETS)");
}

TEST(a_call_that_libseccomp_does_not_know_has_no_view)
{
	struct call call = { .arch = seccomp_arch_native(), .nr = 5999 };

	assert_null(view_of(&call, NULL).name);
}

TEST(what_waits_is_known)
{
	struct call call = NATIVE("poll", 0, 0, (uint32_t)-1);

	assert_true(call_waits(&call));
	call.args[2] = 0;
	assert_false(call_waits(&call));
	call = NATIVE("accept4", 0);
	assert_true(call_waits(&call));
	call = NATIVE("read", 0);
	assert_false(call_waits(&call));
}

/* ---- The policy ---- */

static char told[4096];

static void tell(__attribute__((unused)) void *context, const char *line)
{
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s\n",
		 line);
}

static struct policy *all_groups(void)
{
	struct policy *policy = policy_of("[syscalls]\ndefault = deny\n");
	struct faults faults;

	faults_init(&faults);
	groups_read_all(policy, &faults);
	assert_int_equal(faults.n, 0);
	return policy;
}

static void add(struct facts *facts, const struct policy *old, struct call call,
		enum phase phase)
{
	struct view view = view_of(&call, old);

	assert_non_null(view.name);
	seen_add(&facts->seen, &view, &call, &call, phase);
}

/* The text of FACTS, which are freed; to be freed. */
static char *text_of(struct facts *facts, const struct policy *old)
{
	struct policy *groups = all_groups();
	struct draft draft = {
		.file = "x.ini",
		.old = old,
		.groups = groups,
		.held = ~0ull,
		.no_paths = "",
		.no_ports = "",
		.tell = tell,
	};
	size_t size;
	char *text;

	told[0] = '\0';
	draft.text = open_memstream(&text, &size);
	draft_capabilities(&draft, facts);
	draft_syscalls(&draft, facts);
	draft_paths(&draft, facts);
	draft_network(&draft, facts);
	assert_int_equal(fclose(draft.text), 0);
	seen_free(&facts->seen);
	for (size_t i = 0; i < MAX_CAPABILITIES; i++)
		free(facts->needs[i].example);
	policy_free(groups);
	return text;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_error("# no %s in\n%s\n", part, text);
	assert_non_null(strstr(text, part));
}

static void assert_not(const char *text, const char *part)
{
	if (strstr(text, part))
		print_error("# %s in\n%s\n", part, text);
	assert_null(strstr(text, part));
}

static enum action verdict(const struct policy *policy, struct call call)
{
	return verdict_of(policy, call.arch, call.nr, call.args).action;
}

TEST(what_was_seen_is_allowed_and_nothing_like_it)
{
	struct facts facts = { 0 };
	struct policy *policy;
	char *text;

	add(&facts, NULL, NATIVE("ioctl", 0, TCGETS), PHASE_STARTUP);
	add(&facts, NULL, NATIVE("socket", AF_UNIX, SOCK_STREAM),
	    PHASE_RUNNING);
	for (int i = 0; i < 12; i++)
		add(&facts, NULL, NATIVE("getpid"), PHASE_STARTUP);
	text = text_of(&facts, NULL);
	assert_has(text, "; startup, once: ioctl(TCGETS)\n");
	assert_has(text, "; running, once: socket(AF_UNIX, SOCK_STREAM, 0)\n");
	assert_has(text, "; startup, 10+ times: getpid\n");
	policy = policy_of(text);
	assert_int_equal(verdict(policy, NATIVE("ioctl", 1, TCGETS)),
			 ACTION_ALLOW);
	assert_int_equal(verdict(policy, NATIVE("ioctl", 0, TIOCSTI)),
			 ACTION_DENY);
	assert_int_equal(verdict(policy, NATIVE("socket", AF_UNIX, SOCK_DGRAM)),
			 ACTION_DENY);
	assert_int_equal(verdict(policy,
				 NATIVE("socket", AF_INET, SOCK_STREAM)),
			 ACTION_DENY);
	assert_int_equal(verdict(policy, NATIVE("getpid")), ACTION_ALLOW);
	assert_int_equal(verdict(policy, NATIVE("getppid")), ACTION_DENY);
	policy_free(policy);
	free(text);
}

TEST(what_calls_lead_to_is_allowed_and_says_why)
{
	struct facts facts = { 0 };
	struct policy *policy;
	char *text;

	add(&facts, NULL, NATIVE("poll", 0, 0, 1), PHASE_RUNNING);
	add(&facts, NULL, NATIVE("brk"), PHASE_STARTUP);
	add(&facts, NULL, NATIVE("clone", CLONE_VM | CLONE_THREAD),
	    PHASE_RUNNING);
	text = text_of(&facts, NULL);
	assert_has(text, "restart_syscall");
	assert_has(text, "; not seen: ");
	assert_not(text, "rt_sigreturn");
	policy = policy_of(text);
	assert_int_equal(verdict(policy, NATIVE("restart_syscall")),
			 ACTION_ALLOW);
	assert_int_equal(verdict(policy, NATIVE("sched_yield")), ACTION_ALLOW);
	assert_int_equal(verdict(policy, NATIVE("futex")), ACTION_ALLOW);
	assert_int_equal(verdict(policy, NATIVE("mmap", 0, 0, PROT_READ)),
			 ACTION_ALLOW);
	assert_int_equal(verdict(policy, NATIVE("mmap", 0, 0, PROT_EXEC)),
			 ACTION_DENY);
	policy_free(policy);
	free(text);
}

/* All calls with arguments of any kind, and the policy's own meaning. */
TEST(random_calls_are_allowed_by_what_they_become)
{
	uint64_t seed = 20261124;

	for (int round = 0; round < 20; round++) {
		struct facts facts = { 0 };
		struct call calls[40];
		struct policy *policy;
		char *text;

		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			struct call *call = &calls[i];
			struct view view;

			do {
				*call = (struct call){
					.arch = seccomp_arch_native(),
					.nr = random_below(&seed, N_SYSCALLS),
				};
				for (int arg = 0; arg < 6; arg++)
					call->args[arg] = random_value(&seed);
				view = view_of(call, NULL);
			} while (!view.name);
			seen_add(&facts.seen, &view, call, call, PHASE_STARTUP);
		}
		text = text_of(&facts, NULL);
		policy = policy_of(text);
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			if (verdict(policy, calls[i]) != ACTION_ALLOW)
				print_error("# %s\n%s\n",
					    call_name(calls[i].arch,
						      calls[i].nr),
					    text);
			assert_int_equal(verdict(policy, calls[i]),
					 ACTION_ALLOW);
		}
		policy_free(policy);
		free(text);
	}
}

TEST(too_many_values_are_not_told_apart)
{
	struct facts facts = { 0 };
	struct policy *policy;
	char *text;

	for (uint64_t i = 0; i <= MAX_VIEWS; i++)
		add(&facts, NULL, NATIVE("ioctl", 0, 0x1000 + i),
		    PHASE_STARTUP);
	text = text_of(&facts, NULL);
	assert_has(text, "allow = ioctl ");
	assert_not(text, "request");
	assert_has(text, "with too many values");
	policy = policy_of(text);
	assert_int_equal(verdict(policy, NATIVE("ioctl", 0, 1)), ACTION_ALLOW);
	policy_free(policy);
	free(text);
}

static void add_group(struct facts *facts, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(facts, NULL,
		    call_of(seccomp_arch_native(), names[i],
			    (const uint64_t[6]){ 0 }),
		    PHASE_STARTUP);
}

TEST(a_group_is_named_only_where_nearly_all_was_seen)
{
	static const char *const timers[] = {
		"alarm",	   "getitimer",	      "setitimer",
		"timer_create",	   "timer_delete",    "timer_getoverrun",
		"timer_gettime",   "timer_settime",   "timerfd_create",
		"timerfd_gettime", "timerfd_settime", "times",
	};
	struct facts facts = { 0 };
	char *text;

	if (syscall_number(seccomp_arch_native(), "alarm") < 0)
		skip(); /* the group has fewer members here */
	add_group(&facts, timers, 12);
	text = text_of(&facts, NULL);
	assert_has(text, "allow = @timer ");
	assert_has(text, "all of it was seen");
	assert_not(text, "times ");
	free(text);
	facts = (struct facts){ 0 };
	add_group(&facts, timers + 1, 11);
	text = text_of(&facts, NULL);
	assert_has(text, "allow = @timer ");
	assert_has(text, "not alarm");
	free(text);
	facts = (struct facts){ 0 };
	add_group(&facts, timers + 2, 10);
	text = text_of(&facts, NULL);
	assert_not(text, "@timer");
	free(text);
}

TEST(a_group_with_a_call_to_be_narrowed_is_never_named)
{
	static const char *const names[] = { "prctl", "arch_prctl", "seccomp" };
	struct facts facts = { 0 };
	char *text;

	/* @sandbox: landlock's three and seccomp */
	add(&facts, NULL, NATIVE("landlock_add_rule"), PHASE_STARTUP);
	add(&facts, NULL, NATIVE("landlock_create_ruleset"), PHASE_STARTUP);
	add(&facts, NULL, NATIVE("landlock_restrict_self"), PHASE_STARTUP);
	add_group(&facts, names + 2, 1);
	text = text_of(&facts, NULL);
	assert_not(text, "@sandbox");
	free(text);
}

TEST(the_old_policy_gets_no_more_than_it_lacks)
{
	struct policy *old =
		policy_of("[capabilities]\nkeep = cap_chown\n[syscalls]\n"
			  "default = deny\nallow = brk\n");
	struct facts facts = { 0 };
	char *text;

	text = text_of(&facts, old);
	assert_string_equal(text, "");
	assert_string_equal(told, "");
	free(text);
	facts = (struct facts){ 0 };
	facts.needs[CAP_CHOWN].example = strdup("chown");
	facts.needs[CAP_KILL].example = strdup("kill");
	add(&facts, old, NATIVE("getppid"), PHASE_STARTUP);
	text = text_of(&facts, old);
	assert_has(text, "\n[capabilities]\nkeep = cap_kill ");
	assert_has(text, "\n[syscalls]\n");
	assert_has(text, "allow = getppid ");
	assert_not(text, "default");
	assert_not(text, "cap_chown");
	assert_not(text, "[paths]");
	assert_string_equal(told, "x.ini: added: keep = cap_kill\n"
				  "x.ini: added: allow = getppid\n");
	free(text);
	policy_free(old);
}

TEST(what_the_old_policy_drops_is_not_kept)
{
	struct policy *old = policy_of("[capabilities]\ndrop = cap_kill\n"
				       "[syscalls]\ndefault = allow\n");
	struct facts facts = { 0 };
	char *text;

	facts.needs[CAP_KILL].example = strdup("kill");
	facts.needs[CAP_CHOWN].example = strdup("chown");
	text = text_of(&facts, old);
	assert_string_equal(text, "");
	assert_has(told, "not added: keep = cap_kill: ");
	assert_not(told, "cap_chown");
	free(text);
	policy_free(old);
}

TEST(cap_dac_override_includes_reading)
{
	struct facts facts = { 0 };
	char *text;

	facts.needs[CAP_DAC_READ_SEARCH].example = strdup("read");
	facts.needs[CAP_DAC_OVERRIDE].example = strdup("write");
	facts.needs[CAP_DAC_OVERRIDE].is_used = true;
	text = text_of(&facts, NULL);
	assert_has(text, "cap_dac_override");
	assert_not(text, "cap_dac_read_search");
	free(text);
}

TEST(ports_are_rules_where_tcp_was_used)
{
	struct facts facts = { .has_internet = true };
	char *text;

	facts.ports[PORTS_BIND] = (struct ports){ { 0, 80 }, 2, false };
	text = text_of(&facts, NULL);
	assert_has(text, "\n[network]\nbind = 0 ");
	assert_has(text, "\n       80\nconnect =\n");
	free(text);
	facts = (struct facts){ .has_internet = true };
	facts.ports[PORTS_CONNECT].is_cut = true;
	text = text_of(&facts, NULL);
	assert_has(text, "bind =\n");
	assert_not(text, "connect =");
	assert_has(told, "connect: more than 16 ports");
	free(text);
	facts = (struct facts){ 0 };
	text = text_of(&facts, NULL);
	assert_not(text, "[network]");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_call_is_its_name),
		cmocka_unit_test(a_choice_is_named),
		cmocka_unit_test(a_choice_without_a_name_is_a_number),
		cmocka_unit_test(bits_above_the_parameter_are_not_looked_at),
		cmocka_unit_test(executable_memory_is_told_apart),
		cmocka_unit_test(what_the_policy_looks_at_is_looked_at),
		cmocka_unit_test(
			arguments_that_no_condition_sees_are_not_looked_at),
		cmocka_unit_test(
			a_call_that_libseccomp_does_not_know_has_no_view),
		cmocka_unit_test(what_waits_is_known),
		cmocka_unit_test(what_was_seen_is_allowed_and_nothing_like_it),
		cmocka_unit_test(what_calls_lead_to_is_allowed_and_says_why),
		cmocka_unit_test(random_calls_are_allowed_by_what_they_become),
		cmocka_unit_test(too_many_values_are_not_told_apart),
		cmocka_unit_test(
			a_group_is_named_only_where_nearly_all_was_seen),
		cmocka_unit_test(
			a_group_with_a_call_to_be_narrowed_is_never_named),
		cmocka_unit_test(the_old_policy_gets_no_more_than_it_lacks),
		cmocka_unit_test(what_the_old_policy_drops_is_not_kept),
		cmocka_unit_test(cap_dac_override_includes_reading),
		cmocka_unit_test(ports_are_rules_where_tcp_was_used),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
