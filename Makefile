# scrun: a minimal sandbox launcher for Linux.
#
#   make demo     install what is missing, build, show the main job
#   make check    install what is missing, build, run all tests
#   make          build; LINK=shared links with shared libraries
#   make install, make static, make bench, make lint: see README.md

VERSION = 0.1.0
PREFIX = /usr/local
SYSCONFDIR = /etc
DESTDIR =

CC = gcc
CFLAGS = -O2 -g
BUILD = build

warnings = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2
# What the compiler has of it: a stack that is not smashed, nor stepped over its
# guard page, variables without what was there before, and indirect jumps that
# the processor checks.
supported = $(foreach flag,$(1),$(if $(shell $(CC) -Werror $(flag) -S -xc \
	-o /dev/null /dev/null 2>&1 || echo no),,$(flag)))
hardening := -fPIE $(call supported,-fstack-protector-strong \
	-fstack-clash-protection -ftrivial-auto-var-init=zero \
	-fcf-protection -mbranch-protection=standard)
# The same program, wherever it is built.
anywhere = -ffile-prefix-map='$(CURDIR)=.' -ffile-prefix-map='$(BUILD)=build'

# Static where the libraries allow it: a quarter less time to start, and nothing
# that LD_PRELOAD or LD_LIBRARY_PATH names has a say in what scrun does.
archive = $(findstring /,$(shell $(CC) -print-file-name=$(1) 2>/dev/null))
ifneq ($(and $(call archive,libc.a),$(call archive,libseccomp.a),\
	$(call archive,libcap.a),$(call archive,libinih.a),\
	$(call archive,libjansson.a)),)
LINK = static
else
LINK = shared
endif
pie_static = -static-pie -Wl,-z,pack-relative-relocs
pie_shared = -pie
fortify = -D_FORTIFY_SOURCE=3
# V=1 shows the commands.
ifneq ($(V),1)
Q = @
say = @printf '  %-7s %s\n'
else
say = @:
endif

cppflags = -std=gnu11 -D_GNU_SOURCE $(fortify) -Isrc -DVERSION='"$(VERSION)"' \
	-DSYSCONFDIR='"$(SYSCONFDIR)/scrun"' -DCONFDIR='"conf"' $(CPPFLAGS)
cflags = $(warnings) $(WERROR) $(hardening) $(anywhere) $(CFLAGS)
ldflags = $(pie_$(LINK)) -Wl,-z,relro,-z,now $(LDFLAGS)
libs = -lseccomp -lcap -linih -ljansson -pthread

objects = $(patsubst src/%.c,$(BUILD)/%.o,$(sort $(wildcard $(1))))
policy = $(call objects,src/policy/*.c)
enforce = $(filter-out %/precompile.o,$(call objects,src/enforce/*.c))
audit = $(call objects,src/audit/*.c src/audit/*/*.c)
convert = $(call objects,src/convert/*.c)
core = $(policy) $(enforce)
main = $(call objects,src/*.c)
conf = $(wildcard conf/*.ini)
# The auditor's own are read from the program alone.
installed = $(filter-out conf/auditor.ini conf/learn.ini conf/learner.ini,\
	$(conf))
unit = $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c))
programs = $(patsubst tests/programs/%.c,$(BUILD)/programs/%,\
	$(wildcard tests/programs/*.c))
bench = $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
escape = $(patsubst tests/escape/%.c,$(BUILD)/escape/%,\
	$(wildcard tests/escape/*.c))
storms = $(patsubst tests/storms/%.c,$(BUILD)/storms/%,\
	$(wildcard tests/storms/*.c))

all: $(BUILD)/scrun

$(BUILD)/scrun: $(main) $(audit) $(convert) $(core) $(BUILD)/precompiled.o $(BUILD)/link
	$(say) LD $@
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $(filter %.o,$^) $(libs)

# Newer than the program if that was linked in the other way.
$(BUILD)/link: always
	@mkdir -p $(@D)
	@echo $(LINK) | cmp -s - $@ || echo $(LINK) >$@

# The built-in policies' filters are compiled by the build; each start verifies
# them (src/enforce/filter.h).
$(BUILD)/precompile: $(BUILD)/enforce/precompile.o $(core)
	$(say) LD $@
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^ $(libs)

$(BUILD)/precompiled.c: $(BUILD)/precompile
	$(say) GEN $@
	$(Q)$(BUILD)/precompile >$@.new
	$(Q)mv $@.new $@

$(BUILD)/precompiled.o: $(BUILD)/precompiled.c
	$(say) CC $@
	$(Q)$(CC) $(cppflags) $(cflags) -c -o $@ $<

$(BUILD)/%.o: src/%.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(CC) $(cppflags) $(cflags) -MMD -MP -c -o $@ $<

$(BUILD)/policy/builtin.o: $(conf)

# One file that runs on any Linux of this architecture, or an error.
static:
	$(MAKE) LINK=static all

install: $(BUILD)/scrun
	install -D -m 755 $(BUILD)/scrun $(DESTDIR)$(PREFIX)/bin/scrun
	install -d $(DESTDIR)$(SYSCONFDIR)/scrun
	@# What is there may be the administrator's own.
	for file in $(notdir $(installed)); do \
		[ -e $(DESTDIR)$(SYSCONFDIR)/scrun/$$file ] || install -m 644 \
		conf/$$file $(DESTDIR)$(SYSCONFDIR)/scrun/$$file || exit; done
	install -D -m 644 src/man/scrun.1 \
		$(DESTDIR)$(PREFIX)/share/man/man1/scrun.1
	install -D -m 644 src/man/scrun.ini.5 \
		$(DESTDIR)$(PREFIX)/share/man/man5/scrun.ini.5
	install -D -m 644 src/completion/scrun \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/scrun

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/scrun \
		$(DESTDIR)$(PREFIX)/share/man/man1/scrun.1 \
		$(DESTDIR)$(PREFIX)/share/man/man5/scrun.ini.5 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/scrun
	for file in $(notdir $(installed)); do \
		cmp -s conf/$$file $(DESTDIR)$(SYSCONFDIR)/scrun/$$file && \
		rm $(DESTDIR)$(SYSCONFDIR)/scrun/$$file; done; true

$(BUILD)/tests/%: tests/unit/%.c $(audit) $(convert) $(core) $(BUILD)/precompiled.o
	@mkdir -p $(@D)
	$(say) CCLD $@
	$(Q)$(CC) $(cppflags) $(cflags) -MMD -MP -pie $(LDFLAGS) -o $@ \
		$< $(audit) $(convert) $(core) $(BUILD)/precompiled.o $(libs) -lcmocka

$(BUILD)/programs/%: tests/programs/%.c
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(cppflags) $(cflags) $(ldflags) -o $@ $<

$(BUILD)/escape/%: tests/escape/%.c tests/escape/escape.h \
		tests/escape/victim.h
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(cppflags) $(cflags) $(ldflags) -pthread -o $@ $<

$(BUILD)/storms/%: tests/storms/%.c tests/storms/storms.h
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(cppflags) $(cflags) $(ldflags) -pthread -o $@ $<

# Every call of scrun's may fail: tests/faults/faults.c.
faults = $(patsubst tests/%.c,$(BUILD)/%.o,$(wildcard tests/faults/*.c))

$(BUILD)/faults/%.o: tests/faults/%.c
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(CC) $(cppflags) $(cflags) -fno-builtin -MMD -MP -c -o $@ $<

$(BUILD)/faults/scrun: $(BUILD)/faults/inject.o $(main) $(audit) $(convert) $(core) \
		$(BUILD)/precompiled.o
	$(say) LD $@
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^ $(libs)

# Where the filter of inject.c lets it through.
$(BUILD)/faults/seen: tests/faults/seen.c
	@mkdir -p $(@D)
	$(say) CCLD $@
	$(Q)$(CC) $(cppflags) $(warnings) $(WERROR) $(CFLAGS) -fno-PIE -no-pie \
		-static -o $@ $<

$(BUILD)/faults/faults: $(addprefix $(BUILD)/faults/,faults.o start.o judge.o) \
		$(BUILD)/faults/scrun $(BUILD)/faults/seen
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(cflags) -pie $(LDFLAGS) -o $@ $(filter %.o,$^) -lseccomp

build-tests: $(BUILD)/scrun $(unit) $(programs) $(escape) $(storms)

deps-build:
	@tests/deps build

deps-check:
	@tests/deps check

deps-bench:
	@tests/deps bench

deps: deps-check

demo: deps-build
	$(MAKE) all
	@tests/demo $(BUILD)/scrun

check: deps-check
	$(MAKE) WERROR=-Werror build-tests build-bench
	tests/run $(BUILD)

reproducible: all
	tests/reproducible $(BUILD)

# Which lines the tests run: at least 90 % in src/policy and src/enforce.
coverage: deps-check
	tests/coverage/run $(BUILD)/coverage

# Unit tests, audits and all of tests/cli with sanitizers; make lint has a part.
sanitized-check: deps-check
	tests/sanitizers $(BUILD) $(sort $(wildcard tests/cli/*.bats))

# Every call of scrun's own fails once, in each of its modes: some ten minutes.
# With FAULTS= a sample, in less than one.
FAULTS = -a
faults: $(BUILD)/faults/faults
	SCRUN_BUILD=$(abspath $(BUILD)) $(BUILD)/faults/faults $(FAULTS)

# libFuzzer's harnesses are clang's alone, and have a build of their own. What
# they ask the kernel for they answer themselves.
fuzzers = $(patsubst tests/fuzz/%.c,$(BUILD)/harness/%,$(wildcard tests/fuzz/*.c))
fuzzed = -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	-fsanitize-coverage-ignorelist=tests/fuzz/uncovered
wrap = $(addprefix -Wl$(comma)--wrap=,$(wrapped))
comma = ,

$(BUILD)/harness/oci: wrapped = open fstat lstat read close fopen malloc
$(BUILD)/harness/policy: wrapped = open fstat lstat read close
$(BUILD)/harness/decode: wrapped = process_vm_readv ptrace readlink write
$(BUILD)/harness/report: wrapped = fopen fclose fcntl write err \
	errx warnx call_name tally_init

$(BUILD)/harness/%: tests/fuzz/%.c $(audit) $(convert) $(core) $(BUILD)/precompiled.o
	@mkdir -p $(@D)
	$(say) CCLD $@
	$(Q)$(CC) $(cppflags) $(cflags) -Itests/unit -MMD -MP -fsanitize=fuzzer \
		$(wrap) -pie $(LDFLAGS) -o $@ $(filter-out %.h,$^) $(libs) -lcmocka

build-fuzz: $(fuzzers)

# A recorded run: make fuzz FUZZ_SECONDS=0 FUZZ_RUNS=10000000
FUZZ_SECONDS = 60
FUZZ_RUNS = -1
fuzz: all
	@tests/deps lint
	$(MAKE) BUILD=$(BUILD)/fuzz CC=clang LINK=shared fortify= \
		CFLAGS='-O2 -g $(fuzzed)' CPPFLAGS=-DMAX_SECONDS=20 build-fuzz
	FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_RUNS=$(FUZZ_RUNS) \
		tests/fuzz/run $(BUILD)/scrun $(BUILD)/fuzz

# Random policies: what they say, the verdict, the filter and the kernel agree.
# The seed is printed; 300,000 take half an hour of processor time.
POLICIES = 300000
SEED = $(shell date +%s)
differential: $(addprefix $(BUILD)/tests/,differential shipped)
	$(BUILD)/tests/shipped
	POLICIES=$(POLICIES) SEED=$(SEED) WORKERS=$$(nproc) \
		$(BUILD)/tests/differential

# The storms of tests/cli/storms.bats, much larger than `make check` has them:
# some ten minutes.
STORM = large
storms: $(BUILD)/scrun $(storms)
	STORM=$(STORM) SCRUN_BUILD=$(abspath $(BUILD)) bats --tap \
		tests/cli/storms.bats

# nginx and redis, with an audit of either kind, side by side under full load.
MINUTES = 10
longrun: $(BUILD)/scrun
	printf '%s\0' 'nginx, denied' 'nginx, calls' 'redis, denied' \
		'redis, calls' | MINUTES=$(MINUTES) \
		SCRUN_BUILD=$(abspath $(BUILD)) xargs -0 -P 4 -I '{}' \
		bats --tap --filter '^{}$$' tests/longrun

# Into which folder, how many rounds, and which rooms of tests/bench/rooms (all).
OUT = $(BUILD)/bench/out
ROUNDS = 7
ROOMS =
bench: build-bench
	tests/bench/run $(BUILD) $(OUT) $(ROUNDS) $(ROOMS)

build-bench: $(BUILD)/scrun $(programs) $(bench)

$(BUILD)/bench/parts: tests/bench/parts.c $(core) $(BUILD)/precompiled.o
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(cppflags) $(cflags) $(ldflags) -o $@ $^ $(libs)

$(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(say) CCLD $@
	$(Q)$(CC) $(cppflags) $(warnings) $(WERROR) $(CFLAGS) -static -o $@ $< \
		-pthread

lint:
	@tests/deps lint
	tests/lint $(BUILD)

clean:
	rm -rf $(BUILD)

.PHONY: always all static install uninstall build-tests deps deps-build deps-check deps-bench demo check reproducible faults build-fuzz fuzz differential storms longrun bench build-bench lint clean coverage sanitized-check
.DELETE_ON_ERROR:
.SECONDARY:

-include $(core:.o=.d) $(audit:.o=.d) $(convert:.o=.d) $(main:.o=.d) $(unit:=.d) \
	$(faults:.o=.d) $(fuzzers:=.d) $(BUILD)/enforce/precompile.d
