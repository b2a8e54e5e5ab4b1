#!/usr/bin/env bats
# What scrun reads as a policy, and what it refuses.

load common

# text FORMAT: the whole of policy.ini, as printf writes it.
text() {
	# shellcheck disable=SC2059 # it is a format
	printf "$1" >policy.ini
}

# faulty TEXT...: policy.ini is refused, in these words.
faulty() {
	local words
	for words; do
		refuses 125 "$words" -c policy.ini touch ran
	done
	# shellcheck disable=SC2154 # `run` sets it
	[[ $stderr == *"nothing was run" ]]
}

# policy_runs [FILE]: it is read, and its rule that denies getppid holds.
policy_runs() {
	run -0 "$SCRUN" -q -c "${1:-policy.ini}" "$TRY" getppid
	is EPERM
}

# ---- hostile files --------------------------------------------------------

@test "an empty file is refused" {
	text ''
	faulty "policy.ini: no 'default' in [syscalls]"
	text '\n\n; nothing here\n# nor here\n'
	faulty "policy.ini: no 'default' in [syscalls]"
}

@test "a file without [syscalls] is refused" {
	text '[capabilities]\nkeep =\n'
	faulty "policy.ini: no 'default' in [syscalls]"
	text '[policy]\n'
	faulty "policy.ini: no 'default' in [syscalls]"
}

@test "a file without a default is refused" {
	rules 'allow = @known'
	faulty "policy.ini: no 'default' in [syscalls]"
}

@test "a key before the first section is refused" {
	text 'default = allow\n'
	faulty "policy.ini:1: 'default' stands before the first [section]"
}

@test "a directory is refused" {
	mkdir policy.ini
	faulty "policy.ini: 'policy.ini' is a directory"
}

@test "a FIFO is refused, and not waited for" {
	mkfifo policy.ini
	faulty "policy.ini: 'policy.ini' is not a regular file"
}

@test "a device is refused" {
	refuses 125 "'/dev/null' is not a regular file" -c /dev/null touch ran
	refuses 125 "'/dev/zero' is not a regular file" -c /dev/zero touch ran
}

@test "a socket is refused" {
	need python3
	python3 -c 'import socket
socket.socket(socket.AF_UNIX).bind("policy.ini")'
	faulty "policy.ini: cannot open 'policy.ini'"
}

@test "a file of /proc, whose size is 0, is no policy" {
	refuses 125 'no '\''default'\' -c /proc/self/status touch ran
}

@test "a file of 1 MiB is read, one of a byte more is refused" {
	rules 'default = allow' 'deny = getppid'
	mv policy.ini begin
	yes '; a comment, again and again' | head -c 1048576 |
		cat begin - | head -c 1048575 >policy.ini
	echo >>policy.ini
	[[ $(stat -c %s policy.ini) -eq 1048576 ]]
	policy_runs
	echo >>policy.ini
	faulty 'larger than 1 MiB'
	truncate -s 1T policy.ini
	faulty 'larger than 1 MiB'
}

@test "an unreadable file is refused" {
	need_user
	rules 'default = allow'
	chmod 200 policy.ini
	faulty "policy.ini: cannot open 'policy.ini': Permission denied"
}

@test "a loop of symbolic links is refused, a link to a file is followed" {
	ln -s policy.ini other.ini
	ln -s other.ini policy.ini
	faulty "policy.ini: cannot open 'policy.ini': Too many levels"
	rm policy.ini other.ini
	rules 'default = allow' 'deny = getppid'
	mv policy.ini target.ini
	ln -s target.ini policy.ini
	policy_runs
	ln -sf no-such.ini policy.ini
	faulty "cannot open 'policy.ini': No such file"
}

@test "a NUL byte is refused, with its line" {
	text '[syscalls]\ndefault = allow\n\0deny = getppid\n'
	faulty 'policy.ini:3: NUL byte'
	text '[syscalls]\ndefault = allow\ndeny = getppid\0 getpid\n'
	faulty 'policy.ini:3: NUL byte'
	text '[syscalls]\n; comment \0\ndefault = allow\n'
	faulty 'policy.ini:2: NUL byte'
	text '[syscalls]\n# comment \0\ndefault = allow\n'
	faulty 'policy.ini:2: NUL byte'
}

@test "lines that end in CR alone are refused, CR LF is read" {
	text '[syscalls]\rdefault = allow\r'
	faulty 'policy.ini:1: carriage return'
	text '[syscalls]\ndefault = allow\n; x\rdeny = getppid\n'
	faulty 'policy.ini:3: carriage return'
	text '[syscalls]\r\ndefault = allow\r\ndeny = getpid\r\n  getppid\r\n'
	policy_runs
}

@test "a byte order mark is skipped" {
	text '\xef\xbb\xbf[syscalls]\ndefault = allow\ndeny = getppid\n'
	policy_runs
}

@test "an indented key is refused" {
	text '[syscalls]\ndefault = deny\nallow = @basic\n  default = allow\n'
	faulty 'policy.ini:4: indented key'
	text '[syscalls]\ndefault = allow\n\tdeny = getppid\n'
	faulty 'policy.ini:3: indented key'
	text '  [syscalls]\ndefault = allow\n'
	faulty 'policy.ini:1: indented section header'
	text '[syscalls]\ndefault = allow\ndeny = getppid\n  [groups]\n'
	faulty 'policy.ini:4: indented section header'
	text '[syscalls]\n  getppid\ndefault = allow\n'
	faulty 'policy.ini:2: indented line with no key above'
}

@test "however long a comment is, its end is no key" {
	local length mark
	for length in {194..202} 398 399 400 401 1000 5000; do
		for mark in '#' '  ;'; do
			rules 'default = allow' 'deny = getppid' \
				"$(printf "%s%*s" "$mark" "$length" '')deny = getpid" \
				"$(printf "%s%*s" "$mark" "$length" '')[groups]"
			run -0 "$SCRUN" -c policy.ini "$TRY" getpid
			[[ $output =~ ^[0-9]+$ ]]
		done
		policy_runs
	done
}

@test "however long a line is, none of it is lost" {
	local length
	for length in 150 {194..202} 398 399 400 401 1000 5000; do
		rules 'default = allow' \
			"deny = getppid $(printf 'getpid %.0s' $(seq $((length / 7)))) personality" \
			"allow = $(printf "%*s" "$length" '')getcwd"
		tries EPERM personality -1
		tries EPERM getppid
	done
}

@test "an entry too long for a line is refused, not cut" {
	rules 'default = allow' \
		"deny = getppid $(printf 'x%.0s' {1..300}) personality"
	faulty 'policy.ini:3: '
	rules 'default = allow' \
		"deny = socket($(printf 'domain == AF_UNIX && %.0s' {1..12})type == 1)"
	faulty 'policy.ini:3: '
	text "[syscalls]\ndefault = allow\n$(printf 'k%.0s' {1..60}) = getppid\n"
	faulty 'policy.ini:3: key of more than 48 bytes'
	text "[syscalls]\ndefault = allow\n$(printf 'k%.0s' {1..300}) = getppid\n"
	faulty 'policy.ini:3: key of more than 48 bytes'
	text "[$(printf 's%.0s' {1..300})]\n[syscalls]\ndefault = allow\n"
	faulty 'policy.ini:1: '
}

@test "what is neither key, section nor continuation is refused" {
	text '[syscalls]\ndefault = allow\ngetppid\n'
	faulty "policy.ini:3: expected 'key = value'" "found 'getppid'"
	text '[syscalls]\ndefault = allow\ndeny: getppid\n'
	faulty "policy.ini:3: expected 'key = value'"
	text '[syscalls]\ndefault = allow\n= getppid\n'
	faulty "policy.ini:3: expected 'key = value'"
	text '[syscalls\ndefault = allow\n'
	faulty "policy.ini:1: section header without ']'"
	text '[syscalls] default = allow\n'
	faulty 'policy.ini:1: text after the section header'
}

@test "control characters of a policy do not reach the terminal" {
	text '[syscalls]\ndefault = allow\ndeny = \23331mred\n'
	faulty 'policy.ini:3: '
	run ! grep -aq $'\233' <<<"$stderr"
	text '[syscalls]\ndefault = allow\ndeny = \033[31mred\033[0m\n'
	faulty 'policy.ini:3: '
	run ! grep -q $'\033' <<<"$stderr"
	text '[policy]\ninclude = \033[31mred\033[0m.ini\n'
	faulty 'policy.ini:2: '
	run ! grep -q $'\033' <<<"$stderr"
}

# ---- who wrote it ---------------------------------------------------------

@test "run by root, a policy of another user is refused" {
	need_root
	rules 'default = allow'
	chown "$OTHER" policy.ini
	faulty "policy.ini: 'policy.ini' does not belong to root"
	chown 0:"$OTHER" policy.ini # its group cannot write it
	run -0 "$SCRUN" -c policy.ini true
}

@test "run by root, a policy that others can write is refused" {
	local mode
	need_root
	rules 'default = allow'
	for mode in 664 646 666 620 602; do
		chmod $mode policy.ini
		faulty "policy.ini: 'policy.ini' can be written by others"
	done
	chmod 755 policy.ini
	run -0 "$SCRUN" -c policy.ini true
}

@test "run by root, an included policy has to be as safe" {
	need_root
	rules 'default = allow'
	mv policy.ini included.ini
	text '[policy]\n\ninclude = included.ini\n'
	chown "$OTHER" included.ini
	faulty "policy.ini:3: 'included.ini' does not belong to root"
	chown 0 included.ini
	chmod g+w included.ini
	faulty "policy.ini:3: 'included.ini' can be written by others"
	chmod g-w,o+w included.ini
	faulty "policy.ini:3: 'included.ini' can be written by others"
	chmod o-w included.ini
	run -0 "$SCRUN" -c policy.ini true
}

@test "run by root, what a link leads to has to be as safe" {
	need_root
	rules 'default = allow'
	mv policy.ini target.ini
	ln -s target.ini policy.ini
	chmod o+w target.ini
	faulty 'can be written by others'
}

@test "a user may use any policy that the user can read" {
	need_user
	rules 'default = allow' 'deny = getppid'
	chmod 666 policy.ini
	policy_runs
	# Another's file is read, too, though this one is no policy.
	refuses 125 '/etc/passwd:1: ' -c /etc/passwd touch ran
}

# ---- faults ---------------------------------------------------------------

@test "all faults are told in one run, by line, with what was meant" {
	cat >policy.ini <<-'END'
		[syscalls]
		default = allow
		deny = opneat
		    @mouunt getpid:EPREM
		dney = ptrace
		[capabilites]
		keep = cap_chown
		[capabilities]
		keep = cap_net_rw net_raw
		[syscalls]
		kill = socket(domian == AF_UNIX)
		    socket(domain == AF_UNIXX)
		architectures = native x86_46
	END
	run -125 --separate-stderr "$SCRUN" -c policy.ini touch ran
	[[ ! -e ran && -z $output ]]
	# shellcheck disable=SC2154 # `run` sets it
	printf '%s\n' "${stderr_lines[@]}" >found
	cat >expected <<-'END'
		policy.ini:3: unknown system call 'opneat', did you mean 'openat'?
		policy.ini:4: unknown group '@mouunt', did you mean '@mount'?
		policy.ini:4: unknown errno 'EPREM'
		policy.ini:5: unknown key 'dney' in [syscalls], did you mean 'deny'?
		policy.ini:6: unknown section [capabilites], did you mean 'capabilities'?
		policy.ini:9: unknown capability 'cap_net_rw', did you mean 'cap_net_raw'?
		policy.ini:9: unknown capability 'net_raw', did you mean 'cap_net_raw'?
		policy.ini:11: socket has no argument 'domian', did you mean 'domain'?
		policy.ini:12: 'AF_UNIXX' is neither a number nor a known constant, did you mean 'AF_UNIX'?
		policy.ini:13: unknown architecture 'x86_46', did you mean 'x86_64'?
		scrun: 10 faults in policy 'policy.ini'; nothing was run
	END
	# In this order the lines; within a line the faults in any.
	diff <(sed -n 's/^policy.ini:\([0-9]*\):.*/\1/p' expected) \
		<(sed -n 's/^policy.ini:\([0-9]*\):.*/\1/p' found)
	while IFS= read -r line; do
		line=${line#policy.ini:*: }
		grep -qF -- "$line" found || {
			printf 'missing: %s\n' "$line"
			cat found
			return 1
		}
	done <expected
}

@test "faults of included files are told with their own names" {
	rules 'default = allow' 'deny = nosuchcall'
	mv policy.ini included.ini
	text '[policy]\ninclude = included.ini\n[syscalls]\nkill = neither\n'
	run -125 "$SCRUN" -c policy.ini touch ran
	says "included.ini:3: unknown system call 'nosuchcall'" \
		"policy.ini:4: unknown system call 'neither'" '2 faults'
}

@test "a value that is not one of the key's is refused" {
	rules 'default = perhaps'
	faulty "policy.ini:2: 'default' is allow, deny, kill, log or an errno"
	rules 'default = allow deny'
	faulty "policy.ini:2: 'default' is"
	rules 'default ='
	faulty "policy.ini:2: 'default' has no value"
	rules 'default = EPREM'
	faulty "policy.ini:2: 'default' is"
	rules 'default = allow' 'deny = getppid:ENOTHING'
	faulty "policy.ini:3: unknown errno 'ENOTHING'"
	rules 'default = allow' 'deny = getppid:'
	faulty "policy.ini:3: unknown errno ''"
	rules 'default = allow' 'kill = getppid:EPERM'
	faulty "policy.ini:3: 'getppid:EPERM': an errno belongs to deny"
	rules 'default = allow' 'architectures = native pdp11'
	faulty "policy.ini:3: unknown architecture 'pdp11'"
	rules 'default = allow' 'architectures = x86'
	[[ $(uname -m) == i?86 ]] || faulty "must name 'native' as well"
}

@test "two values of one key in one file are refused" {
	rules 'default = allow' 'default = deny'
	faulty "policy.ini:3: 'default' is 'allow' in line 2 already"
	text '[syscalls]\ndefault = allow\n[capabilities]\nkeep =\ndrop =\n'
	faulty 'policy.ini:5: keep and drop exclude each other'
}

@test "two errnos for one call are refused" {
	rules 'default = allow' 'deny = getppid:ENOENT' '  getppid:EACCES'
	faulty "policy.ini:4: 'getppid:EACCES' denies getppid with EACCES"
	rules 'default = allow' 'deny = @open:ENOENT @file-system:EACCES'
	faulty 'policy.ini:3: '
}

@test "a condition that makes no sense is refused" {
	local condition
	for condition in 'request = 1' 'request' '== 1' 'request == ' \
		'request == 1 ||' 'request == 1 && ' 'reqest == 1' \
		'request == TIOCSTY' 'request == 0x1ffffffff' 'request & 1 == 2' \
		'request & 1 < 1' 'request === 1' 'request == 1 fd == 1' \
		'request == 1,' 'request == (1)' '' 'request == 99999999999999999999'; do
		rules 'default = allow' "deny = ioctl($condition)"
		faulty 'policy.ini:3: '
	done
	rules 'default = allow' 'deny = ioctl(request == 1'
	faulty "policy.ini:3: 'ioctl(request == 1': missing ')'"
	rules 'default = allow' 'deny = ioctl(request == 1)x'
	faulty 'policy.ini:3: '
	rules 'default = allow' 'deny = @file-system(arg0 == 1)'
	faulty "policy.ini:3: '@file-system(arg0 == 1)': a group cannot"
	rules 'default = allow' 'deny = execve(arg0 == 1)'
	faulty 'policy.ini:3: '
}

@test "a group is named with @, and those of scrun cannot be changed" {
	text '[groups]\nmine = getppid\n[syscalls]\ndefault = allow\n'
	faulty "policy.ini:2: a group's name begins with '@'"
	text '[groups]\n@open = getppid\n[syscalls]\ndefault = allow\n'
	faulty 'policy.ini:2: @open comes with scrun'
	text '[groups]\n@a = @b\n@b = @a\n[syscalls]\ndefault = allow\ndeny = @a\n'
	faulty 'contains itself'
	text '[groups]\n@a = getppid:ENOSYS\n[syscalls]\ndefault = allow\n'
	faulty 'policy.ini:2: '
	text '[families]\n@a = getppid\n[syscalls]\ndefault = allow\n'
	faulty 'policy.ini:1: unknown section [families]'
}

# ---- what it means --------------------------------------------------------

@test "comments stand on a line of their own or after ' ;'" {
	text '; first\n[syscalls] ; of calls\n# second\ndefault = allow ; yes\ndeny = getpid ; not this: personality\n ; between\n  getppid ; the last\n'
	policy_runs
	tries EPERM getpid
	run -0 "$SCRUN" -c policy.ini "$TRY" personality -1
	[[ $output =~ ^[0-9]+$ ]]
	rules 'default = allow' 'deny = getppid # all of them'
	faulty "policy.ini:3: '# all of them': after a value, a comment"
}

@test "lists go on in indented lines, and repeated keys add up" {
	text '[syscalls]\ndefault = allow\ndeny = getpid\n\n\tgetppid\n  getpgid\n'
	policy_runs
	text '[syscalls]\ndeny = getppid\ndefault=allow\ndeny=getpid\n'
	policy_runs
	tries EPERM getpid
	text '[syscalls]\ndefault = allow\n[groups]\n@a = getpid\n[syscalls]\ndeny = getppid\n'
	policy_runs
}

@test "the last line need not end" {
	text '[syscalls]\ndefault = allow\ndeny = getppid'
	policy_runs
}

@test "a policy's own groups hold calls and groups" {
	text '[groups]\n@mine = getpid @other\n@other = getppid\n[syscalls]\ndefault = allow\ndeny = @mine\n'
	policy_runs
	tries EPERM getpid
}

@test "? tolerates what is not known, by name and by group" {
	rules 'default = allow' 'deny = ?nosuchcall ?@nosuchgroup getppid'
	policy_runs
	rules 'default = allow' 'deny = nosuchcall getppid'
	faulty "policy.ini:3: unknown system call 'nosuchcall'"
	rules 'default = allow' 'deny = @nosuchgroup'
	faulty "policy.ini:3: unknown group '@nosuchgroup'"
}

@test "a name with neither a slash nor .ini is no file here" {
	rules 'default = allow' 'deny = getppid'
	cp policy.ini policy
	refuses 125 "no policy 'policy'" -c policy touch ran
	# What scrun itself runs under is no policy for others.
	refuses 125 "no policy 'learn'" -c learn touch ran
	refuses 125 'built in are default, strict, service; a' -c auditor touch ran
	policy_runs ./policy
	policy_runs policy.ini
	policy_runs "$PWD/policy"
}

# ---- includes -------------------------------------------------------------

@test "an included file is looked up beside the one that names it" {
	mkdir -p one/two elsewhere
	rules 'default = allow' 'deny = getppid'
	mv policy.ini one/two/inner.ini
	printf '[policy]\ninclude = two/inner.ini\n' >one/middle.ini
	printf '[policy]\ninclude = ../middle.ini\n' >one/two/outer.ini
	policy_runs one/middle.ini
	cd elsewhere
	policy_runs ../one/middle.ini
	policy_runs ../one/two/outer.ini
	policy_runs "$BATS_TEST_TMPDIR/one/two/outer.ini"
	cd ../one
	policy_runs middle.ini
}

@test "an included file may be named by its path" {
	rules 'default = allow' 'deny = getppid'
	mv policy.ini target.ini
	text "[policy]\ninclude = $PWD/target.ini\n"
	policy_runs
	policy_runs ./policy.ini
	policy_runs "$PWD/policy.ini"
}

@test "built-in policies are included by name" {
	text '[policy]\ninclude = default\n[syscalls]\ndeny = getppid\n'
	policy_runs
	tries EPERM ptrace 0x4206 999999999 0 0
}

@test "a key with one value replaces the included one's, lists add up" {
	rules 'default = ENOENT' 'allow = @basic @file-read' 'deny = getpid'
	mv policy.ini included.ini
	text '[policy]\ninclude = included.ini\n[syscalls]\ndefault = EACCES\ndeny = getppid\n'
	policy_runs
	tries EPERM getpid
	tries EACCES personality -1
}

@test "! takes out what was gathered, from groups and included policies" {
	rules 'default = allow' 'deny = getppid getpid'
	mv policy.ini included.ini
	text '[policy]\ninclude = included.ini\n[syscalls]\ndeny = !getpid\n'
	policy_runs
	run -0 "$SCRUN" -c policy.ini "$TRY" getpid
	[[ $output =~ ^[0-9]+$ ]]
	text '[groups]\n@mine = getppid getpid\n[syscalls]\ndefault = allow\ndeny = @mine !getpid\n'
	policy_runs
	run -0 "$SCRUN" -c policy.ini "$TRY" getpid
	[[ $output =~ ^[0-9]+$ ]]
	text '[policy]\ninclude = included.ini\n[syscalls]\ndeny = !@process !getpid personality\n'
	policy_runs
	tries EPERM personality -1
}

@test "an include that is missing or unknown is refused, with its line" {
	text '[policy]\ninclude = no-such.ini\n[syscalls]\ndefault = allow\n'
	faulty "policy.ini:2: cannot open 'no-such.ini'"
	text '[policy]\n\ninclude = nosuch\n[syscalls]\ndefault = allow\n'
	faulty "policy.ini:3: no policy 'nosuch'" 'default, strict, service'
	mkdir directory.ini
	text '[policy]\ninclude = directory.ini\n[syscalls]\ndefault = allow\n'
	faulty "policy.ini:2: 'directory.ini' is a directory"
	mkfifo fifo.ini
	text '[policy]\ninclude = fifo.ini\n[syscalls]\ndefault = allow\n'
	faulty "policy.ini:2: 'fifo.ini' is not a regular file"
}

@test "[policy] after another section is refused" {
	text '[syscalls]\ndefault = allow\n[policy]\ninclude = default\n'
	faulty 'policy.ini:4: included policies are read first'
}

@test "an include loop is refused" {
	text '[policy]\ninclude = policy.ini\n[syscalls]\ndefault = allow\n'
	faulty 'policy.ini:2: include loop'
	text '[policy]\ninclude = other.ini\n[syscalls]\ndefault = allow\n'
	printf '[policy]\n\ninclude = policy.ini\n' >other.ini
	faulty 'other.ini:3: include loop'
	ln -s policy.ini link.ini
	text '[policy]\ninclude = link.ini\n[syscalls]\ndefault = allow\n'
	faulty 'policy.ini:2: include loop'
}

@test "a policy that two others include is read once" {
	rules 'default = allow' 'deny = getppid'
	mv policy.ini base.ini
	printf '[policy]\ninclude = base.ini\n' >left.ini
	printf '[policy]\ninclude = base.ini\n' >right.ini
	text '[policy]\ninclude = left.ini right.ini\n'
	policy_runs
	# Else the second reading would bring back what the first one lost.
	printf '[syscalls]\ndeny = !getppid getpid\n' >>left.ini
	tries EPERM getpid
	run -0 "$SCRUN" -c policy.ini "$TRY" getppid
	[[ $output =~ ^[0-9]+$ ]]
}

@test "includes are followed for some levels, and refused beyond" {
	local i
	rules 'default = allow' 'deny = getppid'
	mv policy.ini 1.ini
	for i in {2..20}; do
		printf '[policy]\ninclude = %d.ini\n' $((i - 1)) >"$i.ini"
	done
	policy_runs 4.ini
	refuses 125 'includes are more than' -c 20.ini touch ran
}

@test "more files than anybody includes are refused" {
	local i
	for i in {1..100}; do
		echo '[syscalls]' >"$i.ini"
	done
	text "[policy]\ninclude = $(printf '%d.ini ' {1..100})\n[syscalls]\ndefault = allow\n"
	faulty 'policy.ini:2: more than'
}

# ---- /etc/scrun -----------------------------------------------------------

# installed COMMAND...: runs it where ./etc is /etc, in a mount namespace of its
# own: /etc itself is not the test's to change.
need_installed() {
	need_root
	need unshare mount
	mkdir -p etc/scrun
	unshare --mount mount --bind etc /etc 2>/dev/null ||
		skip "cannot mount anything in a namespace"
}

installed() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount sh -c 'mount --bind etc /etc && exec "$@"' sh "$@"
}

@test "a bare name is a policy of /etc/scrun, not a file here" {
	need_installed
	rules 'default = allow' 'deny = getppid'
	cp policy.ini etc/scrun/mine.ini
	run -0 installed "$SCRUN" -c mine "$TRY" getppid
	is EPERM
	printf '[policy]\ninclude = mine\n[syscalls]\ndeny = getpid\n' >own.ini
	run -0 installed "$SCRUN" -c own.ini "$TRY" getppid
	is EPERM
	cp policy.ini mine
	cp policy.ini other
	run -125 installed "$SCRUN" -c other "$TRY" getppid
	says "no policy 'other': there is no /etc/scrun/other.ini"
}

@test "an installed policy comes before the built-in one of its name" {
	need_installed
	rules 'default = allow' 'deny = getppid'
	cp policy.ini etc/scrun/default.ini
	run -0 installed "$SCRUN" "$TRY" getppid
	is EPERM
	run -0 installed "$SCRUN" -c default "$TRY" getppid
	is EPERM
	run -0 installed "$SCRUN" -c strict "$TRY" execve 0 0 0
	is EPERM
}

@test "an installed policy that cannot be trusted is refused, not skipped" {
	need_installed
	rules 'default = allow'
	cp policy.ini etc/scrun/default.ini
	chown "$OTHER" etc/scrun/default.ini
	run -125 installed "$SCRUN" touch ran
	says "'/etc/scrun/default.ini' does not belong to root"
	chown 0 etc/scrun/default.ini
	chmod o+w etc/scrun/default.ini
	run -125 installed "$SCRUN" touch ran
	says "'/etc/scrun/default.ini' can be written by others"
	rm etc/scrun/default.ini
	mkdir etc/scrun/default.ini
	run -125 installed "$SCRUN" touch ran
	says "'/etc/scrun/default.ini' is a directory"
	rmdir etc/scrun/default.ini
	ln -s default.ini etc/scrun/default.ini
	run -125 installed "$SCRUN" touch ran
	says "cannot open '/etc/scrun/default.ini'"
	rm etc/scrun/default.ini
	echo nonsense >etc/scrun/default.ini
	run -125 installed "$SCRUN" touch ran
	says '/etc/scrun/default.ini:1: '
	[[ ! -e ran ]]
}
