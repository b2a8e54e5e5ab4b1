#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "status.h"

enum {
	OPTION_CHECK = 256,
	OPTION_DRY_RUN,
	OPTION_REPORT,
	OPTION_EXPLAIN,
	OPTION_LIST,
	OPTION_IMPORT,
	OPTION_DUMP,
	OPTION_LOSSY,
	OPTION_AUDIT,
	OPTION_FORMAT,
	OPTION_THRESHOLD,
	OPTION_LEARN,
	OPTION_COMPILE,
};

static const struct {
	struct option option;
	const char *argument;
	const char *help;
} table[] = {
	{ { "config", required_argument, NULL, 'c' },
	  "POLICY",
	  "run the command under POLICY: a file, or the name of\n"
	  "an installed or built-in policy (default, strict,\n"
	  "service)" },
	{ { "audit", optional_argument, NULL, OPTION_AUDIT },
	  "MODE",
	  "show what was denied, and how to allow it; MODE is\n"
	  "calls (every call is counted; the default), denied\n"
	  "(denials only, at full speed) or trace (each call\n"
	  "is printed)" },
	{ { "output", required_argument, NULL, 'o' },
	  "FILE",
	  "write the audit to FILE instead of standard error;\n"
	  "with --import or --dump, what they print" },
	{ { "format", required_argument, NULL, OPTION_FORMAT },
	  "FORMAT",
	  "write the audit as text (the default) or json" },
	{ { "report", no_argument, NULL, OPTION_REPORT },
	  NULL,
	  "sum up FILEs that --audit --format=json has written;\n"
	  "with --learn, learn from them" },
	{ { "learn", required_argument, NULL, OPTION_LEARN },
	  "FILE",
	  "write to FILE a policy that allows what the command\n"
	  "does; one that is there is added to" },
	{ { "check", no_argument, NULL, OPTION_CHECK },
	  NULL,
	  "check the policy, say what it allows, and run nothing" },
	{ { "threshold", required_argument, NULL, OPTION_THRESHOLD },
	  "SEVERITY",
	  "with --check, show findings from SEVERITY on,\n"
	  "and exit with 1 after any: info, warning (the\n"
	  "default) or danger" },
	{ { "explain", required_argument, NULL, OPTION_EXPLAIN },
	  "CALL",
	  "say what the policy does to CALL, and which line\n"
	  "decides; as in an entry: openat, or\n"
	  "'socket(domain == AF_INET)'" },
	{ { "dry-run", no_argument, NULL, OPTION_DRY_RUN },
	  NULL,
	  "print each step that would run the command, take none" },
	{ { "list", required_argument, NULL, OPTION_LIST },
	  "WHAT",
	  "list groups, syscalls or capabilities" },
	{ { "import", required_argument, NULL, OPTION_IMPORT },
	  "FILE",
	  "print the seccomp profile FILE, of Docker or OCI, as\n"
	  "a policy" },
	{ { "dump", required_argument, NULL, OPTION_DUMP },
	  "FORMAT",
	  "print the policy as ini (one flat file), oci (a\n"
	  "seccomp profile), systemd (a unit's drop-in), bpf\n"
	  "(for bwrap and setpriv) or pfc (for people)" },
	{ { "lossy", no_argument, NULL, OPTION_LOSSY },
	  NULL,
	  "with --import and --dump: leave out what cannot be\n"
	  "said, and allow less" },
	{ { "compile", no_argument, NULL, OPTION_COMPILE },
	  NULL,
	  "write the policy's compiled form to POLICY.bpf, which\n"
	  "later starts use while it is the policy's" },
	{ { "quiet", no_argument, NULL, 'q' },
	  NULL,
	  "do not warn before the command runs" },
	{ { "version", no_argument, NULL, 'V' }, NULL, "print the version" },
	{ { "help", no_argument, NULL, 'h' }, NULL, "print this help" },
};
#define N_OPTIONS (sizeof(table) / sizeof(table[0]))

/* "=MODE"; "[=MODE]" where it can be left out. */
static const char *argument_text(size_t i, char text[24])
{
	const char *name = table[i].argument;

	if (!name)
		text[0] = '\0';
	else if (table[i].option.has_arg == optional_argument)
		snprintf(text, 24, "[=%s]", name);
	else
		snprintf(text, 24, "=%s", name);
	return text;
}

/* One line of help, continued below itself where it has several. */
static void print_option(size_t i)
{
	char left[40], letter[5] = "   ", argument[24];
	const char *help = table[i].help;

	if (table[i].option.val < 256)
		snprintf(letter, sizeof(letter), "-%c,", table[i].option.val);
	snprintf(left, sizeof(left), "%s --%s%s", letter, table[i].option.name,
		 argument_text(i, argument));
	while (*help) {
		int length = (int)strcspn(help, "\n");

		printf("  %-22s  %.*s\n", left, length, help);
		help += length + (help[length] == '\n');
		left[0] = '\0';
	}
}

static _Noreturn void exit_printed(void)
{
	if (fflush(stdout) != 0)
		err(STATUS_FAILED, "cannot write to standard output");
	exit(0);
}

static _Noreturn void print_help(void)
{
	printf("Usage: scrun [OPTION]... COMMAND [ARGUMENT]...\n"
	       "Run COMMAND with as little power as a policy leaves it.\n\n");
	for (size_t i = 0; i < N_OPTIONS; i++)
		print_option(i);
	printf("\nExit status: 125 scrun failed and COMMAND did not run, 126 "
	       "COMMAND cannot be\nexecuted, 127 it was not found, else "
	       "COMMAND's own. See scrun(1), scrun.ini(5).\n");
	exit_printed();
}

static _Noreturn void print_version(void)
{
	printf("scrun " VERSION "\n");
	exit_printed();
}

static enum audit_mode audit_mode(const char *name)
{
	static const struct {
		const char *name;
		enum audit_mode mode;
	} modes[] = {
		{ "denied", AUDIT_DENIED },
		{ "calls", AUDIT_CALLS },
		{ "trace", AUDIT_TRACE },
	};

	if (!name)
		return AUDIT_CALLS;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].name, name) == 0)
			return modes[i].mode;
	}
	errx(STATUS_FAILED, "--audit=%s: can show denied, calls or trace",
	     name);
}

static bool is_json(const char *name)
{
	if (strcmp(name, "text") != 0 && strcmp(name, "json") != 0)
		errx(STATUS_FAILED, "--format=%s: can write text or json",
		     name);
	return strcmp(name, "json") == 0;
}

/* The option that makes scrun run no command, or NULL; of two, an error. */
static const char *tool_of(const struct options *options)
{
	const struct {
		const char *name;
		bool given;
	} tools[] = {
		{ "--check", options->check },
		{ "--explain", options->explain },
		{ "--list", options->list },
		{ "--report", options->report },
		{ "--import", options->convert.import },
		{ "--dump", options->convert.dump },
		{ "--compile", options->compile },
	};
	const char *tool = NULL;

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		if (!tools[i].given)
			continue;
		if (tool)
			errx(STATUS_FAILED, "%s and %s exclude each other",
			     tool, tools[i].name);
		tool = tools[i].name;
	}
	return tool;
}

static enum severity threshold(const char *name)
{
	enum severity severity;

	if (!severity_parse(name, &severity))
		errx(STATUS_FAILED,
		     "--threshold=%s: can be info, warning or danger", name);
	return severity;
}

/* Learning is an audit of its own, in which nothing is denied but by -c. */
static void options_learn(struct options *options)
{
	bool learns = options->audit.learn;

	if (learns && options->report)
		return;
	if (learns && (tool_of(options) || options->dry_run))
		errx(STATUS_FAILED, "--learn runs a command; leave out %s",
		     tool_of(options) ? tool_of(options) : "--dry-run");
	if (learns && options->audit.mode == AUDIT_DENIED)
		errx(STATUS_FAILED, "--learn has to see every call, and not "
				    "what is denied only");
	if (learns && options->audit.mode == AUDIT_NONE) {
		options->audit.mode = AUDIT_CALLS;
		options->audit.is_silent = true;
	}
	if (!options->config)
		options->config = learns ? "<learn>" : "default";
}

static void options_check(const struct options *options)
{
	const char *tool = tool_of(options);
	bool converts = options->convert.import || options->convert.dump;
	bool audits = options->audit.mode != AUDIT_NONE || options->report;

	if (tool && options->dry_run)
		errx(STATUS_FAILED, "%s runs no command; leave out --dry-run",
		     tool);
	if (tool && options->audit.mode != AUDIT_NONE)
		errx(STATUS_FAILED, "%s runs no command; leave out --audit",
		     tool);
	if (options->has_threshold && !options->check)
		errx(STATUS_FAILED, "--threshold is for --check; add --check");
	if (!audits &&
	    ((options->audit.output && !converts) || options->has_format))
		errx(STATUS_FAILED, "%s is for an audit; add --audit",
		     options->has_format ? "--format" : "-o");
	if (options->convert.lossy && !converts)
		errx(STATUS_FAILED, "--lossy is for --import and --dump");
	if (tool && !options->report && options->command[0])
		errx(STATUS_FAILED, "%s runs no command; leave out '%s'", tool,
		     options->command[0]);
	if (options->report && options->audit.learn &&
	    (options->audit.output || options->has_format))
		errx(STATUS_FAILED,
		     "--learn --report writes no report; leave out %s",
		     options->has_format ? "--format" : "-o");
	if (options->report && !options->command[0])
		errx(STATUS_FAILED, "no audit files; name them after --report");
	if (!tool && !options->command[0])
		errx(STATUS_FAILED,
		     "no command to run; 'scrun --help' shows the usage");
}

/* Whether OPTION, as getopt_long has it, is one of the table's. */
static bool is_known(int option)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		if (table[i].option.val == option)
			return true;
	}
	return false;
}

/* What getopt_long(3) would say, but for an escape sequence in the option. */
static _Noreturn void refuse_option(char **argv, bool lacks_argument)
{
	const char *word = argv[optind - 1];

	if (optopt == 0)
		warnx("unrecognized option '%s', or more than one begins "
		      "with it",
		      word);
	else if (lacks_argument && strncmp(word, "--", 2) == 0)
		warnx("option '%s' requires an argument", word);
	else if (lacks_argument)
		warnx("option requires an argument -- '%c'", optopt);
	else if (is_known(optopt))
		warnx("option '%s' doesn't allow an argument", word);
	else
		warnx("invalid option -- '%c'", optopt);
	errx(STATUS_FAILED, "'scrun --help' shows the usage");
}

struct options options_parse(int argc, char **argv)
{
	struct options options = { .threshold = SEVERITY_WARNING };
	struct option longs[N_OPTIONS + 1] = { 0 };
	int c;

	for (size_t i = 0; i < N_OPTIONS; i++)
		longs[i] = table[i].option;
	/* '+': the command's own options are not scrun's; ':': getopt_long does
	 * not write to the terminal. */
	while ((c = getopt_long(argc, argv, "+:c:o:qVh", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			options.config = optarg;
			options.has_config = true;
			if (!*optarg)
				errx(STATUS_FAILED, "-c: no policy's name");
			break;
		case 'q':
			options.quiet = true;
			break;
		case OPTION_AUDIT:
			options.audit.mode = audit_mode(optarg);
			break;
		case OPTION_LEARN:
			options.audit.learn = optarg;
			if (!*optarg)
				errx(STATUS_FAILED, "--learn: no file's name");
			break;
		case OPTION_FORMAT:
			options.audit.is_json = is_json(optarg);
			options.has_format = true;
			break;
		case 'o':
			options.audit.output = optarg;
			break;
		case OPTION_CHECK:
			options.check = true;
			break;
		case OPTION_THRESHOLD:
			options.threshold = threshold(optarg);
			options.has_threshold = true;
			break;
		case OPTION_EXPLAIN:
			options.explain = optarg;
			break;
		case OPTION_DRY_RUN:
			options.dry_run = true;
			break;
		case OPTION_REPORT:
			options.report = true;
			break;
		case OPTION_LIST:
			options.list = optarg;
			break;
		case OPTION_IMPORT:
			options.convert.import = optarg;
			break;
		case OPTION_DUMP:
			options.convert.dump = optarg;
			break;
		case OPTION_COMPILE:
			options.compile = true;
			break;
		case OPTION_LOSSY:
			options.convert.lossy = true;
			break;
		case 'V':
			print_version();
		case 'h':
			print_help();
		default:
			refuse_option(argv, c == ':');
		}
	}
	options.command = argv + optind;
	options_check(&options);
	options_learn(&options);
	return options;
}
