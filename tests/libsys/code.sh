#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What libsys compiles to: the textbook's getpid and syscall, a small hello, and an installed copy that works. TAP.
# usage: code.sh BUILD
build=$1
count=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() {
	name=$1
	shift
	count=$((count + 1))
	if "$@" > "$work/check" 2>&1; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		sed 's/^/# /' "$work/check"
		failed=1
	fi
}

# The instructions of a function, one per line, blanks made single, addresses of jumps cut off.
code() {
	objdump -d --no-show-raw-insn --disassemble="$2" "$1" | sed -n 's/^ *[0-9a-f]*:\t//p' |
		sed -e 's/[[:space:]]\{1,\}/ /g' -e 's/ *$//' -e 's/^\(j[a-z]*\) .*/\1/'
}
same() { printf '%s\n' "$2" | diff - "$1"; }

program=$build/tests/libsys/basic
code "$program" getpid > "$work/getpid"
check "getpid is mov, syscall, ret" same "$work/getpid" 'mov $0x27,%eax
syscall
ret'
check "its bytes" sh -c "objdump -d --disassemble=getpid '$program' | grep -q 'b8 27 00 00 00'"
code "$program" syscall | head -11 > "$work/syscall"
check "syscall() is the textbook's" same "$work/syscall" 'mov %rdi,%rax
mov %rsi,%rdi
mov %rdx,%rsi
mov %rcx,%rdx
mov %r8,%r10
mov %r9,%r8
mov 0x8(%rsp),%r9
syscall
cmp $0xfffffffffffff001,%rax
jae
ret'
program=$build/tests/libsys-i386/basic
code "$program" getpid | sed 's/0x8[0-9a-f]*/DOOR/' > "$work/getpid"
check "i386: getpid is mov, call, ret" same "$work/getpid" 'mov $0x14,%eax
call *DOOR
ret'
objdump -d --no-show-raw-insn --disassemble=__libsys_int80 "$program" > "$work/int80"
check "i386: the door is int \$0x80 before another is known" grep -q 'int  *\$0x80' "$work/int80"

for abi in libsys libsys-i386; do
	hello=$build/tests/$abi/hello
	text=$(size -A "$hello" | awk '$1 == ".text" {print $2}')
	check "$abi: hello has $text bytes of code, less than 2048" [ "$text" -lt 2048 ]
	check "$abi: hello needs no other library" sh -c "! readelf -lW '$hello' | grep -Eq 'INTERP|DYNAMIC'"
	check "$abi: hello says so" [ "$("$hello")" = "hello, world" ]
done

check "make install-libsys" make -s --no-print-directory B="$build" PREFIX="$work/usr" install-libsys
export PKG_CONFIG_PATH="$work/usr/lib/pkgconfig" PKG_CONFIG_LIBDIR=
for abi in libsys libsys-i386; do
	# shellcheck disable=SC2046
	check "$abi: a program on the installed copy" gcc $(pkg-config --cflags $abi) -O2 -Wall -Wextra -Werror \
		-o "$work/hello" tests/libsys/hello.c $(pkg-config --libs $abi)
	check "$abi: which runs" [ "$("$work/hello")" = "hello, world" ]
	for header in "$work"/usr/include/libsys/*.h "$work"/usr/include/libsys/sys/*.h; do
		name=${header#"$work"/usr/include/libsys/}
		[ "$name" = sysnr_x86_64.h ] && [ $abi = libsys-i386 ] && continue
		[ "$name" = sysnr_i386.h ] && [ $abi = libsys ] && continue
		printf '#include <%s>\n' "$name" > "$work/header.c"
		# shellcheck disable=SC2046
		check "$abi: <$name> alone" gcc $(pkg-config --cflags $abi) -Wall -Wextra -Werror -fsyntax-only \
			"$work/header.c"
	done
done
check "the manual page" sh -c "MANWIDTH=80 man -l --warnings '$work/usr/share/man/man7/libsys.7' 2>&1 >/dev/null | \
	grep . && exit 1; [ -s '$work/usr/share/man/man7/libsys.7' ]"
echo "1..$count"
exit $failed
