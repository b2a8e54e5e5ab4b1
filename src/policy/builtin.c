/*
 * The policies of conf/, embedded. The assembler's .incbin takes the files as
 * they are, so that what runs is what can be read there.
 */
#include "source.h"

#define EMBED(symbol, file)                           \
	__asm__(".pushsection .rodata\n"              \
		".global builtin_" #symbol "_start\n" \
		".global builtin_" #symbol "_end\n"   \
		"builtin_" #symbol "_start:\n"        \
		".incbin \"" CONFDIR "/" file "\"\n"  \
		"builtin_" #symbol "_end:\n"          \
		".byte 0\n"                           \
		".popsection\n");                     \
	extern const char builtin_##symbol##_start[]; \
	extern const char builtin_##symbol##_end[]

EMBED(groups, "groups.ini");
EMBED(default, "default.ini");
EMBED(strict, "strict.ini");
EMBED(service, "service.ini");
EMBED(auditor, "auditor.ini");
EMBED(learn, "learn.ini");
EMBED(learner, "learner.ini");

#define BUILTIN(symbol, is_internal)                                       \
	{                                                                  \
#symbol, builtin_##symbol##_start, builtin_##symbol##_end, \
			is_internal                                        \
	}

const struct builtin builtins[] = {
	BUILTIN(default, false), BUILTIN(strict, false),
	BUILTIN(service, false), BUILTIN(auditor, true),
	BUILTIN(learn, true),	 BUILTIN(learner, true),
	BUILTIN(groups, false),
};
const size_t n_builtins = sizeof(builtins) / sizeof(builtins[0]);
