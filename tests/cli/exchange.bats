#!/usr/bin/env bats
# scrun --dump: a policy in other formats, and the programs that read them.

load common

# A policy of every kind that a profile, a program and a unit can say.
mixed() {
	rules 'default = deny' 'allow = @known' 'deny = getppid:EROFS' \
		'deny = kill(sig == 10):EIO add_key:ENOENT' 'log = getpgid' 'kill = chroot'
}

# ---- ini ------------------------------------------------------------------

@test "a dump as ini is one file that can stand alone" {
	printf '[syscalls]\ndefault = allow\ndeny = getppid:EROFS\n' >base.ini
	printf '[policy]\ninclude = base.ini\n[limits]\ncore = 0\n[groups]\n@mine = getuid\n[syscalls]\ndeny = @mine:EIO\n' >top.ini
	run -0 "$SCRUN" --dump=ini -c top.ini
	[[ $output != *include* && $output != *@mine* ]]
	says '; Made by scrun --dump=ini from the policy top.ini.' 'core = 0'
	echo "$output" >policy.ini
	rm base.ini top.ini
	tries EROFS getppid
	tries EIO getuid
}

@test "a built-in policy is dumped with all of its calls" {
	run -0 "$SCRUN" --dump=ini -c strict
	says 'default = deny' openat 'ioctl(request == TCGETS)'
	[[ $output != *@* ]]
}

# ---- oci ------------------------------------------------------------------

@test "a dump as oci is a seccomp profile by the runtime specification" {
	need python3
	python3 -c 'import jsonschema' 2>/dev/null || skip "there is no python3-jsonschema here"
	local policy
	mixed
	for policy in default strict service policy.ini; do
		"$SCRUN" --dump=oci --lossy -c "$policy" -o profile.json 2>/dev/null
		python3 - profile.json "$BATS_TEST_DIRNAME/oci-seccomp.json" <<'EOF'
import json, jsonschema, sys
profile, schema = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.validate(profile, schema)
assert profile["syscalls"]
EOF
	done
}

@test "a profile comes back as a policy that says the same" {
	mixed
	"$SCRUN" --dump=oci -c policy.ini -o profile.json
	"$SCRUN" --import=profile.json -o policy.ini
	tries EROFS getppid
	tries ENOENT add_key
	tries EIO kill 0 10
	tries ESRCH kill 2147483647 0
	run -159 "$SCRUN" -q -c policy.ini "$TRY" chroot 0
}

@test "what a profile cannot say is told, and lost only if that may be" {
	printf '[limits]\ncore = 0\n[syscalls]\ndefault = allow\n' >policy.ini
	run -1 --separate-stderr "$SCRUN" --dump=oci -c policy.ini
	# shellcheck disable=SC2154 # `run` sets it
	[[ -z $output && $stderr == *'policy.ini:2: [limits] core: a seccomp profile has no word for it'* ]]
	run -0 --separate-stderr "$SCRUN" --dump=oci --lossy -c policy.ini
	says '"defaultAction": "SCMP_ACT_ALLOW"'
	[[ $stderr == *'[limits] core'* ]]
	rules 'default = deny' 'allow = @basic'
	run -1 "$SCRUN" --dump=oci -c policy.ini
	says "policy.ini:2: 'default = deny' denies execve"
}

# containers SCRIPT: a shell that can start containers, with cgroups of one
# version, which crun asks for.
containers() {
	unshare --mount sh -ec "
		mount --make-rprivate /
		umount -R /sys/fs/cgroup 2>/dev/null || true
		mount -t cgroup2 none /sys/fs/cgroup
		crun() { command crun --cgroup-manager=disabled --root=\"$PWD/state\" \"\$@\"; }
		$1" 2>&1
}

# bundle PROFILE COMMAND...: the bundle of a container of the system's own
# programs.
bundle() {
	local profile=$1 mounts='' dir
	shift
	mkdir -p rootfs
	rm -f config.json
	crun spec || skip "crun cannot work here"
	for dir in /usr /bin /lib /lib64 "$PROGRAMS"; do
		[[ -e $dir ]] || continue
		mounts+="${mounts:+,}{\"destination\":\"$dir\",\"type\":\"bind\",\"source\":\"$dir\",\"options\":[\"rbind\",\"ro\"]}"
	done
	python3 - "$profile" "[$mounts]" "$@" <<'EOF'
import json, sys
config = json.load(open("config.json"))
config["process"]["args"] = sys.argv[3:]
config["process"]["terminal"] = False
config["root"]["readonly"] = False
config["mounts"] += json.loads(sys.argv[2])
config["linux"].pop("resources", None)
config["linux"]["seccomp"] = json.load(open(sys.argv[1]))
json.dump(config, open("config.json", "w"))
EOF
}

need_crun() {
	need_root
	need crun python3 unshare
	rules 'default = allow'
	"$SCRUN" --dump=oci -c policy.ini -o profile.json
	bundle profile.json /bin/true
	containers 'crun run probe' >/dev/null ||
		skip "crun cannot start a container here"
}

@test "crun runs a container under a profile, and the policy holds in it" {
	need_crun
	mixed
	"$SCRUN" --dump=oci -c policy.ini -o profile.json
	bundle profile.json "$TRY" getppid
	run -0 containers 'crun run c1'
	is EROFS
	bundle profile.json "$TRY" add_key
	run -0 containers 'crun run c2'
	is ENOENT
	bundle profile.json "$TRY" kill 0 10
	run -0 containers 'crun run c3'
	is EIO
	bundle profile.json "$TRY" chroot 0
	run -159 containers 'crun run c4'
	"$SCRUN" --dump=oci -c service -o profile.json
	bundle profile.json "$TRY" add_key
	run -0 containers 'crun run c5'
	is EPERM
}

# A profile as people write them, with all architectures of the machine.
written() {
	cat >written.json <<'EOF'
{ "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
  "architectures": [ "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32" ],
  "syscalls": [
  { "names": [ "read", "write", "openat", "stat64", "shmget", "bind", "exit_group" ],
    "action": "SCMP_ACT_ALLOW" },
  { "names": [ "mkdir", "no_such_call" ], "action": "SCMP_ACT_LOG" },
  { "names": [ "rmdir" ], "action": "SCMP_ACT_ERRNO", "errnoRet": 1 },
  { "names": [ "link" ], "action": "SCMP_ACT_ERRNO", "errnoRet": 38 },
  { "names": [ "reboot" ], "action": "SCMP_ACT_KILL_PROCESS" },
  { "names": [ "socket" ], "action": "SCMP_ACT_ALLOW", "args": [
    { "index": 0, "op": "SCMP_CMP_LT", "value": 38 } ] },
  { "names": [ "socket" ], "action": "SCMP_ACT_ALLOW", "args": [
    { "index": 0, "op": "SCMP_CMP_GT", "value": 40 },
    { "index": 1, "op": "SCMP_CMP_NE", "value": 3 } ] },
  { "names": [ "clone" ], "action": "SCMP_ACT_ALLOW", "args": [
    { "index": 0, "op": "SCMP_CMP_MASKED_EQ", "value": 2114060288, "valueTwo": 0 } ] },
  { "names": [ "kill" ], "action": "SCMP_ACT_ALLOW", "args": [
    { "index": 1, "op": "SCMP_CMP_EQ", "value": 9 },
    { "index": 1, "op": "SCMP_CMP_EQ", "value": 15 } ] },
  { "names": [ "lseek" ], "action": "SCMP_ACT_ALLOW", "args": [
    { "index": 1, "op": "SCMP_CMP_GE", "value": 4294967296 } ] } ] }
EOF
}

# imports PROFILE: the import means what crun makes of it.
imports() {
	rm -f seccomp.bpf
	bundle "$1" /bin/true
	containers 'crun create c1 && cp state/c1/seccomp.bpf . && crun delete -f c1'
	[[ -s seccomp.bpf ]] || skip "this crun does not leave its filter"
	SCRUN_CRUN_PROFILE=$1 SCRUN_CRUN_FILTER=seccomp.bpf \
		run -0 "$SCRUN_BUILD/tests/oci_import"
	says 'ok 3 - a_profile_is_imported_as_the_crun_that_is_here_compiled_it'
}

@test "an import means what crun itself compiles" {
	need_crun
	[[ -x $SCRUN_BUILD/tests/oci_import ]] || skip "the unit tests are not built"
	mixed
	"$SCRUN" --dump=oci -c policy.ini -o profile.json
	imports profile.json
	"$SCRUN" --dump=oci -c service -o profile.json
	imports profile.json
	[[ $(uname -m) == x86_64 ]] || skip "the rest is for x86-64"
	written
	imports written.json
}

# ---- bpf and pfc ----------------------------------------------------------

@test "bwrap loads a dump as bpf, and the policy holds" {
	need bwrap
	bwrap --ro-bind / / true 2>/dev/null || skip "bwrap cannot start here"
	mixed
	"$SCRUN" --dump=bpf -c policy.ini -o filter.bpf
	run -0 bwrap --ro-bind / / --seccomp 9 "$TRY" getppid 9<filter.bpf
	is EROFS
	run -0 bwrap --ro-bind / / --seccomp 9 "$TRY" kill 0 10 9<filter.bpf
	is EIO
	run -159 bwrap --ro-bind / / --seccomp 9 "$TRY" chroot 0 9<filter.bpf
	"$SCRUN" --dump=bpf -c service >filter.bpf
	run -0 bwrap --ro-bind / / --seccomp 9 "$TRY" add_key 9<filter.bpf
	is EPERM
}

@test "setpriv loads a dump as bpf, and the policy holds" {
	need setpriv
	[[ $(setpriv --help) == *--seccomp-filter* ]] ||
		skip "this setpriv has no --seccomp-filter"
	mixed
	"$SCRUN" --dump=bpf -c policy.ini -o filter.bpf
	run -0 setpriv --no-new-privs --seccomp-filter filter.bpf "$TRY" getppid
	is EROFS
}

@test "a dump as bpf is no text for a terminal" {
	need script
	run -125 script -qec "$SCRUN --dump=bpf -c default" /dev/null
	says 'write it to a file with -o'
}

@test "a dump as pfc is libseccomp's text of each filter" {
	mixed
	run -0 "$SCRUN" --dump=pfc -c policy.ini
	says '# filter 1 of ' '# pseudo filter code start' 'action ERRNO(30)' 'action KILL_PROCESS'
}

# ---- systemd --------------------------------------------------------------

# verifies: the drop-in of policy.ini for a unit is right, to the last warning.
verifies() {
	mkdir -p x.service.d
	printf '[Service]\nExecStart=/bin/true\n' >x.service
	"$SCRUN" --dump=systemd --lossy -c "$1" -o x.service.d/scrun.conf 2>/dev/null
	run -0 systemd-analyze verify --man=no "$PWD/x.service"
	is ''
}

@test "systemd-analyze verify accepts the drop-in of every policy" {
	need systemd-analyze
	local policy
	printf '[Service]\nExecStart=/bin/true\n' >x.service
	systemd-analyze verify --man=no "$PWD/x.service" 2>/dev/null ||
		skip "systemd-analyze cannot verify here"
	mixed
	for policy in default strict service policy.ini \
		"$BATS_TEST_DIRNAME"/../../examples/*.ini; do
		verifies "$policy"
	done
	everything
	verifies policy.ini
}

everything() {
	cat >policy.ini <<'EOF'
[capabilities]
keep = ?cap_net_bind_service ?cap_kill
[process]
user = 65534
group = 65534
groups = 1 2
chdir = /var/a%b
umask = 027
nice = 5
oom_score_adj = 100
stdin = null
stdout = append:/var/log/x
stderr = /var/log/y
new_session = yes
close_fds = yes
[environment]
clear = yes
keep = PATH
unset = X
set = A="one \"two\" 50%" B=x\y
[limits]
nofile = 1024:4096
core = 0
cpu = 5
rttime = 1000
stack = unlimited
[syscalls]
default = EACCES
architectures = native
allow = @known
log = getpgid
deny = getppid:EROFS umask
kill = chroot
EOF
}

@test "a drop-in has all that a unit has a word for" {
	everything
	run -0 --separate-stderr "$SCRUN" --dump=systemd --lossy -c policy.ini
	[[ $stderr == 'policy.ini:6: [process] groups: a unit gives the user'\''s own groups as well' ]]
	says '[Service]' NoNewPrivileges=yes \
		'CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_KILL' \
		'AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_KILL' \
		SystemCallArchitectures=native SystemCallErrorNumber=EACCES \
		$'\nSystemCallFilter=~chroot:kill getppid:EROFS umask:EPERM\n' \
		SystemCallLog=getpgid User=65534 Group=65534 \
		SupplementaryGroups=2 WorkingDirectory=/var/a%%b UMask=027 \
		Nice=5 OOMScoreAdjust=100 StandardInput=null \
		StandardOutput=append:/var/log/x \
		StandardError=truncate:/var/log/y PassEnvironment=PATH \
		UnsetEnvironment=X 'Environment="A=one \"two\" 50%%"' \
		'Environment="B=x\\y"' LimitNOFILE=1024:4096 LimitCORE=0:0 \
		LimitCPU=5:5 LimitRTTIME=1000:1000 LimitSTACK=infinity:infinity
	printf '[syscalls]\ndefault = allow\ndeny = getppid:EROFS\n' >policy.ini
	run -0 "$SCRUN" --dump=systemd -c policy.ini
	says $'\nCapabilityBoundingSet=\nAmbientCapabilities=\n' \
		SystemCallFilter=~getppid:EROFS
	printf '[capabilities]\ndrop = cap_kill\n[syscalls]\ndefault = allow\n' >policy.ini
	run -0 "$SCRUN" --dump=systemd -c policy.ini
	says CapabilityBoundingSet=~CAP_KILL
	[[ $output != *Ambient* && $output != *SystemCallFilter* ]]
}

@test "what a unit allows untold is taken out where the policy denies it" {
	rules 'default = deny' 'allow = @known !getppid !mmap'
	run -0 "$SCRUN" --dump=systemd -c policy.ini
	local taken
	taken=$(grep '^SystemCallFilter=~' <<<"$output")
	[[ $taken == *getppid* && $taken == *mmap* ]]
	[[ $taken != *getpid* && $taken != *munmap* ]]
}

@test "what a unit has no word for is told with its line, and denied" {
	cat >policy.ini <<'EOF'
[process]
pdeathsig = SIGTERM
keep_fds = 5
[environment]
keep = LC_*
[limits]
as = 1G:
[paths]
read = /
[network]
bind = 80
[syscalls]
default = deny
allow = @basic execve ioctl(request == TCGETS)
EOF
	run -1 --separate-stderr "$SCRUN" --dump=systemd -c policy.ini
	[[ -z $output ]]
	local text
	for text in ':2: [process] pdeathsig' ':3: [process] keep_fds' \
		":5: [environment] keep: 'LC_*' is a pattern" \
		':7: [limits] as: a unit sets both limits, and not the soft one alone' \
		':9: [paths] read' ':11: [network] bind' \
		':14: the conditions on ioctl: a unit'\''s SystemCallFilter= knows none; it is denied now' \
		'7 things cannot be said'; do
		[[ $stderr == *"$text"* ]] || { echo "not said: $text"; echo "$stderr"; return 1; }
	done
	run -0 "$SCRUN" --dump=systemd --lossy -c policy.ini
	[[ $output != *=*ioctl\ * && $output != *' ioctl'$'\n'* ]]
	rules 'default = allow' 'deny = ioctl(request == TIOCSTI):EIO'
	run -0 "$SCRUN" --dump=systemd --lossy -c policy.ini
	says SystemCallFilter=~ioctl:EIO
}

# told LINE TEXT: a unit cannot say line LINE of policy.ini, and is refused.
told() {
	run -1 --separate-stderr "$SCRUN" --dump=systemd -c policy.ini
	is ''
	[[ $stderr == *"policy.ini:$1: $2"* ]] ||
		{ echo "not said: $1: $2"; echo "$stderr"; return 1; }
	run -0 --separate-stderr "$SCRUN" --dump=systemd --lossy -c policy.ini
}

@test "a value that would take the next line along is told, and left out" {
	printf '[process]\nchdir = /tmp/a\\\numask = 027\n[syscalls]\ndefault = allow\n' >policy.ini
	told 2 "[process] chdir: a unit's line would go on"
	[[ $output == *UMask=027* && $output != *WorkingDirectory* ]]
	printf '[process]\nstdout = append:/tmp/a\\\\\\\n[syscalls]\ndefault = allow\n' >policy.ini
	told 2 '[process] stdout: '
	printf '[process]\nchdir = /tmp/a\\\\\n[syscalls]\ndefault = allow\n' >policy.ini
	run -0 "$SCRUN" --dump=systemd -c policy.ini
	says "WorkingDirectory=/tmp/a\\\\"
}

@test "what set assigns, unset does not take from a unit" {
	printf '[environment]\nunset = A B\nset = A=1\n[syscalls]\ndefault = allow\n' >policy.ini
	run -0 "$SCRUN" --dump=systemd -c policy.ini
	says $'\nUnsetEnvironment=B\n' 'Environment="A=1"'
	[[ $output != *UnsetEnvironment=A* ]]
}

@test "what is for one architecture alone is told, and denied on all" {
	[[ $(uname -m) == x86_64 ]] || skip "x86 is another machine's"
	rules 'default = allow' 'architectures = native x86' 'deny = x86:ptrace'
	told 4 'ptrace: a unit'\''s SystemCallFilter= has one word for all architectures'
	says SystemCallFilter=~ptrace:EPERM
	rules 'default = deny' 'architectures = native x86' 'allow = @basic execve x86_64:ptrace'
	told 4 'ptrace: a unit'
	[[ $output != *ptrace* ]]
	rules 'default = allow' 'architectures = native x86' \
		'deny = x86_64:mkdir' 'kill = x86:mkdir(raw1 == 0)'
	told 5 'the conditions on mkdir: '
	says SystemCallFilter=~mkdir:kill
}

@test "what x86 packs into one call is told, but for what the call's own name says" {
	[[ $(uname -m) == x86_64 ]] || skip "x86 is another machine's"
	rules 'default = allow' 'architectures = native x86' \
		'deny = x86:ipc(raw0 == 21) x86:socketcall(arg0 == 3)'
	told 4 'the conditions on ipc: '
	says 'SystemCallFilter=~ipc:EPERM socketcall:EPERM'
	rules 'default = allow' 'architectures = native x86' 'deny = shmat connect'
	run -0 "$SCRUN" --dump=systemd -c policy.ini
	says 'SystemCallFilter=~connect:EPERM shmat:EPERM'
	rules 'default = deny' 'architectures = native x86' 'allow = @basic execve socket' \
		'deny = socket(domain == AF_INET)'
	told 5 'the conditions on socket: '
	[[ $stderr != *socketcall* && $output != *socket* ]]
}

# ---- [network] ------------------------------------------------------------

@test "where ports are lost, sockets stay as the entries say" {
	local socket='socket(domain == AF_INET) socket(domain == AF_INET6) socket(domain == AF_UNIX)'
	printf '%s\n' '[network]' 'connect = 80' '[syscalls]' 'default = deny' \
		"allow = @basic execve $socket" >policy.ini
	run -1 "$SCRUN" --dump=oci -c policy.ini
	says '[network] connect' '1 thing cannot be said'
	run -0 --separate-stderr "$SCRUN" --dump=oci --lossy -c policy.ini
	says '"socket"'
	printf '%s\n' '[network]' 'connect = 80' '[syscalls]' 'default = deny' \
		'allow = @basic execve socket sendto' >policy.ini
	run -1 "$SCRUN" --dump=systemd -c policy.ini
	says '[network] connect' '1 thing cannot be said'
	run -0 --separate-stderr "$SCRUN" --dump=systemd --lossy -c policy.ini
	[[ $output =~ SystemCallFilter=[^~]*' sendto'[[:space:]] ]]
	[[ $output =~ SystemCallFilter=[^~]*' socket'[[:space:]] ]]
}

# ---- all of them ----------------------------------------------------------

@test "an unknown format is refused, and an unwritable target stays as it is" {
	refuses 125 '--dump=xml: can print ini, oci, systemd, bpf or pfc' --dump=xml -c default
	refuses 125 '--dump runs no command' --dump=oci -c default touch ran
	run -125 "$SCRUN" --dump=oci -c default -o nowhere/x
	says "cannot write 'nowhere/x'"
	echo before >out
	printf '[syscalls]\n' >policy.ini
	run -125 "$SCRUN" --dump=oci -c policy.ini -o out
	[[ $(cat out) == before ]]
}

@test "a link to what is not there yet stays, and its target is written" {
	mkdir sub
	ln -s later.ini sub/to
	ln -s sub/to link
	"$SCRUN" --dump=ini -c allow.ini -o link
	[[ -L link && -L sub/to && ! -L sub/later.ini ]]
	[[ $(cat sub/later.ini) == *'default = allow'* ]]
	ln -s loop loop
	run -125 "$SCRUN" --dump=ini -c allow.ini -o loop
	says "cannot write 'loop': Too many levels of symbolic links"
}

@test "a descriptor by its name is written to, and what was written stays" {
	local name
	for name in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
		echo before >out
		"$SCRUN" --dump=ini -c allow.ini -o "$name" >>out
		[[ $(cat out) == before*'default = allow' ]]
		{
			echo before
			"$SCRUN" --dump=ini -c allow.ini -o "$name"
			echo after
		} >out
		[[ $(cat out) == before*'default = allow'$'\n'after ]]
	done
	"$SCRUN" --dump=ini -c allow.ini -o /dev/stdout | grep -q 'default = allow'
}
