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
entry_static_x86_64 = -Wl,-e,prefault_program
entry = $(entry_$(LINK)_$(firstword $(subst -, ,$(shell $(CC) -dumpmachine))))
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

all: $(BUILD)/scrun

$(BUILD)/scrun: $(main) $(audit) $(convert) $(core) $(BUILD)/precompiled.o $(BUILD)/link
	$(say) LD $@
	$(Q)$(CC) $(cflags) $(ldflags) $(entry) -o $@ $(filter %.o,$^) $(libs)

# Newer than the program if that was linked in the other way.
$(BUILD)/link: always
	@mkdir -p $(@D)
	@echo $(LINK) | cmp -s - $@ || echo $(LINK) >$@

# The same for the directory that is part of the program.
$(BUILD)/sysconfdir: always
	@mkdir -p $(@D)
	@echo $(SYSCONFDIR) | cmp -s - $@ || echo $(SYSCONFDIR) >$@

$(BUILD)/policy/source.o: $(BUILD)/sysconfdir

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

demo: deps-build
	$(MAKE) all
	@tests/demo $(BUILD)/scrun

clean:
	rm -rf $(BUILD)

.PHONY: always all static install uninstall demo clean
.DELETE_ON_ERROR:
.SECONDARY:

# A container's build copies what make all needs, and no tests.
-include tests/rules.mk

-include $(core:.o=.d) $(audit:.o=.d) $(convert:.o=.d) $(main:.o=.d) \
	$(BUILD)/enforce/precompile.d
