#!/bin/sh
# sh examples/hello.sh
#
# The whole way, on a program that says hello: count its calls, allow only
# those, run it, deny one more, and read the report. Takes scrun from PATH, or
# from the variable SCRUN. Needs a C compiler for the program.
set -eu

scrun=${SCRUN:-scrun}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >hello.c <<'C'
#include <unistd.h>

int main(void)
{
	return write(1, "Hello, world\n", 13) != 13;
}
C
${CC:-cc} -O2 -o hello hello.c

echo '== 1. Which calls does it make?'
printf '[syscalls]\ndefault = allow\n' >all.ini
"$scrun" --audit -o counts -c all.ini ./hello
cat counts

echo
echo '== 2. A policy of just these'
{
	echo '[syscalls]'
	echo 'default = deny'
	# The fourth column of the table; scrun starts the command without
	# having to be allowed to, and so nothing else can be started.
	awk '$1 ~ /^[0-9]+$/ && NF == 4 && $4 != "execve" {
		print "allow = " $4 }' counts
} >hello.ini
cat hello.ini

echo
echo '== 3. It runs under that policy'
"$scrun" -c hello.ini ./hello

echo
echo '== 4. Deny one more: write'
sed '/^allow = write$/d' hello.ini >silent.ini
"$scrun" --audit -o report -c silent.ini ./hello ||
	echo "(exit status $?)"

echo
echo '== 5. The report tells which, and what to add'
cat report
