#!/usr/bin/env bats
# tests/bench/run: the table and the picture say what was measured. Not how fast
# anything is.

load common

BENCH=$BATS_TEST_DIRNAME/../bench

# form NAME: of these results, in three rounds; strace is three times slower.
form() {
	printf '%s\t%s\n' processor 'one & <two>' >machine.tsv
	cat >rows <<-'END'
		row gcc µs native gcc compiles
		  peer native no audit
		  scrun calls scrun --audit
		  peer strace strace -f
		  peer perf perf trace
		  goal calls strace 0.333
		  most calls 1000
		row other ns - not measured
		  peer native no audit
	END
	awk 'BEGIN {
		OFS = "\t"
		for (i = 1; i <= 3; i++) {
			print "gcc", "pinned", "native", i, 1000 * i
			print "gcc", "pinned", "calls", i, 1000 * i + 100
			print "gcc", "pinned", "strace", i, 1000 * i + 200 * i
		}
		print "gcc", "pinned", "perf", "skipped", "not here"
	}' >results.tsv
	awk -f "$BENCH/stats.awk" -f "$BENCH/$1.awk" machine.tsv rows results.tsv
}

# well_formed FILE: as XML.
well_formed() {
	need python3
	python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$1"
}

@test "the table has medians, what is over the base, ratios and what was missed" {
	run -0 form table
	says 'processor  one & <two>' 'gcc compiles, pinned'
	# of 1100, 2100, 3100; and of 100, 100, 100
	[[ $output =~ "scrun --audit "\ +2100\ +100 ]]
	# each round by itself: 100 of 200, of 400, of 600
	[[ $output =~ 'scrun --audit / strace -f '\ +'0.25  goal 0.333  (0.17 to 0.50)'$'\n' ]]
	[[ $output =~ 'scrun --audit '\ +'2100  goal 1000  (1100 to 3100)  MISSED' ]]
	says 'skipped: not here'
	run ! grep 'not measured' <<<"$output"
}

@test "the picture is well-formed, with a bar for each and its goals" {
	form picture >picture.svg
	well_formed picture.svg
	run -0 cat picture.svg
	says 'processor: one &amp; &lt;two>' '>2.10 ms<' \
		'✓ scrun --audit: 0.25 × strace -f (goal 0.333)' \
		'✗ scrun --audit: 2.10 ms (goal 1.00 ms)'
	[[ $(grep -c '^<rect class="scrun"' picture.svg) -eq 2 ]] # and the legend's
	[[ $(grep -c '^<rect class="peer"' picture.svg) -eq 3 ]]
}

@test "a run leaves the results, a table and a picture in its folder" {
	[[ -x $SCRUN_BUILD/bench/call ]] || skip "build-bench was not made"
	need taskset lscpu
	run -0 "$BENCH/run" "$SCRUN_BUILD" "$PWD/out" 1 denied
	says 'rounds     1' 'mkdirat, denied, unpinned' 'mkdirat, denied, pinned' \
		'scrun --audit=denied / a listener that only answers'
	[[ $(awk '$3 == "answer" && $5 > 0' out/results.tsv | wc -l) -eq 2 ]]
	[[ $output == *"$(<out/table.txt)" ]]
	well_formed out/picture.svg
}

@test "a room that fails is said, and the rest is shown" {
	[[ -x $SCRUN_BUILD/bench/call ]] || skip "build-bench was not made"
	need taskset lscpu
	mkdir build
	ln -s "$SCRUN_BUILD/scrun" "$SCRUN_BUILD/programs" build
	run -1 "$BENCH/run" "$PWD/build" "$PWD/out" 1 denied
	says 'bench: denied failed' 'processor'
}
