/* The command line. */
#ifndef SCRUN_OPTIONS_H
#define SCRUN_OPTIONS_H

#include "audit/audit.h"
#include "convert/convert.h"
#include "policy/lint.h"

struct options {
	const char *config;		/* -c; "default" if not given */
	bool has_config;		/* -c was given */
	const char *list;		/* --list; NULL if not given */
	const char *explain;		/* --explain; NULL if not given */
	struct convert_options convert; /* --import, --dump */
	bool check;
	bool compile;
	enum severity threshold; /* --threshold; else a warning */
	bool has_threshold;
	bool dry_run;
	bool report; /* the command is a list of audit files */
	bool quiet;
	struct audit_options audit;
	bool has_format; /* --format was given */
	char **command;	 /* NULL-terminated; empty for the tools */
};

/*
 * Parses ARGV up to the first word that is no option. --help and --version end
 * the process with 0, wrong usage with 125 and a message. All strings are
 * ARGV's.
 */
struct options options_parse(int argc, char **argv);

#endif
