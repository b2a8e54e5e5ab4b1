#!/usr/bin/env bats
# [paths]: the files that Landlock lets the command use.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # text for inner shells; run's variables

load common
load audit

setup() {
	begin
	mkdir data work other
	echo secret >secret
	echo text >data/file
	PROGRAM_PATHS="execute = /usr ?/lib ?/lib64 ?/bin ?/sbin $PROGRAMS"
}

# paths LINE...: policy.ini with these under [paths], and with the programs of
# the system, in line 4.
paths() {
	need_landlock 3
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' \
		"$PROGRAM_PATHS" "$@" >policy.ini
}

# can SCRIPT / cannot SCRIPT: under policy.ini, in a shell.
can() {
	run -0 "$SCRUN" -c policy.ini sh -ec "$1"
}

cannot() {
	run "$SCRUN" -c policy.ini sh -ec "$1"
	[[ $status -ne 0 ]] || { echo "this worked: $1"; return 1; }
	says "${2:-Permission denied}"
}

# ---- what can be used ------------------------------------------------------


@test "what read names can be read, and nothing else" {
	paths "read = $PWD/data"
	can 'cat data/file; ls data'
	is $'text\nfile'
	cannot 'cat secret'
	cannot 'ls .'
	cannot 'ls /'
}

@test "read alone does not let write, truncate, create or remove" {
	paths "read = $PWD/data"
	cannot 'echo x >>data/file'
	cannot 'echo x >data/file'
	cannot 'truncate -s 0 data/file'
	cannot 'echo x >data/new'
	cannot 'rm -f data/file'
	cannot 'mkdir data/new'
	cannot 'mv data/file data/other'
	cannot 'ln -s x data/link'
	cannot 'mkfifo data/fifo'
	[[ $(cat data/file) == text && $(ls data) == file ]]
}

@test "write lets read, create, change, truncate, rename, link and remove" {
	paths "write = $PWD/work"
	can 'cd work; echo text >a; cat a; echo more >>a; truncate -s 3 a
		mkdir d; mv a d/b; ln d/b c; ln -s c l; mkfifo f; ls; rm f l c
		rm d/b; rmdir d'
	says text
	[[ -z $(ls work) ]]
	cannot 'echo x >other/a'
	cannot 'cat secret'
}

@test "a file can be named: it can be written, and its directory is not open" {
	paths "write = $PWD/data/file"
	can 'cat data/file; echo new >data/file'
	cannot 'ls data'
	cannot 'rm -f data/file'
	cannot 'echo x >data/other'
	[[ $(cat data/file) == new ]]
}

@test "a rename goes where no more is allowed than where it came from" {
	paths "write = $PWD/work $PWD/other"
	can 'echo x >work/a; mv work/a other/a; mv other/a work/b'
	cannot 'mv work/b b'
	cannot 'ln data/file work/file' 'ross-device link'
	paths "write = $PWD/work $PWD/other" "execute = $PWD/other"
	need python3
	cannot 'python3 -c "import os; os.rename(\"work/b\", \"other/b\")"' \
		'Errno 18'
	can 'cp work/b other/b; mv other/b work/c'
}

@test "execute lets execute and read; read lets not execute" {
	cp /bin/echo data/program
	cp /bin/echo work/program
	paths "read = $PWD/data" "execute = $PWD/work"
	can 'work/program ran; cmp work/program data/program'
	is ran
	cannot 'data/program ran'
	cannot 'echo x >>work/program'
	refuses 126 "'data/program': no [paths] rule allows to execute it" \
		-c policy.ini data/program
}

@test "126 and a message when the loader may not be executed" {
	need_landlock 3
	need readelf
	[[ $(readelf -lW "$(command -v touch)") == *INTERP* ]] ||
		skip "programs are static here"
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read = /' \
		"write = $PWD" "execute = $(command -v touch)" >policy.ini
	refuses 126 "' needs '" -c policy.ini touch ran
	says ''
	[[ $stderr == *"no [paths] rule allows to execute it; write 'execute = /"* ]]
}

@test "126 and a message when a script without #! may not be executed" {
	printf 'echo ran\n' >data/script
	chmod +x data/script
	paths "read = $PWD"
	run -126 "$SCRUN" -c policy.ini data/script
	says "'data/script': no [paths] rule allows to execute it"
	paths "execute = $PWD/data"
	run -0 "$SCRUN" -c policy.ini data/script
	is ran
	mkdir 'a b'
	cp data/script 'a b'
	run -126 "$SCRUN" -c policy.ini 'a b/script'
	says 'allows to execute it; name a directory above it'
}

@test "a pipe at a path is nobody's to restrict" {
	paths 'write = /dev/stdout'
	run -0 bash -o pipefail -c '"$SCRUN" -c policy.ini echo ran | cat'
	is ran
}

@test "126 and a message when a script's interpreter may not be executed" {
	need_landlock 3
	printf '#!%s\n' "$(command -v sh)" >work/script
	chmod +x work/script
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read = /' \
		"execute = $PWD/work" >policy.ini
	refuses 126 "'work/script' needs '" -c policy.ini work/script
	printf '%s\n' "$PROGRAM_PATHS" >>policy.ini
	run -0 "$SCRUN" -c policy.ini work/script
}

@test "126 when an empty key is all there is" {
	need_landlock 3
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read =' \
		>policy.ini
	refuses 126 'no [paths] rule allows to execute it' \
		-c policy.ini touch ran
}

@test "links, .. and other names of a directory do not lead out" {
	ln -s "$PWD/secret" data/link
	ln -s "$PWD" data/up
	ln secret data/hard
	paths "read = $PWD/data"
	cannot 'cat data/link'
	cannot 'cat data/up/secret'
	cannot 'cat data/../secret'
	cannot 'cd data; cat ../secret'
	cannot 'cat /proc/self/root/etc/hostname'
	# A hard link in the directory is a file of the directory.
	can 'cat data/hard'
	is secret
}

@test "a rule holds for what a link in the policy leads to" {
	ln -s data link
	paths "read = $PWD/link"
	can 'cat data/file link/file'
	is $'text\ntext'
}

@test "descriptors that are open stay open" {
	paths "read = $PWD/data"
	run -0 "$SCRUN" -c policy.ini cat <secret
	is secret
	"$SCRUN" -c policy.ini echo out >new
	[[ $(cat new) == out ]]
}

@test "links, renames and directories made inside do not lead out" {
	paths "write = $PWD/work"
	cannot "ln -s '$PWD/secret' work/link; cat work/link"
	cannot "ln -s '$PWD' work/up; cat work/up/secret"
	cannot 'ln secret work/hard' 'ross-device link'
	cannot 'mv secret work/moved'
	cannot 'mv work/link other/link'
	cannot 'mv work other/work'
	cannot 'rmdir work'
	[[ $(cat secret) == secret && ! -e work/hard && ! -e work/moved ]]
	[[ -z $(ls other) && -d work ]]
}

@test "what /proc says of the root and of directories does not lead out" {
	paths "read = $PWD/data /proc"
	cannot "cat /proc/self/root$PWD/secret"
	cannot 'cat /proc/self/cwd/secret'
	cannot "cat /proc/1/root$PWD/secret"
	can "cat /proc/self/root$PWD/data/file"
	is text
}

@test "a descriptor that is there by O_PATH, or of a directory, opens nothing" {
	need python3
	paths "read = $PWD/data /etc /proc"
	cat >descriptors.py <<-'END'
		import os, sys
		fds = [os.open("secret", os.O_PATH), os.open("other", os.O_PATH),
		       os.open("other", os.O_RDONLY)]
		for fd in fds:
		    os.set_inheritable(fd, True)
		script = """
		import errno, os, sys
		secret, by_path, directory = map(int, sys.argv[1:])
		def result(function):
		    try:
		        function()
		        print("ok")
		    except OSError as error:
		        print(errno.errorcode[error.errno])
		result(lambda: os.open("/proc/self/fd/%d" % secret, os.O_RDONLY))
		result(lambda: os.open("file", os.O_RDONLY, dir_fd=by_path))
		result(lambda: os.open("file", os.O_RDONLY, dir_fd=directory))
		result(lambda: os.open("../secret", os.O_RDONLY, dir_fd=by_path))
		result(lambda: os.execve(secret, ["x"], {}))
		"""
		os.execv(sys.argv[1], [sys.argv[1], "-c", "policy.ini", "python3", "-c",
		                       script.replace("\n\t\t", "\n")] + [str(fd) for fd in fds])
	END
	echo text >other/file
	chmod +x secret
	run -0 python3 descriptors.py "$SCRUN"
	is $'EACCES\nEACCES\nEACCES\nEACCES\nEACCES'
}

@test "io_uring is held to the rules as well" {
	paths "read = $PWD/data"
	run -0 "$SCRUN" -c policy.ini "$PROGRAMS/ring" data/file
	[[ $output != none ]] || skip "there is no io_uring here"
	is ok
	run -0 "$SCRUN" -c policy.ini "$PROGRAMS/ring" secret
	is EACCES
}

@test "rules are opened with the rights of who starts scrun" {
	need_root
	mkdir -p closed/open
	echo text >closed/open/file
	chmod 700 closed
	open_directory
	paths "read = $PWD/closed/open"
	printf '[process]\nuser = %s\ngroup = %s\n' "$OTHER" "$OTHER" \
		>>policy.ini
	run -0 "$SCRUN" -c policy.ini sh -c 'id -u; cat "$0"' \
		/proc/self/fd/0 <closed/open/file
	says "$OTHER"
}

@test "[process] opens its files and directory before the rules hold" {
	paths "read = $PWD/data"
	printf '%s\n' '[process]' "chdir = $PWD/other" "stdin = $PWD/secret" \
		"stdout = $PWD/out" >>policy.ini
	can 'pwd; cat'
	[[ $(cat out) == "$PWD/other"$'\nsecret' ]]
	cannot "cat '$PWD/out'"
}

@test "under another root, paths are those of that root" {
	need_root
	need_static "$TRY"
	mkdir -p root/bin root/data
	cp "$TRY" root/bin/try
	echo text >root/data/file
	printf '%s\n' '[syscalls]' 'default = allow' '[process]' \
		"root = $PWD/root" '[paths]' 'execute = /bin' 'read = /data/file' \
		>policy.ini
	need_landlock 3
	run "$SCRUN" -c policy.ini /bin/try open /data/file 0
	[[ $output =~ ^[0-9]+$ ]]
	run -0 "$SCRUN" -c policy.ini /bin/try open / 0
	is EACCES
	sed -i 's/^execute.*/read = \/bin/' policy.ini
	refuses 126 "'/bin/try': no [paths] rule allows to execute it" \
		-c policy.ini /bin/try open / 0
}

@test "a path that is missing creates and empties nothing" {
	echo text >old
	paths "read = $PWD/none"
	printf '%s\n' '[process]' "stdout = $PWD/old" "stderr = $PWD/new" \
		>>policy.ini
	refuses 125 "no such file or directory '$PWD/none'" -c policy.ini touch ran
	[[ $(cat old) == text && ! -e new ]]
}

@test "children are held to the rules, and cannot undo them" {
	paths "read = $PWD/data"
	cannot 'sh -c "sh -c \"cat secret\""'
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read = /' \
		'write = /' 'execute = /' >data/all.ini
	PROGRAM_PATHS+=" $SCRUN"
	paths "read = $PWD/data"
	cannot "'$SCRUN' -c data/all.ini cat secret"
}

@test "no_new_privs is set, with rules and without" {
	paths 'read = /proc'
	run -0 "$SCRUN" -c policy.ini cat /proc/self/status
	[[ $(field NoNewPrivs) == 1 ]]
}

@test "no descriptor is left open" {
	paths 'read = /proc'
	run -0 "$SCRUN" -c policy.ini sh -c 'ls -l /proc/self/fd'
	[[ $output != *landlock* && $output != *"$PROGRAMS"* ]]
}

@test "keys of included policies add up, and '!' takes out" {
	paths "read = $PWD/data//"
	mv policy.ini base.ini
	printf '%s\n' '[policy]' 'include = base.ini' '[paths]' \
		"read = $PWD/secret" >policy.ini
	can 'cat secret data/file'
	printf '%s\n' "read = !$PWD/data" >>policy.ini
	can 'cat secret'
	cannot 'cat data/file'
	# It is taken out of this key's list and of no other's.
	printf '%s\n' "read = !/usr" >>policy.ini
	can 'cat secret'
}

@test "a path that is missing is an error, unless it has a '?'" {
	paths "read = $PWD/none"
	refuses 125 "policy.ini:5: no such file or directory '$PWD/none'; create or mount it, or write '?$PWD/none'" \
		-c policy.ini touch ran
	paths "read = ?$PWD/none ?$PWD/secret/x $PWD/data"
	can 'cat data/file'
	paths "read = $PWD/none !$PWD/none"
	can 'true'
}

@test "all faults of [paths] are found in one run" {
	paths 'read = usr ./x' 'write = ?~/x' 'raed = /usr'
	refuses 125 "policy.ini:5: 'usr' is no absolute path; write it from" \
		-c policy.ini touch ran
	run -125 "$SCRUN" -c policy.ini true
	says "policy.ini:5: './x'" "policy.ini:6: '?~/x'" \
		"policy.ini:7: unknown key 'raed' in [paths], did you mean 'read'?" \
		'4 faults'
	paths 'read = /none' 'write = /none/x'
	run -125 "$SCRUN" -c policy.ini true
	says policy.ini:5: policy.ini:6:
}

@test "--check says which paths" {
	paths 'read = /etc' 'read = ?/none' 'write = /dev/null'
	run "$SCRUN" --check -c policy.ini
	says '  paths: read = /etc ?/none, write = /dev/null, execute = /usr'
	printf '%s\n' '[syscalls]' 'default = allow' '[paths]' 'read =' \
		>policy.ini
	run "$SCRUN" --check -c policy.ini
	says '  paths: none'
}

# ---- what an audit says ---------------------------------------------------

# allows_after SCRIPT LINE...: refused under policy.ini, where the report offers
# these lines; with them it works.
allows_after() {
	local script=$1
	shift
	run audit calls sh -ec "$script"
	[[ $status -ne 0 ]]
	diff <(suggested | grep -v '^\[') <(printf '%s\n' "$@") || {
		cat report
		return 1
	}
	suggested >>policy.ini
	run -0 audit calls sh -ec "$script"
	[[ -z $(suggested) ]]
}

@test "audit: the line that it offers is the one that is missing" {
	mkdir work/d
	cp /bin/echo data/program
	paths 'read = /etc'
	allows_after 'cat /proc/self/comm' 'read = /proc'
	allows_after 'cat data/file' "read = $PWD/data/file"
	allows_after 'ls data' "read = $PWD/data"
	allows_after 'echo x >>data/file' "write = $PWD/data/file"
	allows_after 'echo x >work/d/new' "write = $PWD/work/d"
	allows_after 'rm -f work/../other/../work/d/new; mkdir work/e' \
		"write = $PWD/work"
	allows_after 'data/program ran' "execute = $PWD/data/program"
	allows_after 'mv data/file data/moved' "write = $PWD/data"
	# Of two directories that are missing, the first is told.
	paths "write = $PWD/data" "read = /etc /proc"
	allows_after 'mv data/moved other/file' "write = $PWD/other"
}

@test "audit: a rename that Landlock stops is told, another EXDEV is not" {
	need python3
	echo x >work/a
	paths "write = $PWD/work $PWD/other" "execute = $PWD/other" 'read = /etc'
	allows_after 'python3 -c "import os; os.rename(\"work/a\", \"other/a\")"' \
		"execute = $PWD/work"
	paths "write = $PWD/work" "read = $PWD/data /etc"
	allows_after 'ln data/file work/file' "write = $PWD/data"
	[[ $(stat -c %d /dev/shm 2>/dev/null) != "$(stat -c %d .)" ]] ||
		skip "/dev/shm is no file system of its own"
	paths 'read = /' "write = /dev/shm $PWD/work"
	run audit calls python3 -c 'import os
os.rename("work/file", "/dev/shm/scrun-landlock-test")'
	[[ $status -ne 0 ]]
	run -1 grep EXDEV report
}

@test "audit: permissions come before rules, and are named as such" {
	paths "read = $PWD/data /etc"
	chmod 0 data/file
	# Root is no owner here, and has no capability.
	[[ $(id -u) -ne 0 ]] || chown "$OTHER" data/file
	run audit calls cat data/file
	[[ $status -ne 0 ]]
	reports 'data/file: owner .*, mode 0000'
	[[ $(<report) != *'[paths] rule'* ]]
}

@test "audit: a path that no list can have is not offered" {
	echo x >'data/a b'
	paths 'read = /etc'
	run audit calls cat 'data/a b'
	[[ $status -ne 0 ]]
	reports 'Landlock: no \[paths\] rule for it$'
	[[ -z $(suggested) ]]
}

# In a mount namespace of its own, which keeps a mount that is not refused away
# from everybody else.
@test "audit: a mount is refused by rules for paths" {
	need_root
	need unshare
	unshare --mount mount --bind data work 2>/dev/null ||
		skip "cannot mount anything in a namespace"
	paths 'read = /'
	printf '[capabilities]\nkeep = cap_sys_admin\n' >>policy.ini
	run unshare --mount timeout 60 "$SCRUN" -q -c policy.ini --audit=calls \
		-o "$PWD/report" mount --bind data work
	[[ $status -ne 0 ]]
	reports 'EPERM .*Landlock: .*lets nobody change mounts'
}

@test "audit: no capability is named for what the rules refuse to everybody" {
	paths 'read = /'
	run audit calls "$TRY" mount none / none 0 0
	reports '^ +1  mount\(.*EPERM  Landlock: \[paths\] lets nobody change mounts$'
	run audit calls "$TRY" ptrace 16 $$ # PTRACE_ATTACH
	reports "^ +1  ptrace\\(.* $$\\) EPERM  Landlock: only processes under the same rules can be traced\$"
}

@test "audit --audit=denied and trace run under the rules as well" {
	local mode
	paths "read = $PWD/data"
	for mode in denied trace; do
		run -0 audit $mode sh -c 'cat data/file; cat secret || true'
		says text 'Permission denied'
	done
}
