# The program itself, as the compiler and the linker made it.

load common

setup() {
	begin
	need readelf objdump
	programs=("$SCRUN")
	[[ ! -e $SCRUN_BUILD/shared/scrun ]] ||
		programs+=("$SCRUN_BUILD/shared/scrun")
	need_no_sanitizer
	need_no_counters
}

# each ARGUMENT... TEXT: readelf says TEXT, a pattern, of each program.
each() {
	local program
	for program in "${programs[@]}"; do
		run -0 readelf -W "${@:1:$#-1}" "$program"
		# shellcheck disable=SC2053 # a pattern
		[[ $output == ${!#} ]] || { echo "$program: not ${!#}"; return 1; }
	done
}

# Objects of scrun's own, without what the static libraries have.
objects() {
	find "$SCRUN_BUILD"/*.o "$SCRUN_BUILD"/{policy,enforce,audit,convert} \
		-name '*.o' ! -name precompile.o
}

# has_flag FLAG: whether the compiler that is here has it.
has_flag() {
	"${CC:-gcc}" -Werror "$1" -S -xc -o /dev/null /dev/null 2>/dev/null
}

@test "it is loaded at an address of the kernel's choice" {
	each -h '*Type:*DYN*'
	each -d '*FLAGS_1*PIE*'
	each -d '!(*TEXTREL*)'
}

@test "its relocations are made before main, and then cannot be written to" {
	local program relro got
	each -d '*BIND_NOW*'
	each -l '*GNU_RELRO*'
	for program in "${programs[@]}"; do
		relro=$(readelf -lW "$program" |
			awk '$1 == "GNU_RELRO" { print $3, $6 }')
		# Sections, of which some have a number in a bracket with a blank.
		for got in $(readelf -SW "$program" | sed 's/^ *\[[^]]*\] *//' |
			awk '$1 ~ /^\.got/ || $1 == ".init_array" ||
				$1 == ".data.rel.ro" { print "0x" $3 }'); do
			read -r start size <<<"$relro"
			((got >= start && got < start + size)) ||
				{ echo "$program: $got is not in $relro"; return 1; }
		done
	done
}

@test "nothing that can be written to can be executed, the stack included" {
	each -l '*GNU_STACK*RW *'
	each -l '!(*RWE*)'
}

@test "libc's calls on buffers check the buffers' sizes" {
	local names
	names=$(objects | xargs nm -u)
	[[ $names == *__snprintf_chk* && $names == *__fprintf_chk* ]]
	# Unlike snprintf, whose size may be known to be right.
	run ! grep -wE 'v?[fd]?printf' <<<"$names"
}

@test "its functions guard their stack" {
	local guarded
	[[ $(readelf -sW "$SCRUN") == *__stack_chk_fail* ]]
	guarded=$(objects | xargs nm -uA | grep -c __stack_chk_fail)
	echo "$guarded objects"
	((guarded > 40))
}

# landing FUNCTION: its first instruction.
landing() {
	objdump -d --disassemble="$1" "$SCRUN" |
		awk -v name="<$1>:" '$2 == name { getline; print; exit }'
}

@test "the processor can check where its calls and jumps lead" {
	local object
	if has_flag -fcf-protection; then
		[[ $(landing main) == *endbr64* ]]
		# The program as a whole is marked where all libraries are.
		for object in $(objects); do
			run -0 readelf -nW "$object"
			says IBT SHSTK || { echo "$object"; return 1; }
		done
	elif has_flag -mbranch-protection=standard; then
		[[ $(landing main) == *@(bti|paciasp)* ]]
	else
		skip "this compiler has no such"
	fi
}

# The compiler's own record of how it was called, one for each source.
@test "each source was compiled with all that the compiler has" {
	local flag names
	names=$(readelf -W --debug-dump=info --dwarf-depth=1 "$SCRUN" 2>/dev/null |
		awk '/DW_AT_producer/ { producer = $0 }
		     /DW_AT_name/ && $NF ~ /^(src|build)\// {
			     print $NF, producer }')
	[[ -n $names ]] || skip "this build has no debug information"
	for flag in -fstack-protector-strong -fstack-clash-protection \
		-ftrivial-auto-var-init=zero -fcf-protection \
		-mbranch-protection=standard; do
		has_flag "$flag" || continue
		run ! grep -v -e "$flag" <<<"$names"
	done
	[[ $(wc -l <<<"$names") -ge $(objects | wc -l) ]]
}
