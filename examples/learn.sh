#!/bin/sh
# sh examples/learn.sh
#
# A policy for a program that nobody has described: learn what sort(1) does with
# one file, hold it to that with another one, and see what it is refused. Takes
# scrun from PATH, or from the variable SCRUN.
set -eu

scrun=${SCRUN:-scrun}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir data
printf '3\n1\n2\n' >data/one
printf 'c\nb\na\n' >data/two

echo '== 1. Learn a run'
"$scrun" --learn=sort.ini sort -o data/sorted data/one

echo
echo '== 2. The policy'
cat sort.ini

echo
echo '== 3. Another file, under that policy'
"$scrun" -c sort.ini sort -o data/sorted data/two
cat data/sorted

echo
echo '== 4. What it was not seen to do, it cannot do'
"$scrun" -c sort.ini sort /etc/passwd ||
	echo "(exit status $?)"

echo
echo '== 5. Learn one more thing into the same file, and once more'
"$scrun" --learn=sort.ini sh -c 'sort --reverse data/one | head -n 1'
"$scrun" --learn=sort.ini sh -c 'sort --reverse data/one | head -n 1'
