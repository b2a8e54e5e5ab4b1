# All that shows that scrun works: README.md and the files named here say how.

unit = $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c))
programs = $(patsubst tests/programs/%.c,$(BUILD)/programs/%,\
	$(wildcard tests/programs/*.c))
bench = $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
escape = $(patsubst tests/escape/%.c,$(BUILD)/escape/%,\
	$(wildcard tests/escape/*.c))
storms = $(patsubst tests/storms/%.c,$(BUILD)/storms/%,\
	$(wildcard tests/storms/*.c))

build-units: $(BUILD)/scrun $(unit)

build-tests: build-units $(programs) $(escape) $(storms)

deps-build:
	@tests/deps build

deps-check:
	@tests/deps check

deps-bench:
	@tests/deps bench

deps: deps-check

check: deps-check
	$(MAKE) WERROR=-Werror build-tests build-bench build-faults
	tests/run $(BUILD)

reproducible: all
	tests/reproducible $(BUILD)

# Which lines the tests run: at least 90 % in src/policy and src/enforce.
coverage: deps-check
	tests/coverage/run $(BUILD)/coverage

# Unit tests, audits and all of tests/cli with sanitizers; make lint has a part.
# To install is to build, in the place of what is tried here.
sanitized-check: deps-check
	tests/sanitizers $(BUILD) \
		$(sort $(filter-out %/install.bats,$(wildcard tests/cli/*.bats)))

lint:
	@tests/deps lint
	tests/lint $(BUILD)

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

# Every call of scrun's own fails once, in each of its modes: some ten minutes.
# With FAULTS= a sample, in less than one. See tests/faults/faults.c.
FAULTS = -a
build-faults: $(BUILD)/faults/faults

faults: build-faults
	SCRUN_BUILD=$(abspath $(BUILD)) $(BUILD)/faults/faults $(FAULTS)

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

# A build with sanitizers; clang's, for libFuzzer is. It is here that clang warns
# of the program.
sanitize = $(MAKE) BUILD=$(BUILD)/sanitized CC=clang LINK=shared fortify= \
	WERROR=-Werror CFLAGS='-O2 -g -fno-omit-frame-pointer $(sanitizers)' \
	CPPFLAGS='-DMAX_SECONDS=20 -DCASES_PERCENT=25'
sanitizers = -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all \
	-fsanitize-coverage-ignorelist=tests/fuzz/uncovered

build-sanitized:
	+$(sanitize) build-units

build-fuzz:
	+$(sanitize) harnesses

# What the harnesses ask the kernel for they answer themselves.
fuzzers = $(patsubst tests/fuzz/%.c,$(BUILD)/harness/%,$(wildcard tests/fuzz/*.c))
wrap = $(addprefix -Wl$(comma)--wrap=,$(wrapped))
comma = ,

$(BUILD)/harness/oci: wrapped = open fstat lstat read close fopen
$(BUILD)/harness/policy: wrapped = open fstat lstat read close
$(BUILD)/harness/decode: wrapped = process_vm_readv ptrace readlink write
$(BUILD)/harness/report: wrapped = fopen fclose fcntl write err \
	errx warnx call_name tally_init

$(BUILD)/harness/%: tests/fuzz/%.c $(audit) $(convert) $(core) $(BUILD)/precompiled.o
	@mkdir -p $(@D)
	$(say) CCLD $@
	$(Q)$(CC) $(cppflags) $(cflags) -Itests/unit -MMD -MP -fsanitize=fuzzer \
		$(wrap) -pie $(LDFLAGS) -o $@ $(filter-out %.h,$^) $(libs) -lcmocka

harnesses: $(fuzzers) $(main)

# A recorded run: make fuzz FUZZ_SECONDS=0 FUZZ_RUNS=10000000
FUZZ_SECONDS = 60
FUZZ_RUNS = -1
FUZZ_JOBS = $(shell nproc)
fuzz: all
	@tests/deps lint
	$(MAKE) build-fuzz
	FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_RUNS=$(FUZZ_RUNS) FUZZ_JOBS=$(FUZZ_JOBS) \
		tests/fuzz/run $(BUILD)/scrun $(BUILD)/sanitized

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

.PHONY: build-units build-tests deps deps-build deps-check deps-bench check reproducible \
	coverage sanitized-check lint faults build-faults build-sanitized harnesses build-fuzz fuzz differential storms \
	longrun bench build-bench

-include $(unit:=.d) $(faults:.o=.d) $(fuzzers:=.d)
