#!/usr/bin/env bats
# make install, and what the administrator's files in SYSCONFDIR/scrun do.

load common

TREE=$BATS_TEST_DIRNAME/../..

# in_root MAKE-ARGUMENT...: below root/, from the tests' own build, if it can be.
in_root() {
	need make gcc
	make -s -j "$(nproc)" -C "$TREE" BUILD="$SCRUN_BUILD" \
		DESTDIR="$PWD/root" PREFIX=/usr "$@"
}

@test "make install puts program, policies, manual and completion in place" {
	in_root SYSCONFDIR=/etc install
	for file in usr/bin/scrun usr/share/man/man1/scrun.1 \
		usr/share/man/man5/scrun.ini.5 \
		usr/share/bash-completion/completions/scrun \
		etc/scrun/default.ini etc/scrun/strict.ini \
		etc/scrun/service.ini etc/scrun/groups.ini; do
		[[ -s root/$file ]]
	done
	run -0 root/usr/bin/scrun true
	# What the administrator has changed is neither replaced nor removed.
	echo '; mine' >>root/etc/scrun/service.ini
	in_root SYSCONFDIR=/etc install
	in_root SYSCONFDIR=/etc uninstall
	run find root -type f
	is root/etc/scrun/service.ini
	run -0 tail -n 1 root/etc/scrun/service.ini
	is '; mine'
}

@test "what a container's build copies is enough to build" {
	need make
	local from to tree=$PWD/scrun/
	mkdir scrun
	while read -r from to; do
		cp -r "$TREE/$from" "$tree${to#/scrun/}"
	done < <(sed -n 's/^COPY \([^-]\)/\1/p' \
		"$TREE/examples/docker/Dockerfile")
	run -0 make -n -C scrun static
	says 'build/precompile >'
}

@test "the administrator's policies and groups count before the built-in ones" {
	need_no_sanitizer # the objects are to be linked as usual
	need_no_counters
	# The directory is part of the program: what knows it is built anew.
	mkdir build
	(cd "$SCRUN_BUILD" && cp -a --parents link sysconfdir ./*.o \
		precompile* {policy,enforce,audit,convert} "$OLDPWD/build")
	in_root BUILD="$PWD/build" SYSCONFDIR="$PWD/etc" install
	scrun=$PWD/root/usr/bin/scrun
	mkdir -p etc
	cp -r "root$PWD/etc/scrun" etc
	config=$PWD/etc/scrun

	# The same text: the same policy.
	run -0 "$scrun" --check -c service
	says 'service: 0 warnings'
	run -0 "$scrun" -c service true

	printf '[syscalls]\ndefault = allow\ndeny = @mkdir:EXDEV\n' \
		>"$config/default.ini"
	run -1 "$scrun" mkdir new
	says 'cross-device'
	run -0 "$scrun" -c '<default>' mkdir new

	printf '[groups]\n@mkdir = mkdir\n@probed = clone3\n' \
		>"$config/groups.ini"
	printf '[syscalls]\ndefault = allow\ndeny = @mkdir @exec\n' >policy.ini
	run -125 "$scrun" -c policy.ini true
	says "unknown group '@exec'"

	rm "$config/default.ini" "$config/groups.ini"
	run -0 "$scrun" mkdir again

	printf '[syscalls]\ndefault = alow\n' >"$config/mine.ini"
	run -125 "$scrun" -c mine true
	says "$config/mine.ini:2: 'default' is"
}

# A PATH with nothing but these programs.
only() {
	mkdir bin
	local program
	for program; do
		ln -s "$(command -v "$program")" bin
	done
}

@test "off Debian, make's set-up names the packages and stops" {
	only sh id
	for what in build check; do
		run -1 env PATH="$PWD/bin" "$TREE/tests/deps" "$what"
		says 'not Debian' libseccomp-dev libcap-dev libinih-dev
	done
}

@test "off Debian, make's set-up goes on where everything is there" {
	need gcc
	only sh id gcc
	run -0 env PATH="$PWD/bin" "$TREE/tests/deps" build
}

@test "an ordinary user is told what root is to install" {
	only sh id apt-get
	printf '#!/bin/sh\nexit 1\n' >bin/dpkg-query
	chmod +x bin/dpkg-query
	printf '#!/bin/sh\necho 1000\n' >bin/fake-id
	chmod +x bin/fake-id
	mv bin/fake-id bin/id
	run -1 env PATH="$PWD/bin" "$TREE/tests/deps" build
	says 'As root: apt-get install gcc' libseccomp-dev
}
